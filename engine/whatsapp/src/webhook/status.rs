//! Delivery statuses. Sources: Meta, status messages webhook reference; pricing.

use ponte_model::{Body, Contact, DeliveryState, DeliveryStatus, Event, Lane, Origin, PricedConversation, Pricing};

use super::calls;
use super::content::time_of;
use super::json::Object;
use super::person::{PARTICIPANT, RECIPIENT};
use super::scope::{Scope, Why, errors_of, id_of, named};

/// The states that this version knows; the enumeration is open.
const STATES: &[(&str, DeliveryState)] = &[
    ("sent", DeliveryState::Sent),
    ("delivered", DeliveryState::Delivered),
    ("read", DeliveryState::Read),
    ("played", DeliveryState::Played),
    ("failed", DeliveryState::Failed),
];

/// The state that a word means, in whichever case; kept as written if it is none of ours.
pub(super) fn state(word: &str) -> DeliveryState {
    let known = STATES.iter().find(|(known, _)| known.eq_ignore_ascii_case(word));
    known.map_or_else(|| DeliveryState::Other(word.to_owned()), |(_, state)| state.clone())
}

/// An item of `statuses`.
pub(super) fn status(scope: &Scope<'_>, item: &Object<'_>) -> Result<Event, Why> {
    if item.word("type").is_some_and(|kind| kind == "call") {
        return calls::status(scope, item);
    }
    let id = id_of(item)?;
    let state = state(&item.word("status").ok_or("it does not say which status")?);
    let (contact, group_id) = recipient(item);
    let participant = PARTICIPANT.id(item).or_else(|| item.first_word(&["recipient_participant_user_id"]));
    let key = scope.key("status", &[id.as_str(), state.as_str(), &participant.unwrap_or_default()]);
    let status = DeliveryStatus {
        message_id: id.clone(),
        state,
        send_id: item.text("biz_opaque_callback_data").map(Into::into),
        group_id,
        pricing: item.object("pricing").map(|pricing| Pricing {
            model: pricing.text("pricing_model").unwrap_or_default(),
            category: pricing.text("category").unwrap_or_default(),
            kind: pricing.text("type"),
            billable: pricing.flag("billable"),
        }),
        conversation: item.object("conversation").and_then(|conversation| {
            Some(PricedConversation {
                id: conversation.text("id")?,
                origin: conversation.object("origin").and_then(|origin| origin.text("type")),
                expires_at: conversation.time("expiration_timestamp"),
            })
        }),
        errors: errors_of(item),
    };
    Ok(Event {
        contact: named(scope.complete(contact)),
        message_id: Some(id),
        at: time_of(item, scope.at),
        ..scope.event(key, Origin::Api, Lane::Status, Body::Status(status))
    })
}

/// The person, and the group if the message went to one: then `recipient_id` is the group, and the person is the
/// participant. Not every example of Meta's says `recipient_type`, but an id that is no person's is a group's.
fn recipient(item: &Object<'_>) -> (Contact, Option<String>) {
    let (recipient, participant) = (RECIPIENT.of(item), PARTICIPANT.of(item));
    let to_group = item.word("recipient_type").is_some_and(|kind| kind == "group")
        || !participant.is_anonymous()
        || recipient.is_anonymous();
    if to_group { (participant, RECIPIENT.id(item).map(Into::into)) } else { (recipient, None) }
}
