//! What stops an installation, and since when.

use std::collections::BTreeMap;

use ponte_model::template::Category;
use ponte_model::{Budget, Money, NumberId, Timestamp, WabaId};
use serde::{Deserialize, Serialize};

use super::need::Trouble;

/// Why an installation does not run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Reason {
    /// The operator paused it.
    Operator {
        /// What they said.
        why: String,
    },
    /// It brings templates and serves no number.
    NoNumber,
    /// It brings templates, and nobody knows which account a number belongs to.
    NoAccount {
        /// The number.
        number: NumberId,
    },
    /// The templates of an account were never listed.
    NotListed {
        /// The account.
        waba: WabaId,
    },
    /// A template that it needs may not be sent.
    Template {
        /// The account.
        waba: WabaId,
        /// The template.
        name: String,
        /// By language.
        troubles: BTreeMap<String, Trouble>,
    },
    /// A hard limit of its money was reached.
    Budget {
        /// The limit.
        limit: Money,
        /// When the day ends.
        until: Timestamp,
    },
}

impl Reason {
    /// What it is about: a reason that only changes its details is the same reason.
    fn subject(&self) -> (&'static str, &str, &str) {
        match self {
            Self::Operator { .. } => ("operator", "", ""),
            Self::NoNumber => ("no-number", "", ""),
            Self::NoAccount { number } => ("no-account", number.as_str(), ""),
            Self::NotListed { waba } => ("not-listed", waba.as_str(), ""),
            Self::Template { waba, name, .. } => ("template", waba.as_str(), name),
            Self::Budget { .. } => ("budget", "", ""),
        }
    }

    /// The trouble of a template that is nearest to being good again, and its language.
    pub fn nearest(&self) -> Option<(&String, &Trouble)> {
        let Self::Template { troubles, .. } = self else { return None };
        troubles.iter().min_by_key(|(_, trouble)| trouble.distance())
    }

    /// A key for what there is to say of it: another trouble is another thing to say.
    pub fn key(&self) -> String {
        let (kind, one, other) = self.subject();
        let trouble = self.nearest().map_or("", |(_, trouble)| trouble.as_str());
        let until = match self {
            Self::Budget { until, .. } => until.as_millis().to_string(),
            _ => String::new(),
        };
        let parts = [kind, one, other, trouble, &until];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("/")
    }
}

/// What stops an installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stop {
    /// Why.
    #[serde(flatten)]
    pub reason: Reason,
    /// Since when.
    pub since: Timestamp,
}

/// A category that somebody agreed to for a template, though the package declares another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accepted {
    /// The template.
    pub name: String,
    /// The category.
    pub category: Category,
}

/// How an installation stands. JSON in the store.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowLife {
    /// What stops it; nothing, if it runs.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stops: Vec<Stop>,
    /// When it first ran; until then it waits and is not called paused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub live_at: Option<Timestamp>,
    /// Whether its templates are left for somebody else to submit.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub no_submit: bool,
    /// Categories that somebody agreed to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accepted: Vec<Accepted>,
}

/// Whether an installation runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// It runs.
    Active,
    /// It never ran yet, and waits for its templates.
    Waiting,
    /// It ran, or was to run, and is stopped.
    Paused,
}

/// What has become of an installation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum News {
    /// It waits.
    Waits,
    /// It runs for the first time.
    Live,
    /// It is stopped.
    Paused,
    /// It runs again.
    Resumed,
}

impl FlowLife {
    /// Whether it runs.
    pub fn state(&self) -> State {
        match (self.stops.is_empty(), self.live_at) {
            (true, _) => State::Active,
            (false, None) if !self.is_paused_by_operator() => State::Waiting,
            (false, _) => State::Paused,
        }
    }

    /// Whether the operator paused it.
    pub fn is_paused_by_operator(&self) -> bool {
        self.stops.iter().any(by_operator)
    }

    /// The operator pauses it. Whether that is new.
    pub fn pause(&mut self, why: &str, now: Timestamp) -> bool {
        let new = !self.is_paused_by_operator();
        if new {
            self.stops.insert(0, Stop { reason: Reason::Operator { why: why.to_owned() }, since: now });
        }
        new
    }

    /// The operator lets it run again. Whether they had paused it. What the host stopped stays.
    pub fn resume(&mut self) -> bool {
        let paused = self.is_paused_by_operator();
        self.stops.retain(|stop| !by_operator(stop));
        paused
    }

    /// Somebody agrees to the categories that its templates have now. Which.
    pub fn accept(&mut self) -> Vec<Accepted> {
        let mut new = Vec::new();
        for stop in &self.stops {
            let Reason::Template { name, troubles, .. } = &stop.reason else { continue };
            for trouble in troubles.values() {
                let Trouble::Recategorized { to, .. } = trouble else { continue };
                let accepted = Accepted { name: name.clone(), category: to.clone() };
                if !self.accepted.contains(&accepted) && !new.contains(&accepted) {
                    new.push(accepted);
                }
            }
        }
        self.accepted.extend(new.iter().cloned());
        new
    }

    /// The stop by its budget that still holds: until the day ends, or the limit is another.
    pub fn budget_stop(&self, budget: Option<&Budget>, now: Timestamp) -> Option<Reason> {
        let holds = |reason: &&Reason| match reason {
            Reason::Budget { limit, until } => {
                let same = |budget: &Budget| budget.hard == Some(limit.micros) && budget.currency == limit.currency;
                now < *until && budget.is_some_and(same)
            }
            _ => false,
        };
        self.stops.iter().map(|stop| &stop.reason).find(holds).cloned()
    }

    /// What the host finds now. The operator's pause stays; a reason that was there keeps its time.
    pub fn found(&mut self, reasons: Vec<Reason>, now: Timestamp) -> Option<News> {
        let before = self.state();
        let mut stops: Vec<Stop> = self.stops.iter().filter(|stop| by_operator(stop)).cloned().collect();
        for reason in reasons {
            let known = self.stops.iter().find(|stop| stop.reason.subject() == reason.subject());
            stops.push(Stop { since: known.map_or(now, |stop| stop.since), reason });
        }
        self.stops = stops;
        let first = self.live_at.is_none();
        if self.stops.is_empty() {
            self.live_at.get_or_insert(now);
        }
        match (before, self.state()) {
            (before, after) if before == after => None,
            (_, State::Active) if first => Some(News::Live),
            (_, State::Active) => Some(News::Resumed),
            (_, State::Waiting) => Some(News::Waits),
            (_, State::Paused) => Some(News::Paused),
        }
    }

    /// Until when it is stopped, where every reason has an end that is known.
    pub fn until(&self) -> Option<Timestamp> {
        let ends: Option<Vec<_>> = self
            .stops
            .iter()
            .map(|stop| match stop.reason {
                Reason::Budget { until, .. } => Some(until),
                _ => None,
            })
            .collect();
        ends?.into_iter().max()
    }
}

fn by_operator(stop: &Stop) -> bool {
    matches!(stop.reason, Reason::Operator { .. })
}
