//! One try of a request: made with the same idempotency key each time, told to the flow once it is over, and settled.

use std::sync::Arc;
use std::time::Duration;

use ponte_connect::Failed;
use ponte_model::{Body, Contact, Event, EventKey, HttpOutcome, HttpReply, HttpResponse, Lane, Origin};
use ponte_store::{Incoming, QueuedRequest, RequestFate, StoreError};

use crate::core::Core;
use crate::ingest::take_in_answer;
use crate::registry::Installed;

/// Pause when the store cannot take what came of a try; doubled each time.
const PAUSE: Duration = Duration::from_secs(1);

/// The longest pause until an outcome that could not be written down is written again.
const LONGEST_STORE_PAUSE: Duration = Duration::from_secs(60);

/// The first pause after a try that came to nothing; doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(5);

/// The longest pause between tries, whatever a server asks for.
const LONGEST_PAUSE: Duration = Duration::from_secs(3600);

/// The longest body that a flow is told: it is an event, which is kept.
const TOLD_BYTES: usize = 128 << 10;

/// One try, and what follows from it. First the flow is told, then the request is settled: a crash between the two makes the
/// request again, with the same key, and the same event, which is known by its own. Nothing less than a crash does: what
/// came of a try is kept in hand until it is written down.
pub(super) async fn see_through(core: &Arc<Core>, request: QueuedRequest) {
    let registry = core.registry.now();
    let runs = |installed: &&Arc<Installed>| core.flows.halt(&installed.id).is_none();
    // One that was stopped a moment ago: its request waits.
    let Some(installed) = registry.installation(&request.installation).filter(runs) else { return };
    let came = one_try(core, installed, &request).await;
    let mut pause = PAUSE;
    while let Err(error) = write_down(core, installed, &request, &came).await {
        tracing::warn!(%error, request = %request.id, "what became of a request cannot be written down yet");
        if core.stopping.run_until_cancelled(ponte_clock::pause(pause)).await.is_none() {
            tracing::warn!(request = %request.id, "it never was: the next start makes the request again, with its key");
            return;
        }
        pause = (pause * 2).min(LONGEST_STORE_PAUSE);
    }
}

/// What a try came to.
struct Came {
    fate: RequestFate,
    /// What the flow is told, if it is over.
    outcome: Option<HttpOutcome>,
}

impl Came {
    fn over(outcome: HttpOutcome, fate: RequestFate) -> Self {
        Self { fate, outcome: Some(outcome) }
    }
}

async fn one_try(core: &Core, installed: &Installed, request: &QueuedRequest) -> Came {
    if core.clock.now() >= request.expires_at {
        let reason =
            request.reason.clone().unwrap_or_else(|| "http: its time was up before it could be made".to_owned());
        return Came::over(HttpOutcome::Error(reason.clone()), RequestFate::Expired { reason, tried: false });
    }
    let response = match attempt(core, installed, request).await {
        Ok(response) => response,
        Err(Failed::Refused(refusal)) => {
            let reason = refusal.to_string();
            return Came::over(HttpOutcome::Error(reason.clone()), RequestFate::Failed { reason });
        }
        Err(Failed::Unreachable(reason)) => {
            let pause = pause(request, None);
            return again(core, request, (None, reason.clone()), pause, HttpOutcome::Error(reason));
        }
    };
    let status = response.status;
    if !may_pass(&response) {
        return Came::over(HttpOutcome::Response(told(response)), RequestFate::Answered { status });
    }
    let reason = format!("http: {} answered {status}", request.host);
    let pause = pause(request, Some(&response));
    again(core, request, (Some(status), reason), pause, HttpOutcome::Response(told(response)))
}

/// Another try after a pause, unless its time is up by then: this was the last, and the flow is told what it came to.
fn again(
    core: &Core,
    request: &QueuedRequest,
    (status, reason): (Option<u16>, String),
    pause: Duration,
    last: HttpOutcome,
) -> Came {
    let not_before = core.clock.now().plus(pause);
    if not_before >= request.expires_at {
        return Came::over(last, RequestFate::Expired { reason, tried: true });
    }
    Came { fate: RequestFate::Again { not_before, status, reason }, outcome: None }
}

async fn write_down(
    core: &Arc<Core>,
    installed: &Installed,
    request: &QueuedRequest,
    came: &Came,
) -> Result<(), StoreError> {
    if let Some(outcome) = &came.outcome {
        let tried = !matches!(came.fate, RequestFate::Expired { tried: false, .. });
        tell(core, installed, request, request.attempts + u32::from(tried), outcome.clone()).await?;
    }
    core.store.settle_request(&request.id, &came.fate, core.clock.now()).await?;
    let word = match &came.fate {
        RequestFate::Again { .. } => "again",
        RequestFate::Answered { .. } => "answered",
        RequestFate::Failed { .. } => "failed",
        RequestFate::Expired { .. } => "expired",
    };
    metrics::counter!("ponte_requests_total", "fate" => word).increment(1);
    Ok(())
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

async fn tell(
    core: &Arc<Core>,
    installed: &Installed,
    request: &QueuedRequest,
    attempts: u32,
    outcome: HttpOutcome,
) -> Result<(), StoreError> {
    let row = match &request.contact {
        Some(contact) => core.store.contact(contact).await?,
        None => None,
    };
    let reply = HttpReply {
        installation: request.installation.clone(),
        id: request.id.clone(),
        request: request.request.name.clone(),
        run: request.run.clone(),
        attempts,
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
    take_in_answer(core, incoming).await.map(drop)
}
