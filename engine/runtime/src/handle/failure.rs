//! What a failed run leads to, as the flow's manifest declares.

use ponte_model::Effect;
use ponte_model::send::{Outbound, Payload, Recipient};
use ponte_sandbox::{Outcome, Stop};

use super::effects::Change;
use crate::outbox::people_of;
use crate::registry::{FailureAction, Installed};

/// What a conversation is handed over with when its flow failed.
const NOTE: &str = "the flow failed";

pub(super) fn follow(change: &mut Change<'_>, installed: &Installed, outcome: &Outcome) {
    let policy = &installed.failure;
    let action = match outcome {
        Outcome::Done => return,
        Outcome::Retry { .. } | Outcome::Rejected { .. } => policy.reject,
        Outcome::Stopped(Stop::Deadline { .. } | Stop::Wall { .. }) => policy.timeout,
        Outcome::Stopped(_) => policy.trap,
    };
    let effects = match action {
        FailureAction::Skip => return,
        FailureAction::HandOff if change.is_with_people() => return,
        FailureAction::HandOff => vec![hand_off(change)],
        // Nobody waits for an answer to a receipt or a timer, and one to a receipt would bring the next receipt.
        FailureAction::DefaultReply if !change.customer_wrote() => return,
        FailureAction::DefaultReply => default_reply(change, installed).into_iter().collect(),
    };
    change.apply(&effects);
}

fn hand_off(change: &Change<'_>) -> Effect {
    let to = people_of(change.number().map(|number| number.config.mode));
    Effect::HandOff { to, note: NOTE.to_owned() }
}

/// The manifest's text, if the policy lets it out; judged like any other message.
fn default_reply(change: &Change<'_>, installed: &Installed) -> Option<Effect> {
    let contact = change.contact()?.clone();
    let body = installed.text(installed.failure.text.as_ref()?, &installed.language())?;
    let to = change.person().and_then(Recipient::of)?;
    let payload = Payload::Text { body, preview_url: None };
    let message = Box::new(Outbound { to, reply_to: None, payload });
    Some(Effect::Send { contact, message, expires_at: None, when_closed: None })
}
