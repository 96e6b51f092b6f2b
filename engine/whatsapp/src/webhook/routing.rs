//! Meta's conversation routing: what is said in threads that another responder controls, and who gets control.
//! Source: Meta, webhooks/reference/standby (Aug 2026) and what was captured of `messaging_handovers`.

use ponte_model::{Body, Event, EventKey, Handover, Origin};

use super::content::{message, time_of};
use super::json::Object;
use super::lists::{self, Item, Item::One};
use super::message::{from_customer, spoken};
use super::person::{self, FROM, PERSON, People, TO};
use super::scope::{Scope, Why, id_of};
use super::status::status;

/// The lists of a standby value, and what reads their items.
const LISTS: &[(&str, Item)] = &[
    ("messages", One(|scope, item| from_customer(scope, item).map(overheard))),
    ("message_echoes", One(|scope, item| from_responder(scope, item).map(overheard))),
    ("statuses", One(|scope, item| status(scope, item).map(overheard))),
];

/// The field `standby`: messages, echoes and statuses one level deeper than elsewhere.
pub(super) fn standby(scope: &mut Scope<'_>, value: &Object<'_>, out: &mut Vec<Event>) -> Result<(), Why> {
    let inner = value.object("standby").ok_or("a standby value without the object of that name")?;
    if inner.get("contacts").is_some() {
        scope.people = People::of(inner.get("contacts"));
    }
    lists::read(scope, &inner, LISTS, out);
    Ok(())
}

/// Marks what was said as said to somebody else. Changed ids concern everybody, and stay as they are. The key differs
/// from the live one: a thread can change hands while a message is on its way.
fn overheard(event: Event) -> Event {
    if matches!(event.body, Body::IdentityChange(_) | Body::Call(_)) {
        return event;
    }
    Event { key: EventKey::of(&["standby", event.key.as_str()]), body: Body::Standby(Box::new(event.body)), ..event }
}

/// An echo in a standby value: the responder in control wrote, over the API; the phone's echoes have a field of their
/// own. The message is a level deeper, next to what was sent (`template`, `flow`).
fn from_responder(scope: &Scope<'_>, item: &Object<'_>) -> Result<Event, Why> {
    let id = id_of(item)?;
    let inner = item.object("message");
    let said = inner.as_ref().unwrap_or(item);
    let contact = scope.complete(scope.other_side(TO.of(said), FROM.of(said)));
    let body = spoken(Origin::Api, message(said));
    let event = scope.conversation_event(scope.key("echo", &[id.as_str()]), Origin::Api, contact, body)?;
    Ok(Event { message_id: Some(id), at: time_of(item, scope.at), ..event })
}

/// The field `messaging_handovers`. It has no `metadata`: the number is the `recipient`, the person the `sender`.
pub(super) fn handover(scope: &mut Scope<'_>, value: &Object<'_>, out: &mut Vec<Event>) -> Result<(), Why> {
    if let Some(recipient) = value.object("recipient") {
        scope.number_id = recipient.text("phone_number_id").map(Into::into).or(scope.number_id.take());
        scope.own_phone = recipient.word("display_phone_number").as_deref().and_then(person::phone);
    }
    let sender = value.object("sender").ok_or("a handover that does not say whose thread it is")?;
    let contact = scope.complete(PERSON.of(&sender));
    let what = value.text("type").ok_or("a handover that does not say what happened")?;
    let details = value.object(&what);
    let details = |keys: &[&str]| details.as_ref().and_then(|details| details.first_word(keys)).map(Into::into);
    let handover = Handover {
        // Captured webhooks also have `…_owner_app_role`; the role without "app" is the documented one.
        previous_role: details(&["previous_owner_role", "previous_owner_app_role"]),
        new_role: details(&["new_owner_role", "new_owner_app_role"]),
        previous_app_id: details(&["previous_owner_app_id"]),
        new_app_id: details(&["new_owner_app_id"]),
        ours: None,
        metadata: details(&["metadata"]),
        what,
        json: value.to_value(),
    };
    let key = scope.content_key("handover", "", 0);
    let event = scope.conversation_event(key, Origin::System, contact, Body::Handover(handover))?;
    out.push(Event { at: time_of(value, scope.at), ..event });
    Ok(())
}
