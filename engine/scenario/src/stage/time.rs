//! Letting time pass, and waiting until all is done.

use std::time::Duration;

use chrono::{DateTime, Days, LocalResult, NaiveDateTime, NaiveTime, TimeZone as _, Weekday};
use chrono_tz::Tz;
use ponte_clock::Stopwatch;
use ponte_model::Timestamp;
use ponte_store::Store as _;

use super::{NUMBER, Say as _, Stage, StageError};

/// So long, in real time, it may take until all is done.
const PATIENCE: Duration = Duration::from_secs(20);

/// So far time goes on by itself while a message waits for its pace or for another try.
const GRACE: Duration = Duration::from_secs(15);

/// So often in a row nothing may be found to do before all is done.
const LOOKS: u32 = 4;

/// So often where events wait: for another try at a later moment, or for an answer that is about to come.
const LOOKS_LONGER: u32 = 19;

/// Between such looks; all of them together take longer than the pipeline pauses (50 ms) before it looks again itself.
const LOOK_LONGER: Duration = Duration::from_millis(10);

/// So often tasks get their turn between two looks.
const TURNS: u32 = 3;

/// Between looks while the database works.
const LOOK: Duration = Duration::from_millis(1);

/// So many stops are made on the way to a moment: for timers, statuses, messages that were held.
const MOST_STOPS: usize = 500;

impl Stage {
    /// Waits until nothing is in hand or on its way, at this moment of the clock. On a runtime of one thread everything
    /// that can go on has gone on when others had their turn; what is left is the database's.
    pub(crate) async fn quiet(&self) -> Result<(), StageError> {
        let watch = Stopwatch::start();
        let mut still = 0;
        while still < LOOKS || (self.runtime.waiting() > 0 && still < LOOKS_LONGER) {
            for _ in 0..TURNS {
                tokio::task::yield_now().await;
            }
            if self.runtime.is_busy() || self.store.is_busy() || !self.simulator.is_quiet() {
                still = 0;
                ponte_clock::pause(LOOK).await;
            } else {
                still += 1;
                // An event that waits for a request's answer looks again by real time.
                if still >= LOOKS && self.runtime.waiting() > 0 {
                    ponte_clock::pause(LOOK_LONGER).await;
                }
            }
            if watch.elapsed() > PATIENCE {
                return Err(StageError("the pipeline does not come to rest".to_owned()));
            }
        }
        Ok(())
    }

    /// Waits until all is done. Where a message waits for its pace, or for another try, time goes on a little.
    pub(crate) async fn rest(&self) -> Result<(), StageError> {
        let limit = self.clock.now().plus(GRACE);
        loop {
            self.quiet().await?;
            if self.runtime.is_idle() {
                return Ok(());
            }
            match self.clock.next() {
                Some(next) if next <= limit => self.clock.set(next),
                _ => return Ok(()),
            }
        }
    }

    /// Lets time pass, with a stop at each moment at which something is due.
    pub(crate) async fn pass(&self, by: Duration) -> Result<(), StageError> {
        self.pass_until(self.clock.now().plus(by)).await
    }

    /// The same, to a moment.
    pub(crate) async fn pass_until(&self, end: Timestamp) -> Result<(), StageError> {
        for _ in 0..MOST_STOPS {
            let now = self.clock.now();
            let timer = self.store.next_timer().await.say()?;
            let held = self.store.next_held(&NUMBER.into(), now).await.say()?;
            let request = self.store.next_request(now).await.say()?;
            let due =
                [timer, held, request, self.simulator.next_move()].into_iter().flatten().filter(|at| *at > now).min();
            match due {
                Some(due) if due < end => self.clock.set(due),
                _ => break,
            }
            self.quiet().await?;
        }
        self.clock.set(end.max(self.clock.now()));
        self.quiet().await
    }

    /// The time on the shop's wall clock.
    pub fn wall(&self) -> DateTime<Tz> {
        self.clock.now().to_utc().with_timezone(&self.zone)
    }

    /// The next moment at which the shop's wall clock shows this.
    pub(crate) fn next(&self, text: &str) -> Result<Timestamp, StageError> {
        next(text, self.wall())
    }
}

/// The first moment after `now` at which the wall clock of its zone shows `text`. Of a time that comes twice the first
/// counts; one that the clocks skip comes when they have skipped it.
fn next(text: &str, now: DateTime<Tz>) -> Result<Timestamp, StageError> {
    let wrong = || {
        StageError(format!(
            "until: {text:?} is no time; write 18:00, mon 09:00 or 2026-11-25T09:00 (the shop's wall clock)"
        ))
    };
    let zone = now.timezone();
    if let Ok(wall) = NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M") {
        let at = Timestamp::from(on_the_wall(zone, wall).to_utc());
        return match at > now.to_utc().into() {
            true => Ok(at),
            false => Err(StageError(format!("until: {text} is over; it is {}", now.format("%Y-%m-%dT%H:%M")))),
        };
    }
    let (day, time) = text.split_once(' ').map_or((None, text), |(day, time)| (Some(day), time));
    let day: Option<Weekday> = day.map(|day| day.parse().map_err(|_| wrong())).transpose()?;
    let time = NaiveTime::parse_from_str(time, "%H:%M").map_err(|_| wrong())?;
    let days = (0..=8).filter_map(|ahead| now.date_naive().checked_add_days(Days::new(ahead)));
    let mut moments = days
        .filter(|date| day.is_none_or(|day| chrono::Datelike::weekday(date) == day))
        .map(|date| on_the_wall(zone, date.and_time(time)));
    moments.find(|at| *at > now).map(|at| at.to_utc().into()).ok_or_else(wrong)
}

fn on_the_wall(zone: Tz, mut wall: NaiveDateTime) -> DateTime<Tz> {
    loop {
        match zone.from_local_datetime(&wall) {
            LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => return at,
            LocalResult::None => wall += chrono::Duration::minutes(1),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn until_knows_the_wall_clock() {
        // Clocks in New York go back on 1 November 2026 and forward on 14 March 2027.
        for (zone, now, text, expected) in [
            ("America/Sao_Paulo", "2026-11-24T10:00:00-03:00", "18:00", Some("2026-11-24T21:00:00Z")),
            ("America/Sao_Paulo", "2026-11-24T19:00:00-03:00", "18:00", Some("2026-11-25T21:00:00Z")),
            ("America/Sao_Paulo", "2026-11-24T10:00:00-03:00", "mon 09:00", Some("2026-11-30T12:00:00Z")),
            ("America/Sao_Paulo", "2026-11-24T10:00:00-03:00", "2026-11-25T09:00", Some("2026-11-25T12:00:00Z")),
            ("America/Sao_Paulo", "2026-11-24T10:00:00-03:00", "2026-11-23T09:00", None),
            ("America/Sao_Paulo", "2026-11-24T10:00:00-03:00", "soon", None),
            ("America/New_York", "2026-10-31T20:00:00-04:00", "01:30", Some("2026-11-01T05:30:00Z")),
            ("America/New_York", "2027-03-13T20:00:00-05:00", "02:30", Some("2027-03-14T07:00:00Z")),
        ] {
            let now = DateTime::parse_from_rfc3339(now).unwrap().with_timezone(&zone.parse::<Tz>().unwrap());
            assert_eq!(next(text, now).ok().map(|at| at.to_string()).as_deref(), expected, "{text} after {now}");
        }
    }
}
