//! Handles one event of a conversation: fold, route, run, commit.

mod broker;
mod burst;
mod collision;
mod effects;
mod failure;
mod identity;
mod loops;
mod record;
mod versions;
mod wish;

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::FutureExt as _;
use ponte_model::{Body, ConversationId, Lane, Origin, RunId, Timestamp};
use ponte_policy::{Candidate, Decision, Facts, Handler, Release, fold, not_taken, route};
use ponte_sandbox::{Outcome, RunRequest};
use ponte_store::{Finish, Finished, NewSend, Pending, StoreError};
use sha2::{Digest as _, Sha256};
use tokio::sync::Semaphore;

use crate::conversations::Known;
use crate::core::Core;
use crate::dispatch::Hand;
use crate::echoes;
use crate::outbox::{self, Departure, Places};
use crate::recordings;
use crate::registry::{Installed, Snapshot};
use crate::routing::{self, Circumstances, Profile};
use crate::verdict::{self, Asking};
use broker::RunBroker;
pub(crate) use broker::local_time;
pub(crate) use record::sentence;

/// Pause before an event is tried again whose handling failed for reasons of ours (a full disk, say).
const STORE_PAUSE: Duration = Duration::from_secs(2);

/// A plugin may ask to be tried again; so long at most until then.
const LONGEST_RETRY: Duration = Duration::from_secs(3600);

/// What became of a try.
enum Tried {
    Done,
    /// A shared key changed under the run: run again at once, one at a time of those that take this.
    Conflict(Arc<tokio::sync::Mutex<()>>),
    /// The plugin asked for another try.
    Again(Timestamp),
}

/// Handles an event until it is done, parked, or the pipeline stops. Its conversation waits meanwhile.
pub(crate) async fn see_through(core: &Arc<Core>, mut hand: Hand, mut pending: Pending) {
    // Held from a conflict to the end of the next try, and never while waiting for anything else.
    let mut alone = None;
    loop {
        if pending.not_before > core.clock.now() {
            let due = core.clock.sleep_until(pending.not_before);
            if core.stopping.run_until_cancelled(hand.put_down(due)).await.is_none() {
                return;
            }
        }
        // A panic of ours must not block the conversation for ever: the event is put aside.
        let tried = std::panic::AssertUnwindSafe(handle(core, &mut hand, &pending)).catch_unwind().await;
        let error = match tried {
            Ok(Ok(Tried::Done)) => break,
            Ok(Ok(Tried::Conflict(turns))) => {
                if alone.is_none() {
                    alone = Some(turns.lock_owned().await);
                }
                continue;
            }
            Ok(Ok(Tried::Again(due))) => {
                alone = None;
                pending.attempts += 1;
                pending.not_before = due;
                match core.store.postpone(pending.seq, due, "the flow asked for another try").await {
                    Ok(()) => continue,
                    Err(error) => error,
                }
            }
            Ok(Err(error @ StoreError::Corrupt { .. })) => {
                park(core, &pending, &error.to_string()).await;
                break;
            }
            Ok(Err(error)) => error,
            Err(_) => {
                park(core, &pending, "Ponte panicked while handling this; please report it").await;
                break;
            }
        };
        alone = None;
        tracing::error!(event = %pending.event.key, %error, "an event could not be handled; it is tried again");
        let pause = ponte_clock::pause(STORE_PAUSE);
        if core.stopping.run_until_cancelled(hand.put_down(pause)).await.is_none() {
            return;
        }
    }
    core.handled();
}

async fn park(core: &Core, pending: &Pending, why: &str) {
    tracing::error!(event = %pending.event.key, why, "an event was parked");
    metrics::counter!("ponte_events_parked_total").increment(1);
    if let Err(error) = core.store.park(pending.seq, why).await {
        tracing::error!(event = %pending.event.key, %error, "an event could not even be parked; it comes up again at the next start");
    }
}

async fn handle(core: &Arc<Core>, hand: &mut Hand, pending: &Pending) -> Result<Tried, StoreError> {
    let event = &*pending.event;
    if let Body::IdentityChange(_) = &event.body {
        return identity::joined(core, pending).await;
    }
    let conversation = pending.conversation();
    let known = match &conversation {
        Some(id) => core.conversations.get(id).await?,
        None => Known::default(),
    };
    if let Body::BurstEnd = &event.body {
        return Box::pin(burst::end(core, hand, pending, known)).await;
    }
    if let Some(id) = &conversation
        && echoes::is_own(core, event, id).await?
    {
        let facts = not_taken(known.facts, pending.seq);
        return acknowledge(core, pending.seq, ("own-message".to_owned(), None), Some((id.clone(), facts))).await;
    }
    let mut facts = fold(known.facts.clone(), event, pending.seq);
    if let Some(heard) = wish::heard(core, pending).await? {
        burst::withdraw(&mut facts, event);
        return wish::obey(core, pending, &known, facts, heard).await.map(|()| Tried::Done);
    }
    if let Body::HandOff { note, .. } = &event.body {
        let rule = ("window-closed".to_owned(), Some(note.clone()));
        let facts = conversation.zip(Some(facts)).filter(|(_, facts)| *facts != known.facts);
        return acknowledge(core, pending.seq, rule, facts).await;
    }
    if loops::found(core, pending, &facts) {
        return loops::stop(core, pending, facts).await;
    }
    let registry = core.registry.now();
    if facts.burst.is_some()
        && let Some(tried) = Box::pin(burst::amend(core, &registry, pending, facts.clone())).await?
    {
        return Ok(tried);
    }
    let mut decision = decide(core, &registry, pending, &facts, &known).await?;
    let collided = collision::of(core, event, conversation.as_ref()).await?;
    if let Some(collided) = &collided {
        collision::record(&mut decision, collided);
    }
    if let Some(target) = &decision.target {
        facts.routed = target.people();
    }
    metrics::counter!("ponte_routed_total", "rule" => decision.rule.to_string()).increment(1);
    tracing::debug!(event = %event.key, kind = event.body.kind(), rule = %decision.rule, "routed");

    let installed = match &decision.handler {
        Handler::Flow(id) => registry.serving(id, &facts, &event.body, core.clock.now()),
        Handler::App | Handler::Team | Handler::Nobody => None,
    };
    let Some(installed) = installed else {
        if let Some(conversation) = conversation.as_ref().filter(|_| burst::is_for_people(pending, &facts, &decision)) {
            return Box::pin(burst::give_to_people(core, pending, conversation, facts, decision)).await;
        }
        let facts = conversation.zip(Some(facts)).filter(|(_, facts)| *facts != known.facts);
        let tried = acknowledge(core, pending.seq, (decision.rule.to_string(), decision.detail), facts).await?;
        if let Some(collided) = collided {
            metrics::counter!("ponte_collisions_total").increment(1);
            tracing::warn!(event = %event.key, messages = collided.messages, late = ?collided.late,
                "automation and a person spoke at the same time: {}", collided.words());
        }
        return Ok(tried);
    };
    let mut told = None;
    if let Some(conversation) = &conversation {
        match burst::turn(pending, installed, &decision, &mut facts, &known, core.clock.now()) {
            burst::Turn::Wait(why) => return Box::pin(burst::keep(core, pending, conversation, facts, why)).await,
            burst::Turn::Answer(Some(burst)) => told = Some(Box::pin(burst::with(core, &burst, pending)).await?),
            burst::Turn::Answer(None) => {}
        }
    }
    let scene = Scene { conversation, facts, known, decision, registry: Arc::clone(&registry), told };
    // The largest part of handling an event, and the rarest: most events run nothing.
    Box::pin(run(core, hand, pending, installed, scene)).await
}

/// What a run starts from.
struct Scene {
    conversation: Option<ConversationId>,
    /// With the event folded in.
    facts: Facts,
    /// Before.
    known: Known,
    decision: Decision,
    registry: Arc<Snapshot>,
    /// The lines of a burst that the run answers beside its event.
    told: Option<burst::Told>,
}

/// Asks the tenant's rules. The store is read only for what some rule asks about and nothing in memory tells.
async fn decide(
    core: &Core,
    registry: &Snapshot,
    pending: &Pending,
    facts: &Facts,
    known: &Known,
) -> Result<Decision, StoreError> {
    let event = &*pending.event;
    let routing = registry.routing(&pending.tenant);
    let asked = event.origin == Origin::Customer && event.lane == Lane::Message;
    let mut installations = registry.asked(&pending.tenant, event.number_id.as_ref());
    registry.go_on(&mut installations, facts, &event.body, core.clock.now());
    let narrowed = installations.iter().any(|installed| installed.trigger.people.is_some());
    let mut profile = Profile::default();
    if asked && (narrowed || routing.needs_person()) {
        profile = Profile::of(event.contact.as_ref());
        // Of a newcomer there is nothing to read.
        if let Some(contact) = pending.contact.as_ref().filter(|_| !known.fresh) {
            profile = profile.with(&*core.people.get(&*core.store, contact).await?);
        }
    }
    let campaign = if asked && routing.needs_campaign() { routing::campaign(&*core.store, event).await? } else { None };
    let number = event.number_id.as_ref().and_then(|id| registry.number(id));
    let newcomer = facts.burst.as_ref().is_some_and(|burst| burst.newcomer);
    let speaks = |installed: Option<&Installed>| {
        let release = event.number_id.as_ref().map_or_else(Release::default, |id| registry.release(id, installed));
        facts.ownership_at(known.echo, core.clock.now(), &release)
    };
    let ownership = speaks(None);
    let circumstances = Circumstances {
        event,
        number: number.map(|number| (&*number.row, &number.life)),
        contact: pending.contact.as_ref(),
        profile: &profile,
        owner: ownership.owner,
        holder: ownership.holder.as_ref(),
        heard_last: facts.heard_last(event.at),
        first_contact: newcomer || routing::first_contact(facts, known.echo),
        campaign: campaign.as_deref(),
    };
    let halted = core.flows.halted();
    let candidates: Vec<_> = installations
        .iter()
        .filter(|installed| pending.listener.as_ref().is_none_or(|listener| *listener == installed.id))
        .map(|installed| Candidate {
            installation: &installed.id,
            trigger: &installed.trigger,
            open: installed.hours.as_ref().map(|hours| hours.period_at(pending.event.at).open),
            owner: speaks(Some(installed)).owner,
            paused: halted.get(&installed.id).map(|halt| halt.why.as_str()),
        })
        .collect();
    Ok(circumstances.ask(&candidates, |question| route(routing, question)))
}

async fn acknowledge(
    core: &Arc<Core>,
    seq: i64,
    (rule, why): (String, Option<String>),
    facts: Option<(ConversationId, Facts)>,
) -> Result<Tried, StoreError> {
    let encoded = facts.as_ref().map(|(id, facts)| (id.clone(), effects::encode(facts)));
    core.store.finish(Finish { seq, decision: Some(rule), why, facts: encoded, ..Finish::default() }).await?;
    if let Some((id, facts)) = facts {
        core.conversations.committed(&id, facts);
        core.outbox.reopened(core, &id).await;
    }
    Ok(Tried::Done)
}

async fn run(
    core: &Arc<Core>,
    hand: &mut Hand,
    pending: &Pending,
    installed: &Arc<Installed>,
    scene: Scene,
) -> Result<Tried, StoreError> {
    let event = &pending.event;
    let run = RunId::of(&event.key, pending.seq, &installed.id);
    let reads = Arc::new(Mutex::new(Vec::new()));
    let broker = RunBroker::new(core, installed, pending, &scene, run.clone(), Arc::clone(&reads));
    let request = RunRequest {
        run: run.clone(),
        event: (**event).clone(),
        contact: pending.contact.clone(),
        attempt: pending.attempts,
        random_seed: seed(&run, &installed.version),
        permissions: installed.permissions,
    };
    let (broker, tape) = recordings::begin(core, Box::new(broker), &request, &installed.plugin);
    let ran = async {
        // First among its own: one flow's slow runs do not fill all places.
        let _turn = installed.turns.acquire().await.expect("the semaphore is never closed");
        let _permit = permits(core, installed).acquire().await.expect("the semaphore is never closed");
        core.sandbox.run(&installed.plugin, request, broker).await
    };
    // Who waits for somebody outside, or for a turn to, keeps nobody else's events waiting.
    let report = match installed.permissions.reaches_outside() {
        true => Box::pin(hand.put_down(ran)).await,
        false => ran.await,
    };
    metrics::counter!("ponte_runs_total", "flow" => installed.flow.to_string(), "outcome" => report.outcome.code())
        .increment(1);
    metrics::histogram!("ponte_run_seconds").record(report.usage.wall.as_secs_f64());

    if let Outcome::Retry { after_secs } = &report.outcome
        && pending.attempts + 1 < installed.failure.tries
    {
        let after = Duration::from_secs(u64::from(*after_secs)).min(LONGEST_RETRY);
        return Ok(Tried::Again(core.clock.now().plus(after)));
    }
    if report.outcome != Outcome::Done {
        tracing::warn!(run = %run, flow = %installed.flow, outcome = report.outcome.code(),
            "a run did not succeed: {}", record::sentence(&report.outcome));
    }
    let reads = std::mem::take(&mut *reads.lock().unwrap_or_else(PoisonError::into_inner));
    let mut change = effects::Change::new(core, pending, installed, &scene, run);
    match &report.outcome {
        Outcome::Done => change.apply(&report.effects),
        outcome => failure::follow(&mut change, installed, outcome),
    }
    let mut record = record::of(&change.run, pending, installed, &scene, &report);
    change.finish.recording = recordings::end(core, tape, &report, &mut record);
    let timers = !change.finish.timers.is_empty();
    let requests = !change.finish.requests.is_empty();
    let tagged: Vec<_> = change.finish.tags.iter().map(|tag| tag.contact.clone()).collect();
    let (mut finish, facts) = change.into_finish(record, reads);
    for send in &mut finish.sends {
        send.lane = verdict::lane_of(core, &scene.registry, &Asking::from(&*send)).index() as i64;
    }
    if installed.replaced {
        versions::keep(core, installed, &facts).await?;
    }
    let departure = reserve(core, &mut finish, &scene, &facts).await?;
    let sends = finish.sends.clone();

    let Finished::Done { leaving } = core.store.finish(finish).await? else {
        metrics::counter!("ponte_run_conflicts_total").increment(1);
        return Ok(Tried::Conflict(Arc::clone(&installed.after_conflict)));
    };
    if let Some(id) = &scene.conversation {
        core.conversations.committed(id, facts);
        // What waited for the customer goes first: then all of it is fetched from the store, in order.
        core.outbox.reopened(core, id).await;
    }
    for contact in &tagged {
        core.people.forget(contact);
        core.addressees.forget(contact);
    }
    let departure = departure.filter(|_| sends.first().is_some_and(|first| leaving.contains(&first.id)));
    core.outbox.add(core, sends, departure);
    if timers {
        core.timers_changed.notify_one();
    }
    if requests {
        core.outside.changed.notify_one();
    }
    Ok(Tried::Done)
}

/// Who may wait for somebody outside waits among their like.
fn permits<'a>(core: &'a Core, installed: &Installed) -> &'a Semaphore {
    if installed.permissions.reaches_outside() { &core.outside.permits } else { &core.run_permits }
}

/// Takes a place for the first message if it may leave at once, so that one transaction writes it and lets it out.
/// Templates are counted as they leave, so they wait for their turn.
async fn reserve(
    core: &Arc<Core>,
    finish: &mut Finish,
    scene: &Scene,
    facts: &Facts,
) -> Result<Option<Departure>, StoreError> {
    let here = |send: &&mut NewSend| Some(&send.conversation) == scene.conversation.as_ref();
    let Some(first) = finish.sends.first_mut().filter(here) else { return Ok(None) };
    let stopped = first.installation.as_ref().is_some_and(|id| core.flows.halt(id).is_some());
    if first.item.template().is_some() || stopped {
        return Ok(None);
    }
    let addressee = core.addressees.get(&first.conversation.contact, core.clock.now()).await?;
    let now = core.clock.now();
    // The echo that was known at the start: one that came since stops the message in the transaction.
    let asking = Asking::from(&*first);
    let known = (facts, scene.known.echo);
    // As things stand now: a switch may have been turned while the flow ran.
    let registry = core.registry.now();
    let Ok((leave, hold)) = outbox::clear(core, &registry, &asking, known, &addressee, now) else {
        return Ok(None);
    };
    let Ok(places) = Places::claim(core, &registry, &asking, facts, now) else { return Ok(None) };
    let charge = hold.line();
    let departure = core.outbox.reserve(core, first, (hold, places));
    if departure.is_some() {
        (first.leave, first.charge) = (Some(leave), charge);
    }
    Ok(departure)
}

/// The randomness of a run: the same whenever it is repeated with the same version.
fn seed(run: &RunId, version: &str) -> [u8; 32] {
    Sha256::new().chain_update(run.as_str()).chain_update([0]).chain_update(version).finalize().into()
}
