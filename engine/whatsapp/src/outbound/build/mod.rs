//! The JSON of a send. (Meta: send messages; the shapes of each type's own page.)

mod interactive;
mod template;

use ponte_model::send::{MediaSource, Outbound, OutboundMedia, Payload, Recipient};
use ponte_model::{Location, MediaKind, MessageId, SendId};
use serde_json::{Map, Value, json};

use super::media_word;

/// The body of `POST /{number}/messages` for a message, in Meta's words. `send_id` travels along as
/// `biz_opaque_callback_data` and comes back in statuses.
pub fn build(message: &Outbound, send_id: Option<&SendId>) -> Value {
    let mut body = Map::new();
    body.insert("messaging_product".into(), "whatsapp".into());
    address(&mut body, &message.to);
    if let Some(quoted) = &message.reply_to {
        body.insert("context".into(), json!({ "message_id": quoted }));
    }
    let (kind, content) = payload(&message.payload);
    body.insert("type".into(), kind.into());
    body.insert(kind.into(), content);
    if let Some(send_id) = send_id {
        body.insert("biz_opaque_callback_data".into(), send_id.as_str().into());
    }
    Value::Object(body)
}

/// The body that marks a message of the customer's, and every earlier one of the chat, as read. `typing` shows the
/// bubble for up to 25 s. (Meta: mark messages as read; typing indicators.)
pub fn mark_read(message_id: &MessageId, typing: bool) -> Value {
    let mut body = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": message_id });
    if typing {
        body["typing_indicator"] = json!({ "type": "text" });
    }
    body
}

fn address(body: &mut Map<String, Value>, to: &Recipient) {
    let (kind, key, value) = match to {
        Recipient::Phone(phone) => ("individual", "to", international(phone.as_str())),
        Recipient::User(user) => ("individual", "recipient", user.as_str().to_owned()),
        Recipient::Group(group) => ("group", "to", group.clone()),
    };
    body.insert("recipient_type".into(), kind.into());
    body.insert(key.into(), value.into());
}

/// With "+": without it Meta may put the business's own country code in front.
fn international(phone: &str) -> String {
    let digits_only = !phone.is_empty() && phone.bytes().all(|byte| byte.is_ascii_digit());
    if digits_only { format!("+{phone}") } else { phone.to_owned() }
}

/// The type of a message, which is also the key of its content.
fn payload(payload: &Payload) -> (&'static str, Value) {
    match payload {
        Payload::Text { body, preview_url } => {
            ("text", object([("preview_url", preview_url.map(Value::from)), ("body", Some(json!(body)))]))
        }
        Payload::Media(file) => (media_word(file.kind), media(file)),
        Payload::Location(place) => ("location", location(place)),
        Payload::Contacts { cards } => ("contacts", json!(cards)),
        Payload::Reaction { message_id, emoji } => ("reaction", json!({ "message_id": message_id, "emoji": emoji })),
        Payload::Interactive(interactive) => ("interactive", interactive::interactive(interactive)),
        Payload::Template(template) => ("template", template::template(template)),
    }
}

fn media(file: &OutboundMedia) -> Value {
    let (key, value) = match &file.source {
        MediaSource::Id(id) => ("id", id),
        MediaSource::Link(link) => ("link", link),
    };
    object([
        (key, Some(json!(value))),
        ("caption", words(&file.caption)),
        ("filename", words(&file.filename)),
        ("voice", (file.kind == MediaKind::Voice).then(|| json!(true))),
    ])
}

/// `{"type":"image","image":{…}}`: how headers and template parameters wrap a file.
fn typed_media(file: &OutboundMedia) -> Value {
    let word = media_word(file.kind);
    json!({ "type": word, word: media(file) })
}

/// Coordinates travel as text, as in Meta's examples: nothing is lost on the way.
fn location(place: &Location) -> Value {
    object([
        ("latitude", Some(json!(place.latitude.to_string()))),
        ("longitude", Some(json!(place.longitude.to_string()))),
        ("name", words(&place.name)),
        ("address", words(&place.address)),
    ])
}

fn words(text: &Option<String>) -> Option<Value> {
    text.as_deref().map(Value::from)
}

/// An object of the fields that are there.
fn object<const N: usize>(fields: [(&str, Option<Value>); N]) -> Value {
    fields.into_iter().filter_map(|(key, value)| Some((key.to_owned(), value?))).collect::<Map<_, _>>().into()
}
