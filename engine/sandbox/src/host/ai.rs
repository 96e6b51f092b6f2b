use ponte_model::{AiMessage, AiRequest, AiRole, OutsideAnswer, OutsideCall, Refusal};

use super::outside::mistaken;
use crate::bindings::ponte::flow::ai::{Answer as Said, Host, Request, Role};
use crate::state::{Answer, Refusable, RunState};
use crate::{Permission, limits};

impl Host for RunState {
    async fn complete(&mut self, request: Request) -> Answer<Said> {
        let result = match check(&request) {
            Ok(()) => self.ask_outside(Permission::Ai, OutsideCall::Ai(convert(request))).await?,
            Err(refusal) => self.begin(Permission::Ai)?.and(Err(refusal)),
        };
        let result = result.and_then(|answer| match answer {
            OutsideAnswer::Ai(said) => Ok(Said {
                text: said.text,
                fallback: said.fallback,
                tokens_in: said.tokens_in,
                tokens_out: said.tokens_out,
            }),
            _ => Err(mistaken("ai.complete")),
        });
        self.answer("ai.complete", result)
    }
}

fn check(request: &Request) -> Refusable<()> {
    let bytes: usize = request.messages.iter().map(|message| message.text.len()).sum();
    if request.messages.is_empty() || bytes > limits::AI_PROMPT_BYTES {
        let most = limits::AI_PROMPT_BYTES;
        return Err(Refusal::invalid("messages", format!("1 or more of {most} bytes in all, not {bytes}")));
    }
    if let Some(bytes) = request.schema.as_ref().map(String::len).filter(|bytes| *bytes > limits::AI_SCHEMA_BYTES) {
        let most = limits::AI_SCHEMA_BYTES;
        return Err(Refusal::invalid("schema", format!("{bytes} bytes long; at most {most}")));
    }
    if !(1..=limits::AI_TOKENS).contains(&request.max_tokens) {
        return Err(Refusal::invalid("max-tokens", format!("from 1 to {}", limits::AI_TOKENS)));
    }
    Ok(())
}

fn convert(request: Request) -> AiRequest {
    let role = |role| match role {
        Role::System => AiRole::System,
        Role::User => AiRole::User,
        Role::Assistant => AiRole::Assistant,
    };
    let messages =
        request.messages.into_iter().map(|message| AiMessage { role: role(message.role), text: message.text });
    AiRequest { messages: messages.collect(), schema: request.schema, max_tokens: request.max_tokens }
}
