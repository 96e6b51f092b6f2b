//! What goes wrong on demand, and that it goes wrong the same way again.

mod support;

use std::sync::Arc;
use std::time::Duration;

use ponte_clock::SystemClock;
use ponte_simulator::{Hold, Odds, Release, RetryPlan, Simulator, What};
use support::*;

async fn opened() -> Stage {
    let stage = Stage::set().await;
    stage.whatsapp.customer(ANA).writes("oi").await;
    stage
}

#[tokio::test]
async fn a_dropped_response_hides_a_delivered_message() {
    let stage = opened().await;
    stage.whatsapp.faults(|plan| plan.sends.drop_response = Odds::Next(1));
    let cut = stage.send_request(text(ANA, "bom dia", "snd_1")).send().await;
    assert!(cut.is_err(), "the client saw {cut:?}");
    stage.business.got(3).await;
    let statuses = stage.business.items("statuses");
    assert_eq!(statuses[0]["biz_opaque_callback_data"], "snd_1");
    assert_eq!(stage.whatsapp.customer(ANA).inbox().len(), 1);
    assert_eq!(stage.whatsapp.refusals(), []);
    assert_eq!(stage.code(text(ANA, "de novo", "snd_2")).await, 0, "the fault is spent");
}

#[tokio::test]
async fn a_dropped_request_is_never_sent() {
    let stage = opened().await;
    stage.whatsapp.faults(|plan| plan.sends.drop_request = Odds::Next(1));
    assert!(stage.send_request(text(ANA, "bom dia", "snd_1")).send().await.is_err());
    assert_eq!(stage.whatsapp.counts().sends, 0);
    assert!(stage.whatsapp.customer(ANA).inbox().is_empty());
}

#[tokio::test]
async fn errors_and_failed_statuses_can_be_ordered() {
    let stage = opened().await;
    stage.whatsapp.faults(|plan| plan.sends.error = (Odds::Next(2), 131_016));
    for code in [131_016, 131_016, 0] {
        assert_eq!(stage.code(text(ANA, "oi", "")).await, code);
    }
    stage.business.got(3).await;
    stage.whatsapp.faults(|plan| plan.sends.failed_status = (Odds::Next(1), 131_026));
    assert_eq!(stage.code(text(ANA, "oi", "snd_4")).await, 0);
    stage.business.got(4).await;
    let failed = stage.business.items("statuses").pop().unwrap();
    assert_eq!((failed["status"].as_str(), failed["errors"][0]["code"].as_i64()), (Some("failed"), Some(131_026)));
    assert_eq!(stage.whatsapp.refusals(), [], "faults are no refusals");
    assert_eq!(stage.whatsapp.counts().faults, 3);
}

#[tokio::test]
async fn sends_can_be_slow_on_both_ways() {
    let stage = opened().await;
    stage.whatsapp.faults(|plan| {
        plan.sends.delay = (Odds::Next(1), Duration::from_secs(3));
        plan.sends.slow_response = (Odds::Next(1), Duration::from_secs(4));
    });
    let send = tokio::spawn(stage.send_request(text(ANA, "oi", "")).send());
    stage.asleep().await;
    assert_eq!(stage.whatsapp.counts().sends, 0);
    stage.clock.advance(Duration::from_secs(3));
    stage.asleep().await;
    // The statuses overtake the response.
    stage.business.got(3).await;
    assert!(!send.is_finished());
    stage.clock.advance(Duration::from_secs(4));
    assert_eq!(send.await.unwrap().unwrap().status(), 200);
}

#[tokio::test]
async fn a_webhook_answered_503_comes_again_with_the_same_bytes() {
    let stage = Stage::set().await;
    stage.business.answers(&[503, 503]);
    stage.whatsapp.customer(ANA).writes("oi").await;
    for (wait, count) in [(1, 2), (2, 3)] {
        let failed = count as u64 - 1;
        stage.whatsapp.wait_until(|log| log.counts().webhooks_failed == failed, LIMIT).await.unwrap();
        stage.asleep().await;
        stage.clock.advance(Duration::from_millis(wait * 1000 - 1));
        assert_eq!(stage.business.hooks().len(), count - 1, "not before its time");
        stage.clock.advance(Duration::from_millis(1));
        stage.business.got(count).await;
    }
    stage.whatsapp.wait_until(|log| log.counts().webhooks_taken == 1, LIMIT).await.unwrap();
    let hooks = stage.business.hooks();
    assert!(hooks.iter().all(|hook| hook.bytes == hooks[0].bytes && hook.is_genuine()));
}

#[tokio::test]
async fn a_webhook_that_never_succeeds_is_given_up() {
    let mut config = config();
    config.retry = RetryPlan { give_up_after: Duration::ZERO, ..config.retry };
    let stage = Stage::with(config).await;
    stage.business.answers(&[500]);
    stage.whatsapp.customer(ANA).writes("oi").await;
    let lost = stage.whatsapp.wait_for(|entry| matches!(entry.what, What::WebhookLost { .. }), LIMIT).await.unwrap();
    assert!(lost.to_string().contains("500"), "{lost}");
}

#[tokio::test]
async fn webhooks_are_doubled_delayed_and_dropped() {
    let stage = Stage::set().await;
    let ana = stage.whatsapp.customer(ANA);
    stage.whatsapp.faults(|plan| plan.webhooks.duplicate = (Odds::Next(1), 2));
    ana.writes("três vezes").await;
    let hooks = stage.business.got(3).await;
    assert!(hooks.iter().all(|hook| hook.bytes == hooks[0].bytes));

    stage.whatsapp.faults(|plan| plan.webhooks.delay = (Odds::Next(1), Duration::from_secs(30)));
    ana.writes("mais tarde").await;
    ana.writes("antes").await;
    assert_eq!(stage.business.items("messages").pop().unwrap()["text"]["body"], "antes");
    stage.clock.advance(Duration::from_secs(30));
    stage.business.got(5).await;
    assert_eq!(stage.business.items("messages").pop().unwrap()["text"]["body"], "mais tarde");

    stage.whatsapp.faults(|plan| plan.webhooks.drop = Odds::Next(1));
    ana.writes("perdida uma vez").await;
    stage.whatsapp.wait_until(|log| log.counts().webhooks_failed == 1, LIMIT).await.unwrap();
    assert_eq!(stage.business.hooks().len(), 5);
    stage.asleep().await;
    stage.clock.advance(Duration::from_secs(1));
    stage.business.got(6).await;
}

#[tokio::test]
async fn webhooks_are_held_to_be_batched_or_shuffled() {
    let stage = Stage::set().await;
    let ana = stage.whatsapp.customer(ANA);
    let hold = |release| Some(Hold { size: 8, wait: Duration::from_secs(60), release });
    stage.whatsapp.faults(|plan| plan.webhooks.hold = hold(Release::Together));
    for n in 0..8 {
        ana.writes(&n.to_string()).await;
    }
    assert_eq!(stage.business.got(1).await.len(), 1);
    assert_eq!(stage.business.items("messages").len(), 8);

    stage.whatsapp.faults(|plan| plan.webhooks.hold = hold(Release::Shuffled));
    for n in 0..8 {
        ana.writes(&n.to_string()).await;
    }
    stage.business.got(9).await;
    let order: Vec<_> = stage.business.items("messages")[8..].iter().map(|m| m["text"]["body"].to_string()).collect();
    assert!(!order.is_sorted(), "{order:?}");

    ana.writes("sozinha").await;
    assert_eq!(stage.business.hooks().len(), 9);
    stage.clock.advance(Duration::from_secs(60));
    stage.business.got(10).await;
    ana.writes("solta").await;
    stage.whatsapp.faults(|plan| plan.webhooks.hold = None);
    stage.business.got(11).await;
}

#[tokio::test]
async fn echoes_can_be_late() {
    let stage = Stage::set().await;
    stage.whatsapp.faults(|plan| plan.echo_delay = Duration::from_secs(5));
    stage.whatsapp.business_phone(NUMBER).unwrap().writes(ANA, "oi").await;
    let ana = stage.whatsapp.customer(ANA);
    ana.writes("oi").await;
    assert_eq!(stage.business.items("message_echoes").len(), 0);
    assert_eq!(ana.last().unwrap().text, "oi", "the customer has it at once");
    stage.asleep().await;
    stage.clock.advance(Duration::from_secs(5));
    stage.business.got(2).await;
    let echo = &stage.business.items("message_echoes")[0];
    assert_eq!(echo["timestamp"], morning().as_secs().to_string(), "it tells when it was written");
}

#[tokio::test]
async fn the_same_seed_tells_the_same_story() {
    async fn story(seed: u64) -> Vec<String> {
        let mut config = config();
        config.seed = seed;
        config.statuses.sent = None;
        let stage = Stage::with(config).await;
        stage.whatsapp.faults(|plan| {
            plan.sends.error = (Odds::Share(0.4), 131_000);
            plan.webhooks.duplicate = (Odds::Share(0.4), 1);
        });
        let ana = stage.whatsapp.customer(ANA);
        for n in 0..12 {
            ana.writes(&n.to_string()).await;
            stage.text(ANA, &n.to_string(), &n.to_string()).await;
        }
        let entries = stage.whatsapp.transcript();
        let told = |what: &What| match what {
            What::Inbound { id, .. } | What::Sent { id, .. } => id.to_string(),
            other => format!("{other:?}"),
        };
        entries.iter().filter(|e| !matches!(e.what, What::WebhookFailed { .. })).map(|e| told(&e.what)).collect()
    }
    let (one, again, other) = tokio::join!(story(7), story(7), story(8));
    assert_eq!(one, again);
    assert_ne!(one, other);
}

/// Thousands of people at once, on the real clock. Says how long it took; asserts only that nothing is lost.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn thousands_of_customers() {
    const PEOPLE: usize = 1_000;
    let mut config = config();
    config.wabas[0].numbers[0].messages_per_second = 1_000_000;
    let stage = Arc::new(Stage::with(config).await);
    let watch = ponte_clock::Stopwatch::start();
    let mut work = tokio::task::JoinSet::new();
    for worker in 0..20 {
        let stage = Arc::clone(&stage);
        work.spawn(async move {
            for n in (worker..PEOPLE).step_by(20) {
                let phone = format!("55119{n:08}");
                stage.whatsapp.customer(phone.as_str()).writes("oi").await;
                assert_eq!(stage.text(&phone, "bom dia", &phone).await.0, 200);
            }
        });
    }
    work.join_all().await;
    let all = PEOPLE as u64;
    stage.whatsapp.wait_until(|log| log.counts().webhooks_taken == 3 * all, LIMIT).await.unwrap();
    println!("{PEOPLE} messages, answers and twice as many statuses in {:?}", watch.elapsed());
    let counts = stage.whatsapp.counts();
    assert_eq!((counts.inbound, counts.sends, counts.statuses, counts.refusals), (all, all, 2 * all, 0));
    assert_eq!(stage.business.items("statuses").len(), 2 * PEOPLE);
}

#[tokio::test]
async fn it_runs_on_the_real_clock_too() {
    let whatsapp = Simulator::start(config(), Arc::new(SystemClock)).await.unwrap();
    let late = whatsapp.wait_until(|log| log.counts().sends > 0, Duration::from_millis(20)).await.unwrap_err();
    assert!(late.to_string().contains("in vain"));
    // Without a webhook the message waits for one to be set.
    whatsapp.customer(ANA).writes("oi").await;
    assert_eq!(whatsapp.counts().webhooks_failed, 1);
    let mut twice = config();
    twice.wabas.push(twice.wabas[0].clone());
    assert!(Simulator::start(twice, Arc::new(SystemClock)).await.err().unwrap().to_string().contains("comes twice"));
}
