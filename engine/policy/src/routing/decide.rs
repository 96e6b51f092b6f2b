//! Asks the rules.

use std::fmt;

use ponte_model::{Body, InstallationId, Lane, Origin, Owner};
use serde::Serialize;

use super::compile::{Ready, Routing};
use super::condition::{Asking, Condition};
use super::document::Target;
use super::{Candidate, NumberTraits, Question};

/// Who handles an event, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// Who.
    pub handler: Handler,
    /// The rule that decided.
    pub rule: RuleName,
    /// What the policy named; `None` where something else decided before it was asked.
    pub target: Option<Target>,
    /// What there is to say beyond the rule's name.
    pub detail: Option<String>,
}

impl Decision {
    /// Why, in words.
    pub fn why(&self) -> String {
        match (&self.detail, &self.rule) {
            (Some(detail), _) => detail.clone(),
            (None, RuleName::Own(name)) => sentence(name).to_owned(),
            (None, RuleName::Written { .. }) => String::new(),
        }
    }
}

/// Who handles an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handler {
    /// This installation.
    Flow(InstallationId),
    /// The owner of the phone.
    App,
    /// People on the API side.
    Team,
    /// Nobody: it is recorded.
    Nobody,
}

/// The rule that decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RuleName {
    /// One of Ponte's own.
    Own(&'static str),
    /// One of the policy.
    Written {
        /// Its place in the list, from 1.
        index: usize,
        /// Its name.
        name: String,
    },
}

impl fmt::Display for RuleName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Own(name) => f.write_str(name),
            Self::Written { index, name } => write!(f, "{index}:{name}"),
        }
    }
}

/// What one of Ponte's own rules means; empty for a name that is not one.
pub fn sentence(rule: &str) -> &'static str {
    match rule {
        "own-timer" => "a timer that the flow set",
        "own-schedule" => "a schedule of the flow",
        "own-receipt" => "the fate of a message that the flow sent",
        "flow-not-active" => "the flow that it is for is not active any more",
        "imported" => "imported history starts no flow",
        "group" => "messages in groups start no flow",
        "not-a-trigger" => "events of this kind start no flow",
        "not-from-a-customer" => "only what customers do starts flows",
        "app-only" => "the number is on the phone only",
        "outside-stages" => "the transition has not come to this chat yet: it stays on the phone",
        "owned-by-app" => "somebody speaks on the phone",
        "owned-by-team" => "somebody of the team speaks",
        "default" => "no rule of the policy held",
        "loop" => "a machine seems to answer automation here: people take over",
        "window-closed" => "a message found the window closed, and its flow chose people for that",
        "first-match" => "the first flow, by priority, that takes it",
        "no-flow" => "no flow takes it",
        _ => "",
    }
}

/// A rule that was asked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct AskedRule {
    /// Its place in the list, from 1; 0 for the transition's.
    pub index: usize,
    /// Its name.
    pub name: String,
    /// Whom it names.
    pub to: Target,
    /// Whether it held.
    pub held: bool,
    /// Why it did, or which condition did not hold.
    pub why: String,
}

/// Decides who handles an event, first match wins.
pub fn route(routing: &Routing, question: &Question<'_>) -> Decision {
    before_rules(routing, question).unwrap_or_else(|kind| routing.ask(question, kind))
}

/// The name of the rule that keeps on the phone what is in no stage.
const OUTSIDE: &str = "outside-stages";

fn own(handler: Handler, rule: &'static str) -> Decision {
    Decision { handler, rule: RuleName::Own(rule), target: None, detail: None }
}

/// What decides before any rule is asked, or the kind of trigger that flows are offered the event by.
fn before_rules(routing: &Routing, question: &Question<'_>) -> Result<Decision, &'static str> {
    let event = question.event;
    let nobody = |rule| Ok(own(Handler::Nobody, rule));
    // A flow's own timers and schedules are its own business, whoever speaks: what it then says is judged like
    // anything else.
    let for_one = match &event.body {
        Body::Timer(timer) => Some((&timer.installation, "own-timer")),
        Body::Schedule(schedule) => Some((&schedule.installation, "own-schedule")),
        _ => None,
    };
    if let Some((installation, rule)) = for_one {
        let installed = question.candidates.iter().any(|candidate| candidate.installation == installation);
        return Ok(if installed {
            own(Handler::Flow(installation.clone()), rule)
        } else {
            own(Handler::Nobody, "flow-not-active")
        });
    }
    if event.lane == Lane::Import {
        return nobody("imported");
    }
    if matches!(event.body, Body::Status(_)) {
        let listens = |candidate: &&Candidate<'_>| candidate.trigger.events.contains("receipt");
        return Ok(match question.candidates.iter().find(listens) {
            Some(listener) => own(Handler::Flow(listener.installation.clone()), "own-receipt"),
            None => own(Handler::Nobody, "no-flow"),
        });
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
    if let Some(why) = question.number.as_ref().and_then(|number| routing.app_only(number)) {
        return Ok(Decision { detail: Some(why), ..own(Handler::App, "app-only") });
    }
    if question.number.as_ref().is_some_and(|number| number.locked) {
        return nobody("number-locked");
    }
    Err(kind)
}

impl Routing {
    /// Why a number is switched to the phone alone, if it is.
    pub fn app_only(&self, number: &NumberTraits<'_>) -> Option<String> {
        let switch = &self.app_only;
        if switch.tenant {
            let why = self.default.why.as_ref().filter(|_| self.default.to == Target::App);
            return Some(why.cloned().unwrap_or_else(|| "everything is switched to the phone alone".to_owned()));
        }
        if number.app_only {
            return Some("the number is registered for the phone alone".to_owned());
        }
        if switch.numbers.contains(number.id) {
            return Some("the number is switched to the phone alone".to_owned());
        }
        let unit = number.unit.filter(|unit| switch.units.iter().any(|one| one == unit))?;
        Some(format!("unit {unit} is switched to the phone alone"))
    }

    /// What automation may send where a chat belongs to the phone.
    pub fn purposes(&self) -> crate::Purposes {
        self.purposes
    }

    fn ask(&self, question: &Question<'_>, kind: &str) -> Decision {
        let asking = Asking::new(question);
        let holds = |rule: &&Ready| rule.conditions.iter().all(|condition| condition.holds(&asking));
        if !self.stages.is_empty() && self.stages.iter().find(holds).is_none() {
            let detail = Some(self.outside(&asking));
            return Decision { target: Some(Target::App), detail, ..own(Handler::App, OUTSIDE) };
        }
        let (to, rule, why) = match self.rules.iter().enumerate().find(|(_, rule)| holds(rule)) {
            Some((index, rule)) => {
                let name = RuleName::Written { index: index + 1, name: rule.name.clone() };
                (&rule.to, Some(name), Some(rule.why.clone()))
            }
            None => (&self.default.to, None, self.default.why.clone()),
        };
        settle(question, kind, to, rule, why)
    }

    /// Every rule that is asked about an event, in order, up to the one that holds; none where something else decides
    /// before.
    pub fn explain(&self, question: &Question<'_>) -> Vec<AskedRule> {
        if before_rules(self, question).is_ok() {
            return Vec::new();
        }
        let asking = Asking::new(question);
        let mut asked = Vec::new();
        if !self.stages.is_empty() {
            let inside = self.stages.iter().find(|stage| failed(stage, &asking).is_none());
            let why =
                inside.map_or_else(|| self.outside(&asking), |stage| format!("in stage {}: {}", stage.name, stage.why));
            asked.push(AskedRule { index: 0, name: OUTSIDE.into(), to: Target::App, held: inside.is_none(), why });
            if inside.is_none() {
                return asked;
            }
        }
        for (index, rule) in self.rules.iter().enumerate() {
            let failed = failed(rule, &asking);
            let held = failed.is_none();
            let why = failed.map_or_else(|| rule.why.clone(), |condition| no(condition, &asking));
            asked.push(AskedRule { index: index + 1, name: rule.name.clone(), to: rule.to.clone(), held, why });
            if held {
                break;
            }
        }
        asked
    }

    /// Why a chat is in no stage.
    fn outside(&self, asking: &Asking<'_>) -> String {
        let reasons = self.stages.iter().filter_map(|stage| {
            let condition = failed(stage, asking)?;
            Some(format!("not in stage {}: {}", stage.name, no(condition, asking)))
        });
        reasons.collect::<Vec<_>>().join("; ")
    }
}

fn failed<'a>(rule: &'a Ready, asking: &Asking<'_>) -> Option<&'a Condition> {
    rule.conditions.iter().find(|condition| !condition.holds(asking))
}

fn no(condition: &Condition, asking: &Asking<'_>) -> String {
    format!("wants {}; {}", condition.wants(), condition.found(asking))
}

/// From whom the policy names to who handles it. `rule` is `None` for the policy's default.
fn settle(question: &Question<'_>, kind: &str, to: &Target, rule: Option<RuleName>, why: Option<String>) -> Decision {
    let decided = |handler, otherwise, why| Decision {
        handler,
        rule: rule.clone().unwrap_or(RuleName::Own(otherwise)),
        target: Some(to.clone()),
        detail: why,
    };
    let mut flows = match to {
        Target::App => return decided(Handler::App, "default", why),
        Target::Team => return decided(Handler::Team, "default", why),
        Target::Observe | Target::Ignore => return decided(Handler::Nobody, "default", why),
        Target::Flow(_) | Target::Flows => question.candidates.iter(),
    };
    // It named flows, and something else keeps them from being asked.
    let but = |name: &'static str, what: &str| {
        let detail = rule.as_ref().map(|rule| format!("rule {rule} named {to}, but {what}"));
        Decision { target: Some(to.clone()), detail, ..own(Handler::Nobody, name) }
    };
    match question.owner {
        Owner::App => return but("owned-by-app", sentence("owned-by-app")),
        Owner::Team => return but("owned-by-team", sentence("owned-by-team")),
        Owner::Flow | Owner::Nobody => {}
    }
    let Target::Flow(one) = to else {
        return match flows.find(|candidate| candidate.takes(kind)) {
            Some(first) => decided(Handler::Flow(first.installation.clone()), "first-match", why),
            None => but("no-flow", sentence("no-flow")),
        };
    };
    match flows.find(|candidate| candidate.installation == one) {
        Some(flow) if flow.takes(kind) => decided(Handler::Flow(one.clone()), "default", why),
        Some(_) => but("no-flow", "it takes no such event at this time"),
        None => but("flow-not-active", "it is not active on this number"),
    }
}
