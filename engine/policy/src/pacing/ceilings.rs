//! How many messages a flow, a person, a tenant or a young number may be sent in a moving hour and day. Ponte's own
//! limits, set by the operator; over one means later.

use std::collections::{BTreeMap, HashMap, VecDeque};
use std::time::Duration;

use ponte_model::{ContactId, InstallationId, NumberId, TenantId, Timestamp};

use crate::{No, Objection};

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Duration = Duration::from_secs(24 * 3600);

/// So many people are counted; those of whom nothing counts any more are forgotten when there are more.
const REMEMBERED: usize = 50_000;

/// At most so many messages. Nothing set: as many as one likes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Ceiling {
    /// In any 60 minutes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hour: Option<u32>,
    /// In any 24 hours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub day: Option<u32>,
}

impl Ceiling {
    /// Whether it bounds nothing.
    pub fn is_open(&self) -> bool {
        *self == Self::default()
    }

    /// What keeps to both.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let lower = |one: Option<u32>, other: Option<u32>| one.into_iter().chain(other).min();
        Self { hour: lower(self.hour, other.hour), day: lower(self.day, other.day) }
    }

    fn bounds(&self) -> impl Iterator<Item = (usize, Duration, &'static str)> {
        let bound = |limit: Option<u32>, span, word| limit.map(|limit| (limit.max(1) as usize, span, word));
        bound(self.hour, HOUR, "an hour").into_iter().chain(bound(self.day, DAY, "a day"))
    }
}

/// What the operator set, for every tenant.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ceilings {
    /// For each installation.
    pub flow: Ceiling,
    /// For installations by name; the lower of both holds, and of what the flow's own manifest asks for.
    pub flows: BTreeMap<String, Ceiling>,
    /// To each person, by whatever flow and number of the tenant.
    pub contact: Ceiling,
    /// For all that a tenant's flows send.
    pub tenant: Ceiling,
    /// Whether numbers that were registered lately begin slowly: [`WARM_UP`].
    pub warm_up: bool,
}

impl Ceilings {
    /// The ceiling of an installation whose manifest asks for `own`.
    pub fn of_flow(&self, installation: &InstallationId, own: Ceiling) -> Ceiling {
        let named = self.flows.get(installation.as_str()).copied().unwrap_or_default();
        self.flow.and(named).and(own)
    }
}

/// Templates a day of a number by the days since it was registered; from the last line on there is no such ceiling.
/// Ponte's own plan (2026-11): Meta names no figures, but watches the quality of young numbers (Meta: messaging limits,
/// "high-quality messaging"), and its lowest tiers are 250 and 2,000 people a day.
pub const WARM_UP: &[(u64, Option<u32>)] =
    &[(0, Some(50)), (3, Some(100)), (7, Some(250)), (14, Some(1_000)), (28, None)];

/// What a number that was registered then may send at `now`, in templates.
pub fn warm_up(registered_at: Timestamp, now: Timestamp) -> Ceiling {
    let days = now.since(registered_at).as_secs() / DAY.as_secs();
    let step = WARM_UP.iter().rev().find(|(from, _)| *from <= days);
    Ceiling { hour: None, day: step.and_then(|(_, most)| *most) }
}

/// Whose messages are counted.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Whose {
    /// A flow's.
    Flow(InstallationId),
    /// Those to a person.
    Contact(ContactId),
    /// All of a tenant's flows.
    Tenant(TenantId),
    /// The templates of a young number.
    Number(NumberId),
}

impl Whose {
    fn rule(&self) -> &'static str {
        match self {
            Self::Flow(_) => "flow-ceiling",
            Self::Contact(_) => "contact-ceiling",
            Self::Tenant(_) => "tenant-ceiling",
            Self::Number(_) => "warm-up",
        }
    }

    fn words(&self) -> String {
        match self {
            Self::Flow(id) => format!("the flow {id} has sent"),
            Self::Contact(_) => "this person was sent".to_owned(),
            Self::Tenant(id) => format!("the flows of {id} have sent"),
            Self::Number(_) => "this young number has sent".to_owned(),
        }
    }
}

/// What left of late, by whose it was. Messages count when they leave.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    counts: HashMap<Whose, Count>,
}

#[derive(Clone, Debug, Default)]
struct Count {
    /// The last ones, in order.
    left: VecDeque<Timestamp>,
    /// So many of the next places that become free were named to somebody.
    promised: usize,
}

impl Tally {
    /// Takes a place under each of the ceilings, or under none.
    ///
    /// # Errors
    /// The first that has no room: held until it may have. Those who wait are told different moments, so that they do
    /// not all come back for one place.
    pub fn claim(&mut self, under: &[(Whose, Ceiling)], now: Timestamp) -> Result<(), Objection> {
        for (whose, ceiling) in under {
            let Some(count) = self.counts.get_mut(whose) else { continue };
            if let Some((until, most, span)) = count.full_until(*ceiling, now) {
                let why = format!("{} {most} messages in {span}, which is the ceiling", whose.words());
                return Err(Objection { rule: whose.rule(), no: No::Held { until, why } });
            }
        }
        for (whose, ceiling) in under {
            self.note(whose, *ceiling, now);
        }
        Ok(())
    }

    /// A message left at `at`, now or before this process began; in order.
    pub fn note(&mut self, whose: &Whose, ceiling: Ceiling, at: Timestamp) {
        let Some(most) = ceiling.bounds().map(|(limit, ..)| limit).max() else { return };
        if self.counts.len() >= REMEMBERED {
            self.counts.retain(|_, count| count.left.back().is_some_and(|last| at.since(*last) < DAY));
        }
        let count = self.counts.entry(whose.clone()).or_default();
        count.left.push_back(at);
        while count.left.len() > most {
            count.left.pop_front();
        }
    }

    /// A message that took a place at `at` did not leave after all.
    pub fn give_back(&mut self, whose: &Whose, at: Timestamp) {
        let Some(count) = self.counts.get_mut(whose) else { return };
        if let Some(place) = count.left.iter().rposition(|left| *left == at) {
            count.left.remove(place);
        }
    }
}

impl Count {
    /// Until when there is no room, and which bound says so.
    fn full_until(&mut self, ceiling: Ceiling, now: Timestamp) -> Option<(Timestamp, usize, &'static str)> {
        let full = ceiling.bounds().filter_map(|(limit, span, word)| {
            let oldest = self.left.len().checked_sub(limit)?;
            let frees = self.left[oldest].plus(span);
            (frees > now).then_some((oldest, limit, span, word))
        });
        let Some((oldest, limit, span, word)) = full.max_by_key(|(oldest, _, span, _)| self.left[*oldest].plus(*span))
        else {
            self.promised = 0;
            return None;
        };
        // Each who waits is told another of the places that become free, the first of them at first.
        let place = (oldest + self.promised % limit).min(self.left.len() - 1);
        self.promised += 1;
        Some((self.left[place].plus(span), limit, word))
    }
}
