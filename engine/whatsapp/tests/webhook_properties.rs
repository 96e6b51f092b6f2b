//! Whatever comes, decoding loses nothing, repeats its keys, and never panics.

mod webhook_support;

use std::sync::LazyLock;

use ponte_model::{Event, Lane};
use ponte_whatsapp::webhook::decode;
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Map, Value, json};
use webhook_support::{RECEIVED, corpora, own_payloads};

/// Real payloads to bend: our own, and the corpora where they are present.
static PAYLOADS: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let own = own_payloads().into_iter().map(|(_, text)| serde_json::from_str(&text).unwrap());
    own.chain(corpora().into_iter().flatten().map(|(_, json)| json)).collect()
});

/// Lists whose elements are items, by field.
const LISTS: &[(&str, &[&str])] = &[
    ("messages", &["messages", "statuses", "errors", "a_new_list"]),
    ("smb_message_echoes", &["message_echoes", "messages", "errors"]),
    ("history", &["messages", "message_echoes", "errors"]),
    ("smb_app_state_sync", &["state_sync"]),
    ("user_preferences", &["user_preferences"]),
    ("user_id_update", &["user_id_update"]),
    ("calls", &["calls", "statuses", "errors"]),
];

/// How many items a body has, counted without the decoder: an empty place where items belong counts as one.
fn items_in(body: &Value) -> usize {
    let entries = body["entry"].as_array().cloned().unwrap_or_default();
    let changes = |entry: &Value| entry["changes"].as_array().cloned().unwrap_or_default();
    entries.iter().map(|entry| changes(entry).iter().map(items_of_change).sum::<usize>().max(1)).sum::<usize>().max(1)
}

fn items_of_change(change: &Value) -> usize {
    let len = |list: &Value| list.as_array().map_or(0, Vec::len);
    let field = change["field"].as_str().unwrap_or_default();
    let value = &change["value"];
    let lists = LISTS.iter().find(|(known, _)| *known == field).map_or(&[][..], |(_, lists)| lists);
    let mut items: usize = lists.iter().map(|list| len(&value[*list])).sum();
    if field == "history" {
        for chunk in value["history"].as_array().into_iter().flatten() {
            let threads = chunk["threads"].as_array().cloned().unwrap_or_default();
            let messages: usize = threads.iter().map(|thread| len(&thread["messages"])).sum();
            items += (messages + len(&chunk["errors"])).max(1);
        }
    }
    if field == "standby" {
        items +=
            ["messages", "message_echoes", "statuses"].iter().map(|list| len(&value["standby"][*list])).sum::<usize>();
    }
    items.max(1)
}

/// What holds for every body that is JSON.
fn check(body: &Value) -> Result<Vec<Event>, TestCaseError> {
    let events = decode(body.to_string().as_bytes(), RECEIVED).expect("it is JSON");
    prop_assert!(events.len() >= items_in(body), "{} of {} items: {body}", events.len(), items_in(body));
    for event in &events {
        prop_assert!(!event.key.as_str().is_empty());
        if event.lane == Lane::Message {
            prop_assert!(event.number_id.is_some(), "{event:?}");
            prop_assert!(event.contact.as_ref().is_some_and(|contact| !contact.is_anonymous()), "{event:?}");
        }
    }
    // Written in another way, it is the same.
    let again = decode(rewritten(body).as_bytes(), RECEIVED).expect("it is JSON");
    let keys = |events: &[Event]| {
        let mut keys: Vec<_> = events.iter().map(|event| event.key.clone()).collect();
        keys.sort();
        keys
    };
    prop_assert_eq!(keys(&events), keys(&again));
    Ok(events)
}

/// The same JSON with its keys in the other order, indented, and its strings escaped in PHP's way.
fn rewritten(body: &Value) -> String {
    let text = serde_json::to_string_pretty(&turned(body)).unwrap();
    let escaped = text.chars().flat_map(|letter| match letter {
        '/' => vec!['\\', '/'],
        letter if letter.is_ascii() => vec![letter],
        letter => {
            let units =
                letter.encode_utf16(&mut [0; 2]).iter().map(|unit| format!("\\u{unit:04x}")).collect::<String>();
            units.chars().collect()
        }
    });
    escaped.collect()
}

fn turned(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            map.iter().rev().map(|(key, value)| (key.clone(), turned(value))).collect::<Map<_, _>>().into()
        }
        Value::Array(list) => list.iter().map(turned).collect(),
        other => other.clone(),
    }
}

fn words() -> impl Strategy<Value = String> {
    const KNOWN: &[&str] = &[
        "entry",
        "changes",
        "field",
        "value",
        "messages",
        "statuses",
        "history",
        "standby",
        "type",
        "text",
        "id",
        "from",
        "contacts",
        "errors",
        "edit",
        "system",
        "calls",
        "US.123",
        "+1555",
        "wamid.X",
        "",
        "message_echoes",
        "threads",
    ];
    prop_oneof![prop::sample::select(KNOWN).prop_map(str::to_owned), "\\PC{0,6}"]
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        (-9999i32..9999).prop_map(|number| json!(f64::from(number) / 4.0)),
        words().prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 48, 6, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::vec((words(), inner), 0..6)
                .prop_map(|pairs| pairs.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// One thing done to a payload somewhere.
#[derive(Clone, Debug)]
enum Bend {
    Replace(Index, Value),
    Remove(Index),
    Double(Index),
    Rename(Index, String),
}

fn bends() -> impl Strategy<Value = Bend> {
    prop_oneof![
        (any::<Index>(), any_json()).prop_map(|(at, json)| Bend::Replace(at, json)),
        any::<Index>().prop_map(Bend::Remove),
        any::<Index>().prop_map(Bend::Double),
        (any::<Index>(), words()).prop_map(|(at, word)| Bend::Rename(at, word)),
    ]
}

fn places(value: &Value, here: String, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => map.iter().for_each(|(key, inner)| {
            places(inner, format!("{here}/{}", key.replace('~', "~0").replace('/', "~1")), out);
        }),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(nth, inner)| places(inner, format!("{here}/{nth}"), out))
        }
        _ => {}
    }
    out.push(here);
}

fn bend(body: &mut Value, bend: &Bend) {
    let (Bend::Replace(at, _) | Bend::Remove(at) | Bend::Double(at) | Bend::Rename(at, _)) = bend;
    let mut all = Vec::new();
    places(body, String::new(), &mut all);
    let place = &all[at.index(all.len())];
    let Some((parent, key)) = place.rsplit_once('/') else { return };
    let key = key.replace("~1", "/").replace("~0", "~");
    if let Bend::Replace(_, json) = bend {
        *body.pointer_mut(place).unwrap() = json.clone();
        return;
    }
    match (body.pointer_mut(parent).unwrap(), bend) {
        (Value::Object(map), Bend::Remove(_)) => {
            map.shift_remove(&key);
        }
        (Value::Object(map), Bend::Rename(_, word)) => {
            if let Some(value) = map.shift_remove(&key) {
                map.insert(word.clone(), value);
            }
        }
        (Value::Array(list), Bend::Remove(_)) => {
            list.remove(key.parse().unwrap());
        }
        (Value::Array(list), Bend::Double(_)) => list.push(list[key.parse::<usize>().unwrap()].clone()),
        _ => {}
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let is_json = serde_json::from_slice::<&serde_json::value::RawValue>(&bytes).is_ok();
        prop_assert_eq!(decode(&bytes, RECEIVED).is_ok(), is_json);
    }

    #[test]
    fn any_json_gives_events(body in any_json()) {
        check(&body)?;
    }

    #[test]
    fn any_value_on_any_field_gives_events(field in prop::sample::select(LISTS).prop_map(|(field, _)| field), value in any_json(), list in words(), items in prop::collection::vec(any_json(), 0..4)) {
        let mut value = value;
        if let Value::Object(map) = &mut value {
            map.insert(list, items.into());
            map.insert("metadata".into(), json!({"phone_number_id": "9", "display_phone_number": "15550001111"}));
        }
        check(&json!({"entry": [{"id": 1, "changes": [{"field": field, "value": value}]}]}))?;
    }

    #[test]
    fn a_bent_payload_loses_nothing(which in any::<Index>(), bends in prop::collection::vec(bends(), 0..4)) {
        let mut body = PAYLOADS[which.index(PAYLOADS.len())].clone();
        bends.iter().for_each(|one| bend(&mut body, one));
        check(&body)?;
    }

    #[test]
    fn a_cut_or_scratched_body_never_panics(which in any::<Index>(), cut in any::<Index>(), byte in any::<u8>()) {
        let text = PAYLOADS[which.index(PAYLOADS.len())].to_string();
        let at = cut.index(text.len());
        prop_assert!(decode(&text.as_bytes()[..at], RECEIVED).is_err());
        let mut scratched = text.into_bytes();
        scratched[at] = byte;
        let _ = decode(&scratched, RECEIVED);
    }
}

#[test]
fn our_own_payloads_hold_too() {
    for body in PAYLOADS.iter() {
        check(body).unwrap();
    }
}
