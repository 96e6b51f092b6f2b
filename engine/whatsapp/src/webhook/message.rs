//! Live messages: what customers write, and what the business writes on the phone.

use ponte_model::{Body, Contact, Event, IdentityChange, Message, Origin};

use super::content::{message, time_of};
use super::json::Object;
use super::person::{self, FROM, PERSON, TO};
use super::scope::{Scope, Why, id_of};

/// An item of `messages` on the field of that name: a customer's message, edit or deletion, or the platform's word
/// that their ids changed.
pub(super) fn from_customer(scope: &Scope<'_>, item: &Object<'_>) -> Result<Event, Why> {
    if item.word("type").is_some_and(|kind| kind == "system") {
        return system(scope, item);
    }
    let contact = scope.complete(FROM.of(item));
    said(scope, item, Origin::Customer, contact)
}

/// An item of `smb_message_echoes`: the business wrote, edited or deleted on the phone.
pub(super) fn from_app(scope: &Scope<'_>, item: &Object<'_>) -> Result<Event, Why> {
    let contact = scope.complete(scope.other_side(TO.of(item), FROM.of(item)));
    said(scope, item, Origin::App, contact)
}

fn said(scope: &Scope<'_>, item: &Object<'_>, origin: Origin, contact: Contact) -> Result<Event, Why> {
    let id = id_of(item)?;
    let kind = item.word("type").unwrap_or_default();
    let body = match &*kind {
        "edit" => {
            let edit = item.object("edit").ok_or("an edit without its object")?;
            let message = edit.object("message").ok_or("an edit that does not say what the message says now")?;
            Body::Edit { original: original(&edit)?, message: self::message(&message) }
        }
        "revoke" => {
            Body::Revoke { original: original(&item.object("revoke").ok_or("a deletion without its object")?)? }
        }
        _ => spoken(origin, message(item)),
    };
    let key = scope.key(body.kind(), &[id.as_str()]);
    let event = scope.conversation_event(key, origin, contact, body)?;
    Ok(Event { message_id: Some(id), at: time_of(item, scope.at), ..event })
}

/// The body of a message, by who wrote it.
pub(super) fn spoken(origin: Origin, message: Message) -> Body {
    if origin == Origin::Customer { Body::Message(message) } else { Body::Echo(message) }
}

fn original(change: &Object<'_>) -> Result<ponte_model::MessageId, Why> {
    Ok(change.text("original_message_id").ok_or("it does not say which message it changes")?.into())
}

/// `type: system`. The event's contact has the ids until now; those in `contacts` may already be the new ones, so
/// that only the name is taken from there. Sources: Meta, webhooks/reference/messages/system; changelog of
/// 11 Aug 2026.
fn system(scope: &Scope<'_>, item: &Object<'_>) -> Result<Event, Why> {
    let id = id_of(item)?;
    let system = item.object("system").ok_or("a system message without its object")?;
    let new = PERSON.of(&system);
    let mut old = FROM.of(item);
    let previous_user_id = system.text("previous_user_id").map(Into::into);
    if previous_user_id.is_some() {
        old.user_id.clone_from(&previous_user_id);
    } else if old.user_id == new.user_id {
        old.user_id = None;
    }
    old.parent_user_id = system.text("previous_parent_user_id").map(Into::into).or(old.parent_user_id);
    old.name = scope.people.name_of(&old);
    let change = IdentityChange {
        what: system.text("type").ok_or("a system message that does not say what happened")?,
        phone: system.word("wa_id").and_then(|phone| person::phone(&phone)),
        previous_user_id,
        user_id: new.user_id,
        parent_user_id: new.parent_user_id,
        text: system.text("body"),
    };
    let key = scope.key("identity_change", &[id.as_str()]);
    let event = scope.conversation_event(key, Origin::System, old, Body::IdentityChange(change))?;
    Ok(Event { message_id: Some(id), at: time_of(item, scope.at), ..event })
}
