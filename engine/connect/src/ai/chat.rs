//! The chat-completions shape, which most servers of models understand.

use std::time::Duration;

use async_trait::async_trait;
use ponte_model::{AiRequest, AiRole};
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use url::Url;

use super::{AiError, Completion, Model};
use crate::limits;

/// Where a model is. The operator's word: the address may be in the shop's own network.
#[derive(Clone, Debug)]
pub struct ChatSettings {
    /// The whole address, such as `https://api.example.com/v1/chat/completions`.
    pub url: Url,
    /// The model's name.
    pub model: String,
    /// The key, sent as a bearer token.
    pub key: Option<SecretString>,
    /// How long an answer may take.
    pub timeout: Duration,
}

/// A model behind an address.
pub struct Chat {
    http: reqwest::Client,
    settings: ChatSettings,
}

impl Chat {
    /// Makes one.
    ///
    /// # Errors
    /// The TLS library cannot be set up.
    pub fn new(settings: ChatSettings) -> Result<Self, String> {
        let http = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(limits::CONNECT)
            .build()
            .map_err(|error| error.to_string())?;
        Ok(Self { http, settings })
    }
}

#[derive(Deserialize)]
struct Reply {
    choices: Vec<Choice>,
    #[serde(default)]
    usage: Usage,
}

#[derive(Deserialize)]
struct Choice {
    message: Said,
}

#[derive(Deserialize)]
struct Said {
    content: Option<String>,
}

#[derive(Default, Deserialize)]
struct Usage {
    #[serde(default)]
    prompt_tokens: u32,
    #[serde(default)]
    completion_tokens: u32,
}

/// The question in the shape that servers understand.
fn body(model: &str, request: &AiRequest) -> Value {
    let role = |role| match role {
        AiRole::System => "system",
        AiRole::User => "user",
        AiRole::Assistant => "assistant",
    };
    let messages: Vec<_> =
        request.messages.iter().map(|one| json!({ "role": role(one.role), "content": one.text })).collect();
    let mut body = json!({ "model": model, "messages": messages, "max_tokens": request.max_tokens });
    if let Some(schema) = request.schema.as_deref().and_then(|schema| serde_json::from_str::<Value>(schema).ok()) {
        let schema = json!({ "name": "answer", "schema": schema });
        body["response_format"] = json!({ "type": "json_schema", "json_schema": schema });
    }
    body
}

#[async_trait]
impl Model for Chat {
    async fn complete(&self, request: &AiRequest) -> Result<Completion, AiError> {
        let exchange = async {
            let mut post = self.http.post(self.settings.url.clone()).json(&body(&self.settings.model, request));
            if let Some(key) = &self.settings.key {
                post = post.bearer_auth(key.expose_secret());
            }
            let unreachable = |error: reqwest::Error| AiError {
                free: error.is_connect(),
                why: format!("the model cannot be asked: {}", error.without_url()),
            };
            let mut response = post.send().await.map_err(unreachable)?;
            let status = response.status();
            if !status.is_success() {
                // A gateway that gave up waiting says nothing of what the model behind it went on to do.
                let free = !status.is_server_error();
                return Err(AiError { free, why: format!("the model's server answered {status}") });
            }
            let mut bytes = Vec::new();
            while let Some(chunk) = response.chunk().await.map_err(unreachable)? {
                if bytes.len() + chunk.len() > limits::RESPONSE_BYTES {
                    return Err(AiError::unclear("the model's server sent too much"));
                }
                bytes.extend_from_slice(&chunk);
            }
            let reply: Reply = serde_json::from_slice(&bytes).map_err(|error| {
                AiError::unclear(format!("the model's server answered what cannot be read: {error}"))
            })?;
            let said = reply.choices.into_iter().next().and_then(|choice| choice.message.content);
            let text = said.ok_or_else(|| AiError::unclear("the model said nothing"))?;
            // What a proxy echoes of the request's headers stays here.
            let key = self.settings.key.as_ref().map(|key| key.expose_secret());
            let text = key.filter(|key| !key.is_empty()).map_or(text.clone(), |key| text.replace(key, "(key)"));
            let Usage { prompt_tokens, completion_tokens } = reply.usage;
            Ok(Completion { text, tokens_in: prompt_tokens, tokens_out: completion_tokens })
        };
        let timeout = self.settings.timeout;
        let late = |_| Err(AiError::unclear(format!("the model did not answer within {timeout:?}")));
        ponte_clock::within(timeout, exchange).await.unwrap_or_else(late)
    }
}

#[cfg(test)]
mod tests {
    use ponte_model::AiMessage;
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::*;

    /// What a model behind a server says that answers with a status.
    async fn asked(status: &'static str) -> AiError {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}/", listener.local_addr().unwrap()).parse().unwrap();
        tokio::spawn(async move {
            let (mut socket, _) = listener.accept().await.unwrap();
            let _ = socket.read(&mut [0; 65_536]).await;
            let answer = format!("HTTP/1.1 {status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
            socket.write_all(answer.as_bytes()).await.unwrap();
        });
        let timeout = Duration::from_secs(20);
        let chat = Chat::new(ChatSettings { url, model: "small".into(), key: None, timeout }).unwrap();
        let message = AiMessage { role: AiRole::User, text: "oi".into() };
        chat.complete(&AiRequest { messages: vec![message], schema: None, max_tokens: 5 }).await.unwrap_err()
    }

    #[tokio::test]
    async fn a_server_that_says_no_costs_nothing_and_of_one_that_broke_nobody_knows() {
        for status in ["400 Bad Request", "401 Unauthorized", "429 Too Many Requests"] {
            assert!(asked(status).await.free, "{status}");
        }
        for status in ["500 Internal Server Error", "502 Bad Gateway", "504 Gateway Timeout"] {
            assert!(!asked(status).await.free, "{status}");
        }
    }
}
