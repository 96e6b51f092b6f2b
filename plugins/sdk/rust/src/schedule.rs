//! Timers of this conversation. Permission: `schedule`. Durable: they fire once, late rather than never.

use crate::bindings::ponte::flow::schedule as wire;
use crate::{Instant, Refusal, Seconds};

/// Sets the named timer, or replaces it. The payload comes back in [`Body::Timer`](crate::Body::Timer).
pub fn at(name: &str, due: Instant, payload: &str) -> Result<(), Refusal> {
    Ok(wire::at(name, due, payload)?)
}

/// The same, so many seconds after [`run::now`](crate::run::now).
pub fn after(name: &str, delay: Seconds, payload: &str) -> Result<(), Refusal> {
    Ok(wire::after(name, delay, payload)?)
}

/// Takes the named timer away; no error if there is none.
pub fn cancel(name: &str) -> Result<(), Refusal> {
    Ok(wire::cancel(name)?)
}
