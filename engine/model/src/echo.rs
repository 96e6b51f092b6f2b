//! What an echo means, where it is not simply somebody's word.

use serde::{Deserialize, Serialize};

/// What an echo means, where it is not simply somebody's word. Said by Ponte as the echo is stored, never by the
/// platform, and kept with the event.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "what", rename_all = "kebab-case")]
pub enum EchoMeaning {
    /// The app wrote it by itself: nobody took the conversation.
    Automatic {
        /// Which of the app's texts.
        kind: AutomaticKind,
        /// Why it is taken for one, in words for people.
        why: String,
    },
    /// A message of Ponte's own that comes back, known by its id: nobody wrote it on the phone.
    Own,
    /// A keyword: whoever sits at the phone gives the conversation back.
    Release {
        /// As it is set for the number.
        keyword: String,
    },
}

/// Which of the app's own texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AutomaticKind {
    /// The greeting, as it is set for the number.
    Greeting,
    /// The away text, as it is set for the number.
    Away,
    /// One that was learned: it may be either.
    Learned,
}

impl AutomaticKind {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Greeting => "greeting",
            Self::Away => "away",
            Self::Learned => "learned",
        }
    }

    /// Whether it may say that the shop is closed.
    pub fn may_be_away(self) -> bool {
        matches!(self, Self::Away | Self::Learned)
    }
}
