//! How many different people may be written to outside the customer-service window.

use std::collections::{BTreeSet, HashMap};
use std::time::Duration;

use ponte_model::{ContactId, Timestamp};

use crate::platform::RULES;
use crate::{No, Objection};

/// The people that a portfolio wrote to outside the window in the last 24 hours. Source: Meta, "Messaging limits":
/// unique users in a moving 24 hours, shared by all numbers of a portfolio.
///
/// Messages count when they leave. The platform counts when they are delivered, and failed ones not at all, so this is
/// never less than what it counts.
#[derive(Clone, Debug, Default)]
pub struct DailyReach {
    last: HashMap<ContactId, Timestamp>,
    order: BTreeSet<(Timestamp, ContactId)>,
    /// So many of the next places that become free were named to somebody.
    promised: usize,
}

/// A place that was taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claim {
    contact: ContactId,
    at: Timestamp,
    /// When the person was last written to before.
    before: Option<Timestamp>,
}

impl DailyReach {
    /// Takes a place for `contact` under a limit of so many people.
    ///
    /// # Errors
    /// There is none: held until one becomes free.
    pub fn claim(&mut self, contact: &ContactId, limit: u32, now: Timestamp) -> Result<Claim, Objection> {
        let until = self.ready_at(contact, limit, now);
        if until > now {
            let why = format!("{limit} people were written to outside the window in 24 hours, which is the limit");
            return Err(Objection { rule: "reach", no: No::Held { until, why } });
        }
        let before = self.last.get(contact).copied();
        self.take(contact, now);
        Ok(Claim { contact: contact.clone(), at: now, before })
    }

    /// The message for which a place was taken did not leave, or failed: the platform does not count it. Nothing changes
    /// where another message to the same person took the place anew.
    pub fn give_back(&mut self, claim: &Claim) {
        if self.last.get(&claim.contact) != Some(&claim.at) {
            return;
        }
        self.last.remove(&claim.contact);
        self.order.remove(&(claim.at, claim.contact.clone()));
        if let Some(before) = claim.before {
            self.take(&claim.contact, before);
        }
    }

    /// When a message to `contact` may leave: `now` if at once. Each who has to wait is told another place, so that they
    /// do not all come back at the same moment for one.
    fn ready_at(&mut self, contact: &ContactId, limit: u32, now: Timestamp) -> Timestamp {
        self.forget(now);
        let over = (self.last.len() + 1).saturating_sub(limit as usize);
        if over == 0 || self.last.contains_key(contact) {
            return now;
        }
        // Without any place at all (a limit of nothing) there is nobody to wait for.
        let place = (over - 1 + self.promised).min(self.order.len().saturating_sub(1));
        self.promised += 1;
        let frees = self.order.iter().nth(place).map_or(now, |(at, _)| *at);
        frees.plus(occupied())
    }

    /// A message to `contact` leaves, or left before this process began.
    pub fn take(&mut self, contact: &ContactId, now: Timestamp) {
        if let Some(before) = self.last.insert(contact.clone(), now) {
            self.order.remove(&(before, contact.clone()));
        }
        self.order.insert((now, contact.clone()));
    }

    fn forget(&mut self, now: Timestamp) {
        while let Some((at, _)) = self.order.first()
            && now.since(*at) >= occupied()
        {
            let (_, contact) = self.order.pop_first().expect("there is a first");
            self.last.remove(&contact);
            self.promised = self.promised.saturating_sub(1);
        }
    }
}

/// So long does a message take a place.
fn occupied() -> Duration {
    RULES.reach_window + RULES.reach_margin
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        /// Whoever asks and when: never more different people than the limit in any 24 hours, and whoever waits as long
        /// as told finds a place in the end.
        #[test]
        fn never_more_people_than_the_limit(
            asks in proptest::collection::vec((0u64..7_200, 0u8..40), 1..300), limit in 1u32..10,
        ) {
            let (mut reach, mut now) = (DailyReach::default(), Timestamp::from_secs(1_000_000));
            let mut left: Vec<(Timestamp, ContactId)> = Vec::new();
            for (gap, who) in asks {
                now = now.plus(Duration::from_secs(gap));
                let contact = ContactId::from(who.to_string());
                let ready = reach.ready_at(&contact, limit, now);
                if ready <= now {
                    reach.take(&contact, now);
                    left.push((now, contact));
                    let day: HashSet<_> =
                        left.iter().filter(|(at, _)| now.since(*at) < RULES.reach_window).map(|(_, who)| who).collect();
                    prop_assert!(day.len() <= limit as usize);
                } else {
                    prop_assert!(ready.since(now) <= occupied());
                }
            }
        }
    }

    #[test]
    fn a_place_that_is_given_back_is_free_and_an_older_one_stands() {
        let (mut reach, start) = (DailyReach::default(), Timestamp::from_secs(1_000_000));
        let (ana, bia) = (ContactId::from("ana"), ContactId::from("bia"));
        let claim = reach.claim(&ana, 1, start).unwrap();
        assert!(reach.claim(&bia, 1, start).is_err());
        reach.give_back(&claim);
        let first = reach.claim(&bia, 1, start).unwrap();
        // A second message to the same person that fails leaves the first one counted.
        let later = start.plus(Duration::from_secs(60));
        let second = reach.claim(&bia, 1, later).unwrap();
        reach.give_back(&second);
        reach.give_back(&second);
        assert!(reach.claim(&ana, 1, later).is_err());
        assert!(reach.claim(&ana, 1, start.plus(occupied())).is_ok());
        reach.give_back(&first);
    }

    #[test]
    fn those_who_wait_are_told_different_places() {
        let (mut reach, start) = (DailyReach::default(), Timestamp::from_secs(1_000_000));
        for who in 0..3u64 {
            reach.take(&ContactId::from(who.to_string()), start.plus(Duration::from_secs(who)));
        }
        let now = start.plus(Duration::from_secs(60));
        let told: Vec<_> = ["a", "b", "c"].map(|who| reach.ready_at(&who.into(), 3, now)).to_vec();
        let free = |secs| start.plus(Duration::from_secs(secs)).plus(occupied());
        assert_eq!(told, [free(0), free(1), free(2)]);
        assert_eq!(reach.ready_at(&"1".into(), 3, now), now, "who was written to counts already");
    }
}
