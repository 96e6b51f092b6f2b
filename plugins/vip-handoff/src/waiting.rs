//! How long a VIP may wait, and what follows when nobody has answered.

use ponte_sdk::calendar::Period;
use ponte_sdk::conversation::{Owner, PhoneView};
use ponte_sdk::{Instant, Seconds};
use serde::{Deserialize, Serialize};

/// So many periods are looked at: an open and a closed one for each day of a month.
const MOST_PERIODS: usize = 62;

/// What follows when nobody has answered in time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Fallback {
    /// The team gets the conversation.
    #[default]
    Team,
    /// Somebody of the staff gets a private notice.
    Notice,
    /// The customer gets one polite message.
    Customer,
    /// Nothing.
    None,
}

/// The shop's settings.
#[derive(Clone, Copy, Debug)]
pub struct Rules {
    /// What follows when nobody has answered.
    pub fallback: Fallback,
    /// How often a notice is repeated.
    pub reminders: u32,
    /// Whether there is somebody to notify.
    pub staff: bool,
}

/// What is remembered of somebody who waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Memory {
    /// Since when.
    pub since: Instant,
    /// What whoever takes over should know.
    pub note: String,
    /// What they wrote, for a notice.
    pub said: String,
    /// How often nobody had answered in time.
    #[serde(default)]
    pub late: u32,
}

/// How things stand when the time is up.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    /// Who speaks.
    pub owner: Owner,
    /// How the phone is seen.
    pub phone: PhoneView,
    /// When somebody last wrote from the phone.
    pub last_app: Option<Instant>,
    /// When the customer last wrote.
    pub last_customer: Option<Instant>,
}

/// What to do when the time is up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Nobody waits any more.
    Over,
    /// The phone answered, and the customer has written again since.
    Since(Instant),
    /// Give the conversation to the team.
    Team,
    /// Tell the staff; whether to look again later.
    Notice {
        /// Whether to look again later.
        again: bool,
    },
    /// Tell the customer that somebody will answer.
    Customer,
}

impl Rules {
    /// What to do when the time of `memory` is up.
    pub fn step(&self, memory: &Memory, moment: &Moment) -> Step {
        // Whoever had it has let go, or a flow may speak again.
        if !moment.owner.is_person() {
            return Step::Over;
        }
        if let Some(answered) = moment.last_app.filter(|answered| *answered >= memory.since) {
            let again = moment.last_customer.filter(|asked| *asked > answered);
            return again.map_or(Step::Over, Step::Since);
        }
        let notice = Step::Notice { again: memory.late < self.reminders };
        match self.fallback {
            Fallback::None => Step::Over,
            Fallback::Notice if self.staff => notice,
            // Somebody may have answered there: nothing is promised, and nobody is doubled.
            Fallback::Customer if moment.phone == PhoneView::Unseen && self.staff => notice,
            Fallback::Customer if moment.phone != PhoneView::Unseen => Step::Customer,
            _ if moment.owner == Owner::Team => Step::Over,
            _ => Step::Team,
        }
    }
}

/// When the time is up of somebody who began to wait at `start`: only the time in which the shop is open counts.
/// `period` is the open or closed period around a moment; none where no hours are set.
pub fn due(start: Instant, wait: Seconds, period: impl Fn(Instant) -> Option<Period>) -> Instant {
    let (mut at, mut left) = (start, u64::from(wait) * 1000);
    for _ in 0..MOST_PERIODS {
        let Some(period) = period(at) else { break };
        match period.until.filter(|until| *until > at) {
            Some(closes) if period.open && closes - at < left => (at, left) = (closes, left - (closes - at)),
            Some(opens) if !period.open => at = opens,
            // It stays open for long enough, or as it is for ever.
            _ => return at.saturating_add(left),
        }
    }
    at.saturating_add(left)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const HOUR: Instant = 3_600_000;
    const DAY: Instant = 24 * HOUR;

    /// Open from 9 to 18 every day.
    fn nine_to_six(at: Instant) -> Option<Period> {
        let day = at - at % DAY;
        let (open, until) = match (at % DAY) / HOUR {
            0..9 => (false, day + 9 * HOUR),
            9..18 => (true, day + 18 * HOUR),
            _ => (false, day + DAY + 9 * HOUR),
        };
        Some(Period { open, since: None, until: Some(until) })
    }

    #[test]
    fn only_open_hours_count() {
        let minutes = |minutes: u64| minutes * 60_000;
        let table = [
            ("in the morning", 10 * HOUR, 15, 10 * HOUR + minutes(15)),
            ("at night: from the opening on", 22 * HOUR, 15, DAY + 9 * HOUR + minutes(15)),
            ("before the opening", 8 * HOUR, 15, 9 * HOUR + minutes(15)),
            ("shortly before closing", 18 * HOUR - minutes(5), 15, DAY + 9 * HOUR + minutes(10)),
            ("up at closing time", 18 * HOUR - minutes(15), 15, 18 * HOUR),
            ("over several days", 9 * HOUR, 20 * 60, 2 * DAY + 11 * HOUR),
        ];
        for (what, start, wait, expected) in table {
            assert_eq!(due(start, wait * 60, nine_to_six), expected, "{what}");
        }
        assert_eq!(due(5 * HOUR, 900, |_| None), 5 * HOUR + minutes(15), "no hours are set");
        let closed = Period { open: false, since: None, until: None };
        assert_eq!(due(5 * HOUR, 900, |_| Some(closed)), 5 * HOUR + minutes(15), "closed for good");
    }

    proptest! {
        #[test]
        fn never_early(start in 0..100 * DAY, wait in 1u32..100_000) {
            let due = due(start, wait, nine_to_six);
            prop_assert!(due >= start + u64::from(wait) * 1000);
            prop_assert!(nine_to_six(due - 1).is_some_and(|period| period.open), "time passes while it is open");
        }
    }

    fn memory(late: u32) -> Memory {
        Memory { since: 100, note: "Ana".into(), said: "oi".into(), late }
    }

    fn moment(owner: Owner, last_app: Option<Instant>, last_customer: Option<Instant>) -> Moment {
        Moment { owner, phone: PhoneView::Seen, last_app, last_customer }
    }

    fn rules(fallback: Fallback) -> Rules {
        Rules { fallback, reminders: 1, staff: true }
    }

    #[test]
    fn who_was_answered_waits_no_more() {
        let asked = Some(100);
        let team = rules(Fallback::Team);
        let table = [
            ("nobody answered", moment(Owner::App, None, asked), Step::Team),
            ("an answer from before", moment(Owner::App, Some(99), asked), Step::Team),
            ("the phone answered", moment(Owner::App, Some(160), asked), Step::Over),
            ("in the same second", moment(Owner::App, Some(100), asked), Step::Over),
            ("and the customer asked again", moment(Owner::App, Some(160), Some(200)), Step::Since(200)),
            ("everybody has let go", moment(Owner::Nobody, None, asked), Step::Over),
            ("the team has it already", moment(Owner::Team, None, asked), Step::Over),
        ];
        for (what, moment, expected) in table {
            assert_eq!(team.step(&memory(0), &moment), expected, "{what}");
        }
    }

    #[test]
    fn the_shop_says_what_follows() {
        let waiting = moment(Owner::App, None, Some(100));
        let step = |fallback, late| rules(fallback).step(&memory(late), &waiting);
        assert_eq!(step(Fallback::Team, 0), Step::Team);
        assert_eq!(step(Fallback::Customer, 0), Step::Customer);
        assert_eq!(step(Fallback::None, 0), Step::Over);
        assert_eq!(step(Fallback::Notice, 0), Step::Notice { again: true });
        assert_eq!(step(Fallback::Notice, 1), Step::Notice { again: false });
        let nobody = Rules { staff: false, ..rules(Fallback::Notice) };
        assert_eq!(nobody.step(&memory(0), &waiting), Step::Team, "there is nobody to notify");
    }

    #[test]
    fn where_the_phone_is_not_seen_the_customer_is_told_nothing() {
        let unseen = Moment { phone: PhoneView::Unseen, ..moment(Owner::App, None, Some(100)) };
        let rules = rules(Fallback::Customer);
        assert_eq!(rules.step(&memory(0), &unseen), Step::Notice { again: true });
        assert_eq!(Rules { staff: false, ..rules }.step(&memory(0), &unseen), Step::Team);
    }
}
