//! Clocks put forward and back.

use super::tests::{at, hours};
use super::*;

/// One schedule around one change of the clock, and the period around a moment.
struct Case {
    zone: &'static str,
    spans: &'static str,
    moment: &'static str,
    open: bool,
    since: &'static str,
    until: &'static str,
}

const fn case(
    zone: &'static str,
    spans: &'static str,
    moment: &'static str,
    open: bool,
    since: &'static str,
    until: &'static str,
) -> Case {
    Case { zone, spans, moment, open, since, until }
}

const NEW_YORK: &str = "America/New_York";
const SANTIAGO: &str = "America/Santiago";
const MADRID: &str = "Europe/Madrid";
const KOLKATA: &str = "Asia/Kolkata";
const LORD_HOWE: &str = "Australia/Lord_Howe";

#[rustfmt::skip]
const CASES: &[Case] = &[
    // New York, 2026-03-08: 02:00-03:00 does not exist. An opening in the gap is at its end.
    case(NEW_YORK, "sun 02:30-04:00", "2026-03-08 01:59 -0500", false, "2026-03-01 04:00 -0500", "2026-03-08 03:00 -0400"),
    case(NEW_YORK, "sun 02:30-04:00", "2026-03-08 03:00 -0400", true, "2026-03-08 03:00 -0400", "2026-03-08 04:00 -0400"),
    // So is a closing.
    case(NEW_YORK, "sun 01:00-02:30", "2026-03-08 01:59 -0500", true, "2026-03-08 01:00 -0500", "2026-03-08 03:00 -0400"),
    // A span within the gap never was, and neither was a break.
    case(NEW_YORK, "sun 02:15-02:45", "2026-03-08 03:00 -0400", false, "2026-03-01 02:45 -0500", "2026-03-15 02:15 -0400"),
    case(NEW_YORK, "sun 00:00-02:15,02:45-05:00", "2026-03-08 03:00 -0400", true, "2026-03-08 00:00 -0500", "2026-03-08 05:00 -0400"),
    // A night over the gap is an hour shorter.
    case(NEW_YORK, "sat 22:00-06:00", "2026-03-08 03:30 -0400", true, "2026-03-07 22:00 -0500", "2026-03-08 06:00 -0400"),
    // New York, 2026-11-01: 01:00-02:00 comes twice, and counts the first time.
    case(NEW_YORK, "sun 01:30-04:00", "2026-11-01 01:29 -0400", false, "2026-10-25 04:00 -0400", "2026-11-01 01:30 -0400"),
    case(NEW_YORK, "sun 01:30-04:00", "2026-11-01 01:10 -0500", true, "2026-11-01 01:30 -0400", "2026-11-01 04:00 -0500"),
    case(NEW_YORK, "sat 22:00-01:30", "2026-11-01 01:29 -0400", true, "2026-10-31 22:00 -0400", "2026-11-01 01:30 -0400"),
    case(NEW_YORK, "sat 22:00-01:30", "2026-11-01 01:15 -0500", false, "2026-11-01 01:30 -0400", "2026-11-07 22:00 -0500"),
    case(NEW_YORK, "sun 00:00-02:00", "2026-11-01 01:59 -0500", true, "2026-11-01 00:00 -0400", "2026-11-01 02:00 -0500"),
    // Santiago, 2026-09-06: the day begins at 01:00.
    case(SANTIAGO, "sun 00:00-08:00", "2026-09-05 23:59 -0400", false, "2026-08-30 08:00 -0400", "2026-09-06 01:00 -0300"),
    case(SANTIAGO, "sat-sun 00:00-24:00", "2026-09-06 12:00 -0300", true, "2026-09-05 00:00 -0400", "2026-09-07 00:00 -0300"),
    case(SANTIAGO, "sat 20:00-24:00", "2026-09-05 23:59 -0400", true, "2026-09-05 20:00 -0400", "2026-09-06 01:00 -0300"),
    // Santiago, 2026-04-05: the last hour of Saturday comes twice.
    case(SANTIAGO, "sat 20:00-24:00", "2026-04-04 23:59 -0400", true, "2026-04-04 20:00 -0300", "2026-04-05 00:00 -0400"),
    case(SANTIAGO, "sat 20:00-23:30", "2026-04-04 23:00 -0400", false, "2026-04-04 23:30 -0300", "2026-04-11 20:00 -0400"),
    // Madrid, 2026-03-29 and 2026-10-25.
    case(MADRID, "sun 02:30-10:00", "2026-03-29 01:00 +0100", false, "2026-03-22 10:00 +0100", "2026-03-29 03:00 +0200"),
    case(MADRID, "sun 02:30-10:00", "2026-10-25 02:10 +0100", true, "2026-10-25 02:30 +0200", "2026-10-25 10:00 +0100"),
    case(MADRID, "mon-fri 09:00-18:00", "2026-03-28 12:00 +0100", false, "2026-03-27 18:00 +0100", "2026-03-30 09:00 +0200"),
    // Kolkata's clock never changes.
    case(KOLKATA, "sun 02:30-04:00", "2026-03-29 02:45 +0530", true, "2026-03-29 02:30 +0530", "2026-03-29 04:00 +0530"),
    // Lord Howe, 2026-10-04 (02:00-02:30 is skipped) and 2026-04-05 (01:30-02:00 comes twice).
    case(LORD_HOWE, "sun 02:10-04:00", "2026-10-04 01:59 +1030", false, "2026-09-27 04:00 +1030", "2026-10-04 02:30 +1100"),
    case(LORD_HOWE, "sun 02:10-04:00", "2026-10-04 02:30 +1100", true, "2026-10-04 02:30 +1100", "2026-10-04 04:00 +1100"),
    case(LORD_HOWE, "sun 01:45-04:00", "2026-04-05 01:30 +1030", true, "2026-04-05 01:45 +1100", "2026-04-05 04:00 +1030"),
    case(LORD_HOWE, "sun 00:00-01:45", "2026-04-05 01:44 +1030", false, "2026-04-05 01:45 +1100", "2026-04-12 00:00 +1030"),
    // Apia went from Thursday 2011-12-29 to Saturday 2011-12-31.
    case("Pacific/Apia", "fri 09:00-18:00", "2011-12-29 23:59 -1000", false, "2011-12-23 18:00 -1000", "2012-01-06 09:00 +1400"),
    case("Pacific/Apia", "thu 20:00-24:00; sat 00:00-02:00", "2011-12-31 01:00 +1400", true, "2011-12-29 20:00 -1000", "2011-12-31 02:00 +1400"),
    // St John's put the clock back over midnight, from 00:01 to 23:01 of the day before.
    case("America/St_Johns", "sun 00:00-08:00", "2006-10-28 23:30 -0330", true, "2006-10-29 00:00 -0230", "2006-10-29 08:00 -0330"),
];

#[test]
fn changes_of_the_clock() {
    for Case { zone, spans, moment, open, since, until } in CASES {
        let hours = hours(zone, &[spans], &[]);
        let moment_at = at(moment);
        let expected = Period { open: *open, since: Some(at(since)), until: Some(at(until)) };
        assert_eq!(hours.period_at(moment_at), expected, "{zone}, {spans}, at {moment}");
    }
}

#[test]
fn a_holiday_has_as_many_hours_as_its_day() {
    for (zone, date, since, until, length) in [
        (NEW_YORK, "2026-03-08", "2026-03-08 00:00 -0500", "2026-03-09 00:00 -0400", 23),
        (NEW_YORK, "2026-11-01", "2026-11-01 00:00 -0400", "2026-11-02 00:00 -0500", 25),
        (SANTIAGO, "2026-09-06", "2026-09-06 01:00 -0300", "2026-09-07 00:00 -0300", 23),
        (SANTIAGO, "2026-04-04", "2026-04-04 00:00 -0300", "2026-04-05 00:00 -0400", 25),
    ] {
        let closed = hours(zone, &["always"], &[date]).period_at(at(until).minus(std::time::Duration::from_secs(1)));
        assert_eq!(closed, Period { open: false, since: Some(at(since)), until: Some(at(until)) }, "{zone} {date}");
        assert_eq!(at(until).since(at(since)).as_secs(), length * 3600);
    }
}
