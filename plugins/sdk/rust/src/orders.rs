//! What stores know of orders. Permission: `orders`.

use crate::Refusal;
use crate::bindings::ponte::flow::orders as wire;

/// An order that was found, and whether the store knows it as this contact's.
pub use wire::Found;

/// Orders by the number that people call them, `#1001` or `1001`. Tell a stranger nothing of what is not `theirs`: anybody can
/// type a number.
pub fn find(number: &str) -> Result<Vec<Found>, Refusal> {
    Ok(wire::find(number)?)
}

/// The orders of the event's contact, the one that changed last first.
pub fn of_contact() -> Result<Vec<Found>, Refusal> {
    Ok(wire::of_contact()?)
}
