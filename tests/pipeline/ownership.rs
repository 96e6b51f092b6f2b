//! Who speaks: taken and given back. Named after the rows of the requirements (1.6, 2, 3.3).

use std::time::Duration;

use ponte_model::{Control, ControlOrder, HandOffTarget, Owner};
use ponte_policy::Facts;
use ponte_simulator::{AutoReply, Customer, Odds, What};
use ponte_store::{DecisionRow, SendState};
use ponte_tests::{NUMBER, Stage, StageBuilder, WABA, guests};
use serde_json::{Value, json};

const ANA: &str = "5511911112222";
const HOUR: Duration = Duration::from_secs(3600);
const AWAY: &str = "Olá! A loja está fechada, respondemos amanhã cedo.";

fn echoing() -> StageBuilder {
    StageBuilder::default().guest("echo", &guests::echoing(), NUMBER)
}

/// What the store knows of a chat.
async fn facts(stage: &Stage, phone: &str) -> Facts {
    let conversation = stage.conversation(phone).await;
    let row = stage.store().conversation(&conversation).await.expect("the store is read");
    serde_json::from_value(row.facts).expect("facts")
}

async fn decisions(stage: &Stage, phone: &str) -> Vec<DecisionRow> {
    let conversation = stage.conversation(phone).await;
    stage.store().decisions(&conversation, 50).await.expect("the store is read")
}

/// The customer writes; whether a flow answered.
async fn answered(stage: &Stage, customer: &Customer, text: &str) -> bool {
    let sent = || stage.simulator.transcript().iter().filter(|entry| matches!(entry.what, What::Sent { .. })).count();
    let before = sent();
    customer.writes(text).await;
    stage.rest().await;
    sent() > before
}

/// Waits until the pipeline has noticed something by itself.
async fn until(stage: &Stage, what: &str, mut done: impl AsyncFnMut() -> bool) {
    let noticed = async {
        while !done().await {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), noticed).await.unwrap_or_else(|_| panic!("{what}"));
    stage.rest().await;
}

#[tokio::test]
async fn release_is_by_a_time_of_the_number_and_of_the_flow_since_the_last_human_message() {
    for (name, minutes, settings, free_after) in [
        ("of the number", Some(120), "", 2 * HOUR),
        ("of the flow, which comes first", Some(120), "release_after = \"30m\"\n", HOUR / 2),
        ("of the flow, longer", None, "release_after = \"2d\"\n", 48 * HOUR),
    ] {
        let stage =
            echoing().with_settings(settings).phone(|phone| phone.release_after_minutes = minutes).start().await;
        let (ana, phone) = (stage.simulator.customer(ANA), stage.simulator.business_phone(NUMBER).unwrap());
        phone.writes(ANA, "aqui é a dona").await;
        stage.clock.advance(free_after / 2);
        phone.writes(ANA, "ainda aqui").await;
        stage.clock.advance(free_after - Duration::from_secs(60));
        assert!(!answered(&stage, &ana, "oi?").await, "{name}: not yet");
        assert_eq!(stage.last_rule(ANA).await, "owned-by-app", "{name}");
        stage.clock.advance(Duration::from_secs(61));
        assert!(answered(&stage, &ana, "e agora?").await, "{name}: free");
    }
}

#[tokio::test]
async fn each_flow_has_its_own_patience_and_the_one_that_would_be_asked_decides() {
    let policy = "[[rules]]\nname = \"hasty\"\nto = { flow = \"hasty\" }\nwhen = { keywords = \"status\" }\n";
    let stage = StageBuilder::default()
        .guest("calm", &guests::echoing(), NUMBER)
        .guest("hasty", &guests::echoing(), NUMBER)
        .with_settings("release_after = \"10m\"\n")
        .policy(policy)
        .start()
        .await;
    let (ana, phone) = (stage.simulator.customer(ANA), stage.simulator.business_phone(NUMBER).unwrap());
    phone.writes(ANA, "aqui é a dona").await;
    stage.clock.advance(Duration::from_secs(601));
    assert!(!answered(&stage, &ana, "oi").await, "the first flow is still silent, and no other is asked in its place");
    assert!(answered(&stage, &ana, "status").await, "the other has waited long enough");
    assert!(!answered(&stage, &ana, "oi").await, "which frees nothing for the first");
}

#[tokio::test]
async fn a_keyword_on_the_phone_gives_the_chat_back_and_is_seen_before_it_takes_it() {
    let stage =
        echoing().phone(|phone| phone.release_keywords = vec!["#bot".into(), "robô, é com você".into()]).start().await;
    let (ana, phone) = (stage.simulator.customer(ANA), stage.simulator.business_phone(NUMBER).unwrap());
    for (line, expected) in [
        ("aqui é a dona", false),
        ("escreva #bot para voltar", false),
        ("#BOT ", true),
        ("mais uma coisa", false),
        ("ROBO,  e com voce", true),
    ] {
        let written = phone.writes(ANA, line).await;
        stage.rest().await;
        assert_eq!(answered(&stage, &ana, "oi").await, expected, "{line}");
        if expected {
            let rules: Vec<_> = decisions(&stage, ANA).await.into_iter().filter_map(|row| row.decision).collect();
            assert!(rules.iter().any(|rule| rule == "released-by-keyword"), "{rules:?}");
            // Who does not want the customer to see it deletes it.
            phone.revokes(ANA, &written).await;
            assert!(answered(&stage, &ana, "oi de novo").await, "{line}: deleted");
        }
        stage.clock.advance(Duration::from_secs(60));
    }
    // Over a restart too.
    let stage = stage.restart().await;
    assert!(answered(&stage, &ana, "ainda?").await);
}

#[tokio::test]
async fn release_is_by_calendar_at_the_end_of_the_day() {
    // It is Monday, 22:10 in São Paulo.
    let stage = echoing().phone(|phone| phone.release_daily = Some("23:00".into())).start().await;
    let (ana, phone) = (stage.simulator.customer(ANA), stage.simulator.business_phone(NUMBER).unwrap());
    phone.writes(ANA, "aqui é a dona").await;
    stage.clock.advance(Duration::from_secs(49 * 60));
    assert!(!answered(&stage, &ana, "oi").await, "22:59");
    stage.clock.advance(Duration::from_secs(60));
    assert!(answered(&stage, &ana, "oi").await, "23:00");
    phone.writes(ANA, "trabalho até tarde").await;
    stage.clock.advance(Duration::from_secs(60));
    assert!(!answered(&stage, &ana, "oi").await, "23:01: until tomorrow");
}

#[tokio::test]
async fn release_is_by_calendar_at_closing_time() {
    // Monday, 15:00 in São Paulo: the shop that the after-hours flow serves closes at six, and so does the phone.
    let stage = Stage::after_hours()
        .at(ponte_model::Timestamp::from_secs(1_795_456_800))
        .phone(|phone| phone.release_at_closing = true)
        .start()
        .await;
    let (ana, phone) = (stage.simulator.customer(ANA), stage.simulator.business_phone(NUMBER).unwrap());
    phone.writes(ANA, "aqui é a dona").await;
    stage.clock.advance(3 * HOUR - Duration::from_secs(60));
    assert!(!answered(&stage, &ana, "oi").await, "17:59");
    stage.clock.advance(Duration::from_secs(120));
    assert!(answered(&stage, &ana, "oi?").await, "18:01: the away reply");
    phone.writes(ANA, "ainda estou aqui").await;
    stage.rest().await;
    assert_eq!(
        facts(&stage, ANA).await.ownership.owner,
        Owner::App,
        "and what is written after closing is theirs again"
    );
}

#[tokio::test]
async fn an_operator_gives_a_chat_back_and_takes_it_in_order_durably_and_on_record() {
    let stage = echoing().start().await;
    let (ana, phone) = (stage.simulator.customer(ANA), stage.simulator.business_phone(NUMBER).unwrap());
    phone.writes(ANA, "aqui é a dona").await;
    assert!(!answered(&stage, &ana, "oi").await);
    let chat = stage.conversation(ANA).await;
    let order = |order| Control { order, by: "bia".into() };
    let last = async |stage: &Stage, rule: &str| {
        until(stage, rule, async || stage.last_rule(ANA).await == rule).await;
    };
    stage.clock.advance(Duration::from_secs(5));
    stage.runtime.control(&chat, &order(ControlOrder::Release)).await.unwrap();
    last(&stage, "released").await;
    assert!(answered(&stage, &ana, "oi?").await);
    stage.clock.advance(Duration::from_secs(5));
    stage.runtime.control(&chat, &order(ControlOrder::Take(HandOffTarget::Team))).await.unwrap();
    last(&stage, "taken").await;
    assert!(!answered(&stage, &ana, "oi?").await);
    assert_eq!(stage.last_rule(ANA).await, "owned-by-team");

    // Given while nobody was there to hear it, as the command line does.
    let (store, now) = (stage.store().clone(), stage.clock.clone());
    stage.clock.advance(Duration::from_secs(5));
    let at = ponte_clock::Clock::now(&now);
    store.put_control(&chat, &order(ControlOrder::Release), at).await.unwrap();
    drop(store);
    let stage = stage.restart().await;
    last(&stage, "released").await;
    assert!(answered(&stage, &ana, "e agora?").await);
    assert_eq!(stage.store().controls().await.unwrap(), [], "an order is carried out once");
    let recorded = decisions(&stage, ANA).await;
    let orders: Vec<_> = recorded.iter().filter(|row| row.kind == "control").collect();
    assert_eq!(orders.len(), 3);
    assert!(orders.iter().all(|row| row.why.as_deref() == Some("by bia")), "{orders:?}");
}

#[tokio::test]
async fn a_flow_in_the_middle_of_something_keeps_the_chat_from_other_flows() {
    let policy = "[[rules]]\nname = \"booking\"\nto = { flow = \"booking\" }\nwhen = { keywords = \"reserva\" }\n\
                  [[rules]]\nname = \"vip\"\nto = \"app\"\nwhen = { keywords = \"gerente\" }\n";
    let stage = StageBuilder::default()
        .guest("menu", &guests::echoing(), NUMBER)
        .guest("booking", &guests::holding(), NUMBER)
        .policy(policy)
        .start()
        .await;
    let (ana, phone) = (stage.simulator.customer(ANA), stage.simulator.business_phone(NUMBER).unwrap());
    let asked = async |text: &str| {
        answered(&stage, &ana, text).await;
        let runs = stage.store().runs(1).await.unwrap();
        (runs.first().map(|run| run.installation.to_string()).unwrap_or_default(), stage.last_rule(ANA).await)
    };
    let is = |flow: &str, rule: &str| (flow.to_owned(), rule.to_owned());
    assert_eq!(asked("oi").await, is("menu", "first-match"));
    assert_eq!(asked("reserva").await, is("booking", "1:booking"));
    assert_eq!(asked("para dois").await, is("booking", "held-by-flow"));
    assert_eq!(facts(&stage, ANA).await.ownership.owner, Owner::Flow);
    assert_eq!(asked("tchau").await, is("booking", "held-by-flow"), "and gives it back");
    assert_eq!(asked("oi").await, is("menu", "first-match"));
    // Its time is up.
    assert_eq!(asked("reserva").await.0, "booking");
    stage.clock.advance(Duration::from_secs(599));
    assert_eq!(asked("ainda").await, is("booking", "held-by-flow"));
    stage.clock.advance(Duration::from_secs(1));
    assert_eq!(asked("oi").await, is("menu", "first-match"));
    // Rules that name people come first, and people take it.
    assert_eq!(asked("reserva").await.0, "booking");
    assert_eq!(asked("quero o gerente").await.1, "2:vip");
    assert_eq!(asked("ainda").await, is("booking", "held-by-flow"));
    phone.writes(ANA, "deixa comigo").await;
    assert_eq!(asked("oi").await.1, "owned-by-app");
}

#[tokio::test]
async fn the_apps_own_away_text_takes_nothing_and_stops_nothing() {
    // Two messages a second: replies pile up behind the app's own.
    let stage = echoing().throughput(2).phone(|phone| phone.away_texts = vec![AWAY.into()]).start().await;
    let (ana, phone) = (stage.simulator.customer(ANA), stage.simulator.business_phone(NUMBER).unwrap());
    phone.auto_reply(Some(AutoReply { text: AWAY.to_owned(), pause: Duration::ZERO }));
    for line in ["1", "2", "3"] {
        ana.writes(line).await;
    }
    stage.rest().await;
    assert!(stage.sends().await.iter().all(|row| row.state != SendState::Refused), "{:?}", stage.sends().await);
    let known = facts(&stage, ANA).await;
    assert_eq!((known.ownership.owner, known.last_app_at), (Owner::Nobody, None));
    assert!(known.away_at.is_some());
    let lines = decisions(&stage, ANA).await;
    let automatic: Vec<_> = lines.iter().filter(|row| row.decision.as_deref() == Some("automatic")).collect();
    assert_eq!(automatic.len(), 3, "{lines:?}");
    assert!(automatic.iter().all(|row| row.why.as_deref() == Some("the away text that is set for the number")));
    // A person is a person still.
    phone.auto_reply(None);
    phone.writes(ANA, "aqui é a dona").await;
    assert!(!answered(&stage, &ana, "4").await);
}

#[tokio::test]
async fn a_greeting_that_nobody_set_is_learned_from_three_people_and_over_a_restart() {
    let stage = echoing().start().await;
    let greeting = "Oi! Obrigado pelo contato, já respondemos.";
    let phone = stage.simulator.business_phone(NUMBER).unwrap();
    phone.auto_reply(Some(AutoReply { text: greeting.to_owned(), pause: 24 * HOUR }));
    let person = |n: u32| format!("551191111000{n}");
    for n in 0..2 {
        stage.simulator.customer(person(n)).writes("oi").await;
        stage.rest().await;
        assert_eq!(facts(&stage, &person(n)).await.ownership.owner, Owner::App, "nobody knows yet");
        stage.clock.advance(Duration::from_secs(60));
    }
    let stage = stage.restart().await;
    for n in 2..5 {
        stage.simulator.customer(person(n)).writes("oi").await;
        stage.rest().await;
        assert_eq!(facts(&stage, &person(n)).await.ownership.owner, Owner::Nobody, "person {n}");
    }
    let line = decisions(&stage, &person(4)).await.into_iter().find(|row| row.kind == "echo").unwrap();
    assert_eq!(line.decision.as_deref(), Some("automatic"));
    assert!(line.why.as_deref().unwrap_or_default().contains("3 people"), "{line:?}");

    // Somebody uses the same words as a quick reply: they were a person's after all.
    let phone = stage.simulator.business_phone(NUMBER).unwrap();
    phone.auto_reply(None);
    stage.clock.advance(Duration::from_secs(40));
    phone.writes(person(4), greeting).await;
    stage.rest().await;
    assert_eq!(facts(&stage, &person(4)).await.ownership.owner, Owner::App);
    phone.auto_reply(Some(AutoReply { text: greeting.to_owned(), pause: 24 * HOUR }));
    stage.simulator.customer(person(5)).writes("oi").await;
    stage.rest().await;
    assert_eq!(facts(&stage, &person(5)).await.ownership.owner, Owner::App);
}

#[tokio::test]
async fn the_after_hours_flow_does_not_say_what_the_apps_away_text_said() {
    let stage = Stage::after_hours().phone(|phone| phone.away_texts = vec![AWAY.into()]).start().await;
    let (ana, bia) = (stage.simulator.customer(ANA), stage.simulator.customer("5511933334444"));
    let phone = stage.simulator.business_phone(NUMBER).unwrap();
    phone.auto_reply(Some(AutoReply { text: AWAY.to_owned(), pause: 12 * HOUR }));
    let waited = async |runs: usize| {
        stage.clock.advance(Duration::from_secs(20));
        until(&stage, "the flow looks again", async || stage.store().runs(50).await.unwrap().len() >= runs).await;
    };
    ana.writes("oi").await;
    ana.writes("tem alguém?").await;
    stage.rest().await;
    waited(3).await;
    assert_eq!(ana.inbox().iter().map(|line| line.text.as_str()).collect::<Vec<_>>(), [AWAY], "said once, by the app");
    ana.writes("alô?").await;
    stage.rest().await;
    waited(4).await;
    assert_eq!(ana.inbox().len(), 1, "nor later that night");

    // Where it does not come after all, the flow speaks, once.
    phone.auto_reply(None);
    bia.writes("oi").await;
    bia.writes("oi?").await;
    stage.rest().await;
    assert!(bia.inbox().is_empty(), "it waits for the app");
    waited(7).await;
    assert_eq!(bia.inbox().len(), 1);
    assert!(bia.last().unwrap().text.contains("9h"), "{:?}", bia.last());
}

#[tokio::test]
async fn an_echo_90_s_late_after_the_bot_spoke_is_reconciled_and_counted_as_a_collision() {
    let stage = echoing().start().await;
    let (ana, phone) = (stage.simulator.customer(ANA), stage.simulator.business_phone(NUMBER).unwrap());
    assert!(answered(&stage, &ana, "oi").await);
    stage.clock.advance(HOUR);
    stage.simulator.faults(|plan| plan.echo_delay = Duration::from_secs(90));
    let written = stage.runtime.now();
    phone.writes(ANA, "aqui é a dona").await;
    stage.clock.advance(Duration::from_secs(5));
    assert!(answered(&stage, &ana, "ainda tem?").await, "nobody knows of the owner yet");
    stage.clock.advance(Duration::from_secs(90));
    until(&stage, "the echo comes", async || {
        decisions(&stage, ANA).await.iter().any(|row| row.kind == "echo" && row.state == "done")
    })
    .await;

    let lines = decisions(&stage, ANA).await;
    let kinds: Vec<_> = lines.iter().map(|row| row.kind.as_str()).collect();
    assert_eq!(kinds, ["message", "echo", "message"], "in the order in which things happened");
    assert_eq!(lines[1].decision.as_deref(), Some("collision"));
    let why = lines[1].why.as_deref().unwrap_or_default();
    assert!(why.contains("1 message of Ponte left in between"), "{why}");
    let known = facts(&stage, ANA).await;
    assert_eq!(known.ownership.owner, Owner::App);
    assert_eq!(known.ownership.since.as_secs(), written.as_secs(), "since it was written");
    assert!(!answered(&stage, &ana, "oi?").await);
    // One that is late and met nothing is no collision.
    stage.simulator.faults(|plan| plan.echo_delay = Duration::from_secs(90));
    phone.writes(ANA, "já vejo").await;
    stage.clock.advance(Duration::from_secs(95));
    until(&stage, "the second echo comes", async || decisions(&stage, ANA).await.len() == 5).await;
    let collisions =
        decisions(&stage, ANA).await.into_iter().filter(|row| row.decision.as_deref() == Some("collision"));
    assert_eq!(collisions.count(), 1);
}

/// An echo as a provider might send it.
fn echo(stage: &Stage, id: &str, text: &str) -> String {
    let now = stage.runtime.now().as_secs().to_string();
    let message =
        json!({"from": "5511955550100", "to": ANA, "id": id, "timestamp": now, "type": "text", "text": {"body": text}});
    webhook(
        "smb_message_echoes",
        json!({
            "messaging_product": "whatsapp", "metadata": {"display_phone_number": "5511955550100", "phone_number_id": NUMBER},
            "message_echoes": [message],
        }),
    )
}

#[tokio::test]
async fn pontes_own_sends_are_never_taken_for_a_persons_by_id_and_never_by_text() {
    let stage = echoing().start().await;
    let ana = stage.simulator.customer(ANA);
    assert!(answered(&stage, &ana, "oi").await);
    // A provider passes back what came over the API.
    let own = stage.sends().await[0].message_id.clone().expect("Meta took it").into_string();
    assert_eq!(stage.post(&echo(&stage, &own, "oi")).await, 200);
    stage.rest().await;
    assert_eq!(stage.last_rule(ANA).await, "own-message");
    assert!(answered(&stage, &ana, "oi?").await);

    // The same words under another id are somebody's.
    assert_eq!(stage.post(&echo(&stage, "wamid.SOMEBODY", "oi?")).await, 200);
    stage.rest().await;
    assert!(!answered(&stage, &ana, "alô?").await);
    assert_eq!(stage.last_rule(ANA).await, "owned-by-app");
}

#[tokio::test]
async fn an_echo_of_our_own_that_overtakes_the_response_is_known_in_its_turn() {
    let stage = echoing().start().await;
    let ana = stage.simulator.customer(ANA);
    assert!(answered(&stage, &ana, "oi").await);
    // The response takes its time, and no status tells the id.
    stage.simulator.faults(|plan| {
        plan.sends.slow_response = (Odds::Next(1), Duration::from_millis(600));
        plan.webhooks.drop = Odds::Share(1.0);
    });
    stage.clock.advance(Duration::from_secs(60));
    let before = ana.inbox().len();
    let now = stage.runtime.now().as_secs().to_string();
    let question =
        json!({"from": ANA, "id": "wamid.QUESTION", "timestamp": now, "type": "text", "text": {"body": "ainda?"}});
    let asked = webhook(
        "messages",
        json!({
            "messaging_product": "whatsapp", "metadata": {"display_phone_number": "5511955550100", "phone_number_id": NUMBER},
            "contacts": [{"wa_id": ANA, "profile": {"name": "Ana"}}], "messages": [question],
        }),
    );
    assert_eq!(stage.post(&asked).await, 200);
    let arrived = async {
        while ana.inbox().len() == before {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), arrived).await.expect("the reply arrives before its response");
    let own = ana.last().unwrap().id.clone().into_string();
    assert!(stage.sends().await[0].message_id.is_none(), "Ponte does not know the id yet");
    assert_eq!(stage.post(&echo(&stage, &own, "ainda?")).await, 200);
    stage.rest().await;
    assert_eq!(stage.last_rule(ANA).await, "own-message");
    stage.simulator.faults(|plan| plan.webhooks.drop = Odds::Never);
    assert!(answered(&stage, &ana, "oi?").await);
}

/// A webhook with one change.
fn webhook(field: &str, value: Value) -> String {
    json!({"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [{"field": field, "value": value}]}]})
        .to_string()
}

fn standby(stage: &Stage, id: &str, text: &str) -> String {
    let now = stage.runtime.now().as_secs().to_string();
    let message = json!({"from": ANA, "id": id, "timestamp": now, "type": "text", "text": {"body": text}});
    webhook(
        "standby",
        json!({
            "messaging_product": "whatsapp", "metadata": {"display_phone_number": "5511955550100", "phone_number_id": NUMBER},
            "standby": {"messages": [message], "contacts": [{"wa_id": ANA, "profile": {"name": "Ana"}}]},
        }),
    )
}

fn handover(stage: &Stage, what: &str, from: &str, to: &str) -> String {
    let now = stage.runtime.now().as_secs().to_string();
    webhook(
        "messaging_handovers",
        json!({
            "messaging_product": "whatsapp", "sender": {"phone_number": ANA}, "timestamp": now, "type": what,
            "recipient": {"phone_number_id": NUMBER, "display_phone_number": "5511955550100"},
            what: {"previous_owner_app_id": from, "new_owner_app_id": to},
        }),
    )
}

#[tokio::test]
async fn while_another_app_has_control_of_the_thread_flows_are_silent_until_it_is_given_back() {
    let stage = StageBuilder::default()
        .guest("remind", &guests::reminding(), NUMBER)
        .settings(|settings| settings.app_id = Some("1001".into()))
        .start()
        .await;
    let ana = stage.simulator.customer(ANA);
    ana.writes("me lembra?").await;
    stage.rest().await;
    stage.clock.advance(Duration::from_secs(600));
    assert_eq!(stage.post(&handover(&stage, "control_taken", "1001", "2002")).await, 200);
    stage.rest().await;
    assert_eq!(stage.last_rule(ANA).await, "handover");
    stage.clock.advance(Duration::from_secs(60));
    assert_eq!(stage.post(&standby(&stage, "wamid.STANDBY", "falo com o outro")).await, 200);
    stage.rest().await;
    assert_eq!(stage.last_rule(ANA).await, "standby");

    // The reminder of an hour comes due meanwhile.
    stage.clock.advance(HOUR);
    until(&stage, "the timer fires", async || stage.store().runs(10).await.unwrap().len() == 2).await;
    let runs = stage.store().runs(1).await.unwrap();
    assert_eq!(runs[0].report["refusals"][0]["refusal"]["reason"], "owned-by-person", "{:?}", runs[0].report);
    assert!(ana.inbox().is_empty());

    assert_eq!(stage.post(&handover(&stage, "control_passed", "2002", "1001")).await, 200);
    stage.rest().await;
    assert_eq!(facts(&stage, ANA).await.thread.map(|thread| thread.elsewhere), Some(false));
    stage.clock.advance(Duration::from_secs(60));
    ana.writes("me lembra de novo?").await;
    stage.rest().await;
    stage.clock.advance(HOUR + Duration::from_secs(60));
    until(&stage, "the second timer fires", async || !ana.inbox().is_empty()).await;
}

#[tokio::test]
async fn a_message_that_comes_to_us_again_says_that_the_thread_is_ours() {
    let stage = echoing().start().await;
    let ana = stage.simulator.customer(ANA);
    ana.writes("oi").await;
    stage.rest().await;
    // Nobody told Ponte which app it is.
    stage.clock.advance(Duration::from_secs(60));
    assert_eq!(stage.post(&handover(&stage, "control_passed", "1001", "2002")).await, 200);
    stage.rest().await;
    assert_eq!(facts(&stage, ANA).await.thread.map(|thread| thread.elsewhere), Some(true));
    stage.clock.advance(Duration::from_secs(60));
    assert!(answered(&stage, &ana, "voltei").await);
}
