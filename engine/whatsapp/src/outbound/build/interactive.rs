//! Messages with something to tap. (Meta: interactive messages, each type's own page.)

use ponte_model::send::{
    Action, Button, Card, Form, FormRef, Header, Interactive, OutboundMedia, ProductSection, Row, Section,
};
use serde_json::{Value, json};

use super::super::action_word;
use super::{object, typed_media, words};

/// The version of the protocol between a form and its message; the only one there is.
const FLOW_MESSAGE_VERSION: &str = "3";

pub(super) fn interactive(message: &Interactive) -> Value {
    object([
        ("type", Some(json!(action_word(&message.action)))),
        ("header", message.header.as_ref().map(header)),
        ("body", message.body.as_deref().map(text)),
        ("footer", message.footer.as_deref().map(text)),
        ("action", Some(action(&message.action))),
    ])
}

fn text(words: &str) -> Value {
    json!({ "text": words })
}

fn header(header: &Header) -> Value {
    match header {
        Header::Text(words) => json!({ "type": "text", "text": words }),
        Header::Media(file) => typed_media(file),
    }
}

fn action(action: &Action) -> Value {
    match action {
        Action::Buttons { buttons } => json!({ "buttons": buttons.iter().map(button).collect::<Value>() }),
        Action::List { button, sections } => {
            json!({ "button": button, "sections": sections.iter().map(section).collect::<Value>() })
        }
        Action::OpenUrl { label, url } => open_url(label, url),
        Action::Form(form) => named("flow", self::form(form)),
        Action::Product { catalog_id, product } => self::product(catalog_id, product),
        Action::Products { catalog_id, sections } => {
            json!({ "catalog_id": catalog_id, "sections": sections.iter().map(product_section).collect::<Value>() })
        }
        Action::Catalog { thumbnail } => object([
            ("name", Some(json!("catalog_message"))),
            ("parameters", thumbnail.as_ref().map(|product| json!({ "thumbnail_product_retailer_id": product }))),
        ]),
        Action::Carousel { cards } => json!({ "cards": cards.iter().enumerate().map(card).collect::<Value>() }),
        Action::RequestLocation => json!({ "name": "send_location" }),
        Action::RequestContact => json!({ "name": "request_contact_info" }),
        Action::RequestCallPermission => json!({ "name": "call_permission_request" }),
        Action::RequestAddress { country, details } => {
            let mut parameters = details.clone();
            parameters.insert("country".into(), json!(country));
            named("address_message", parameters.into())
        }
        Action::Call { label, ttl_minutes, payload } => named(
            "voice_call",
            object([
                ("display_text", Some(json!(label))),
                ("ttl_minutes", ttl_minutes.map(Value::from)),
                ("payload", words(payload)),
            ]),
        ),
        Action::OrderDetails { parameters } => named("review_and_pay", parameters.clone()),
        Action::OrderStatus { reference, status, description } => {
            let order = object([("status", Some(json!(status))), ("description", words(description))]);
            named("review_order", json!({ "reference_id": reference, "order": order }))
        }
    }
}

fn named(name: &str, parameters: Value) -> Value {
    json!({ "name": name, "parameters": parameters })
}

fn button(button: &Button) -> Value {
    json!({ "type": "reply", "reply": { "id": button.id, "title": button.title } })
}

fn section(section: &Section) -> Value {
    let rows = section.rows.iter().map(row).collect::<Value>();
    object([("title", words(&section.title)), ("rows", Some(rows))])
}

fn row(row: &Row) -> Value {
    object([("id", Some(json!(row.id))), ("title", Some(json!(row.title))), ("description", words(&row.description))])
}

fn product_section(section: &ProductSection) -> Value {
    let items = section.products.iter().map(|product| json!({ "product_retailer_id": product })).collect::<Value>();
    object([("title", words(&section.title)), ("product_items", Some(items))])
}

fn open_url(label: &str, url: &str) -> Value {
    named("cta_url", json!({ "display_text": label, "url": url }))
}

fn product(catalog_id: &str, product: &str) -> Value {
    json!({ "catalog_id": catalog_id, "product_retailer_id": product })
}

fn card((index, card): (usize, &Card)) -> Value {
    let shape = |kind: &str, header: Option<&OutboundMedia>, body: Option<&str>, action: Value| {
        object([
            ("card_index", Some(json!(index))),
            ("type", Some(json!(kind))),
            ("header", header.map(typed_media)),
            ("body", body.map(text)),
            ("action", Some(action)),
        ])
    };
    match card {
        Card::OpenUrl { header, body, label, url } => {
            shape("cta_url", Some(header), body.as_deref(), open_url(label, url))
        }
        Card::Product { catalog_id, product } => shape("product", None, None, self::product(catalog_id, product)),
    }
}

fn form(form: &Form) -> Value {
    let (key, which) = match &form.form {
        FormRef::Id(id) => ("flow_id", id),
        FormRef::Name(name) => ("flow_name", name),
    };
    object([
        ("flow_message_version", Some(json!(FLOW_MESSAGE_VERSION))),
        (key, Some(json!(which))),
        ("flow_cta", Some(json!(form.label))),
        ("mode", words(&form.mode)),
        ("flow_token", words(&form.token)),
        ("flow_action", words(&form.flow_action)),
        ("flow_action_payload", form.flow_action_payload.clone()),
    ])
}
