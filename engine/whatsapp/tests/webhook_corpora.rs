//! Every payload of the public corpora gives exactly the events of `payloads/corpora.table`.

mod webhook_support;

use std::collections::{BTreeMap, BTreeSet};

use ponte_model::{Body, Event};
use serde_json::{Value, json};
use webhook_support::{RECEIVED, corpora, events_of, payload};

#[test]
fn every_payload_says_what_the_table_says() {
    let Some(corpora) = corpora() else { return };
    let table = payload("corpora.table");
    let mut expected: BTreeMap<&str, Vec<Vec<&str>>> = BTreeMap::new();
    for line in table.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        let (case, row) = line.split_once(" | ").unwrap();
        expected.entry(case).or_default().push(row.splitn(7, " | ").collect());
    }
    let known: BTreeSet<&str> = corpora.iter().map(|(case, _)| case.as_str()).collect();
    assert_eq!(known, expected.keys().copied().collect(), "the table and the corpora have the same cases");

    for (case, json) in &corpora {
        let events = events_of(&json.to_string());
        let rows = &expected[case.as_str()];
        assert_eq!(events.len(), rows.len(), "{case}: {events:#?}");
        for (event, row) in events.iter().zip(rows) {
            assert_row(case, event, row);
            keeps_raw_json(case, event, json);
        }
    }
}

fn assert_row(case: &str, event: &Event, row: &[&str]) {
    let [who, account, number, person, message, seconds, content] = row[..] else { panic!("{case}: {row:?}") };
    let or_none = |text: &'static str, id: Option<&str>| id.unwrap_or(text).to_owned();
    let told = serde_json::to_value(event).unwrap();
    let word = |key: &str| told[key].as_str().unwrap().to_owned();
    assert_eq!([word("origin"), word("lane"), event.body.kind().to_owned()].join(" "), who, "{case}");
    assert_eq!(or_none("-", event.waba_id.as_ref().map(AsRef::as_ref)), account, "{case}");
    assert_eq!(or_none("-", event.number_id.as_ref().map(AsRef::as_ref)), number, "{case}");
    assert_eq!(or_none("-", event.message_id.as_ref().map(AsRef::as_ref)), message, "{case}");
    assert_eq!(told.get("contact").cloned().unwrap_or(Value::Null), person_named(person), "{case}");
    let seconds: i64 = seconds.parse().unwrap();
    assert_eq!(event.at.as_secs(), if seconds == 0 { RECEIVED.as_secs() } else { seconds }, "{case}");
    let content: Value = serde_json::from_str(content).unwrap();
    assert_eq!(essence(&told["body"]["content"]), content, "{case}");
}

fn person_named(text: &str) -> Value {
    match text {
        "-" => Value::Null,
        "@test" => json!({"user_id": "US.13491208655302741918", "parent_user_id": "US.ENT.11815799212886844830",
                          "phone": "972987654321", "name": {"display": "Test Name"}}),
        "@sheena" => json!({"phone": "16505551234", "name": {"display": "Sheena Nelson"}}),
        json => serde_json::from_str(json).unwrap(),
    }
}

/// Without raw JSON and hashes, and with errors by their codes alone.
fn essence(value: &Value) -> Value {
    match value {
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| !["json", "sha256"].contains(&key.as_str()))
            .map(|(key, value)| match (key.as_str(), value) {
                ("errors", Value::Array(errors)) => {
                    (key.clone(), errors.iter().map(|error| json!({"code": error["code"]})).collect())
                }
                _ => (key.clone(), essence(value)),
            })
            .collect(),
        Value::Array(list) => list.iter().map(essence).collect(),
        other => other.clone(),
    }
}

/// Where an event promises to keep everything, it does.
fn keeps_raw_json(case: &str, event: &Event, payload: &Value) {
    let value = &payload["entry"][0]["changes"][0]["value"];
    match &event.body {
        Body::Account(update) => assert_eq!(&update.json, value, "{case}"),
        Body::Template(update) => assert_eq!(&update.json, value, "{case}"),
        Body::Notice { json, .. } => assert_eq!(json, value, "{case}"),
        _ => {}
    }
}

#[test]
fn a_redelivery_has_the_same_keys_and_other_things_have_others() {
    let Some(corpora) = corpora() else { return };
    let mut by_key: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
    for (_, json) in &corpora {
        let (once, again) = (events_of(&json.to_string()), events_of(&serde_json::to_string_pretty(json).unwrap()));
        assert_eq!(once, again);
        for event in once {
            // The corpora use one message id for many messages; what has no id of its own is what matters here.
            if event.key.as_str().split('|').count() == 2 {
                by_key.entry(event.key.as_str().to_owned()).or_default().insert(format!("{event:?}"));
            }
        }
    }
    assert!(by_key.len() > 20, "too few of them to mean anything");
    let shared: Vec<_> = by_key.iter().filter(|(_, events)| events.len() > 1).collect();
    assert!(shared.is_empty(), "{shared:#?}");
}
