//! What a failed run leads to, as the flow's manifest declares.

use ponte_model::send::{Outbound, Payload, Recipient};
use ponte_model::{Effect, HandOffTarget};
use ponte_sandbox::{Outcome, Stop};
use ponte_store::{NumberMode, StoreError};

use super::effects::Change;
use crate::registry::{FailureAction, Installed};

/// What a conversation is handed over with when its flow failed.
const NOTE: &str = "the flow failed";

pub(super) async fn follow(
    change: &mut Change<'_>,
    installed: &Installed,
    outcome: &Outcome,
) -> Result<(), StoreError> {
    let policy = &installed.failure;
    let action = match outcome {
        Outcome::Done => return Ok(()),
        Outcome::Retry { .. } | Outcome::Rejected { .. } => policy.reject,
        Outcome::Stopped(Stop::Deadline { .. } | Stop::Wall { .. }) => policy.timeout,
        Outcome::Stopped(_) => policy.trap,
    };
    let effects = match action {
        FailureAction::Skip => return Ok(()),
        FailureAction::HandOff => vec![hand_off(change)],
        FailureAction::DefaultReply => default_reply(change, installed).await?.into_iter().collect(),
    };
    change.apply(&effects).await
}

fn hand_off(change: &Change<'_>) -> Effect {
    let on_a_phone = change.number().is_some_and(|number| number.config.mode == NumberMode::Coexistence);
    let to = if on_a_phone { HandOffTarget::App } else { HandOffTarget::Team };
    Effect::HandOff { to, note: NOTE.to_owned() }
}

/// The manifest's text, if the policy lets it out; judged like any other message.
async fn default_reply(change: &Change<'_>, installed: &Installed) -> Result<Option<Effect>, StoreError> {
    let (Some(key), Some(contact)) = (&installed.failure.text, change.contact()) else { return Ok(None) };
    let Some(body) = installed.text(key, &installed.language()) else { return Ok(None) };
    let Some(to) = change.person().and_then(Recipient::of) else { return Ok(None) };
    let payload = Payload::Text { body, preview_url: None };
    let message = Box::new(Outbound { to, reply_to: None, payload });
    Ok(Some(Effect::Send { contact: contact.clone(), message, expires_at: None }))
}
