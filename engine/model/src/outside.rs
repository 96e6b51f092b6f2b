//! What a flow asks of the world outside: web services, orders, a model. Plain data, because it is recorded and replayed.

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};
use serde_json::{Value, json};

use crate::{InstallationId, RequestId, RunId, StoreOrder};

/// A question that somebody outside answers while a run waits, or that is judged now and asked later.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "call", rename_all = "kebab-case")]
pub enum OutsideCall {
    /// Read something from a web service.
    HttpGet {
        /// Where.
        url: String,
        /// With which headers.
        headers: Vec<HttpHeader>,
    },
    /// May this be asked after the commit? Nothing leaves yet.
    HttpLater(HttpRequest),
    /// The stand-in of a secret.
    Secret {
        /// The shop's name for it.
        name: String,
    },
    /// Orders by the number that people call them.
    OrdersFind {
        /// The number, as somebody wrote it.
        number: String,
    },
    /// The orders of the event's contact.
    OrdersOfContact,
    /// Ask the model.
    Ai(AiRequest),
}

impl OutsideCall {
    /// The function of the contract, for records and metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::HttpGet { .. } => "http.get",
            Self::HttpLater(_) => "http.send-later",
            Self::Secret { .. } => "secrets.reference",
            Self::OrdersFind { .. } => "orders.find",
            Self::OrdersOfContact => "orders.of-contact",
            Self::Ai(_) => "ai.complete",
        }
    }
}

/// The answer to an [`OutsideCall`], of the kind that fits it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "answer", content = "of", rename_all = "kebab-case")]
pub enum OutsideAnswer {
    /// To [`OutsideCall::HttpGet`].
    Http(HttpResponse),
    /// To [`OutsideCall::HttpLater`]: it may be asked.
    Later,
    /// To [`OutsideCall::Secret`]: the stand-in, never the secret.
    Secret(String),
    /// To the questions for orders.
    Orders(Vec<FoundOrder>),
    /// To [`OutsideCall::Ai`].
    Ai(AiAnswer),
}

/// One header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpHeader {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
}

/// What to do at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum HttpMethod {
    /// Read.
    Get,
    /// Add, or do.
    Post,
    /// Write.
    Put,
    /// Change.
    Patch,
    /// Take away.
    Delete,
}

impl HttpMethod {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Patch => "PATCH",
            Self::Delete => "DELETE",
        }
    }
}

/// A request that leaves after the commit. Secrets are stand-ins in it, wherever it is kept.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpRequest {
    /// The flow's name for it; comes back with the reply.
    pub name: String,
    /// What to do.
    pub method: HttpMethod,
    /// Where.
    pub url: String,
    /// With which headers.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub headers: Vec<HttpHeader>,
    /// The body.
    #[serde(default, with = "payload", skip_serializing_if = "Vec::is_empty")]
    pub body: Vec<u8>,
}

/// What a server said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpResponse {
    /// The status: 200, 404 …
    pub status: u16,
    /// Its headers.
    pub headers: Vec<HttpHeader>,
    /// Its body.
    #[serde(with = "payload")]
    pub body: Vec<u8>,
}

/// What became of a request that a flow asked for in an earlier run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpReply {
    /// Whose request it was, and the only flow that hears of it.
    pub installation: InstallationId,
    /// Its id, and idempotency key.
    pub id: RequestId,
    /// The flow's name for it.
    pub request: String,
    /// The run that asked.
    pub run: RunId,
    /// How often it was tried.
    pub attempts: u32,
    /// What the server said, or why there is no answer.
    pub outcome: HttpOutcome,
}

/// What the server said, or why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum HttpOutcome {
    /// The server's answer.
    Response(HttpResponse),
    /// Why there is none.
    Error(String),
}

impl HttpReply {
    /// As the contract tells it to the flow.
    pub fn as_told(&self) -> Value {
        let mut told = json!({ "request": self.request, "id": self.id, "attempts": self.attempts });
        match &self.outcome {
            HttpOutcome::Error(why) => told["error"] = why.as_str().into(),
            HttpOutcome::Response(response) => {
                told["status"] = response.status.into();
                told["headers"] = json!(response.headers);
                match std::str::from_utf8(&response.body) {
                    Ok(text) => told["body"] = text.into(),
                    Err(_) => told["body_hex"] = hex::encode(&response.body).into(),
                }
            }
        }
        told
    }
}

/// An order that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FoundOrder {
    /// The order as it stands now.
    pub order: StoreOrder,
    /// Whether the store knows it as the event's contact's.
    pub own: bool,
}

/// What is asked of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AiRequest {
    /// In their order.
    pub messages: Vec<AiMessage>,
    /// A JSON Schema that the answer must fit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schema: Option<String>,
    /// The answer has at most so many tokens.
    pub max_tokens: u32,
}

/// One message to or from a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AiMessage {
    /// Who speaks.
    pub role: AiRole,
    /// The words.
    pub text: String,
}

/// Who speaks to a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AiRole {
    /// The flow's instructions.
    System,
    /// A person.
    User,
    /// The model.
    Assistant,
}

/// What a model answered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AiAnswer {
    /// The words.
    pub text: String,
    /// Whether it is the text that the manifest declares for when no model can be asked.
    pub fallback: bool,
    /// Tokens of the question.
    pub tokens_in: u32,
    /// Tokens of the answer.
    pub tokens_out: u32,
}

/// Bytes in JSON that people can read: text as text, anything else as `{"hex": "…"}`.
mod payload {
    use super::*;

    #[derive(Serialize, Deserialize)]
    struct Hex {
        hex: String,
    }

    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        Text(String),
        Bytes(Hex),
    }

    pub(super) fn serialize<S: Serializer>(bytes: &[u8], serializer: S) -> Result<S::Ok, S::Error> {
        match std::str::from_utf8(bytes) {
            Ok(text) => text.serialize(serializer),
            Err(_) => Hex { hex: hex::encode(bytes) }.serialize(serializer),
        }
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<u8>, D::Error> {
        match Either::deserialize(deserializer)? {
            Either::Text(text) => Ok(text.into_bytes()),
            Either::Bytes(bytes) => hex::decode(&bytes.hex).map_err(de::Error::custom),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_readable_and_come_back_exactly() {
        for body in [b"{\"a\":1}".to_vec(), vec![0xff, 0, 1], Vec::new()] {
            let response = HttpResponse { status: 200, headers: Vec::new(), body };
            let json = serde_json::to_value(&response).unwrap();
            assert_eq!(serde_json::from_value::<HttpResponse>(json).unwrap(), response);
        }
        let response = HttpResponse { status: 200, headers: Vec::new(), body: b"ok".to_vec() };
        assert_eq!(serde_json::to_value(&response).unwrap()["body"], "ok");
        let answer = OutsideAnswer::Http(response);
        let json = serde_json::to_string(&answer).unwrap();
        assert_eq!(serde_json::from_str::<OutsideAnswer>(&json).unwrap(), answer);
    }

    #[test]
    fn a_flow_is_told_of_a_reply_as_the_contract_says() {
        let reply = |outcome| HttpReply {
            installation: "crm".into(),
            id: "req_1-0".into(),
            request: "lead".into(),
            run: "run_1".into(),
            attempts: 2,
            outcome,
        };
        let response = HttpResponse { status: 201, headers: Vec::new(), body: b"{}".to_vec() };
        let told = reply(HttpOutcome::Response(response)).as_told();
        assert_eq!((&told["request"], &told["status"], &told["body"]), (&json!("lead"), &json!(201), &json!("{}")));
        let told = reply(HttpOutcome::Error("http: no answer".into())).as_told();
        assert_eq!((&told["error"], told.get("status")), (&json!("http: no answer"), None));
    }
}
