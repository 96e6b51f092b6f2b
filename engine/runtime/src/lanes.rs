//! The lanes beside the conversations: statuses, imports, lifecycle. None of them runs a flow or waits for one.

use std::sync::Arc;

use futures::StreamExt as _;
use ponte_model::{AccountUpdate, Body, WabaId};
use ponte_store::{ContactChange, Finish, NumberMode, NumberRow, Pending, StatusUpdate, StoreError};
use tokio::sync::mpsc::UnboundedReceiver;

use crate::core::Core;

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
            let worker = Arc::clone(&core);
            let done = core.tasks.spawn(async move { handle(&worker, pending).await });
            let _ = done.await;
        }
    });
    core.stopping.run_until_cancelled(all).await;
}

async fn handle(core: &Arc<Core>, pending: Pending) {
    let result = match &pending.event.body {
        Body::Status(_) => return status(core, pending).await,
        Body::AppContact(change) => {
            let name = change.full_name.clone().or_else(|| change.first_name.clone()).filter(|_| change.present);
            let changes = vec![ContactChange::AppName(name)];
            core.store.change_contact(pending.seq, pending.contact.clone(), changes).await
        }
        Body::Account(update) => account(core, &pending, update).await,
        body => {
            if let Body::Unrecognized { field, why, .. } = body {
                tracing::warn!(event = %pending.event.key, field, why, "an unrecognized webhook item was kept");
            }
            acknowledge(core, pending.seq).await
        }
    };
    if let Err(error) = result {
        // Still pending in the store: it comes up again at the next start.
        tracing::error!(event = %pending.event.key, %error, "an event could not be handled");
    }
    core.handled();
}

async fn acknowledge(core: &Core, seq: i64) -> Result<(), StoreError> {
    core.store.finish(Finish { seq, ..Finish::default() }).await.map(drop)
}

async fn status(core: &Arc<Core>, mut pending: Pending) {
    let Body::Status(status) = &pending.event.body else { return };
    let update = StatusUpdate { seq: pending.seq, status: status.clone(), at: pending.event.at };
    let applied = match core.store.apply_status(update, &core.registry.now().listeners).await {
        Ok(applied) => applied,
        Err(error) => {
            tracing::error!(event = %pending.event.key, %error, "a status could not be applied");
            return core.handled();
        }
    };
    let ours = if applied.send.is_some() { "yes" } else { "no" };
    metrics::counter!("ponte_statuses_total", "state" => status.state.as_str().to_owned(), "ours" => ours).increment(1);
    if applied.listener.is_none() {
        return core.handled();
    }
    // The flow that sent the message hears of it, in its turn among the events of the conversation.
    pending.contact = applied.conversation.map(|conversation| conversation.contact);
    pending.listener = applied.listener;
    core.dispatch.push(pending);
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
        for number in concerned(core, pending.event.waba_id.as_ref(), update) {
            tracing::warn!(number = %number.id, event = %update.event, "the number's link to the phone changed");
            let mut row = (*number).clone();
            row.config.suspended.clone_from(&suspended);
            core.store.put_number(&row, core.clock.now()).await?;
        }
        core.reload().await?;
    }
    acknowledge(core, pending.seq).await
}

/// The numbers that an account update is about. The platform may not name one; then every number of the account that
/// lives on a phone is meant: to hold one back for minutes does less harm than to send into nowhere.
fn concerned(core: &Core, waba: Option<&WabaId>, update: &AccountUpdate) -> Vec<Arc<NumberRow>> {
    let registry = core.registry.now();
    let of_account = registry.numbers().filter(|number| {
        number.config.mode == NumberMode::Coexistence && number.waba_id.is_some() && number.waba_id.as_ref() == waba
    });
    let named = |number: &&Arc<NumberRow>| {
        update.display_phone.is_none() || number.display_phone.is_none() || number.display_phone == update.display_phone
    };
    of_account.filter(named).cloned().collect()
}
