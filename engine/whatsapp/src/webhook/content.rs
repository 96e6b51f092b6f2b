//! What a message says, whichever field it came on. Source: Meta, webhooks/reference/messages/*.

use ponte_model::{
    CardPhone, Choice, ContactCard, Content, Context, Location, Media, MediaKind, Message, OrderItem, Referral,
    ReferredProduct, Timestamp,
};
use serde_json::Value;
use serde_json::value::RawValue;

use super::json::{self, Object};
use super::person::{self, FROM};
use super::scope::{errors_of, named};

/// The message that `item` holds under its common keys.
pub(super) fn message(item: &Object<'_>) -> Message {
    Message {
        content: content(item),
        context: item.object("context").map(|context| context_of(&context)).filter(|it| *it != Context::default()),
        referral: item.object("referral").map(|referral| Box::new(referral_of(&referral))),
        group_id: item.text("group_id"),
        errors: errors_of(item),
        echo: None,
    }
}

type ReadContent = fn(&RawValue) -> Option<Content>;

/// The types whose object this version reads.
const READERS: &[(&str, ReadContent)] = &[
    ("text", text),
    ("image", |raw| media(raw, MediaKind::Image)),
    ("audio", |raw| media(raw, MediaKind::Audio)),
    ("video", |raw| media(raw, MediaKind::Video)),
    ("document", |raw| media(raw, MediaKind::Document)),
    ("sticker", |raw| media(raw, MediaKind::Sticker)),
    ("interactive", interactive),
    ("button", template_reply),
    ("reaction", reaction),
    ("location", location),
    ("contacts", contacts),
    ("order", order),
    ("unsupported", unsupported),
];

/// The item did come, so its content is never an error: an object that is missing is [`Content::Unsupported`] (a
/// tap can come without its object, Meta: error 131000), one that cannot be read is kept as it is.
fn content(item: &Object<'_>) -> Content {
    let name = item.text("type").unwrap_or_default();
    let reader = READERS.iter().find(|(known, _)| *known == name).map(|(_, reader)| reader);
    match (name.as_str(), item.get(&name), reader) {
        ("request_welcome", ..) => Content::Welcome,
        ("media_placeholder", ..) => Content::MediaPlaceholder,
        ("unsupported", None, _) => Content::Unsupported { what: None },
        (_, None, Some(_)) => Content::Unsupported { what: Some(name) },
        (_, Some(raw), Some(read)) => read(raw).unwrap_or_else(|| Content::Other { name, json: json::to_value(raw) }),
        (_, Some(raw), None) => Content::Other { json: json::to_value(raw), name },
        (_, None, None) => Content::Other { name, json: item.to_value() },
    }
}

fn text(raw: &RawValue) -> Option<Content> {
    Some(Content::Text { body: Object::of(raw)?.string("body")? })
}

fn media(raw: &RawValue, kind: MediaKind) -> Option<Content> {
    let file = Object::of(raw)?;
    let recorded = kind == MediaKind::Audio && file.flag("voice") == Some(true);
    Some(Content::Media(Media {
        kind: if recorded { MediaKind::Voice } else { kind },
        id: file.text("id")?,
        mime_type: file.text("mime_type"),
        sha256: file.text("sha256"),
        url: file.text("url"),
        caption: file.text("caption"),
        filename: file.text("filename"),
        animated: file.flag("animated"),
    }))
}

fn interactive(raw: &RawValue) -> Option<Content> {
    let interactive = Object::of(raw)?;
    let kind = interactive.word("type")?;
    let reply = interactive.object(&kind)?;
    Some(match &*kind {
        "button_reply" => Content::ButtonReply(choice(&reply)?),
        "list_reply" => Content::ListReply(choice(&reply)?),
        "nfm_reply" => Content::FormReply {
            name: reply.text("name"),
            body: reply.text("body"),
            response: reply.get("response_json").map_or(Value::Null, form_response),
        },
        "call_permission_reply" => Content::CallPermission {
            accepted: reply.word("response")? == "accept",
            permanent: reply.flag("is_permanent").unwrap_or_default(),
            expires_at: reply.time("expiration_timestamp"),
            source: reply.text("response_source"),
        },
        _ => return None,
    })
}

fn choice(reply: &Object<'_>) -> Option<Choice> {
    Some(Choice {
        id: reply.text("id")?,
        title: reply.text("title").unwrap_or_default(),
        description: reply.text("description"),
    })
}

/// A string that holds JSON, if the customer's device filled it in well.
fn form_response(raw: &RawValue) -> Value {
    match json::to_value(raw) {
        Value::String(text) => serde_json::from_str(&text).unwrap_or(Value::String(text)),
        other => other,
    }
}

fn template_reply(raw: &RawValue) -> Option<Content> {
    let button = Object::of(raw)?;
    Some(Content::TemplateReply { payload: button.text("payload"), text: button.text("text") })
}

fn reaction(raw: &RawValue) -> Option<Content> {
    let reaction = Object::of(raw)?;
    Some(Content::Reaction { message_id: reaction.text("message_id")?.into(), emoji: reaction.text("emoji") })
}

fn location(raw: &RawValue) -> Option<Content> {
    let place = Object::of(raw)?;
    Some(Content::Location(Location {
        latitude: place.number("latitude")?,
        longitude: place.number("longitude")?,
        name: place.text("name"),
        address: place.text("address"),
        url: place.text("url"),
    }))
}

fn contacts(raw: &RawValue) -> Option<Content> {
    let cards: Vec<_> = json::list(raw)?.into_iter().map(Object::of).collect::<Option<_>>()?;
    Some(Content::Contacts {
        // Source: Meta changelog, request_contact_info.
        requested: cards.iter().any(|card| card.word("origin").is_some_and(|origin| origin == "contact_request")),
        cards: cards.iter().map(card).collect(),
    })
}

fn card(card: &Object<'_>) -> ContactCard {
    let phones = card.list("phones").unwrap_or_default();
    let phones = phones.into_iter().filter_map(Object::of).map(|phone| CardPhone {
        written: phone.text("phone"),
        phone: phone.word("wa_id").and_then(|id| person::phone(&id)),
    });
    ContactCard {
        name: card.object("name").and_then(|name| name.first_word(&["formatted_name", "first_name"])).map(Into::into),
        phones: phones.collect(),
        json: card.to_value(),
    }
}

fn order(raw: &RawValue) -> Option<Content> {
    let order = Object::of(raw)?;
    let items = order.list("product_items")?.into_iter().map(|raw| {
        let item = Object::of(raw)?;
        Some(OrderItem {
            product: item.text("product_retailer_id")?,
            quantity: item.number("quantity")?,
            price: decimal(&item.word("item_price")?)?,
            currency: item.text("currency")?,
        })
    });
    Some(Content::Order {
        items: items.collect::<Option<_>>()?,
        catalog_id: order.text("catalog_id")?,
        text: order.text("text"),
    })
}

/// A decimal as it is written, without an exponent.
fn decimal(written: &str) -> Option<String> {
    let number: f64 = written.parse().ok()?;
    let plain = written.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.' || byte == b'-');
    Some(if plain { written.to_owned() } else { number.to_string() })
}

fn unsupported(raw: &RawValue) -> Option<Content> {
    Some(Content::Unsupported { what: Object::of(raw)?.text("type") })
}

fn context_of(context: &Object<'_>) -> Context {
    Context {
        message_id: context.text("id").map(Into::into),
        author: named(FROM.of(context)),
        forwarded: context.flag("forwarded").unwrap_or_default(),
        frequently_forwarded: context.flag("frequently_forwarded").unwrap_or_default(),
        product: context.object("referred_product").and_then(|product| {
            Some(ReferredProduct {
                catalog_id: product.text("catalog_id")?,
                product: product.text("product_retailer_id")?,
            })
        }),
    }
}

fn referral_of(referral: &Object<'_>) -> Referral {
    let media_type = referral.text("media_type");
    let media_keys =
        if media_type.as_deref() == Some("video") { ["video_url", "image_url"] } else { ["image_url", "video_url"] };
    Referral {
        source_type: referral.text("source_type"),
        source_id: referral.text("source_id"),
        source_url: referral.text("source_url"),
        headline: referral.text("headline"),
        body: referral.text("body"),
        click_id: referral.text("ctwa_clid"),
        media_url: referral.first_word(&media_keys).map(Into::into),
        media_type,
        thumbnail_url: referral.text("thumbnail_url"),
        welcome_text: referral.object("welcome_message").and_then(|welcome| welcome.text("text")),
        reference: referral.text("ref"),
    }
}

/// When the platform says that an item happened; `otherwise` if it does not say.
pub(super) fn time_of(item: &Object<'_>, otherwise: Timestamp) -> Timestamp {
    item.time("timestamp").unwrap_or(otherwise)
}
