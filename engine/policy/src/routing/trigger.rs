//! What installed flows want to be offered.

use std::collections::BTreeSet;

use ponte_model::{InstallationId, Owner, Phone};
use serde::{Deserialize, Serialize};

use super::{Person, Question};

/// The word for what a store tells of an order.
pub(super) const ORDER: &str = "order";

/// Which events a flow is offered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Kinds of events: `message`, `edit`, `revoke`, `receipt`, `order`.
    pub events: BTreeSet<String>,
    /// In which hours.
    pub hours: HoursCondition,
    /// Whether what customers do is offered only where they may be answering this flow: a while after it wrote to them.
    pub follow_up: bool,
    /// From whom, where not from everybody.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<People>,
}

/// Whose messages a flow is offered: of those in a list or with a tag, save some. Only what customers do is narrowed by
/// this; what else a flow is offered comes whomever it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct People {
    /// By phone number, BSUID, or Ponte's id, as [`Person`](super::Person) names them; see [`People::listed`].
    pub listed: BTreeSet<String>,
    /// By any of these tags.
    pub tags: BTreeSet<String>,
    /// Whether only those two kinds of people are meant; else everybody is.
    pub only: bool,
    /// And not these.
    pub except: BTreeSet<String>,
}

impl People {
    /// The names of people as shops write them: phone numbers in any spelling, or ids.
    pub fn listed<'a>(written: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
        let spellings = |written: &str| match Phone::typed(written, None) {
            Some(phone) => phone.spellings().into_iter().map(Phone::into_string).collect(),
            None => vec![written.trim().to_owned()],
        };
        written.into_iter().flat_map(spellings).filter(|name| !name.is_empty()).collect()
    }

    /// Whether somebody is meant.
    pub fn mean(&self, person: &Person<'_>) -> bool {
        let among = |names: &BTreeSet<String>| person.names().any(|name| names.contains(name));
        let wanted = !self.only || among(&self.listed) || person.tags.iter().any(|tag| self.tags.contains(tag));
        wanted && !among(&self.except)
    }
}

/// In which hours a flow is offered events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HoursCondition {
    /// Always.
    #[default]
    Any,
    /// While the shop is open.
    Open,
    /// While it is closed.
    Closed,
}

/// An installation that might handle an event.
#[derive(Clone, Debug)]
pub struct Candidate<'a> {
    /// Which.
    pub installation: &'a InstallationId,
    /// What it is offered.
    pub trigger: &'a Trigger,
    /// Whether its shop is open at the event's time; `None` where no hours are set.
    pub open: Option<bool>,
    /// Who speaks in the conversation, as far as this flow is concerned: each may have its own patience with people.
    pub owner: Owner,
    /// Why it is paused, if it is: it is routed around, and the decision says so.
    pub paused: Option<&'a str>,
}

impl Candidate<'_> {
    /// Whether the flow wants to be offered what is asked about. A store's order is nobody's answer, and comes whomever it
    /// is about.
    pub(super) fn takes(&self, kind: &str, question: &Question<'_>) -> bool {
        let hours = match self.trigger.hours {
            HoursCondition::Any => true,
            HoursCondition::Open => self.open.unwrap_or(true),
            HoursCondition::Closed => self.open == Some(false),
        };
        let answers = !self.trigger.follow_up || question.heard_last == Some(self.installation);
        let people = self.trigger.people.as_ref().is_none_or(|people| people.mean(&question.person));
        hours && (kind == ORDER || answers && people) && self.trigger.events.contains(kind)
    }
}
