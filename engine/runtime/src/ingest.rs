//! Into the inbox, durably, before anybody is told that it arrived.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use ponte_model::{Event, Lane, Origin, Timestamp};
use ponte_policy::Echo;
use ponte_store::{Incoming, Pending, StoreError};

use crate::core::Core;
use crate::echoes;

/// Why events were not taken. None of them was stored; whoever sent them must send them again.
#[derive(Clone, Debug, thiserror::Error)]
pub enum IngestError {
    /// Too much waits already.
    #[error("{waiting} events wait already; the bound is {bound}")]
    Busy {
        /// How many wait.
        waiting: usize,
        /// How many may.
        bound: usize,
    },
    /// The pipeline is shutting down.
    #[error("shutting down")]
    Stopping,
    /// They could not be stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Stores events of the platform and hands on those that are new. Returns how many those are.
pub(crate) async fn ingest(core: &Arc<Core>, mut events: Vec<Event>) -> Result<usize, IngestError> {
    let registry = core.registry.now();
    echoes::understand(core, &registry, &mut events).await?;
    let incoming = events.into_iter().map(|event| {
        let number = event.number_id.as_ref().and_then(|id| registry.number(id));
        let tenant = number.map_or_else(|| core.settings.default_tenant.clone(), |number| number.tenant.clone());
        Incoming { tenant, contact: None, event: Arc::new(event) }
    });
    take_in(core, incoming.collect()).await
}

/// The same, for events whose tenant and person are known: Ponte's own.
pub(crate) async fn take_in(core: &Arc<Core>, incoming: Vec<Incoming>) -> Result<usize, IngestError> {
    if core.stopping.is_cancelled() {
        return Err(IngestError::Stopping);
    }
    let slots = reserve(core, incoming.len())?;
    Ok(keep(core, incoming, slots).await?)
}

/// The same for answers to requests that left: nobody says them again, so they are taken while the pipeline stops (they are
/// handled at the next start), and where the inbox is full. They are few: none leaves then.
pub(crate) async fn take_in_answer(core: &Arc<Core>, answer: Incoming) -> Result<usize, StoreError> {
    let (slots, _) = take_slots(core, 1);
    keep(core, vec![answer], slots).await
}

async fn keep(core: &Arc<Core>, incoming: Vec<Incoming>, slots: Slots<'_>) -> Result<usize, StoreError> {
    let before = (core.conversations.changes(), core.addressees.changes());
    let stored = core.store.ingest(incoming.clone(), core.clock.now()).await?;

    let mut fresh = 0;
    for (incoming, stored) in incoming.into_iter().zip(stored) {
        let kind = incoming.event.body.kind();
        let Some(seq) = stored.seq else {
            metrics::counter!("ponte_events_total", "kind" => kind, "fresh" => "no").increment(1);
            continue;
        };
        metrics::counter!("ponte_events_total", "kind" => kind, "fresh" => "yes").increment(1);
        fresh += 1;
        let pending = Pending {
            seq,
            tenant: incoming.tenant,
            contact: stored.contact,
            attempts: 0,
            not_before: Timestamp::EPOCH,
            listener: None,
            event: incoming.event,
        };
        notice(core, &pending, stored.newcomer.then_some(before));
        core.hand_on(pending);
    }
    slots.keep(fresh);
    Ok(fresh)
}

/// What others must know at once: that a person is new, echoes, which stop sends, and what comes in, which counts
/// against the throughput.
fn notice(core: &Arc<Core>, pending: &Pending, newcomer: Option<(u64, u64)>) {
    let event = &pending.event;
    if event.lane != Lane::Message {
        return;
    }
    let Some(conversation) = pending.conversation() else { return };
    if let Some(before) = newcomer {
        core.conversations.meet(conversation.clone(), before.0);
        core.addressees.meet(&conversation.contact, event.contact.as_ref(), before.1);
    }
    if event.claims() {
        core.conversations.echoed(&conversation, Echo { seq: pending.seq, at: event.at });
    }
    match event.origin {
        Origin::App => {
            metrics::histogram!("ponte_echo_lag_seconds").record(core.clock.now().since(event.at).as_secs_f64());
        }
        Origin::Customer => core.outbox.note_inbound(core, &conversation.number, core.clock.now()),
        Origin::Api | Origin::System => {}
    }
}

/// Places taken in the bounded backlog; those not kept are given back.
struct Slots<'a> {
    core: &'a Core,
    taken: usize,
}

fn reserve(core: &Core, count: usize) -> Result<Slots<'_>, IngestError> {
    let bound = core.settings.max_pending;
    let (slots, waiting) = take_slots(core, count);
    // A batch that could never fit is let in alone, or Meta would deliver it in vain for ever.
    if waiting > 0 && waiting + count > bound {
        return Err(IngestError::Busy { waiting, bound });
    }
    Ok(slots)
}

/// Places, and how many were taken before.
fn take_slots(core: &Core, count: usize) -> (Slots<'_>, usize) {
    let waiting = core.waiting.fetch_add(count, Ordering::AcqRel);
    (Slots { core, taken: count }, waiting)
}

impl Slots<'_> {
    fn keep(mut self, count: usize) {
        self.taken -= count.min(self.taken);
    }
}

impl Drop for Slots<'_> {
    fn drop(&mut self) {
        self.core.waiting.fetch_sub(self.taken, Ordering::AcqRel);
    }
}
