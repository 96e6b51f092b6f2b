//! `POST /{number}/messages`.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{ConnectInfo, Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use ponte_model::NumberId;
use serde_json::Value;

use super::accept::accept;
use super::bearer;
use super::error::GraphError;
use super::line::Line;
use super::marks::mark_read;
use crate::hub::Hub;
use crate::rules::codes::PARAMETER;
use crate::rules::{Broken, codes};
use crate::transcript::What;

/// Sends a message, or marks one as read.
pub(crate) async fn messages(
    State(hub): State<Arc<Hub>>,
    ConnectInfo(line): ConnectInfo<Line>,
    Path((_version, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let number = NumberId::new(id);
    let request: Value = match serde_json::from_slice(&body) {
        Ok(request) => request,
        Err(error) => {
            return refuse(&hub, &number, None, Broken::new(PARAMETER, format!("The body is not JSON: {error}")));
        }
    };
    let callback = request["biz_opaque_callback_data"].as_str().map(str::to_owned);
    let authorized = hub.world().authorize(&number, bearer(&headers));
    if let Err(broken) = authorized {
        return refuse(&hub, &number, callback, broken);
    }
    if request.get("status").is_some() {
        return match mark_read(&hub, &number, &request) {
            Ok(response) => Json(response).into_response(),
            Err(broken) => refuse(&hub, &number, None, broken),
        };
    }

    let fate = hub.faults().for_send();
    let strike = |what: &str| {
        let what = What::Fault { what: what.to_owned(), callback: callback.clone() };
        hub.transcript.write(hub.now(), Some(&number), None, what);
    };
    hub.clock.sleep(fate.delay).await;
    if fate.drop_request {
        strike("the request was dropped before WhatsApp saw it");
        line.cut();
        return StatusCode::SERVICE_UNAVAILABLE.into_response();
    }
    if let Some(code) = fate.error {
        strike(&format!("answered with error {code}"));
        return GraphError::from(Broken::new(code, codes::title(code))).into_response();
    }
    let accepted = match accept(&hub, &number, &request, &body, fate.failed_status) {
        Ok(accepted) => accepted,
        Err(broken) => return refuse(&hub, &number, callback, broken),
    };
    hub.play(accepted.outgoing, accepted.failure);
    hub.clock.sleep(fate.slow_response).await;
    if fate.drop_response {
        strike("the message was accepted and the response dropped");
        line.cut();
    }
    Json(accepted.response).into_response()
}

fn refuse(hub: &Hub, number: &NumberId, callback: Option<String>, broken: Broken) -> Response {
    let what = What::Refused { code: broken.code, details: broken.details.clone(), callback };
    hub.transcript.write(hub.now(), Some(number), None, what);
    GraphError::from(broken).into_response()
}
