//! One attempt at a message: judge once more, mark durably, send, write down what became of it.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ponte_model::{Refusal, Timestamp};
use ponte_policy::consent::{Addressee, of_refused_send};
use ponte_policy::platform::RULES;
use ponte_policy::{Awaits, Echo, Facts, No, Objection, Purpose};
use ponte_store::{Began, BeginSend, ConsentSeen, HeldFor, Leave, OutboxItem, SendOutcome, Settle, StoreError};
use ponte_whatsapp::errors::{self, Backoff, Class, MARKETING_STOPPED, PAIR_RATE, TEMPLATE_DISABLED, TEMPLATE_PAUSED};
use ponte_whatsapp::graph::{GraphError, SendError};
use ponte_whatsapp::outbound;

use super::line::Line;
use super::places::Places;
use super::{Waiting, closed};
use crate::core::Core;
use crate::flows::Halt;
use crate::money::Hold;
use crate::registry::Snapshot;
use crate::verdict::{self, Asking};

/// How long a number pauses after an error that concerns its account or credentials.
const ACCOUNT_PAUSE: Duration = Duration::from_secs(60);

/// How soon a template is looked at again whose flow is stopped.
const STOPPED_LOOK: Duration = Duration::from_secs(900);

/// How long to wait when the store cannot be written.
const STORE_PAUSE: Duration = Duration::from_secs(2);

/// What an attempt leads to.
pub(super) enum Fate {
    /// It is over, one way or another.
    Ended,
    /// It waits for its turn again, and those to the same person behind it.
    Again(Waiting),
    /// A rule holds it until then; it waits in the store, and others may go before it.
    Held(Timestamp),
    /// Nobody here knows how it stands: the store does.
    Unsettled,
}

/// `out`: it stands as being sent already.
pub(super) async fn send(core: &Arc<Core>, line: &Line, waiting: Waiting, out: bool) -> Fate {
    let id = waiting.id.clone();
    match attempt(core, line, waiting, out).await {
        Ok(fate) => fate,
        Err(error) => {
            // It stands in the store as it did: queued, and then it is fetched again; or as being sent, and then it is
            // in doubt at the next start. Never sent again from here.
            tracing::error!(send = %id, %error, "the outbox cannot be written");
            ponte_clock::pause(STORE_PAUSE).await;
            Fate::Unsettled
        }
    }
}

async fn attempt(core: &Arc<Core>, line: &Line, mut waiting: Waiting, out: bool) -> Result<Fate, StoreError> {
    // The line knows it by the contact that it was queued for, whoever that turned out to be.
    let queued_for = waiting.conversation.contact.clone();
    core.joins.follow(&mut waiting.conversation.contact);
    let gate = if out { Gate::Open } else { let_out(core, &mut waiting).await? };
    let outcome = match gate {
        Gate::Open => exchange(core, line, &waiting).await,
        Gate::Shut(outcome) => outcome,
        Gate::Closed(objection) => objected(objection, waiting.expires_at),
        Gate::Unknown => return Ok(Fate::Unsettled),
    };
    settle(core, &waiting, outcome.clone()).await?;
    Ok(match outcome {
        SendOutcome::Held { until, what_for, .. } => {
            if what_for == HeldFor::Window {
                core.outbox.wait_for_customer(core, &waiting.conversation).await?;
            }
            Fate::Held(until)
        }
        SendOutcome::Requeue { not_before, counts, .. } => {
            waiting.conversation.contact = queued_for;
            waiting.not_before = not_before;
            waiting.attempts += u32::from(counts);
            Fate::Again(waiting)
        }
        _ => Fate::Ended,
    })
}

/// The verdict on a message that is about to leave, and what the store must make sure of when it lets it out.
///
/// What the message costs is set aside with it.
pub(crate) fn clear(
    core: &Arc<Core>,
    registry: &Snapshot,
    asking: &Asking<'_>,
    known: (&Facts, Echo),
    addressee: &Addressee,
    now: Timestamp,
) -> Result<(Leave, Hold), Objection> {
    let category = verdict::category_of(core, registry, asking);
    let (facts, echo) = known;
    let charge = core.purse.price(registry, asking, category, facts, echo, now);
    let hold = Hold::of(core, charge);
    verdict::judge(core, registry, asking, known, addressee, hold.as_ref().err(), now)?;
    // Where there is no room in a budget, the rules have said so.
    let hold = hold.map_err(|_| Objection { rule: "budget", no: Refusal::Budget.into() })?;
    let automatic = asking.run.is_some();
    let yields_to_echo = automatic && asking.purpose() != Purpose::Template;
    let seen = ConsentSeen { seq: addressee.consent_seq, suppressed: addressee.consent.suppressed };
    let consent = (automatic && asking.purpose() != Purpose::Receipt).then_some(seen);
    let initiates = asking.initiates(facts, now);
    Ok((Leave { echo_seq: echo.seq, yields_to_echo, consent, initiates, at: now }, hold))
}

/// What the rules make of a message that wants out.
enum Gate {
    /// It stands as being sent.
    Open,
    /// It does not leave now, or not at all.
    Shut(SendOutcome),
    /// It is not queued any more, or an echo keeps coming that the cache does not know of.
    Unknown,
    /// It found the window closed.
    Closed(Objection),
}

/// The same until it is clear; another message may stand in the place of one that found the window closed.
async fn let_out(core: &Arc<Core>, waiting: &mut Waiting) -> Result<Gate, StoreError> {
    loop {
        match judge_and_begin(core, waiting).await? {
            Gate::Closed(objection) => {
                if let Some(outcome) = closed::follow(core, waiting, &objection).await? {
                    return Ok(Gate::Shut(outcome));
                }
            }
            gate => return Ok(gate),
        }
    }
}

/// Judges the message as things stand now and marks it as leaving, in one transaction with a last look for echoes and
/// stops.
async fn judge_and_begin(core: &Arc<Core>, waiting: &Waiting) -> Result<Gate, StoreError> {
    if waiting.expires_at.is_some_and(|until| until <= core.clock.now()) {
        return Ok(Gate::Shut(SendOutcome::Expired));
    }
    let registry = core.registry.now();
    if let Some(id) = &waiting.installation
        && registry.installation(id).is_none()
    {
        let reason = format!("installation: {id} is not active any more");
        return Ok(Gate::Shut(SendOutcome::Refused { reason }));
    }
    if let Some(shut) = stopped(core, waiting) {
        return Ok(Gate::Shut(shut));
    }
    let contact = &waiting.conversation.contact;
    let asking = Asking::from(waiting);
    let category = verdict::category_of(core, &registry, &asking);
    let mut last_seen = None;
    loop {
        // The moment first: what was known by then is known to the verdict.
        let now = core.clock.now();
        let registry = core.registry.now();
        let known = core.conversations.get(&waiting.conversation).await?;
        let addressee = core.addressees.get(contact, now).await?;
        let cleared = clear(core, &registry, &asking, (&known.facts, known.echo), &addressee, now);
        let (leave, hold) = match cleared {
            Ok(cleared) => cleared,
            Err(objection) if objection.is_closed_window() => return Ok(Gate::Closed(objection)),
            Err(objection) => return Ok(Gate::Shut(objected(objection, waiting.expires_at))),
        };
        let seen = Some((known.echo, leave.consent));
        if last_seen == seen {
            return Ok(Gate::Unknown);
        }
        let places = match Places::claim(core, &registry, &asking, &known.facts, now) {
            Ok(places) => places,
            Err(objection) => return Ok(Gate::Shut(objected(objection, waiting.expires_at))),
        };
        // Counted before it leaves, because another number may be about to send to the same person; and after everything
        // that could hold it, or it would count without having left.
        if let Some(category) = category
            && !core.addressees.count(contact, &addressee, category, now)
        {
            continue;
        }
        last_seen = seen;
        let began = core.store.begin_send(BeginSend { id: waiting.id.clone(), leave, charge: hold.line() }).await;
        if category.is_some() && !matches!(began, Ok(Began::Go)) {
            core.addressees.forget(contact);
        }
        match began? {
            Began::Go => {
                hold.keep();
                places.keep(&waiting.id);
                return Ok(Gate::Open);
            }
            // An echo or a stop came that the cache did not know of: look again.
            Began::Stale => {
                core.conversations.forget(&waiting.conversation);
                core.addressees.forget(contact);
            }
        }
    }
}

/// What becomes of a message whose flow is stopped: a template waits for it to go on; everything else was an answer, and
/// is none any more by then.
fn stopped(core: &Core, waiting: &Waiting) -> Option<SendOutcome> {
    let id = waiting.installation.as_ref()?;
    let Halt { why, until } = core.flows.halt(id)?;
    let reason = format!("flow {id} is paused: {why} (rule: flow-paused)");
    if waiting.item.template().is_none() {
        return Some(SendOutcome::Refused { reason: format!("installation: {reason}") });
    }
    // It is let go when the flow goes on; this is for a look that was missed.
    let until = until.unwrap_or_else(|| core.clock.now().plus(STOPPED_LOOK));
    let until = waiting.expires_at.map_or(until, |expires_at| until.min(expires_at));
    Some(SendOutcome::Held { until, reason: format!("held: {reason}"), what_for: HeldFor::Time, code: None })
}

/// What the row of a message says to which a rule objects. It is held no longer than it is worth sending.
pub(super) fn objected(objection: Objection, expires_at: Option<Timestamp>) -> SendOutcome {
    let rule = objection.rule;
    let what_for = match objection.awaits() {
        Awaits::Time => HeldFor::Time,
        Awaits::Template => HeldFor::Template,
        Awaits::Customer => HeldFor::Window,
    };
    match objection.no {
        No::Refused(refusal) => {
            SendOutcome::Refused { reason: format!("{}: {refusal} (rule: {rule})", refusal.code()) }
        }
        No::Held { until, why } => {
            let until = expires_at.map_or(until, |expires_at| until.min(expires_at));
            SendOutcome::Held { until, what_for, code: None, reason: format!("held: {why} (rule: {rule})") }
        }
    }
}

async fn exchange(core: &Core, line: &Line, waiting: &Waiting) -> SendOutcome {
    let number = &waiting.conversation.number;
    let Some(token) = core.tokens.of(number) else {
        let not_before = core.clock.now().plus(ACCOUNT_PAUSE);
        return SendOutcome::Requeue {
            not_before,
            code: None,
            reason: "no access token for this number".into(),
            counts: false,
        };
    };
    let watch = ponte_clock::Stopwatch::start();
    let result = match &waiting.item {
        OutboxItem::Message { message } => {
            let message = core.templates.in_language(&core.registry.now(), number, message);
            let body = outbound::build(&message, Some(&waiting.id)).to_string();
            core.graph.send(number, token, Bytes::from(body)).await.map(|accepted| {
                if let Some(why) = accepted.kept_back() {
                    metrics::counter!("ponte_sends_kept_back_total", "why" => why.to_owned()).increment(1);
                    tracing::info!(send = %waiting.id, %number, why, "the platform took a message and keeps it for now");
                }
                Some(accepted.message_id)
            })
        }
        OutboxItem::Seen { message_id, typing } => {
            let body = outbound::mark_read(message_id, *typing).to_string();
            core.graph.mark_read(number, token, Bytes::from(body)).await.map(|()| None)
        }
    };
    metrics::histogram!("ponte_graph_seconds").record(watch.elapsed().as_secs_f64());
    match result {
        Ok(message_id) => SendOutcome::Accepted { message_id },
        Err(error) => after(core, line, waiting, error),
    }
}

fn after(core: &Core, line: &Line, waiting: &Waiting, error: SendError) -> SendOutcome {
    let now = core.clock.now();
    let reason = error.to_string();
    tracing::warn!(send = %waiting.id, number = %line.number, attempt = waiting.attempts, "a send did not succeed: {reason}");
    // Repeating a read receipt does no harm, and losing one does little.
    if matches!(waiting.item, OutboxItem::Seen { .. }) {
        return SendOutcome::Failed { code: error.graph_error().map(|error| error.error.code), reason };
    }
    match error {
        SendError::NotSent { .. } => {
            let not_before = now.plus(Backoff::UNREACHABLE.delay(waiting.attempts));
            SendOutcome::Requeue { not_before, code: None, reason, counts: true }
        }
        SendError::InDoubt { .. } => {
            metrics::counter!("ponte_sends_in_doubt_total").increment(1);
            SendOutcome::InDoubt { reason }
        }
        SendError::Rejected(error) => rejected(core, line, waiting, &error, reason),
    }
}

fn rejected(core: &Core, line: &Line, waiting: &Waiting, error: &GraphError, reason: String) -> SendOutcome {
    let (now, code) = (core.clock.now(), error.error.code);
    metrics::counter!("ponte_graph_errors_total", "code" => code.to_string()).increment(1);
    if errors::safe_to_replay(code) {
        let delay = errors::retry_delay(code, waiting.attempts).unwrap_or(ACCOUNT_PAUSE);
        let delay = delay.max(error.retry_after.unwrap_or_default());
        // The pair rate concerns one person; everything else the whole number.
        if code != PAIR_RATE {
            line.back_off(now, delay);
        }
        return SendOutcome::Requeue { not_before: now.plus(delay), code: Some(code), reason, counts: true };
    }
    if error.class == Class::Account {
        // Nothing on this number will succeed until somebody acts: it waits, and is lost only when it expires or the
        // window closes.
        line.back_off(now, ACCOUNT_PAUSE);
        let not_before = now.plus(ACCOUNT_PAUSE);
        return SendOutcome::Requeue { not_before, code: Some(code), reason, counts: true };
    }
    if matches!(code, TEMPLATE_PAUSED | TEMPLATE_DISABLED) {
        // What else waits for this template shall not have to find out by itself.
        core.templates.ask_about(&core.registry.now(), &line.number);
    }
    if code == TEMPLATE_PAUSED {
        let until = now.plus(RULES.template_pause);
        let until = waiting.expires_at.map_or(until, |expires_at| until.min(expires_at));
        return SendOutcome::Held { until, what_for: HeldFor::Template, code: Some(code), reason };
    }
    SendOutcome::Failed { code: Some(code), reason }
}

async fn settle(core: &Core, waiting: &Waiting, outcome: SendOutcome) -> Result<(), StoreError> {
    let word = match &outcome {
        SendOutcome::Accepted { .. } => "accepted",
        SendOutcome::Failed { .. } => "failed",
        SendOutcome::InDoubt { .. } => "in-doubt",
        SendOutcome::Refused { .. } => "refused",
        SendOutcome::Expired => "expired",
        SendOutcome::Requeue { .. } => "requeued",
        SendOutcome::Held { .. } => "held",
    };
    let stopped = matches!(&outcome, SendOutcome::Failed { code: Some(MARKETING_STOPPED), .. });
    let at = core.clock.now();
    let consent = stopped.then(|| of_refused_send(waiting.id.as_str(), at));
    // What did not leave is counted no more, and may have told of consent.
    let uncounted = waiting.item.template().is_some()
        && matches!(
            &outcome,
            SendOutcome::Failed { .. } | SendOutcome::Requeue { .. } | SendOutcome::Held { code: Some(_), .. }
        );
    let taken = !matches!(&outcome, SendOutcome::Accepted { .. } | SendOutcome::InDoubt { .. });
    let flow = waiting.installation.as_ref().map_or_else(String::new, ToString::to_string);
    metrics::counter!("ponte_sends_total", "outcome" => word, "installation" => flow).increment(1);
    let over = matches!(outcome, SendOutcome::Failed { .. } | SendOutcome::Refused { .. } | SendOutcome::Expired);
    core.store.settle_send(Settle { id: waiting.id.clone(), outcome, at, consent }).await?;
    if taken {
        core.outbox.give_back(&waiting.id);
    }
    if over {
        core.purse.free(&waiting.id);
    }
    if uncounted {
        core.addressees.forget(&waiting.conversation.contact);
    }
    Ok(())
}
