//! Requests that leave after a run: a line per host, in which installations take turns.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use ponte_model::{InstallationId, RequestId, Timestamp};
use ponte_store::{QueuedRequest, StoreError};

use super::attempt::see_through;
use crate::core::Core;

/// Pause when the store or the inbox cannot take more.
const PAUSE: Duration = Duration::from_secs(1);

/// What is still wanted after a day is asked for anew by whoever wants it.
pub(crate) const WORTH: Duration = Duration::from_secs(24 * 3600);

pub(crate) async fn run(core: Arc<Core>) {
    while !core.stopping.is_cancelled() {
        // What flows are to be told must find room in the inbox: nothing leaves while that is full.
        let full = core.waiting.load(Ordering::Acquire) >= core.settings.max_pending;
        let wait = match leave(&core, full).await {
            // Looked at again by the wall, not by the clock: events are handled without time passing.
            Ok(_) if full => Some(Box::pin(ponte_clock::pause(PAUSE)) as ponte_clock::Sleep),
            Ok(next) => next.map(|due| core.clock.sleep_until(due)),
            Err(error) => {
                tracing::warn!(%error, "requests to web services have to wait");
                Some(Box::pin(ponte_clock::pause(PAUSE)) as ponte_clock::Sleep)
            }
        };
        core.sleep_or_news(wait, &core.outside.changed).await;
    }
}

/// Sends what is due, as far as there is room; when the next is.
async fn leave(core: &Arc<Core>, full: bool) -> Result<Option<Timestamp>, StoreError> {
    // One moment for both questions: what came due between two would be asked about by neither.
    let now = core.clock.now();
    let busy = core.outside.busy().clone();
    let room = core.settings.outside.requests.saturating_sub(busy.requests.len());
    if room > 0 && !full {
        let limit = u32::try_from(room).unwrap_or(u32::MAX);
        for request in core.store.queued_requests(now, &running(core), &busy, limit).await? {
            let place = Place::take(core, &request);
            core.tasks.spawn(async move { see_through(&place.core, request).await });
        }
    }
    core.store.next_request(now).await
}

/// Whose requests may leave. Those of an installation that is paused or broken wait in the store until it runs again;
/// those of one that is removed are removed with it.
fn running(core: &Core) -> Vec<InstallationId> {
    let halted = core.flows.halted();
    let registry = core.registry.now();
    let ids = registry.installations().map(|installed| &installed.id);
    ids.filter(|id| !halted.contains_key(*id)).cloned().collect()
}

/// A place among the requests that are on their way; given back however the try ends.
struct Place {
    core: Arc<Core>,
    id: RequestId,
    host: String,
}

impl Place {
    fn take(core: &Arc<Core>, request: &QueuedRequest) -> Self {
        let mut busy = core.outside.busy();
        busy.requests.push(request.id.clone());
        *busy.hosts.entry(request.host.clone()).or_default() += 1;
        Self { core: Arc::clone(core), id: request.id.clone(), host: request.host.clone() }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut busy = self.core.outside.busy();
        busy.requests.retain(|id| *id != self.id);
        if let Some(count) = busy.hosts.get_mut(&self.host) {
            *count -= 1;
            if *count == 0 {
                busy.hosts.remove(&self.host);
            }
        }
        drop(busy);
        self.core.outside.changed.notify_one();
    }
}
