//! The HTTP side: Meta's webhooks, health, metrics.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Query, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use ponte_clock::Stopwatch;
use ponte_whatsapp::webhook::{self, Signatures};
use secrecy::SecretString;

use crate::{IngestError, Runtime};

/// Bodies up to 4 MiB are taken; Meta names 3 MB.
const MAX_BODY: usize = 4 * 1024 * 1024;

/// What the platform says in the `X-Hub-Signature-256` header.
const SIGNATURE: &str = "x-hub-signature-256";

/// What the webhook endpoint needs to know.
pub struct WebhookSettings {
    /// What Meta must say in the handshake.
    pub verify_token: SecretString,
    /// The app secrets; several while they are rotated.
    pub signatures: Signatures,
}

/// Renders the metrics in Prometheus' text format.
pub type RenderMetrics = Arc<dyn Fn() -> String + Send + Sync>;

struct Http {
    runtime: Runtime,
    settings: WebhookSettings,
    metrics: RenderMetrics,
}

/// The routes: `/webhooks/whatsapp`, `/livez`, `/readyz`, `/metrics`.
pub fn router(runtime: Runtime, settings: WebhookSettings, metrics: RenderMetrics) -> Router {
    Router::new()
        .route("/webhooks/whatsapp", get(subscribe).post(receive))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .route("/livez", get(async || "ok\n"))
        .route("/readyz", get(ready))
        .route("/metrics", get(render))
        .with_state(Arc::new(Http { runtime, settings, metrics }))
}

async fn subscribe(State(http): State<Arc<Http>>, Query(query): Query<Vec<(String, String)>>) -> Response {
    match webhook::verify_subscription(query, &http.settings.verify_token) {
        Ok(challenge) => challenge.into_response(),
        Err(error) => {
            tracing::warn!(%error, "a webhook handshake was refused");
            (StatusCode::FORBIDDEN, format!("{error}\n")).into_response()
        }
    }
}

async fn receive(State(http): State<Arc<Http>>, headers: HeaderMap, body: Bytes) -> Response {
    let watch = Stopwatch::start();
    let (status, answer) = take(&http, &headers, &body).await;
    metrics::counter!("ponte_webhooks_total", "status" => status.as_str().to_owned()).increment(1);
    metrics::histogram!("ponte_webhook_seconds").record(watch.elapsed().as_secs_f64());
    if status == StatusCode::SERVICE_UNAVAILABLE {
        return (status, [(header::RETRY_AFTER, "5")], answer).into_response();
    }
    (status, answer).into_response()
}

/// Verify, decode, store; and only then 200.
async fn take(http: &Http, headers: &HeaderMap, body: &Bytes) -> (StatusCode, String) {
    let signature = headers.get(SIGNATURE).and_then(|value| value.to_str().ok());
    if let Err(error) = http.settings.signatures.verify(signature, body) {
        tracing::warn!(%error, bytes = body.len(), "a webhook was refused");
        return (StatusCode::UNAUTHORIZED, format!("{error}\n"));
    }
    let events = match webhook::decode(body, http.runtime.now()) {
        Ok(events) => events,
        Err(error) => {
            tracing::warn!(%error, bytes = body.len(), "a webhook was refused");
            return (StatusCode::BAD_REQUEST, format!("{error}\n"));
        }
    };
    match http.runtime.ingest(events).await {
        Ok(_) => (StatusCode::OK, String::new()),
        Err(error @ (IngestError::Busy { .. } | IngestError::Stopping)) => {
            tracing::warn!(%error, "a webhook was put off");
            (StatusCode::SERVICE_UNAVAILABLE, format!("{error}; deliver it again\n"))
        }
        Err(error @ IngestError::Store(_)) => {
            tracing::error!(%error, "a webhook could not be stored");
            (StatusCode::INTERNAL_SERVER_ERROR, "it could not be stored; deliver it again\n".to_owned())
        }
    }
}

async fn ready(State(http): State<Arc<Http>>) -> Response {
    match http.runtime.readiness().await {
        Ok(()) => "ready\n".into_response(),
        Err(why) => (StatusCode::SERVICE_UNAVAILABLE, format!("{why}\n")).into_response(),
    }
}

async fn render(State(http): State<Arc<Http>>) -> Response {
    http.runtime.measure().await;
    let text = (http.metrics)();
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4")], text).into_response()
}
