use ponte_model::{Choice, Content, Location, Media, MediaKind, OrderItem};
use serde::Serialize;

use crate::bindings::ponte::flow::types as wit;

/// What a message says, in the guest's words; what they have no word for comes as JSON.
pub(crate) fn content(content: &Content) -> wit::Content {
    match content {
        Content::Text { body } => wit::Content::Text(body.clone()),
        Content::Media(file) => wit::Content::Media(media(file)),
        Content::Location(place) => wit::Content::Location(location(place)),
        Content::ButtonReply(tapped) | Content::ListReply(tapped) => wit::Content::Choice(choice(tapped)),
        Content::TemplateReply { payload, text } => {
            let either = |one: &Option<String>, two: &Option<String>| one.as_ref().or(two.as_ref()).cloned();
            wit::Content::Choice(wit::Choice {
                id: either(payload, text).unwrap_or_default(),
                title: either(text, payload).unwrap_or_default(),
            })
        }
        Content::FormReply { name, response, .. } => {
            wit::Content::Form(wit::FormReply { name: name.clone(), json: response.to_string() })
        }
        Content::Order { catalog_id, text, items } => wit::Content::Order(wit::Order {
            catalog: catalog_id.clone(),
            text: text.clone(),
            lines: items.iter().map(order_line).collect(),
        }),
        Content::Reaction { message_id, emoji } => {
            wit::Content::Reaction(wit::Reaction { message: message_id.to_string(), emoji: emoji.clone() })
        }
        Content::Unsupported { what } => wit::Content::Unsupported(what.clone()),
        Content::Contacts { .. } => unnamed("contacts", content),
        Content::CallPermission { .. } => unnamed("call_permission", content),
        Content::Welcome => unnamed("welcome", content),
        Content::MediaPlaceholder => unnamed("media_placeholder", content),
        Content::Other { name, json } => wit::Content::Other(other(name, json)),
    }
}

fn unnamed(kind: &str, content: &Content) -> wit::Content {
    wit::Content::Other(other(kind, content))
}

/// Something that the contract does not name.
pub(crate) fn other(kind: &str, value: &impl Serialize) -> wit::Other {
    // The model's types have string keys and finite numbers, so they are always JSON.
    wit::Other { kind: kind.to_owned(), json: serde_json::to_string(value).unwrap_or_default() }
}

fn media(media: &Media) -> wit::Media {
    wit::Media {
        kind: match media.kind {
            MediaKind::Image => wit::MediaKind::Image,
            MediaKind::Audio => wit::MediaKind::Audio,
            MediaKind::Voice => wit::MediaKind::Voice,
            MediaKind::Video => wit::MediaKind::Video,
            MediaKind::Document => wit::MediaKind::Document,
            MediaKind::Sticker => wit::MediaKind::Sticker,
        },
        id: media.id.clone(),
        mime: media.mime_type.clone(),
        caption: media.caption.clone(),
        filename: media.filename.clone(),
    }
}

fn location(place: &Location) -> wit::Location {
    wit::Location {
        latitude: place.latitude,
        longitude: place.longitude,
        name: place.name.clone(),
        address: place.address.clone(),
    }
}

fn choice(choice: &Choice) -> wit::Choice {
    wit::Choice { id: choice.id.clone(), title: choice.title.clone() }
}

fn order_line(item: &OrderItem) -> wit::OrderLine {
    wit::OrderLine {
        product: item.product.clone(),
        quantity: item.quantity,
        price: item.price.clone(),
        currency: item.currency.clone(),
    }
}
