//! `ponte events decode`: what a webhook says, one line an event.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::shop::{NUMBER, Said, Shop, WABA};

fn webhook(field: &str, value: Value) -> Value {
    let metadata = json!({"display_phone_number": "5511955550100", "phone_number_id": NUMBER});
    let mut value = value;
    value["messaging_product"] = json!("whatsapp");
    value["metadata"] = metadata;
    json!({"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [{"field": field, "value": value}]}]})
}

fn message() -> Value {
    webhook(
        "messages",
        json!({
            "contacts": [{"profile": {"name": "Ana"}, "wa_id": "5511987654321", "user_id": "BR.13491208655302741918"}],
            "messages": [{"from": "5511987654321", "from_user_id": "BR.13491208655302741918", "id": "wamid.A",
                "timestamp": "1763930000", "type": "text", "text": {"body": "oi, tem 38?"}}],
        }),
    )
}

fn echo() -> Value {
    webhook(
        "smb_message_echoes",
        json!({"message_echoes": [{"from": "5511955550100", "to": "5511987654321", "id": "wamid.B",
            "timestamp": "1763930060", "type": "text", "text": {"body": "tenho sim!"}}]}),
    )
}

fn lines(said: &Said) -> Vec<Value> {
    said.out.lines().map(|line| serde_json::from_str(line).expect("each line is JSON")).collect()
}

#[tokio::test]
async fn several_bodies_become_one_line_an_event_and_the_summary_stays_out_of_the_way() {
    let shop = Shop::new();
    let input = format!("{}\n\n{:#}{}", message(), echo(), message());
    let said = shop.ponte_reads(&["events", "decode", "-"], &input).await.ok();
    let lines = lines(&said);
    assert_eq!(lines.len(), 3, "{said:#?}");

    let expected = [
        ("/kind", json!("message")),
        ("/origin", json!("customer")),
        ("/lane", json!("message")),
        ("/waba_id", json!(WABA)),
        ("/number_id", json!(NUMBER)),
        ("/contact/user_id", json!("BR.13491208655302741918")),
        ("/contact/phone", json!("5511987654321")),
        ("/message_id", json!("wamid.A")),
        ("/content/content/type", json!("text")),
        ("/content/content/body", json!("oi, tem 38?")),
    ];
    for (pointer, value) in expected {
        assert_eq!(lines[0].pointer(pointer), Some(&value), "{pointer} of {:#}", lines[0]);
    }
    assert_eq!(lines[0]["at"], "2025-11-23T20:33:20Z");
    assert_eq!(lines[1]["kind"], "echo");
    assert_eq!(lines[1]["origin"], "app");
    assert_eq!(lines[1]["contact"]["phone"], "5511987654321");
    assert_eq!(lines[2], lines[0], "the same webhook says the same again");
    assert_eq!(said.err, "3 events, 0 unrecognized: echo 1, message 2\n");

    // The same from a file.
    let file = shop.write("webhooks.json", &input);
    assert_eq!(shop.ponte(&["events", "decode", &file]).await.ok().out, said.out);
}

#[tokio::test]
async fn what_is_not_recognized_is_printed_all_the_same_and_told_by_the_exit_code() {
    let shop = Shop::new();
    let odd = webhook("messages", json!({"messages": [{"oops": 1}]}));
    let said = shop.ponte_reads(&["events", "decode", "-"], &format!("{odd}{}", message())).await;
    assert_eq!(said.code, Some(1), "{said:#?}");
    let lines = lines(&said);
    assert_eq!((lines[0]["kind"].as_str(), lines[1]["kind"].as_str()), (Some("unrecognized"), Some("message")));
    assert_eq!(lines[0]["content"]["json"], json!({"oops": 1}), "nothing of it is lost");
    assert_eq!(said.err, "2 events, 1 unrecognized: message 1, unrecognized 1\n");
}

#[tokio::test]
async fn what_is_not_json_is_named_by_its_place() {
    let shop = Shop::new();
    for (input, words) in [
        (format!("{}\n{{nonsense", message()), &["body 2 is not JSON", "line 2"][..]),
        ("nonsense".to_owned(), &["body 1 is not JSON", "line 1"]),
        (String::new(), &["the input is empty"]),
    ] {
        shop.ponte_reads(&["events", "decode", "-"], &input).await.refused(words);
    }
    shop.ponte(&["events", "decode", "nowhere.json"]).await.refused(&["cannot read nowhere.json"]);
}

/// The files of one corpus; `None`, with a notice, where it is absent.
fn corpus(name: &str) -> Option<Vec<PathBuf>> {
    let corpora = std::env::var_os("PONTE_CORPORA")
        .map_or_else(|| crate::shop::root().join("../shared/corpora"), PathBuf::from)
        .join(name);
    let Ok(folder) = std::fs::read_dir(&corpora) else {
        println!("skipped: no payloads at {}; set PONTE_CORPORA", corpora.display());
        return None;
    };
    let paths = folder.map(|entry| entry.expect("an entry").path());
    let files: Vec<_> = paths.filter(|path| path.extension().is_some_and(|end| end == "json")).collect();
    assert!(!files.is_empty(), "{} has payloads", corpora.display());
    Some(files)
}

#[tokio::test]
async fn every_webhook_of_metas_own_description_is_recognized() {
    let shop = Shop::new();
    for file in corpus("meta-openapi/webhooks").into_iter().flatten() {
        let said = shop.ponte(&["events", "decode", &file.display().to_string()]).await;
        assert_eq!(said.code, Some(0), "{}: {said:#?}", file.display());
        assert!(!said.out.is_empty(), "{} says something", file.display());
    }
}

/// One run for all: each file is a map from cases to bodies.
#[tokio::test]
async fn every_webhook_that_pywa_knows_is_recognized() {
    let Some(files) = corpus("pywa") else { return };
    let mut input = String::new();
    let mut bodies = 0;
    for file in files {
        let text = std::fs::read_to_string(&file).expect("a payload file");
        let cases: serde_json::Map<String, Value> = serde_json::from_str(&text).expect("a map of cases");
        bodies += cases.len();
        input.extend(cases.values().map(Value::to_string));
    }
    let said = Shop::new().ponte_reads(&["events", "decode", "-"], &input).await.ok();
    assert!(lines(&said).len() >= bodies, "each of {bodies} bodies has at least one event");
}
