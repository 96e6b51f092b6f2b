//! A store tells of orders: durable, once, and judged like everything else.

use std::time::Duration;

use ponte_clock::Clock as _;
use ponte_store::SendState;
use ponte_tests::store::{SHOPIFY, SOURCE, STORE_SECRET, TESTING, order};
use ponte_tests::{NUMBER, Stage, StageBuilder, guests};
use serde_json::{Value, json};

const ANA: &str = "5511911112222";

const PAID: &str = "Olá, Ana! O pagamento do pedido #1001 foi confirmado: 2× Camiseta azul 👕, 1× Boné. Total: R$ 129,90. Já \
                    estamos preparando o envio. Para acompanhar: https://loja.example/pedidos/1001 a qualquer momento.";

async fn stage_with(builder: StageBuilder, settings: &str) -> Stage {
    let stage = builder.flow("order-confirmation", settings).start().await;
    stage.approve_templates_of("order-confirmation").await;
    stage
}

async fn stage() -> Stage {
    stage_with(StageBuilder::default(), "").await
}

/// Lets time pass until timers that were set have rung and been handled.
async fn pass(stage: &Stage, seconds: u64) {
    stage.rest().await;
    stage.clock.advance(Duration::from_secs(seconds));
    let rung = async {
        while stage.store().next_timer().await.unwrap().is_some_and(|due| due <= stage.clock.now()) {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), rung).await.expect("timers ring");
    stage.rest().await;
}

async fn tells(stage: &Stage, event: &str, state: &str) {
    assert_eq!(stage.store_tells(SOURCE, &order(stage, ANA, event, state)).await, 200);
}

/// What the customer got so far.
fn read(stage: &Stage) -> Vec<String> {
    stage.simulator.customer(ANA).inbox().iter().map(|message| message.text.clone()).collect()
}

#[tokio::test]
async fn a_paid_order_that_is_told_twice_gives_one_template() {
    let stage = stage().await;
    tells(&stage, "ev-1", "paid").await;
    // Delivered again, and then told again under another id.
    tells(&stage, "ev-1", "paid").await;
    tells(&stage, "ev-2", "paid").await;
    pass(&stage, 61).await;
    tells(&stage, "ev-3", "paid").await;
    pass(&stage, 3_600).await;
    let read = read(&stage);
    assert_eq!(read.len(), 1, "{read:#?}");
    assert!(read[0].starts_with(PAID), "{:?}", read[0]);
    assert!(stage.simulator.refusals().is_empty());
    assert_eq!(stage.last_rule(ANA).await, "order");
}

#[tokio::test]
async fn shopify_tells_as_it_signs_and_the_buyer_is_found_by_a_number_without_a_country() {
    let stage = stage().await;
    let body = include_bytes!("../../engine/hooks/tests/payloads/shopify-paid.json").to_vec();
    // Computed with openssl.
    let headers = [
        ("x-shopify-hmac-sha256", "I+qPQYcGsVc3b/e2x2sqxoLJmkif1o9lfNEfgWITk6I="),
        ("x-shopify-topic", "orders/paid"),
        ("x-shopify-event-id", "98880550-7158-44d4-b7cd-2c97c8a091b5"),
        ("x-shopify-triggered-at", "2026-11-24T01:04:11.123456789Z"),
    ];
    let forged = [("x-shopify-hmac-sha256", "AAAAQYcGsVc3b/e2x2sqxoLJmkif1o9lfNEfgWITk6I="), headers[1], headers[2]];
    assert_eq!(stage.store_posts(SHOPIFY, &forged, body.clone()).await, 401);
    for _ in 0..2 {
        assert_eq!(stage.store_posts(SHOPIFY, &headers, body.clone()).await, 200);
    }
    pass(&stage, 61).await;
    let inbox = stage.simulator.customer("5511987654321").inbox();
    assert_eq!(inbox.len(), 1);
    assert!(inbox[0].text.contains("2× Camiseta - Azul / M 👕, 1× Boné. Total: R$ 129,90"), "{}", inbox[0].text);
}

#[tokio::test]
async fn every_flow_that_takes_orders_hears_of_them_and_each_once() {
    let dir = tempfile::tempdir().unwrap();
    let package = guests::package(dir.path(), "good-customers", &guests::tagging("comprou"), "skip", "");
    let manifest = std::fs::read_to_string(package.join("flow.toml")).unwrap();
    std::fs::write(package.join("flow.toml"), manifest.replace("[\"message\"]", "[\"order\"]")).unwrap();
    let stage = stage_with(StageBuilder::default().package(package, ""), "").await;
    for event in ["ev-1", "ev-1"] {
        tells(&stage, event, "paid").await;
    }
    pass(&stage, 61).await;
    assert_eq!(read(&stage).len(), 1);
    let conversation = stage.conversation(ANA).await;
    let row = stage.store().contact(&conversation.contact).await.unwrap().unwrap();
    assert_eq!(row.tags, ["comprou"]);
    let runs = stage.store().runs(10).await.unwrap();
    assert_eq!(runs.iter().filter(|run| run.rule == "order").count(), 2, "{runs:#?}");
}

#[tokio::test]
async fn the_longest_id_of_an_order_is_no_trouble() {
    let stage = stage().await;
    let mut told = order(&stage, ANA, "ev-1", "paid");
    told["order"]["id"] = json!("9".repeat(64));
    assert_eq!(stage.store_tells(SOURCE, &told).await, 200);
    pass(&stage, 61).await;
    assert_eq!(read(&stage).len(), 1);
}

#[tokio::test]
async fn orders_survive_a_restart_between_the_answer_and_the_template() {
    let stage = stage().await;
    tells(&stage, "ev-1", "paid").await;
    let stage = stage.restart().await;
    tells(&stage, "ev-1", "paid").await;
    pass(&stage, 61).await;
    assert_eq!(read(&stage).len(), 1);
}

#[tokio::test]
async fn out_of_order_and_late_news_say_nothing_that_is_not_so_any_more() {
    let stage = stage().await;
    tells(&stage, "ev-1", "shipped").await;
    pass(&stage, 61).await;
    tells(&stage, "ev-2", "paid").await;
    pass(&stage, 61).await;
    tells(&stage, "ev-3", "placed").await;
    pass(&stage, 61).await;
    let texts = read(&stage);
    assert!(texts.len() == 1 && texts[0].contains("foi enviado"), "{texts:#?}");
    tells(&stage, "ev-4", "cancelled").await;
    pass(&stage, 61).await;
    // A payment of before, a day late.
    let mut late = order(&stage, ANA, "ev-5", "paid");
    stage.clock.advance(Duration::from_secs(25 * 3600));
    late["order"]["id"] = json!("1001");
    assert_eq!(stage.store_tells(SOURCE, &late).await, 200);
    // And of another order that nobody knew of: old news.
    late["event"] = json!("ev-6");
    late["order"]["id"] = json!("1002");
    assert_eq!(stage.store_tells(SOURCE, &late).await, 200);
    pass(&stage, 61).await;
    let texts = read(&stage);
    assert!(texts.len() == 2 && texts[1].contains("foi cancelado"), "{texts:#?}");
}

#[tokio::test]
async fn what_is_refunded_within_a_minute_was_never_paid() {
    let stage = stage().await;
    tells(&stage, "ev-1", "paid").await;
    stage.rest().await;
    stage.clock.advance(Duration::from_secs(30));
    tells(&stage, "ev-2", "refunded").await;
    pass(&stage, 61).await;
    let texts = read(&stage);
    assert!(texts.len() == 1 && texts[0].contains("foi reembolsado: R$ 129,90"), "{texts:#?}");
}

#[tokio::test]
async fn s2_the_order_of_a_vip_is_confirmed_while_the_owner_speaks_and_no_bot_does() {
    let vips =
        "[lists]\nvip = [\"+55 11 91111-2222\"]\n[[rules]]\nname = \"vip\"\nto = \"app\"\nwhen = { lists = \"vip\" }\n";
    let stage = stage_with(StageBuilder::default().policy(vips), "").await;
    let (ana, phone) = (stage.simulator.customer(ANA), stage.simulator.business_phone(NUMBER).unwrap());
    ana.writes("oi, quero aquela camiseta").await;
    phone.writes(ANA, "separei para você!").await;
    stage.rest().await;
    tells(&stage, "ev-1", "paid").await;
    pass(&stage, 61).await;
    let by_api = || ana.inbox().iter().filter(|message| message.kind == "template").count();
    assert_eq!(by_api(), 1, "{:#?}", read(&stage));
    // What she says to that is the owner's.
    ana.writes("cadê meu pedido?").await;
    stage.rest().await;
    assert_eq!((by_api(), ana.inbox().len()), (1, 2), "{:#?}", read(&stage));
    assert_eq!(stage.last_rule(ANA).await, "1:vip");
}

#[tokio::test]
async fn where_templates_may_not_pass_the_phone_the_order_is_recorded_and_not_told_later() {
    let stage = stage_with(StageBuilder::default().policy("[on_phone]\ntemplates = []\n"), "").await;
    let phone = stage.simulator.business_phone(NUMBER).unwrap();
    phone.writes(ANA, "oi, Ana!").await;
    stage.rest().await;
    tells(&stage, "ev-1", "paid").await;
    pass(&stage, 61).await;
    assert_eq!(stage.simulator.counts().sends, 0);
    let runs = stage.store().runs(1).await.unwrap();
    assert_eq!(runs[0].report["refusals"][0]["refusal"]["reason"], "owned-by-person");
    // The owner lets go; the same state is not news.
    pass(&stage, 13 * 3600).await;
    tells(&stage, "ev-2", "paid").await;
    pass(&stage, 61).await;
    assert_eq!(stage.simulator.counts().sends, 0);
}

#[tokio::test]
async fn a_question_afterwards_is_answered_thanks_are_not_and_the_rest_goes_to_a_person() {
    let stage = stage_with(StageBuilder::default(), "").await;
    let ana = stage.simulator.customer(ANA);
    tells(&stage, "ev-1", "paid").await;
    pass(&stage, 61).await;
    ana.writes("Cadê meu pedido?").await;
    stage.rest().await;
    let answer = ana.last().unwrap().text.clone();
    assert!(answer.contains("O pagamento do pedido #1001 foi confirmado"), "{answer}");
    assert!(answer.contains("https://loja.example/pedidos/1001"), "{answer}");
    ana.writes("obrigada 🙏").await;
    stage.rest().await;
    assert_eq!(ana.inbox().len(), 2, "nothing to say to that");
    ana.writes("veio com defeito").await;
    stage.rest().await;
    assert!(ana.last().unwrap().text.contains("Vou chamar alguém"), "{:#?}", read(&stage));
    ana.writes("cadê meu pedido?").await;
    stage.rest().await;
    assert_eq!(ana.inbox().len(), 3, "a person has it now");
    assert_eq!(stage.last_rule(ANA).await, "owned-by-app");
}

#[tokio::test]
async fn what_customers_say_who_were_told_nothing_is_other_flows_business() {
    let builder = StageBuilder::default().flow("order-confirmation", "").guest("echo", &guests::echoing(), NUMBER);
    let stage = builder.start().await;
    stage.approve_templates_of("order-confirmation").await;
    let (ana, bia) = (stage.simulator.customer(ANA), stage.simulator.customer("5511933334444"));
    tells(&stage, "ev-1", "paid").await;
    pass(&stage, 61).await;
    bia.writes("cadê meu pedido?").await;
    ana.writes("cadê meu pedido?").await;
    stage.rest().await;
    assert_eq!(bia.last().unwrap().text, "cadê meu pedido?", "the other flow's answer");
    assert!(ana.last().unwrap().text.contains("#1001"));
    // Four days later it is about something else.
    stage.clock.advance(Duration::from_secs(4 * 86_400));
    ana.writes("oi").await;
    stage.rest().await;
    assert_eq!(ana.last().unwrap().text, "oi");
}

#[tokio::test]
async fn the_person_is_the_one_that_whatsapp_knows_by_the_other_spelling_of_the_number() {
    let stage = stage().await;
    // The store knows nine digits, WhatsApp eight.
    let old = "551187654321";
    stage.simulator.customer(old).writes("oi").await;
    stage.rest().await;
    let known = stage.conversation(old).await;
    let told = order(&stage, "(11) 98765-4321", "ev-1", "paid");
    assert_eq!(stage.store_tells(SOURCE, &told).await, 200);
    pass(&stage, 61).await;
    assert_eq!(stage.conversation("5511987654321").await, known);
    assert_eq!(stage.simulator.customer(old).inbox().len(), 1);
    let row = stage.store().contact(&known.contact).await.unwrap().unwrap();
    assert_eq!(row.phone.unwrap().as_str(), old, "the store's word does not replace WhatsApp's");
}

#[tokio::test]
async fn tests_of_the_shop_and_orders_without_a_number_or_consent_reach_nobody() {
    let stage = stage().await;
    let change = |event: &str, path: &str, value: Value| {
        let mut told = order(&stage, ANA, event, "paid");
        told["order"]["id"] = json!(event);
        if path == "/customer/phone" {
            told["order"]["customer"]["phone"] = value;
        } else {
            told["order"][path] = value;
        }
        told
    };
    for told in [
        change("ev-1", "test", json!(true)),
        change("ev-2", "/customer/phone", json!("3333-4444")),
        change("ev-3", "channel", json!("mercadolivre")),
        change("ev-4", "consent", json!(false)),
    ] {
        assert_eq!(stage.store_tells(SOURCE, &told).await, 200);
    }
    pass(&stage, 61).await;
    assert_eq!(stage.simulator.counts().sends, 0);
    assert!(stage.simulator.customer(ANA).inbox().is_empty());
    let conversation = stage.conversation(ANA).await;
    let rules: Vec<_> =
        stage.store().decisions(&conversation, 10).await.unwrap().into_iter().filter_map(|row| row.decision).collect();
    assert_eq!(rules, ["order", "order", "test-order"], "newest first; each is recorded");

    assert_eq!(stage.store_tells(TESTING, &change("ev-5", "test", json!(true))).await, 200);
    pass(&stage, 61).await;
    assert_eq!(stage.simulator.customer(ANA).inbox().len(), 1, "a source may let its tests through");
}

#[tokio::test]
async fn a_template_that_is_missing_in_the_customers_language_gives_way_to_the_shops() {
    let stage = stage().await;
    stage.simulator.set_template_status(ponte_tests::WABA, "payment_received", "en", "PAUSED").await;
    stage.runtime.sync_templates().await;
    let mut told = order(&stage, ANA, "ev-1", "paid");
    told["order"]["customer"]["language"] = json!("en-US");
    assert_eq!(stage.store_tells(SOURCE, &told).await, 200);
    pass(&stage, 61).await;
    let texts = read(&stage);
    assert!(texts.len() == 1 && texts[0].starts_with(PAID), "{texts:#?}");
    assert!(stage.simulator.refusals().is_empty());
}

#[tokio::test]
async fn a_customer_who_stopped_everything_is_not_told() {
    let stage = stage().await;
    stage.simulator.customer(ANA).writes("não quero receber nenhuma mensagem").await;
    stage.rest().await;
    let before = read(&stage).len();
    tells(&stage, "ev-1", "paid").await;
    pass(&stage, 61).await;
    assert_eq!(read(&stage).len(), before);
    let sends = stage.sends().await;
    assert!(sends.iter().all(|row| row.installation.is_none()), "{sends:#?}");
    assert!(sends.iter().all(|row| row.state != SendState::Failed));
}

#[tokio::test]
async fn what_is_not_signed_unknown_or_too_big_is_refused_and_nothing_is_stored() {
    let stage = stage().await;
    let body = order(&stage, ANA, "ev-1", "paid").to_string().into_bytes();
    let signature = ponte_hooks::sign_json(&STORE_SECRET.into(), &body, stage.runtime.now());
    let signed = [("x-ponte-signature", &*signature)];
    assert_eq!(stage.store_posts(SOURCE, &[], body.clone()).await, 401);
    let other = ponte_hooks::sign_json(&"guessed".into(), &body, stage.runtime.now());
    assert_eq!(stage.store_posts(SOURCE, &[("x-ponte-signature", &other)], body.clone()).await, 401);
    assert_eq!(stage.store_posts("nowhere", &signed, body.clone()).await, 404);
    assert_eq!(stage.store_posts(SOURCE, &signed, vec![b' '; 3 << 20]).await, 413);
    // Recorded by somebody, and played again an hour later.
    stage.clock.advance(Duration::from_secs(3_600));
    assert_eq!(stage.store_posts(SOURCE, &signed, body).await, 401);
    assert!(stage.store().contact_by_phone(&"shop".into(), &ANA.into()).await.unwrap().is_none());
}

#[tokio::test]
async fn a_full_backlog_sends_the_store_away_and_it_tells_again() {
    let builder = StageBuilder::default().settings(|settings| settings.max_pending = 1);
    let stage = stage_with(builder.guest("spin", &guests::spinning(), NUMBER), "").await;
    // One event is in hand for as long as its flow is let spin.
    stage.simulator.customer("5511933334444").writes("oi").await;
    let told = order(&stage, ANA, "ev-1", "paid");
    assert_eq!(stage.store_tells(SOURCE, &told).await, 503);
    stage.rest().await;
    assert_eq!(stage.store_tells(SOURCE, &told).await, 200);
    pass(&stage, 61).await;
    assert_eq!(read(&stage).len(), 1);
}

#[tokio::test]
async fn what_cannot_be_read_is_taken_and_starts_nothing() {
    let stage = stage().await;
    let mut nonsense = order(&stage, ANA, "ev-1", "paid");
    nonsense["order"]["id"] = Value::Null;
    assert_eq!(stage.store_tells(SOURCE, &nonsense).await, 200);
    pass(&stage, 61).await;
    assert!(stage.store().runs(1).await.unwrap().is_empty());
    // It did not take the place of what is told right afterwards, under an id of its own.
    tells(&stage, "ev-2", "paid").await;
    pass(&stage, 61).await;
    assert_eq!(read(&stage).len(), 1);
}
