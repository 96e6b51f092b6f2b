//! The categories in which messages are priced.

use std::fmt;

/// A category in which messages are priced. Meta names more in statuses; those are kept as words and have no price here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Category {
    /// A marketing template.
    Marketing,
    /// A utility template.
    Utility,
    /// A template with a one-time code.
    Authentication,
    /// The same, to a country with a rate of its own, by a business that Meta found eligible.
    AuthenticationInternational,
    /// Anything but a template.
    Service,
}

impl Category {
    /// All of them.
    pub const ALL: [Self; 5] =
        [Self::Marketing, Self::Utility, Self::Authentication, Self::AuthenticationInternational, Self::Service];

    /// Meta's word for it in statuses.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Marketing => "marketing",
            Self::Utility => "utility",
            Self::Authentication => "authentication",
            Self::AuthenticationInternational => "authentication-international",
            Self::Service => "service",
        }
    }

    /// Reads Meta's word, in either case and with either hyphen.
    pub fn parse(word: &str) -> Option<Self> {
        let word = word.to_ascii_lowercase().replace('_', "-");
        Self::ALL.into_iter().find(|category| category.as_str() == word)
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
