//! A way to Meta that does not leave the process: a simulator answers, in scenarios.

use bytes::Bytes;
use futures::future::BoxFuture;
use reqwest::RequestBuilder;

use super::answer::Answer;
use super::error::SendError;

/// Answers requests in place of the network, byte for byte as a server would.
pub trait Door: Send + Sync + 'static {
    /// Takes a request and answers it.
    ///
    /// # Errors
    /// The connection broke, as connections do: the request may have been taken or not. The words say how.
    fn call(&self, request: http::Request<Bytes>) -> BoxFuture<'static, Result<http::Response<Bytes>, String>>;
}

/// Hands a request through the door. Answers of `most` bytes are read.
pub(super) async fn through(door: &dyn Door, request: RequestBuilder, most: usize) -> Result<Answer, SendError> {
    let unsent = |why: String| SendError::NotSent { why };
    let request = request.build().map_err(|error| unsent(error.to_string()))?;
    let body = request.body().and_then(|body| body.as_bytes()).map(Bytes::copy_from_slice).unwrap_or_default();
    let mut whole = http::Request::new(body);
    *whole.method_mut() = request.method().clone();
    *whole.uri_mut() =
        request.url().as_str().parse().map_err(|error: http::uri::InvalidUri| unsent(error.to_string()))?;
    *whole.headers_mut() = request.headers().clone();
    let (parts, body) = door.call(whole).await.map_err(SendError::in_doubt)?.into_parts();
    Answer::of(parts.status, &parts.headers, body, most)
}
