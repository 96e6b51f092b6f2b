//! People. Permission: `contacts`.

use crate::Refusal;
use crate::bindings::ponte::flow::contacts as wire;

pub use wire::Contact;

/// A person; none if unknown.
pub fn get(id: &str) -> Result<Option<Contact>, Refusal> {
    Ok(wire::get(id)?)
}

/// The people whom the shop named in a setting, by their phone numbers: one, or a list of at most 20.
pub fn named(setting: &str) -> Result<Vec<Contact>, Refusal> {
    Ok(wire::named(setting)?)
}

/// Puts a tag (64 bytes) on the event's contact.
pub fn tag(tag: &str) -> Result<(), Refusal> {
    Ok(wire::tag(tag)?)
}

/// Takes a tag off the event's contact.
pub fn untag(tag: &str) -> Result<(), Refusal> {
    Ok(wire::untag(tag)?)
}
