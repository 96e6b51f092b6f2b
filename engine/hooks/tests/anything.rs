//! Whatever comes, signed or not: one event, the same again for the same request, and it survives the store.

use ponte_hooks::{Kind, Request, Settings, Source};
use ponte_model::{Body, Event, Timestamp};
use proptest::prelude::*;
use serde_json::{Value, json};

fn decode(kind: Kind, body: &[u8], now: i64) -> Event {
    let source = Source::new(Settings {
        name: "loja".into(),
        kind,
        secrets: vec!["secret".into()],
        number: "1".into(),
        country: Some("BR".into()),
        test_orders: false,
    });
    let header = |name: &str| (name == "x-shopify-topic").then_some("orders/updated");
    source.unwrap().decode(Request { header: &header, body }, Timestamp::from_secs(now))
}

fn payload(kind: Kind) -> Value {
    let bytes: &[u8] = match kind {
        Kind::Shopify => include_bytes!("payloads/shopify-paid.json"),
        Kind::SignedJson => include_bytes!("payloads/signed-paid.json"),
    };
    serde_json::from_slice(bytes).unwrap()
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        ".{0,40}".prop_map(Value::from),
        "[+0-9 ()-]{0,20}".prop_map(Value::from),
        Just(json!("x".repeat(300))),
        Just(json!("2026-11-24T01:00:00Z")),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::hash_map("[a-z_]{1,8}", inner, 0..3).prop_map(|map| json!(map)),
        ]
    })
}

/// Every place in a payload.
fn places(json: &Value, at: &str, found: &mut Vec<String>) {
    found.push(at.to_owned());
    match json {
        Value::Object(map) => map.iter().for_each(|(key, value)| places(value, &format!("{at}/{key}"), found)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(index, value)| places(value, &format!("{at}/{index}"), found));
        }
        _ => {}
    }
}

fn check(kind: Kind, body: &[u8]) -> Result<(), TestCaseError> {
    let event = decode(kind, body, 1_795_482_600);
    prop_assert_eq!(&event.key, &decode(kind, body, 1_795_999_999).key, "a retry is the same");
    let stored = serde_json::to_string(&event).unwrap();
    prop_assert_eq!(&serde_json::from_str::<Event>(&stored).unwrap(), &event);
    if let Body::Order(order) = &event.body {
        prop_assert!(!order.id.is_empty() && order.id.len() <= 64 && order.number.len() <= 64);
        prop_assert!(order.items.iter().all(|item| item.name.chars().count() <= 200));
        let phone = event.contact.and_then(|contact| contact.phone);
        prop_assert!(phone.iter().all(|phone| phone.as_str().bytes().all(|byte| byte.is_ascii_digit())));
        prop_assert_eq!(phone, order.customer.phone.clone());
    }
    Ok(())
}

fn any_kind() -> impl Strategy<Value = Kind> {
    prop_oneof![Just(Kind::Shopify), Just(Kind::SignedJson)]
}

proptest! {
    #[test]
    fn an_order_in_which_anything_stands_anywhere(
        kind in any_kind(),
        place in any::<prop::sample::Index>(),
        value in any_json(),
    ) {
        let mut json = payload(kind);
        let mut all = Vec::new();
        places(&json, "", &mut all);
        *json.pointer_mut(&all[place.index(all.len())]).unwrap() = value;
        check(kind, json.to_string().as_bytes())?;
    }

    #[test]
    fn any_bytes(kind in any_kind(), body in prop::collection::vec(any::<u8>(), 0..200)) {
        check(kind, &body)?;
    }
}
