//! Web services. Permission: `http`, and a table `[[http]]` of the manifest for each host.
//!
//! ```no_run
//! # use ponte_sdk::prelude::*;
//! # fn run(event: Event) -> Outcome {
//! use ponte_sdk::{http, secrets};
//!
//! // While the run waits: a read.
//! let key = secrets::reference("parcel-key")?;
//! let answer = http::get("https://api.parcels.example/v1/parcels/BR1")
//!     .header("Authorization", format!("Bearer {key}"))
//!     .send()?;
//! let parcel: serde_json::Value = answer.json()?;
//!
//! // After the commit, durably: a write. What came of it is an event of its own.
//! http::post("https://crm.example/leads").json(&parcel)?.send_later("lead")?;
//! if let Some(reply) = http::reply(&event)?.filter(|reply| reply.request == "lead") {
//!     info!("the CRM said {:?}", reply.status);
//! }
//! # Ok(()) }
//! ```

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::bindings::ponte::flow::http as wire;
use crate::{Body, Error, Event, Refusal, error};

pub use wire::{Header, Method, Response};

/// A request in the making.
#[derive(Clone, Debug, PartialEq)]
#[must_use = "nothing is asked before `send` or `send_later`"]
pub struct Request {
    method: Method,
    url: String,
    headers: Vec<Header>,
    body: Vec<u8>,
}

/// Something to do at an address.
pub fn request(method: Method, url: impl Into<String>) -> Request {
    Request { method, url: url.into(), headers: Vec::new(), body: Vec::new() }
}

/// Reads an address; see [`Request::send`].
pub fn get(url: impl Into<String>) -> Request {
    request(Method::Get, url)
}

/// Adds something at an address; see [`Request::send_later`].
pub fn post(url: impl Into<String>) -> Request {
    request(Method::Post, url)
}

/// Writes to an address; see [`Request::send_later`].
pub fn put(url: impl Into<String>) -> Request {
    request(Method::Put, url)
}

impl Request {
    /// Adds a header.
    pub fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push(Header { name: name.into(), value: value.into() });
        self
    }

    /// Gives it a body.
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// Gives it a body of JSON, and says so.
    ///
    /// # Errors
    /// [`Error::Unfit`] if the value cannot be written as JSON.
    pub fn json<T: Serialize + ?Sized>(self, value: &T) -> Result<Self, Error> {
        let body = serde_json::to_vec(value)
            .map_err(|error| Error::Unfit { what: "the body of a request".into(), why: error.to_string() })?;
        Ok(self.header("Content-Type", "application/json").body(body))
    }

    /// Asks now; the run waits. For reading alone: it is asked again when the run is repeated.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] if it is no bare `get`, [`Refusal::Denied`] where it is not granted, and
    /// [`Refusal::Other`] where there is no answer. A status of 404 or 500 is an answer.
    pub fn send(self) -> Result<Response, Refusal> {
        if self.method != Method::Get || !self.body.is_empty() {
            return Err(Refusal::invalid(
                "method",
                "only a get without a body is asked while the run waits; use send_later",
            ));
        }
        Ok(wire::get(&self.url, &self.headers)?)
    }

    /// Asks after this run is committed, durably, with the same `Idempotency-Key` at each try. What came of it is told by
    /// an event: see [`reply`].
    ///
    /// # Errors
    /// As [`Request::send`], save that nobody is asked yet.
    pub fn send_later(self, name: &str) -> Result<(), Refusal> {
        Ok(wire::send_later(name, self.method, &self.url, &self.headers, &self.body)?)
    }
}

impl Response {
    /// Whether the status is 200 to 299.
    pub fn ok(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// A header, by its name in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let header = self.headers.iter().find(|header| header.name.eq_ignore_ascii_case(name));
        header.map(|header| header.value.as_str())
    }

    /// The body, as JSON.
    ///
    /// # Errors
    /// [`Error::Unfit`].
    pub fn json<T: DeserializeOwned>(&self) -> Result<T, Error> {
        error::read(|| format!("an answer with status {}", self.status), Some(&self.body))
    }
}

/// What became of a request that was sent later.
#[derive(Clone, Debug, Deserialize, PartialEq)]
pub struct Reply {
    /// The name that it was given.
    pub request: String,
    /// Its idempotency key.
    pub id: String,
    /// How often it was tried.
    pub attempts: u32,
    /// What the server said.
    #[serde(default)]
    pub status: Option<u16>,
    /// The body, if it is text.
    #[serde(default)]
    pub body: Option<String>,
    /// Why there is no answer, and will be none.
    #[serde(default)]
    pub error: Option<String>,
}

impl Reply {
    /// Whether the server took it: a status of 200 to 299.
    pub fn ok(&self) -> bool {
        self.status.is_some_and(|status| (200..300).contains(&status))
    }
}

/// What became of a request of an earlier run, if that is what the event tells.
///
/// # Errors
/// [`Error::Unfit`], which is a fault of the host.
pub fn reply(event: &Event) -> Result<Option<Reply>, Error> {
    match &event.body {
        Body::Other(other) if other.kind == "http-reply" => {
            error::read(|| "an http-reply".into(), Some(other.json.as_bytes())).map(Some)
        }
        _ => Ok(None),
    }
}

/// A word as a part of a path or a query: everything but letters, digits and `-._~` is encoded.
pub fn encode(word: &str) -> String {
    let mut encoded = String::with_capacity(word.len());
    for byte in word.bytes() {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => encoded.push(byte.into()),
            _ => {
                const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
                encoded.push('%');
                encoded.push(DIGITS[usize::from(byte >> 4)].into());
                encoded.push(DIGITS[usize::from(byte & 15)].into());
            }
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Other;

    #[test]
    fn a_reply_is_told_from_other_events() {
        let event = |kind: &str, json: &str| Event {
            id: "1".into(),
            at: 0,
            number: "100".into(),
            contact: None,
            attempt: 0,
            body: Body::Other(Other { kind: kind.into(), json: json.into() }),
        };
        let told = r#"{"request":"lead","id":"req_1-0","attempts":2,"status":201,"headers":[],"body":"{}"}"#;
        let told = reply(&event("http-reply", told)).unwrap().unwrap();
        assert!(told.ok() && told.request == "lead");
        let failed = r#"{"request":"lead","id":"req_1-0","attempts":9,"error":"http: nobody answers"}"#;
        assert!(!reply(&event("http-reply", failed)).unwrap().unwrap().ok());
        assert_eq!(reply(&event("call", told.id.as_str())).unwrap(), None);
    }

    #[test]
    fn only_reading_is_asked_while_a_run_waits() {
        let refused = post("https://a.example/").send();
        assert!(matches!(refused, Err(Refusal::Invalid(_))));
    }

    #[test]
    fn a_word_stays_one_word() {
        assert_eq!(encode("BR 1/2?é"), "BR%201%2F2%3F%C3%A9");
    }
}
