//! 3.1: the same number in the app and on the API.

use std::time::Duration;

use ponte_clock::Clock as _;
use ponte_model::{Origin, Timestamp};
use ponte_simulator::What;
use ponte_store::{NumberConfig, NumberMode, SendState};
use ponte_tests::{NUMBER, Stage, StageBuilder, guests};

const ANA: &str = "5511911112222";

#[tokio::test]
async fn s0_s1_s2_s4_one_conversation_holds_four_origins_and_nothing_twice() {
    let stage = StageBuilder::default().guest("remind", &guests::insisting(), NUMBER).start().await;
    let (ana, phone) = (stage.simulator.customer(ANA), stage.simulator.business_phone(NUMBER).unwrap());
    // Everything is told twice.
    stage.simulator.faults(|plan| plan.webhooks.duplicate = (ponte_simulator::Odds::Share(1.0), 2));
    // The customer, the flow (which sets a timer of two hours), the phone, and the timer.
    ana.writes("oi").await;
    let answered = async {
        while ana.inbox().is_empty() || !stage.runtime.is_idle() {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), answered).await.expect("the flow answers");
    stage.clock.advance(Duration::from_secs(1));
    phone.writes(ANA, "aqui é a dona").await;
    let heard = async {
        while stage.last_rule(ANA).await != "not-a-trigger" {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), heard).await.expect("the echo is handled");
    stage.clock.advance(Duration::from_secs(2 * 3600 + 60));
    let fired = async {
        while stage.store().runs(10).await.unwrap().len() < 2 {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), fired).await.expect("the timer fires");
    stage.rest().await;

    let conversation = stage.conversation(ANA).await;
    let events = stage.store().past_events(&"shop".into(), Timestamp::EPOCH, 0, 100).await.unwrap();
    let here: Vec<_> =
        events.iter().filter(|past| past.pending.conversation().as_ref() == Some(&conversation)).collect();
    assert_eq!(here.len(), events.len(), "there is no other conversation");
    let origins: Vec<_> = here.iter().map(|past| past.pending.event.origin).collect();
    assert_eq!(origins, [Origin::Customer, Origin::App, Origin::System]);
    let lines = stage.store().recent(&conversation, i64::MAX, 100).await.unwrap();
    let authors: Vec<_> = lines.iter().map(|line| line.author).collect();
    assert_eq!(authors, [Origin::Customer, Origin::Api, Origin::App], "what the timer wanted to say did not leave");
    let told: Vec<_> = ana.inbox().iter().map(|message| message.text.clone()).collect();
    assert_eq!(told, ["oi", "aqui é a dona"]);
}

async fn becomes(stage: &Stage, config: NumberConfig) {
    let rows = stage.store().numbers().await.unwrap();
    let mut row = rows.into_iter().find(|row| row.id.as_str() == NUMBER).unwrap();
    row.config = config;
    stage.store().put_number(&row, stage.clock.now()).await.unwrap();
    stage.runtime.reload().await.unwrap();
}

#[tokio::test]
async fn s0_s3_a_number_leaves_the_app_under_load_without_losing_a_message_and_at_the_apis_pace() {
    const CUSTOMERS: usize = 40;
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).own_throughput(5).start().await;
    for nth in 0..CUSTOMERS {
        stage.simulator.customer(format!("55119{nth:08}")).writes("oi").await;
    }
    let left = || {
        let entries = stage.simulator.transcript();
        let sent = entries.iter().filter(|entry| matches!(entry.what, What::Sent { .. }));
        sent.map(|entry| entry.at).collect::<Vec<_>>()
    };
    let some = async {
        while left().len() < 3 {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), some).await.expect("some leave at the app's pace");
    assert!(left().len() < CUSTOMERS, "and others wait");
    let flipped = stage.clock.now();
    becomes(&stage, NumberConfig::new(NumberMode::Api, 80)).await;
    stage.rest().await;

    let left = left();
    assert_eq!(left.len(), CUSTOMERS, "none is lost, none twice");
    let second = |from: &Timestamp, times: &[Timestamp]| {
        times.iter().filter(|at| *at >= from && at.since(*from) < Duration::from_secs(1)).count()
    };
    let (before, after): (Vec<_>, Vec<_>) = left.iter().partition(|at| **at < flipped);
    assert!(before.iter().all(|from| second(from, &before) <= 5), "the app's pace: {before:?}");
    assert!(after.iter().all(|from| second(from, &after) <= 80), "the API's pace: {after:?}");
    assert!(after.iter().any(|from| second(from, &after) > 5), "which is faster: {after:?}");
    let states: Vec<_> = stage.sends().await.iter().map(|row| row.state).collect();
    assert!(states.iter().all(|state| state.rank() >= SendState::Accepted.rank()), "{states:?}");
}

#[tokio::test]
async fn s0_s3_rules_about_the_phone_end_when_the_number_leaves_the_app() {
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).start().await;
    let ana = stage.simulator.customer(ANA);
    let config = NumberConfig::new(NumberMode::Coexistence, 1_000);
    becomes(&stage, NumberConfig { profile: "zenvia-like".into(), ..config }).await;
    ana.writes("um").await;
    let held = async {
        while !stage.sends().await.iter().any(|row| row.reason.as_deref().unwrap_or_default().contains("echo-blind")) {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), held).await.expect("somebody may be answering on the phone");
    // The same flows, not installed anew: nobody is at a phone any more.
    becomes(&stage, NumberConfig::new(NumberMode::Api, 80)).await;
    stage.simulator.customer("5511933334444").writes("dois").await;
    stage.rest().await;
    assert_eq!(stage.simulator.customer("5511933334444").inbox().len(), 1, "answered at once");
    stage.clock.advance(Duration::from_secs(16 * 60));
    let answered = async {
        while ana.inbox().is_empty() {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), answered).await.expect("what waited is not lost");
    assert_eq!(stage.store().installations().await.unwrap().len(), 1);
}
