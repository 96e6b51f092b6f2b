//! Between the contract's shapes and the model's.

mod content;
mod event;
mod outbound;
mod refusal;

use ponte_model::{Refusal, Timestamp};

pub(crate) use content::{content, other};
pub(crate) use event::{event, order};
pub(crate) use outbound::*;
pub(crate) use refusal::refusal;

/// The end of the year 9999, in milliseconds: later moments cannot be written as RFC 3339.
const LATEST: u64 = 253_402_300_799_999;

/// A moment in the guest's words; times before 1970 do not occur.
pub(crate) fn instant(at: Timestamp) -> u64 {
    u64::try_from(at.as_millis()).unwrap_or(0)
}

/// A moment from a guest.
pub(crate) fn timestamp(field: &str, instant: u64) -> Result<Timestamp, Refusal> {
    match i64::try_from(instant) {
        Ok(millis) if instant <= LATEST => Ok(Timestamp::from_millis(millis)),
        _ => Err(Refusal::invalid(field, "later than the year 9999; instants are milliseconds since 1970")),
    }
}
