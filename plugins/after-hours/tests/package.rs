//! The package in `flows/after-hours` and the plugin agree.

use after_hours::urgent::Urgent;
use package_check::Package;
use serde_json::{Value, json};

/// Texts that go below an offer and above a button share a body of 1,024 characters (Meta: interactive reply buttons);
/// the words for the next opening are at most 64.
const TEXTS: &[(&str, &[&str], usize)] = &[
    ("closed", &["next"], 800),
    ("closed_unknown", &[], 800),
    ("urgent_label", &[], 20),
    ("urgent_offer", &[], 150),
    ("urgent_received", &[], 4096),
    ("urgent_note", &[], 1000),
];

#[test]
fn texts_are_complete() {
    Package::open("after-hours").check_texts(TEXTS);
}

#[test]
fn the_schema_is_sound() {
    Package::open("after-hours").check_schema();
}

#[test]
fn the_example_is_understood() {
    let example = Package::open("after-hours").example();
    let urgent: Urgent = serde_json::from_value(example["urgent"].clone()).unwrap();
    assert!(urgent.enabled);
    assert_eq!(urgent.label.as_deref(), Some("Preciso agora"));
    assert!(urgent.hand_off.is_some());
}

#[test]
fn what_does_not_fit_is_refused() {
    let package = Package::open("after-hours");
    let with = |key: &str, value: Value| {
        let mut settings = json!({ "timezone": "America/Sao_Paulo", "hours": "mon-fri 09:00-18:00" });
        settings[key] = value;
        package.faults(&settings)
    };
    assert_eq!(with("language", json!("es")), Vec::<String>::new());
    assert_eq!(with("urgent", json!({ "enabled": true, "label": "vinte caracteres ok!" })), Vec::<String>::new());
    for (key, value) in [
        ("urgent", json!({ "enabled": true, "label": "mais de vinte caracteres" })),
        ("urgent", json!({ "enabled": "yes" })),
        ("language", json!("fr")),
        ("hours", json!([])),
        ("holidays", json!("12-25")),
        ("texts", json!({ "fr": {} })),
        ("texts", json!({ "es": { "closed": "x".repeat(801) } })),
        ("colour", json!("red")),
    ] {
        assert_ne!(with(key, value.clone()), Vec::<String>::new(), "{key} = {value}");
    }
}
