//! What becomes of a message that finds the customer-service window closed.

use serde::{Deserialize, Serialize};

use crate::send::Template;

/// What becomes of a free-form message that finds the customer-service window closed when it is about to leave: the
/// flow's declared choice. Never silent: the row of the outbox says what was done.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(tag = "choice", rename_all = "kebab-case")]
pub enum WhenClosed {
    /// It is refused, with `window-closed`.
    #[default]
    Refuse,
    /// It is kept until the customer writes again, and leaves then, in order. Longest until it expires.
    Hold,
    /// It is not sent, and the conversation is given to people.
    HandOff,
    /// It is not sent.
    Drop,
    /// This template is sent in its place.
    Template {
        /// The template, filled in.
        template: Box<Template>,
    },
}

impl WhenClosed {
    /// The word for it in logs and metrics, as a manifest writes it.
    pub fn as_str(&self) -> &'static str {
        match self {
            Self::Refuse => "refuse",
            Self::Hold => "hold",
            Self::HandOff => "hand-off",
            Self::Drop => "drop",
            Self::Template { .. } => "template",
        }
    }
}
