//! Requests that leave after a run: a line per host, tried again with the same idempotency key, and the flow is told.

use std::sync::Arc;
use std::time::Duration;

use ponte_connect::Failed;
use ponte_model::{
    Body, Contact, Event, EventKey, HttpOutcome, HttpReply, HttpResponse, Lane, Origin, RequestId, Timestamp,
};
use ponte_store::{Incoming, QueuedRequest, RequestFate, StoreError};

use crate::core::Core;
use crate::ingest::{IngestError, take_in};
use crate::registry::Installed;

/// Pause when the store or the inbox cannot take more.
const PAUSE: Duration = Duration::from_secs(1);

/// The first pause after a try that came to nothing; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause between tries, whatever a server asks for.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// What is still wanted after a day is asked for anew by whoever wants it.
pub(crate) const WORTH: Duration = Duration::from_secs(24 * 3600);

/// The longest body that a flow is told: it is an event, which is kept.
const TOLD_BYTES: usize = 128 << 10;

pub(crate) async fn run(core: Arc<Core>) {
    while !core.stopping.is_cancelled() {
        let wait = match leave(&core).await {
            Ok(next) => next.map(|due| core.clock.sleep_until(due)),
            Err(error) => {
                tracing::warn!(%error, "requests to web services have to wait");
                Some(Box::pin(ponte_clock::pause(PAUSE)) as ponte_clock::Sleep)
            }
        };
        let due = async {
            match wait {
                Some(wait) => wait.await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = due => {}
            () = core.outside.changed.notified() => {}
            () = core.stopping.cancelled() => {}
        }
    }
}

/// Sends what is due, as far as there is room; when the next is.
async fn leave(core: &Arc<Core>) -> Result<Option<Timestamp>, StoreError> {
    let busy = core.outside.busy().clone();
    let room = core.settings.outside.requests.saturating_sub(busy.requests.len());
    if room > 0 {
        let limit = u32::try_from(room).unwrap_or(u32::MAX);
        for request in core.store.queued_requests(core.clock.now(), &busy, limit).await? {
            let place = Place::take(core, &request);
            core.tasks.spawn(async move {
                let Place { core, .. } = &place;
                if let Err(error) = see_through(core, request).await {
                    tracing::warn!(%error, "what became of a request cannot be written down; it is made again with its key");
                    ponte_clock::pause(PAUSE).await;
                }
            });
        }
    }
    core.store.next_request(core.clock.now()).await
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

/// One try, and what follows from it. First the flow is told, then the request is settled: a crash between the two makes the
/// request again, with the same key, and the same event, which is known by its own.
async fn see_through(core: &Arc<Core>, request: QueuedRequest) -> Result<(), IngestError> {
    let registry = core.registry.now();
    let Some(installed) = registry.installation(&request.installation) else {
        let reason = "its installation is not there any more".to_owned();
        return settle(core, &request, RequestFate::Failed { reason }).await;
    };
    let overdue = core.clock.now() >= request.expires_at;
    let (outcome, fate) = match attempt(core, installed, &request).await {
        Ok(response) if may_pass(&response) && !overdue => {
            let reason = format!("http: {} answered {}", request.host, response.status);
            let not_before = core.clock.now().plus(pause(&request, Some(&response)));
            return settle(core, &request, RequestFate::Again { not_before, status: Some(response.status), reason })
                .await;
        }
        Err(Failed::Unreachable(reason)) if !overdue => {
            let not_before = core.clock.now().plus(pause(&request, None));
            return settle(core, &request, RequestFate::Again { not_before, status: None, reason }).await;
        }
        Ok(response) if may_pass(&response) => {
            let reason = format!("http: {} answered {} to the last", request.host, response.status);
            (HttpOutcome::Response(response), RequestFate::Expired { reason })
        }
        Err(Failed::Unreachable(reason)) => (HttpOutcome::Error(reason.clone()), RequestFate::Expired { reason }),
        Err(Failed::Refused(refusal)) => {
            let reason = refusal.to_string();
            (HttpOutcome::Error(reason.clone()), RequestFate::Failed { reason })
        }
        Ok(response) => {
            let status = response.status;
            (HttpOutcome::Response(told(response)), RequestFate::Answered { status })
        }
    };
    tell(core, installed, &request, outcome).await?;
    settle(core, &request, fate).await
}

async fn attempt(core: &Core, installed: &Installed, request: &QueuedRequest) -> Result<HttpResponse, Failed> {
    let secrets = core.outside.secrets(&installed.id);
    // Judged anew: what was granted then may not be granted now.
    if !installed.permissions.has(ponte_sandbox::Permission::Http) {
        return Err(Failed::Refused(ponte_model::Refusal::Denied { permission: "http".to_owned() }));
    }
    core.outside.client()?.send(&installed.grants, &secrets, &request.request, request.id.as_str()).await
}

/// Whether an answer says that the same may go well later.
fn may_pass(response: &HttpResponse) -> bool {
    response.status == 429 || response.status >= 500
}

/// Until the next try: longer each time, or as long as the server asks for.
fn pause(request: &QueuedRequest, response: Option<&HttpResponse>) -> Duration {
    let asked = response.and_then(|response| {
        let header = response.headers.iter().find(|header| header.name == "retry-after")?;
        header.value.trim().parse().ok().map(Duration::from_secs)
    });
    let doubled = FIRST_PAUSE.saturating_mul(1 << request.attempts.min(20));
    asked.map_or(doubled, |asked| asked.max(FIRST_PAUSE)).min(LONGEST_PAUSE)
}

/// An answer as an event can keep it.
fn told(mut response: HttpResponse) -> HttpResponse {
    let bytes = response.body.len();
    if bytes > TOLD_BYTES {
        response.body.clear();
        let value = format!("{bytes} bytes are too many to be told; at most {TOLD_BYTES}");
        response.headers.push(ponte_model::HttpHeader { name: "x-ponte-body".into(), value });
    }
    response
}

async fn settle(core: &Core, request: &QueuedRequest, fate: RequestFate) -> Result<(), IngestError> {
    let word = match &fate {
        RequestFate::Again { .. } => "again",
        RequestFate::Answered { .. } => "answered",
        RequestFate::Failed { .. } => "failed",
        RequestFate::Expired { .. } => "expired",
    };
    metrics::counter!("ponte_requests_total", "fate" => word).increment(1);
    Ok(core.store.settle_request(&request.id, &fate, core.clock.now()).await?)
}

async fn tell(
    core: &Arc<Core>,
    installed: &Installed,
    request: &QueuedRequest,
    outcome: HttpOutcome,
) -> Result<(), IngestError> {
    let row = match &request.contact {
        Some(contact) => core.store.contact(contact).await?,
        None => None,
    };
    let reply = HttpReply {
        installation: request.installation.clone(),
        id: request.id.clone(),
        request: request.request.name.clone(),
        run: request.run.clone(),
        attempts: request.attempts + 1,
        outcome,
    };
    let event = Event {
        key: EventKey::of(&["http", request.id.as_str()]),
        origin: Origin::System,
        lane: Lane::Message,
        waba_id: None,
        number_id: request.number.clone().or_else(|| installed.numbers.first().cloned()),
        contact: row.map(|row| Contact { user_id: row.user_id, phone: row.phone, ..Contact::default() }),
        message_id: None,
        at: core.clock.now(),
        body: Body::HttpReply(Box::new(reply)),
    };
    let incoming =
        Incoming { tenant: request.tenant.clone(), contact: request.contact.clone(), event: Arc::new(event) };
    take_in(core, vec![incoming]).await.map(drop)
}
