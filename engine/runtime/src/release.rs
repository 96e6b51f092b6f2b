//! When people have let go of a conversation, by what is set for its number and for the flow that wants to speak.
//!
//! The flow that is asked, or whose message is judged, decides with its own setting `release_after`; the number's comes
//! next, the policy's default last. The time of day and the closing time are the number's for everybody.

use std::time::Duration;

use ponte_policy::Release;
use ponte_policy::hours::{Daily, Hours};
use ponte_store::NumberRow;

/// The time of day at which people let go of a number's conversations, if one is set.
///
/// # Errors
/// What is not understood.
pub fn daily_release(number: &NumberRow) -> Result<Option<Daily>, String> {
    let zone = number.config.billing.timezone.as_deref().unwrap_or("UTC");
    number.config.phone.release_daily.as_deref().map(|time| Daily::parse(zone, time)).transpose()
}

/// A number's terms, as a flow is concerned that has its own patience. `closing` says by whose hours the shop closes, and
/// is asked only where that matters.
pub(crate) fn terms<'a>(
    number: &NumberRow,
    daily: Option<Daily>,
    own: Option<Duration>,
    closing: impl FnOnce() -> Option<&'a Hours>,
) -> Release<'a> {
    let phone = &number.config.phone;
    let minutes = |minutes: u32| Duration::from_secs(u64::from(minutes) * 60);
    let default = Release::default();
    Release {
        after: own.or_else(|| phone.release_after_minutes.map(minutes)).unwrap_or(default.after),
        daily,
        closing: if phone.release_at_closing { closing() } else { None },
    }
}
