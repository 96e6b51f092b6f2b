//! Somebody who answers in place of the network: scenarios say what is answered, and nothing leaves the process.

use ponte_model::{HttpMethod, HttpResponse, Refusal};
use reqwest::Response;
use url::Url;

use crate::Failed;

/// Answers in place of the network. A client that has one looks no name up and opens no connection; what it checks of
/// requests and answers stays as it is.
pub trait Answers: Send + Sync + 'static {
    /// What is answered. Secrets are filled in, as on the wire.
    ///
    /// # Errors
    /// Nobody answers, or nobody said what would be answered.
    fn answer(&self, method: HttpMethod, url: &Url) -> Result<HttpResponse, Failed>;
}

/// The answer as it would have come over the wire, so that the same bounds hold for it.
pub(crate) fn as_if_sent(answer: HttpResponse) -> Result<Response, Failed> {
    let mut response = http::Response::builder().status(answer.status);
    for header in &answer.headers {
        response = response.header(&header.name, &header.value);
    }
    let impossible = |error: http::Error| Refusal::Other { why: format!("http: no server could answer this: {error}") };
    Ok(response.body(answer.body).map_err(impossible)?.into())
}
