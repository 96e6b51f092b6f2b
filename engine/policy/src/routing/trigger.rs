//! What installed flows want to be offered.

use std::collections::BTreeSet;

use ponte_model::InstallationId;
use serde::{Deserialize, Serialize};

/// Which events a flow is offered.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Kinds of events: `message`, `edit`, `revoke`, `receipt`.
    pub events: BTreeSet<String>,
    /// In which hours.
    pub hours: HoursCondition,
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
    /// Why it is paused, if it is: it is routed around, and the decision says so.
    pub paused: Option<&'a str>,
}

impl Candidate<'_> {
    /// Whether the flow wants to be offered an event of a kind now.
    pub(super) fn takes(&self, kind: &str) -> bool {
        let hours = match self.trigger.hours {
            HoursCondition::Any => true,
            HoursCondition::Open => self.open.unwrap_or(true),
            HoursCondition::Closed => self.open == Some(false),
        };
        hours && self.trigger.events.contains(kind)
    }
}
