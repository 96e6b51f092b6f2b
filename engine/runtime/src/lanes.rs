//! The lanes beside the conversations: statuses, imports, lifecycle. None of them runs a flow or waits for one.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use ponte_model::consent::{Entry, Statement};
use ponte_model::{Body, DeliveryState, DeliveryStatus};
use ponte_policy::{consent, money};
use ponte_store::{Finish, Pending, StatusUpdate, StoreError};
use ponte_whatsapp::errors::MARKETING_STOPPED;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::core::Core;
use crate::{lifecycle, templates};

/// Pause before an event is tried again that could not be handled for reasons of ours.
const STORE_PAUSE: Duration = Duration::from_secs(2);

/// So many of a lane are in hand at once: they share commits, and that is what they wait for.
const IN_HAND: usize = 64;

/// The receiving ends of the side lanes.
pub(crate) struct Receivers {
    pub(crate) status: UnboundedReceiver<Pending>,
    pub(crate) import: UnboundedReceiver<Pending>,
    pub(crate) lifecycle: UnboundedReceiver<Pending>,
}

pub(crate) fn start(core: &Arc<Core>, receivers: Receivers) {
    let spawn = |lane, in_hand| tokio::spawn(run(Arc::clone(core), lane, in_hand));
    spawn(receivers.status, IN_HAND);
    spawn(receivers.import, IN_HAND);
    // One after the other: an account that is offboarded and reconnected must end connected.
    spawn(receivers.lifecycle, 1);
}

async fn run(core: Arc<Core>, lane: UnboundedReceiver<Pending>, in_hand: usize) {
    let events = futures::stream::unfold(lane, |mut lane| async { Some((lane.recv().await?, lane)) });
    let all = events.for_each_concurrent(in_hand, |pending| {
        let core = Arc::clone(&core);
        async move {
            let (worker, seq) = (Arc::clone(&core), pending.seq);
            let done = core.tasks.spawn(async move { see_through(&worker, pending).await });
            if done.await.is_err() {
                tracing::error!(seq, "Ponte panicked over an event of a side lane; it is put aside");
                let _ = core.store.park(seq, "Ponte panicked while handling this; please report it").await;
                core.handled();
            }
        }
    });
    core.stopping.run_until_cancelled(all).await;
}

/// Tries until it is done or the pipeline stops.
async fn see_through(core: &Arc<Core>, mut pending: Pending) {
    loop {
        match handle(core, &mut pending).await {
            Ok(Done::Here) => return core.handled(),
            Ok(Done::HandedOn) => return core.dispatch.push(pending),
            Err(error) => {
                tracing::error!(event = %pending.event.key, %error, "an event could not be handled; it is tried again");
                if core.stopping.run_until_cancelled(ponte_clock::pause(STORE_PAUSE)).await.is_none() {
                    return;
                }
            }
        }
    }
}

/// Where an event of a side lane ends.
enum Done {
    Here,
    /// A flow wants to hear of it, in its turn among the events of the conversation.
    HandedOn,
}

async fn handle(core: &Arc<Core>, pending: &mut Pending) -> Result<Done, StoreError> {
    let event = Arc::clone(&pending.event);
    match &event.body {
        Body::Status(update) => return status(core, pending, update).await,
        Body::AppContact(change) => {
            let name = change.full_name.clone().or_else(|| change.first_name.clone()).filter(|_| change.present);
            core.store.name_contact(pending.seq, pending.contact.clone(), name, event.at).await?;
            pending.conversation().iter().for_each(|id| core.conversations.forget(id));
            pending.contact.iter().for_each(|id| {
                core.people.forget(id);
                core.addressees.forget(id);
            });
        }
        Body::Account(update) => lifecycle::account(core, pending, update).await?,
        Body::Number(update) => lifecycle::number(core, pending, update).await?,
        Body::Template(update) => {
            templates::hear(core, pending, update).await?;
            // Known before or not: what waits for its template looks again.
            core.outbox.templates_changed(core, true).await?;
            core.acknowledge(pending.seq, "recorded").await?;
        }
        Body::Preference(preference) => {
            let said = consent::of_preference(preference, event.key.as_str(), event.at);
            let entry = pending.contact.clone().zip(said);
            let entry = entry.map(|(contact, statement)| Entry { contact, statement });
            let consent = entry.into_iter().collect();
            core.store.finish(Finish { seq: pending.seq, consent, ..Finish::default() }).await?;
            pending.contact.iter().for_each(|contact| core.addressees.forget(contact));
        }
        body => {
            if let Body::Unrecognized { field, why, .. } = body {
                tracing::warn!(event = %pending.event.key, field, why, "an unrecognized webhook item was kept");
            }
            core.acknowledge(pending.seq, "recorded").await?;
        }
    }
    Ok(Done::Here)
}

/// Somebody stopped marketing, and a message of another system over the same number tells: nothing of ours leads to whom
/// it was for, so the status itself has to. Written first: a crash before the event is done writes the same line again,
/// which is known by its key.
async fn said_elsewhere(
    core: &Core,
    pending: &Pending,
    status: &DeliveryStatus,
    said: &Statement,
) -> Result<(), StoreError> {
    let Some(person) = &pending.event.contact else { return Ok(()) };
    if core.store.sent(&status.message_id).await?.is_some() {
        return Ok(());
    }
    let mut found = None;
    for alias in person.aliases() {
        found = core.store.contact_by_alias(&pending.tenant, &alias).await?;
        if found.is_some() {
            break;
        }
    }
    let contact = match (found, &person.phone) {
        (Some(contact), _) => contact,
        // Not known yet; when they are written to, they will be.
        (None, Some(phone)) => core.store.meet(&pending.tenant, phone, core.clock.now()).await?,
        (None, None) => return Ok(()),
    };
    core.store.add_consent(vec![Entry { contact: contact.clone(), statement: said.clone() }]).await?;
    core.addressees.forget(&contact);
    Ok(())
}

async fn status(core: &Core, pending: &mut Pending, status: &DeliveryStatus) -> Result<Done, StoreError> {
    let failed = status.state == DeliveryState::Failed;
    let stopped = failed && status.errors.iter().any(|error| error.code == MARKETING_STOPPED);
    let consent = stopped.then(|| consent::of_refused_send(pending.event.key.as_str(), pending.event.at));
    if let Some(said) = &consent {
        said_elsewhere(core, pending, status, said).await?;
    }
    let update = StatusUpdate { seq: pending.seq, status: status.clone(), at: pending.event.at, consent };
    let applied = core.store.apply_status(update, &core.registry.now().listeners, money::settle).await?;
    if let Some(charge) = &applied.charge {
        core.purse.changed(&charge.0, &charge.1);
    }
    let ours = if applied.send.is_some() { "yes" } else { "no" };
    metrics::counter!("ponte_statuses_total", "state" => status.state.as_str().to_owned(), "ours" => ours).increment(1);
    // What failed is counted no more, and may have told of consent.
    if let Some(conversation) = applied.conversation.as_ref().filter(|_| failed) {
        core.addressees.forget(&conversation.contact);
        applied.send.iter().for_each(|send| core.outbox.give_back(send));
    }
    if applied.listener.is_none() {
        return Ok(Done::Here);
    }
    pending.contact = applied.conversation.map(|conversation| conversation.contact);
    pending.listener = applied.listener;
    Ok(Done::HandedOn)
}
