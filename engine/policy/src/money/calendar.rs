//! Days of an account: rates, tiers, allowances and budgets turn at 00:00 of its zone.

use chrono::{NaiveDate, NaiveTime, TimeDelta, TimeZone as _};
use chrono_tz::Tz;
use ponte_model::Timestamp;

/// The zone of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Zone(Tz);

impl Default for Zone {
    fn default() -> Self {
        Self(Tz::UTC)
    }
}

impl Zone {
    /// Reads an IANA name such as `America/Sao_Paulo`.
    ///
    /// # Errors
    /// What to write instead.
    pub fn parse(name: &str) -> Result<Self, String> {
        let zone = name
            .trim()
            .parse()
            .map_err(|_| format!("{name:?} is not a time zone; write an IANA name such as `America/Sao_Paulo`"))?;
        Ok(Self(zone))
    }

    pub(super) fn date(self, at: Timestamp) -> NaiveDate {
        at.to_utc().with_timezone(&self.0).date_naive()
    }
}

/// The day of a moment on the account's calendar, as `2026-10-31`; its first seven characters are the month.
pub fn day_of(zone: Zone, at: Timestamp) -> String {
    zone.date(at).to_string()
}

/// When the day of a moment ends on the account's calendar. Where the clocks skip midnight, right after the gap.
pub fn day_end(zone: Zone, at: Timestamp) -> Timestamp {
    let midnight = zone.date(at).succ_opt().unwrap_or(NaiveDate::MAX).and_time(NaiveTime::MIN);
    // A gap is an hour or so; looking on by quarters finds its end.
    (0..16)
        .filter_map(|quarter| zone.0.from_local_datetime(&(midnight + TimeDelta::minutes(15 * quarter))).earliest())
        .map(|moment| moment.to_utc().into())
        .next()
        .unwrap_or(Timestamp::from_millis(midnight.and_utc().timestamp_millis()))
}
