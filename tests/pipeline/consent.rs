//! Consent, quiet hours and frequency caps: nobody is told what they did not want to hear, and what waits is not lost.

use std::time::Duration;

use ponte_model::consent::{Category, Change, Entry, Purpose, Source, Statement};
use ponte_model::{Body, Contact, Content, Event, HistoryItem, Lane, Message, Origin, Timestamp};
use ponte_policy::consent::Cap;
use ponte_simulator::{Odds, Template, TemplateButton};
use ponte_store::{SendRow, SendState};
use ponte_tests::{NUMBER, Stage, StageBuilder, WABA, guests};

const ANA: &str = "5511911112222";
const HOUR: u64 = 3600;

/// Monday, 12:00 in São Paulo. (The stage's own time is 22:10.)
fn noon() -> Timestamp {
    Timestamp::from_secs(1_795_446_000)
}

/// A flow that sends the template that the customer names, and repeats everything else.
fn shop() -> StageBuilder {
    StageBuilder::default().guest("templates", &guests::templating(), NUMBER).settings(|settings| {
        settings.template_categories =
            [("t_oferta".into(), Category::Marketing), ("t_pedido".into(), Category::Utility)].into();
    })
}

async fn start(builder: StageBuilder) -> Stage {
    let stage = builder.start().await;
    let offer = Template::approved("t_oferta", "pt_BR", "MARKETING", "Oferta!");
    let offer = offer.button(TemplateButton::QuickReply("Parar promoções".into()));
    stage.simulator.put_template(WABA, offer);
    stage.simulator.put_template(WABA, Template::approved("t_pedido", "pt_BR", "UTILITY", "Seu pedido saiu."));
    stage.runtime.sync_templates().await;
    stage
}

/// The operator has a customer's agreement to promotion.
async fn agreed(stage: &Stage, phone: &str) {
    let contact = stage.store().meet(&"shop".into(), &phone.into(), stage.runtime.now()).await.unwrap();
    let statement = Statement {
        key: format!("form-{phone}"),
        purpose: Purpose::Marketing,
        change: Change::Given,
        source: Source::Operator,
        text: Some("Quero receber ofertas da Loja".into()),
        version: Some("2026-10".into()),
        at: stage.runtime.now(),
    };
    stage.store().add_consent(vec![Entry { contact, statement }]).await.unwrap();
    stage.runtime.reload().await.unwrap();
}

async fn ledger(stage: &Stage, phone: &str) -> Vec<(Purpose, Change, Source)> {
    let contact = stage.conversation(phone).await.contact;
    let standing = stage.store().standing(&contact, Timestamp::EPOCH).await.unwrap();
    standing.entries.into_iter().map(|entry| (entry.purpose, entry.change, entry.source)).collect()
}

/// The rows of templates, oldest first.
async fn templates(stage: &Stage) -> Vec<SendRow> {
    stage.sends().await.into_iter().rev().filter(|row| row.kind == "template").collect()
}

/// Waits until something holds that the world brings about by itself.
async fn until(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let held = async {
        while !holds().await {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), held).await.unwrap_or_else(|_| panic!("it took too long: {what}"));
}

/// What the customer was sent, in order; of each its first line, without what there is to tap.
fn heard(stage: &Stage, phone: &str) -> Vec<String> {
    let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    stage.simulator.customer(phone).inbox().iter().map(|message| first(&message.text)).collect()
}

/// What a flow was told when it asked for a template last.
async fn last_refusal(stage: &Stage) -> String {
    let runs = stage.store().runs(1).await.unwrap();
    runs[0].report["refusals"][0]["refusal"]["reason"].as_str().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn parar_during_a_campaign_stops_the_next_send_and_is_acknowledged_once() {
    let stage = start(shop()).await;
    agreed(&stage, ANA).await;
    let ana = stage.simulator.customer(ANA);
    // At 22:10 the offer waits for the morning.
    ana.writes("t_oferta").await;
    stage.rest().await;
    assert!(heard(&stage, ANA).is_empty());

    ana.writes("Parar!!").await;
    ana.writes("parar").await;
    stage.rest().await;
    assert_eq!(stage.last_rule(ANA).await, "opt-out");
    let said = heard(&stage, ANA);
    assert_eq!(said.len(), 1, "one confirmation: {said:?}");
    assert!(said[0].contains("não vai mais receber"), "in the customer's language: {said:?}");
    let stopped = (Purpose::Marketing, Change::Withdrawn, Source::Chat);
    assert_eq!(ledger(&stage, ANA).await[1..], [stopped, stopped], "both are written down");

    // What concerns an order still leaves; a new offer is refused to the flow.
    ana.writes("t_pedido").await;
    stage.rest().await;
    assert_eq!(ana.last().unwrap().text, "Seu pedido saiu.");
    ana.writes("t_oferta").await;
    stage.rest().await;
    assert_eq!(last_refusal(&stage).await, "no-consent");

    stage.clock.advance(Duration::from_secs(10 * HOUR));
    until("the offer is judged in the morning", async || templates(&stage).await[0].state == SendState::Refused).await;
    let reason = templates(&stage).await[0].reason.clone().unwrap_or_default();
    assert!(reason.starts_with("no-consent") && reason.contains("(rule: consent)"), "{reason}");
    assert!(!heard(&stage, ANA).contains(&"Oferta!".to_owned()));
}

#[tokio::test]
async fn nao_pare_is_a_message_like_any_other() {
    let stage = start(shop()).await;
    agreed(&stage, ANA).await;
    for text in ["não pare", "quero parar na loja às 18h", "start"] {
        stage.simulator.customer(ANA).writes(text).await;
        stage.rest().await;
        assert_eq!(stage.simulator.customer(ANA).last().unwrap().text, text);
        assert_eq!(stage.last_rule(ANA).await, "first-match");
    }
    assert_eq!(ledger(&stage, ANA).await.len(), 1, "nothing was written down");
}

#[tokio::test]
async fn who_begins_again_gets_offers_again() {
    let stage = start(shop()).await;
    agreed(&stage, ANA).await;
    let ana = stage.simulator.customer(ANA);
    ana.writes("não quero mais receber").await;
    ana.writes("quero voltar a receber").await;
    stage.rest().await;
    assert_eq!(stage.last_rule(ANA).await, "opt-in");
    assert_eq!(heard(&stage, ANA).len(), 2, "each is confirmed");
    assert_eq!(ledger(&stage, ANA).await[2], (Purpose::Marketing, Change::Given, Source::Chat));
    ana.writes("t_oferta").await;
    stage.rest().await;
    stage.clock.advance(Duration::from_secs(10 * HOUR));
    until("the offer comes in the morning", async || heard(&stage, ANA).last().unwrap() == "Oferta!").await;
}

#[tokio::test]
async fn where_a_person_speaks_a_stop_is_obeyed_in_silence() {
    let stage = start(shop()).await;
    let (ana, phone) = (stage.simulator.customer(ANA), stage.simulator.business_phone(NUMBER).unwrap());
    phone.writes(ANA, "oi Ana, aqui é a dona").await;
    ana.writes("pare de me mandar mensagem").await;
    stage.rest().await;
    assert_eq!(stage.last_rule(ANA).await, "opt-out");
    assert_eq!(ledger(&stage, ANA).await, [(Purpose::Marketing, Change::Withdrawn, Source::Chat)]);
    assert_eq!(heard(&stage, ANA).len(), 1, "only what the owner wrote");
}

#[tokio::test]
async fn the_confirmation_can_be_switched_off_and_speaks_the_customers_language() {
    let stage = start(shop().settings(|settings| settings.consent.confirm = false)).await;
    stage.simulator.customer(ANA).writes("parar").await;
    stage.rest().await;
    assert!(heard(&stage, ANA).is_empty());
    assert_eq!(ledger(&stage, ANA).await.len(), 1);

    let stage = start(shop()).await;
    for (phone, text, word) in
        [("5491111112222", "parar", "promociones"), ("5491111113333", "unsubscribe", "promotions")]
    {
        stage.simulator.customer(phone).writes(text).await;
        stage.rest().await;
        assert!(heard(&stage, phone)[0].contains(word), "{:?}", heard(&stage, phone));
    }
}

#[tokio::test]
async fn after_a_full_stop_automation_is_silent_until_the_customer_writes_again() {
    let stage = start(shop().guest("remind", &guests::reminding(), ponte_tests::OTHER_NUMBER)).await;
    let ana = stage.simulator.customer(ANA);
    let other = ana.on(ponte_tests::OTHER_NUMBER);
    other.writes("me lembra em uma hora").await;
    ana.writes("parem com tudo").await;
    stage.rest().await;
    assert_eq!(heard(&stage, ANA).len(), 1, "the confirmation");
    stage.clock.advance(Duration::from_secs(2 * HOUR));
    until("the timer fires", async || stage.store().runs(10).await.unwrap().iter().any(|run| run.rule == "own-timer"))
        .await;
    stage.rest().await;
    assert_eq!(last_refusal(&stage).await, "no-consent", "the reminder was asked for before everything was stopped");

    ana.writes("t_pedido").await;
    stage.rest().await;
    assert_eq!(last_refusal(&stage).await, "no-consent", "no template either");
    ana.writes("vocês abrem amanhã?").await;
    stage.rest().await;
    assert_eq!(ana.last().unwrap().text, "vocês abrem amanhã?", "who writes is answered");
}

#[tokio::test]
async fn a_quick_reply_of_a_template_unsubscribes() {
    let stage = start(shop().at(noon())).await;
    agreed(&stage, ANA).await;
    let ana = stage.simulator.customer(ANA);
    ana.writes("t_oferta").await;
    stage.rest().await;
    assert_eq!(heard(&stage, ANA).last().unwrap(), "Oferta!");
    ana.taps_button("botao-1", "Parar promoções").await;
    stage.rest().await;
    assert_eq!(stage.last_rule(ANA).await, "opt-out");
    assert_eq!(ledger(&stage, ANA).await[1], (Purpose::Marketing, Change::Withdrawn, Source::Chat));
}

#[tokio::test]
async fn whatsapps_own_stop_is_recorded_and_the_next_offer_never_leaves() {
    let stage = start(shop().at(noon())).await;
    agreed(&stage, ANA).await;
    let ana = stage.simulator.customer(ANA);
    ana.writes("oi").await;
    ana.stops_marketing().await;
    stage.rest().await;
    assert_eq!(ledger(&stage, ANA).await[1], (Purpose::Marketing, Change::Withdrawn, Source::Platform));
    ana.writes("t_oferta").await;
    stage.rest().await;
    assert_eq!(last_refusal(&stage).await, "no-consent");
    assert!(stage.simulator.refusals().is_empty(), "Meta was not even asked");

    ana.resumes_marketing().await;
    stage.rest().await;
    ana.writes("t_oferta").await;
    stage.rest().await;
    assert_eq!(heard(&stage, ANA).last().unwrap(), "Oferta!");
}

#[tokio::test]
async fn error_131050_is_recorded_whether_it_comes_with_the_response_or_with_a_status() {
    for by_status in [true, false] {
        let stage = start(shop().at(noon())).await;
        agreed(&stage, ANA).await;
        stage.simulator.faults(|plan| match by_status {
            true => plan.sends.failed_status = (Odds::Next(1), 131_050),
            false => plan.sends.error = (Odds::Next(1), 131_050),
        });
        let ana = stage.simulator.customer(ANA);
        ana.writes("t_oferta").await;
        until("the failure is told", async || {
            templates(&stage).await.first().is_some_and(|row| row.state == SendState::Failed)
        })
        .await;
        stage.rest().await;
        assert_eq!(templates(&stage).await[0].code, Some(131_050));
        assert_eq!(ledger(&stage, ANA).await[1], (Purpose::Marketing, Change::Withdrawn, Source::Platform));
        ana.writes("t_oferta").await;
        stage.rest().await;
        assert_eq!((last_refusal(&stage).await.as_str(), templates(&stage).await.len()), ("no-consent", 1));
        // It is in the store, not in memory alone.
        let stage = stage.restart().await;
        ana.writes("t_oferta").await;
        stage.rest().await;
        assert_eq!(last_refusal(&stage).await, "no-consent");
    }
}

#[tokio::test]
async fn an_offer_at_night_waits_for_the_morning_of_the_customers_zone_and_others_overtake_it() {
    let stage = start(shop()).await;
    // 22:10 in São Paulo is 20:10 in Acre.
    let acre = "5568911112222";
    agreed(&stage, ANA).await;
    agreed(&stage, acre).await;
    for phone in [ANA, acre] {
        stage.simulator.customer(phone).writes("t_oferta").await;
    }
    stage.rest().await;
    assert_eq!(heard(&stage, acre), ["Oferta!"]);
    assert!(heard(&stage, ANA).is_empty());
    let held = templates(&stage).await.into_iter().find(|row| row.state == SendState::Queued).expect("one waits");
    assert!(held.reason.unwrap_or_default().contains("quiet-hours"));

    let ana = stage.simulator.customer(ANA);
    ana.writes("ainda aberto?").await;
    stage.rest().await;
    assert_eq!(heard(&stage, ANA), ["ainda aberto?"], "a reply does not wait behind it");

    let stage = stage.restart().await;
    stage.clock.advance(Duration::from_secs(9 * HOUR));
    ana.writes("bom dia").await;
    stage.rest().await;
    assert_eq!(heard(&stage, ANA), ["ainda aberto?", "bom dia"], "it is 7:10, and the restart changed nothing");
    stage.clock.advance(Duration::from_secs(HOUR));
    until("the offer comes after 8:00", async || heard(&stage, ANA).last().unwrap() == "Oferta!").await;
    stage.rest().await;
    assert_eq!(heard(&stage, ANA).len(), 3, "once");
}

#[tokio::test]
async fn the_third_offer_of_a_week_waits_until_there_is_room() {
    let stage = start(shop().at(noon())).await;
    agreed(&stage, ANA).await;
    let ana = stage.simulator.customer(ANA);
    let offers = |stage: &Stage| heard(stage, ANA).iter().filter(|text| *text == "Oferta!").count();
    for _ in 0..3 {
        ana.writes("t_oferta").await;
        ana.writes("t_pedido").await;
    }
    stage.rest().await;
    assert_eq!((offers(&stage), heard(&stage, ANA).len()), (2, 5), "what concerns an order is not counted");
    let third = templates(&stage).await.into_iter().find(|row| row.state == SendState::Queued).expect("one waits");
    assert!(third.reason.unwrap_or_default().contains("frequency"));

    // Nor does a restart forget what was sent.
    let stage = stage.restart().await;
    stage.clock.advance(Duration::from_secs(6 * 24 * HOUR));
    stage.rest().await;
    assert_eq!(offers(&stage), 2);
    stage.clock.advance(Duration::from_secs(24 * HOUR + 60));
    until("the third leaves a week after the first", async || offers(&stage) == 3).await;
}

#[tokio::test]
async fn the_suppression_list_beats_everything() {
    let stage = start(shop().at(noon())).await;
    agreed(&stage, ANA).await;
    let contact = stage.store().meet(&"shop".into(), &ANA.into(), noon()).await.unwrap();
    stage.store().suppress(&contact, Some("asked by letter"), noon()).await.unwrap();
    stage.runtime.reload().await.unwrap();
    for text in ["oi", "t_pedido", "parar"] {
        stage.simulator.customer(ANA).writes(text).await;
    }
    stage.rest().await;
    assert!(heard(&stage, ANA).is_empty(), "{:?}", heard(&stage, ANA));
    stage.store().suppress(&contact, None, noon()).await.unwrap();
    stage.runtime.reload().await.unwrap();
    stage.simulator.customer(ANA).writes("t_pedido").await;
    stage.rest().await;
    assert_eq!(heard(&stage, ANA), ["Seu pedido saiu."]);
}

#[tokio::test]
async fn imported_history_is_not_consent() {
    let stage = start(shop().at(noon())).await;
    let said = Message::of(Content::Text { body: "quero receber promoções".into() });
    let item = HistoryItem { message: said, from_business: false, state: None, media_follows_up: false };
    let event = Event {
        key: "history-1".into(),
        origin: Origin::Customer,
        lane: Lane::Import,
        waba_id: Some(WABA.into()),
        number_id: Some(NUMBER.into()),
        contact: Some(Contact::by_phone(ANA)),
        message_id: Some("wamid.old".into()),
        at: noon().minus(Duration::from_secs(30 * 24 * HOUR)),
        body: Body::History(item),
    };
    stage.runtime.ingest(vec![event]).await.unwrap();
    stage.simulator.customer(ANA).writes("t_oferta").await;
    stage.rest().await;
    assert_eq!(last_refusal(&stage).await, "no-consent");
    assert!(ledger(&stage, ANA).await.is_empty());
}

#[tokio::test]
async fn an_offer_that_waits_for_a_place_of_the_day_does_not_count_as_heard() {
    const BIA: &str = "5511933334444";
    let one_a_week = Cap { category: Category::Marketing, most: 1, within: Duration::from_secs(7 * 24 * HOUR) };
    let stage = StageBuilder::default()
        .guest("invite", &guests::inviting(), NUMBER)
        .at(noon())
        .daily_reach(1)
        .settings(|settings| settings.consent.caps = vec![one_a_week])
        .start()
        .await;
    stage.simulator.put_template(WABA, Template::approved("volte", "pt_BR", "MARKETING", "Sentimos a sua falta!"));
    stage.runtime.sync_templates().await;
    for phone in [ANA, BIA] {
        stage.simulator.customer(phone).writes("oi").await;
        stage.rest().await;
        agreed(&stage, phone).await;
    }
    let offers = || heard(&stage, ANA).len() + heard(&stage, BIA).len();
    stage.clock.advance(Duration::from_secs(25 * HOUR + 60));
    until("one leaves, the other waits for a place", async || {
        let rows = templates(&stage).await;
        let waits = rows.iter().any(|row| row.reason.as_deref().unwrap_or_default().contains("rule: reach"));
        waits && offers() == 1
    })
    .await;
    stage.clock.advance(Duration::from_secs(24 * HOUR + 120));
    until("the place is free, and nothing else is in the way", async || offers() == 2).await;
}

#[tokio::test]
async fn error_131050_of_a_message_that_another_system_sent_is_recorded_too() {
    const STRANGER: &str = "5511933334444";
    let stage = start(shop().at(noon())).await;
    stage.simulator.customer(ANA).writes("oi").await;
    stage.rest().await;
    let failed = |phone: &str| {
        serde_json::json!({"id": format!("wamid.elsewhere-{phone}"), "status": "failed", "recipient_id": phone,
            "timestamp": noon().as_secs().to_string(), "biz_opaque_callback_data": "crm-17",
            "errors": [{"code": 131_050, "title": "The user stopped marketing messages"}]})
    };
    let statuses: Vec<_> = [ANA, STRANGER].map(failed).into();
    let value = serde_json::json!({"messaging_product": "whatsapp", "statuses": statuses,
        "metadata": {"display_phone_number": "5511955550100", "phone_number_id": NUMBER}});
    for _ in 0..2 {
        stage.simulator.webhook(WABA, "messages", value.clone()).await;
        stage.rest().await;
    }
    for phone in [ANA, STRANGER] {
        until("it is written down", async || {
            let known = stage.store().contact_by_phone(&"shop".into(), &phone.into()).await.unwrap();
            known.is_some() && !ledger(&stage, phone).await.is_empty()
        })
        .await;
        assert_eq!(ledger(&stage, phone).await, [(Purpose::Marketing, Change::Withdrawn, Source::Platform)], "{phone}");
    }
    stage.simulator.customer(ANA).writes("t_oferta").await;
    stage.rest().await;
    assert_eq!(last_refusal(&stage).await, "no-consent");
}
