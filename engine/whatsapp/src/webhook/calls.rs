//! Calls. Under Coexistence they stay on the phone, and are only noted. Source: Meta, calling/reference.

use ponte_model::{Body, Call, Contact, Event, Origin};

use super::content::time_of;
use super::json::Object;
use super::person::{FROM, RECIPIENT, TO};
use super::scope::{Scope, Why, id_of};

/// An item of `calls`: it rang or ended.
pub(super) fn call(scope: &Scope<'_>, item: &Object<'_>) -> Result<Event, Why> {
    let by_customer = match item.word("direction").as_deref() {
        Some("USER_INITIATED") => Some(true),
        Some("BUSINESS_INITIATED") => Some(false),
        _ => None,
    };
    let (from, to) = (FROM.of(item), TO.of(item));
    let contact = if by_customer == Some(false) { scope.other_side(to, from) } else { scope.other_side(from, to) };
    let event = item.word("event").ok_or("it does not say what became of the call")?;
    noted(scope, item, &event, contact, |call| Call {
        by_customer,
        outcome: item.text("status"),
        duration_secs: item.number("duration"),
        ..call
    })
}

/// An item of `statuses` on the field `calls`: a call of ours rings, was accepted or rejected.
pub(super) fn status(scope: &Scope<'_>, item: &Object<'_>) -> Result<Event, Why> {
    let event = item.word("status").ok_or("it does not say which status")?;
    noted(scope, item, &event, RECIPIENT.of(item), |call| Call { by_customer: Some(false), ..call })
}

fn noted(
    scope: &Scope<'_>,
    item: &Object<'_>,
    event: &str,
    contact: Contact,
    finish: impl FnOnce(Call) -> Call,
) -> Result<Event, Why> {
    let call = finish(Call {
        id: id_of(item)?.into_string(),
        event: event.to_lowercase(),
        by_customer: None,
        outcome: None,
        duration_secs: None,
        tag: item.text("biz_opaque_callback_data"),
    });
    let when = item.word("timestamp").unwrap_or_default();
    let key = scope.key("call", &[&call.id, &call.event, &when]);
    let contact = scope.complete(contact);
    let event = scope.conversation_event(key, Origin::System, contact, Body::Call(call))?;
    Ok(Event { at: time_of(item, scope.at), ..event })
}
