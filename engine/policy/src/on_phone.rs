//! What automation may still send where a chat belongs to the phone: an order confirmation, but no conversation.

pub use ponte_model::consent::Category;

/// Which categories of templates may be sent where a chat belongs to the phone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Purposes {
    marketing: bool,
    utility: bool,
    authentication: bool,
}

impl Default for Purposes {
    fn default() -> Self {
        Self { marketing: false, utility: true, authentication: true }
    }
}

impl Purposes {
    /// These and no others.
    pub fn of(categories: &[Category]) -> Self {
        Self {
            marketing: categories.contains(&Category::Marketing),
            utility: categories.contains(&Category::Utility),
            authentication: categories.contains(&Category::Authentication),
        }
    }

    /// Whether a template may be sent. One whose category nobody knows is taken for utility, which is what flows send
    /// in answer to something that happened.
    pub fn allow(self, category: Option<Category>) -> bool {
        match category {
            Some(Category::Marketing) => self.marketing,
            Some(Category::Utility) | None => self.utility,
            Some(Category::Authentication) => self.authentication,
        }
    }
}

/// What the verdict must know about the phone's part in a chat, beside the facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PhoneTerms {
    /// What may still be sent where the chat belongs to the phone.
    pub purposes: Purposes,
    /// The category of the proposed template, if it is one and the category is known.
    pub category: Option<Category>,
    /// Whether the number is switched to the phone alone.
    pub app_only: bool,
}
