//! `ponte route`, `ponte conversation`, `ponte outbox`: who handles what, and why.

use serde_json::json;

use crate::shop::{CLOSED, NUMBER, Shop, reply};

const ANA: &str = "5511987654321";
const VIP: &str = "5511999990001";

const VIPS: &str = r#"
[lists]
vip = ["+55 11 99999-0001"]

[[rules]]
name = "vip"
to = "app"
why = "the owner answers herself"
when = { lists = "vip" }
"#;

#[tokio::test]
async fn a_policy_is_tried_set_explained_and_taken_back() {
    let (shop, whatsapp) = Shop::on_whatsapp().await;
    shop.install("after-hours", CLOSED).await;
    let _serving = shop.serve().await;
    let (ana, vip) = (whatsapp.customer(ANA), whatsapp.customer(VIP));
    ana.writes("oi").await;
    vip.writes("oi").await;
    reply(&ana).await;
    reply(&vip).await;
    shop.until_metric("ponte_routed_total{rule=\"first-match\"}", 2.0).await;

    // Tried on what came so far, before anything is changed.
    let file = shop.write("policy.toml", VIPS);
    let tried = shop.ponte(&["route", "dry-run", &file, "--json"]).await.ok().json();
    assert_eq!((&tried["events"], tried["changed"].as_array().map(Vec::len)), (&json!(2), Some(1)), "{tried}");
    let changed = &tried["changed"][0];
    for (key, value) in [
        ("before", json!("flow after-hours")),
        ("after", json!("app")),
        ("rule", json!("1:vip")),
        ("why", json!("the owner answers herself")),
        ("number", json!(NUMBER)),
    ] {
        assert_eq!(changed[key], value, "{key}");
    }
    let table = shop.ponte(&["route", "dry-run", &file, "--since", "1h"]).await.ok().out;
    assert!(table.contains("2 events") && table.contains("1:vip: the owner answers herself"), "{table}");
    assert!(shop.ponte(&["route", "show"]).await.ok().out.contains("no policy"));

    // Set: noticed by the running pipeline.
    let said = shop.ponte(&["route", "set", &file]).await.ok();
    assert!(said.err.contains("version 1 is in force"), "{}", said.err);
    let shown = shop.ponte(&["route", "show"]).await.ok().out;
    assert!(shown.starts_with("# version 1") && shown.contains("name = \"vip\""), "{shown}");
    let shown = shop.ponte(&["route", "show", "--json"]).await.ok().json();
    assert_eq!((&shown["version"], &shown["policy"]["rules"][0]["to"]), (&json!(1), &json!("app")));
    crate::shop::until("the policy is noticed", async || shop.log().contains("read anew").then_some(())).await;
    vip.writes("oi de novo").await;
    shop.until_metric("ponte_routed_total{rule=\"1:vip\"}", 1.0).await;

    // Explained.
    let ask = |contact: &'static str| ["route", "explain", "--message", "oi", "--number", NUMBER, "--contact", contact];
    let explained = shop.ponte(&ask(VIP)).await.ok().out;
    assert!(explained.contains("app, by rule 1:vip: the owner answers herself"), "{explained}");
    let explained = shop.ponte(&ask(ANA)).await.ok().out;
    assert!(explained.contains("wants in list vip; the contact is in none of them"), "{explained}");
    assert!(explained.contains("flow after-hours, by rule first-match"), "{explained}");
    let unknown = shop.ponte(&[&ask("+55 11 90000-0000")[..], &["--json"]].concat()).await.ok().json();
    assert_eq!((&unknown["handler"], &unknown["asked"][0]["held"]), (&json!("flow after-hours"), &json!(false)));

    // One screen tells why the VIP was not answered the second time.
    let show = ["conversation", "show", NUMBER, VIP];
    let screen = shop.ponte(&show).await.ok().out;
    for words in [
        "owner         nobody",
        "routed        the rules gave the last message to app",
        "window        open until",
        "if they write app, by rule 1:vip",
        "→ 1:vip: the owner answers herself",
        "→ first-match: the first flow, by priority, that takes it",
        "by after-hours: ",
    ] {
        assert!(screen.contains(words), "{words:?} is missing:\n{screen}");
    }
    let screen = shop.ponte(&[&show[..], &["--json"]].concat()).await.ok().json();
    assert_eq!((&screen["owner"], &screen["routed_to"]), (&json!("nobody"), &json!("app")));
    assert_eq!(screen["decisions"][0]["rule"], "1:vip");
    assert_eq!(screen["sends"].as_array().map(Vec::len), Some(1));
    shop.ponte(&["conversation", "show", NUMBER, "5511900000000"]).await.refused(&["nothing was ever heard of"]);
    shop.ponte(&["conversation", "show", "999", VIP]).await.refused(&["not registered", "ponte number list"]);

    // Taken back, and once more.
    let back = shop.ponte(&["route", "rollback"]).await.ok().err;
    assert!(back.contains("version 2 is in force: no policy"), "{back}");
    let explained = shop.ponte(&ask(VIP)).await.ok().out;
    assert!(explained.contains("flow after-hours, by rule first-match"), "{explained}");
    shop.ponte(&["route", "rollback"]).await.ok();
    assert_eq!(shop.ponte(&["route", "show", "--json"]).await.ok().json()["version"], 3);
    assert!(shop.ponte(&ask(VIP)).await.ok().out.contains("1:vip"));
}

#[tokio::test]
async fn the_outbox_says_why() {
    let (shop, whatsapp) = Shop::on_whatsapp().await;
    shop.install("after-hours", CLOSED).await;
    {
        let _serving = shop.serve().await;
        let ana = whatsapp.customer(ANA);
        ana.writes("oi").await;
        reply(&ana).await;
    }
    let list = shop.ponte(&["outbox", "list"]).await.ok();
    assert!(list.out.contains("by after-hours") && list.err.contains("1 messages"), "{list:?}");
    let rows = shop.ponte(&["outbox", "list", "--number", NUMBER, "--json"]).await.ok().json();
    assert_eq!((&rows[0]["kind"], &rows[0]["installation"]), (&json!("text"), &json!("after-hours")));
    assert!(!rows[0]["why"].as_str().unwrap_or_default().is_empty(), "{rows}");
    let why = shop.ponte(&["outbox", "list", "--why"]).await.ok().out;
    assert!(why.contains(rows[0]["why"].as_str().unwrap()), "{why}");
    assert_eq!(shop.ponte(&["outbox", "list", "--number", "1", "--json"]).await.ok().json(), json!([]));
}

#[tokio::test]
async fn a_policy_that_is_wrong_changes_nothing_and_everything_wrong_is_said() {
    let shop = Shop::new();
    shop.ponte(&["route", "rollback"]).await.refused(&["never had a policy"]);
    let wrong =
        shop.write("wrong.toml", "[[rules]]\nname = \"x\"\nto = \"app\"\nwhen = { lists = \"vip\", percent = 101 }\n");
    shop.ponte(&["route", "set", &wrong]).await.refused(&[
        "wrong.toml",
        "rules[0].when.lists: there is no list \"vip\"",
        "rules[0].when.percent: 101 is no percentage",
    ]);
    let unknown = shop.write("unknown.toml", "[[rules]]\nname = \"x\"\nwhere = 1\n");
    shop.ponte(&["route", "set", &unknown]).await.refused(&["unknown.toml", "where"]);
    assert_eq!(shop.ponte(&["route", "show", "--json"]).await.ok().json()["version"], 0);

    let absent = shop.write("absent.toml", "[default]\nto = { flow = \"gone\" }\n");
    assert!(shop.ponte(&["route", "set", &absent]).await.ok().err.contains("no flow is active as gone"));
    shop.ponte(&["route", "dry-run", &absent, "--since", "yesterday"]).await.refused(&["24h"]);
    let said = shop.ponte(&["route", "explain", "--message", "oi"]).await;
    assert_eq!(said.code, Some(2), "{said:?}");
}

#[tokio::test]
async fn numbers_have_a_sector_and_a_unit() {
    let shop = Shop::new();
    shop.ponte(&["number", "add", NUMBER, "--sector", "support", "--unit", "centro"]).await.ok();
    let config = &shop.ponte(&["number", "list", "--json"]).await.ok().json()[0]["config"];
    assert_eq!((&config["sector"], &config["unit"]), (&json!("support"), &json!("centro")));
    let file = shop.write("stages.toml", "[[stages]]\nname = \"billing first\"\nsector = \"billing\"\npercent = 100\n");
    let args = ["route", "explain", "--message", "oi", "--number", NUMBER, "--contact", ANA, "--policy", &file];
    let explained = shop.ponte(&args).await.ok().out;
    assert!(explained.contains("app, by rule outside-stages: not in stage billing first: wants sector billing; the number's sector is support"), "{explained}");
}
