//! `kill -9` while lines wait for more.

use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use ponte_clock::{Stopwatch, SystemClock};
use ponte_simulator::{Config, NumberSetup, Simulator, Waba, Writer};
use ponte_store::{SendState, SqliteStore, Store as _};
use ponte_tests::guests;

use crate::process::{NUMBER, Ponte, SECRET, TOKEN, VERIFY};

/// Customers who type three lines each.
const CUSTOMERS: u64 = 40;

/// When the process dies, after all have typed: before, at and after the moment at which the lines are due.
const MOMENTS: [u64; 3] = [500, 8_000, 8_300];

/// What a test may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(60);

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_wait_are_answered_once_whenever_the_process_dies() {
    let number = NumberSetup::coexistence(NUMBER, "5511955550100", TOKEN).messages_per_second(100_000);
    let mut config = Config::new(SECRET, VERIFY).waba(Waba::new("102290129340398").number(number));
    config.retry.first = Duration::from_millis(100);
    config.retry.longest = Duration::from_millis(500);
    config.webhook_timeout = Duration::from_secs(5);
    let simulator = Simulator::start(config, Arc::new(SystemClock)).await.expect("the simulator starts");
    let ponte = Ponte::prepare_with(&simulator, |dir| {
        let package = guests::package(dir, "patient", &guests::echoing(), "skip", "");
        let manifest = std::fs::read_to_string(package.join("flow.toml")).expect("a manifest");
        let patient = manifest.replace("events = [\"message\"]", "events = [\"message\"]\ndebounce = \"8s\"");
        assert_ne!(manifest, patient, "the manifest has a trigger");
        std::fs::write(package.join("flow.toml"), patient).expect("a manifest");
        package
    })
    .await;
    let mut process = ponte.serve().await;
    simulator.set_webhook_url(&ponte.webhook()).expect("an address");

    for (round, moment) in (0u64..).zip(MOMENTS) {
        let phone = |n: u64| format!("5511{:09}", round * CUSTOMERS + n);
        join_all((0..CUSTOMERS).map(|n| {
            let customer = simulator.customer(phone(n));
            async move {
                for line in ["oi", "tudo bem?", "tem 38?"] {
                    customer.writes(line).await;
                }
            }
        }))
        .await;
        ponte_clock::pause(Duration::from_millis(moment)).await;
        process.kill().await;
        process = ponte.serve().await;

        let store = SqliteStore::attach(ponte.data_dir()).await.expect("the store can be looked at");
        let watch = Stopwatch::start();
        loop {
            let backlog = store.backlog().await.expect("the backlog is read");
            let waits = store.next_timer().await.expect("timers are read").is_some();
            let sends = store.sends(None, 1_000).await.expect("the outbox is read");
            let open = sends.iter().any(|row| matches!(row.state, SendState::Queued | SendState::Sending));
            if backlog.inbox == 0 && !waits && !open {
                break;
            }
            assert!(watch.elapsed() < PATIENCE, "{backlog:?}");
            ponte_clock::pause(Duration::from_millis(100)).await;
        }
        let sends = store.sends(None, 1_000).await.expect("the outbox is read");
        for n in 0..CUSTOMERS {
            let phone = phone(n);
            let contact = store.contact_by_phone(&"default".into(), &phone.as_str().into()).await.expect("read");
            let rows: Vec<_> = sends.iter().filter(|row| Some(&row.contact) == contact.as_ref()).collect();
            let inbox = simulator.customer(phone.as_str()).inbox();
            let heard: Vec<_> = inbox.iter().filter(|got| got.by == Writer::Api).map(|got| got.text.as_str()).collect();
            assert_eq!(rows.len(), 1, "{phone} is answered once: {rows:?}");
            match rows[0].state {
                SendState::InDoubt => assert!(heard.len() <= 1, "{phone} got {heard:?}"),
                _ => assert_eq!(heard, ["tem 38?"], "{phone}: {:?}", rows[0]),
            }
        }
        store.close().await;
    }
    process.kill().await;
}
