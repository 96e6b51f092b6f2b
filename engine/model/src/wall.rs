//! From a wall clock to instants: one rule for clock changes, for everybody who reads hours or cron lines.

use chrono::{LocalResult, NaiveDateTime, Offset, TimeDelta, TimeZone};
use chrono_tz::{GapInfo, Tz};

use crate::Timestamp;

/// When the wall clock of a zone shows `wall` for the first time; the end of the gap if it never does. A later wall time
/// is never an earlier instant.
pub fn first_instant(zone: Tz, wall: NaiveDateTime) -> Timestamp {
    let offset = match zone.offset_from_local_datetime(&wall) {
        LocalResult::Single(offset) | LocalResult::Ambiguous(offset, _) => offset,
        LocalResult::None => match GapInfo::new(&wall, &zone) {
            Some(GapInfo { end: Some(end), .. }) => return end.to_utc().into(),
            // The database ends within the gap: the clock goes on as it went before.
            Some(GapInfo { begin: Some((_, offset)), .. }) => offset,
            _ => return wall.and_utc().into(),
        },
    };
    (wall - TimeDelta::seconds(offset.fix().local_minus_utc().into())).and_utc().into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_wall_time_that_is_skipped_is_the_end_of_the_gap_and_one_that_comes_twice_the_first() {
        let madrid = chrono_tz::Europe::Madrid;
        for (wall, expected) in [
            ("2026-03-29T01:59:00", "2026-03-29T00:59:00Z"),
            ("2026-03-29T02:30:00", "2026-03-29T01:00:00Z"),
            ("2026-03-29T03:00:00", "2026-03-29T01:00:00Z"),
            ("2026-10-25T02:30:00", "2026-10-25T00:30:00Z"),
            ("2026-10-25T03:00:00", "2026-10-25T02:00:00Z"),
        ] {
            assert_eq!(first_instant(madrid, wall.parse().unwrap()).to_string(), expected, "{wall}");
        }
    }
}
