//! What a trigger says beyond kinds and hours: how long to wait, and whom it is for.

use crate::kit::{Package, lines};

fn with(trigger: &str) -> Package {
    let package = Package::good();
    package.edit("flow.toml", "hours = \"open\"\n", &format!("hours = \"open\"\n{trigger}\n"));
    package
}

#[test]
fn a_trigger_may_wait_and_be_for_some_people_only() {
    let package = with("debounce = \"8s\"\ncontacts = \"sectors\"\nexcept = \"timezone\"");
    let package = package.open().unwrap_or_else(|error| panic!("{}", lines(&error.problems)));
    let trigger = &package.manifest().trigger;
    assert_eq!(trigger.debounce.as_deref(), Some("8s"));
    assert_eq!((trigger.contacts.as_deref(), trigger.tags.as_deref()), (Some("sectors"), None));
    assert_eq!(trigger.except.as_deref(), Some("timezone"));
    // What is not said is not stored either: packages of before read as they did.
    let stored = serde_json::to_value(trigger).unwrap();
    assert!(stored.get("tags").is_none(), "{stored}");
    let good = Package::good().open().unwrap();
    let stored = serde_json::to_value(&good.manifest().trigger).unwrap();
    assert_eq!(stored, serde_json::json!({ "events": ["message", "edit"], "hours": "open" }));
}

#[test]
fn times_and_settings_that_cannot_be_are_named_by_their_place() {
    for time in ["1s", "59s", "300s", "1m", "5m"] {
        assert!(with(&format!("debounce = \"{time}\"")).open().is_ok(), "{time}");
    }
    for (trigger, words) in [
        ("debounce = \"0s\"", "`trigger.debounce`"),
        ("debounce = \"301s\"", "1s to 5m"),
        ("debounce = \"6m\"", "8s"),
        ("debounce = 8", "`trigger.debounce`"),
        ("contacts = \"vips\"", "the setting `vips`, which the settings schema does not declare"),
        ("tags = \"a.b\"", "`trigger.tags`"),
        ("except = \"staff\"", "declare `staff` in settings.schema.json"),
    ] {
        let error = with(trigger).open().expect_err(trigger);
        let said = lines(&error.problems);
        assert!(said.contains(words) && said.contains("flow.toml:27"), "{trigger}: {said}");
    }
}
