//! The conversation that the event belongs to. Permission: `conversation` for what was said, handing off, holding
//! and releasing; the facts are for everybody.

use crate::bindings::ponte::flow::conversation as wire;
use crate::{Refusal, Seconds};

pub use wire::{Author, AutomaticTexts, Facts, Line, Owner, PhoneView, Target};

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

/// What this run answers, oldest first: all lines of a burst where the manifest says `debounce`, the event's own the last;
/// else the event's own alone. Empty where the event is no message.
pub fn burst() -> Vec<Line> {
    wire::burst()
}

/// Whether a person sits at a phone with this number, and whether what they write there is seen.
pub fn phone() -> PhoneView {
    wire::phone()
}

/// Gives the conversation to people, with a note that they find beside it. Automation is silent from then on, save what
/// this run says. What this flow handed over before, and nobody has written in since, it may hand on.
pub fn hand_off(to: Target, note: impl AsRef<str>) -> Result<(), Refusal> {
    Ok(wire::hand_off(to, note.as_ref())?)
}

/// Keeps the conversation for this flow for so many seconds (at most seven days): other flows are not asked meanwhile,
/// and this one is, at any hour. Ends by itself, with [`release`], and when a person takes the conversation.
pub fn hold(age: Seconds) -> Result<(), Refusal> {
    Ok(wire::hold(age)?)
}

/// What the business app on the phone says by itself here: greetings and away texts, which are no person's.
pub fn automatic() -> AutomaticTexts {
    wire::automatic()
}

/// Gives the conversation back, if this flow holds it.
pub fn release() -> Result<(), Refusal> {
    Ok(wire::release()?)
}
