//! The lanes beside the conversations: statuses, imports, lifecycle. None of them runs a flow or waits for one.

use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt as _;
use ponte_model::consent::Entry;
use ponte_model::{AccountUpdate, Body, DeliveryState, DeliveryStatus, Event};
use ponte_policy::consent;
use ponte_store::{ContactChange, Finish, NumberMode, NumberRow, Pending, StatusUpdate, StoreError};
use ponte_whatsapp::errors::MARKETING_STOPPED;
use tokio::sync::mpsc::UnboundedReceiver;

use crate::core::Core;

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
            let changes = vec![ContactChange::AppName(name)];
            core.store.change_contact(pending.seq, pending.contact.clone(), changes).await?;
            pending.conversation().iter().for_each(|id| core.conversations.forget(id));
        }
        Body::Preference(preference) => {
            let said = consent::of_preference(preference, event.key.as_str(), event.at);
            let entry = pending.contact.clone().zip(said);
            let entry = entry.map(|(contact, statement)| Entry { contact, statement });
            let consent = entry.into_iter().collect();
            core.store.finish(Finish { seq: pending.seq, consent, ..Finish::default() }).await?;
            pending.contact.iter().for_each(|contact| core.people.forget(contact));
        }
        Body::Account(update) => account(core, pending, update).await?,
        body => {
            if let Body::Unrecognized { field, why, .. } = body {
                tracing::warn!(event = %pending.event.key, field, why, "an unrecognized webhook item was kept");
            }
            acknowledge(core, pending.seq).await?;
        }
    }
    Ok(Done::Here)
}

async fn acknowledge(core: &Core, seq: i64) -> Result<(), StoreError> {
    core.store.finish(Finish { seq, ..Finish::default() }).await.map(drop)
}

async fn status(core: &Core, pending: &mut Pending, status: &DeliveryStatus) -> Result<Done, StoreError> {
    let failed = status.state == DeliveryState::Failed;
    let stopped = failed && status.errors.iter().any(|error| error.code == MARKETING_STOPPED);
    let consent = stopped.then(|| consent::of_refused_send(pending.event.key.as_str(), pending.event.at));
    let update = StatusUpdate { seq: pending.seq, status: status.clone(), at: pending.event.at, consent };
    let applied = core.store.apply_status(update, &core.registry.now().listeners).await?;
    let ours = if applied.send.is_some() { "yes" } else { "no" };
    metrics::counter!("ponte_statuses_total", "state" => status.state.as_str().to_owned(), "ours" => ours).increment(1);
    // What failed is counted no more, and may have told of consent.
    if let Some(conversation) = applied.conversation.as_ref().filter(|_| failed) {
        core.people.forget(&conversation.contact);
    }
    if applied.listener.is_none() {
        return Ok(Done::Here);
    }
    pending.contact = applied.conversation.map(|conversation| conversation.contact);
    pending.listener = applied.listener;
    Ok(Done::HandedOn)
}

async fn account(core: &Arc<Core>, pending: &Pending, update: &AccountUpdate) -> Result<(), StoreError> {
    let suspended = match update.event.as_str() {
        "ACCOUNT_OFFBOARDED" => Some(Some("offboarded: the link to the phone is broken".to_owned())),
        "PARTNER_REMOVED" => {
            let reason = update.reason.as_deref().unwrap_or("no reason given");
            Some(Some(format!("disconnected by the platform: {reason}")))
        }
        "ACCOUNT_RECONNECTED" | "PARTNER_ADDED" => Some(None),
        _ => None,
    };
    if let Some(suspended) = suspended {
        for mut row in core.store.numbers().await?.into_iter().filter(|row| concerns(update, &pending.event, row)) {
            tracing::warn!(number = %row.id, event = %update.event, "the number's link to the phone changed");
            row.config.suspended.clone_from(&suspended);
            core.store.put_number(&row, core.clock.now()).await?;
        }
        core.reload().await?;
    }
    acknowledge(core, pending.seq).await
}

/// Whether an account update is about a number. The platform may not name one; then every number of the account that
/// lives on a phone is meant: to hold one back for minutes does less harm than to send into nowhere.
fn concerns(update: &AccountUpdate, event: &Event, number: &NumberRow) -> bool {
    let of_account = number.waba_id.is_some() && number.waba_id == event.waba_id;
    let unnamed = update.display_phone.is_none() || number.display_phone.is_none();
    number.config.mode == NumberMode::Coexistence
        && of_account
        && (unnamed || number.display_phone == update.display_phone)
}
