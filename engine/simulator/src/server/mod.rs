//! The Cloud API's side: what the business calls.

mod accept;
mod error;
mod line;
mod marks;
mod reads;
mod sends;
mod submissions;
mod subscriptions;

use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;
use axum::routing::{get, post};
use ponte_model::{NumberId, WabaId};
use tokio::net::TcpListener;

use crate::hub::Hub;
use crate::rules::codes::{NO_SUCH_NUMBER, TOKEN};
use crate::rules::{Broken, Checked};
use crate::world::World;
use error::GraphError;
use line::CuttableListener;
pub(crate) use line::Line;

/// Serves `hub` on `listener` until it stops.
pub(crate) fn serve(hub: &Arc<Hub>, listener: TcpListener) -> std::io::Result<SocketAddr> {
    let address = listener.local_addr()?;
    let service = router(hub).into_make_service_with_connect_info::<Line>();
    let stop = hub.stop.clone();
    let server = axum::serve(CuttableListener(listener), service).with_graceful_shutdown(stop.cancelled_owned());
    tokio::spawn(async move { server.await });
    Ok(address)
}

/// The Cloud API.
pub(crate) fn router(hub: &Arc<Hub>) -> Router {
    Router::new()
        .route("/{version}/{id}", get(reads::node))
        .route("/{version}/{id}/messages", post(sends::messages))
        .route("/{version}/{id}/phone_numbers", get(reads::phone_numbers))
        .route("/{version}/{id}/message_templates", get(reads::message_templates).post(submissions::submit))
        .route(
            "/{version}/{id}/subscribed_apps",
            post(subscriptions::subscribe).get(subscriptions::list).delete(subscriptions::unsubscribe),
        )
        .fallback(nothing_here)
        .with_state(Arc::clone(hub))
}

async fn nothing_here(method: axum::http::Method, uri: axum::http::Uri) -> GraphError {
    GraphError::from(Broken::new(
        crate::rules::codes::PARAMETER,
        format!("Unsupported {method} request: the simulator has nothing at {}.", uri.path()),
    ))
}

/// The bearer token of a request; empty without one.
fn bearer(headers: &HeaderMap) -> &str {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    value.and_then(|value| value.strip_prefix("Bearer ")).unwrap_or_default()
}

impl World {
    /// Whether the token may use the number.
    fn authorize(&self, number: &NumberId, token: &str) -> Checked {
        let number = self.numbers.get(number).ok_or_else(|| no_such_object(number.as_str()))?;
        if number.setup.token == token { Ok(()) } else { Err(bad_token()) }
    }

    /// Whether the token is that of one of the account's numbers.
    fn authorize_waba(&self, waba: &WabaId, token: &str) -> Checked {
        let account = self.accounts.get(waba).ok_or_else(|| no_such_object(waba.as_str()))?;
        let tokens = account.numbers.iter().filter_map(|number| self.numbers.get(number));
        if tokens.into_iter().any(|number| number.setup.token == token) { Ok(()) } else { Err(bad_token()) }
    }
}

fn bad_token() -> Broken {
    Broken::new(TOKEN, "The access token is missing, has expired, or is not that of this object.")
}

fn no_such_object(id: &str) -> Broken {
    Broken::new(NO_SUCH_NUMBER, format!("Object with ID '{id}' does not exist, or cannot be loaded."))
}
