//! Timers that flows set, and those that end a burst (they have no name), become events when they are due: once, late rather than never.

use std::sync::Arc;
use std::time::Duration;

use ponte_model::{Body, Contact, Event, EventKey, Lane, Origin, Timer};
use ponte_store::{Incoming, StoreError, TimerRow};

use crate::core::Core;
use crate::ingest::{IngestError, take_in};

/// So many timers become events at once.
const BATCH: u32 = 200;

/// Pause when the store or the inbox cannot take more.
const PAUSE: Duration = Duration::from_secs(1);

pub(crate) async fn run(core: Arc<Core>) {
    while !core.stopping.is_cancelled() {
        let wait = match fire(&core).await {
            Ok(true) => continue,
            Ok(false) => match core.store.next_timer().await {
                Ok(next) => next.map(|due| core.clock.sleep_until(due)),
                Err(error) => {
                    tracing::warn!(%error, "timers cannot be read");
                    Some(Box::pin(ponte_clock::pause(PAUSE)) as ponte_clock::Sleep)
                }
            },
            Err(error) => {
                tracing::warn!(%error, "timers have to wait");
                Some(Box::pin(ponte_clock::pause(PAUSE)) as ponte_clock::Sleep)
            }
        };
        core.sleep_or_news(wait, &core.timers_changed).await;
    }
}

/// Turns timers that are due into events. Whether there were any.
async fn fire(core: &Arc<Core>) -> Result<bool, IngestError> {
    let due = core.store.due_timers(core.clock.now(), BATCH).await?;
    for timer in &due {
        let event = Arc::new(event(core, timer).await?);
        let number = core.registry.now().number(&timer.conversation.number).map(|number| number.tenant.clone());
        let tenant = number.unwrap_or_else(|| core.settings.default_tenant.clone());
        let contact = Some(timer.conversation.contact.clone());
        // First the event, then the timer: a crash between the two makes the same event again, which is known by its
        // key.
        take_in(core, vec![Incoming { tenant, contact, event }]).await?;
        core.store.drop_timer(timer).await?;
    }
    Ok(!due.is_empty())
}

async fn event(core: &Core, timer: &TimerRow) -> Result<Event, StoreError> {
    let row = core.store.contact(&timer.conversation.contact).await?;
    let contact = row.map(|row| Contact { user_id: row.user_id, phone: row.phone, ..Contact::default() });
    let set_by = timer.set_by.to_string();
    Ok(Event {
        key: EventKey::of(&[
            "timer",
            timer.installation.as_str(),
            timer.conversation.number.as_str(),
            timer.conversation.contact.as_str(),
            &timer.name,
            &set_by,
        ]),
        origin: Origin::System,
        lane: Lane::Message,
        waba_id: None,
        number_id: Some(timer.conversation.number.clone()),
        contact,
        message_id: None,
        at: timer.due.max(core.clock.now()),
        body: if timer.name.is_empty() {
            Body::BurstEnd
        } else {
            Body::Timer(Timer {
                installation: timer.installation.clone(),
                name: timer.name.clone(),
                payload: timer.payload.clone(),
            })
        },
    })
}
