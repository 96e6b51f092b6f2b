//! What the business is told.

mod support;

use std::time::Duration;

use ponte_simulator::{AutoReply, Config, NumberSetup, StatusPlan, What, Writer};
use serde_json::json;
use support::*;

#[tokio::test]
async fn webhooks_are_signed_over_their_very_bytes() {
    let stage = Stage::set().await;
    stage.whatsapp.verify_webhook().await.unwrap();
    let ana = stage.whatsapp.customer(ANA);
    for _ in 0..6 {
        ana.writes("olá / até \u{1F600}").await;
    }
    let hooks = stage.business.hooks();
    assert_eq!(hooks.len(), 6);
    assert!(hooks.iter().all(Hook::is_genuine));
    let raw: Vec<_> = hooks.iter().map(|hook| String::from_utf8(hook.bytes.to_vec()).unwrap()).collect();
    assert!(raw.iter().any(|body| body.contains(r"ol\u00e1 \/ at\u00e9 \ud83d\ude00")));
    assert!(raw.iter().any(|body| body.contains("olá / até \u{1F600}")));
    let swapped = raw.iter().filter(|body| body.find("\"value\"") < body.find("\"field\"")).count();
    assert!((1..6).contains(&swapped), "{swapped} of 6 have their keys the other way round");
}

#[tokio::test]
async fn a_wrong_verify_token_is_noticed() {
    let stage = Stage::with(Config { verify_token: "another".to_owned(), ..config() }).await;
    let failed = stage.whatsapp.verify_webhook().await.unwrap_err();
    assert!(failed.to_string().contains("403"), "{failed}");
}

#[tokio::test]
async fn a_message_comes_with_its_sender() {
    let stage = Stage::set().await;
    let ana = stage.whatsapp.customer(ANA);
    ana.is_called("Ana");
    let id = ana.writes("oi").await;
    let body = stage.business.hooks()[0].json();
    let user_id = ana.user_id().unwrap();
    assert_eq!(
        body,
        json!({"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [{"field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": {"display_phone_number": SHOP_PHONE, "phone_number_id": NUMBER},
            "contacts": [{"profile": {"name": "Ana"}, "wa_id": ANA, "user_id": user_id.as_str()}],
            "messages": [{"from": ANA, "from_user_id": user_id.as_str(), "id": id.as_str(),
                "timestamp": morning().as_secs().to_string(), "type": "text", "text": {"body": "oi"}}],
        }}]}]})
    );
}

#[tokio::test]
async fn customers_do_everything_customers_do() {
    let stage = Stage::set().await;
    let ana = stage.whatsapp.customer(ANA);
    let first = ana.writes("oi").await;
    let buttons = json!({"to": ANA, "type": "interactive", "interactive": {"type": "button", "body": {"text": "Qual?"},
        "action": {"buttons": [{"type": "reply", "reply": {"id": "p", "title": "P"}}]}}});
    let (_, answer) = stage.send(buttons).await;
    let question = answer["messages"][0]["id"].as_str().unwrap().to_owned();
    stage.text(ANA, "outra coisa", "").await;

    ana.taps_button("p", "P").await;
    ana.chooses("row", "Linha").await;
    ana.reacts(&question.as_str().into(), "\u{1F44D}").await;
    ana.edits(&first, "olá").await;
    ana.replies(&first, "isso").await;
    ana.revokes(&first).await;
    ana.sends(json!({"type": "location", "location": {"latitude": -23.5, "longitude": -46.6}})).await;

    let messages = stage.business.items("messages");
    let kinds: Vec<_> = messages.iter().map(|message| message["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["text", "interactive", "interactive", "reaction", "edit", "text", "revoke", "location"]);
    assert_eq!(messages[1]["context"], json!({"from": SHOP_PHONE, "id": question}));
    assert_eq!(messages[1]["interactive"]["button_reply"], json!({"id": "p", "title": "P"}));
    assert_eq!(messages[4]["edit"]["original_message_id"], first.as_str());
    assert_eq!(messages[5]["context"]["from"], ANA);
    assert_eq!(
        stage
            .code(json!({"to": ANA, "type": "reaction",
        "reaction": {"message_id": first.as_str(), "emoji": "a"}}))
            .await,
        131009,
        "a deleted message takes no reaction"
    );
}

#[tokio::test]
async fn a_template_button_is_another_kind_of_message() {
    let stage = Stage::set().await;
    stage.send(template(ANA, "offer", &[])).await;
    stage.whatsapp.customer(ANA).taps_button("stop-promos", "Parar").await;
    let tap = &stage.business.items("messages")[0];
    assert_eq!((&tap["type"], &tap["button"]), (&json!("button"), &json!({"payload": "stop-promos", "text": "Parar"})));
}

#[tokio::test]
async fn statuses_come_in_order_with_tag_and_price() {
    let plan = StatusPlan {
        sent: Some(Duration::from_secs(1)),
        delivered: Some(Duration::from_secs(2)),
        read: Some(Duration::from_secs(60)),
    };
    let stage = Stage::with(Config { statuses: plan, ..config() }).await;
    stage.whatsapp.customer(ANA).writes("oi").await;
    let (_, answer) = stage.text(ANA, "bom dia", "snd_1").await;
    for (seconds, count) in [(1, 2), (2, 3), (60, 4)] {
        stage.asleep().await;
        assert_eq!(stage.business.hooks().len(), count - 1);
        stage.clock.advance(Duration::from_secs(seconds));
        stage.business.got(count).await;
    }
    let statuses = stage.business.items("statuses");
    let told: Vec<_> =
        statuses.iter().map(|s| (s["status"].as_str().unwrap(), s["timestamp"].as_str().unwrap())).collect();
    let at = |seconds: u64| morning().plus(Duration::from_secs(seconds)).as_secs().to_string();
    assert_eq!(told, [("sent", &*at(1)), ("delivered", &*at(3)), ("read", &*at(63))]);
    for status in &statuses {
        assert_eq!(status["id"], answer["messages"][0]["id"]);
        assert_eq!(status["biz_opaque_callback_data"], "snd_1");
        assert_eq!(status["recipient_id"], ANA);
    }
    let price = json!({"billable": true, "pricing_model": "PMP", "type": "regular", "category": "service"});
    assert_eq!((&statuses[0]["pricing"], &statuses[1]["pricing"]), (&price, &price));
    assert_eq!(stage.whatsapp.refusals(), []);
}

#[tokio::test]
async fn an_answer_to_an_ad_is_free() {
    let stage = Stage::set().await;
    let referral = json!({"source_type": "ad", "source_id": "1", "ctwa_clid": "x"});
    stage.whatsapp.customer(ANA).sends(json!({"type": "text", "text": {"body": "oi"}, "referral": referral})).await;
    stage.text(ANA, "bom dia", "").await;
    stage.business.got(3).await;
    let status = &stage.business.items("statuses")[0];
    assert_eq!(status["pricing"]["type"], "free_entry_point");
    assert_eq!(status["conversation"]["origin"]["type"], "referral_conversion");
}

#[tokio::test]
async fn customers_read_when_they_read() {
    let stage = Stage::set().await;
    let ana = stage.whatsapp.customer(ANA);
    ana.writes("oi").await;
    stage.text(ANA, "um", "1").await;
    stage.text(ANA, "dois", "2").await;
    stage.business.got(5).await;
    assert_eq!((ana.reads().await, ana.reads().await), (2, 0));
    let read: Vec<_> = stage.business.items("statuses").into_iter().filter(|s| s["status"] == "read").collect();
    assert_eq!(read.iter().map(|s| s["biz_opaque_callback_data"].as_str().unwrap()).collect::<Vec<_>>(), ["1", "2"]);
}

#[tokio::test]
async fn what_the_owner_writes_is_echoed_and_what_the_api_sends_is_not() {
    let stage = Stage::set().await;
    let ana = stage.whatsapp.customer(ANA);
    ana.writes("oi").await;
    stage.text(ANA, "robô", "").await;
    let phone = stage.whatsapp.business_phone(NUMBER).unwrap();
    let id = phone.writes(ANA, "sou eu").await;
    phone.edits(ANA, &id, "sou eu mesmo").await;
    phone.revokes(ANA, &id).await;

    let echoes = stage.business.items("message_echoes");
    let kinds: Vec<_> = echoes.iter().map(|echo| echo["type"].as_str().unwrap()).collect();
    assert_eq!(kinds, ["text", "edit", "revoke"]);
    assert_eq!((&echoes[0]["from"], &echoes[0]["to"]), (&json!(SHOP_PHONE), &json!(ANA)));
    assert_eq!((&echoes[0]["id"], &echoes[0]["text"]["body"]), (&json!(id.as_str()), &json!("sou eu")));
    let fields: Vec<_> = stage.business.changes().iter().map(|c| c["field"].clone()).collect();
    assert_eq!(fields.iter().filter(|field| **field == "smb_message_echoes").count(), 3);
    let writers: Vec<_> = ana.inbox().iter().map(|message| message.by).collect();
    assert_eq!(writers, [Writer::Api, Writer::App, Writer::App, Writer::App]);
}

#[tokio::test]
async fn the_app_may_greet_by_itself() {
    let stage = Stage::set().await;
    let phone = stage.whatsapp.business_phone(NUMBER).unwrap();
    let fortnight = Duration::from_secs(14 * 24 * 3600);
    phone.auto_reply(Some(AutoReply { text: "Olá! Já respondemos.".to_owned(), pause: fortnight }));
    let ana = stage.whatsapp.customer(ANA);
    ana.writes("oi").await;
    ana.writes("alguém?").await;
    stage.clock.advance(fortnight);
    ana.writes("oi de novo").await;
    assert_eq!(stage.business.items("message_echoes").len(), 2);
    assert!(ana.inbox().iter().all(|message| message.by == Writer::AppItself));
}

#[tokio::test]
async fn an_offboarded_number_neither_sends_nor_receives() {
    let stage = Stage::set().await;
    let (ana, phone) = (stage.whatsapp.customer(ANA), stage.whatsapp.business_phone(NUMBER).unwrap());
    ana.writes("oi").await;
    phone.offboard().await;
    assert_eq!(stage.code(text(ANA, "oi", "")).await, 133010);
    ana.writes("alguém?").await;
    phone.writes(ANA, "celular novo").await;
    assert_eq!(stage.get(&format!("{NUMBER}?fields=platform_type")).await.1["platform_type"], "NOT_APPLICABLE");
    phone.reconnect().await;
    assert_eq!(stage.code(text(ANA, "oi", "")).await, 0);
    phone.disconnect("PRIMARY_INACTIVITY").await;
    assert_eq!(stage.code(text(ANA, "oi", "")).await, 10);

    let accounts: Vec<_> = stage.business.changes().into_iter().filter(|c| c["field"] == "account_update").collect();
    assert_eq!(accounts[0]["value"], json!({"event": "ACCOUNT_OFFBOARDED"}));
    assert_eq!(accounts[1]["value"], json!({"event": "ACCOUNT_RECONNECTED"}));
    assert_eq!(
        accounts[2]["value"]["disconnection_info"],
        json!({"reason": "PRIMARY_INACTIVITY", "initiated_by": "SYSTEM"})
    );
    assert_eq!(stage.business.items("messages").len(), 1, "what came while off the API is never told");
    assert_eq!(stage.business.items("message_echoes").len(), 0);
    assert!(stage.whatsapp.transcript().iter().any(|e| matches!(&e.what, What::Missed { text } if text == "alguém?")));
}

#[tokio::test]
async fn numbers_on_the_api_alone_hear_of_no_edits() {
    let mut config = config();
    config.wabas[0].numbers[0] = NumberSetup::api_only(NUMBER, SHOP_PHONE, TOKEN);
    let stage = Stage::with(config).await;
    assert!(stage.whatsapp.business_phone(NUMBER).is_none());
    let ana = stage.whatsapp.customer(ANA);
    let id = ana.writes("oi").await;
    ana.edits(&id, "olá").await;
    let edit = &stage.business.items("messages")[1];
    assert_eq!((&edit["type"], &edit["unsupported"]["type"]), (&json!("unsupported"), &json!("edit")));
}

#[tokio::test]
async fn without_a_subscription_nothing_is_told() {
    let stage = Stage::with(Config { require_subscription: true, ..config() }).await;
    let ana = stage.whatsapp.customer(ANA);
    ana.writes("oi").await;
    assert_eq!(stage.whatsapp.counts().webhooks_lost, 1);
    let (_, answer) = stage.call(stage.post(&format!("{WABA}/subscribed_apps"), TOKEN, &json!({}))).await;
    assert_eq!(answer, json!({"success": true}));
    ana.writes("oi").await;
    assert_eq!(stage.business.hooks().len(), 1);
}

#[tokio::test]
async fn any_other_webhook_can_be_sent() {
    let stage = Stage::set().await;
    stage.whatsapp.webhook(WABA, "phone_number_quality_update", json!({"event": "THROUGHPUT_UPGRADE"})).await;
    let entry = &stage.business.hooks()[0].json()["entry"][0];
    assert_eq!(entry["time"], morning().as_secs());
    assert_eq!(entry["changes"][0]["value"]["event"], "THROUGHPUT_UPGRADE");
}
