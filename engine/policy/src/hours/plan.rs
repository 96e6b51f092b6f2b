//! Which wall times are open, day by day. Knows no zone.

use std::borrow::Cow;
use std::collections::BTreeMap;

use chrono::{Datelike, NaiveDate};

use super::holidays::{Date, Holiday};
use super::wall;

/// Minutes of a day on the wall clock.
pub(super) const DAY: u16 = 24 * 60;

/// Open from `from` until `to`: minutes after midnight of the day it begins on. `to` may lie on the next day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Span {
    pub(super) from: u16,
    pub(super) to: u16,
}

/// Open from one wall minute until another, since 1970-01-01 00:00.
pub(super) type Run = (i64, i64);

impl Span {
    /// The span as it lies on a day.
    pub(super) fn on(self, day: i32) -> Run {
        (day_start(day) + i64::from(self.from), day_start(day) + i64::from(self.to))
    }
}

/// The first wall minute of a day.
pub(super) fn day_start(day: i32) -> i64 {
    i64::from(day) * i64::from(DAY)
}

#[derive(Clone, Debug, Default)]
pub(super) struct Plan {
    /// The spans that begin on each day of the week, Monday first.
    pub(super) week: [Vec<Span>; 7],
    /// By month and day: the spans that begin on a day of each year instead.
    yearly: BTreeMap<(u32, u32), Vec<Span>>,
    /// By day number: the spans that begin on one day instead.
    once: BTreeMap<i32, Vec<Span>>,
    /// What is open on each day of an ordinary week.
    ordinary: [Vec<Span>; 7],
}

impl Plan {
    /// Adds the holidays, and works out what an ordinary week looks like.
    pub(super) fn finish(&mut self, mut holidays: Vec<Holiday>) {
        // Single days come last, so that they replace ranges.
        holidays.sort_by_key(|holiday| holiday.dates.len() == 1);
        for holiday in holidays {
            for date in holiday.dates {
                match date {
                    Date::Once(date) => self.once.insert(wall::day_number(date), holiday.spans.clone()),
                    Date::Yearly(month, day) => self.yearly.insert((month, day), holiday.spans.clone()),
                };
            }
        }
        self.ordinary = std::array::from_fn(|day| cover(&self.week[(day + 6) % 7], &self.week[day]));
    }

    /// What is open on a day, whichever day it began on: in order, apart from each other, within 0 to [`DAY`].
    pub(super) fn cover(&self, day: i32) -> Cow<'_, [Span]> {
        match (self.special(day - 1), self.special(day)) {
            (None, None) => Cow::Borrowed(&self.ordinary[weekday(day)]),
            (yesterday, today) => Cow::Owned(cover(
                yesterday.unwrap_or(&self.week[weekday(day - 1)]),
                today.unwrap_or(&self.week[weekday(day)]),
            )),
        }
    }

    fn special(&self, day: i32) -> Option<&Vec<Span>> {
        if let Some(spans) = self.once.get(&day) {
            return Some(spans);
        }
        if self.yearly.is_empty() {
            return None;
        }
        let date = NaiveDate::from_epoch_days(day)?;
        self.yearly.get(&(date.month(), date.day()))
    }
}

/// Index of a day in the week, 0 is Monday. Day 0, 1970-01-01, was a Thursday.
fn weekday(day: i32) -> usize {
    (day + 3).rem_euclid(7) as usize
}

fn cover(yesterday: &[Span], today: &[Span]) -> Vec<Span> {
    let left_over = yesterday.iter().filter(|span| span.to > DAY).map(|span| Span { from: 0, to: span.to - DAY });
    let own = today.iter().map(|span| Span { from: span.from, to: span.to.min(DAY) });
    let mut spans: Vec<Span> = left_over.chain(own).collect();
    spans.sort_unstable();
    spans.dedup_by(|next, span| {
        let touch = next.from <= span.to;
        if touch {
            span.to = span.to.max(next.to);
        }
        touch
    });
    spans
}
