//! The conversation that the event belongs to. Permission: `conversation` for what was said, handing off and
//! releasing; the facts are for everybody.

use crate::Refusal;
use crate::bindings::ponte::flow::conversation as wire;

pub use wire::{Author, Facts, Line, Owner, Target};

impl Owner {
    /// Whether a person holds the conversation, so that automation must be silent.
    pub fn is_person(self) -> bool {
        matches!(self, Self::App | Self::Team)
    }
}

/// The facts; none where the event has no conversation.
pub fn facts() -> Option<Facts> {
    wire::get()
}

/// The last messages before the event, oldest first; at most 50.
pub fn recent(most: u32) -> Result<Vec<Line>, Refusal> {
    Ok(wire::recent(most)?)
}

/// Gives the conversation to people, after this run's messages. Automation is silent from then on.
pub fn hand_off(to: Target, note: impl AsRef<str>) -> Result<(), Refusal> {
    Ok(wire::hand_off(to, note.as_ref())?)
}

/// Gives the conversation back, if this flow holds it.
pub fn release() -> Result<(), Refusal> {
    Ok(wire::release()?)
}
