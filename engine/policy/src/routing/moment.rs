//! Moments as people write them.

use chrono::{DateTime, NaiveDate, NaiveDateTime, NaiveTime};
use chrono_tz::Tz;
use ponte_model::Timestamp;

use crate::hours::wall_instant;

/// Reads `2026-10-01`, `2026-10-01 08:00` (both on the wall clock of `zone`) or a full RFC 3339 time.
pub(super) fn parse(text: &str, zone: Tz) -> Result<Timestamp, String> {
    let text = text.trim();
    if let Ok(at) = DateTime::parse_from_rfc3339(text) {
        return Ok(at.to_utc().into());
    }
    let wall = NaiveDate::parse_from_str(text, "%Y-%m-%d")
        .map(|date| date.and_time(NaiveTime::MIN))
        .or_else(|_| NaiveDateTime::parse_from_str(&text.replace('T', " "), "%Y-%m-%d %H:%M"));
    match wall {
        Ok(wall) => Ok(wall_instant(zone, wall.and_utc().timestamp() / 60)),
        Err(_) => Err(format!(
            "{text:?} is no date; write \"2026-10-01\", \"2026-10-01 08:00\" or \"2026-10-01T08:00:00-03:00\", in quotes"
        )),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_of_the_policys_zone_unless_they_name_their_own() {
        let zone = chrono_tz::America::Sao_Paulo;
        let utc = |text: &str| parse(text, zone).map(|at| at.to_string());
        assert_eq!(utc("2026-10-01"), Ok("2026-10-01T03:00:00Z".into()));
        assert_eq!(utc("2026-10-01 08:30"), Ok("2026-10-01T11:30:00Z".into()));
        assert_eq!(utc("2026-10-01T08:30:00+02:00"), Ok("2026-10-01T06:30:00Z".into()));
        assert!(utc("01/10/2026").unwrap_err().contains("in quotes"));
    }
}
