//! The package in `flows/vip-handoff` and the plugin agree.

use package_check::Package;
use serde_json::json;
use vip_handoff::vip::ORDER_TAG;

const TEXTS: &[(&str, &[&str], usize)] = &[
    ("note", &["who", "why"], 200),
    ("note_since", &["time"], 100),
    ("note_said", &["words"], 100),
    ("note_media", &[], 100),
    ("note_order", &["number", "total"], 100),
    ("note_late", &["wait", "note"], 200),
    ("note_unseen", &["note"], 200),
    ("why_list", &[], 60),
    ("why_tag", &["tag"], 60),
    ("why_order", &[], 60),
    ("nameless", &[], 60),
    ("status_new", &[], 100),
    ("status_late", &["wait"], 100),
    ("status_unseen", &[], 100),
    ("customer", &[], 1000),
];

#[test]
fn texts_are_complete() {
    Package::open("vip-handoff").check_texts(TEXTS);
}

#[test]
fn the_schema_is_sound() {
    Package::open("vip-handoff").check_schema();
}

#[test]
fn the_example_has_the_tag_that_orders_put_on() {
    let example = Package::open("vip-handoff").example();
    assert!(example["vip_tags"].as_array().unwrap().contains(&json!(ORDER_TAG)));
}

#[test]
fn what_does_not_fit_is_refused() {
    let package = Package::open("vip-handoff");
    let fine = Vec::<String>::new();
    let notice = json!({ "template": "vip_waiting" });
    for settings in [
        json!({}),
        json!({ "vips": ["5511999990001", "BR.13491208655302741918"] }),
        json!({ "fallback": "notice", "staff": "+55 11 98888-0000", "notice": notice }),
        json!({ "debounce": "off", "hours": "mon-fri 09:00-18:00", "timezone": "America/Sao_Paulo" }),
    ] {
        assert_eq!(package.faults(&settings), fine, "{settings}");
    }
    for settings in [
        json!({ "vips": ["Ana"] }),
        json!({ "fallback": "notice" }),
        json!({ "fallback": "notice", "staff": "+55 11 98888-0000" }),
        json!({ "notice": notice }),
        json!({ "notice": { "template": "Vip!" }, "staff": "+55 11 98888-0000" }),
        json!({ "hours": "mon-fri 09:00-18:00" }),
        json!({ "wait_minutes": 0 }),
        json!({ "reminders": 4 }),
        json!({ "debounce": "1h" }),
        json!({ "orders": { "minimum": 10 } }),
        json!({ "fallback": "bot" }),
    ] {
        assert_ne!(package.faults(&settings), fine, "{settings}");
    }
}

/// The notice fills four numbered places, in every language that the shop may speak.
#[test]
fn the_templates_have_the_places_that_are_filled() {
    for language in ["pt_BR", "es", "en"] {
        let file = format!("../../flows/vip-handoff/templates/vip_waiting.{language}.json");
        let text = std::fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file}: {error}"));
        let template: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!((template["language"].as_str(), template["category"].as_str()), (Some(language), Some("UTILITY")));
        let body = template["components"][0]["text"].as_str().unwrap();
        for place in 1..=4 {
            assert_eq!(body.matches(&format!("{{{{{place}}}}}")).count(), 1, "{file}: place {place}");
        }
        assert_eq!(body.matches("{{").count(), 4, "{file}");
    }
}
