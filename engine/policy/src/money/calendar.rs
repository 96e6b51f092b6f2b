//! Days of an account: rates, tiers, allowances and budgets turn at 00:00 of its zone.

use chrono::NaiveDate;
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
