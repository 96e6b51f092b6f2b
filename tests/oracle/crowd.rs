//! Many at once: the owner answers at any instant of many runs, and far more wants out than a number may send.

use std::collections::HashMap;
use std::time::Duration;

use fastrand::Rng;
use futures::StreamExt as _;
use ponte_clock::Clock as _;
use ponte_model::Timestamp;
use ponte_simulator::{Template, What};
use ponte_store::SendState;
use ponte_tests::{NUMBER, Stage, StageBuilder, WABA, guests};

use crate::history::settle;

const RUNS: u32 = 10_000;

#[tokio::test(flavor = "multi_thread")]
async fn the_owner_answers_at_a_random_instant_of_ten_thousand_runs_and_nothing_leaves_after() {
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).throughput(1_000_000).start().await;
    let seed = fastrand::u64(..);
    println!("seed {seed}");
    let answered = futures::stream::iter(0..RUNS).map(|run| answer(&stage, run, seed)).buffer_unordered(32);
    let answered: HashMap<String, Timestamp> = answered.collect().await;
    stage.rest().await;

    let rows = stage.store().sends(None, 2 * RUNS).await.unwrap();
    let mut contacts = HashMap::new();
    for (phone, known) in answered {
        let contact = stage.store().contact_by_phone(&"shop".into(), &phone.as_str().into()).await.unwrap();
        contacts.insert(contact.expect("they wrote"), known);
    }
    let (mut left, mut refused) = (0, 0);
    for row in rows {
        match row.state {
            SendState::Refused => refused += 1,
            _ => {
                left += 1;
                let known = contacts[&row.contact];
                assert!(row.left_at.is_some_and(|at| at <= known), "after the echo was stored, at {known}: {row:?}");
            }
        }
    }
    println!("{left} had left before the echo was stored, {refused} were refused, the rest was never asked for");
    assert!(left > 0 && left < RUNS, "the instants are no instants of the run: {left} of {RUNS} left");
}

/// A customer writes, and the owner answers a moment before or after. When Ponte surely knew.
async fn answer(stage: &Stage, run: u32, seed: u64) -> (String, Timestamp) {
    let mut rng = Rng::with_seed(seed.wrapping_add(run.into()));
    let phone = format!("5511{run:09}");
    let wait = |most| Duration::from_micros(most);
    let (first, second) = (wait(rng.u64(..4_000)), wait(rng.u64(..30_000)));
    let customer = async {
        ponte_clock::pause(first).await;
        stage.simulator.customer(phone.as_str()).writes("oi").await;
    };
    let owner = async {
        ponte_clock::pause(second).await;
        stage.simulator.business_phone(NUMBER).expect("in the app").writes(phone.as_str(), "oi, sou eu").await;
        stage.clock.now()
    };
    let ((), known) = tokio::join!(customer, owner);
    (phone, known)
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_messages_on_a_number_of_five_a_second_leave_in_order_and_none_is_dropped() {
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).throughput(5).start().await;
    let mut rng = Rng::with_seed(1);
    for line in 0..10 {
        for customer in 0..50 {
            stage.simulator.customer(format!("55119{customer:08}")).writes(&format!("{line}")).await;
        }
    }
    for _ in 0..50 {
        settle(&stage, &mut rng, 400).await;
    }
    assert!(stage.runtime.is_idle());

    let mut sent: Vec<Timestamp> = Vec::new();
    let mut chats: HashMap<_, Vec<String>> = HashMap::new();
    for entry in stage.simulator.transcript() {
        if let (What::Sent { text, .. }, Some(customer)) = (&entry.what, &entry.customer) {
            sent.push(entry.at);
            chats.entry(customer.clone()).or_default().push(text.clone());
        }
    }
    assert_eq!(sent.len(), 500, "nothing is dropped");
    let expected: Vec<String> = (0..10).map(|line| line.to_string()).collect();
    assert!(chats.values().all(|said| *said == expected), "in order in each chat");
    for group in sent.windows(6) {
        assert!(group[5].since(group[0]) >= Duration::from_secs(1), "six in a second, from {}", group[0]);
    }
    // While customers write faster than that, Meta has counted what Ponte cannot know of yet.
    let transcript = stage.simulator.transcript();
    let came = transcript.iter().rfind(|entry| matches!(entry.what, What::Inbound { .. })).expect("they wrote").at;
    let late: Vec<_> = stage.simulator.refusals().into_iter().filter(|entry| entry.at > came).collect();
    assert!(late.is_empty(), "{:?}", late.first());
}

#[tokio::test(flavor = "multi_thread")]
async fn of_ten_thousand_people_exactly_the_tier_is_written_to_in_a_day_and_the_rest_waits() {
    const PEOPLE: u32 = 10_000;
    const TIER: usize = 2_000;
    let stage = StageBuilder::default()
        .guest("invite", &guests::inviting(), NUMBER)
        .throughput(1_000_000)
        .daily_reach(TIER as u32)
        .start()
        .await;
    stage.simulator.put_template(WABA, Template::approved("volte", "pt_BR", "UTILITY", "Sentimos a sua falta!"));
    stage.runtime.sync_templates().await;
    let write = |n: u32| {
        let customer = stage.simulator.customer(format!("5511{n:09}"));
        async move { customer.writes("oi").await }
    };
    futures::stream::iter(0..PEOPLE).map(write).buffer_unordered(64).collect::<Vec<_>>().await;
    stage.rest().await;

    let day = Duration::from_secs(24 * 3600);
    stage.clock.advance(day + Duration::from_secs(3_660));
    quiet(&stage).await;
    assert_eq!(stage.simulator.counts().sends as usize, TIER);
    // What was counted survives a restart.
    let stage = stage.restart().await;
    quiet(&stage).await;
    assert_eq!(stage.simulator.counts().sends as usize, TIER);
    for _ in 0..2 {
        stage.clock.advance(day + Duration::from_secs(90));
        quiet(&stage).await;
    }

    let rows = stage.store().sends(None, 2 * PEOPLE).await.unwrap();
    let held: Vec<_> = rows.iter().filter(|row| row.state == SendState::Queued).collect();
    let transcript = stage.simulator.transcript();
    let sent: Vec<_> = transcript.iter().filter(|entry| matches!(entry.what, What::Sent { .. })).collect();
    assert!(sent.len() >= 3 * TIER, "each day its tier");
    for span in sent.windows(TIER + 1) {
        assert!(span[TIER].at.since(span[0].at) >= day, "never more in any day: {} and {}", span[0].at, span[TIER].at);
    }
    // As places become free one by one, some may leave between one look and the other.
    let odd: Vec<_> = rows.iter().filter(|row| row.state != SendState::Queued && row.message_id.is_none()).collect();
    assert_eq!(rows.len(), PEOPLE as usize, "nobody is forgotten");
    assert!(sent.len() + held.len() >= rows.len(), "{} sent, {} held, {odd:?}", sent.len(), held.len());
    let why = held.iter().filter_map(|row| row.reason.as_deref()).find(|why| why.contains("rule: reach"));
    assert!(why.is_some(), "and says why: {:?}", held.first());
}

/// Waits until nothing is on its way for a while; what a rule holds stays.
async fn quiet(stage: &Stage) {
    let mut still = 0;
    while still < 100 {
        still = if stage.runtime.is_still() { still + 1 } else { 0 };
        ponte_clock::pause(Duration::from_millis(5)).await;
    }
}
