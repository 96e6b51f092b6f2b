//! Five-field crontab lines on the wall clock of a zone.
//!
//! As in crontab(5): minute, hour, day of the month, month, day of the week (0 and 7 are Sunday); where both days
//! are restricted, that is neither begins with `*`, either of them is enough. **Each wall time counts once**: one
//! that a clock put forward skips fires right after the gap, one that comes twice fires the first time.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

use chrono::{DateTime, NaiveDateTime, Utc};
use chrono_tz::Tz;
use ponte_model::{Timestamp, first_instant};
use serde::{Deserialize, Serialize};
use thiserror::Error;

/// One of the five fields.
struct Field {
    name: &'static str,
    least: u32,
    most: u32,
    /// Names of the values, from `least` on.
    names: &'static [&'static str],
}

const fn field(name: &'static str, least: u32, most: u32, names: &'static [&'static str]) -> Field {
    Field { name, least, most, names }
}

const MONTHS: &[&str] = &["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEK: &[&str] = &["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const FIELDS: [Field; 5] = [
    field("minute", 0, 59, &[]),
    field("hour", 0, 23, &[]),
    field("day of the month", 1, 31, &[]),
    field("month", 1, 12, MONTHS),
    // Up to seven, because Sunday may be written either way.
    field("day of the week", 0, 7, WEEK),
];
const DAY_OF_MONTH: usize = 2;
const DAY_OF_WEEK: usize = 4;

/// 2101-01-01: the calendar of the `cron` crate has the years 1970 to 2100.
const CALENDAR_END: Timestamp = Timestamp::from_secs(4_133_980_800);

/// A five-field crontab line.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CronLine {
    line: String,
    /// The earliest of them is next: crontab's "either day", in a library that knows only "both".
    either: Vec<cron::Schedule>,
}

/// A crontab line that is not understood.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
#[error("`{piece}` {why}; {right}")]
pub struct CronError {
    /// The piece as it was written.
    pub piece: String,
    /// What is wrong with it.
    pub why: String,
    /// What would be right.
    pub right: String,
}

fn error(piece: &str, why: impl Into<String>, right: impl Into<String>) -> CronError {
    CronError { piece: piece.to_owned(), why: why.into(), right: right.into() }
}

impl CronLine {
    /// Reads a line such as `0 9 * * mon-fri`.
    ///
    /// # Errors
    /// The first piece that is not understood, or that the line would never fire.
    pub fn parse(line: &str) -> Result<Self, CronError> {
        let words: Vec<&str> = line.split_whitespace().collect();
        let Ok(words) = <[&str; 5]>::try_from(words.as_slice()) else {
            let why = format!("has {} fields", words.len());
            let right = "write five: minute, hour, day of the month, month, day of the week: `0 9 * * mon-fri`";
            return Err(error(line, why, right));
        };
        let mut fields: [String; 5] = Default::default();
        for (index, (field, word)) in FIELDS.iter().zip(words).enumerate() {
            let mut values = values(field, word)?;
            if index == DAY_OF_WEEK {
                // The library counts Sunday as 1.
                values = values.into_iter().map(|day| day % 7 + 1).collect();
            }
            fields[index] = values.iter().map(u32::to_string).collect::<Vec<_>>().join(",");
        }
        let days_restricted = [words[DAY_OF_MONTH], words[DAY_OF_WEEK]].iter().all(|word| !word.starts_with('*'));
        let [minute, hour, day, month, weekday] = &fields;
        let either = if days_restricted {
            vec![format!("0 {minute} {hour} {day} {month} *"), format!("0 {minute} {hour} * {month} {weekday}")]
        } else {
            vec![format!("0 {minute} {hour} {day} {month} {weekday}")]
        };
        let either = either
            .iter()
            .map(|widened| cron::Schedule::from_str(widened))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|why| error(line, why.to_string(), "write for example `0 9 * * mon-fri`"))?;
        let line = Self { line: words.join(" "), either };
        if line.next_wall(DateTime::UNIX_EPOCH).next().is_none() {
            return Err(error(&line.line, "never fires", "that month has no such day"));
        }
        Ok(line)
    }

    /// The line as it was written, with single spaces.
    pub fn as_str(&self) -> &str {
        &self.line
    }

    /// The first time after `after` that the line fires on the wall clock of the IANA zone `tz`. `None` if there is
    /// no such zone, or from the year 2101 on.
    pub fn next_after(&self, after: Timestamp, tz: &str) -> Option<Timestamp> {
        let zone: Tz = tz.trim().parse().ok()?;
        let after = after.clamp(Timestamp::EPOCH, CALENDAR_END);
        let wall = after.to_utc().with_timezone(&zone).naive_local().and_utc();
        // The wall clock may show for the second time what has fired already.
        self.next_wall(wall).map(|wall| first_instant(zone, wall)).find(|at| *at > after)
    }

    /// The wall times at which it fires, after the given one.
    fn next_wall(&self, mut after: DateTime<Utc>) -> impl Iterator<Item = NaiveDateTime> {
        std::iter::from_fn(move || {
            after = self.either.iter().filter_map(|schedule| schedule.after(&after).next()).min()?;
            Some(after.naive_utc())
        })
    }
}

/// The values that one field allows: `*`, `1-5`, `*/15`, `9-18/3`, `mon,wed`.
fn values(field: &Field, word: &str) -> Result<BTreeSet<u32>, CronError> {
    let mut values = BTreeSet::new();
    for piece in word.split(',') {
        let (range, step) = match piece.split_once('/') {
            Some((range, step)) => (range, Some(step)),
            None => (piece, None),
        };
        let (first, last) = if range == "*" {
            (field.least, field.most)
        } else if let Some((first, last)) = range.split_once('-') {
            let (first, last) = (value(field, first)?, value(field, last)?);
            match (first <= last, field.name == FIELDS[DAY_OF_WEEK].name) {
                (true, _) => (first, last),
                // `fri-mon`: the week is a ring.
                (false, true) => (first, last + 7),
                (false, false) => {
                    return Err(error(
                        piece,
                        "ends before it begins",
                        format!("write `{first}-{},{}-{last}`", field.most, field.least),
                    ));
                }
            }
        } else if step.is_some() {
            return Err(error(
                piece,
                "is a step without a range",
                format!("write `{range}-{}/…` or `*/…`", field.most),
            ));
        } else {
            let value = value(field, range)?;
            (value, value)
        };
        let step = match step.map(str::parse::<usize>) {
            None => 1,
            Some(Ok(step @ 1..)) => step,
            Some(_) => {
                return Err(error(piece, "has a step that is not a number from 1 on", "write for example `*/15`"));
            }
        };
        values.extend((first..=last).step_by(step));
    }
    Ok(values)
}

fn value(field: &Field, text: &str) -> Result<u32, CronError> {
    let name = field.names.iter().position(|name| name.eq_ignore_ascii_case(text)).map(|at| at as u32 + field.least);
    let number = text.parse().ok().filter(|_| text.bytes().all(|byte| byte.is_ascii_digit()));
    name.or(number).filter(|value| (field.least..=field.most).contains(value)).ok_or_else(|| {
        let Field { name, least, most, names } = field;
        let names = match names {
            [] => String::new(),
            [first, .., last] | [first @ last] => format!(" or {first} to {last}"),
        };
        error(text, format!("is no {name}"), format!("write {least} to {most}{names}"))
    })
}

impl PartialEq for CronLine {
    fn eq(&self, other: &Self) -> bool {
        self.line == other.line
    }
}

impl Eq for CronLine {}

impl fmt::Display for CronLine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

impl TryFrom<String> for CronLine {
    type Error = CronError;

    fn try_from(line: String) -> Result<Self, CronError> {
        Self::parse(&line)
    }
}

impl From<CronLine> for String {
    fn from(line: CronLine) -> Self {
        line.line
    }
}

#[cfg(test)]
mod tests;
