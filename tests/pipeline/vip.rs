//! VIPs: no bot speaks, the phone gets a summary, and somebody watches that they are answered.

use std::time::Duration;

use ponte_model::{Owner, Timestamp};
use ponte_policy::Facts;
use ponte_simulator::{Customer, What};
use ponte_store::{NumberConfig, NumberMode};
use ponte_tests::{NUMBER, Stage, StageBuilder, guests};

const VIP: &str = "5511999990001";
const ANA: &str = "5511911112222";
const STAFF: &str = "5511988880000";

/// A Tuesday, 10:00 in São Paulo.
const MORNING: i64 = 1_795_525_200;

const HOURS: &str = "timezone = \"America/Sao_Paulo\"\nhours = \"mon-fri 09:00-18:00\"\n";

const MENU: &str = "[[sectors]]\nid = \"a\"\ntitle = \"Vendas\"\n[[sectors]]\nid = \"b\"\ntitle = \"Suporte\"\n";

/// Triage, and after it vip-handoff: whoever serves some people only is asked first, among equals.
fn shop(at: i64, settings: &str) -> StageBuilder {
    let settings = format!("vips = [\"+55 (11) 99999-0001\"]\n{HOURS}{settings}");
    let mut builder = StageBuilder::default().at(Timestamp::from_secs(at)).flow("triage", MENU);
    builder = builder.flow("vip-handoff", &settings);
    builder.same_priority()
}

async fn minutes(stage: &Stage, minutes: u64) {
    stage.pass(Duration::from_secs(minutes * 60)).await;
}

/// Writes a line, and lets the wait for more pass.
async fn writes(stage: &Stage, customer: &Customer, text: &str) {
    customer.writes(text).await;
    stage.rest().await;
    stage.pass(Duration::from_secs(10)).await;
}

/// What went out over the API so far.
fn requests(stage: &Stage) -> usize {
    stage.simulator.transcript().iter().filter(|entry| matches!(entry.what, What::Sent { .. })).count()
}

fn texts(customer: &Customer) -> Vec<String> {
    customer.inbox().iter().map(|message| message.text.clone()).collect()
}

async fn facts(stage: &Stage, phone: &str) -> Facts {
    let conversation = stage.conversation(phone).await;
    let row = stage.store().conversation(&conversation).await.expect("it is read");
    serde_json::from_value(row.facts).expect("facts")
}

/// To whom the conversation was last handed, and the note.
async fn handed(stage: &Stage, phone: &str) -> (Owner, String) {
    let handed = facts(stage, phone).await.handed.expect("it was handed over");
    (handed.to, handed.note)
}

#[tokio::test]
async fn a_vip_writes_and_no_bot_speaks_and_the_phone_gets_all_that_was_typed() {
    let stage = shop(MORNING, "").start().await;
    let (vip, ana) = (stage.simulator.customer(VIP), stage.simulator.customer(ANA));
    vip.is_called("Bia");
    for line in ["oi", "cadê meu vestido?", "a festa é hoje"] {
        vip.writes(line).await;
        stage.rest().await;
    }
    assert_eq!(stage.last_rule(VIP).await, "debounced");
    stage.pass(Duration::from_secs(10)).await;
    let (to, note) = handed(&stage, VIP).await;
    assert_eq!(to, Owner::App);
    let expected = "VIP Bia (+5511999990001): está na lista. Espera desde 10:00. \
                    Escreveu: “oi” “cadê meu vestido?” “a festa é hoje”.";
    assert_eq!(note, expected);

    // Others have their bot.
    ana.writes("oi").await;
    stage.rest().await;
    assert!(texts(&ana)[0].contains("Vendas"), "{:?}", texts(&ana));

    // The phone answers in time: nothing follows, and nothing is left to wait for.
    stage.simulator.business_phone(NUMBER).unwrap().writes(VIP, "já vi, chega hoje!").await;
    stage.rest().await;
    minutes(&stage, 16).await;
    assert_eq!(texts(&vip), ["já vi, chega hoje!"]);
    assert_eq!(stage.store().next_timer().await.unwrap(), None);
    let runs = stage.store().runs(10).await.unwrap();
    let of_vip: Vec<_> = runs.iter().filter(|run| run.installation.as_str() == "vip-handoff").collect();
    assert_eq!(of_vip.len(), 2, "one for what was written, one that looked: {of_vip:?}");
    assert!(of_vip.iter().all(|run| run.outcome == "done"), "{of_vip:?}");
    assert_eq!(facts(&stage, VIP).await.ownership.owner, Owner::App);
}

#[tokio::test]
async fn nobody_answers_and_the_team_has_it_even_over_a_restart() {
    let stage = shop(MORNING, "").start().await;
    let vip = stage.simulator.customer(VIP);
    writes(&stage, &vip, "alguém aí?").await;
    let stage = stage.restart().await;
    minutes(&stage, 14).await;
    assert_eq!(handed(&stage, VIP).await.0, Owner::App, "it is not time yet");
    minutes(&stage, 2).await;
    let (to, note) = handed(&stage, VIP).await;
    assert_eq!(to, Owner::Team);
    assert!(note.starts_with("Ninguém respondeu no celular em 15 min. VIP Cliente 0001 (+5511999990001)"), "{note}");
    vip.writes("oi?").await;
    stage.rest().await;
    assert_eq!(stage.last_rule(VIP).await, "owned-by-team");
    assert_eq!(requests(&stage), 0, "nothing was said to the customer");
    assert_eq!(stage.store().next_timer().await.unwrap(), None);
}

#[tokio::test]
async fn the_customer_hears_one_polite_line_if_the_shop_likes_and_the_phone_still_wins() {
    let stage = shop(MORNING, "fallback = \"customer\"\n").start().await;
    let (vip, other) = (stage.simulator.customer(VIP), stage.simulator.customer(ANA));
    writes(&stage, &vip, "alguém aí?").await;
    writes(&stage, &other, "oi").await;
    minutes(&stage, 16).await;
    let line = "Oi! Recebemos sua mensagem. Alguém da loja responde você em breve por aqui.";
    assert_eq!(texts(&vip), [line]);
    assert_eq!(handed(&stage, VIP).await.0, Owner::App, "it stays with the phone");
    minutes(&stage, 60).await;
    vip.writes("ok").await;
    stage.rest().await;
    assert_eq!((texts(&vip).len(), stage.last_rule(VIP).await), (1, "owned-by-app".to_owned()), "once, and no more");

    // Whoever was answered is told nothing.
    let stage = shop(MORNING, "fallback = \"customer\"\n").start().await;
    let vip = stage.simulator.customer(VIP);
    writes(&stage, &vip, "alguém aí?").await;
    stage.simulator.business_phone(NUMBER).unwrap().writes(VIP, "oi!").await;
    minutes(&stage, 16).await;
    assert_eq!(texts(&vip), ["oi!"]);
}

#[tokio::test]
async fn at_night_the_phone_has_it_and_the_time_runs_from_the_opening() {
    // Monday, 22:10.
    let stage = shop(MORNING - 42_600, "fallback = \"customer\"\n").start().await;
    let vip = stage.simulator.customer(VIP);
    writes(&stage, &vip, "ainda estão aí?").await;
    assert_eq!(handed(&stage, VIP).await.0, Owner::App);
    minutes(&stage, 11 * 60).await;
    assert_eq!(texts(&vip), [""; 0], "it is 9:10: open for ten minutes");
    minutes(&stage, 6).await;
    assert_eq!(texts(&vip).len(), 1);
}

const NOTICE: &str =
    "fallback = \"notice\"\nreminders = 1\nstaff = \"+55 11 98888-0000\"\nnotice = { template = \"vip_waiting\" }\n";

async fn with_notice(settings: &str) -> Stage {
    let stage = shop(MORNING, settings).start().await;
    stage.approve_templates_of("vip-handoff").await;
    stage
}

#[tokio::test]
async fn the_staff_is_told_in_private_and_reminded_and_then_left_alone() {
    let stage = with_notice(NOTICE).await;
    let (vip, staff) = (stage.simulator.customer(VIP), stage.simulator.customer(STAFF));
    writes(&stage, &vip, "cadê\nvocês?").await;
    assert!(texts(&staff).is_empty());
    minutes(&stage, 16).await;
    let first = "Um cliente VIP espera por uma resposta: Cliente 0001 (+5511999990001), está na lista. \
                 Mensagem: “cadê vocês?”. Situação: ninguém respondeu em 15 min. \
                 Responda pelo celular da loja, por favor.";
    assert_eq!(texts(&staff), [first], "{:?}", stage.sends().await);
    minutes(&stage, 16).await;
    assert_eq!(texts(&staff).len(), 2);
    minutes(&stage, 300).await;
    assert_eq!((texts(&staff).len(), texts(&vip).len()), (2, 0), "bounded, and nothing to the customer");
    assert!(stage.simulator.refusals().is_empty(), "{:?}", stage.simulator.refusals());

    // At once, where the shop likes.
    let at_once = NOTICE.replace(" }", ", at_once = true }");
    let stage = with_notice(&at_once).await;
    let vip = stage.simulator.customer(VIP);
    writes(&stage, &vip, "oi").await;
    let staff = texts(&stage.simulator.customer(STAFF));
    assert_eq!(staff.len(), 1);
    assert!(staff[0].contains("acabou de escrever"), "{staff:?}");
}

#[tokio::test]
async fn where_answers_from_the_phone_are_not_seen_nobody_says_that_nobody_answered() {
    let stage = with_notice(&NOTICE.replace("\"notice\"\n", "\"customer\"\n")).await;
    for mut row in stage.store().numbers().await.unwrap() {
        let profile = "zenvia-like".to_owned();
        row.config = NumberConfig { profile, ..NumberConfig::new(NumberMode::Coexistence, 1_000) };
        stage.store().put_number(&row, Timestamp::EPOCH).await.unwrap();
    }
    stage.runtime.reload().await.unwrap();
    let (vip, staff) = (stage.simulator.customer(VIP), stage.simulator.customer(STAFF));
    writes(&stage, &vip, "oi").await;
    minutes(&stage, 16).await;
    assert!(texts(&vip).is_empty(), "the customer may have been answered: {:?}", texts(&vip));
    let told = texts(&staff);
    assert_eq!(told.len(), 1);
    assert!(told[0].contains("confira no celular se já foi atendido") && !told[0].contains("ninguém"), "{told:?}");
}

#[tokio::test]
async fn a_tag_makes_a_vip_in_the_middle_of_another_flow_and_the_staffs_own_phone_is_none() {
    let settings = format!("vips = [\"{STAFF}\"]\nvip_tags = [\"gold\"]\nstaff = \"{STAFF}\"\n{HOURS}");
    let stage = StageBuilder::default()
        .at(Timestamp::from_secs(MORNING))
        .guest("tag", &guests::tagging("gold"), NUMBER)
        .flow("vip-handoff", &settings)
        .same_priority()
        .start()
        .await;
    let (ana, staff) = (stage.simulator.customer(ANA), stage.simulator.customer(STAFF));
    writes(&stage, &ana, "oi").await;
    assert!(facts(&stage, ANA).await.handed.is_none(), "the other flow had it");
    writes(&stage, &ana, "ainda aí?").await;
    let (to, note) = handed(&stage, ANA).await;
    assert_eq!(to, Owner::App);
    assert!(note.contains("etiqueta gold") && note.contains("“ainda aí?”") && !note.contains("“oi”"), "{note}");

    // Listed by mistake, and tagged by the other flow: still no customer.
    for _ in 0..2 {
        writes(&stage, &staff, "teste").await;
    }
    assert!(facts(&stage, STAFF).await.handed.is_none());
}
