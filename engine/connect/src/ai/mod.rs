//! A language model that the operator set up: the shape of a question that most servers understand, its price, and the check
//! of answers against a schema.

mod chat;
mod schema;
mod scripted;

use async_trait::async_trait;
use ponte_model::{AiAnswer, AiMessage, AiRequest, AiRole, Refusal};
use serde::{Deserialize, Serialize};

pub use chat::{Chat, ChatSettings};
pub use scripted::{AiFile, Line as AiLine, Scripted};

use schema::Schema;

/// Answers.
#[async_trait]
pub trait Model: Send + Sync + 'static {
    /// What the model says.
    ///
    /// # Errors
    /// There is no answer.
    async fn complete(&self, request: &AiRequest) -> Result<Completion, AiError>;
}

/// What a model said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// The words.
    pub text: String,
    /// Tokens of the question, as the server counts.
    pub tokens_in: u32,
    /// Tokens of the answer.
    pub tokens_out: u32,
}

/// A model did not answer. Holds no key and no words of customers.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("ai: {why}")]
pub struct AiError {
    /// Why.
    pub why: String,
    /// Whether it surely cost nothing: nobody was reached, or the server said no.
    pub free: bool,
}

impl AiError {
    /// One that cost nothing.
    pub fn free(why: impl Into<String>) -> Self {
        Self { why: why.into(), free: true }
    }

    /// One of which nobody knows what it cost.
    pub fn unclear(why: impl Into<String>) -> Self {
        Self { why: why.into(), free: false }
    }
}

/// What was used to get an answer, or none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Usage {
    /// Tokens of the questions.
    pub tokens_in: u32,
    /// Tokens of the answers.
    pub tokens_out: u32,
    /// Whether that is all: a try that broke off may have cost more.
    pub certain: bool,
}

/// What tokens cost, in millionths of a currency for a million tokens.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prices {
    /// Of the question.
    pub input: i64,
    /// Of the answer.
    pub output: i64,
}

impl Prices {
    /// What so many tokens cost, rounded up to a millionth.
    pub fn of(&self, tokens_in: u32, tokens_out: u32) -> i64 {
        let part = |tokens: u32, price: i64| i128::from(tokens) * i128::from(price);
        let sum = part(tokens_in, self.input) + part(tokens_out, self.output);
        i64::try_from((sum + 999_999) / 1_000_000).unwrap_or(i64::MAX)
    }

    /// The most that a question may cost, the mended answer included: a token has one byte at least.
    pub fn at_most(&self, request: &AiRequest) -> i64 {
        let bytes: usize = request.messages.iter().map(|message| message.text.len() + 16).sum();
        let bytes = bytes + request.schema.as_ref().map_or(0, |schema| schema.len() + 200);
        let bytes = u32::try_from(bytes).unwrap_or(u32::MAX);
        let tries = if request.schema.is_some() { 2 } else { 1 };
        let again = request.max_tokens.saturating_add(200);
        self.of(bytes.saturating_mul(tries).saturating_add(again * (tries - 1)), request.max_tokens * tries)
    }
}

/// Asks a model; an answer that does not fit the schema it may mend once. Also what was used, however it ended.
///
/// # Errors
/// The schema is none, the model does not answer, or its answer does not fit.
pub async fn ask(model: &dyn Model, request: &AiRequest) -> (Result<AiAnswer, Refusal>, Usage) {
    let mut used = Usage { tokens_in: 0, tokens_out: 0, certain: true };
    let answer = try_twice(model, request, &mut used).await;
    (answer, used)
}

async fn try_twice(model: &dyn Model, request: &AiRequest, used: &mut Usage) -> Result<AiAnswer, Refusal> {
    let schema = match &request.schema {
        Some(schema) => Some(Schema::read(schema).await?),
        None => None,
    };
    let mut request = request.clone();
    let tries = if schema.is_some() { 2 } else { 1 };
    let mut why = String::new();
    for _ in 0..tries {
        let said = model.complete(&request).await.map_err(|error| {
            used.certain &= error.free;
            Refusal::Other { why: error.to_string() }
        })?;
        // A server that does not count leaves it open.
        used.certain &= said.tokens_in > 0;
        used.tokens_in = used.tokens_in.saturating_add(said.tokens_in);
        used.tokens_out = used.tokens_out.saturating_add(said.tokens_out);
        let text = match &schema {
            None => Ok(said.text.clone()),
            Some(schema) => schema.fits(&said.text).await?,
        };
        match text {
            Ok(text) => {
                let (tokens_in, tokens_out) = (used.tokens_in, used.tokens_out);
                return Ok(AiAnswer { text, fallback: false, tokens_in, tokens_out });
            }
            Err(wrong) => why = wrong,
        }
        let mend =
            format!("That does not fit the JSON schema: {why}. Answer again with the corrected JSON and nothing else.");
        request.messages.push(AiMessage { role: AiRole::Assistant, text: said.text });
        request.messages.push(AiMessage { role: AiRole::User, text: mend });
    }
    Err(Refusal::Other { why: format!("ai: the answer does not fit the schema: {why}") })
}

/// Whether a text is JSON that fits a schema: for declared fallbacks.
///
/// # Errors
/// The schema is none, or one that is not taken.
pub async fn fits_schema(schema: &str, text: &str) -> Result<bool, Refusal> {
    Ok(Schema::read(schema).await?.fits(text).await?.is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str =
        r#"{"type":"object","required":["sector"],"properties":{"sector":{"enum":["sales","support"]}}}"#;

    fn request(schema: Option<&str>) -> AiRequest {
        let message = AiMessage { role: AiRole::User, text: "where is my parcel?".into() };
        AiRequest { messages: vec![message], schema: schema.map(str::to_owned), max_tokens: 100 }
    }

    fn scripted(json: &str) -> Scripted {
        Scripted::new(serde_json::from_str(json).unwrap())
    }

    #[tokio::test]
    async fn an_answer_that_does_not_fit_may_be_mended_once() {
        let model = scripted(
            r#"{"answers":[{"contains":"does not fit","text":"```json\n{\"sector\":\"support\"}\n```"},{"text":"sales!"}]}"#,
        );
        let (answer, used) = ask(&model, &request(Some(SCHEMA))).await;
        assert_eq!(answer.unwrap().text, r#"{"sector":"support"}"#);
        assert!(used.tokens_in > 10 && used.tokens_out > 0, "both tries are counted: {used:?}");
        let stubborn = scripted(r#"{"answers":[{"text":"{\"sector\":\"moon\"}"}]}"#);
        let (answer, _) = ask(&stubborn, &request(Some(SCHEMA))).await;
        let why = answer.unwrap_err().to_string();
        assert!(why.contains("/sector") && !why.contains("moon"), "{why}");
        let (answer, _) = ask(&stubborn, &request(Some("{"))).await;
        assert_eq!(answer.unwrap_err().code(), "invalid");
        let (answer, _) = ask(&stubborn, &request(None)).await;
        assert_eq!(answer.unwrap().text, r#"{"sector":"moon"}"#);
    }

    #[test]
    fn prices_are_exact_and_what_may_be_spent_is_never_less_than_what_is() {
        let prices = Prices { input: 150_000, output: 600_000 };
        assert_eq!(prices.of(1_000_000, 0), 150_000);
        assert_eq!(prices.of(1, 0), 1, "rounded up");
        for schema in [None, Some(SCHEMA)] {
            let request = request(schema);
            assert!(prices.at_most(&request) >= prices.of(20, request.max_tokens));
        }
    }
}
