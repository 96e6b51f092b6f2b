//! This run. Everything here is the same when the run is repeated or replayed. Permission: none.

use crate::Instant;
use crate::bindings::ponte::flow::run as wire;

/// The time of the event. Does not pass during a run.
pub fn now() -> Instant {
    wire::now()
}

/// Random bytes, at most 1,024 a call; the same for the same event and version.
pub fn random(len: u32) -> Vec<u8> {
    wire::random(len)
}

/// The whole event as JSON, with what the types do not name.
pub fn event_json() -> String {
    wire::event_json()
}
