//! From a body to its events: entries, changes, items.

use ponte_model::{Body, Event, EventKey, Lane, Origin, Timestamp};
use serde_json::value::RawValue;

use super::json::{self, Object};
use super::lists::{self, Item, Item::Many, Item::One};
use super::scope::{Entry, Scope, Why, platform_error};
use super::{account, calls, history, message, people, routing, status};

/// The body is not JSON. Answer 400: Meta never sends such a thing, and it will not become better by trying again.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the webhook's body is not JSON: {0}")]
pub struct NotJson(String);

/// Every event of a webhook: at least one, at least one for each item, and in the order of the items.
///
/// `received_at` is the time of those events for which the platform names none. The same body, or the same JSON
/// written differently, gives the same keys again.
///
/// # Errors
/// [`NotJson`]. Anything else that is wrong becomes an unrecognized event.
pub fn decode(body: &[u8], received_at: Timestamp) -> Result<Vec<Event>, NotJson> {
    let text = std::str::from_utf8(body).map_err(|error| NotJson(error.to_string()))?;
    let body: &RawValue = serde_json::from_str(text).map_err(|error| NotJson(error.to_string()))?;
    let mut out = Vec::new();
    let entries = Object::of(body).and_then(|envelope| envelope.list("entry")).unwrap_or_default();
    if entries.is_empty() {
        out.push(lost(
            &Entry::default(),
            "",
            body,
            "not a webhook of the platform: it has no list of entries",
            received_at,
        ));
    }
    for raw in entries {
        let object = Object::of(raw);
        let entry = object.as_ref().map_or_else(Entry::default, Entry::of);
        let changes = object.and_then(|entry| entry.list("changes")).unwrap_or_default();
        if changes.is_empty() {
            out.push(lost(&entry, "", raw, "the entry has no list of changes", received_at));
        }
        for raw in changes {
            change(&entry, raw, received_at, &mut out);
        }
    }
    Ok(out)
}

/// How the value of a field is read.
enum Reading {
    /// As lists of items, each list with its reader.
    Lists(&'static [(&'static str, Item)]),
    /// As a whole.
    Whole(fn(&mut Scope<'_>, &Object<'_>, &mut Vec<Event>) -> Result<(), Why>),
    /// Not at all: it is kept as a notice.
    Kept,
}
use Reading::{Kept, Lists, Whole};

/// The fields that can be subscribed to, apart from those of [`account`]. Source: Meta, webhooks/overview.
const FIELDS: &[(&str, Reading)] = &[
    ("messages", Lists(&[("messages", One(message::from_customer)), ("statuses", One(status::status))])),
    // The list is `message_echoes`; where it is called `messages`, they are echoes all the same.
    ("smb_message_echoes", Lists(&[("message_echoes", One(message::from_app)), ("messages", One(message::from_app))])),
    (
        "history",
        Lists(&[
            ("history", Many(history::chunk)),
            ("messages", One(history::media_from_customer)),
            ("message_echoes", One(history::media_from_business)),
        ]),
    ),
    ("smb_app_state_sync", Lists(&[("state_sync", One(people::app_contact))])),
    ("user_preferences", Lists(&[("user_preferences", One(people::preference))])),
    ("user_id_update", Lists(&[("user_id_update", One(people::user_id_update))])),
    ("calls", Lists(&[("calls", One(calls::call)), ("statuses", One(calls::status))])),
    ("standby", Whole(routing::standby)),
    ("messaging_handovers", Whole(routing::handover)),
    ("automatic_events", Kept),
    ("flows", Kept),
    ("group_lifecycle_update", Kept),
    ("group_participants_update", Kept),
    ("group_settings_update", Kept),
    ("group_status_update", Kept),
    ("partner_solutions", Kept),
    ("payment_configuration_update", Kept),
];

fn change(entry: &Entry<'_>, raw: &RawValue, received_at: Timestamp, out: &mut Vec<Event>) {
    let change = Object::of(raw);
    let field = change.as_ref().and_then(|change| change.word("field")).unwrap_or_default();
    let Some(value) = change.and_then(|change| change.object("value")) else {
        out.push(lost(entry, &field, raw, "the change has no object as its value", received_at));
        return;
    };
    let scope = &mut Scope::of(entry, field, &value, received_at);
    let before = out.len();
    let reading = FIELDS.iter().find(|(known, _)| *known == scope.field).map(|(_, reading)| reading);
    let read = match reading {
        Some(Lists(lists)) => {
            lists::read(scope, &value, lists, out);
            Ok(())
        }
        Some(Whole(read)) => read(scope, &value, out),
        Some(Kept) => {
            out.push(lists::notice(scope, &scope.field, value.raw()));
            Ok(())
        }
        None => match account::read(scope, &value) {
            Some(event) => event.map(|event| out.push(event)),
            None => Err("an unknown field".into()),
        },
    };
    if let Err(why) = read {
        out.push(scope.unrecognized(value.raw(), "", 0, why));
    }
    errors(scope, &value, out);
    if out.len() == before {
        out.push(scope.unrecognized(value.raw(), "", 0, "nothing in it that this version knows"));
    }
}

/// Problems that belong to no item.
fn errors(scope: &Scope<'_>, value: &Object<'_>, out: &mut Vec<Event>) {
    let Some(raw) = value.get("errors") else { return };
    scope.items(raw, "errors", out, |error, nth, out| {
        out.push(match &*scope.field {
            "history" => history::refused(scope, error, "errors", nth),
            _ => {
                let body = Body::Error(platform_error(error));
                scope.event(scope.content_key("error", "errors", nth), Origin::System, Lane::Lifecycle, body)
            }
        });
        Ok(())
    });
}

/// Something that has not the shape of a change.
fn lost(entry: &Entry<'_>, field: &str, raw: &RawValue, why: &str, received_at: Timestamp) -> Event {
    let said = format!("{}|{field}|{}", entry.fingerprint(), json::canonical(raw));
    Event {
        key: EventKey::of_content("unrecognized", said.as_bytes()),
        origin: Origin::System,
        lane: Lane::Lifecycle,
        waba_id: entry.id.as_deref().map(Into::into),
        number_id: None,
        contact: None,
        message_id: None,
        at: entry.at().unwrap_or(received_at),
        body: Body::Unrecognized { field: field.to_owned(), why: why.to_owned(), json: json::to_value(raw) },
    }
}
