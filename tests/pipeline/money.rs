//! What messages cost, through the real pipeline and a WhatsApp that prices by rules of its own.

use std::time::Duration;

use ponte_model::{Budget, Currency, Scope, Stage as Settling};
use ponte_simulator::Odds;
use ponte_store::{ChargeTotal, SendState};
use ponte_tests::rates::charged_service;
use ponte_tests::{NUMBER, Stage, StageBuilder, guests};
use serde_json::json;

const ANA: &str = "5511911112222";

/// Ten cents a service message to Brazil, and `allowance` of them free each month.
fn echoing(allowance: u32) -> StageBuilder {
    StageBuilder::default().settings(|settings| settings.rates = charged_service(allowance)).guest(
        "echo",
        &guests::echoing(),
        NUMBER,
    )
}

async fn hard_limit(stage: &Stage, scope: Scope, hard: i64) {
    let budget = Budget { currency: Currency::parse("BRL").unwrap(), soft: None, hard: Some(hard) };
    stage.store().put_budget(&scope, Some(&budget)).await.unwrap();
    stage.runtime.reload().await.unwrap();
}

async fn totals(stage: &Stage) -> Vec<ChargeTotal> {
    stage.store().charge_totals("2026-01-01", "2099-12-31", Duration::from_secs(900)).await.unwrap()
}

/// How many messages were delivered, and what they cost.
async fn delivered(stage: &Stage) -> (u64, i64) {
    let all = totals(stage).await;
    let settled = all.iter().filter(|total| total.stage == Settling::Settled);
    settled.fold((0, 0), |(messages, amount), total| (messages + total.messages, amount + total.amount))
}

/// Waits until the ledger says so.
async fn until(stage: &Stage, expected: (u64, i64)) {
    let told = async {
        while delivered(stage).await != expected {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    let told = ponte_clock::within(Duration::from_secs(10), told).await;
    stage.rest().await;
    assert!(told.is_ok(), "{expected:?} is expected in {:?}", totals(stage).await);
}

fn number() -> Scope {
    Scope::Number(NUMBER.into())
}

#[tokio::test]
async fn requirement_3_6_a_hard_stop_refuses_with_its_rule_and_the_next_day_sends_again() {
    let stage = echoing(0).start().await;
    hard_limit(&stage, number(), 100_000).await;
    let ana = stage.simulator.customer(ANA);
    ana.writes("um").await;
    until(&stage, (1, 100_000)).await;
    // The flow is told when it asks, and may react.
    ana.writes("dois").await;
    stage.rest().await;
    let runs = stage.store().runs(1).await.unwrap();
    assert_eq!(runs[0].report["refusals"][0]["refusal"]["reason"], "budget");
    assert_eq!((ana.inbox().len(), stage.sends().await.len()), (1, 1));
    let open = async |stage: &Stage| {
        let rows = stage.store().notices(ponte_model::Timestamp::from_millis(i64::MAX)).await.unwrap();
        rows.into_iter().map(|row| row.kind).collect::<Vec<_>>()
    };
    let told = async {
        while open(&stage).await != ["budget-hard"] {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), told).await.expect("the shop is told");

    // What was spent is remembered over a restart, and forgotten with the day.
    let stage = stage.restart().await;
    ana.writes("três").await;
    stage.rest().await;
    assert_eq!(ana.inbox().len(), 1);
    stage.clock.advance(Duration::from_secs(23 * 3600));
    ana.writes("quatro").await;
    until(&stage, (2, 200_000)).await;
    assert_eq!(ana.last().unwrap().text, "quatro");
    assert_eq!(open(&stage).await, Vec::<String>::new(), "the day is over");
    assert!(stage.simulator.refusals().is_empty());
}

#[tokio::test]
async fn what_is_queued_is_judged_again_and_never_passes_the_hard_stop() {
    for scope in [number(), Scope::Tenant("shop".into()), Scope::Flow("echo".into())] {
        // One message a second: replies pile up, each of them within the budget when its flow asked.
        let stage = echoing(0).throughput(2).start().await;
        hard_limit(&stage, scope, 250_000).await;
        let ana = stage.simulator.customer(ANA);
        for line in ["1", "2", "3", "4", "5"] {
            ana.writes(line).await;
        }
        let moved_on = async {
            while !stage.runtime.is_idle() {
                stage.clock.advance(Duration::from_millis(500));
                ponte_clock::pause(Duration::from_millis(10)).await;
            }
        };
        ponte_clock::within(Duration::from_secs(20), moved_on).await.expect("the line empties");
        until(&stage, (2, 200_000)).await;
        let refused: Vec<_> = stage.sends().await.into_iter().filter(|row| row.state == SendState::Refused).collect();
        assert!(!refused.is_empty(), "replies were waiting: {:?}", stage.sends().await);
        for row in &refused {
            let why = row.reason.as_deref().unwrap_or_default();
            // A flow at its own limit is paused, and what comes after is refused for that.
            assert!(why.ends_with("(rule: budget)") || why.ends_with("(rule: flow-paused)"), "{row:?}");
        }
        assert_eq!(ana.inbox().len(), 2);
    }
}

#[tokio::test]
async fn a_failed_message_costs_nothing_and_its_share_of_the_budget_is_free_again() {
    let stage = echoing(0).start().await;
    hard_limit(&stage, number(), 100_000).await;
    stage.simulator.faults(|plan| plan.sends.failed_status = (Odds::Next(1), 131_026));
    let ana = stage.simulator.customer(ANA);
    ana.writes("um").await;
    let failed = async {
        while stage.sends().await.first().is_none_or(|row| row.state != SendState::Failed) {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), failed).await.expect("it fails");
    // Refused in the response: it never left.
    stage.rest().await;
    stage.simulator.faults(|plan| plan.sends.error = (Odds::Next(1), 131_026));
    ana.writes("dois").await;
    stage.rest().await;
    ana.writes("três").await;
    until(&stage, (1, 100_000)).await;
    let freed: u64 = totals(&stage).await.iter().filter(|t| t.stage == Settling::Freed).map(|t| t.messages).sum();
    assert_eq!(freed, 2);
}

#[tokio::test]
async fn a_late_delivered_status_settles_once_however_often_it_comes() {
    let stage = echoing(0).start().await;
    let hour = Duration::from_secs(3600);
    stage.simulator.faults(|plan| {
        plan.webhooks.delay = (Odds::Share(1.0), hour);
        plan.webhooks.duplicate = (Odds::Share(1.0), 2);
    });
    let ana = stage.simulator.customer(ANA);
    ana.writes("oi").await;
    stage.clock.advance(hour);
    let sent = async {
        while ana.inbox().is_empty() {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), sent).await.expect("the flow answers");
    stage.rest().await;
    assert_eq!(delivered(&stage).await, (0, 0), "nobody has told yet");

    let stage = stage.restart().await;
    for _ in 0..3 {
        stage.clock.advance(hour);
        ponte_clock::pause(Duration::from_millis(50)).await;
    }
    until(&stage, (1, 100_000)).await;
    ana.reads().await;
    stage.clock.advance(hour);
    ponte_clock::pause(Duration::from_millis(50)).await;
    until(&stage, (1, 100_000)).await;
}

#[tokio::test]
async fn the_months_free_service_messages_are_counted_over_a_restart() {
    let stage = echoing(2).start().await;
    let ana = stage.simulator.customer(ANA);
    for (index, line) in ["um", "dois"].into_iter().enumerate() {
        ana.writes(line).await;
        until(&stage, (index as u64 + 1, 0)).await;
    }
    let stage = stage.restart().await;
    ana.writes("três").await;
    until(&stage, (3, 100_000)).await;
    let free: Vec<_> = totals(&stage).await.into_iter().filter_map(|total| total.free).collect();
    assert_eq!(free, ["allowance"]);
}

#[tokio::test]
async fn requirement_3_6_what_is_written_on_the_phone_costs_nothing_and_shows_what_could_have_been_free() {
    let stage = echoing(0).start().await;
    let (ana, phone) = (stage.simulator.customer(ANA), stage.simulator.business_phone(NUMBER).unwrap());
    ana.writes("oi").await;
    until(&stage, (1, 100_000)).await;
    for line in ["1", "2", "3", "4", "5", "6", "7", "8", "9", "10"] {
        phone.writes(ANA, line).await;
    }
    stage.rest().await;
    assert_eq!(delivered(&stage).await, (1, 100_000));
    let all = totals(&stage).await;
    assert_eq!((all[0].near_phone, all[0].near_phone_amount), (1, 100_000));
}

#[tokio::test]
async fn requirement_3_9_who_comes_by_an_ad_costs_nothing_for_three_days_from_the_answer() {
    let stage = echoing(0).start().await;
    // Nothing may be spent at all.
    hard_limit(&stage, number(), 0).await;
    let ana = stage.simulator.customer(ANA);
    let referral = json!({ "source_type": "ad", "source_id": "1", "source_url": "https://fb.me/1" });
    ana.sends(json!({ "type": "text", "text": { "body": "vi o anúncio" }, "referral": referral })).await;
    until(&stage, (1, 0)).await;
    let stage = stage.restart().await;
    stage.clock.advance(Duration::from_secs(71 * 3600));
    ana.writes("ainda tem?").await;
    until(&stage, (2, 0)).await;
    stage.clock.advance(Duration::from_secs(3600));
    ana.writes("e agora?").await;
    stage.rest().await;
    assert_eq!(ana.inbox().len(), 2, "three days are over");
    assert!(totals(&stage).await.iter().all(|total| total.free.as_deref() == Some("entry-point")));
}

#[tokio::test]
async fn at_an_unknown_price_messages_leave_unless_a_hard_limit_bounds_them() {
    // The card knows Brazil alone.
    let stage = echoing(0).start().await;
    let zoe = stage.simulator.customer("4915112345678");
    zoe.writes("hallo").await;
    until(&stage, (1, 0)).await;
    assert_eq!(totals(&stage).await[0].unknown, 1, "unknown, not zero");
    hard_limit(&stage, number(), 1_000_000).await;
    zoe.writes("noch da?").await;
    stage.rest().await;
    let runs = stage.store().runs(1).await.unwrap();
    let why = runs[0].report["refusals"][0]["refusal"]["why"].as_str().unwrap_or_default();
    assert!(why.contains("is not known") && why.contains(NUMBER), "{why}");
    assert_eq!(zoe.inbox().len(), 1);
}

#[tokio::test]
async fn texts_that_a_flow_sends_one_after_the_other_become_one_message_where_its_manifest_says_so() {
    for (more, messages) in [("", vec!["um", "dois"]), ("[send]\nmerge = true\n", vec!["um\n\ndois"])] {
        let stage =
            StageBuilder::default().guest_with("two", &guests::saying_two_things(), NUMBER, "skip", more).start().await;
        let ana = stage.simulator.customer(ANA);
        ana.writes("oi").await;
        stage.rest().await;
        let texts: Vec<_> = ana.inbox().iter().map(|message| message.text.clone()).collect();
        assert_eq!(texts, messages);
    }
}
