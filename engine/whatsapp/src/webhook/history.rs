//! The import of old messages after a number was linked. Source: Meta, webhooks/reference/history.
//!
//! The media of old messages come later, on the same field, in lists that look exactly like live messages. They are
//! told apart by the field alone: nothing that comes here is ever live.

use ponte_model::{
    Body, Contact, ContactName, DeliveryState, Event, EventKey, HistoryItem, HistoryProgress, Lane, Origin,
};
use serde_json::value::RawValue;

use super::content::{message, time_of};
use super::json::Object;
use super::person::{self, FROM, PERSON, TO};
use super::scope::{NO_OBJECT, Scope, Why, id_of, named, platform_error};
use super::status;

/// An item of `history`: a chunk of threads with its progress, or the word that the owner shares nothing.
pub(super) fn chunk(scope: &Scope<'_>, chunk: &Object<'_>, position: usize, out: &mut Vec<Event>) -> Result<(), Why> {
    let before = out.len();
    for (nth, raw) in chunk.list("errors").unwrap_or_default().into_iter().enumerate() {
        let list = format!("history/{position}/errors");
        out.push(match Object::of(raw) {
            Some(error) => refused(scope, &error, &list, nth),
            None => scope.unrecognized(raw, &list, nth, NO_OBJECT),
        });
    }
    let first = out.len();
    for (nth, raw) in chunk.list("threads").unwrap_or_default().into_iter().enumerate() {
        if let Err(why) = thread(scope, raw, position, nth, out) {
            out.push(scope.unrecognized(raw, &format!("history/{position}/threads"), nth, why));
        }
    }
    if let Some(metadata) = chunk.object("metadata") {
        let event = progress(scope, &metadata, &out[first..]);
        out.push(event);
    }
    if out.len() == before { Err("neither threads, nor progress, nor errors".into()) } else { Ok(()) }
}

/// An error of the field `history`: the owner declined (2593109), or the import failed.
pub(super) fn refused(scope: &Scope<'_>, error: &Object<'_>, list: &str, nth: usize) -> Event {
    let key = scope.content_key("history_refused", list, nth);
    scope.event(key, Origin::System, Lane::Import, Body::HistoryRefused(platform_error(error)))
}

/// An item of `messages` on the field `history`: media that the customer had sent.
pub(super) fn media_from_customer(scope: &Scope<'_>, item: &Object<'_>) -> Result<Event, Why> {
    imported(scope, item, scope.complete(FROM.of(item)), false, true)
}

/// An item of `message_echoes` on the field `history`: media that the business had sent.
pub(super) fn media_from_business(scope: &Scope<'_>, item: &Object<'_>) -> Result<Event, Why> {
    imported(scope, item, scope.complete(TO.of(item)), true, true)
}

fn thread(scope: &Scope<'_>, raw: &RawValue, chunk: usize, nth: usize, out: &mut Vec<Event>) -> Result<(), Why> {
    let thread = Object::of(raw).ok_or(NO_OBJECT)?;
    let mut person = thread.object("context").map_or_else(Contact::default, |context| Contact {
        name: ContactName { username: context.text("username"), display: None },
        ..PERSON.of(&context)
    });
    if let Some(id) = thread.word("id") {
        person::add_id(&mut person, &id);
    }
    for (place, raw) in thread.list("messages").ok_or("a thread without its messages")?.into_iter().enumerate() {
        let event = Object::of(raw).ok_or(Why::from(NO_OBJECT)).and_then(|item| {
            let business = from_business(scope, &item, &person);
            let mut contact = person.clone();
            person::fill(&mut contact, if business { TO.of(&item) } else { FROM.of(&item) });
            imported(scope, &item, contact, business, false)
        });
        out.push(event.unwrap_or_else(|why| {
            scope.unrecognized(raw, &format!("history/{chunk}/threads/{nth}/messages"), place, why)
        }));
    }
    Ok(())
}

/// Whether the business wrote it. `to` is there only on what was sent from the app, and `from` may be missing where
/// the customer shows no number.
fn from_business(scope: &Scope<'_>, item: &Object<'_>, person: &Contact) -> bool {
    let from = FROM.of(item);
    if from.phone.is_some() && from.phone == scope.own_phone {
        return true;
    }
    let by_person = (from.phone.is_some() && from.phone == person.phone)
        || (from.user_id.is_some() && from.user_id == person.user_id);
    !by_person && !TO.of(item).is_anonymous()
}

fn imported(
    scope: &Scope<'_>,
    item: &Object<'_>,
    contact: Contact,
    from_business: bool,
    media_follows_up: bool,
) -> Result<Event, Why> {
    let id = id_of(item)?;
    let state = item.object("history_context").and_then(|context| context.word("status")).map(|word| match &*word {
        "ERROR" => DeliveryState::Failed,
        word => status::state(word),
    });
    let key = scope.key(if media_follows_up { "history_media" } else { "history" }, &[id.as_str()]);
    let origin = if from_business { Origin::App } else { Origin::Customer };
    let body = Body::History(HistoryItem { message: message(item), from_business, state, media_follows_up });
    Ok(Event {
        contact: named(contact),
        message_id: Some(id),
        at: time_of(item, scope.at),
        ..scope.event(key, origin, Lane::Import, body)
    })
}

fn progress(scope: &Scope<'_>, metadata: &Object<'_>, items: &[Event]) -> Event {
    let progress = HistoryProgress {
        phase: metadata.number("phase").unwrap_or_default(),
        chunk: metadata.number("chunk_order").unwrap_or_default(),
        percent: metadata.number("progress").unwrap_or_default(),
        messages: items
            .iter()
            .filter(|event| matches!(event.body, Body::History(_)))
            .count()
            .try_into()
            .unwrap_or(u32::MAX),
    };
    // A number linked again imports again, with the same phases: the first message tells the imports apart.
    let first = items.iter().find_map(|event| event.message_id.as_ref()).map_or("", |id| id.as_str());
    let numbers = [progress.phase, progress.chunk, progress.percent].map(|number| number.to_string());
    let key: EventKey = scope.key("history_progress", &[&scope.entry, &numbers[0], &numbers[1], &numbers[2], first]);
    scope.event(key, Origin::System, Lane::Import, Body::HistoryProgress(progress))
}
