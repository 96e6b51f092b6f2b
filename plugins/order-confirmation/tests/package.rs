//! The package in `flows/order-confirmation` and the plugin agree.

use std::collections::{BTreeMap, BTreeSet};

use order_confirmation::book::State;
use order_confirmation::rules::Rules;
use order_confirmation::template::{TEMPLATES, tag};
use package_check::Package;
use ponte_sdk::Language;
use serde_json::{Value, json};

const TEXTS: &[(&str, &[&str], usize)] = &[
    ("name_unknown", &[], 40),
    ("items_unknown", &[], 60),
    ("items_more", &["count"], 40),
    ("total_unknown", &[], 40),
    ("link_unknown", &[], 60),
    ("answer_placed", &["order"], 300),
    ("answer_paid", &["order"], 300),
    ("answer_shipped", &["order"], 300),
    ("answer_delivered", &["order"], 300),
    ("answer_cancelled", &["order"], 300),
    ("answer_refunded", &["order"], 300),
    ("answer_link", &["link"], 100),
    ("handed_over", &[], 1000),
    ("note", &["words", "orders"], 300),
];

#[test]
fn texts_are_complete() {
    Package::open("order-confirmation").check_texts(TEXTS);
}

#[test]
fn the_schema_is_sound() {
    Package::open("order-confirmation").check_schema();
}

#[test]
fn the_defaults_of_the_form_are_those_of_the_code() {
    let rules = Rules::default();
    let schema: Value =
        serde_json::from_str(&std::fs::read_to_string("../../flows/order-confirmation/settings.schema.json").unwrap())
            .unwrap();
    let default = |key: &str| schema["properties"][key]["default"].clone();
    assert_eq!(default("settle_seconds"), rules.settle);
    assert_eq!(default("stale_hours"), rules.stale / 3600);
    assert_eq!(default("channels"), json!(rules.channels));
    assert_eq!(serde_json::from_value::<Vec<State>>(default("tell")).unwrap(), rules.tell);
    let example = Package::open("order-confirmation").example();
    assert_eq!(example["settle_seconds"], rules.settle);
}

#[test]
fn what_does_not_fit_is_refused() {
    let package = Package::open("order-confirmation");
    assert_eq!(package.faults(&json!({})), Vec::<String>::new());
    for settings in [
        json!({ "tell": ["delivered"] }),
        json!({ "settle_seconds": -1 }),
        json!({ "stale_hours": 0 }),
        json!({ "person": "none" }),
        json!({ "texts": { "pt-BR": { "note": "x".repeat(301) } } }),
    ] {
        assert_ne!(package.faults(&settings), Vec::<String>::new(), "{settings}");
    }
}

/// The `{{places}}` of a text.
fn places(text: &str) -> BTreeSet<&str> {
    text.split("{{").skip(1).filter_map(|rest| Some(rest.split_once("}}")?.0)).collect()
}

#[test]
fn every_template_exists_in_every_language_with_the_places_that_the_plugin_fills() {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir("../../flows/order-confirmation/templates").unwrap() {
        let path = entry.unwrap().path();
        let json: Value = serde_json::from_str(&std::fs::read_to_string(&path).unwrap()).unwrap();
        found.insert(path.file_name().unwrap().to_str().unwrap().to_owned(), json);
    }
    for (_, name, expected) in TEMPLATES {
        for language in [Language::Portuguese, Language::Spanish, Language::English] {
            let file = format!("{name}.{}.json", tag(language));
            let json = found.remove(&file).unwrap_or_else(|| panic!("{file} is missing"));
            assert_eq!(
                (json["name"].as_str(), json["language"].as_str()),
                (Some(*name), Some(tag(language))),
                "{file}"
            );
            assert_eq!(json["category"], "UTILITY", "{file}");
            let body = &json["components"][0];
            let text = body["text"].as_str().unwrap();
            assert_eq!(places(text), expected.iter().copied().collect(), "{file}");
            let examples = body["example"]["body_text_named_params"].as_array().unwrap();
            let examples: BTreeSet<_> = examples.iter().map(|one| one["param_name"].as_str().unwrap()).collect();
            assert_eq!(examples, places(text), "{file}");
            // 1,024 characters with everything filled in: the longest values are 500 (a link), 205, 64, 40 and 30.
            assert!(text.chars().count() < 180 + 200, "{file}");
        }
    }
    assert!(found.is_empty(), "nobody sends {:?}", found.keys());
}
