//! The shapes that Meta's examples lack, from the fact sheet's sections 10.1 to 10.4.

use ponte_model::send::*;
use ponte_model::{Location, MediaKind, SendId};
use ponte_whatsapp::outbound::{build, check, mark_read};
use serde_json::{Value, json};

use crate::samples::*;

/// Checks that the message passes, and that its content has the shape.
#[track_caller]
fn assert_shape(payload: Payload, kind: &str, shape: Value) {
    let message = to_phone(payload);
    assert_eq!(check(&message), Ok(()));
    let built = build(&message, None);
    let whole = json!({
        "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+16505551234", "type": kind, kind: shape
    });
    assert_eq!(built, whole);
}

#[track_caller]
fn assert_action(action: Action, kind: &str, shape: Value) {
    assert_shape(tap(action), "interactive", json!({ "type": kind, "body": { "text": "Body" }, "action": shape }));
}

fn place() -> Location {
    Location {
        latitude: 37.442_162_518_686_83,
        longitude: -122.161_535_820_493_94,
        name: Some("Philz".into()),
        address: Some("101 Forest Ave".into()),
        url: None,
    }
}

fn placed() -> Value {
    json!({
        "latitude": "37.44216251868683", "longitude": "-122.16153582049394",
        "name": "Philz", "address": "101 Forest Ave"
    })
}

#[test]
fn recipients() {
    let table = [
        (Recipient::Phone("16505551234".into()), json!(["individual", "+16505551234", null])),
        (Recipient::Phone("+16505551234".into()), json!(["individual", "+16505551234", null])),
        (Recipient::User("US.13491208655302741918".into()), json!(["individual", null, "US.13491208655302741918"])),
        (Recipient::User("US.ENT.11815799212886".into()), json!(["individual", null, "US.ENT.11815799212886"])),
        (Recipient::Group("Y2FwaV9ncm91cDox".into()), json!(["group", "Y2FwaV9ncm91cDox", null])),
    ];
    for (to, [kind, by_to, by_recipient]) in
        table.map(|(to, row)| (to, serde_json::from_value::<[Value; 3]>(row).unwrap()))
    {
        let message = Outbound { to, ..to_phone(text("hi")) };
        assert_eq!(check(&message), Ok(()));
        let built = build(&message, None);
        assert_eq!(built["recipient_type"], kind);
        assert_eq!(built["to"], by_to, "{built}");
        assert_eq!(built["recipient"], by_recipient, "{built}");
    }
}

#[test]
fn our_id_and_the_quoted_message_travel_along() {
    let message = Outbound { reply_to: Some("wamid.IN".into()), ..to_phone(text("hi")) };
    let built = build(&message, Some(&SendId::new("snd_1")));
    assert_eq!(
        built,
        json!({
            "messaging_product": "whatsapp", "recipient_type": "individual", "to": "+16505551234",
            "context": { "message_id": "wamid.IN" },
            "type": "text", "text": { "body": "hi" }, "biz_opaque_callback_data": "snd_1"
        })
    );
}

#[test]
fn read_marks() {
    let id = "wamid.IN".into();
    let read = json!({ "messaging_product": "whatsapp", "status": "read", "message_id": "wamid.IN" });
    assert_eq!(mark_read(&id, false), read);
    let mut typing = read;
    typing["typing_indicator"] = json!({ "type": "text" });
    assert_eq!(mark_read(&id, true), typing);
}

#[test]
fn plain_kinds() {
    assert_shape(Payload::Media(file(MediaKind::Voice)), "audio", json!({ "id": "1003383421387256", "voice": true }));
    assert_shape(Payload::Location(place()), "location", placed());
    let bare = Location { name: None, address: None, ..place() };
    let shape = json!({ "latitude": "37.44216251868683", "longitude": "-122.16153582049394" });
    assert_shape(Payload::Location(bare), "location", shape);
    for emoji in ["😀", "1\u{fe0f}\u{20e3}", "🇧🇷", ""] {
        let payload = Payload::Reaction { message_id: "wamid.IN".into(), emoji: emoji.into() };
        assert_shape(payload, "reaction", json!({ "message_id": "wamid.IN", "emoji": emoji }));
    }
}

#[test]
fn headers_and_footers() {
    let with = |header| {
        Payload::Interactive(Box::new(Interactive {
            header: Some(header),
            footer: Some("Small".into()),
            ..interactive(buttons(1))
        }))
    };
    let action = json!({ "buttons": [{ "type": "reply", "reply": { "id": "id 0", "title": "Title 0" } }] });
    let invoice =
        OutboundMedia { filename: Some("a.pdf".into()), ..linked(MediaKind::Document, "https://x.example/a") };
    let table = [
        (Header::Text("Top".into()), json!({ "type": "text", "text": "Top" })),
        (Header::Media(file(MediaKind::Image)), json!({ "type": "image", "image": { "id": "1003383421387256" } })),
        (Header::Media(file(MediaKind::Video)), json!({ "type": "video", "video": { "id": "1003383421387256" } })),
        (
            Header::Media(invoice),
            json!({ "type": "document", "document": { "link": "https://x.example/a", "filename": "a.pdf" } }),
        ),
    ];
    for (header, shape) in table {
        let whole = json!({
            "type": "button", "header": shape, "body": { "text": "Body" }, "footer": { "text": "Small" }, "action": action
        });
        assert_shape(with(header), "interactive", whole);
    }
}

#[test]
fn actions() {
    assert_action(
        list(vec![Section { title: None, rows: rows(1) }]),
        "list",
        json!({ "button": "Options", "sections": [{ "rows": [{ "id": "r0", "title": "Row" }] }] }),
    );
    assert_action(
        Action::OpenUrl { label: "See Dates".into(), url: "https://example.com/d".into() },
        "cta_url",
        json!({ "name": "cta_url", "parameters": { "display_text": "See Dates", "url": "https://example.com/d" } }),
    );
    assert_action(
        Action::Form(form()),
        "flow",
        json!({ "name": "flow", "parameters": { "flow_message_version": "3", "flow_id": "1", "flow_cta": "Book" } }),
    );
    assert_action(
        Action::Product { catalog_id: "77".into(), product: "sku".into() },
        "product",
        json!({ "catalog_id": "77", "product_retailer_id": "sku" }),
    );
    assert_action(Action::Catalog { thumbnail: None }, "catalog_message", json!({ "name": "catalog_message" }));
    assert_action(Action::RequestLocation, "location_request_message", json!({ "name": "send_location" }));
    assert_action(Action::RequestContact, "request_contact_info", json!({ "name": "request_contact_info" }));
    assert_action(
        Action::RequestCallPermission,
        "call_permission_request",
        json!({ "name": "call_permission_request" }),
    );
    let details = serde_json::from_value(json!({ "values": { "name": "Ana" } })).unwrap();
    assert_action(
        Action::RequestAddress { country: "IN".into(), details },
        "address_message",
        json!({ "name": "address_message", "parameters": { "country": "IN", "values": { "name": "Ana" } } }),
    );
    assert_action(
        Action::Call { label: "Call us".into(), ttl_minutes: Some(100), payload: Some("p".into()) },
        "voice_call",
        json!({ "name": "voice_call", "parameters": { "display_text": "Call us", "ttl_minutes": 100, "payload": "p" } }),
    );
    let status = |description: Option<&str>| Action::OrderStatus {
        reference: "order-1".into(),
        status: "processing".into(),
        description: description.map(str::to_owned),
    };
    let order =
        |order: Value| json!({ "name": "review_order", "parameters": { "reference_id": "order-1", "order": order } });
    assert_action(
        status(Some("On its way")),
        "order_status",
        order(json!({ "status": "processing", "description": "On its way" })),
    );
    assert_action(status(None), "order_status", order(json!({ "status": "processing" })));
}

#[test]
fn products_in_sections() {
    let payload = products(vec![ProductSection { title: Some("New".into()), products: vec!["a".into(), "b".into()] }]);
    let shape = json!({
        "type": "product_list",
        "header": { "type": "text", "text": "Shop" },
        "body": { "text": "Body" },
        "action": { "catalog_id": "77", "sections": [
            { "title": "New", "product_items": [{ "product_retailer_id": "a" }, { "product_retailer_id": "b" }] }
        ] }
    });
    assert_shape(payload, "interactive", shape);
}

#[test]
fn a_product_goes_without_words() {
    let action = Action::Product { catalog_id: "77".into(), product: "sku".into() };
    let payload = Payload::Interactive(Box::new(Interactive { body: None, ..interactive(action) }));
    let action = json!({ "catalog_id": "77", "product_retailer_id": "sku" });
    assert_shape(payload, "interactive", json!({ "type": "product", "action": action }));
}

#[test]
fn carousels() {
    let card = |index: usize| {
        json!({
            "card_index": index,
            "type": "cta_url",
            "header": { "type": "image", "image": { "link": "https://example.com/a.jpg" } },
            "body": { "text": "A card" },
            "action": { "name": "cta_url", "parameters": { "display_text": "See", "url": "https://example.com/a" } }
        })
    };
    let cards = vec![url_card(), url_card()];
    assert_action(Action::Carousel { cards }, "carousel", json!({ "cards": [card(0), card(1)] }));
    let product = |index: usize| {
        let action = json!({ "catalog_id": "77", "product_retailer_id": format!("sku-{index}") });
        json!({ "card_index": index, "type": "product", "action": action })
    };
    assert_action(product_cards(2), "carousel", json!({ "cards": [product(0), product(1)] }));
}

#[track_caller]
fn assert_component(component: TemplateComponent, shape: Value) {
    let whole = json!({ "name": "order_update", "language": { "code": "pt_BR" }, "components": [shape] });
    assert_shape(template(vec![component]), "template", whole);
}

#[test]
fn template_headers_and_bodies() {
    let header = |value| TemplateComponent::Header { parameters: vec![unnamed(value)] };
    let invoice = OutboundMedia { filename: Some("a.pdf".into()), ..file(MediaKind::Document) };
    assert_component(
        header(ParameterValue::Media(invoice)),
        json!({ "type": "header", "parameters": [
            { "type": "document", "document": { "id": "1003383421387256", "filename": "a.pdf" } }
        ] }),
    );
    assert_component(
        header(ParameterValue::Location(place())),
        json!({ "type": "header", "parameters": [{ "type": "location", "location": placed() }] }),
    );
    assert_component(
        TemplateComponent::Body { parameters: vec![Parameter::named("first_name", "Ana")] },
        json!({ "type": "body", "parameters": [{ "type": "text", "parameter_name": "first_name", "text": "Ana" }] }),
    );
}

#[test]
fn template_buttons() {
    let action = json!({ "flow_token": "t", "flow_action_data": {} });
    let pictured = json!({ "thumbnail_product_retailer_id": "sku" });
    let many = json!({
        "thumbnail_product_retailer_id": "sku",
        "sections": [{ "title": "New", "product_items": [{ "product_retailer_id": "sku" }] }]
    });
    let table = [
        ("quick_reply", ParameterValue::Payload("stop".into()), json!({ "type": "payload", "payload": "stop" })),
        ("url", words("suffix"), json!({ "type": "text", "text": "suffix" })),
        (
            "copy_code",
            ParameterValue::CouponCode("25OFF".into()),
            json!({ "type": "coupon_code", "coupon_code": "25OFF" }),
        ),
        ("flow", ParameterValue::Action(action.clone()), json!({ "type": "action", "action": action })),
        ("catalog", ParameterValue::Action(pictured.clone()), json!({ "type": "action", "action": pictured })),
        ("mpm", ParameterValue::Action(many.clone()), json!({ "type": "action", "action": many })),
        ("voice_call", ParameterValue::TtlMinutes(100), json!({ "type": "ttl_minutes", "ttl_minutes": 100 })),
    ];
    for (sub_type, value, shape) in table {
        let whole = json!({ "type": "button", "sub_type": sub_type, "index": "2", "parameters": [shape] });
        assert_component(button(sub_type, 2, vec![value]), whole);
    }
}

#[test]
fn template_offers_and_carousels() {
    assert_component(
        TemplateComponent::LimitedTimeOffer { expires_at_ms: 1_209_600_000 },
        json!({ "type": "limited_time_offer", "parameters": [
            { "type": "limited_time_offer", "limited_time_offer": { "expiration_time_ms": 1_209_600_000 } }
        ] }),
    );
    let card = vec![
        TemplateComponent::Header { parameters: vec![unnamed(ParameterValue::Media(file(MediaKind::Image)))] },
        body(vec![words("20%")]),
        button("url", 0, vec![words("a")]),
    ];
    let shape = |index: usize| {
        json!({ "card_index": index, "components": [
            { "type": "header", "parameters": [{ "type": "image", "image": { "id": "1003383421387256" } }] },
            { "type": "body", "parameters": [{ "type": "text", "text": "20%" }] },
            { "type": "button", "sub_type": "url", "index": "0", "parameters": [{ "type": "text", "text": "a" }] }
        ] })
    };
    assert_component(
        TemplateComponent::Carousel { cards: vec![card.clone(), card] },
        json!({ "type": "carousel", "cards": [shape(0), shape(1)] }),
    );
}
