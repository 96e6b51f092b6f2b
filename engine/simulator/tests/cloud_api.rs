//! What the Cloud API takes, and what it refuses.

mod support;

use std::time::Duration;

use ponte_simulator::{Config, NumberSetup, Template, WindowRefusal};
use serde_json::json;
use support::*;

#[tokio::test]
async fn the_window_is_opened_by_the_customer_and_closes_after_a_day() {
    let stage = Stage::set().await;
    assert_eq!(stage.code(text(ANA, "cedo demais", "a")).await, 131047);
    let ana = stage.whatsapp.customer(ANA);
    ana.writes("oi").await;
    assert_eq!(stage.code(text(ANA, "bom dia", "b")).await, 0);
    stage.clock.advance(Duration::from_secs(24 * 3600 - 1));
    assert_eq!(stage.code(text(ANA, "ainda", "c")).await, 0);
    stage.clock.advance(Duration::from_secs(1));
    assert_eq!(stage.code(text(ANA, "tarde demais", "d")).await, 131047);
    assert_eq!(stage.code(template(ANA, "order_update", &["Ana", "77"])).await, 0);
    assert_eq!(stage.code(text(ANA, "um modelo nao abre a janela", "e")).await, 131047);

    let said: Vec<_> = ana.inbox().iter().map(|message| message.text.clone()).collect();
    assert_eq!(said, ["bom dia", "ainda", "Oi Ana, o pedido 77 saiu."]);
    assert_eq!(stage.whatsapp.refusals().len(), 3);
}

#[tokio::test]
async fn the_owner_in_the_app_opens_no_window() {
    let stage = Stage::set().await;
    stage.whatsapp.business_phone(NUMBER).unwrap().writes(ANA, "bom dia!").await;
    assert_eq!(stage.code(text(ANA, "oi", "a")).await, 131047);
}

#[tokio::test]
async fn a_closed_window_may_be_told_by_status() {
    let stage = Stage::with(Config { window_refusal: WindowRefusal::ByStatus, ..config() }).await;
    let (status, answer) = stage.text(ANA, "oi", "snd_1").await;
    assert_eq!(status, 200);
    stage.business.got(1).await;
    let failed = &stage.business.items("statuses")[0];
    assert_eq!(failed["status"], "failed");
    assert_eq!(failed["errors"][0]["code"], 131047);
    assert_eq!(failed["id"], answer["messages"][0]["id"]);
    assert_eq!(failed["biz_opaque_callback_data"], "snd_1");
    assert!(stage.whatsapp.customer(ANA).inbox().is_empty());
    assert_eq!(stage.whatsapp.counts().refusals, 1);
}

#[tokio::test]
async fn throughput_adds_what_comes_and_what_goes() {
    let stage = Stage::set().await;
    let people: Vec<_> = (0..10).map(|n| format!("551199999{n:04}")).collect();
    for phone in &people {
        stage.whatsapp.customer(phone.as_str()).writes("oi").await;
    }
    for phone in &people {
        assert_eq!(stage.code(text(phone, "oi", "")).await, 0);
    }
    let (status, error) = stage.text(&people[0], "mais um", "").await;
    assert_eq!((status, error["error"]["code"].as_i64()), (400, Some(130429)));
    assert_eq!(error["error"]["error_data"]["messaging_product"], "whatsapp");
    stage.clock.advance(Duration::from_millis(999));
    assert_eq!(stage.code(text(&people[0], "oi", "")).await, 130429);
    stage.clock.advance(Duration::from_millis(1));
    assert_eq!(stage.code(text(&people[0], "oi", "")).await, 0);
}

#[tokio::test]
async fn one_person_gets_45_at_once_then_one_every_6_seconds() {
    let mut config = config();
    config.wabas[0].numbers[0].messages_per_second = 1000;
    let stage = Stage::with(config).await;
    let bia = "5511999990002";
    for phone in [ANA, bia] {
        stage.whatsapp.customer(phone).writes("oi").await;
    }
    for n in 0..45 {
        assert_eq!(stage.code(text(ANA, "oi", "")).await, 0, "message {n}");
    }
    assert_eq!(stage.code(text(ANA, "oi", "")).await, 131056);
    assert_eq!(stage.code(text(bia, "oi", "")).await, 0);
    stage.clock.advance(Duration::from_secs(6));
    assert_eq!(stage.code(text(ANA, "oi", "")).await, 0);
    assert_eq!(stage.code(text(ANA, "oi", "")).await, 131056);
}

#[tokio::test]
async fn templates_are_the_accounts_own() {
    let stage = Stage::set().await;
    let send = |name: &'static str, words: &'static [&'static str]| stage.code(template(ANA, name, words));
    assert_eq!(send("order_update", &["Ana", "77"]).await, 0);
    assert_eq!(send("order_update", &["Ana"]).await, 132000);
    assert_eq!(send("no_such", &[]).await, 132001);
    let mut english = template(ANA, "offer", &[]);
    english["template"]["language"]["code"] = json!("en_US");
    assert_eq!(stage.code(english).await, 132001);
    for (status, code) in [("PAUSED", 132015), ("DISABLED", 132016), ("APPROVED", 0)] {
        stage.whatsapp.set_template_status(WABA, "offer", "pt_BR", status).await;
        assert_eq!(send("offer", &[]).await, code, "{status}");
    }
    let told = stage.business.changes();
    let paused = told.iter().find(|change| change["field"] == "message_template_status_update").unwrap();
    assert_eq!(paused["value"]["event"], "PAUSED");
    assert_eq!(paused["value"]["message_template_language"], "pt-BR");
}

#[tokio::test]
async fn marketing_stops_when_the_customer_says_so() {
    let stage = Stage::set().await;
    let ana = stage.whatsapp.customer(ANA);
    ana.stops_marketing().await;
    assert_eq!(stage.business.changes()[0]["value"]["user_preferences"][0]["value"], "stop");
    assert_eq!(stage.send(template(ANA, "offer", &[])).await.0, 200);
    stage.business.got(2).await;
    assert_eq!(stage.business.items("statuses")[0]["errors"][0]["code"], 131050);
    assert_eq!(stage.code(template(ANA, "order_update", &["Ana", "7"])).await, 0);
    ana.resumes_marketing().await;
    assert_eq!(stage.code(template(ANA, "offer", &[])).await, 0);
    assert_eq!(ana.inbox().len(), 2);
}

#[tokio::test]
async fn requests_are_checked_field_by_field() {
    let stage = Stage::set().await;
    stage.whatsapp.customer(ANA).writes("oi").await;
    let table = [
        (text(ANA, &"a".repeat(4097), ""), 100, "text.body"),
        (text(SHOP_PHONE, "eu", ""), 131021, "same number"),
        (json!({"to": ANA, "type": "poll", "poll": {}}), 131051, "poll"),
        (json!({"type": "text", "text": {"body": "a"}}), 131008, "to"),
        (json!({"to": "ana", "type": "text", "text": {"body": "a"}}), 131009, "to"),
        (json!({"recipient": "BR.1", "type": "text", "text": {"body": "a"}}), 131009, "recipient"),
        (
            json!({"to": ANA, "type": "reaction", "reaction": {"message_id": "wamid.X", "emoji": "a"}}),
            131009,
            "reaction",
        ),
        (json!({"status": "read", "message_id": "wamid.X"}), 131009, "message_id"),
    ];
    for (request, code, word) in table {
        let (_, answer) = stage.send(request.clone()).await;
        let error = &answer["error"];
        assert_eq!(error["code"], code, "{request}: {answer}");
        assert!(error["error_data"]["details"].as_str().unwrap().contains(word), "{error}");
        assert!(error["fbtrace_id"].as_str().is_some_and(|id| id.len() > 10));
    }
    assert_eq!(stage.whatsapp.counts().refusals, 8);
}

#[tokio::test]
async fn tokens_and_numbers_are_checked() {
    let stage = Stage::set().await;
    let body = json!({"messaging_product": "whatsapp", "to": ANA, "type": "text", "text": {"body": "a"}});
    let (status, answer) = stage.call(stage.post(&format!("{NUMBER}/messages"), "wrong", &body)).await;
    assert_eq!((status, answer["error"]["code"].as_i64()), (401, Some(190)));
    let (status, answer) = stage.call(stage.post("999/messages", TOKEN, &body)).await;
    assert_eq!((status, answer["error"]["code"].as_i64()), (400, Some(33)));
    stage.whatsapp.set_token(NUMBER, "new token");
    assert_eq!(stage.code(text(ANA, "a", "")).await, 190);
}

#[tokio::test]
async fn a_person_may_be_reached_by_user_id_and_by_other_digits() {
    let stage = Stage::set().await;
    let ana = stage.whatsapp.customer(ANA);
    ana.goes_by_username("ana.silva");
    ana.writes("oi").await;
    let message = &stage.business.items("messages")[0];
    assert!(message.get("from").is_none());
    let user_id = message["from_user_id"].as_str().unwrap().to_owned();
    assert!(user_id.starts_with("BR."), "{user_id}");

    let (_, answer) = stage.send(json!({"recipient": user_id, "type": "text", "text": {"body": "oi"}})).await;
    assert_eq!(answer["contacts"], json!([{"input": user_id, "user_id": user_id}]));
    stage.business.got(3).await;
    let status = &stage.business.items("statuses")[0];
    assert_eq!((status.get("recipient_id"), &status["recipient_user_id"]), (None, &json!(user_id)));

    ana.is_dialled_as("551199990001");
    let (_, answer) = stage.text("551199990001", "oi", "").await;
    assert_eq!(answer["contacts"][0]["wa_id"], ANA);
    assert_eq!(ana.inbox().len(), 2);

    let code = Template::approved("code", "pt_BR", "AUTHENTICATION", "{{1}} é seu código.");
    stage.whatsapp.put_template(WABA, code);
    let mut request = template("", "code", &["1234"]);
    request["recipient"] = json!(user_id);
    assert_eq!(stage.code(request).await, 131062);
}

#[tokio::test]
async fn strangers_may_be_without_whatsapp() {
    let stage = Stage::with(Config { strangers_on_whatsapp: false, ..config() }).await;
    for _ in 0..2 {
        assert_eq!(stage.code(template(ANA, "offer", &[])).await, 0);
    }
    stage.business.got(2).await;
    let codes: Vec<_> = stage.business.items("statuses").iter().map(|s| s["errors"][0]["code"].clone()).collect();
    assert_eq!(codes, [131026, 131026]);
    stage.whatsapp.customer(ANA);
    stage.send(template(ANA, "offer", &[])).await;
    assert_eq!(stage.whatsapp.customer(ANA).inbox().len(), 1);
    assert_eq!(stage.whatsapp.refusals(), []);
}

#[tokio::test]
async fn numbers_and_templates_can_be_read() {
    let mut config = config();
    config.wabas[0].numbers.push(NumberSetup::api_only("777", "5511940000001", TOKEN));
    let stage = Stage::with(config).await;
    let fields = "is_on_biz_app,platform_type,throughput,quality_rating,display_phone_number,verified_name,\
        whatsapp_business_manager_messaging_limit,status";
    let (status, number) = stage.get(&format!("{NUMBER}?fields={fields}")).await;
    assert_eq!(status, 200);
    assert_eq!(
        number,
        json!({"is_on_biz_app": true, "platform_type": "CLOUD_API", "throughput": {"level": "STANDARD"},
            "quality_rating": "GREEN", "display_phone_number": "+5511940000000", "verified_name": "Loja da Ponte",
            "whatsapp_business_manager_messaging_limit": "TIER_2K", "status": "CONNECTED", "id": NUMBER})
    );
    assert_eq!(stage.get(&format!("{NUMBER}?fields=shoe_size")).await.1["error"]["code"], 100);

    let (_, numbers) = stage.get(&format!("{WABA}/phone_numbers?fields=is_on_biz_app")).await;
    assert_eq!(numbers["data"], json!([{"is_on_biz_app": true, "id": NUMBER}, {"is_on_biz_app": false, "id": "777"}]));

    let (_, first) = stage.get(&format!("{WABA}/message_templates?limit=1&fields=name,status,components")).await;
    assert_eq!(first["data"][0]["name"], "order_update");
    assert_eq!(first["data"][0]["components"][0]["text"], "Oi {{1}}, o pedido {{2}} saiu.");
    let next = first["paging"]["next"].as_str().unwrap().strip_prefix(&stage.whatsapp.graph_url()).unwrap();
    let (_, second) = stage.get(next.strip_prefix("/v25.0/").unwrap()).await;
    assert_eq!(second["data"][0]["name"], "offer");
    assert_eq!(second["paging"].get("next"), None);
    assert_eq!(stage.get("v25.0/some/thing/else").await.0, 400);
}

#[tokio::test]
async fn read_receipts_are_no_messages() {
    let mut config = config();
    config.wabas[0].numbers[0].messages_per_second = 1;
    let stage = Stage::with(config).await;
    let id = stage.whatsapp.customer(ANA).writes("oi").await;
    for _ in 0..3 {
        let receipt = json!({"status": "read", "message_id": id.as_str(), "typing_indicator": {"type": "text"}});
        assert_eq!(stage.send(receipt).await, (200, json!({"success": true})));
    }
    assert_eq!(stage.whatsapp.counts().marked_read, 3);
    // The customer's own message fills this second.
    assert_eq!(stage.code(text(ANA, "oi", "")).await, 130429);
}
