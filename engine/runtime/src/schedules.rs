//! Cron schedules that flows declare become events. What was missed while Ponte was down fires once, not once for
//! each miss.

use std::sync::Arc;
use std::time::Duration;

use ponte_model::{Body, Event, EventKey, Lane, Origin, Schedule, Timestamp};
use ponte_store::Incoming;

use crate::core::Core;
use crate::ingest::{IngestError, take_in};
use crate::registry::Installed;

/// Pause when the store or the inbox cannot take more.
const PAUSE: Duration = Duration::from_secs(1);

/// So many misses are stepped over in search of the last; a line that fires each minute reaches back a week.
const MOST_MISSES: usize = 7 * 24 * 60;

pub(crate) async fn run(core: Arc<Core>) {
    while !core.stopping.is_cancelled() {
        let wait = match fire(&core).await {
            Ok(Some(next)) => core.clock.sleep_until(next),
            Ok(None) => Box::pin(std::future::pending()),
            Err(error) => {
                tracing::warn!(%error, "schedules have to wait");
                Box::pin(ponte_clock::pause(PAUSE))
            }
        };
        tokio::select! {
            () = wait => {}
            () = core.schedules_changed.notified() => {}
            () = core.stopping.cancelled() => {}
        }
    }
}

/// Turns what is due into events, and says when something is due next.
async fn fire(core: &Arc<Core>) -> Result<Option<Timestamp>, IngestError> {
    let registry = core.registry.now();
    let mut earliest: Option<Timestamp> = None;
    for installed in registry.installations() {
        for (name, line) in &installed.schedules {
            let now = core.clock.now();
            let reached = core.store.schedule_reached(&installed.id, name, now).await?;
            let zone = installed.timezone();
            let Some(mut due) = line.next_after(reached, zone) else { continue };
            if due <= now {
                for _ in 0..MOST_MISSES {
                    match line.next_after(due, zone) {
                        Some(later) if later <= now => due = later,
                        _ => break,
                    }
                }
                let event = Arc::new(event(installed, name, due, now));
                take_in(core, vec![Incoming { tenant: installed.tenant.clone(), contact: None, event }]).await?;
                core.store.reach_schedule(&installed.id, name, due).await?;
                match line.next_after(due, zone) {
                    Some(next) => due = next,
                    None => continue,
                }
            }
            earliest = Some(earliest.map_or(due, |first| first.min(due)));
        }
    }
    Ok(earliest)
}

fn event(installed: &Installed, name: &str, due: Timestamp, now: Timestamp) -> Event {
    Event {
        key: EventKey::of(&["schedule", installed.id.as_str(), name, &due.as_millis().to_string()]),
        origin: Origin::System,
        lane: Lane::Message,
        waba_id: None,
        number_id: installed.numbers.first().cloned(),
        contact: None,
        message_id: None,
        at: due.max(now),
        body: Body::Schedule(Schedule { installation: installed.id.clone(), name: name.to_owned() }),
    }
}
