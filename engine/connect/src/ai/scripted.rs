//! A stand-in for a model: tests and scenarios say what it answers.

use async_trait::async_trait;
use ponte_model::AiRequest;
use serde::{Deserialize, Serialize};

use super::{AiError, Completion, Model};

/// What a scripted model answers: the first line that fits the last message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AiFile {
    /// In their order.
    pub answers: Vec<Line>,
}

/// One answer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Line {
    /// What the last message has in it; compared without case. Without it the line always fits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contains: Option<String>,
    /// What is said. Missing: the model fails.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// Answers from a script. A token has four bytes, rounded up, so that money can be counted too.
#[derive(Clone, Debug, Default)]
pub struct Scripted(AiFile);

impl Scripted {
    /// Answers like this.
    pub fn new(file: AiFile) -> Self {
        Self(file)
    }
}

#[async_trait]
impl Model for Scripted {
    async fn complete(&self, request: &AiRequest) -> Result<Completion, AiError> {
        let last = request.messages.last().map(|message| message.text.to_lowercase()).unwrap_or_default();
        let fits = |line: &&Line| line.contains.as_ref().is_none_or(|words| last.contains(&words.to_lowercase()));
        let line = self.0.answers.iter().find(fits);
        let text = line.and_then(|line| line.text.clone());
        let text = text.ok_or_else(|| AiError::free("the script has no answer to this"))?;
        let tokens = |bytes: usize| u32::try_from(bytes.div_ceil(4)).unwrap_or(u32::MAX);
        let tokens_in = request.messages.iter().map(|message| tokens(message.text.len())).sum();
        Ok(Completion { tokens_out: tokens(text.len()), text, tokens_in })
    }
}
