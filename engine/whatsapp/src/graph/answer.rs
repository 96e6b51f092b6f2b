use std::time::Duration;

use bytes::Bytes;
use ponte_model::{MessageId, Phone, PlatformError, UserId};
use reqwest::header::{HeaderMap, RETRY_AFTER};
use reqwest::{Response, StatusCode};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::error::{GraphError, SendError, in_words};
use crate::errors::classify;

/// Longer answers are not read: Meta's are a few hundred bytes.
pub(super) const MAX_ANSWER: usize = 64 * 1024;

/// Longer lists are not read: a hundred templates have a few hundred kilobytes.
pub(super) const MAX_LIST: usize = 16 * 1024 * 1024;

/// How much of an unreadable answer goes into the error.
const EXCERPT: usize = 200;

/// Meta took the message. That is no promise that it will be delivered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    /// Meta's id of it.
    pub message_id: MessageId,
    /// The phone of the recipient as WhatsApp knows it; may differ from the one asked for.
    pub wa_id: Option<Phone>,
    /// The BSUID of the recipient.
    pub user_id: Option<UserId>,
    /// `accepted`, `held_for_quality_assessment`, `paused`; open, and mostly on templates only.
    pub message_status: Option<String>,
}

impl Accepted {
    /// The platform's word for why it keeps the message for now, if it does: a status tells of the rest.
    pub fn kept_back(&self) -> Option<&str> {
        self.message_status.as_deref().filter(|status| *status != "accepted")
    }
}

/// An answer as it came.
pub(super) struct Answer {
    pub(super) status: StatusCode,
    pub(super) body: Vec<u8>,
    retry_after: Option<Duration>,
}

impl Answer {
    pub(super) async fn read(mut response: Response, most: usize) -> Result<Self, SendError> {
        let status = response.status();
        let retry_after = retry_after(response.headers());
        let mut body = Vec::new();
        loop {
            match response.chunk().await {
                Ok(None) => return Ok(Self { status, body, retry_after }),
                Ok(Some(chunk)) if body.len() + chunk.len() <= most => body.extend_from_slice(&chunk),
                Ok(Some(_)) => {
                    return Err(SendError::in_doubt(format!("HTTP {status} with more than {most} bytes")));
                }
                Err(error) => {
                    let why = in_words(&error);
                    return Err(SendError::in_doubt(format!("HTTP {status}, then the answer broke off: {why}")));
                }
            }
        }
    }

    /// An answer that is here already.
    pub(super) fn of(status: StatusCode, headers: &HeaderMap, body: Bytes, most: usize) -> Result<Self, SendError> {
        if body.len() > most {
            return Err(SendError::in_doubt(format!("HTTP {status} with more than {most} bytes")));
        }
        Ok(Self { status, body: body.into(), retry_after: retry_after(headers) })
    }

    /// Reads the answer to a send.
    pub(super) fn accepted(self) -> Result<Accepted, SendError> {
        let sent: Sent = self.json()?;
        let (Some(message), contact) = (sent.messages.into_iter().next(), sent.contacts.into_iter().next()) else {
            return Err(SendError::in_doubt(format!("HTTP {} that names no message", self.status)));
        };
        let contact = contact.unwrap_or_default();
        Ok(Accepted {
            message_id: message.id,
            wa_id: contact.wa_id,
            user_id: contact.user_id,
            message_status: message.message_status,
        })
    }

    /// Reads an answer that only says that it was done.
    pub(super) fn success(self) -> Result<(), SendError> {
        self.json::<serde::de::IgnoredAny>().map(|_| ())
    }

    /// Reads the answer, whose body decides whether it is an error: the HTTP status only where the body says nothing.
    pub(super) fn json<T: DeserializeOwned>(&self) -> Result<T, SendError> {
        if let Ok(Failure { error }) = serde_json::from_slice(&self.body) {
            return Err(SendError::of_answer(self.graph_error(error)));
        }
        if !self.status.is_success() {
            return Err(self.unreadable("an error that is not Meta's"));
        }
        serde_json::from_slice(&self.body).map_err(|error| self.unreadable(&error.to_string()))
    }

    fn graph_error(&self, wire: WireError) -> GraphError {
        let error = PlatformError {
            code: wire.code,
            title: wire.error_user_title,
            message: wire.message,
            details: wire.error_data.and_then(|data| data.details),
        };
        GraphError {
            status: self.status.as_u16(),
            class: classify(error.code),
            error,
            subcode: wire.error_subcode,
            fbtrace_id: wire.fbtrace_id,
            retry_after: self.retry_after,
        }
    }

    fn unreadable(&self, why: &str) -> SendError {
        let text = String::from_utf8_lossy(&self.body[..self.body.len().min(EXCERPT)]);
        SendError::in_doubt(format!("HTTP {}: {why}: {text:?}", self.status))
    }
}

/// Seconds; the other form, a date, would need a clock and Meta does not use it.
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.parse().ok().map(Duration::from_secs)
}

#[derive(Deserialize)]
struct Sent {
    #[serde(default)]
    contacts: Vec<SentContact>,
    messages: Vec<SentMessage>,
}

#[derive(Default, Deserialize)]
struct SentContact {
    wa_id: Option<Phone>,
    user_id: Option<UserId>,
}

#[derive(Deserialize)]
struct SentMessage {
    id: MessageId,
    message_status: Option<String>,
}

#[derive(Deserialize)]
struct Failure {
    error: WireError,
}

#[derive(Deserialize)]
struct WireError {
    code: i64,
    message: Option<String>,
    error_user_title: Option<String>,
    error_subcode: Option<i64>,
    error_data: Option<WireErrorData>,
    fbtrace_id: Option<String>,
}

#[derive(Deserialize)]
struct WireErrorData {
    details: Option<String>,
}
