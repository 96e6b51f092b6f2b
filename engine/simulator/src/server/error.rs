//! Errors as the Graph API words them.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use crate::ids;
use crate::rules::{Broken, codes};

/// An error response.
#[derive(Debug)]
pub(crate) struct GraphError(Broken);

impl From<Broken> for GraphError {
    fn from(broken: Broken) -> Self {
        Self(broken)
    }
}

impl IntoResponse for GraphError {
    fn into_response(self) -> Response {
        let Broken { code, details } = self.0;
        let status = StatusCode::from_u16(codes::http_status(code)).unwrap_or(StatusCode::BAD_REQUEST);
        let body = json!({"error": {
            "message": format!("(#{code}) {}", codes::title(code)),
            "type": "OAuthException",
            "code": code,
            "error_data": {"messaging_product": "whatsapp", "details": details},
            // Nothing is decided by this id: it need not follow from the seed.
            "fbtrace_id": ids::trace_id(&mut fastrand::Rng::new()),
        }});
        (status, Json(body)).into_response()
    }
}
