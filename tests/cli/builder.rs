//! `ponte new`, `ponte build`, `ponte check`: from nothing to an installed flow, without network.

use std::fs;
use std::time::Duration;

use ponte_clock::Stopwatch;
use serde_json::json;

use crate::shop::{Said, Shop, compiled, flow};

/// So long may a compiler take that begins with nothing, on a machine that does other things.
const COMPILING: Duration = Duration::from_secs(280);

/// A shop whose owner has the tools that this test was built with.
fn builder() -> Shop {
    let mut shop = Shop::new();
    for name in ["PATH", "HOME", "CARGO_HOME", "RUSTUP_HOME", "RUSTUP_TOOLCHAIN"] {
        if let Ok(value) = std::env::var(name) {
            shop.set(name, &value);
        }
    }
    shop.set("CARGO_NET_OFFLINE", "true");
    // What the plugins of the repository were compiled with is compiled.
    let cache = compiled().parent().expect("target/debug is in target").join("plugins");
    shop.set("CARGO_TARGET_DIR", &cache.display().to_string());
    shop
}

async fn build(shop: &Shop) -> Said {
    shop.ponte_takes(COMPILING, &["build", "hello"], "").await
}

fn edit(shop: &Shop, file: &str, from: &str, to: &str) {
    let text = fs::read_to_string(shop.path(file)).expect("the file");
    assert!(text.contains(from), "{file} says {from:?}");
    shop.write(file, &text.replacen(from, to, 1));
}

#[tokio::test]
async fn from_nothing_to_an_installed_flow() {
    let shop = builder();
    let watch = Stopwatch::start();
    let said = shop.ponte(&["new", "hello", "--lang", "rust"]).await.ok();
    let made = watch.elapsed();
    for line in ["hello/src/lib.rs", "cd hello", "ponte build", "ponte test", "ponte check"] {
        assert!(said.out.contains(line), "{line:?} is missing in:\n{}", said.out);
    }
    let said = build(&shop).await.ok();
    let built = watch.elapsed() - made;
    for words in ["hello/plugin.wasm", " KB  sha256:", "ponte:flow@0.1", "asks for contacts, conversation, send, state"]
    {
        assert!(said.out.contains(words), "{words:?} is missing in:\n{}", said.out);
    }
    let plugin = fs::read(shop.path("hello/plugin.wasm")).expect("a plugin");

    let said = shop.ponte(&["check", "hello", "--deny-warnings"]).await.ok();
    assert!(said.out.contains("hello 0.1.0: no errors, no warnings"), "{}", said.out);
    let checked = watch.elapsed() - made - built;
    let settings = shop.path("hello/settings.example.toml").display().to_string();
    shop.ponte(&["flow", "install", "hello", "--settings", &settings]).await.ok();
    let installed = watch.elapsed() - made - built - checked;
    assert_eq!(shop.installations().await[0]["flow"], "hello");
    eprintln!("new {made:.1?}, build {built:.1?}, check {checked:.1?}, install {installed:.1?}");

    // Built again it is the same, and quick.
    let said = build(&shop).await.ok();
    assert!(said.out.contains("(unchanged)"), "{}", said.out);

    // What the manifest does not request is not built into the folder.
    edit(&shop, "hello/flow.toml", "\nstate = {", "\nschedule = {");
    let said = build(&shop).await.refused(&[
        "flow.toml:",
        "asks for state, which the manifest does not request",
        "to `[permissions]`",
        "requests schedule, which `plugin.wasm` never asks for",
        "1 error; the plugin.wasm of before stays",
    ]);
    assert!(said.out.is_empty(), "{}", said.out);
    edit(&shop, "hello/flow.toml", "\nschedule = {", "\nstate = {");

    // The compiler's own words are kept.
    edit(&shop, "hello/src/lib.rs", "fn on_event(event: Event)", "fn on_event(event: Evnet)");
    build(&shop).await.refused(&["error[E0", "Evnet", "src/lib.rs", "cargo build", "failed", "see above"]);
    assert_eq!(fs::read(shop.path("hello/plugin.wasm")).expect("a plugin"), plugin, "what was there stays");
}

#[tokio::test]
async fn a_project_is_not_made_over_something_or_under_a_bad_name() {
    let shop = Shop::new();
    shop.write("taken/note", "mine");
    shop.ponte(&["new", "taken"]).await.refused(&["taken is there and not empty", "--dir"]);
    shop.ponte(&["new", "note", "--dir", "taken/note"]).await.refused(&["note is there and no folder", "--dir"]);
    shop.ponte(&["new", "Hello World"]).await.refused(&[
        "`Hello World` cannot be the name",
        "a-z, 0-9",
        "`hello-world`",
    ]);
    let said = shop.ponte(&["new", "x", "--lang", "cobol"]).await;
    assert!(said.code == Some(2) && said.err.contains("rust") && said.err.contains("python"), "{said:#?}");
    let said = shop.ponte(&["new", "x", "--dir", "deep/in/here"]).await.ok();
    assert!(shop.path("deep/in/here/flow.toml").is_file(), "{}", said.out);
    assert_eq!(fs::read_to_string(shop.path("taken/note")).expect("what was there"), "mine");
    assert!(!shop.path("Hello World").exists());
}

#[tokio::test]
async fn a_missing_toolchain_is_named_with_what_installs_it() {
    // Nothing is on this shop's PATH: there is none.
    let shop = Shop::new();
    shop.ponte(&["new", "hello"]).await.ok();
    build(&shop).await.refused(&[
        "cargo was not found; it compiles flows in Rust",
        "sh.rustup.rs",
        "apt-get install",
        "run the command again",
    ]);
    for (file, words) in [
        ("src/flow.ts", &["node or nodejs was not found", "apt-get install nodejs npm"][..]),
        ("flow.py", &["python3 was not found", "apt-get install python3"]),
        ("flow.c", &["sh was not found"]),
    ] {
        let name = file.replace(['/', '.'], "-");
        shop.write(&format!("{name}/{file}"), "");
        shop.ponte(&["build", &name]).await.refused(words);
    }
    shop.ponte(&["build", "nowhere"]).await.refused(&["there is no folder nowhere"]);
    shop.ponte(&["build", "."]).await.refused(&["Cargo.toml, src/flow.ts", "ponte new NAME"]);
    shop.ponte(&["build", &flow("triage")]).await.refused(&["a package without its source"]);
}

#[tokio::test]
async fn a_plugin_that_is_older_than_its_source_is_not_played_silently() {
    let shop = Shop::new();
    shop.ponte(&["new", "hello"]).await.ok();
    fs::write(shop.path("hello/plugin.wasm"), ponte_tests::guests::echoing()).expect("a plugin");
    let words = "`plugin.wasm` is older than src/lib.rs; build it again: `ponte build`";
    for command in ["check", "test"] {
        let said = shop.ponte(&[command, "hello"]).await;
        assert!(!said.err.contains(words), "{command}: {}", said.err);
    }
    let built = shop.path("hello/plugin.wasm").metadata().and_then(|about| about.modified()).expect("a time");
    let source = fs::OpenOptions::new().write(true).open(shop.path("hello/src/lib.rs")).expect("the source");
    source.set_modified(built + Duration::from_secs(9)).expect("a later time");
    for arguments in [&["check", "hello"][..], &["test", "hello"], &["test", "--edge", "hello", "--filter", "none"]] {
        let said = shop.ponte(arguments).await;
        assert_eq!(said.err.matches(words).count(), 1, "{arguments:?}: {}", said.err);
    }
}

#[tokio::test]
async fn a_check_says_all_that_is_wrong_with_its_place() {
    let shop = Shop::new();
    shop.ponte(&["new", "hello"]).await.ok();
    fs::write(shop.path("hello/plugin.wasm"), ponte_tests::guests::echoing()).expect("a plugin");
    // It calls `send` alone: the rest is requested in vain. That is no error.
    let said = shop.ponte(&["check", "hello"]).await.ok();
    assert!(said.out.contains("no errors, 3 warnings"), "{said:#?}");
    for words in ["warning: flow.toml:", "requests state, which `plugin.wasm` never asks for", "╭─[flow.toml:"] {
        assert!(said.err.contains(words), "{words:?} is missing in:\n{}", said.err);
    }
    assert_eq!(said.err.matches("requests state, which").count(), 1, "said once:\n{}", said.err);
    assert_eq!(shop.ponte(&["check", "hello", "--deny-warnings"]).await.code, Some(1));

    let component = "(component (instance $h) (export \"ponte:flow/handler@0.2.0\" (instance $h)))";
    fs::write(shop.path("hello/plugin.wasm"), wat::parse_str(component).expect("a component")).expect("a plugin");
    edit(&shop, "hello/flow.toml", "trap = \"skip\"", "trap = \"slip\"");
    let said = shop.ponte(&["check", "hello"]).await;
    let said = said.refused(&["did you mean `skip`?", "`plugin.wasm` needs ponte:flow 0.2; this host offers 0.1"]);
    assert!(said.out.contains("hello 0.1.0: 2 errors, no warnings"), "{}", said.out);
    let said = shop.ponte(&["check", "hello", "--json"]).await;
    assert_eq!(said.code, Some(1));
    let report = said.json();
    assert_eq!(
        (&report["flow"], &report["language"], &report["scenarios"]),
        (&json!("hello"), &json!("rust"), &json!(1))
    );
    let findings = report["findings"].as_array().expect("a list");
    assert_eq!(findings.len(), 2, "{findings:#?}");
    for finding in findings {
        assert_eq!((&finding["severity"], &finding["file"]), (&json!("error"), &json!("flow.toml")));
        assert!(finding["line"].as_u64() > Some(0) && finding["help"].is_string(), "{finding}");
    }
    shop.ponte(&["check", "nowhere"]).await.refused(&["there is no folder nowhere"]);
    // A folder that is no project at all.
    shop.ponte(&["check", "."]).await.refused(&["flow.toml", "a flow package is a directory"]);
}
