use std::fmt;

use serde::{Deserialize, Serialize};

/// What a flow may ask the host for: the interface of that name in the contract.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Permission {
    /// Propose messages, and mark messages as read.
    Send,
    /// Keep keys and values.
    State,
    /// Set timers.
    Schedule,
    /// See who people are, and tag them.
    Contacts,
    /// Read the last messages, hand conversations to people, release them.
    Conversation,
    /// Ask the web services that the manifest names.
    Http,
    /// Have the shop's secrets filled in on the wire.
    Secrets,
    /// Look orders up.
    Orders,
    /// Ask the operator's language model.
    Ai,
}

impl Permission {
    /// Every permission, in the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Send,
        Self::State,
        Self::Schedule,
        Self::Contacts,
        Self::Conversation,
        Self::Http,
        Self::Secrets,
        Self::Orders,
        Self::Ai,
    ];

    /// The word in the manifest.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Send => "send",
            Self::State => "state",
            Self::Schedule => "schedule",
            Self::Contacts => "contacts",
            Self::Conversation => "conversation",
            Self::Http => "http",
            Self::Secrets => "secrets",
            Self::Orders => "orders",
            Self::Ai => "ai",
        }
    }

    /// Reads the word in the manifest; `None` if it is no permission.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.as_str() == word)
    }
}

impl fmt::Display for Permission {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_word_is_the_same_everywhere() {
        for permission in Permission::ALL {
            let word = permission.as_str();
            assert_eq!(Permission::parse(word), Some(permission));
            assert_eq!(serde_json::to_value(permission).unwrap(), word);
        }
        assert_eq!(Permission::parse("Send"), None);
    }
}
