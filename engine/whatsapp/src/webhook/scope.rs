//! What all items of one change have in common, and how an event is made of it.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell};

use ponte_model::{
    Body, Contact, Event, EventKey, Lane, MessageId, NumberId, Origin, Phone, PlatformError, Timestamp, WabaId,
};
use serde_json::value::RawValue;

use super::json::{self, Object};
use super::person::{self, People};

/// Why an item could not be read.
pub(super) type Why = Cow<'static, str>;

/// The most frequent reason.
pub(super) const NO_OBJECT: &str = "it is not an object";

/// One change of one entry: where its items were found.
pub(super) struct Scope<'a> {
    /// The webhook field.
    pub(super) field: Cow<'a, str>,
    /// The change's value.
    pub(super) value: &'a RawValue,
    pub(super) waba_id: Option<WabaId>,
    pub(super) number_id: Option<NumberId>,
    /// The business number in digits.
    pub(super) own_phone: Option<Phone>,
    pub(super) people: People,
    /// When the change happened, as far as its entry says; else when it was received.
    pub(super) at: Timestamp,
    /// The entry's id and time as written: they tell two changes of the same content apart.
    pub(super) entry: String,
    fingerprint: OnceCell<String>,
    /// Whether the item being read is the only one of its list.
    alone: Cell<bool>,
}

impl<'a> Scope<'a> {
    pub(super) fn of(entry: &Entry<'a>, field: Cow<'a, str>, value: &Object<'a>, received_at: Timestamp) -> Self {
        let metadata = value.object("metadata");
        let metadata = |key| metadata.as_ref().and_then(|metadata| metadata.text(key));
        Self {
            field,
            value: value.raw(),
            waba_id: entry.id.as_deref().map(Into::into),
            number_id: metadata("phone_number_id").map(Into::into),
            own_phone: metadata("display_phone_number").as_deref().and_then(person::phone),
            people: People::of(value.get("contacts")),
            at: entry.at().unwrap_or(received_at),
            entry: entry.fingerprint(),
            fingerprint: OnceCell::new(),
            alone: Cell::new(true),
        }
    }

    /// Reads the items of a list one by one; what goes wrong with one stays with it.
    pub(super) fn items(
        &self,
        raw: &RawValue,
        list: &str,
        out: &mut Vec<Event>,
        read: impl Fn(&Object<'_>, usize, &mut Vec<Event>) -> Result<(), Why>,
    ) {
        let Some(items) = json::list(raw) else {
            out.push(self.unrecognized(raw, list, 0, format!("{list} is not a list")));
            return;
        };
        self.alone.set(items.len() == 1);
        for (nth, raw) in items.into_iter().enumerate() {
            let read = Object::of(raw).ok_or(Cow::Borrowed(NO_OBJECT)).and_then(|item| read(&item, nth, out));
            if let Err(why) = read {
                out.push(self.unrecognized(raw, list, nth, why));
            }
        }
    }

    /// `contact` with what the change's `contacts` add to it.
    pub(super) fn complete(&self, contact: Contact) -> Contact {
        self.people.complete(contact, self.alone.get())
    }

    /// An event of this change that belongs to no conversation.
    pub(super) fn event(&self, key: EventKey, origin: Origin, lane: Lane, body: Body) -> Event {
        Event {
            key,
            origin,
            lane,
            waba_id: self.waba_id.clone(),
            number_id: self.number_id.clone(),
            contact: None,
            message_id: None,
            at: self.at,
            body,
        }
    }

    /// An event of a conversation, in the message lane.
    ///
    /// # Errors
    /// If nobody is named, or no number: then there is no conversation to put it into.
    pub(super) fn conversation_event(
        &self,
        key: EventKey,
        origin: Origin,
        contact: Contact,
        body: Body,
    ) -> Result<Event, Why> {
        if self.number_id.is_none() {
            return Err("it does not say which business number it belongs to".into());
        }
        let contact = named(contact).ok_or("it names neither a phone number nor a user id of the person")?;
        Ok(Event { contact: Some(contact), ..self.event(key, origin, Lane::Message, body) })
    }

    /// The key of something that has an id of its own on this number.
    pub(super) fn key(&self, kind: &str, parts: &[&str]) -> EventKey {
        let number = self.number_id.as_ref().map_or("", NumberId::as_str);
        let mut all = vec![kind, number];
        all.extend(parts);
        EventKey::of(&all)
    }

    /// The key of something that has no id: what the whole change says, and the place in it.
    pub(super) fn content_key(&self, kind: &str, list: &str, position: usize) -> EventKey {
        let value = self
            .fingerprint
            .get_or_init(|| EventKey::of_content(&self.field, json::canonical(self.value).as_bytes()).into_string());
        EventKey::of_content(kind, format!("{}|{value}|{list}|{position}", self.entry).as_bytes())
    }

    /// An item that could not be read.
    pub(super) fn unrecognized(&self, raw: &RawValue, list: &str, position: usize, why: impl Into<String>) -> Event {
        let body =
            Body::Unrecognized { field: self.field.as_ref().to_owned(), why: why.into(), json: json::to_value(raw) };
        self.event(self.content_key("unrecognized", list, position), Origin::System, Lane::Lifecycle, body)
    }

    /// The person of an item that names two sides. It is the one on `side`, unless that is the business itself.
    pub(super) fn other_side(&self, side: Contact, opposite: Contact) -> Contact {
        let ours = |contact: &Contact| contact.phone.is_some() && contact.phone == self.own_phone;
        if ours(&side) && !ours(&opposite) && !opposite.is_anonymous() { opposite } else { side }
    }
}

/// `None` for somebody whom nothing identifies.
pub(super) fn named(contact: Contact) -> Option<Contact> {
    (!contact.is_anonymous()).then_some(contact)
}

/// What an entry says about all its changes.
#[derive(Default)]
pub(super) struct Entry<'a> {
    pub(super) id: Option<Cow<'a, str>>,
    time: Option<Cow<'a, str>>,
}

impl<'a> Entry<'a> {
    pub(super) fn of(entry: &Object<'a>) -> Self {
        Self { id: entry.word("id"), time: entry.word("time") }
    }

    /// When its changes happened; absent on the field `messages`.
    pub(super) fn at(&self) -> Option<Timestamp> {
        self.time.as_ref()?.parse().ok().map(Timestamp::from_secs)
    }

    /// What tells it from an entry with the same changes.
    pub(super) fn fingerprint(&self) -> String {
        format!("{}|{}", self.id.as_deref().unwrap_or_default(), self.time.as_deref().unwrap_or_default())
    }
}

/// The id that makes an item one.
pub(super) fn id_of(item: &Object<'_>) -> Result<MessageId, Why> {
    item.text("id").map(MessageId::new).ok_or(Cow::Borrowed("it has no id"))
}

/// An error as the platform words it.
pub(super) fn platform_error(item: &Object<'_>) -> PlatformError {
    PlatformError {
        code: item.number("code").unwrap_or_default(),
        title: item.text("title"),
        message: item.text("message"),
        details: item.object("error_data").and_then(|data| data.text("details")),
    }
}

/// The `errors` of an item.
pub(super) fn errors_of(item: &Object<'_>) -> Vec<PlatformError> {
    let errors = item.list("errors").unwrap_or_default();
    errors.into_iter().filter_map(Object::of).map(|error| platform_error(&error)).collect()
}
