//! Business hours on the tz database: whether a shop is open at a moment, since when and until when.
//!
//! Hours are wall-clock times in a zone. Clocks are put forward and back, so a wall time may come never or
//! twice; one rule answers both: **each wall time counts once**. One that a gap skips counts at the first
//! instant after the gap (a 02:30 opening opens at 03:00, and a break that lies within the gap never was); one
//! that comes twice counts the first time.

mod daily;
mod error;
mod grammar;
mod holidays;
mod plan;
mod wall;

#[cfg(test)]
mod dst_tests;
#[cfg(test)]
mod oracle_tests;
#[cfg(test)]
mod tests;

use chrono::{Datelike, Timelike};
use chrono_tz::Tz;
use ponte_model::Timestamp;
use serde::{Deserialize, Serialize};

pub use daily::Daily;
pub use error::{HoursError, HoursField};
use plan::{Plan, Run};
pub(crate) use wall::instant as wall_instant;

/// How many days before and after the moment asked for a change is looked for: a year and more, so that every
/// yearly holiday is seen. A period without a change that near has no `since` or no `until`.
pub const HORIZON_DAYS: i32 = 400;

/// The opening hours of a shop. Cheap to ask, a few microseconds: parse once, keep, and ask on each event.
#[derive(Clone, Debug)]
pub struct Hours {
    zone: Tz,
    plan: Plan,
}

/// A stretch of time in which a shop is open, or closed, throughout: as long as it can be. Spans that touch or
/// overlap are one period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Period {
    /// Whether it is open.
    pub open: bool,
    /// Its first instant. `None` if that lies more than [`HORIZON_DAYS`] back, or it always was so.
    pub since: Option<Timestamp>,
    /// The first instant after it. `None` if that is more than [`HORIZON_DAYS`] away, or it never ends.
    pub until: Option<Timestamp>,
}

/// A moment on the shop's wall clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocalTime {
    /// The year.
    pub year: i32,
    /// 1 to 12.
    pub month: u8,
    /// 1 to 31.
    pub day: u8,
    /// 1 is Monday, 7 is Sunday.
    pub weekday: u8,
    /// 0 to 23.
    pub hour: u8,
    /// 0 to 59.
    pub minute: u8,
    /// Days since 1970-01-01 on the shop's calendar.
    pub day_number: i32,
}

impl Hours {
    /// Reads opening hours.
    ///
    /// - `timezone`: an IANA name, `America/Sao_Paulo`.
    /// - `spans`, at least one, each with one or more entries between `;`: days and times (`mon-fri 09:00-18:00`,
    ///   `mon,wed 10:00-12:00,14:00-16:00`, `fri-mon 22:00-02:00`, `sat 18:00-24:00`), `always` or `never`. Days
    ///   may be named in English, Portuguese or Spanish. A span that ends before its beginning ends on the next
    ///   day, and belongs to the day it begins on.
    /// - `holidays`: `2026-12-25` is closed, `12-25` is closed each year, `2026-12-24 09:00-12:00` has hours of
    ///   its own, `2026-12-24..2027-01-01` is every day of a range. A holiday takes the place of the spans that
    ///   begin on it. The more particular entry wins: with a year before without, a day before a range, and of
    ///   two alike the later.
    ///
    /// # Errors
    /// The first piece that is not understood, with one that would be.
    pub fn parse(timezone: &str, spans: &[String], holidays: &[String]) -> Result<Self, HoursError> {
        let zone = wall::zone(timezone).map_err(|fault| fault.at(HoursField::Timezone))?;
        if spans.is_empty() {
            return Err(grammar::nothing_said("").at(HoursField::Hours(0)));
        }
        let mut plan = Plan::default();
        for (index, text) in spans.iter().enumerate() {
            grammar::spans(text, &mut plan).map_err(|fault| fault.at(HoursField::Hours(index)))?;
        }
        let mut days = Vec::new();
        for (index, text) in holidays.iter().enumerate() {
            holidays::parse(text, &mut days).map_err(|fault| fault.at(HoursField::Holidays(index)))?;
        }
        plan.finish(days);
        Ok(Self { zone, plan })
    }

    /// The IANA name of the zone.
    pub fn timezone(&self) -> &'static str {
        self.zone.name()
    }

    /// The zone.
    pub(crate) fn zone(&self) -> Tz {
        self.zone
    }

    /// The open or closed period around `at`: `since <= at < until`. Moments outside the years 1 to 9998 are
    /// taken for the nearest moment within.
    pub fn period_at(&self, at: Timestamp) -> Period {
        let at = wall::clamp(at);
        let today = wall::day_number(wall::clock(self.zone, at).date());
        let before = self.run_before(at, today);
        let after = self.run_after(at, today);
        match before {
            Some(run) if self.instant(run.1) > at => {
                let start = plan::day_start(today - HORIZON_DAYS);
                let end = plan::day_start(today + HORIZON_DAYS + 1);
                Period {
                    open: true,
                    since: (run.0 > start).then(|| self.instant(run.0)),
                    until: after.filter(|run| run.1 < end).map(|run| self.instant(run.1)),
                }
            }
            _ => Period {
                open: false,
                since: before.map(|run| self.instant(run.1)),
                until: after.map(|run| self.instant(run.0)),
            },
        }
    }

    /// The shop's wall clock at `at`.
    pub fn local(&self, at: Timestamp) -> LocalTime {
        let clock = wall::clock(self.zone, wall::clamp(at));
        LocalTime {
            year: clock.year(),
            month: clock.month() as u8,
            day: clock.day() as u8,
            weekday: clock.weekday().number_from_monday() as u8,
            hour: clock.hour() as u8,
            minute: clock.minute() as u8,
            day_number: wall::day_number(clock.date()),
        }
    }

    /// The first open run that ends after `at`. Its beginning is right only if that lies after `at`.
    fn run_after(&self, at: Timestamp, today: i32) -> Option<Run> {
        let mut run: Option<Run> = None;
        for day in today..=today + HORIZON_DAYS {
            for span in self.plan.cover(day).iter() {
                let next = span.on(day);
                run = match run {
                    Some(run) if self.touch(run, next) => Some((run.0, next.1)),
                    Some(run) if self.instant(run.1) > at && self.exists(run) => return Some(run),
                    _ => Some(next),
                };
            }
        }
        run.filter(|run| self.instant(run.1) > at && self.exists(*run))
    }

    /// The last open run that begins at or before `at`. Its end is right only if that lies at or before `at`.
    fn run_before(&self, at: Timestamp, today: i32) -> Option<Run> {
        let mut run: Option<Run> = None;
        // A clock put back over midnight has shown tomorrow's first minutes already.
        for day in (today - HORIZON_DAYS..=today + 1).rev() {
            for span in self.plan.cover(day).iter().rev() {
                let previous = span.on(day);
                run = match run {
                    Some(run) if self.touch(previous, run) => Some((previous.0, run.1)),
                    Some(run) if self.instant(run.0) <= at && self.exists(run) => return Some(run),
                    _ => Some(previous),
                };
            }
        }
        run.filter(|run| self.instant(run.0) <= at && self.exists(*run))
    }

    /// Whether no instant lies between two runs: what is between them may have been skipped by the clock.
    fn touch(&self, earlier: Run, later: Run) -> bool {
        later.0 <= earlier.1 || self.instant(later.0) <= self.instant(earlier.1)
    }

    /// Whether a run has an instant at all: it may have been skipped by the clock.
    fn exists(&self, run: Run) -> bool {
        self.instant(run.0) < self.instant(run.1)
    }

    fn instant(&self, minute: i64) -> Timestamp {
        wall::instant(self.zone, minute)
    }
}
