//! People. Permission: `contacts`.

use crate::Refusal;
use crate::bindings::ponte::flow::contacts as wire;

pub use wire::Contact;

/// A person; none if unknown.
pub fn get(id: &str) -> Result<Option<Contact>, Refusal> {
    Ok(wire::get(id)?)
}

/// Puts a tag (64 bytes) on the event's contact.
pub fn tag(tag: &str) -> Result<(), Refusal> {
    Ok(wire::tag(tag)?)
}

/// Takes a tag off the event's contact.
pub fn untag(tag: &str) -> Result<(), Refusal> {
    Ok(wire::untag(tag)?)
}
