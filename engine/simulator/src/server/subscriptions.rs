//! `/{waba}/subscribed_apps`: whether webhooks of an account go out.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use ponte_model::WabaId;
use serde_json::{Value, json};

use super::bearer;
use super::error::GraphError;
use crate::hub::Hub;
use crate::rules::codes::PARAMETER;
use crate::rules::{Broken, Checked};

type Answer = Result<Json<Value>, GraphError>;

/// Subscribes the app.
pub(crate) async fn subscribe(
    State(hub): State<Arc<Hub>>,
    Path((_version, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Answer {
    let wishes: Value = serde_json::from_slice(&body).unwrap_or_default();
    if wishes.get("override_callback_uri").is_some() {
        let details = "Parameter override_callback_uri is not simulated: set the webhook URL of the simulator.";
        return Err(Broken::new(PARAMETER, details).into());
    }
    set(&hub, &id, &headers, true)?;
    Ok(Json(json!({"success": true})))
}

/// Ends the subscription.
pub(crate) async fn unsubscribe(
    State(hub): State<Arc<Hub>>,
    Path((_version, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    set(&hub, &id, &headers, false)?;
    Ok(Json(json!({"success": true})))
}

/// Lists the subscribed apps: the one or none.
pub(crate) async fn list(
    State(hub): State<Arc<Hub>>,
    Path((_version, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Answer {
    let world = hub.world();
    let waba = WabaId::new(id);
    world.authorize_waba(&waba, bearer(&headers))?;
    let subscribed = world.accounts.get(&waba).is_some_and(|account| account.subscribed);
    let app = json!({"whatsapp_business_api_data": {"id": "1", "name": "Ponte", "link": "https://example.invalid/"}});
    Ok(Json(json!({"data": if subscribed { vec![app] } else { vec![] }})))
}

fn set(hub: &Hub, id: &str, headers: &HeaderMap, subscribed: bool) -> Checked {
    let waba = WabaId::from(id);
    let mut world = hub.world();
    world.authorize_waba(&waba, bearer(headers))?;
    if let Some(account) = world.accounts.get_mut(&waba) {
        account.subscribed = subscribed;
    }
    Ok(())
}
