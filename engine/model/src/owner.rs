//! Who speaks in a conversation.

use std::fmt;

use serde::{Deserialize, Serialize};

/// Who speaks in a conversation. Meta does not arbitrate that; Ponte does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Owner {
    /// Nobody yet: whoever the routing rules name may answer.
    #[default]
    Nobody,
    /// Automation.
    Flow,
    /// The person on the phone, in the WhatsApp Business app.
    App,
    /// People on the API side.
    Team,
}

impl Owner {
    /// Whether a person holds the conversation, so that automation must be silent.
    pub fn is_person(self) -> bool {
        matches!(self, Self::App | Self::Team)
    }

    /// The word used in the store, in logs and on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Nobody => "nobody",
            Self::Flow => "flow",
            Self::App => "app",
            Self::Team => "team",
        }
    }

    /// Reads [`Owner::as_str`] back.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Nobody, Self::Flow, Self::App, Self::Team].into_iter().find(|owner| owner.as_str() == text)
    }
}

impl fmt::Display for Owner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
