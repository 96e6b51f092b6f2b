//! `kill -9` of the real binary, at random moments, with hundreds of messages in flight.

mod burst;
mod dialog;
mod process;

use std::collections::HashMap;
use std::time::Duration;

use futures::future::join_all;
use ponte_clock::{Stopwatch, SystemClock};
use ponte_simulator::{Config, NumberSetup, Simulator, Waba, Writer};
use ponte_store::{SendState, SqliteStore, Store as _};
use process::{NUMBER, Ponte, SECRET, TOKEN, VERIFY};

/// Kills of one test run.
const KILLS: u64 = 20;

/// Messages in flight at each kill.
const MESSAGES: u64 = 200;

/// So long may it take until everything is handled after a restart.
const PATIENCE: Duration = Duration::from_secs(90);

/// A small generator: the moments of the kills are random, and the same for the same seed.
struct Random(u64);

impl Random {
    fn below(&mut self, bound: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % bound
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_was_acknowledged_is_answered_once_or_its_send_stands_in_doubt() {
    let seed = std::env::var("PONTE_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(20_261_122);
    println!("PONTE_SEED={seed}");
    let mut random = Random(seed);

    let number = NumberSetup::coexistence(NUMBER, "5511955550100", TOKEN).messages_per_second(100_000);
    let mut config = Config::new(SECRET, VERIFY).waba(Waba::new("102290129340398").number(number));
    // Meta's patience, in a hurry: what was not acknowledged comes again within moments.
    config.retry.first = Duration::from_millis(100);
    config.retry.longest = Duration::from_millis(500);
    config.webhook_timeout = Duration::from_secs(5);
    let simulator = Simulator::start(config, std::sync::Arc::new(SystemClock)).await.expect("the simulator starts");
    let ponte = Ponte::prepare(&simulator).await;

    let mut process = ponte.serve().await;
    simulator.set_webhook_url(&ponte.webhook()).expect("an address");
    for round in 0..KILLS {
        let customers = (0..MESSAGES).map(|n| {
            let customer = simulator.customer(format!("5511{:09}", round * MESSAGES + n));
            async move { customer.writes("oi").await }
        });
        // Everybody writes; the process dies at some moment of it.
        let moment = Duration::from_millis(random.below(400));
        let killing = async {
            ponte_clock::pause(moment).await;
            process.kill().await;
        };
        tokio::join!(join_all(customers), killing);
        process = ponte.serve().await;
    }

    // Until the last webhook is acknowledged and everything is handled.
    let watch = Stopwatch::start();
    let store = SqliteStore::attach(ponte.data_dir()).await.expect("the store can be looked at");
    let total = (KILLS * MESSAGES) as usize;
    loop {
        let backlog = store.backlog().await.expect("the backlog is read");
        let sends = store.sends(None, 100_000).await.expect("the outbox is read");
        let sending = sends.iter().any(|row| row.state == SendState::Sending);
        if backlog.inbox == 0 && backlog.queued == 0 && !sending && sends.len() >= total {
            break;
        }
        assert!(watch.elapsed() < PATIENCE, "{} of {total} sends, {backlog:?}", sends.len());
        ponte_clock::pause(Duration::from_millis(100)).await;
    }
    process.kill().await;

    let mut by_contact = HashMap::new();
    for row in store.sends(None, 100_000).await.expect("the outbox is read") {
        by_contact.entry(row.contact.clone()).or_insert_with(Vec::new).push(row);
    }
    let mut doubtful = 0;
    for n in 0..total {
        let phone = format!("5511{n:09}");
        let contact = store.contact_by_phone(&"default".into(), &phone.as_str().into()).await.expect("read");
        let rows = &by_contact[&contact.expect("whoever wrote is known")];
        assert_eq!(rows.len(), 1, "{phone} has one row in the outbox: {rows:?}");
        let came = simulator.customer(phone.as_str()).inbox().iter().filter(|got| got.by == Writer::Api).count();
        match rows[0].state {
            SendState::InDoubt => {
                doubtful += 1;
                assert!(came <= 1, "{phone} got {came} replies");
            }
            SendState::Accepted | SendState::Sent | SendState::Delivered | SendState::Read => {
                assert_eq!(came, 1, "{phone}: {:?}", rows[0]);
            }
            other => panic!("{phone}: {other}: {:?}", rows[0]),
        }
    }
    println!("{KILLS} kills, {total} messages: each answered once, {doubtful} in doubt; restarts took a moment each");
    store.close().await;
}
