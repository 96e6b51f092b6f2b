//! What becomes of a message that finds the window closed, as its flow chose.

use std::sync::Arc;
use std::time::Duration;

use ponte_model::send::{Outbound, Payload};
use ponte_model::{
    Body, Contact, ConversationId, Event, EventKey, HandOffTarget, Lane as EventLane, Origin, WhenClosed,
};
use ponte_policy::Objection;
use ponte_policy::platform::HOLD_MOST;
use ponte_store::{HeldFor, Incoming, NumberMode, OutboxItem, SendOutcome, StoreError};

use super::Waiting;
use crate::core::Core;
use crate::ingest::{IngestError, take_in};
use crate::verdict::{self, Asking};

/// How long to wait where people cannot be told, because too much waits already.
const TRY_AGAIN: Duration = Duration::from_secs(60);

/// Follows the choice; what is to be written on the row. `None`: another message stands in its place, to be judged.
pub(super) async fn follow(
    core: &Arc<Core>,
    waiting: &mut Waiting,
    objection: &Objection,
) -> Result<Option<SendOutcome>, StoreError> {
    let now = core.clock.now();
    let flow = waiting.installation.as_ref().map_or_else(String::new, ToString::to_string);
    metrics::counter!("ponte_window_closed_total", "choice" => waiting.when_closed.as_str(), "installation" => flow)
        .increment(1);
    let ends = |word: &str, what: &str| SendOutcome::Refused {
        reason: format!(
            "{word}: the customer-service window is closed, and the flow chose {what} (rule: {})",
            objection.rule
        ),
    };
    Ok(Some(match waiting.when_closed.clone() {
        WhenClosed::Refuse => return Ok(Some(super::attempt::objected(objection.clone(), waiting.expires_at))),
        WhenClosed::Drop => ends("dropped", "to drop it"),
        WhenClosed::Hold => SendOutcome::Held {
            until: waiting.expires_at.unwrap_or_else(|| now.plus(HOLD_MOST)),
            what_for: HeldFor::Window,
            code: None,
            reason: format!("held: it leaves when the customer writes again (rule: {})", objection.rule),
        },
        WhenClosed::HandOff => match hand_off(core, waiting).await {
            Ok(()) => ends("handed-off", "to hand the conversation to people"),
            Err(IngestError::Store(error)) => return Err(error),
            Err(error) => SendOutcome::Held {
                until: now.plus(TRY_AGAIN),
                what_for: HeldFor::Time,
                code: None,
                reason: format!("held: people cannot be told yet: {error} (rule: {})", objection.rule),
            },
        },
        WhenClosed::Template { template } => {
            let OutboxItem::Message { message } = &waiting.item else { return Ok(None) };
            let reason = format!("the window is closed: the template {} goes in its place", template.name);
            let message = Box::new(Outbound { payload: Payload::Template(*template), ..message.as_ref().clone() });
            waiting.item = OutboxItem::Message { message };
            waiting.when_closed = WhenClosed::Refuse;
            let registry = core.registry.now();
            waiting.lane = verdict::lane_of(core, &registry, &Asking::from(&*waiting));
            let lane = waiting.lane.index() as i64;
            core.store.replace_item(&waiting.id, &waiting.item, lane, &reason).await?;
            return Ok(None);
        }
    }))
}

/// An event gives the conversation to people, in its turn. Its key follows from the message: it happens once.
async fn hand_off(core: &Arc<Core>, waiting: &Waiting) -> Result<(), IngestError> {
    let ConversationId { number, contact } = &waiting.conversation;
    let registry = core.registry.now();
    let registered = registry.number(number);
    let person = core.store.contact(contact).await?;
    let flow = waiting.installation.as_ref().map_or("a person", |id| id.as_str());
    let event = Event {
        key: EventKey::of(&["window-closed", waiting.id.as_str()]),
        origin: Origin::System,
        lane: EventLane::Message,
        waba_id: None,
        number_id: Some(number.clone()),
        contact: person.map(|row| Contact { user_id: row.user_id, phone: row.phone, ..Contact::default() }),
        message_id: None,
        at: core.clock.now(),
        body: Body::HandOff {
            to: people_of(registered.map(|number| number.row.config.mode)),
            note: format!("the window closed before a message of {flow} could leave ({})", waiting.id),
        },
    };
    let tenant = registered.map_or_else(|| core.settings.default_tenant.clone(), |number| number.tenant.clone());
    take_in(core, vec![Incoming { tenant, contact: Some(contact.clone()), event: Arc::new(event) }]).await.map(drop)
}

/// Who answers where automation does not: whoever has the phone, if there is one.
pub(crate) fn people_of(mode: Option<NumberMode>) -> HandOffTarget {
    if mode == Some(NumberMode::Coexistence) { HandOffTarget::App } else { HandOffTarget::Team }
}
