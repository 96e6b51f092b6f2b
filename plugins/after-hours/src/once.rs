//! Once per closed period.

use ponte_sdk::calendar::Period;
use ponte_sdk::{Instant, Seconds};
use serde::{Deserialize, Serialize};

/// A period is remembered a day longer than it lasts, for messages that come late.
const LATE: Seconds = 24 * 3600;

/// How long a period without an end is remembered: a shop that is closed for good still answers once a week.
const ENDLESS: Seconds = 7 * 24 * 3600;

/// The closed period that was answered last.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answered {
    /// When it began; none if it always was so.
    pub since: Option<Instant>,
    /// When it ends; none if it never does.
    pub until: Option<Instant>,
}

impl Answered {
    /// What to remember of a period.
    pub fn of(period: &Period) -> Self {
        Self { since: period.since, until: period.until }
    }

    /// Whether this is that period, or one after it. The same end is enough: the hours may have been edited meanwhile,
    /// and a beginning may be too far back to be known.
    fn covers(self, period: &Period) -> bool {
        let same_end = self.until == period.until && (self.until.is_some() || self.since == period.since);
        same_end || matches!((self.since, period.since), (Some(told), Some(asked)) if asked <= told)
    }
}

/// Whether somebody should be told: the shop is closed, and this was not said before. A message that was overtaken by
/// one of a later period is not answered any more.
pub fn is_due(period: &Period, answered: Option<Answered>) -> bool {
    !period.open && !answered.is_some_and(|answered| answered.covers(period))
}

/// How long to remember that a period was answered.
pub fn keep_for(period: &Period, now: Instant) -> Seconds {
    period.until.map_or(ENDLESS, |until| seconds_between(now, until).saturating_add(LATE))
}

/// Whole seconds from one moment to a later one; 0 if it is not later.
pub fn seconds_between(from: Instant, to: Instant) -> Seconds {
    Seconds::try_from(to.saturating_sub(from) / 1000).unwrap_or(Seconds::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: Instant = 3_600_000;

    fn closed(since: impl Into<Option<Instant>>, until: impl Into<Option<Instant>>) -> Period {
        Period { open: false, since: since.into(), until: until.into() }
    }

    fn told(period: Period) -> Option<Answered> {
        Some(Answered::of(&period))
    }

    #[test]
    fn once_per_closed_period() {
        let night = closed(18 * HOUR, 33 * HOUR);
        let next_night = closed(42 * HOUR, 57 * HOUR);
        let open = Period { open: true, since: Some(9 * HOUR), until: Some(18 * HOUR) };
        let always_open = Period { open: true, since: None, until: None };
        let always_closed = closed(None, None);
        let table = [
            ("the first message of the night", night, None, true),
            ("customer keeps writing all night", night, told(night), false),
            ("the next night", next_night, told(night), true),
            ("a message that comes late, after one of the next night", night, told(next_night), false),
            ("17:59:58, whenever it is processed", open, None, false),
            ("a shop that is always open", always_open, None, false),
            ("closed for good", always_closed, None, true),
            ("closed for good, told", always_closed, told(always_closed), false),
            ("beginning unknown", closed(None, 33 * HOUR), None, true),
            ("beginning unknown, told", closed(None, 33 * HOUR), told(closed(None, 33 * HOUR)), false),
            ("beginning unknown, then known", night, told(closed(None, 33 * HOUR)), false),
            ("beginning unknown, another night", next_night, told(closed(None, 33 * HOUR)), true),
            ("no end, told of another one before", closed(42 * HOUR, None), told(closed(18 * HOUR, None)), true),
            ("hours edited: closed earlier", closed(17 * HOUR, 33 * HOUR), told(night), false),
            ("hours edited: opens later", closed(18 * HOUR, 34 * HOUR), told(night), false),
        ];
        for (what, period, answered, expected) in table {
            assert_eq!(is_due(&period, answered), expected, "{what}");
        }
    }

    #[test]
    fn remembers_long_enough() {
        assert_eq!(keep_for(&closed(18 * HOUR, 33 * HOUR), 20 * HOUR), 13 * 3600 + LATE);
        assert_eq!(keep_for(&closed(18 * HOUR, None), 20 * HOUR), ENDLESS);
        assert_eq!(keep_for(&closed(0, Instant::MAX), 0), Seconds::MAX);
    }

    proptest! {
        #[test]
        fn an_answer_silences_its_own_period(since: Option<Instant>, until: Option<Instant>) {
            let period = closed(since, until);
            prop_assert!(is_due(&period, None));
            prop_assert!(!is_due(&period, told(period)));
        }
    }
}
