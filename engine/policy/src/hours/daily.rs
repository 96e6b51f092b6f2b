//! A time of day, every day.

use chrono_tz::Tz;
use ponte_model::Timestamp;

use super::{HoursField, plan, wall};

/// A wall time that comes once a day: in a gap of the clock at its end, of two the first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Daily {
    zone: Tz,
    /// Minutes after midnight.
    minute: u16,
}

impl Daily {
    /// Reads a time such as `18:30` in a zone such as `America/Sao_Paulo`; `24:00` is midnight at the end of the day.
    ///
    /// # Errors
    /// What is not understood, and what would be.
    pub fn parse(zone: &str, time: &str) -> Result<Self, String> {
        let zone = wall::zone(zone).map_err(|fault| fault.at(HoursField::Timezone).to_string())?;
        let wrong = || format!("{time:?} is not a time of day; write hours and minutes, such as `18:30`");
        let (hour, minute) = time.trim().split_once(':').ok_or_else(wrong)?;
        let number = |text: &str, most: u16| {
            let digits = !text.is_empty() && text.len() <= 2 && text.bytes().all(|byte| byte.is_ascii_digit());
            text.parse::<u16>().ok().filter(|number| digits && *number <= most).ok_or_else(wrong)
        };
        let minute = number(hour, 24)? * 60 + number(minute, 59)?;
        if minute > plan::DAY {
            return Err(wrong());
        }
        Ok(Self { zone, minute })
    }

    /// The first time that comes after `at`.
    pub fn next_after(&self, at: Timestamp) -> Timestamp {
        let at = wall::clamp(at);
        let today = wall::day_number(wall::clock(self.zone, at).date());
        let on = |day: i32| wall::instant(self.zone, plan::day_start(day) + i64::from(self.minute));
        // `24:00` belongs to the day before, and a clock put back over midnight has shown tomorrow already.
        let next = (today - 1..=today + 2).map(on).find(|instant| *instant > at);
        next.unwrap_or_else(|| on(today + 3))
    }
}
