//! `ponte number` and `ponte flow`: what is registered and installed, and what is refused.

use serde_json::json;

use crate::shop::{CLOSED, NUMBER, Shop, WABA, flow, root};

#[tokio::test]
async fn a_number_is_registered_changed_and_listed() {
    let mut shop = Shop::new();
    let said = shop.ponte(&["number", "add", NUMBER, "--waba", WABA, "--phone", "+55 11 95555-0100"]).await.ok();
    assert!(said.err.contains(NUMBER), "{}", said.err);
    assert!(!said.err.contains("no access token"), "there is one: {}", said.err);
    let list = shop.ponte(&["number", "list", "--json"]).await.ok().json();
    assert_eq!(
        list,
        json!([{"id": NUMBER, "tenant": "default", "waba_id": WABA, "display_phone": "5511955550100",
            "config": {"mode": "coexistence", "throughput": 5, "profile": "meta"}}])
    );

    shop.unset("PONTE_ACCESS_TOKEN");
    let said = shop.ponte(&["number", "add", NUMBER, "--mode", "api", "--throughput", "80"]).await.ok();
    assert!(said.err.contains(&format!("PONTE_ACCESS_TOKEN_{NUMBER}")), "it says what is missing: {}", said.err);
    let list = shop.ponte(&["number", "list", "--json"]).await.ok().json();
    assert_eq!(list[0]["config"], json!({"mode": "api", "throughput": 80, "profile": "meta"}));
    assert_eq!(list.as_array().map(Vec::len), Some(1), "changed, not doubled");
    let table = shop.ponte(&["number", "list"]).await.ok().out;
    assert!(table.lines().count() == 2 && table.contains(NUMBER) && table.contains("api"), "{table}");

    shop.ponte(&["number", "add", "1", "--throughput", "0"]).await.refused(&["--throughput", "at least 1"]);
}

#[tokio::test]
async fn a_flow_is_installed_listed_and_removed() {
    let shop = Shop::new();
    assert_eq!(shop.installations().await, json!([]));
    shop.ponte(&["number", "add", NUMBER]).await.ok();
    let settings = shop.write("settings.toml", CLOSED);
    let package = flow("after-hours");
    let install = ["flow", "install", &package, "--settings", &settings, "--number", NUMBER, "--name", "noite"];
    let said = shop.ponte(&install).await.ok();
    assert!(said.err.contains("installed as noite"), "{}", said.err);

    let list = shop.installations().await;
    let expected = [
        ("installation", json!("noite")),
        ("flow", json!("after-hours")),
        ("state", json!("active")),
        ("tenant", json!("default")),
        ("numbers", json!([NUMBER])),
        ("priority", json!(100)),
    ];
    for (key, value) in expected {
        assert_eq!(list[0][key], value, "{key}");
    }
    assert_eq!(list[0]["settings"]["hours"], "never");
    let table = shop.ponte(&["flow", "list"]).await.ok().out;
    assert!(table.contains("noite") && table.contains(NUMBER), "{table}");

    // Once more, with other settings: the same installation.
    shop.write("settings.toml", "timezone = \"America/Bahia\"\nhours = \"always\"\n");
    shop.ponte(&install).await.ok();
    let list = shop.installations().await;
    assert_eq!((list.as_array().map(Vec::len), list[0]["settings"]["hours"].as_str()), (Some(1), Some("always")));

    shop.ponte(&["flow", "remove", "noite"]).await.ok();
    assert_eq!(shop.installations().await, json!([]));
    shop.ponte(&["flow", "remove", "noite"]).await.refused(&["noite", "ponte flow list"]);
}

#[tokio::test]
async fn a_flow_is_not_installed_on_a_number_that_nobody_registered() {
    let shop = Shop::new();
    let settings = shop.write("settings.toml", CLOSED);
    let install = ["flow", "install", &flow("after-hours"), "--settings", &settings, "--number", "999"];
    shop.ponte(&install).await.refused(&["999", "not registered", "ponte number add 999"]);
    assert_eq!(shop.installations().await, json!([]));
}

#[tokio::test]
async fn a_bad_manifest_is_refused_with_all_its_mistakes_and_their_places() {
    let shop = Shop::new();
    let package = shop.path("broken");
    for folder in ["", "texts"] {
        std::fs::create_dir_all(package.join(folder)).expect("a folder");
        for entry in std::fs::read_dir(root().join("flows/after-hours").join(folder)).expect("the package") {
            let from = entry.expect("an entry").path();
            if from.is_file() {
                std::fs::copy(&from, package.join(folder).join(from.file_name().expect("a name"))).expect("a copy");
            }
        }
    }
    let manifest = std::fs::read_to_string(package.join("flow.toml")).expect("the manifest");
    let mut places = Vec::new();
    let broken: Vec<_> = (1..)
        .zip(manifest.lines())
        .map(|(number, line)| {
            let (bad, column) = match line {
                "version = \"0.1.0\"" => ("version = \"one\"", 11),
                "hours = \"closed\"" => ("hours = \"sometimes\"", 9),
                "[limits]" => ("[limmits]", 2),
                other => return other,
            };
            places.push(format!("flow.toml:{number}:{column}:"));
            bad
        })
        .collect();
    assert_eq!(places.len(), 3, "the manifest has the lines that are broken here");
    shop.write("broken/flow.toml", &broken.join("\n"));

    let settings = shop.write("settings.toml", CLOSED);
    let said = shop.ponte(&["flow", "install", &package.display().to_string(), "--settings", &settings]).await;
    let said = said.refused(&["3 problems", "`one` is not a version", "any, open, closed", "did you mean `limits`?"]);
    for place in places {
        assert!(said.err.contains(&place), "{place} is missing in:\n{}", said.err);
    }
    assert_eq!(shop.installations().await, json!([]));
    shop.ponte(&["flow", "install", "nowhere"]).await.refused(&[
        "nowhere",
        "flow.toml",
        "a flow package is a directory",
    ]);
}

#[tokio::test]
async fn a_flow_that_asks_for_more_than_its_manifest_requests_is_not_installed() {
    let shop = Shop::new();
    let component = ponte_tests::guests::echoing();
    let package = ponte_tests::guests::package(&shop.path("packages"), "echo", &component, "skip", "");
    let manifest = std::fs::read_to_string(package.join("flow.toml")).expect("a manifest");
    std::fs::write(package.join("flow.toml"), manifest.replace("\nsend = {", "\n# send = {")).expect("a manifest");
    let folder = package.display().to_string();
    shop.ponte(&["flow", "install", &folder]).await.refused(&[
        "cannot be installed",
        "flow.toml:",
        "`plugin.wasm` asks for send, which the manifest does not request",
        "to `[permissions]`",
    ]);
    assert_eq!(shop.installations().await, json!([]));
    std::fs::write(package.join("flow.toml"), manifest).expect("a manifest");
    shop.ponte(&["flow", "install", &folder]).await.ok();
}

#[tokio::test]
async fn bad_settings_are_refused_with_file_line_and_reason_and_what_was_there_stays() {
    let shop = Shop::new();
    shop.install("after-hours", CLOSED).await;
    let before = shop.installations().await;
    for (settings, words) in [
        ("hours = \"mon-fri 9-25\"", &["shop.toml:2:", "hours", "`9` is not a time of day", "`09:00`"][..]),
        ("hours = \"mon-fri 09:00-25:00\"", &["shop.toml:2:", "hours", "`25:00`"]),
        ("hours = \"never\"\nhuors = 3", &["shop.toml:3:1:", "`huors` is not known here", "did you mean `hours`?"]),
        ("hours = 3", &["shop.toml:2:", "hours"]),
        ("", &["`hours` is missing", "mon-fri 09:00-18:00"]),
        ("hours = ", &["shop.toml:2:"]),
    ] {
        let file = shop.write("shop.toml", &format!("timezone = \"America/Sao_Paulo\"\n{settings}\n"));
        shop.ponte(&["flow", "install", &flow("after-hours"), "--settings", &file]).await.refused(words);
    }
    assert_eq!(shop.installations().await, before);
}

#[tokio::test]
async fn a_newer_version_is_in_force_and_the_one_before_is_kept_for_what_it_began() {
    let shop = Shop::new();
    let component = ponte_tests::guests::quiet();
    let package = ponte_tests::guests::package(&shop.path("packages"), "booking", &component, "skip", "");
    let folder = package.display().to_string();
    shop.ponte(&["flow", "install", &folder]).await.ok();
    assert_eq!(shop.installations().await[0]["kept"], json!([]));

    let manifest = std::fs::read_to_string(package.join("flow.toml")).expect("a manifest");
    let newer = manifest.replace("version = \"0.1.0\"", "version = \"0.2.0\"");
    std::fs::write(package.join("flow.toml"), newer).expect("a manifest");
    shop.ponte(&["flow", "install", &folder]).await.ok();
    let list = shop.installations().await;
    assert_eq!((list.as_array().map(Vec::len), &list[0]["version"]), (Some(1), &json!("0.2.0")));
    assert_eq!(list[0]["kept"][0]["version"], "0.1.0");
    let table = shop.ponte(&["flow", "list"]).await.ok().out;
    assert!(table.contains("0.1.0 (") && table.contains("ends what it began; kept until"), "{table}");
}
