//! `2026-12-25`, `12-25`, `2026-12-24 09:00-12:00`, `2026-12-24..2027-01-01`

use chrono::{Datelike, Days, NaiveDate};

use super::error::Fault;
use super::grammar;
use super::plan::Span;

/// The longest range; more is a slip of the pen.
const MOST_DAYS: i32 = 366;

/// Holds every day that a year can have.
const LEAP_YEAR: i32 = 2000;

const RIGHT_DATE: &str = "write `2026-12-25`, or `12-25` for each year";

/// A day with hours of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Date {
    /// Once.
    Once(NaiveDate),
    /// Each year: month and day.
    Yearly(u32, u32),
}

/// One entry of the list of holidays.
#[derive(Debug)]
pub(super) struct Holiday {
    pub(super) dates: Vec<Date>,
    /// Empty: closed.
    pub(super) spans: Vec<Span>,
}

/// Reads one string of holidays.
pub(super) fn parse(text: &str, into: &mut Vec<Holiday>) -> Result<(), Fault> {
    for entry in text.split(';').filter(|entry| !entry.trim().is_empty()) {
        let tidy = grammar::plain(entry).replace(" ..", "..").replace(".. ", "..");
        let (dates, times) = tidy.trim().split_once(char::is_whitespace).unwrap_or((tidy.trim(), ""));
        let dates = match dates.split_once("..") {
            None => vec![date(dates)?],
            Some((first, last)) => range(dates, date(first)?, date(last)?)?,
        };
        let spans = if times.is_empty() { Vec::new() } else { grammar::times(times)? };
        into.push(Holiday { dates, spans });
    }
    Ok(())
}

fn date(piece: &str) -> Result<Date, Fault> {
    let fault = |why: &str| Fault::new(piece, why, RIGHT_DATE);
    let numbers: Option<Vec<u32>> =
        piece.split('-').map(|part| part.parse().ok().filter(|_| !part.starts_with('+'))).collect();
    match numbers.as_deref() {
        Some(&[month, day]) => NaiveDate::from_ymd_opt(LEAP_YEAR, month, day).map(|_| Date::Yearly(month, day)),
        Some(&[year @ 1970..=9998, month, day]) => NaiveDate::from_ymd_opt(year as i32, month, day).map(Date::Once),
        _ => return Err(fault("is not a date")),
    }
    .ok_or_else(|| fault("is not in the calendar"))
}

fn range(piece: &str, first: Date, last: Date) -> Result<Vec<Date>, Fault> {
    let days = |first: NaiveDate, count: i32| {
        (0..=count).map(move |offset| first.checked_add_days(Days::new(offset as u64)).unwrap_or(first))
    };
    match (first, last) {
        (Date::Once(first), Date::Once(last)) => {
            let count = last.num_days_from_ce() - first.num_days_from_ce();
            if count < 0 {
                return Err(Fault::new(piece, "ends before it begins", format!("write `{last}..{first}`")));
            }
            if count >= MOST_DAYS {
                let right = format!("a range may have {MOST_DAYS} days; check the years");
                return Err(Fault::new(piece, format!("has {} days", count + 1), right));
            }
            Ok(days(first, count).map(Date::Once).collect())
        }
        (Date::Yearly(month, day), Date::Yearly(last_month, last_day)) => {
            let ordinal =
                |month, day| NaiveDate::from_ymd_opt(LEAP_YEAR, month, day).map(|date| date.ordinal0() as i32);
            let (Some(from), Some(to)) = (ordinal(month, day), ordinal(last_month, last_day)) else {
                return Err(Fault::new(piece, "is not in the calendar", RIGHT_DATE));
            };
            // Past New Year's Eve the days come round: the leap year's calendar is a ring of 366.
            let count = (to - from).rem_euclid(MOST_DAYS);
            let ring = (0..=count)
                .filter_map(|offset| NaiveDate::from_yo_opt(LEAP_YEAR, ((from + offset) % MOST_DAYS + 1) as u32));
            Ok(ring.map(|date| Date::Yearly(date.month(), date.day())).collect())
        }
        _ => {
            let right = "give both ends a year, or neither: `2026-12-24..2027-01-01`, `12-24..01-01`";
            Err(Fault::new(piece, "has a year at one end only", right))
        }
    }
}
