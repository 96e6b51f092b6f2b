//! Asks the rules.

use std::fmt;

use ponte_model::{Body, ControlOrder, EchoMeaning, InstallationId, Lane, Origin, Owner, StoreOrder};
use serde::Serialize;

use super::compile::{Ready, Routing};
use super::condition::{Asking, Condition};
use super::document::Target;
use super::trigger::ORDER;
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
        "flow-paused" => "the flow that it is for is paused",
        "imported" => "imported history starts no flow",
        "group" => "messages in groups start no flow",
        "not-a-trigger" => "events of this kind start no flow",
        "not-from-a-customer" => "only what customers do starts flows",
        "app-only" => "the number is on the phone only",
        "outside-stages" => "the transition has not come to this chat yet: it stays on the phone",
        "owned-by-app" => "somebody speaks on the phone",
        "owned-by-team" => "somebody of the team speaks",
        "held-by-flow" => "another flow is in the middle of something here",
        "automatic" => "the app wrote it by itself: it takes nothing",
        "own-message" => "a message of Ponte's own that came back, known by its id",
        "released-by-keyword" => "whoever sits at the phone gave the chat back with a keyword",
        "released" => "an operator gave the chat back",
        "taken" => "an operator took the chat",
        "collision" => "somebody wrote on the phone, Ponte did not know yet, and spoke too",
        "standby" => "another app has control of the thread",
        "handover" => "control of the thread changed hands",
        "default" => "no rule of the policy held",
        "loop" => "a machine seems to answer automation here: people take over",
        "window-closed" => "a message found the window closed, and its flow chose people for that",
        "first-match" => "the first flow, by priority, that takes it",
        "follow-up" => "the flow that wrote to the customer last, and wants to hear what is said to that",
        "no-flow" => "no flow takes it",
        "order" => "a flow that takes orders",
        "test-order" => "a test order, and its source lets none through",
        "no-phone" => "the store knows no phone number whose country is clear",
        "debounced" => "answered together with other lines of the customer's",
        "burst-end" => "the end of a wait for more lines",
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

/// What decides where only a paused flow would have taken the event.
const PAUSED: &str = "flow-paused";

fn paused(installation: &InstallationId, why: &str) -> Decision {
    Decision { detail: Some(is_paused(installation, why)), ..own(Handler::Nobody, PAUSED) }
}

fn is_paused(installation: &InstallationId, why: &str) -> String {
    format!("flow {installation} is paused: {why}")
}

/// The paused flow that a rule names.
fn paused_target<'a>(to: &Target, question: &Question<'a>) -> Option<&'a Candidate<'a>> {
    let Target::Flow(one) = to else { return None };
    question.candidates.iter().find(|candidate| candidate.installation == one && candidate.paused.is_some())
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
        Body::HttpReply(reply) => Some((&reply.installation, "own-request")),
        _ => None,
    };
    if let Some((installation, rule)) = for_one {
        let installed = question.candidates.iter().find(|candidate| candidate.installation == installation);
        return Ok(match installed {
            Some(Candidate { paused: Some(why), .. }) => paused(installation, why),
            Some(_) => own(Handler::Flow(installation.clone()), rule),
            None => own(Handler::Nobody, "flow-not-active"),
        });
    }
    if event.lane == Lane::Import {
        return nobody("imported");
    }
    if matches!(event.body, Body::Status(_)) {
        let listens = |candidate: &&Candidate<'_>| candidate.trigger.events.contains("receipt");
        return Ok(match question.candidates.iter().find(listens) {
            Some(Candidate { installation, paused: Some(why), .. }) => paused(installation, why),
            Some(listener) => own(Handler::Flow(listener.installation.clone()), "own-receipt"),
            None => own(Handler::Nobody, "no-flow"),
        });
    }
    if let Body::Order(order) = &event.body {
        return Ok(of_order(routing, question, order));
    }
    if let Some(said) = of_owners(&event.body) {
        return Ok(said);
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

/// An order is nobody's question, so it is not asked who answers: the flow that it is told to hears it wherever the number
/// may send at all. What they then want to say is judged by its purpose, so a VIP whose chat belongs to the
/// phone may still be told that the order is paid.
fn of_order(routing: &Routing, question: &Question<'_>, order: &StoreOrder) -> Decision {
    let nobody = |rule| own(Handler::Nobody, rule);
    if order.withheld {
        return nobody("test-order");
    }
    if question.person.id.is_none() {
        return nobody("no-phone");
    }
    if let Some(why) = question.number.as_ref().and_then(|number| routing.app_only(number)) {
        return Decision { detail: Some(why), ..own(Handler::App, "app-only") };
    }
    if question.number.as_ref().is_some_and(|number| number.locked) {
        return nobody("number-locked");
    }
    let mut taking = question.candidates.iter().filter(|candidate| candidate.takes(ORDER, question));
    let taker = match &order.listener {
        Some(listener) => taking.find(|candidate| candidate.installation == listener),
        None => taking.next(),
    };
    match taker {
        Some(Candidate { installation, paused: Some(why), .. }) => paused(installation, why),
        Some(first) => own(Handler::Flow(first.installation.clone()), ORDER),
        None => nobody("no-flow"),
    }
}

/// What an event says of who speaks, if that is all it says.
fn of_owners(body: &Body) -> Option<Decision> {
    let (rule, detail) = match body {
        Body::Echo(message) => match message.echo.as_deref()? {
            EchoMeaning::Automatic { why, .. } => ("automatic", Some(why.clone())),
            EchoMeaning::Own => ("own-message", None),
            EchoMeaning::Release { keyword } => ("released-by-keyword", Some(format!("by {keyword:?}"))),
        },
        Body::Control(control) => {
            let rule = if control.order == ControlOrder::Release { "released" } else { "taken" };
            (rule, Some(format!("by {}", control.by)))
        }
        Body::Standby(_) => ("standby", None),
        Body::Handover(_) => ("handover", None),
        _ => return None,
    };
    Some(Decision { detail, ..own(Handler::Nobody, rule) })
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
        // A rule that names a paused flow is passed over, as if the flow were not installed: the next one decides.
        let mut passed: Option<String> = None;
        let mut held = self.rules.iter().enumerate().filter(|(_, rule)| holds(rule));
        let found = held.find(|(index, rule)| {
            let Some(Candidate { installation, paused: Some(why), .. }) = paused_target(&rule.to, question) else {
                return true;
            };
            let what = format!("rule {}:{}, but {}", index + 1, rule.name, is_paused(installation, why));
            passed.get_or_insert(what);
            false
        });
        let (to, rule, why) = match found {
            Some((index, rule)) => {
                let name = RuleName::Written { index: index + 1, name: rule.name.clone() };
                (&rule.to, Some(name), Some(rule.why.clone()))
            }
            None => (&self.default.to, None, self.default.why.clone()),
        };
        let decision = settle(question, kind, to, rule, why);
        match passed {
            Some(passed) => after(decision, passed),
            None => decision,
        }
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
            let stopped = paused_target(&rule.to, question).filter(|_| failed.is_none());
            let held = failed.is_none() && stopped.is_none();
            let why = match (failed, stopped) {
                (Some(condition), _) => no(condition, &asking),
                (None, Some(flow)) => {
                    format!("{}, but {}", rule.why, is_paused(flow.installation, flow.paused.unwrap_or_default()))
                }
                (None, None) => rule.why.clone(),
            };
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

/// A decision that was reached after a rule was passed over, whose flow is paused.
fn after(decision: Decision, passed: String) -> Decision {
    let detail = match &decision.detail {
        Some(detail) => format!("{passed}; then {detail}"),
        None => passed,
    };
    let spoken_for = matches!(decision.rule, RuleName::Own("owned-by-app" | "owned-by-team"));
    let rule = match decision.rule {
        RuleName::Own(_) if decision.handler == Handler::Nobody && !spoken_for => RuleName::Own(PAUSED),
        rule => rule,
    };
    Decision { rule, detail: Some(detail), ..decision }
}

/// From whom the policy names to who handles it. `rule` is `None` for the policy's default.
fn settle(question: &Question<'_>, kind: &str, to: &Target, rule: Option<RuleName>, why: Option<String>) -> Decision {
    let decided = |handler, otherwise, why| Decision {
        handler,
        rule: rule.clone().unwrap_or(RuleName::Own(otherwise)),
        target: Some(to.clone()),
        detail: why,
    };
    match to {
        Target::App => return decided(Handler::App, "default", why),
        Target::Team => return decided(Handler::Team, "default", why),
        Target::Observe | Target::Ignore => return decided(Handler::Nobody, "default", why),
        Target::Flow(_) | Target::Flows => {}
    }
    // It named flows, and something else keeps them from being asked.
    let but = |handler, name: &'static str, what: &str| {
        let detail = rule.as_ref().map(|rule| format!("rule {rule} named {to}, but {what}"));
        Decision { target: Some(to.clone()), detail, ..own(handler, name) }
    };
    let nobody = |name: &'static str, what: &str| but(Handler::Nobody, name, what);
    let called = |id: &InstallationId| question.candidates.iter().find(|candidate| candidate.installation == id);
    // Who holds the conversation is asked in place of others, at any hour: a dialog goes on past closing time. A flow that
    // is not active any more holds nothing.
    let holder = question.holder.and_then(called).filter(|flow| flow.paused.is_none());
    let asked = match (holder, to) {
        (Some(holder), _) => Some(holder),
        (None, Target::Flow(one)) => called(one),
        (None, _) => {
            let mut taking =
                question.candidates.iter().filter(|flow| flow.paused.is_none() && flow.takes(kind, question));
            let first = taking.clone().next();
            // Who may be answering a flow is heard by that flow before any other.
            taking.find(|candidate| candidate.trigger.follow_up).or(first)
        }
    };
    match asked.map_or(question.owner, |flow| flow.owner) {
        Owner::App => return nobody("owned-by-app", sentence("owned-by-app")),
        Owner::Team => return nobody("owned-by-team", sentence("owned-by-team")),
        Owner::Flow | Owner::Nobody => {}
    }
    if let Some(holder) = holder {
        let named = matches!(to, Target::Flows) || *to == Target::Flow(holder.installation.clone());
        let here = Handler::Flow(holder.installation.clone());
        return match holder.trigger.events.contains(kind) {
            true if named => decided(here, "held-by-flow", why),
            true => but(here, "held-by-flow", &format!("flow {} holds the chat", holder.installation)),
            false => nobody("held-by-flow", "the flow that holds the chat takes no such event"),
        };
    }
    let stop = |flow: &Candidate<'_>| Decision {
        target: Some(to.clone()),
        ..paused(flow.installation, flow.paused.unwrap_or_default())
    };
    match (asked, to) {
        (Some(flow), Target::Flow(_)) if flow.paused.is_some() => stop(flow),
        (Some(flow), Target::Flow(one)) if flow.takes(kind, question) => {
            decided(Handler::Flow(one.clone()), "default", why)
        }
        (Some(_), Target::Flow(_)) => nobody("no-flow", "it takes no such event from this person at this time"),
        (None, Target::Flow(_)) => nobody("flow-not-active", "it is not active on this number"),
        (Some(first), _) => {
            let by = if first.trigger.follow_up { "follow-up" } else { "first-match" };
            decided(Handler::Flow(first.installation.clone()), by, why)
        }
        (None, _) => {
            let stopped = question.candidates.iter().find(|flow| flow.paused.is_some() && flow.takes(kind, question));
            stopped.map_or_else(|| nobody("no-flow", sentence("no-flow")), stop)
        }
    }
}
