//! Who handles an event.

use std::collections::BTreeSet;

use ponte_model::{Body, Event, InstallationId, Lane, Origin, Owner};
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
}

/// Who handles an event, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Who.
    pub handler: Handler,
    /// The rule that decided.
    pub rule: &'static str,
}

/// Who handles an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handler {
    /// This installation.
    Flow(InstallationId),
    /// Nobody: it is recorded.
    Nobody,
}

fn nobody(rule: &'static str) -> Decision {
    Decision { handler: Handler::Nobody, rule }
}

/// Decides who handles `event`, first match wins. `candidates` come in the order in which they are asked. `silent` is
/// the rule by which nothing is automated on the number, if there is one.
pub fn route(event: &Event, owner: Owner, silent: Option<&'static str>, candidates: &[Candidate<'_>]) -> Decision {
    // A flow's own timers and schedules are its own business, whoever speaks: what it then says is judged like
    // anything else.
    let own = match &event.body {
        Body::Timer(timer) => Some((&timer.installation, "own-timer")),
        Body::Schedule(schedule) => Some((&schedule.installation, "own-schedule")),
        _ => None,
    };
    if let Some((installation, rule)) = own {
        let installed = candidates.iter().any(|candidate| candidate.installation == installation);
        let handler = if installed { Handler::Flow(installation.clone()) } else { Handler::Nobody };
        return Decision { handler, rule: if installed { rule } else { "flow-not-active" } };
    }
    if event.lane == Lane::Import {
        return nobody("imported");
    }
    if matches!(event.body, Body::Status(_)) {
        let listens = |candidate: &&Candidate<'_>| candidate.trigger.events.contains("receipt");
        return match candidates.iter().find(listens) {
            Some(listener) => Decision { handler: Handler::Flow(listener.installation.clone()), rule: "own-receipt" },
            None => nobody("no-flow"),
        };
    }
    let kind = match &event.body {
        Body::Message(message) if message.group_id.is_some() => return nobody("group"),
        Body::Message(_) => "message",
        Body::Edit { .. } => "edit",
        Body::Revoke { .. } => "revoke",
        _ => return nobody("not-a-trigger"),
    };
    if event.origin != Origin::Customer {
        return nobody("not-from-a-customer");
    }
    if let Some(rule) = silent {
        return nobody(rule);
    }
    match owner {
        Owner::App => return nobody("owned-by-app"),
        Owner::Team => return nobody("owned-by-team"),
        Owner::Flow | Owner::Nobody => {}
    }
    for candidate in candidates {
        let hours = match candidate.trigger.hours {
            HoursCondition::Any => true,
            HoursCondition::Open => candidate.open.unwrap_or(true),
            HoursCondition::Closed => candidate.open == Some(false),
        };
        if hours && candidate.trigger.events.contains(kind) {
            return Decision { handler: Handler::Flow(candidate.installation.clone()), rule: "first-match" };
        }
    }
    nobody("no-flow")
}
