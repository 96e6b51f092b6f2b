//! What is in the store today must be read tomorrow.

use ponte_flow::PackageSnapshot;

use crate::kit::{Package, fixtures};

#[test]
fn a_stored_package_is_read_again() {
    let fresh = Package::good().open().unwrap_or_else(|error| panic!("{error:#}")).snapshot;
    let written = serde_json::to_string_pretty(&fresh).unwrap() + "\n";
    let file = fixtures().join("package-0.1.json");
    if std::env::var_os("PONTE_WRITE_FIXTURES").is_some() {
        std::fs::write(&file, &written).unwrap();
    }
    let stored = std::fs::read_to_string(&file).unwrap();
    let read: PackageSnapshot = serde_json::from_str(&stored).unwrap();
    assert_eq!(read, fresh);
    // The format itself: a change needs a new fixture next to this one, and this one must still be read.
    assert_eq!(stored, written);
    let settings = read.check_settings("settings.toml", "sectors = [{ id = 'a', title = 'b' }]").unwrap();
    assert_eq!(settings.get("tone"), Some(&"friendly".into()));
}

#[test]
fn what_a_newer_host_may_have_added_does_no_harm() {
    let stored = std::fs::read_to_string(fixtures().join("package-0.1.json")).unwrap();
    let mut json: serde_json::Value = serde_json::from_str(&stored).unwrap();
    json["signature"] = "x".into();
    json["manifest"]["flow"]["homepage"] = "https://example.org".into();
    assert!(serde_json::from_value::<PackageSnapshot>(json).is_ok());
}
