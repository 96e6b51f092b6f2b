//! What stores tell, as orders.

use ponte_hooks::{Kind, Request, Settings, Source};
use ponte_model::{Body, Event, Lane, OrderState, Origin, StoreOrder, Timestamp};
use serde_json::{Value, json};

const NOW: i64 = 1_795_482_600;

fn source(kind: Kind, test_orders: bool) -> Source {
    Source::new(Settings {
        name: "loja".into(),
        kind,
        secrets: vec!["secret".into()],
        number: "106540352242922".into(),
        country: Some("MX".into()),
        test_orders,
    })
    .unwrap()
}

fn decode(source: &Source, headers: &[(&str, &str)], body: &[u8]) -> Event {
    let header = |name: &str| headers.iter().find(|(known, _)| *known == name).map(|(_, value)| *value);
    source.decode(Request { header: &header, body }, Timestamp::from_secs(NOW))
}

fn shopify(topic: &str, order: &Value) -> Event {
    let headers = [("x-shopify-topic", topic), ("x-shopify-event-id", "ev-1"), ("x-shopify-webhook-id", "wh-1")];
    decode(&source(Kind::Shopify, false), &headers, order.to_string().as_bytes())
}

fn told(event: &Event) -> &StoreOrder {
    match &event.body {
        Body::Order(order) => order,
        other => panic!("{other:?}"),
    }
}

fn why(event: &Event) -> &str {
    assert_eq!(event.lane, Lane::Lifecycle);
    match &event.body {
        Body::Unrecognized { why, .. } => why,
        other => panic!("{other:?}"),
    }
}

fn paid() -> Value {
    serde_json::from_slice(include_bytes!("payloads/shopify-paid.json")).unwrap()
}

fn signed() -> Value {
    serde_json::from_slice(include_bytes!("payloads/signed-paid.json")).unwrap()
}

fn at(text: &str) -> Timestamp {
    serde_json::from_value(json!(text)).unwrap()
}

#[test]
fn an_order_of_shopifys_is_an_event_of_the_buyers_conversation() {
    let event = shopify("orders/paid", &paid());
    assert_eq!(event.key.as_str(), "hook|loja|orders/paid|ev-1");
    assert_eq!((event.origin, event.lane), (Origin::System, Lane::Message));
    assert_eq!(event.number_id.as_ref().unwrap().as_str(), "106540352242922");
    assert_eq!(event.at, Timestamp::from_secs(NOW), "when we were told");
    let person = event.contact.as_ref().unwrap();
    assert_eq!(person.phone.as_ref().unwrap().as_str(), "5511987654321", "with the country of its address");
    assert_eq!(person.name.display.as_deref(), Some("Ana"));

    let order = told(&event);
    assert_eq!((&*order.source, &*order.id, &*order.number), ("loja", "5123456789012", "#1001"));
    assert_eq!(order.state, OrderState::Paid);
    assert_eq!(order.changed, at("2026-11-24T01:04:10Z"), "the store's time");
    let total = order.total.as_ref().unwrap();
    assert_eq!((total.minor, total.decimals, &*total.currency), (12_990, 2, "BRL"));
    let items: Vec<_> = order.items.iter().map(|item| (item.quantity, &*item.name)).collect();
    assert_eq!(items, [(2, "Camiseta - Azul / M 👕"), (1, "Boné")]);
    assert_eq!(order.status_url.as_deref(), Some("https://loja.example/1/orders/abc/authenticate?key=def"));
    assert_eq!((order.customer.language.as_deref(), order.channel.as_deref()), (Some("pt-BR"), Some("web")));
    assert_eq!((order.test, order.withheld, order.consent), (false, false, None));
    assert_eq!(order.raw["admin_graphql_api_id"], "gid://shopify/Order/5123456789012", "nothing is lost");
}

#[test]
fn how_far_an_order_of_shopifys_is_follows_from_the_order() {
    let sent = json!([
        {"status": "cancelled", "tracking_number": "OLD", "created_at": "2026-11-24T09:00:00-03:00"},
        {"status": "success", "tracking_company": "Correios", "tracking_number": "AA123BR",
         "tracking_url": "https://rastreio.example/AA123BR", "created_at": "2026-11-24T10:00:00-03:00",
         "updated_at": "2026-11-26T10:00:00-03:00", "shipment_status": "in_transit"}]);
    let mut arrived = sent.clone();
    arrived[1]["shipment_status"] = json!("delivered");
    let paid_at = "2026-11-24T00:58:01Z";
    let table = [
        ("orders/create", json!({"financial_status": "pending"}), OrderState::Placed, "2026-11-24T00:58:02Z"),
        ("orders/create", json!({"financial_status": "authorized"}), OrderState::Placed, "2026-11-24T00:58:02Z"),
        // Days later a note is edited: the payment is as old as it was.
        ("orders/updated", json!({"updated_at": "2026-11-30T00:00:00Z"}), OrderState::Paid, paid_at),
        ("orders/updated", json!({"financial_status": "partially_refunded"}), OrderState::Paid, paid_at),
        (
            "orders/fulfilled",
            json!({"fulfillment_status": "fulfilled", "fulfillments": sent}),
            OrderState::Shipped,
            "2026-11-24T13:00:00Z",
        ),
        (
            "orders/partially_fulfilled",
            json!({"fulfillment_status": "partial", "fulfillments": sent}),
            OrderState::Shipped,
            "2026-11-24T13:00:00Z",
        ),
        (
            "orders/updated",
            json!({"fulfillment_status": "fulfilled", "fulfillments": arrived}),
            OrderState::Delivered,
            "2026-11-26T13:00:00Z",
        ),
        (
            "orders/cancelled",
            json!({"cancelled_at": "2026-11-25T00:00:00Z"}),
            OrderState::Cancelled,
            "2026-11-25T00:00:00Z",
        ),
        (
            "orders/updated",
            json!({"financial_status": "voided", "cancelled_at": "2026-11-25T00:00:00Z"}),
            OrderState::Cancelled,
            "2026-11-25T00:00:00Z",
        ),
        (
            "orders/updated",
            json!({"financial_status": "refunded", "cancelled_at": "2026-11-25T00:00:00Z",
            "refunds": [{"created_at": "2026-11-25T00:01:00Z"}]}),
            OrderState::Refunded,
            "2026-11-25T00:01:00Z",
        ),
        (
            "orders/updated",
            json!({"financial_status": "expired", "updated_at": "2026-11-25T00:00:00Z"}),
            OrderState::Other("expired".into()),
            "2026-11-25T00:00:00Z",
        ),
    ];
    for (topic, change, state, changed) in table {
        let mut order = paid();
        for (key, value) in change.as_object().unwrap() {
            order[key] = value.clone();
        }
        let event = shopify(topic, &order);
        let order = told(&event);
        assert_eq!((&order.state, order.changed), (&state, at(changed)), "{topic} {change}");
        if state == OrderState::Shipped {
            assert_eq!(order.parcels.len(), 1, "the one that was called off is none");
            assert_eq!(order.parcels[0].url.as_deref(), Some("https://rastreio.example/AA123BR"));
        }
    }
}

#[test]
fn the_same_act_of_the_merchant_tells_two_topics_and_both_count() {
    let keys = ["orders/paid", "orders/updated"].map(|topic| shopify(topic, &paid()).key);
    assert_ne!(keys[0], keys[1]);
    // Another subscription, or a retry: the delivery has another id, the event has not.
    let headers =
        [("x-shopify-topic", "orders/paid"), ("x-shopify-event-id", "ev-1"), ("x-shopify-webhook-id", "wh-2")];
    let again = decode(&source(Kind::Shopify, false), &headers, paid().to_string().as_bytes());
    assert_eq!(again.key, keys[0]);
    let plain =
        decode(&source(Kind::Shopify, false), &[("x-shopify-topic", "orders/paid")], paid().to_string().as_bytes());
    assert!(plain.key.as_str().starts_with("hook|loja|"), "{}", plain.key);
}

#[test]
fn what_a_store_leaves_out_or_writes_oddly_costs_that_and_no_more() {
    let with = |change: Value| {
        let mut order = paid();
        for (path, value) in change.as_object().unwrap() {
            *order.pointer_mut(path).unwrap() = value.clone();
        }
        shopify("orders/paid", &order)
    };
    let event = with(json!({"/total_price_set": null, "/total_price": "a lot"}));
    assert_eq!(told(&event).total, None);
    let event = with(json!({"/total_price_set/presentment_money": {"amount": "1500", "currency_code": "CLP"}}));
    assert_eq!(told(&event).total.as_ref().map(|total| (total.minor, total.decimals)), Some((1500, 0)));
    let event = with(json!({"/phone": "+1 650 555 1234"}));
    assert_eq!(event.contact.unwrap().phone.unwrap().as_str(), "16505551234", "the order's own number comes first");
    let event = with(json!({"/shipping_address": null, "/billing_address": null}));
    assert_eq!(event.contact.unwrap().phone.unwrap().as_str(), "5511987654321", "the customer's own address");
    let event = with(json!({"/shipping_address": null, "/billing_address": null, "/phone": "55 1234 5678"}));
    assert_eq!(event.contact.unwrap().phone.unwrap().as_str(), "525512345678", "the country of the source");
    let event = with(json!({"/shipping_address/country_code": "JP", "/customer/default_address": {}}));
    assert_eq!(event.contact, None, "better no message than one to a stranger");
    let event = with(json!({"/order_status_url": "javascript:alert(1)"}));
    assert_eq!(told(&event).status_url, None);
    for (word, agreed) in [("sim", true), ("true", true), ("não", false), ("", false)] {
        let event = with(json!({"/note_attributes": [{"name": "whatsapp_consent", "value": word}]}));
        assert_eq!(told(&event).consent, Some(agreed), "{word}");
    }
}

#[test]
fn a_test_is_kept_from_flows_unless_the_source_lets_it_through() {
    let mut order = paid();
    order["test"] = json!(true);
    assert!(told(&shopify("orders/paid", &order)).withheld);
    let headers = [("x-shopify-topic", "orders/paid")];
    let open = decode(&source(Kind::Shopify, true), &headers, order.to_string().as_bytes());
    assert!(told(&open).test && !told(&open).withheld);
}

#[test]
fn an_order_in_the_signed_format() {
    let event = decode(&source(Kind::SignedJson, false), &[], signed().to_string().as_bytes());
    assert_eq!(event.key.as_str(), "hook|loja|evt_8741");
    assert_eq!(event.contact.as_ref().unwrap().phone.as_ref().unwrap().as_str(), "5511987654321");
    let order = told(&event);
    assert_eq!((&*order.number, &order.state, order.changed), ("#1001", &OrderState::Paid, at("2026-11-24T01:04:00Z")));
    assert_eq!(order.items[1].quantity, 1);
    assert_eq!(order.total.as_ref().unwrap().minor, 12_990);
    assert_eq!(order.raw, signed());
}

#[test]
fn ids_numbers_and_amounts_may_be_written_as_numbers() {
    let mut told_as_numbers = signed();
    told_as_numbers["order"]["id"] = json!(1001);
    told_as_numbers["order"]["customer"]["phone"] = json!(11987654321_u64);
    told_as_numbers["order"]["total"]["amount"] = json!(129.9);
    let bytes = told_as_numbers.to_string();
    let (one, other) = (
        decode(&source(Kind::SignedJson, false), &[], bytes.as_bytes()),
        decode(&source(Kind::SignedJson, false), &[], signed().to_string().as_bytes()),
    );
    let without_raw = |event: &Event| StoreOrder { raw: Value::Null, ..told(event).clone() };
    assert_eq!(without_raw(&one), without_raw(&other));
}

#[test]
fn what_cannot_be_made_out_is_kept_and_says_why() {
    let changed = |path: &str, value: Value| {
        let mut json = signed();
        match value {
            Value::Null => {
                let (parent, key) = path.rsplit_once('/').unwrap();
                json.pointer_mut(parent).unwrap().as_object_mut().unwrap().remove(key);
            }
            value => *json.pointer_mut(path).unwrap() = value,
        }
        decode(&source(Kind::SignedJson, false), &[], json.to_string().as_bytes())
    };
    for (path, value, words) in [
        ("/event", Value::Null, "`event` is missing"),
        ("/order", Value::Null, "missing field `order`"),
        ("/order/id", Value::Null, "missing field `id`"),
        ("/order/id", json!("x".repeat(65)), "1 to 64 letters"),
        ("/order/state", Value::Null, "missing field `state`"),
        ("/order/changed_at", json!("yesterday"), "RFC 3339"),
        ("/order/total/amount", json!("R$ 10"), "no amount"),
        ("/order/items", json!("many"), "invalid type"),
    ] {
        let event = changed(path, value);
        assert!(why(&event).contains(words), "{path}: {}", why(&event));
    }
    let Body::Unrecognized { field, json, .. } = changed("/order/id", Value::Null).body else { panic!() };
    assert_eq!((&*field, &json["order"]["number"]), ("hooks/loja", &json!("#1001")));

    assert!(why(&shopify("products/update", &json!({"id": 1}))).contains("products/update"));
    assert!(why(&shopify("orders/paid", &json!({"name": "#1"}))).contains("no id"));
    let broken = decode(&source(Kind::Shopify, false), &[], b"{\"id\": 1");
    assert!(why(&broken).contains("no JSON"));
    assert!(matches!(&broken.body, Body::Unrecognized { json, .. } if json == "{\"id\": 1"));
    // The same nonsense again is the same.
    assert_eq!(decode(&source(Kind::Shopify, false), &[], b"{\"id\": 1").key, broken.key);
}
