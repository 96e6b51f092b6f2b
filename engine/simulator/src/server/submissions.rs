//! `POST /{waba}/message_templates`: a template comes in for review.

use std::sync::Arc;

use axum::Json;
use axum::body::Bytes;
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use ponte_model::WabaId;
use serde_json::{Value, json};

use super::error::GraphError;
use super::{bearer, no_such_object};
use crate::hub::Hub;
use crate::rules::codes::PARAMETER;
use crate::rules::{Broken, review};

/// Takes a template, which is then pending until a test decides, or approved where the configuration says so.
pub(crate) async fn submit(
    State(hub): State<Arc<Hub>>,
    Path((_version, id)): Path<(String, String)>,
    headers: HeaderMap,
    body: Bytes,
) -> Result<Json<Value>, GraphError> {
    let request: Value = serde_json::from_slice(&body)
        .map_err(|error| Broken::new(PARAMETER, format!("The body is not JSON: {error}")))?;
    let mut world = hub.world();
    let waba = WabaId::from(&*id);
    world.authorize_waba(&waba, bearer(&headers))?;
    let account = world.accounts.get_mut(&waba).ok_or_else(|| no_such_object(&id))?;
    let mut template = review::submitted(&account.templates, &request)?;
    if hub.config.approve_templates {
        template = template.status("APPROVED");
    }
    let answer = json!({"id": template.id, "status": template.status, "category": template.category});
    account.templates.push(template);
    Ok(Json(answer))
}
