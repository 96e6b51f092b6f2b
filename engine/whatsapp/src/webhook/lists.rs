//! Values that are lists of items.

use ponte_model::{Body, Event, Lane, Origin};
use serde_json::value::RawValue;

use super::json::{self, Object};
use super::scope::{Scope, Why};

/// How an item of a list is read.
pub(super) enum Item {
    /// Into one event.
    One(fn(&Scope<'_>, &Object<'_>) -> Result<Event, Why>),
    /// Into several; told its place in the list. An error means that there are none.
    Many(fn(&Scope<'_>, &Object<'_>, usize, &mut Vec<Event>) -> Result<(), Why>),
}

/// Reads the lists of `value`, each with its reader. A list that is not among them is unrecognized, item by item.
pub(super) fn read(scope: &Scope<'_>, value: &Object<'_>, lists: &[(&str, Item)], out: &mut Vec<Event>) {
    for (list, item) in lists {
        let Some(raw) = value.get(list) else { continue };
        scope.items(raw, list, out, |object, nth, out| match item {
            Item::One(read) => read(scope, object).map(|event| out.push(event)),
            Item::Many(read) => read(scope, object, nth, out),
        });
    }
    for (key, raw) in value.iter() {
        match &*key {
            // What goes with every list, and errors, which are no items.
            "messaging_product" | "metadata" | "contacts" | "errors" => {}
            key if lists.iter().any(|(list, _)| *list == key) => {}
            // Conversation routing: the former responder's digest; taps on links of marketing messages.
            "conversation_context" | "user_actions" => out.push(notice(scope, &key, raw)),
            key if raw.get().starts_with('[') => {
                scope.items(raw, key, out, |_, _, _| Err("an item of an unknown list".into()));
            }
            _ => {}
        }
    }
}

/// Something known that is kept as it is.
pub(super) fn notice(scope: &Scope<'_>, name: &str, raw: &RawValue) -> Event {
    let body = Body::Notice { field: name.to_owned(), json: json::to_value(raw) };
    scope.event(scope.content_key("notice", name, 0), Origin::System, Lane::Lifecycle, body)
}
