//! Between instants and the wall clock of a zone.

use chrono::{DateTime, NaiveDate, NaiveDateTime, Utc};
use chrono_tz::{TZ_VARIANTS, Tz};
use ponte_model::{Timestamp, first_instant};

use super::error::Fault;

/// 0001-01-01, and the last second of 9998: room on both sides for a zone and for the horizon.
const EARLIEST: Timestamp = Timestamp::from_secs(-62_135_596_800);
const LATEST: Timestamp = Timestamp::from_secs(253_370_764_799);

/// Guests may ask about any number; the calendar has an end.
pub(super) fn clamp(at: Timestamp) -> Timestamp {
    at.clamp(EARLIEST, LATEST)
}

/// What the wall clock shows.
pub(super) fn clock(zone: Tz, at: Timestamp) -> NaiveDateTime {
    at.to_utc().with_timezone(&zone).naive_local()
}

/// Days since 1970-01-01.
pub(super) fn day_number(date: NaiveDate) -> i32 {
    date.to_epoch_days()
}

/// When the wall clock shows `minute` (since 1970-01-01 00:00) for the first time; the end of the gap if it never
/// does. A later minute is never an earlier instant.
pub(crate) fn instant(zone: Tz, minute: i64) -> Timestamp {
    let wall = DateTime::from_timestamp(minute * 60, 0).unwrap_or(DateTime::<Utc>::MAX_UTC).naive_utc();
    first_instant(zone, wall)
}

/// Finds a zone by its IANA name.
pub(super) fn zone(name: &str) -> Result<Tz, Fault> {
    name.trim().parse().map_err(|_| {
        let wanted = name.trim().replace(' ', "_").to_lowercase();
        // People write the city, or the right name in small letters.
        let meant = TZ_VARIANTS.iter().map(|zone| zone.name()).find(|known| {
            let known = known.to_lowercase();
            known == wanted || known.rsplit('/').next() == Some(&wanted)
        });
        let right = match meant {
            Some(meant) => format!("did you mean `{meant}`?"),
            None => "write an IANA name such as `America/Sao_Paulo`".to_owned(),
        };
        Fault::new(name, "is not a time zone", right)
    })
}
