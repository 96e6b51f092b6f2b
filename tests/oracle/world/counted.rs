//! How many left: by day, by person, by hour of the night. The numbers are written here anew.

use std::collections::HashSet;
use std::time::Duration;

use ponte_model::Timestamp;
use ponte_model::consent::Category;

use ponte_simulator::{Entry, What};

use crate::rig::{Rig, price};

const DAY: Duration = Duration::from_secs(24 * 3600);

/// How the text begins of the template that Meta moves.
const MOVED: &str = "Novidades";

/// At most so many offers to one person in a week.
const OFFERS: usize = 2;

/// The customers' clock, in hours from UTC; no clock was changed in São Paulo since 2019.
const ZONE: u64 = 3;

struct Left {
    /// The template that Meta moves back and forth counts, in what was sent before, as what it is now.
    steady: bool,
    id: Option<String>,
    at: Timestamp,
    who: String,
    category: Category,
    /// Meta counts them against the day's people.
    outside: bool,
}

#[derive(Default)]
pub(super) struct Counted {
    left: Vec<Left>,
}

impl Counted {
    /// A template left; `outside` the window.
    pub(super) fn count(&mut self, entry: &Entry, who: &str, category: Category, outside: bool, at: Timestamp) {
        let id = callback(&entry.what);
        let steady = is_steady(&entry.what);
        self.left.push(Left { steady, id, at, who: who.to_owned(), category, outside });
        self.left.retain(|left| at.since(left.at) < 8 * DAY);
    }

    /// Meta took it and then did not deliver it: nobody heard it, and it costs nothing.
    pub(super) fn uncount(&mut self, entry: &Entry) {
        let id = callback(&entry.what);
        self.left.retain(|left| id.is_none() || left.id != id);
    }

    /// Why one more may not leave, if so.
    pub(super) fn objection(
        &self,
        rig: &Rig,
        who: &str,
        category: Category,
        outside: bool,
        at: Timestamp,
    ) -> Option<String> {
        if category == Category::Marketing {
            let hour = (at.as_secs().unsigned_abs() / 3600 + 24 - ZONE) % 24;
            if !(8..21).contains(&hour) {
                return Some(format!("promotion at night, at {hour} o'clock"));
            }
            let offers = |left: &&Left| {
                left.steady && left.who == who && left.category == category && at.since(left.at) < 7 * DAY
            };
            if self.left.iter().filter(offers).count() >= OFFERS {
                return Some(format!("promotion too often: more than {OFFERS} in a week"));
            }
        }
        if let Some((hard, _)) = rig.budget {
            let day = |at: Timestamp| at.as_secs() / 86_400;
            let today = self.left.iter().filter(|left| day(left.at) == day(at));
            let spent: i64 = today.map(|left| price(left.category)).sum();
            if spent + price(category) > hard {
                return Some(format!("over the budget: {spent} were spent of {hard}"));
            }
        }
        if let Some((allowed, _)) = rig.reach.filter(|_| outside) {
            let recent = self.left.iter().filter(|left| left.outside && at.since(left.at) < DAY);
            let mut people: HashSet<&str> = recent.map(|left| left.who.as_str()).collect();
            people.insert(who);
            if people.len() > allowed as usize {
                let told = self.left.iter().filter(|left| left.outside && at.since(left.at) < DAY);
                let told: Vec<_> = told.map(|left| format!("{} at {}", left.who, left.at)).collect();
                return Some(format!("to more than {allowed} people in a day: {told:?}"));
            }
        }
        None
    }
}

/// Ponte's id of a message.
fn callback(what: &What) -> Option<String> {
    match what {
        What::Sent { callback, .. } | What::Refused { callback, .. } => callback.clone(),
        _ => None,
    }
}

fn is_steady(what: &What) -> bool {
    matches!(what, What::Sent { text, .. } if !text.starts_with(MOVED))
}
