use std::path::{Path, PathBuf};

use ponte_flow::{FailureAction, FlowPackage, Permission, TriggerEvent, TriggerHours};

use crate::kit::{Package, lines};

#[test]
fn everything_is_read() {
    let package = Package::good();
    let package = package.open().unwrap_or_else(|error| panic!("{error:#}"));
    let manifest = package.manifest();
    assert_eq!(manifest.flow.name.as_str(), "greeter");
    assert_eq!(manifest.flow.version, semver::Version::new(1, 2, 3));
    assert_eq!(manifest.flow.contract.to_string(), "ponte:flow@0.1.0");
    assert_eq!(manifest.flow.title.get("es-AR"), "Recepción");
    assert_eq!(manifest.permissions().collect::<Vec<_>>(), [Permission::Send, Permission::State]);
    assert_eq!(manifest.reasons[&Permission::Send].get("de"), "Greet.");
    assert_eq!(manifest.trigger.events, [TriggerEvent::Message, TriggerEvent::Edit]);
    assert_eq!(manifest.trigger.hours, TriggerHours::Open);
    assert_eq!(manifest.schedules[0].cron.as_str(), "0 9 * * mon-fri");
    assert_eq!(manifest.failure.timeout, FailureAction::DefaultReply);
    assert_eq!(manifest.failure.tries, 3);
    assert_eq!(manifest.limits.memory_bytes(32 << 20), 16 << 20);
    assert_eq!(manifest.limits.memory_bytes(8 << 20), 8 << 20);
    assert_eq!(package.texts().get("sorry", "es"), Some("Disculpa, ya llamamos a alguien."));
    // The SHA-256 of the eight bytes.
    let digest = "24eaf3439a60c96764c4f2c92a0a81b52bd4fe5d5b91f090184a0f6486b1bf29";
    assert_eq!(package.snapshot.plugin.as_str(), digest);
    assert!(package.plugin.ends_with("plugin.wasm"));
}

#[test]
fn what_may_be_left_out() {
    let package = Package::good();
    package.edit("flow.toml", "hours = \"open\"\n", "");
    package.edit("flow.toml", "[[schedules]]\nname = \"morning\"\ncron = \"0 9 * * mon-fri\"\n", "");
    package.edit("flow.toml", "timeout = \"default-reply\"", "timeout = \"skip\"");
    package.edit("flow.toml", "text = \"sorry\"\n", "");
    package.edit("flow.toml", "[limits]\nmemory_mib = 16\n", "");
    package.write("settings.schema.json", r#"{"type": "object", "additionalProperties": false}"#);
    let package = package.open().unwrap_or_else(|error| panic!("{error:#}"));
    let manifest = package.manifest();
    assert_eq!(manifest.trigger.hours, TriggerHours::Any);
    assert!(manifest.schedules.is_empty() && manifest.failure.text.is_none());
    assert_eq!(manifest.limits.memory_bytes(7), 7);
    assert_eq!(package.check_settings("settings.toml", "").unwrap().as_json(), &serde_json::json!({}));
}

/// The prebuilt packages of this repository; their plugins are built by another step, and may be missing.
#[test]
fn prebuilt_packages() {
    let flows = PathBuf::from("../../flows");
    let mut seen = 0;
    for entry in std::fs::read_dir(flows).unwrap().flatten().filter(|entry| entry.path().join("flow.toml").exists()) {
        seen += 1;
        let copy = tempfile::tempdir().unwrap();
        copy_package(&entry.path(), copy.path());
        let package = FlowPackage::open(copy.path())
            .unwrap_or_else(|error| panic!("{}:\n{}", entry.path().display(), lines(&error.problems)));
        let example = entry.path().join("settings.example.toml");
        if let Ok(text) = std::fs::read_to_string(&example) {
            package
                .check_settings("settings.example.toml", &text)
                .unwrap_or_else(|error| panic!("{}:\n{}", example.display(), lines(&error.problems)));
        }
    }
    assert!(seen > 0, "there are prebuilt packages");
}

fn copy_package(from: &Path, to: &Path) {
    for folder in ["", "texts", "templates"] {
        std::fs::create_dir_all(to.join(folder)).unwrap();
        let entries = std::fs::read_dir(from.join(folder)).into_iter().flatten().flatten();
        for entry in entries.filter(|entry| entry.path().is_file()) {
            std::fs::copy(entry.path(), to.join(folder).join(entry.file_name())).unwrap();
        }
    }
    std::fs::write(to.join("plugin.wasm"), crate::kit::COMPONENT).unwrap();
}
