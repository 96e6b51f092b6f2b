//! What installed flows want to be offered.

use std::collections::BTreeSet;

use ponte_model::InstallationId;
use serde::{Deserialize, Serialize};

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
}

impl Candidate<'_> {
    /// Whether the flow wants to be offered an event of a kind now. `heard_last` is the flow that the person may be
    /// answering.
    pub(super) fn takes(&self, kind: &str, heard_last: Option<&InstallationId>) -> bool {
        let hours = match self.trigger.hours {
            HoursCondition::Any => true,
            HoursCondition::Open => self.open.unwrap_or(true),
            HoursCondition::Closed => self.open == Some(false),
        };
        let answers = !self.trigger.follow_up || kind == ORDER || heard_last == Some(self.installation);
        hours && answers && self.trigger.events.contains(kind)
    }
}
