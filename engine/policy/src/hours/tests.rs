//! The grammar, and what a week looks like in a zone whose clock never changes.

use chrono::{DateTime, FixedOffset};
use ponte_model::Timestamp;

use super::*;

pub(super) fn hours(zone: &str, spans: &[&str], holidays: &[&str]) -> Hours {
    try_hours(zone, spans, holidays).unwrap_or_else(|error| panic!("{error}"))
}

pub(super) fn try_hours(zone: &str, spans: &[&str], holidays: &[&str]) -> Result<Hours, HoursError> {
    let own = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>();
    Hours::parse(zone, &own(spans), &own(holidays))
}

pub(super) fn at(text: &str) -> Timestamp {
    DateTime::parse_from_str(text, "%Y-%m-%d %H:%M %z")
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .to_utc()
        .into()
}

/// `2026-11-02 09:00`, on Kolkata's clock.
fn kolkata(text: &str) -> Timestamp {
    at(&format!("{text} +0530"))
}

/// The open stretches of the week of Monday 2026-11-02, as `mon 09:00-18:00`.
fn week(spans: &[&str]) -> String {
    stretches(&hours("Asia/Kolkata", spans, &[]), "2026-11-02 00:00", "2026-11-09 00:00")
}

/// The open stretches that begin in a stretch of time.
fn stretches(hours: &Hours, from: &str, to: &str) -> String {
    let offset = FixedOffset::east_opt(5 * 3600 + 1800).unwrap();
    let show =
        |at: Timestamp, format: &str| at.to_utc().with_timezone(&offset).format(format).to_string().to_lowercase();
    let (mut now, end) = (kolkata(from), kolkata(to));
    let mut found = Vec::new();
    while now < end {
        let period = hours.period_at(now);
        if period.open {
            let since = period.since.map_or("ever".to_owned(), |since| show(since, "%a %H:%M"));
            let until = period.until.map_or("ever".to_owned(), |until| show(until, "%H:%M"));
            found.push(format!("{since}-{until}"));
        }
        match period.until {
            Some(until) => now = until,
            None => break,
        }
    }
    found.join(" ")
}

#[test]
fn grammar() {
    let nine_to_six = "mon 09:00-18:00 tue 09:00-18:00 wed 09:00-18:00 thu 09:00-18:00 fri 09:00-18:00";
    let table: &[(&[&str], &str)] = &[
        (&["mon-fri 09:00-18:00"], nine_to_six),
        (&["  Mon - Fri   9:00 - 18:00 ; "], nine_to_six),
        (&["MONDAY–FRIDAY 09:00–18:00"], nine_to_six),
        (&["seg-sex 09:00-18:00"], nine_to_six),
        (&["lun-vie 09:00-18:00"], nine_to_six),
        (&["seg, ter, qua, qui, sex 09:00-18:00"], nine_to_six),
        (&["lun,mar,mié,jue,vie 09:00-18:00"], nine_to_six),
        (&["lun,mar,mie,jue,vie 09:00-18:00"], nine_to_six),
        (&["lunes-miércoles 09:00-18:00", "thu-fri 09:00-18:00"], nine_to_six),
        (&["segunda,terça,quarta,quinta,sexta 09:00-18:00"], nine_to_six),
        (&["sat 09:00-13:00"], "sat 09:00-13:00"),
        (&["sáb 09:00-13:00"], "sat 09:00-13:00"),
        (&["sa\u{301}b 09:00-13:00"], "sat 09:00-13:00"),
        (&["SÁB 09:00-13:00; dom 10:00-12:00"], "sat 09:00-13:00 sun 10:00-12:00"),
        (&["sab,sun 09:00-13:00"], "sat 09:00-13:00 sun 09:00-13:00"),
        (&["mon 09:00-12:00,14:00-18:00"], "mon 09:00-12:00 mon 14:00-18:00"),
        (&["mon,wed 10:00-16:00"], "mon 10:00-16:00 wed 10:00-16:00"),
        (&["mon-tue,fri 10:00-16:00"], "mon 10:00-16:00 tue 10:00-16:00 fri 10:00-16:00"),
        (&["fri-mon 10:00-12:00"], "mon 10:00-12:00 fri 10:00-12:00 sat 10:00-12:00 sun 10:00-12:00"),
        (&["wed-wed 10:00-12:00"], "wed 10:00-12:00"),
        (&["fri 22:00-02:00"], "fri 22:00-02:00"),
        (&["sun 22:00-02:00"], "sun 22:00-02:00 sun 22:00-02:00"),
        (&["fri 22:00-24:00"], "fri 22:00-00:00"),
        (&["fri 22:00-00:00"], "fri 22:00-00:00"),
        (&["fri 22:00-24:00; sat 00:00-02:00"], "fri 22:00-02:00"),
        (&["fri 18:00-06:00; sat 05:00-07:00"], "fri 18:00-07:00"),
        (&["fri 22:00-21:00; sat 01:00-02:00; sat 20:00-20:30"], "fri 22:00-21:00"),
        (&["mon 09:00-12:00,12:00-18:00"], "mon 09:00-18:00"),
        (&["mon 09:00-13:00; mon 12:00-18:00; mon 10:00-11:00"], "mon 09:00-18:00"),
        (&["tue 00:00-24:00"], "tue 00:00-00:00"),
        (&["tue-wed 00:00-24:00; thu 00:00-08:00"], "tue 00:00-08:00"),
        (&["always"], "ever-ever"),
        (&["mon-sun 00:00-24:00"], "ever-ever"),
        (&["mon-sun 12:00-11:59", "mon-sun 11:00-12:00"], "ever-ever"),
        (&["never"], ""),
        (&["never; tue 09:00-10:00"], "tue 09:00-10:00"),
        (&["tue 09:00-10:00; always"], "ever-ever"),
    ];
    for (spans, expected) in table {
        assert_eq!(week(spans), *expected, "{spans:?}");
    }
}

#[test]
fn holidays() {
    // Thursday 2026-12-24 to Saturday 2027-01-02; open every day 09:00-18:00 and over Friday night.
    let table: &[(&[&str], &str)] = &[
        (&[], "thu 09:00-18:00 fri 09:00-18:00 fri 22:00-02:00 sat 09:00-18:00 sun 09:00-18:00"),
        // The night that began on Friday goes with Friday; the one before it would stay.
        (&["2026-12-25"], "thu 09:00-18:00 sat 09:00-18:00 sun 09:00-18:00"),
        (&["12-25"], "thu 09:00-18:00 sat 09:00-18:00 sun 09:00-18:00"),
        // A closed Saturday leaves Friday's night alone.
        (&["2026-12-26"], "thu 09:00-18:00 fri 09:00-18:00 fri 22:00-02:00 sun 09:00-18:00"),
        (
            &["2025-12-25", "2026-12-28"],
            "thu 09:00-18:00 fri 09:00-18:00 fri 22:00-02:00 sat 09:00-18:00 sun 09:00-18:00",
        ),
        (&["2026-12-24 09:00-12:00; 12-25"], "thu 09:00-12:00 sat 09:00-18:00 sun 09:00-18:00"),
        (&["2026-12-24 09:00-12:00,14:00-15:00", "2026-12-25..2026-12-27"], "thu 09:00-12:00 thu 14:00-15:00"),
        (&["2026-12-24 23:00-01:00", "12-25 .. 12-27"], "thu 23:00-01:00"),
        (&["12-20..01-02"], ""),
        (&["12-20..01-02 10:00-11:00"], "thu 10:00-11:00 fri 10:00-11:00 sat 10:00-11:00 sun 10:00-11:00"),
        // The more particular wins, whatever the order.
        (&["12-26 10:00-11:00", "12-20..01-02"], "sat 10:00-11:00"),
        (&["2026-12-26", "12-26 10:00-11:00"], "thu 09:00-18:00 fri 09:00-18:00 fri 22:00-02:00 sun 09:00-18:00"),
        (&["2026-12-20..2027-01-02", "12-26 10:00-11:00"], ""),
        (&["2026-12-26", "2026-12-20..2027-01-02", "2026-12-26 10:00-11:00"], "sat 10:00-11:00"),
    ];
    for (holidays, expected) in table {
        let hours = hours("Asia/Kolkata", &["mon-sun 09:00-18:00; fri 22:00-02:00"], holidays);
        assert_eq!(stretches(&hours, "2026-12-24 03:00", "2026-12-28 00:00"), *expected, "{holidays:?}");
    }
}

#[test]
fn ends_of_months_and_leap_days() {
    let table: &[(&[&str], &str, bool)] = &[
        (&["01-31"], "2027-01-31 12:00", false),
        (&["01-31"], "2027-02-01 12:00", true),
        (&["2026-11-30..2026-12-01"], "2026-11-30 12:00", false),
        (&["2026-11-30..2026-12-01"], "2026-12-01 12:00", false),
        (&["2026-11-30..2026-12-01"], "2026-12-02 12:00", true),
        (&["02-28"], "2027-02-28 12:00", false),
        (&["02-28"], "2028-02-29 12:00", true),
        (&["02-29"], "2028-02-29 12:00", false),
        (&["02-29"], "2027-02-28 12:00", true),
        (&["02-29"], "2027-03-01 12:00", true),
        (&["2028-02-29"], "2028-02-29 12:00", false),
        (&["02-27..03-01"], "2028-02-29 12:00", false),
        (&["2028-02-28..2028-03-01"], "2028-02-29 12:00", false),
        (&["12-31..01-01"], "2026-12-31 12:00", false),
        (&["12-31..01-01"], "2027-01-01 12:00", false),
        (&["12-31..01-01"], "2027-01-02 12:00", true),
        (&["12-31..01-01"], "2026-12-30 12:00", true),
    ];
    for (holidays, moment, open) in table {
        let hours = hours("Asia/Kolkata", &["always"], holidays);
        assert_eq!(hours.period_at(kolkata(moment)).open, *open, "{holidays:?} at {moment}");
    }
    let closed = hours("Asia/Kolkata", &["always"], &["02-29"]).period_at(kolkata("2028-02-29 12:00"));
    let expected =
        Period { open: false, since: Some(kolkata("2028-02-29 00:00")), until: Some(kolkata("2028-03-01 00:00")) };
    assert_eq!(closed, expected);
}

#[test]
fn the_horizon() {
    let once = hours("Asia/Kolkata", &["never"], &["2026-12-24 09:00-12:00"]);
    let (opens, closes) = (kolkata("2026-12-24 09:00"), kolkata("2026-12-24 12:00"));
    let table = [
        // 400 days before the holiday is 2025-11-19; one day more and it is out of sight.
        ("2025-11-18 23:59", false, None, None),
        ("2025-11-19 00:00", false, None, Some(opens)),
        ("2026-12-24 08:59", false, None, Some(opens)),
        ("2026-12-24 09:00", true, Some(opens), Some(closes)),
        ("2026-12-24 11:59", true, Some(opens), Some(closes)),
        ("2026-12-24 12:00", false, Some(closes), None),
        // And 400 days after it is 2028-01-28.
        ("2028-01-28 23:59", false, Some(closes), None),
        ("2028-01-29 00:00", false, None, None),
    ];
    for (moment, open, since, until) in table {
        assert_eq!(once.period_at(kolkata(moment)), Period { open, since, until }, "{moment}");
    }
    // A holiday beyond the horizon does not end "always".
    let always = hours("Asia/Kolkata", &["always"], &["2030-01-01"]);
    let endless = Period { open: true, since: None, until: None };
    assert_eq!(always.period_at(kolkata("2026-11-02 12:00")), endless);
    assert_eq!(always.period_at(kolkata("2029-12-31 12:00")).until, Some(kolkata("2030-01-01 00:00")));
    assert_eq!(always.period_at(kolkata("2030-01-02 12:00")).since, Some(kolkata("2030-01-02 00:00")));
    assert_eq!(always.period_at(kolkata("2032-01-02 12:00")), endless);
}

#[test]
fn local_time() {
    let table = [
        ("Asia/Kolkata", "1970-01-01 05:30 +0530", (1970, 1, 1, 4, 5, 30, 0)),
        ("America/New_York", "1970-01-01 00:00 +0000", (1969, 12, 31, 3, 19, 0, -1)),
        ("America/Sao_Paulo", "2026-11-24 01:10 +0000", (2026, 11, 23, 1, 22, 10, 20780)),
        ("Australia/Lord_Howe", "2028-02-29 12:59 +0000", (2028, 2, 29, 2, 23, 59, 21243)),
        ("Europe/Madrid", "2026-12-31 23:00 +0000", (2027, 1, 1, 5, 0, 0, 20819)),
        ("Europe/Madrid", "2026-11-29 12:00 +0000", (2026, 11, 29, 7, 13, 0, 20786)),
    ];
    for (zone, moment, (year, month, day, weekday, hour, minute, day_number)) in table {
        let expected = LocalTime { year, month, day, weekday, hour, minute, day_number };
        assert_eq!(hours(zone, &["never"], &[]).local(at(moment)), expected, "{zone} {moment}");
    }
}

#[test]
fn moments_that_no_calendar_has() {
    for zone in ["Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Madrid"] {
        let hours = hours(zone, &["mon-fri 09:00-18:00"], &["12-25"]);
        for millis in [i64::MIN, i64::MIN + 1, -1, 0, i64::MAX - 1, i64::MAX] {
            let moment = Timestamp::from_millis(millis);
            let (period, local) = (hours.period_at(moment), hours.local(moment));
            assert!(period.since.is_some() && period.until.is_some(), "{zone} {millis}: {period:?}");
            assert!((0..=9999).contains(&local.year), "{zone} {millis}: {local:?}");
        }
    }
}

#[test]
fn what_is_wrong_is_quoted_and_set_right() {
    let zone = "America/Sao_Paulo";
    let good: &[&str] = &["always"];
    let table: &[(&str, &[&str], &[&str], &str)] = &[
        ("Sao Paulo", good, &[], "timezone: `Sao Paulo` is not a time zone; did you mean `America/Sao_Paulo`?"),
        ("europe/madrid", good, &[], "timezone: `europe/madrid` is not a time zone; did you mean `Europe/Madrid`?"),
        ("BRT", good, &[], "timezone: `BRT` is not a time zone; write an IANA name such as `America/Sao_Paulo`"),
        ("", good, &[], "timezone: `` is not a time zone; write an IANA name such as `America/Sao_Paulo`"),
        (zone, &[], &[], "hours: `` names no hours; write for example `mon-fri 09:00-18:00`, or `always`, or `never`"),
        (
            zone,
            &["always", " ; "],
            &[],
            "hours: `;` names no hours; write for example `mon-fri 09:00-18:00`, or `always`, or `never`",
        ),
        (
            zone,
            &["mon-fry 09:00-18:00"],
            &[],
            "hours: `fry` is not a day of the week; write mon, tue, wed, thu, fri, sat or sun (or seg … dom, lun … dom)",
        ),
        (zone, &["09:00-18:00"], &[], "hours: `09:00-18:00` names no day; write for example `mon-sun 09:00-18:00`"),
        (zone, &["mon-fri"], &[], "hours: `mon-fri` has days but no times; write for example `mon-fri 09:00-18:00`"),
        (zone, &["mon 09:00"], &[], "hours: `09:00` is not a span of time; write for example `09:00-18:00`"),
        (
            zone,
            &["mon 09:00-12:00, 14h-18h"],
            &[],
            "hours: `14h` is not a time of day; write hours and minutes, 00:00 to 24:00: `09:00`",
        ),
        (
            zone,
            &["mon 09:00-25:00"],
            &[],
            "hours: `25:00` is not a time of day; write hours and minutes, 00:00 to 24:00: `09:00`",
        ),
        (
            zone,
            &["mon 09:60-10:00"],
            &[],
            "hours: `09:60` is not a time of day; write hours and minutes, 00:00 to 24:00: `09:00`",
        ),
        (
            zone,
            &["mon 24:00-10:00"],
            &[],
            "hours: `24:00-10:00` begins at 24:00; a day begins at 00:00; 24:00 can only be an end",
        ),
        (
            zone,
            &["mon 09:00-09:00"],
            &[],
            "hours: `09:00-09:00` ends when it begins; for the whole day write `00:00-24:00`",
        ),
        (zone, good, &["25/12"], "holidays: `25/12` is not a date; write `2026-12-25`, or `12-25` for each year"),
        (
            zone,
            good,
            &["02-30"],
            "holidays: `02-30` is not in the calendar; write `2026-12-25`, or `12-25` for each year",
        ),
        (
            zone,
            good,
            &["2027-02-29"],
            "holidays: `2027-02-29` is not in the calendar; write `2026-12-25`, or `12-25` for each year",
        ),
        (
            zone,
            good,
            &["2027-01-01..2026-12-24"],
            "holidays: `2027-01-01..2026-12-24` ends before it begins; write `2026-12-24..2027-01-01`",
        ),
        (
            zone,
            good,
            &["2026-12-24..2036-12-26"],
            "holidays: `2026-12-24..2036-12-26` has 3656 days; a range may have 366 days; check the years",
        ),
        (
            zone,
            good,
            &["2026-12-24..12-26"],
            "holidays: `2026-12-24..12-26` has a year at one end only; give both ends a year, or neither: \
             `2026-12-24..2027-01-01`, `12-24..01-01`",
        ),
        (zone, good, &["12-24 closed"], "holidays: `closed` is not a span of time; write for example `09:00-18:00`"),
    ];
    for (zone, spans, holidays, expected) in table {
        assert_eq!(try_hours(zone, spans, holidays).unwrap_err().to_string(), *expected);
    }
    let error = try_hours(zone, &["always", "mon"], &[]).unwrap_err();
    assert_eq!((error.field, error.field.pointer().as_str()), (HoursField::Hours(1), "/hours/1"));
}
