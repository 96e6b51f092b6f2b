//! Without a network: requests are answered and webhooks delivered by calls within the process. Bytes, headers and
//! signatures are the same.

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use bytes::Bytes;
use http::{Request, Response};
use tower_service::Service as _;

use crate::server::Line;

/// More than any body here has.
const MOST: usize = 64 * 1024 * 1024;

/// Lets a service answer.
pub(crate) async fn call(mut service: Router, request: Request<Bytes>) -> Result<Response<Bytes>, String> {
    let answer = service.call(request.map(Body::from)).await.unwrap_or_else(|never| match never {});
    let (parts, body) = answer.into_parts();
    let body = axum::body::to_bytes(body, MOST).await.map_err(|error| error.to_string())?;
    Ok(Response::from_parts(parts, body))
}

/// Lets the Cloud API answer. A connection that was cut on purpose is an error.
pub(crate) async fn ask(api: Router, mut request: Request<Bytes>) -> Result<Response<Bytes>, String> {
    let line = Line::default();
    request.extensions_mut().insert(ConnectInfo(line.clone()));
    let answer = call(api, request).await?;
    line.intact().map_err(|error| error.to_string())?;
    Ok(answer)
}
