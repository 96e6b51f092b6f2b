//! `POST /hooks/{source}`: what shops' own systems tell. Verified, decoded, and durable before it is answered, like the
//! platform's webhooks.

use std::collections::HashMap;
use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Path, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use ponte_hooks::{Request, Source};
use ponte_model::{Body, Event, EventKey, StoreOrder, TenantId};
use ponte_store::Incoming;

use crate::core::Core;
use crate::ingest::take_in;
use crate::registry::Installed;
use crate::{IngestError, Runtime};

/// Bodies up to 2 MiB are taken: an order of hundreds of lines has a few hundred KiB.
const MAX_BODY: usize = 2 * 1024 * 1024;

/// A source, and whose it is.
#[derive(Clone, Debug)]
pub struct Hook {
    /// What signs and tells.
    pub source: Source,
    /// Whose events they are while the number that speaks is not registered.
    pub tenant: Option<TenantId>,
}

struct Http {
    runtime: Runtime,
    hooks: HashMap<String, Hook>,
}

/// The route `/hooks/{source}`; to be merged with the platform's.
pub fn hooks(runtime: Runtime, hooks: impl IntoIterator<Item = Hook>) -> Router {
    let hooks = hooks.into_iter().map(|hook| (hook.source.name().to_owned(), hook)).collect();
    Router::new()
        .route("/hooks/{source}", post(receive))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .with_state(Arc::new(Http { runtime, hooks }))
}

async fn receive(State(http): State<Arc<Http>>, Path(name): Path<String>, headers: HeaderMap, body: Bytes) -> Response {
    let Some(hook) = http.hooks.get(&name) else {
        let answer = "there is no such source: it is the last part of the address, and [hooks.…] in ponte.toml\n";
        return (StatusCode::NOT_FOUND, answer).into_response();
    };
    let (status, answer) = take(&http.runtime, hook, &headers, &body).await;
    metrics::counter!("ponte_hooks_total", "source" => name, "status" => status.as_str().to_owned()).increment(1);
    if status == StatusCode::SERVICE_UNAVAILABLE {
        return (status, [(header::RETRY_AFTER, "5")], answer).into_response();
    }
    (status, answer).into_response()
}

/// Verify, decode, store; and only then 200.
async fn take(runtime: &Runtime, hook: &Hook, headers: &HeaderMap, body: &[u8]) -> (StatusCode, String) {
    let source = &hook.source;
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let request = Request { header: &header, body };
    let now = runtime.now();
    if let Err(error) = source.verify(request, now) {
        tracing::warn!(source = source.name(), %error, bytes = body.len(), "a store's request was refused");
        return (StatusCode::UNAUTHORIZED, format!("{error}\n"));
    }
    match runtime.hear(hook.tenant.clone(), source.decode(request, now)).await {
        Ok(_) => (StatusCode::OK, String::new()),
        Err(error @ (IngestError::Busy { .. } | IngestError::Stopping)) => {
            tracing::warn!(source = source.name(), %error, "a store's event was put off");
            (StatusCode::SERVICE_UNAVAILABLE, format!("{error}; send it again\n"))
        }
        Err(error @ IngestError::Store(_)) => {
            tracing::error!(source = source.name(), %error, "a store's event could not be stored");
            (StatusCode::INTERNAL_SERVER_ERROR, "it could not be stored; send it again\n".to_owned())
        }
    }
}

/// Stores an event. The tenant is that of the number that speaks: nobody tells of orders in another's name.
pub(crate) async fn ingest(core: &Arc<Core>, tenant: Option<TenantId>, event: Event) -> Result<usize, IngestError> {
    let number = event.number_id.as_ref();
    let registered = number.and_then(|id| core.registry.now().number(id).map(|number| number.tenant.clone()));
    match (&registered, &tenant) {
        (Some(right), Some(told)) if right != told => {
            tracing::warn!(%right, %told, "the tenant of [hooks.…] is not the one that the number belongs to; that one's it is");
        }
        (None, _) => tracing::warn!(
            number = number.map(AsRef::as_ref).unwrap_or_default(),
            "a store tells of orders, and the number that speaks for it is not registered: `ponte number add`"
        ),
        _ => {}
    }
    let tenant = registered.or(tenant).unwrap_or_else(|| core.settings.default_tenant.clone());
    let events = for_each_listener(core, &tenant, event).into_iter();
    take_in(core, events.map(|event| Incoming { tenant: tenant.clone(), contact: None, event: event.into() }).collect())
        .await
}

/// An order is no question that one flow answers: confirmations, shipping, lists of good customers may all go by it. So
/// each flow that takes orders is told by an event of its own, all of them stored together or none.
fn for_each_listener(core: &Core, tenant: &TenantId, event: Event) -> Vec<Event> {
    let Body::Order(order) = &event.body else { return vec![event] };
    let registry = core.registry.now();
    let takes = |installed: &&&Arc<Installed>| installed.trigger.events.contains(event.body.kind());
    let told: Vec<Event> = registry
        .asked(tenant, event.number_id.as_ref())
        .iter()
        .filter(takes)
        .map(|installed| {
            let order = StoreOrder { listener: Some(installed.id.clone()), ..(**order).clone() };
            let key = EventKey::of(&[event.key.as_str(), installed.id.as_str()]);
            Event { key, body: Body::Order(Box::new(order)), ..event.clone() }
        })
        .collect();
    if told.is_empty() { vec![event] } else { told }
}
