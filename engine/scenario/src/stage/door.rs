//! The ways between simulator and pipeline: calls within the process, with the same bytes, headers and signatures.

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use futures::future::{BoxFuture, FutureExt as _};
use http::{Request, Response};
use ponte_simulator::Simulator;
use ponte_whatsapp::graph::Door;
use tower_service::Service as _;

/// The simulator's Cloud API, for the pipeline.
pub(super) struct CloudApi(pub(super) Simulator);

impl Door for CloudApi {
    fn call(&self, request: Request<Bytes>) -> BoxFuture<'static, Result<Response<Bytes>, String>> {
        let simulator = self.0.clone();
        async move { simulator.answer(request).await }.boxed()
    }
}

/// Longer answers than a hook gives are not read.
const MOST: usize = 64 * 1024;

/// Posts something to the pipeline; its status and words.
pub(super) async fn post(mut app: Router, request: Request<Bytes>) -> Result<(u16, String), String> {
    let answer = app.call(request.map(Body::from)).await.unwrap_or_else(|never| match never {});
    let status = answer.status().as_u16();
    let body = axum::body::to_bytes(answer.into_body(), MOST).await.map_err(|error| error.to_string())?;
    Ok((status, String::from_utf8_lossy(&body).into_owned()))
}
