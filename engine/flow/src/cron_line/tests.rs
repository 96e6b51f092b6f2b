use chrono::{Datelike, TimeDelta, TimeZone as _, Timelike};
use proptest::prelude::*;

use super::*;

fn at(text: &str) -> Timestamp {
    DateTime::parse_from_str(text, "%Y-%m-%d %H:%M %z")
        .unwrap_or_else(|error| panic!("{text}: {error}"))
        .to_utc()
        .into()
}

/// The next times after a moment, as a zone's wall clock shows them.
fn next(line: &str, zone: &str, after: &str, count: usize) -> String {
    let line = CronLine::parse(line).unwrap_or_else(|error| panic!("{error}"));
    let tz: Tz = zone.parse().unwrap();
    let mut now = at(after);
    let mut found = Vec::new();
    for _ in 0..count {
        now = line.next_after(now, zone).unwrap_or_else(|| panic!("{line} has an end"));
        found.push(now.to_utc().with_timezone(&tz).format("%a %m-%d %H:%M").to_string());
    }
    found.join(", ")
}

#[test]
fn fields() {
    // From Wednesday, 2026-07-01.
    let table = [
        ("0 9 * * mon-fri", "Wed 07-01 09:00, Thu 07-02 09:00, Fri 07-03 09:00, Mon 07-06 09:00"),
        ("  0  9 *\t* MON-FRI ", "Wed 07-01 09:00, Thu 07-02 09:00, Fri 07-03 09:00, Mon 07-06 09:00"),
        ("*/20 * * * *", "Wed 07-01 00:20, Wed 07-01 00:40, Wed 07-01 01:00, Wed 07-01 01:20"),
        ("5,35 8-9 * * *", "Wed 07-01 08:05, Wed 07-01 08:35, Wed 07-01 09:05, Wed 07-01 09:35"),
        ("0 8-18/4 * * *", "Wed 07-01 08:00, Wed 07-01 12:00, Wed 07-01 16:00, Thu 07-02 08:00"),
        ("0 0 1 jan-mar,DEC *", "Tue 12-01 00:00, Fri 01-01 00:00, Mon 02-01 00:00, Mon 03-01 00:00"),
        ("0 0 31 * *", "Fri 07-31 00:00, Mon 08-31 00:00, Sat 10-31 00:00, Thu 12-31 00:00"),
        ("0 0 29 2 *", "Tue 02-29 00:00, Sun 02-29 00:00, Fri 02-29 00:00, Wed 02-29 00:00"),
        // The days of the week are counted from Sunday, which is 0 and 7.
        ("0 0 * * 0", "Sun 07-05 00:00, Sun 07-12 00:00"),
        ("0 0 * * 7", "Sun 07-05 00:00, Sun 07-12 00:00"),
        ("0 0 * * sun", "Sun 07-05 00:00, Sun 07-12 00:00"),
        ("0 0 * * 1", "Mon 07-06 00:00, Mon 07-13 00:00"),
        ("0 0 * * mon", "Mon 07-06 00:00, Mon 07-13 00:00"),
        ("0 0 * * 3", "Wed 07-08 00:00, Wed 07-15 00:00"),
        ("0 0 * * 6", "Sat 07-04 00:00, Sat 07-11 00:00"),
        ("0 0 * * 1-5", "Thu 07-02 00:00, Fri 07-03 00:00, Mon 07-06 00:00, Tue 07-07 00:00"),
        ("0 0 * * 5-7", "Fri 07-03 00:00, Sat 07-04 00:00, Sun 07-05 00:00, Fri 07-10 00:00"),
        ("0 0 * * sat-sun", "Sat 07-04 00:00, Sun 07-05 00:00, Sat 07-11 00:00"),
        ("0 0 * * fri-mon", "Fri 07-03 00:00, Sat 07-04 00:00, Sun 07-05 00:00, Mon 07-06 00:00, Fri 07-10 00:00"),
        ("0 0 * * 1-5/2", "Fri 07-03 00:00, Mon 07-06 00:00, Wed 07-08 00:00, Fri 07-10 00:00"),
        ("0 0 * * */3", "Sat 07-04 00:00, Sun 07-05 00:00, Wed 07-08 00:00, Sat 07-11 00:00"),
        // Both days restricted: either is enough.
        ("0 0 13 * fri", "Fri 07-03 00:00, Fri 07-10 00:00, Mon 07-13 00:00, Fri 07-17 00:00"),
        ("0 0 1,15 * 3", "Wed 07-08 00:00, Wed 07-15 00:00, Wed 07-22 00:00, Wed 07-29 00:00, Sat 08-01 00:00"),
        ("0 0 30 2 mon", "Mon 02-01 00:00, Mon 02-08 00:00"),
        // One of them begins with a star: both are needed.
        ("0 0 */2 * fri", "Fri 07-03 00:00, Fri 07-17 00:00, Fri 07-31 00:00, Fri 08-07 00:00"),
        ("0 0 13 * *", "Mon 07-13 00:00, Thu 08-13 00:00"),
    ];
    for (line, expected) in table {
        let count = expected.split(", ").count();
        assert_eq!(next(line, "Asia/Kolkata", "2026-07-01 00:00 +0530", count), expected, "{line}");
    }
}

#[test]
fn changes_of_the_clock() {
    let table = [
        // New York, 2026-03-08: 02:00-03:00 does not exist.
        ("30 2 * * *", "America/New_York", "2026-03-07 12:00 -0500", "Sun 03-08 03:00, Mon 03-09 02:30"),
        ("30 2 * * *", "America/New_York", "2026-03-08 03:00 -0400", "Mon 03-09 02:30"),
        ("*/15 2 * * *", "America/New_York", "2026-03-08 00:00 -0500", "Sun 03-08 03:00, Mon 03-09 02:00"),
        (
            "0 * * * *",
            "America/New_York",
            "2026-03-08 00:30 -0500",
            "Sun 03-08 01:00, Sun 03-08 03:00, Sun 03-08 04:00",
        ),
        ("0 3 * * *", "America/New_York", "2026-03-08 00:30 -0500", "Sun 03-08 03:00, Mon 03-09 03:00"),
        // New York, 2026-11-01: 01:00-02:00 comes twice.
        ("30 1 * * *", "America/New_York", "2026-11-01 00:00 -0400", "Sun 11-01 01:30, Mon 11-02 01:30"),
        ("30 1 * * *", "America/New_York", "2026-11-01 01:10 -0500", "Mon 11-02 01:30"),
        ("30 1 * * *", "America/New_York", "2026-11-01 01:29 -0400", "Sun 11-01 01:30, Mon 11-02 01:30"),
        (
            "*/30 * * * *",
            "America/New_York",
            "2026-11-01 01:00 -0400",
            "Sun 11-01 01:30, Sun 11-01 02:00, Sun 11-01 02:30",
        ),
        ("*/30 * * * *", "America/New_York", "2026-11-01 01:00 -0500", "Sun 11-01 02:00, Sun 11-01 02:30"),
        // Santiago, 2026-09-06 begins at 01:00; 2026-04-04 has its last hour twice.
        ("0 0 * * *", "America/Santiago", "2026-09-05 12:00 -0400", "Sun 09-06 01:00, Mon 09-07 00:00"),
        ("0 0 6 9 *", "America/Santiago", "2026-09-05 12:00 -0400", "Sun 09-06 01:00, Mon 09-06 00:00"),
        ("30 23 * * *", "America/Santiago", "2026-04-04 12:00 -0300", "Sat 04-04 23:30, Sun 04-05 23:30"),
        ("0 0 * * *", "America/Santiago", "2026-04-04 23:30 -0300", "Sun 04-05 00:00, Mon 04-06 00:00"),
        // Madrid.
        ("30 2 * * *", "Europe/Madrid", "2026-03-28 12:00 +0100", "Sun 03-29 03:00, Mon 03-30 02:30"),
        ("30 2 * * *", "Europe/Madrid", "2026-10-25 02:10 +0200", "Sun 10-25 02:30, Mon 10-26 02:30"),
        ("0 9 * * mon-fri", "Europe/Madrid", "2026-03-27 12:00 +0100", "Mon 03-30 09:00, Tue 03-31 09:00"),
        // Kolkata's clock never changes.
        ("30 2 * * *", "Asia/Kolkata", "2026-03-28 12:00 +0530", "Sun 03-29 02:30, Mon 03-30 02:30"),
        // Lord Howe changes by half an hour.
        ("15 2 * * *", "Australia/Lord_Howe", "2026-10-03 12:00 +1030", "Sun 10-04 02:30, Mon 10-05 02:15"),
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-05 01:40 +1100", "Sun 04-05 01:45, Mon 04-06 01:45"),
        ("45 1 * * *", "Australia/Lord_Howe", "2026-04-05 01:40 +1030", "Mon 04-06 01:45"),
        // Apia had no Friday 2011-12-30.
        ("0 9 * * *", "Pacific/Apia", "2011-12-29 12:00 -1000", "Sat 12-31 00:00, Sat 12-31 09:00"),
    ];
    for (line, zone, after, expected) in table {
        assert_eq!(next(line, zone, after, expected.split(", ").count()), expected, "{line} in {zone} after {after}");
    }
    // The wall clock alone does not tell which 01:30 it is: the first, still summer time.
    let half_past_one = CronLine::parse("30 1 * * *").unwrap();
    let fired = half_past_one.next_after(at("2026-11-01 00:00 -0400"), "America/New_York");
    assert_eq!(fired, Some(at("2026-11-01 01:30 -0400")));
}

#[test]
fn ends() {
    let line = CronLine::parse("0 9 * * *").unwrap();
    assert_eq!(line.next_after(Timestamp::EPOCH, "Mars/Olympus"), None);
    assert_eq!(line.next_after(Timestamp::from_millis(i64::MAX), "Europe/Madrid"), None);
    let first = line.next_after(Timestamp::from_millis(i64::MIN), "Europe/Madrid");
    assert_eq!(first, Some(at("1970-01-01 09:00 +0100")));
}

#[test]
fn what_is_wrong_is_quoted_and_set_right() {
    let table = [
        ("", "`` has 0 fields; write five: minute, hour, day of the month, month, day of the week: `0 9 * * mon-fri`"),
        (
            "0 0 9 * * *",
            "`0 0 9 * * *` has 6 fields; write five: minute, hour, day of the month, month, day of the week: `0 9 * * mon-fri`",
        ),
        (
            "@daily",
            "`@daily` has 1 fields; write five: minute, hour, day of the month, month, day of the week: `0 9 * * mon-fri`",
        ),
        ("60 9 * * *", "`60` is no minute; write 0 to 59"),
        ("0 24 * * *", "`24` is no hour; write 0 to 23"),
        ("0 9 0 * *", "`0` is no day of the month; write 1 to 31"),
        ("0 9 * 13 *", "`13` is no month; write 1 to 12 or jan to dec"),
        ("0 9 * * 8", "`8` is no day of the week; write 0 to 7 or sun to sat"),
        ("0 9 * * seg-sex", "`seg` is no day of the week; write 0 to 7 or sun to sat"),
        ("0 9 * * mon-", "`` is no day of the week; write 0 to 7 or sun to sat"),
        ("0 +9 * * *", "`+9` is no hour; write 0 to 23"),
        ("0 9 ? * *", "`?` is no day of the month; write 1 to 31"),
        ("0 22-6 * * *", "`22-6` ends before it begins; write `22-23,0-6`"),
        ("0 9 25-5 * *", "`25-5` ends before it begins; write `25-31,1-5`"),
        ("5/10 * * * *", "`5/10` is a step without a range; write `5-59/…` or `*/…`"),
        ("*/0 * * * *", "`*/0` has a step that is not a number from 1 on; write for example `*/15`"),
        ("*/x * * * *", "`*/x` has a step that is not a number from 1 on; write for example `*/15`"),
        ("0 0 30 2 *", "`0 0 30 2 *` never fires; that month has no such day"),
        ("0 0 31 4,6,9,11 *", "`0 0 31 4,6,9,11 *` never fires; that month has no such day"),
    ];
    for (line, expected) in table {
        assert_eq!(CronLine::parse(line).unwrap_err().to_string(), expected);
    }
}

/// Zones, and an instant just before one of their changes.
const CHANGES: [(Tz, &str); 8] = [
    (Tz::America__New_York, "2026-03-08T06:00:00Z"),
    (Tz::America__New_York, "2026-11-01T05:00:00Z"),
    (Tz::America__Santiago, "2026-04-05T02:00:00Z"),
    (Tz::America__Santiago, "2026-09-06T03:00:00Z"),
    (Tz::Europe__Madrid, "2026-10-25T00:00:00Z"),
    (Tz::Asia__Kolkata, "2026-10-25T00:00:00Z"),
    (Tz::Australia__Lord_Howe, "2026-04-04T14:30:00Z"),
    (Tz::Australia__Lord_Howe, "2026-10-03T15:00:00Z"),
];

/// What a line says, spelt out: which minutes, hours, days of the month, and days of the week from Sunday.
#[derive(Clone, Debug)]
struct Spelt {
    minutes: BTreeSet<u32>,
    hours: BTreeSet<u32>,
    days: Option<BTreeSet<u32>>,
    weekdays: Option<BTreeSet<u32>>,
}

impl Spelt {
    fn line(&self) -> String {
        let list = |set: &BTreeSet<u32>| set.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        let or_star = |set: &Option<BTreeSet<u32>>| set.as_ref().map_or("*".to_owned(), list);
        format!("{} {} {} * {}", list(&self.minutes), list(&self.hours), or_star(&self.days), or_star(&self.weekdays))
    }

    fn fires(&self, wall: NaiveDateTime) -> bool {
        let day = self.days.as_ref().map(|days| days.contains(&wall.day()));
        let weekday = self.weekdays.as_ref().map(|days| days.contains(&wall.weekday().num_days_from_sunday()));
        let today = match (day, weekday) {
            (Some(day), Some(weekday)) => day || weekday,
            (day, weekday) => day.or(weekday).unwrap_or(true),
        };
        today && self.minutes.contains(&wall.minute()) && self.hours.contains(&wall.hour())
    }
}

fn spelt() -> impl Strategy<Value = Spelt> {
    let some = |range: std::ops::Range<u32>, most| prop::collection::btree_set(range, 1..most);
    let minutes = prop_oneof![some(0..60, 6), Just([0].into()), Just((0..60).collect())];
    let hours = prop_oneof![some(0..24, 4), some(0..4, 4), Just((0..24).collect())];
    let days = prop::option::of(some(1..32, 4));
    let weekdays = prop::option::of(some(0..7, 3));
    (minutes, hours, days, weekdays).prop_map(|(minutes, hours, days, weekdays)| Spelt {
        minutes,
        hours,
        days,
        weekdays,
    })
}

proptest! {
    /// A watchman looks at the wall clock every minute, and fires for each time that it shows, or has just
    /// skipped, for the first time.
    #[test]
    fn agrees_with_the_watchman(spelt in spelt(), (zone, near) in prop::sample::select(CHANGES.to_vec()), early in -120i64..1440) {
        let line = CronLine::parse(&spelt.line()).unwrap();
        let start = DateTime::parse_from_rfc3339(near).unwrap().timestamp() / 60 - early;
        let wall = |minute: i64| zone.timestamp_opt(minute * 60, 0).unwrap().naive_local();
        let mut shown = (start - 1440..=start).map(wall).max().unwrap();
        let mut expected = None;
        for minute in start + 1..start + 3 * 1440 {
            let mut fires = false;
            while shown < wall(minute) {
                shown += TimeDelta::minutes(1);
                fires |= spelt.fires(shown);
            }
            if fires {
                expected = Some(Timestamp::from_secs(minute * 60));
                break;
            }
        }
        let end = Timestamp::from_secs((start + 3 * 1440) * 60);
        let found = line.next_after(Timestamp::from_millis(start * 60_000 + 20_500), zone.name());
        prop_assert_eq!(found.filter(|found| *found < end), expected, "{}", line);
    }

    #[test]
    fn any_text_is_answered(line in "[a-z0-9*/,?@ -]{0,24}") {
        if let Ok(line) = CronLine::parse(&line) {
            prop_assert!(line.next_after(Timestamp::EPOCH, "Europe/Madrid").is_some());
        }
    }
}
