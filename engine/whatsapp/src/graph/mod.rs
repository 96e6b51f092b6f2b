//! The HTTP client of Meta's Graph API.
//!
//! There is no idempotency key: whether a message left is known only from the answer. So [`SendError`] keeps apart what
//! surely did not leave, what Meta refused, and what is in doubt; the caller decides what to do about each.

mod answer;
mod door;
mod error;
mod read;
mod templates;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use ponte_model::NumberId;
use reqwest::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use reqwest::{Method, RequestBuilder};
use secrecy::{ExposeSecret, SecretString};
use url::Url;

pub use answer::Accepted;
pub use door::Door;
pub use error::{GraphError, SendError};
pub use read::{MediaFile, NumberInfo};
pub use templates::Submitted;

use answer::{Answer, MAX_ANSWER};

/// Where the Graph API is and how long to wait for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GraphSettings {
    /// The base address; a simulator's in tests.
    pub graph_url: Url,
    /// The version in the path. v25.0 lives until 29 July 2028. (Meta: Graph API changelog.)
    pub graph_version: String,
    /// How long to wait for a connection.
    pub connect_timeout: Duration,
    /// How long to wait for the end of the answer, the connection included.
    pub request_timeout: Duration,
    /// How long an unused connection is kept. Shorter than what servers allow: a connection that the server closes
    /// just as a request leaves puts that request in doubt.
    pub idle_timeout: Duration,
}

impl Default for GraphSettings {
    fn default() -> Self {
        Self {
            graph_url: Url::parse("https://graph.facebook.com").expect("a constant address"),
            graph_version: "v25.0".to_owned(),
            connect_timeout: Duration::from_secs(5),
            request_timeout: Duration::from_secs(30),
            idle_timeout: Duration::from_secs(30),
        }
    }
}

/// Talks to the Graph API. Cheap to clone; clones share connections.
#[derive(Clone)]
pub struct GraphClient {
    http: reqwest::Client,
    base: Url,
    door: Option<Arc<dyn Door>>,
}

impl fmt::Debug for GraphClient {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GraphClient").field("base", &self.base.as_str()).field("inside", &self.door.is_some()).finish()
    }
}

impl GraphClient {
    /// A client; connects only when asked something.
    ///
    /// # Errors
    /// [`SetupError`] if the address cannot be used or TLS cannot be set up.
    pub fn new(settings: &GraphSettings) -> Result<Self, SetupError> {
        let mut base = settings.graph_url.clone();
        if !matches!(base.scheme(), "http" | "https") {
            return Err(SetupError::Address(base));
        }
        base.path_segments_mut()
            .map_err(|()| SetupError::Address(settings.graph_url.clone()))?
            .pop_if_empty()
            .push(&settings.graph_version);
        let http = reqwest::Client::builder()
            .connect_timeout(settings.connect_timeout)
            .timeout(settings.request_timeout)
            .pool_idle_timeout(settings.idle_timeout)
            // A message is sent once: nothing below may follow or repeat on its own.
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .build()
            .map_err(SetupError::Client)?;
        Ok(Self { http, base, door: None })
    }

    /// The same client, whose requests go through `door` and never reach a network. Limits on time are the door's.
    #[must_use]
    pub fn through(&self, door: Arc<dyn Door>) -> Self {
        Self { door: Some(door), ..self.clone() }
    }

    /// Sends a message, whose `body` is what [`crate::outbound::build`] gives, serialized.
    ///
    /// # Errors
    /// [`SendError`]; its cases say whether the message may have left.
    pub async fn send(
        &self,
        number: &NumberId,
        token: &SecretString,
        body: impl Into<Bytes>,
    ) -> Result<Accepted, SendError> {
        self.post(number, token, body.into()).await?.accepted()
    }

    /// Marks messages as read, and shows that somebody types; `body` is what [`crate::outbound::mark_read`] gives.
    ///
    /// # Errors
    /// [`SendError`]. To do it twice does no harm, whatever the error.
    pub async fn mark_read(
        &self,
        number: &NumberId,
        token: &SecretString,
        body: impl Into<Bytes>,
    ) -> Result<(), SendError> {
        self.post(number, token, body.into()).await?.success()
    }

    async fn post(&self, number: &NumberId, token: &SecretString, body: Bytes) -> Result<Answer, SendError> {
        let url = self.address(&[number.as_str(), "messages"]);
        let json = HeaderValue::from_static("application/json");
        let request = self.http.request(Method::POST, url).header(CONTENT_TYPE, json).body(body);
        self.exchange(token, request, MAX_ANSWER).await
    }

    async fn get(&self, token: &SecretString, path: &str, query: &[(&str, &str)]) -> Result<Answer, SendError> {
        let mut url = self.address(&[path]);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.exchange(token, self.http.request(Method::GET, url), MAX_ANSWER).await
    }

    /// Reads answers of `most` bytes.
    async fn exchange(&self, token: &SecretString, request: RequestBuilder, most: usize) -> Result<Answer, SendError> {
        let request = request.header(AUTHORIZATION, bearer(token)?);
        if let Some(door) = &self.door {
            return door::through(&**door, request, most).await;
        }
        let response = request.send().await.map_err(SendError::of_request)?;
        let answer = Answer::read(response, most).await?;
        tracing::debug!(status = answer.status.as_u16(), bytes = answer.body.len(), "Graph answered");
        Ok(answer)
    }

    /// Parts of a path are escaped: an id from a configuration file cannot lead elsewhere.
    fn address(&self, path: &[&str]) -> Url {
        let mut url = self.base.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments.extend(path);
        }
        url
    }
}

fn bearer(token: &SecretString) -> Result<HeaderValue, SendError> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", token.expose_secret()))
        .map_err(|_| SendError::NotSent { why: "the token has characters that no token has".to_owned() })?;
    value.set_sensitive(true);
    Ok(value)
}

/// The client cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum SetupError {
    /// The base address is not one of the web.
    #[error("graph_url {0} is not an address that begins with http:// or https://")]
    Address(Url),
    /// TLS or the resolver cannot be set up.
    #[error("the HTTP client cannot be set up")]
    Client(#[source] reqwest::Error),
}
