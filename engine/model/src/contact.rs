//! WhatsApp users as the platform names them.

use serde::{Deserialize, Serialize};

use crate::{Phone, UserId};

/// A WhatsApp user as one webhook or one request names them. Either id may be missing: people with a
/// username may show no phone, and payloads before 2026 carry no BSUID.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Business-scoped user id. Changes when the person changes phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The id of the same person across linked portfolios.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_user_id: Option<UserId>,
    /// Phone number in digits, without "+".
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// What the person calls themselves.
    #[serde(default, skip_serializing_if = "ContactName::is_empty")]
    pub name: ContactName,
}

/// Names a person goes by. None of them identifies anybody.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContactName {
    /// The profile name, or the name in the business's address book.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display: Option<String>,
    /// The WhatsApp username.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
}

impl ContactName {
    /// Whether no name is known.
    pub fn is_empty(&self) -> bool {
        self.display.is_none() && self.username.is_none()
    }
}

impl Contact {
    /// Somebody known by phone only.
    pub fn by_phone(phone: impl Into<Phone>) -> Self {
        Self { phone: Some(phone.into()), ..Self::default() }
    }

    /// Somebody known by BSUID only.
    pub fn by_user_id(user_id: impl Into<UserId>) -> Self {
        Self { user_id: Some(user_id.into()), ..Self::default() }
    }

    /// Whether nothing identifies this person.
    pub fn is_anonymous(&self) -> bool {
        self.user_id.is_none() && self.phone.is_none()
    }

    /// The exact aliases, strongest first: BSUID before phone. People are matched by these and by
    /// nothing else (no suffixes, no "almost the same number").
    pub fn aliases(&self) -> impl Iterator<Item = String> + '_ {
        let user = self.user_id.as_ref().map(|id| format!("user:{id}"));
        let phone = self.phone.as_ref().map(|phone| format!("phone:{phone}"));
        user.into_iter().chain(phone)
    }
}
