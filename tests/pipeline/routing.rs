//! Who handles what, as the shop's policy says.

use std::time::Duration;

use ponte_model::Timestamp;
use ponte_policy::{Routing, RoutingPolicy, bucket};
use ponte_runtime::Desk;
use ponte_simulator::What;
use ponte_store::SendState;
use ponte_tests::{NUMBER, Stage, StageBuilder, guests};

const VIP: &str = "5511999990001";
const ANA: &str = "5511911112222";

const VIPS: &str = r#"
    [lists]
    vip = ["+55 11 99999-0001"]
    [[rules]]
    name = "vip"
    to = "app"
    when = { lists = "vip" }
"#;

/// What went out over the API so far.
fn requests(stage: &Stage) -> usize {
    stage.simulator.transcript().iter().filter(|entry| matches!(entry.what, What::Sent { .. })).count()
}

#[tokio::test]
async fn routing_s0_a_vip_writes_and_nothing_is_sent_and_the_decision_is_recorded() {
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).policy(VIPS).start().await;
    let (vip, ana) = (stage.simulator.customer(VIP), stage.simulator.customer(ANA));
    vip.writes("oi").await;
    stage.rest().await;
    assert_eq!(requests(&stage), 0);
    let conversation = stage.conversation(VIP).await;
    let decisions = stage.store().decisions(&conversation, 10).await.unwrap();
    assert_eq!(decisions.len(), 1);
    assert_eq!(decisions[0].decision.as_deref(), Some("1:vip"));
    assert_eq!(decisions[0].why.as_deref(), Some("in list vip"));
    assert!(stage.store().runs(10).await.unwrap().is_empty(), "no flow was asked");

    ana.writes("oi").await;
    stage.rest().await;
    assert_eq!(ana.inbox().len(), 1, "others are answered");
    assert_eq!(stage.last_rule(ANA).await, "first-match");
}

#[tokio::test]
async fn who_becomes_a_vip_hears_nothing_more_not_even_what_a_timer_was_to_say() {
    let stage = StageBuilder::default().guest("remind", &guests::reminding(), NUMBER).start().await;
    let vip = stage.simulator.customer(VIP);
    vip.writes("me lembra?").await;
    stage.rest().await;
    stage.set_policy(VIPS).await;
    vip.writes("obrigada").await;
    stage.rest().await;
    assert_eq!(stage.last_rule(VIP).await, "1:vip");

    stage.clock.advance(Duration::from_secs(3_700));
    let fired = async {
        while stage.store().runs(10).await.unwrap().len() < 2 {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), fired).await.expect("the timer fires");
    stage.rest().await;
    let runs = stage.store().runs(1).await.unwrap();
    assert_eq!(runs[0].rule, "own-timer");
    assert_eq!(runs[0].report["refusals"][0]["refusal"]["reason"], "owned-by-person");
    assert!(vip.inbox().is_empty());
}

#[tokio::test]
async fn tags_that_a_flow_sets_count_from_the_next_message_on_and_over_a_restart() {
    let policy = "[[rules]]\nname = \"hands off\"\nto = \"team\"\nwhen = { tags = \"vip\" }\n";
    let stage = StageBuilder::default().guest("tag", &guests::tagging("vip"), NUMBER).policy(policy).start().await;
    // Somebody who is known already, so that her tags are read (and remembered) before the flow sets one.
    stage.simulator.business_phone(NUMBER).unwrap().writes(ANA, "seu pedido chegou").await;
    stage.rest().await;
    stage.clock.advance(Duration::from_secs(13 * 3600));
    let ana = stage.simulator.customer(ANA);
    ana.writes("oi").await;
    stage.rest().await;
    assert_eq!(stage.last_rule(ANA).await, "first-match");
    ana.writes("oi?").await;
    stage.rest().await;
    assert_eq!(stage.last_rule(ANA).await, "1:hands off");
    let stage = stage.restart().await;
    ana.writes("alô?").await;
    stage.rest().await;
    assert_eq!(stage.last_rule(ANA).await, "1:hands off");
}

#[tokio::test]
async fn s4_an_echo_with_a_trigger_word_starts_no_flow() {
    let policy = "[[rules]]\nname = \"menu\"\nto = { flow = \"echo\" }\nwhen = { keywords = \"menu\" }\n";
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).policy(policy).start().await;
    let phone = stage.simulator.business_phone(NUMBER).unwrap();
    phone.writes(ANA, "quer ver o MENU?").await;
    stage.rest().await;
    assert_eq!(stage.last_rule(ANA).await, "not-a-trigger");
    assert!(stage.store().runs(10).await.unwrap().is_empty());
    assert_eq!(requests(&stage), 0);
    // Nor does the customer's, while the owner speaks: the phone wins over any rule.
    stage.simulator.customer(ANA).writes("o menu, por favor").await;
    stage.rest().await;
    assert_eq!(stage.last_rule(ANA).await, "owned-by-app");
    let other = stage.simulator.customer("5511933334444");
    other.writes("o menú!").await;
    stage.rest().await;
    assert_eq!(stage.last_rule("5511933334444").await, "1:menu");
    assert_eq!(other.inbox().len(), 1);
}

fn stage_of(percent: u8) -> String {
    format!("[[stages]]\nname = \"support\"\nsector = \"support\"\npercent = {percent}\n")
}

#[tokio::test]
async fn s0_a_stage_is_promoted_from_0_to_25_to_100_percent_and_taken_back_within_one_event() {
    let stage = StageBuilder::default()
        .guest("echo", &guests::echoing(), NUMBER)
        .sector("support")
        .policy(&stage_of(0))
        .start()
        .await;
    let phones: Vec<_> = (0..24).map(|n| format!("55119{n:08}")).collect();
    let mut rounds: Vec<Vec<bool>> = Vec::new();
    let round = async |rounds: &mut Vec<Vec<bool>>| {
        let mut automated = Vec::new();
        for phone in &phones {
            let customer = stage.simulator.customer(phone.as_str());
            let before = customer.inbox().len();
            customer.writes("oi").await;
            stage.rest().await;
            let answered = customer.inbox().len() > before;
            let rule = stage.last_rule(phone).await;
            assert_eq!(rule, if answered { "first-match" } else { "outside-stages" });
            automated.push(answered);
        }
        rounds.push(automated);
    };
    round(&mut rounds).await;
    for percent in [25, 100] {
        stage.set_policy(&stage_of(percent)).await;
        round(&mut rounds).await;
    }
    for _ in 0..2 {
        stage.roll_back_policy().await;
        round(&mut rounds).await;
    }
    let [none, quarter, all, quarter_again, all_again] = rounds.as_slice() else { panic!("five rounds") };
    assert!(none.iter().all(|automated| !automated) && all.iter().all(|automated| *automated));
    let mut expected = Vec::new();
    for phone in &phones {
        expected.push(bucket("support", &stage.conversation(phone).await.contact) < 25);
    }
    assert_eq!(quarter, &expected, "whoever is in the share, and nobody else");
    assert_eq!(quarter_again, quarter, "taken back, the same people are in it");
    assert_eq!(all_again, all, "and taken back once more");
}

#[tokio::test]
async fn s0_the_panic_switch_silences_what_is_queued_already() {
    // One message a second: replies pile up.
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).throughput(2).start().await;
    let ana = stage.simulator.customer(ANA);
    for line in ["1", "2", "3", "4", "5", "6"] {
        ana.writes(line).await;
    }
    stage.set_policy("[app_only]\ntenant = true\n").await;
    let sent = requests(&stage);
    ana.writes("7").await;
    stage.rest().await;
    assert!(requests(&stage) <= sent + 1, "what had left by then, had left");
    assert_eq!(stage.last_rule(ANA).await, "app-only");
    let refused = stage.sends().await.into_iter().filter(|row| row.state == SendState::Refused);
    assert!(refused.count() > 0, "{:?}", stage.sends().await);
    // Back again, the chat is automated with the next message.
    stage.roll_back_policy().await;
    stage.clock.advance(Duration::from_secs(60));
    ana.writes("8").await;
    stage.rest().await;
    assert_eq!(ana.last().unwrap().text, "8");
}

#[tokio::test]
async fn a_dry_run_knows_who_spoke_and_who_was_new_and_changes_nothing() {
    let stage = StageBuilder::default().guest_with("trap", &guests::trapping(), NUMBER, "hand-off", "").start().await;
    let ana = stage.simulator.customer(ANA);
    // The flow fails and hands over; then the phone speaks, and then it lets go.
    for (hours, expected) in [(0, "first-match"), (1, "owned-by-app"), (13, "first-match")] {
        stage.clock.advance(Duration::from_secs(hours * 3600));
        ana.writes("oi").await;
        stage.rest().await;
        assert_eq!(stage.last_rule(ANA).await, expected);
    }
    let desk = Desk::open(&**stage.store(), &"shop".into()).await.unwrap();
    let others = async |when: &str| {
        let toml = format!("[[rules]]\nname = \"it\"\nto = \"team\"\nwhen = {{ {when} }}\n");
        let routing = Routing::compile(&RoutingPolicy::from_toml(&toml).unwrap()).unwrap();
        let result = desk.dry_run(&**stage.store(), &routing, Timestamp::EPOCH).await.unwrap();
        assert_eq!(result.events, 3);
        result.changed.into_iter().map(|changed| changed.before).collect::<Vec<_>>()
    };
    assert_eq!(others("owners = \"app\"").await, ["nobody (owned-by-app)"]);
    assert_eq!(others("contact = \"new\"").await, ["flow trap"]);
    assert_eq!(others("contact = \"returning\"").await, ["nobody (owned-by-app)", "flow trap"]);
    assert_eq!(others("sectors = \"sales\"").await, [""; 0]);
    assert_eq!(stage.store().policies(None, 1).await.unwrap(), []);
}
