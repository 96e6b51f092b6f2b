//! Lines that a customer types one after the other are answered once, where the flow asks for that.
//!
//! Each line is acknowledged as it comes, in one transaction with the list of what waits (in the conversation's facts) and
//! with the timer that ends the wait. The timer becomes an event of the conversation like any other timer, so it comes in
//! its turn: what was stored before it is folded in, and a crash or a restart neither forgets nor shortens the wait.

use std::collections::HashMap;
use std::sync::Arc;

use ponte_model::{Body, ConversationId, Event, MessageId, Origin, Timestamp};
use ponte_policy::debounce::{Arrival, Burst, Manner, manner, wait};
use ponte_policy::{Decision, Facts, Handler, RuleName};
use ponte_sandbox::PastMessage;
use ponte_store::{Finish, Marked, Pending, StoreError, TimerWrite};

use super::wish::HOST;
use super::{Scene, Tried, decide, effects, run};
use crate::conversations::Known;
use crate::core::Core;
use crate::dispatch::Hand;
use crate::registry::{Installed, Snapshot};
use crate::routing;

/// What is said of a line that waits, or was answered with a later one.
const DEBOUNCED: &str = "debounced";

/// What is said of the end of a burst that left nothing to do.
const BURST_END: &str = "burst-end";

/// What a run answers beside its own event.
pub(super) struct Told {
    /// The lines before the event, oldest first.
    pub(super) earlier: Vec<PastMessage>,
    /// What is to be said of their events.
    pub(super) marks: Vec<Marked>,
    /// The place of the event itself: what was said before it is the past.
    pub(super) seq: i64,
    /// When the customer wrote before the first of them.
    pub(super) before: Option<Timestamp>,
}

/// The timer that ends a burst. No flow can name one like it.
pub(super) fn timer(conversation: &ConversationId, due: Option<Timestamp>) -> TimerWrite {
    let due = due.map(|due| (due, String::new()));
    TimerWrite { installation: HOST.into(), conversation: conversation.clone(), name: String::new(), due }
}

/// What a message that a flow shall have does to a burst.
pub(super) enum Turn {
    /// It waits.
    Wait(String),
    /// It is answered now, with what waited.
    Answer(Option<Box<Burst>>),
}

/// Puts a message that `installed` shall have to those that wait, or takes out what waits to be answered with it.
pub(super) fn turn(
    pending: &Pending,
    installed: &Installed,
    decision: &Decision,
    facts: &mut Facts,
    known: &Known,
    now: Timestamp,
) -> Turn {
    if facts.burst.is_none() && installed.debounce.is_none() {
        return Turn::Answer(None);
    }
    let manner = manner(&pending.event);
    if manner == Manner::Passes {
        return Turn::Answer(None);
    }
    if let (Manner::Waits, Some(patience), Some(message)) =
        (manner, installed.debounce, pending.event.message_id.as_ref())
    {
        let arrival = Arrival {
            seq: pending.seq,
            message,
            installation: &installed.id,
            by_rule: matches!(decision.rule, RuleName::Written { .. }),
            patience,
            newcomer: routing::first_contact(facts, known.echo),
            now,
        };
        if wait(facts, &arrival) {
            let burst = facts.burst.as_ref();
            let due = burst.map(|burst| (burst.due, burst.installation.clone()));
            let (due, flow) = due.unwrap_or((now, installed.id.clone()));
            return Turn::Wait(format!("waits for more until {due}; then {flow} answers"));
        }
    }
    Turn::Answer(facts.burst.take())
}

/// Acknowledges a line that waits.
pub(super) async fn keep(
    core: &Arc<Core>,
    pending: &Pending,
    conversation: &ConversationId,
    facts: Facts,
    why: String,
) -> Result<Tried, StoreError> {
    metrics::counter!("ponte_debounced_total").increment(1);
    commit(core, pending, conversation, facts, (DEBOUNCED, Some(why)), Vec::new()).await
}

/// An edit or a deletion of a line that waits changes what will be answered, and nothing else. `None` if this is none.
pub(super) async fn amend(
    core: &Arc<Core>,
    registry: &Snapshot,
    pending: &Pending,
    mut facts: Facts,
) -> Result<Option<Tried>, StoreError> {
    let before = facts.clone();
    let (Some(conversation), Some(burst)) = (pending.conversation(), facts.burst.as_mut()) else { return Ok(None) };
    let (Body::Edit { original, .. } | Body::Revoke { original }) = &pending.event.body else { return Ok(None) };
    if pending.event.origin != Origin::Customer || !burst.holds(original) {
        return Ok(None);
    }
    let (mut marks, why) = (
        Vec::new(),
        match &pending.event.body {
            Body::Edit { .. } => {
                let body = &pending.event.body;
                let waits = registry.serving(&burst.installation, &before, body, core.clock.now());
                let patience = waits.and_then(|installed| installed.debounce);
                burst.edited(original, pending.seq, patience, core.clock.now());
                "the line that it changes was not answered yet: what it says now will be"
            }
            _ => "the line that it takes back was not answered yet, and will not be",
        },
    );
    if let Body::Revoke { .. } = &pending.event.body {
        let taken = burst.taken_back(original);
        marks.extend(taken.map(|seq| mark(seq, DEBOUNCED, "taken back before it was answered".to_owned())));
    }
    if burst.lines.is_empty() {
        facts.burst = None;
    }
    commit(core, pending, &conversation, facts, (DEBOUNCED, Some(why.to_owned())), marks).await.map(Some)
}

/// A line that waits is a wish now, and was heard as one.
pub(super) fn withdraw(facts: &mut Facts, event: &Event) {
    if let (Body::Edit { original, .. }, Some(burst)) = (&event.body, facts.burst.as_mut()) {
        burst.taken_back(original);
    }
}

/// A later line was given to people by the rules: what waited is theirs too.
pub(super) async fn give_to_people(
    core: &Arc<Core>,
    pending: &Pending,
    conversation: &ConversationId,
    mut facts: Facts,
    decision: Decision,
) -> Result<Tried, StoreError> {
    let why = format!("not answered: a later line went to people by rule {}", decision.rule);
    let burst = facts.burst.take();
    let waited = burst.iter().flat_map(|burst| &burst.lines);
    let marks = waited.map(|line| mark(line.seq, DEBOUNCED, why.clone())).collect();
    let rule = decision.rule.to_string();
    commit(core, pending, conversation, facts, (&rule, decision.detail), marks).await
}

/// Whether a message whose handler is no flow speaks for what waits as well.
pub(super) fn is_for_people(pending: &Pending, facts: &Facts, decision: &Decision) -> bool {
    let people = decision.target.as_ref().and_then(ponte_policy::Target::people).is_some();
    facts.burst.is_some() && people && manner(&pending.event) != Manner::Passes
}

/// The wait is over: the last line is handled as if it came now, with the others beside it.
pub(super) async fn end(
    core: &Arc<Core>,
    hand: &mut Hand,
    pending: &Pending,
    known: Known,
) -> Result<Tried, StoreError> {
    let Some(conversation) = pending.conversation() else {
        return super::acknowledge(core, pending.seq, (BURST_END.to_owned(), None), None).await;
    };
    let mut facts = known.facts.clone();
    let over = |why: &str| (BURST_END, Some(why.to_owned()));
    let Some(burst) = facts.burst.clone() else {
        let (rule, why) = over("what waited was answered or taken back before");
        return super::acknowledge(core, pending.seq, (rule.to_owned(), why), None).await;
    };
    if burst.due > core.clock.now() {
        return commit(core, pending, &conversation, facts, over("more came: the wait goes on"), Vec::new()).await;
    }
    let mut lines = read(core, &burst).await?;
    let Some((seq, mut last)) = lines.pop() else {
        facts.burst = None;
        return commit(core, pending, &conversation, facts, over("nothing is left to answer"), Vec::new()).await;
    };
    remember_the_ad(&mut last, &lines);
    let pending = Pending { event: Arc::new(last), ..pending.clone() };
    let registry = core.registry.now();
    let decision = decide(core, &registry, &pending, &facts, &known).await?;
    metrics::counter!("ponte_routed_total", "rule" => decision.rule.to_string()).increment(1);
    facts.burst = None;
    if let Some(target) = &decision.target {
        facts.routed = target.people();
    }
    let count = lines.len() + 1;
    let key = &pending.event.key;
    let Handler::Flow(chosen) = &decision.handler else {
        let rule = decision.rule.to_string();
        let why = format!("not answered: {rule}: {}", decision.why());
        let mut marks: Vec<_> = lines.iter().map(|(seq, _)| mark(*seq, DEBOUNCED, why.clone())).collect();
        marks.push(Marked { seq, decision: rule.clone(), why: decision.detail.clone() });
        return commit(core, &pending, &conversation, facts, (&rule, decision.detail), marks).await;
    };
    // Who was chosen when the lines came, if it is still at work and nobody else took the chat; else whom the rules name
    // now.
    let may = |one: &&Arc<Installed>| {
        let release = registry.release(&conversation.number, Some(one));
        let speaks = facts.ownership_at(known.echo, core.clock.now(), &release);
        let free = !speaks.owner.is_person() && speaks.holder.as_ref().is_none_or(|holder| *holder == one.id);
        free && core.flows.halt(&one.id).is_none()
    };
    let (body, now) = (&pending.event.body, core.clock.now());
    let first = registry.serving(&burst.installation, &facts, body, now).filter(may);
    let installed = first.or_else(|| registry.serving(chosen, &facts, body, now));
    let Some(installed) = installed else {
        return commit(core, &pending, &conversation, facts, over("its flow is not active any more"), Vec::new()).await;
    };
    let mut told = told(&burst, &lines, seq, key.as_str());
    let rule = decision.rule.to_string();
    told.marks.push(mark(seq, &rule, format!("answered as the last of {count} in a burst")));
    let decision = Decision { detail: Some(format!("a burst of {count}, up to {key}")), ..decision.clone() };
    let scene = Scene {
        conversation: Some(conversation),
        facts,
        known,
        decision,
        registry: Arc::clone(&registry),
        told: Some(told),
    };
    Box::pin(run(core, hand, &pending, installed, scene)).await
}

/// What a message answers that did not wait itself.
pub(super) async fn with(core: &Core, burst: &Burst, pending: &Pending) -> Result<Told, StoreError> {
    let lines = read(core, burst).await?;
    Ok(told(burst, &lines, pending.seq, pending.event.key.as_str()))
}

fn told(burst: &Burst, lines: &[(i64, Event)], seq: i64, answer: &str) -> Told {
    let why = format!("answered together with {answer}");
    Told {
        earlier: lines.iter().filter_map(|(_, event)| past(event)).collect(),
        marks: lines.iter().map(|(seq, _)| mark(*seq, DEBOUNCED, why.clone())).collect(),
        seq,
        before: burst.before,
    }
}

/// A message as flows read it.
pub(super) fn past(event: &Event) -> Option<PastMessage> {
    let Body::Message(message) = &event.body else { return None };
    let id = event.message_id.clone().unwrap_or_else(|| MessageId::new(String::new()));
    Some(PastMessage { id, at: event.at, origin: event.origin, content: message.content.clone() })
}

/// The lines as they are now, with their places, in order.
async fn read(core: &Core, burst: &Burst) -> Result<Vec<(i64, Event)>, StoreError> {
    let places: Vec<i64> = burst.lines.iter().flat_map(|line| [Some(line.seq), line.edit]).flatten().collect();
    let mut events: HashMap<i64, Event> = core.store.events(&places).await?.into_iter().collect();
    let lines = burst.lines.iter().filter_map(|line| {
        let mut event = events.remove(&line.seq)?;
        let edit = line.edit.and_then(|edit| events.remove(&edit));
        if let (Body::Message(now), Some(Body::Edit { message, .. })) = (&mut event.body, edit.map(|edit| edit.body)) {
            now.content = message.content;
        }
        Some((line.seq, event))
    });
    Ok(lines.collect())
}

/// Only the first message after an ad names it; the last one of a burst speaks for that too.
fn remember_the_ad(last: &mut Event, earlier: &[(i64, Event)]) {
    let ad = earlier.iter().find_map(|(_, event)| match &event.body {
        Body::Message(message) => message.referral.clone(),
        _ => None,
    });
    if let Body::Message(message) = &mut last.body
        && message.referral.is_none()
    {
        message.referral = ad;
    }
}

fn mark(seq: i64, decision: &str, why: String) -> Marked {
    Marked { seq, decision: decision.to_owned(), why: Some(why) }
}

/// Acknowledges an event that no flow is run for, with what it changes about what waits.
async fn commit(
    core: &Arc<Core>,
    pending: &Pending,
    conversation: &ConversationId,
    facts: Facts,
    (rule, why): (&str, Option<String>),
    also: Vec<Marked>,
) -> Result<Tried, StoreError> {
    let due = facts.burst.as_ref().map(|burst| burst.due);
    let finish = Finish {
        seq: pending.seq,
        decision: Some(rule.to_owned()),
        why,
        also,
        facts: Some((conversation.clone(), effects::encode(&facts))),
        timers: vec![timer(conversation, due)],
        ..Finish::default()
    };
    core.store.finish(finish).await?;
    core.conversations.committed(conversation, facts);
    core.outbox.reopened(core, conversation).await;
    core.timers_changed.notify_one();
    Ok(Tried::Done)
}
