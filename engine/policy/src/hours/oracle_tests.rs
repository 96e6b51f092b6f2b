//! The same questions, put to a clerk who looks at the wall clock every minute.

use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate, NaiveDateTime, TimeDelta, TimeZone, Timelike};
use chrono_tz::Tz;
use ponte_model::Timestamp;
use proptest::prelude::*;

use super::*;

const MINUTE: i64 = 60_000;
const NAMES: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];

/// Zones, and an instant just before one of their changes.
const CHANGES: [(Tz, &str); 14] = [
    (Tz::America__New_York, "2026-03-08T06:00:00Z"),
    (Tz::America__New_York, "2026-11-01T05:00:00Z"),
    (Tz::America__Santiago, "2026-04-05T02:00:00Z"),
    (Tz::America__Santiago, "2026-09-06T03:00:00Z"),
    (Tz::Europe__Madrid, "2026-03-29T00:00:00Z"),
    (Tz::Europe__Madrid, "2026-10-25T00:00:00Z"),
    (Tz::Asia__Kolkata, "2026-10-25T00:00:00Z"),
    (Tz::Australia__Lord_Howe, "2026-04-04T14:30:00Z"),
    (Tz::Australia__Lord_Howe, "2026-10-03T15:00:00Z"),
    (Tz::America__Sao_Paulo, "2018-11-04T02:30:00Z"),
    (Tz::America__Sao_Paulo, "2019-02-17T01:00:00Z"),
    (Tz::Pacific__Apia, "2011-12-30T09:00:00Z"),
    (Tz::America__St_Johns, "2006-10-29T02:00:00Z"),
    (Tz::Africa__Casablanca, "2026-02-15T01:30:00Z"),
];

/// How far the clerk looks, in minutes. Holidays are at most two days in a row, so a week and those are enough for
/// a change to be found in most schedules.
const SIGHT: i64 = 11 * 1440;

/// What the clerk has on paper: minutes after midnight, the end beyond 1440 for a night.
#[derive(Clone, Debug)]
struct Paper {
    zone: Tz,
    week: Vec<(usize, u16, u16)>,
    holidays: BTreeMap<NaiveDate, Vec<(u16, u16)>>,
}

impl Paper {
    fn hours(&self) -> Hours {
        let clock = |minute: u16| format!("{:02}:{:02}", minute / 60, minute % 60);
        let span = |(from, to): (u16, u16)| {
            // 24:00 may be written either way.
            let to = if to > 1440 || (to == 1440 && from % 2 == 0) { to - 1440 } else { to };
            format!("{}-{}", clock(from), clock(to))
        };
        let mut spans: Vec<_> =
            self.week.iter().map(|(day, from, to)| format!("{} {}", NAMES[*day], span((*from, *to)))).collect();
        spans.push("never".to_owned());
        let holidays: Vec<_> = self
            .holidays
            .iter()
            .map(|(date, spans)| format!("{date} {}", spans.iter().map(|s| span(*s)).collect::<Vec<_>>().join(",")))
            .collect();
        Hours::parse(self.zone.name(), &spans, &holidays).unwrap_or_else(|error| panic!("{error}"))
    }

    /// Whether the paper says open for what a wall clock shows.
    fn says_open(&self, wall: NaiveDateTime) -> bool {
        let minute = (wall.hour() * 60 + wall.minute()) as u16;
        let begins = |date: NaiveDate| -> Vec<(u16, u16)> {
            self.holidays.get(&date).cloned().unwrap_or_else(|| {
                let day = date.weekday().num_days_from_monday() as usize;
                self.week.iter().filter(|(on, ..)| *on == day).map(|(_, from, to)| (*from, *to)).collect()
            })
        };
        let today = begins(wall.date()).iter().any(|(from, to)| (*from..*to).contains(&minute));
        today
            || begins(wall.date() - TimeDelta::days(1)).iter().any(|(from, to)| (*from..*to).contains(&(minute + 1440)))
    }

    /// Minute by minute, whether it is open. A clock that was put back shows nothing new until it has caught up:
    /// the clerk goes by the latest time it ever showed.
    fn log(&self, from: i64, to: i64) -> Vec<bool> {
        let shown = |minute: i64| self.zone.timestamp_millis_opt(minute * MINUTE).unwrap().naive_local();
        // A day earlier, for a clock that is just catching up.
        let mut latest = shown(from - 1440);
        (from - 1440..to)
            .map(|minute| {
                latest = latest.max(shown(minute));
                self.says_open(latest)
            })
            .skip(1440)
            .collect()
    }
}

fn span() -> impl Strategy<Value = (u16, u16)> {
    // Whole hours and quarters are what people write, and what meets a change of the clock.
    let time = prop_oneof![3 => (0u16..24).prop_map(|h| h * 60), 2 => (0u16..96).prop_map(|q| q * 15), 1 => 0u16..1440];
    let length =
        prop_oneof![2 => (1u16..24).prop_map(|h| h * 60), 2 => (1u16..32).prop_map(|q| q * 15), 1 => 1u16..1440];
    (time, length).prop_map(|(from, length)| (from, from + length))
}

fn paper() -> impl Strategy<Value = (Paper, i64)> {
    let change = prop::sample::select(CHANGES.to_vec());
    let week = prop::collection::vec((0usize..7, span()), 0..10);
    let nights = prop::collection::vec((5usize..7, (0u16..5 * 60, 1u16..3 * 60)), 0..4);
    let holidays = prop::collection::vec((-4i64..=4, prop::collection::vec(span(), 1..3)), 0..3);
    let offset = prop_oneof![3 => -180i64..180, 1 => -4 * 1440i64..4 * 1440];
    (change, week, nights, holidays, offset).prop_map(|((zone, near), week, nights, holidays, offset)| {
        let near = chrono::DateTime::parse_from_rfc3339(near).unwrap().with_timezone(&zone);
        let minute = near.timestamp() / 60 + offset;
        let nights = nights.into_iter().map(|(day, (from, length))| (day, from, from + length));
        let week = week.into_iter().map(|(day, (from, to))| (day, from, to)).chain(nights).collect();
        let holidays =
            holidays.into_iter().map(|(day, spans)| (near.date_naive() + TimeDelta::days(day), spans)).collect();
        (Paper { zone, week, holidays }, minute)
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(100))]

    #[test]
    fn agrees_with_the_clerk((paper, minute) in paper()) {
        let (hours, now) = (paper.hours(), Timestamp::from_millis(minute * MINUTE + 30_500));
        let period = hours.period_at(now);
        let log = paper.log(minute - SIGHT, minute + SIGHT);
        let here = SIGHT as usize;
        prop_assert_eq!(period.open, log[here], "open");

        // As far as the clerk sees, the period is as long as it can be and no longer.
        let instant = |index: usize| Timestamp::from_millis((minute - SIGHT + index as i64) * MINUTE);
        let until = (here..log.len()).find(|index| log[*index] != period.open).map(instant);
        let since = (0..here).rev().find(|index| log[*index] != period.open).map(|index| instant(index + 1));
        let sight = (instant(0), instant(log.len()));
        prop_assert_eq!(period.until.filter(|until| *until < sight.1), until, "until");
        prop_assert_eq!(period.since.filter(|since| *since > sight.0), since, "since");
    }

    #[test]
    fn periods_follow_each_other((paper, minute) in paper()) {
        let (hours, now) = (paper.hours(), Timestamp::from_millis(minute * MINUTE + 30_500));
        let period = hours.period_at(now);
        if let Some(since) = period.since {
            prop_assert!(since <= now);
            prop_assert_eq!(hours.period_at(since).until, period.until);
            let before = hours.period_at(Timestamp::from_millis(since.as_millis() - 1));
            prop_assert_eq!((before.open, before.until), (!period.open, Some(since)));
        }
        if let Some(until) = period.until {
            prop_assert!(now < until);
            let last = hours.period_at(Timestamp::from_millis(until.as_millis() - 1));
            prop_assert_eq!((last.open, last.until), (period.open, Some(until)));
            let after = hours.period_at(until);
            prop_assert_eq!((after.open, after.since), (!period.open, Some(until)));
        }
    }

    #[test]
    fn any_text_is_answered(zone in "[A-Za-z/_ ]{0,12}", span in "[a-zá0-9:,;–. -]{0,24}", holiday in "[0-9:,;. -]{0,24}") {
        for zone in [zone.as_str(), "Europe/Madrid"] {
            if let Ok(hours) = Hours::parse(zone, std::slice::from_ref(&span), std::slice::from_ref(&holiday)) {
                hours.period_at(Timestamp::EPOCH);
            }
        }
    }
}
