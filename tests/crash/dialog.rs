//! `kill -9` in the middle of dialogs.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use futures::future::join_all;
use ponte_clock::{Stopwatch, SystemClock};
use ponte_simulator::{Config, NumberSetup, Simulator, Waba, Writer};
use ponte_store::{SendState, SqliteStore, Store as _};

use crate::process::{NUMBER, Ponte, SECRET, TOKEN, VERIFY};

/// Customers, each in a dialog of their own.
const CUSTOMERS: u64 = 40;

/// What a test may take to come to rest.
const PATIENCE: Duration = Duration::from_secs(60);

/// What they say, and when the process dies after that: while most of it is in flight.
const STORY: [(&str, u64); 4] = [("oi", 10), ("Ana", 25), ("Domingo", 15), ("2", 35)];

/// What they are asked, in order.
const ASKED: [&str; 4] =
    ["Qual é o seu nome?", "Para qual dia, Ana?", "Domingo, a que horas?", "Ana, Domingo às 13h. Confirma?"];

/// The example, which answers each line at once.
fn package(dir: &Path) -> PathBuf {
    let (from, to) = (ponte_tests::root().join("examples/dialog-rust"), dir.join("booking"));
    std::fs::create_dir_all(to.join("texts")).expect("a folder");
    for file in ["plugin.wasm", "settings.schema.json", "texts/pt-BR.toml", "texts/es.toml", "texts/en.toml"] {
        std::fs::copy(from.join(file), to.join(file))
            .unwrap_or_else(|error| panic!("{file}: {error}; `cargo xtask plugins dialog-rust` builds the plugin"));
    }
    let manifest = std::fs::read_to_string(from.join("flow.toml")).expect("a manifest");
    let hasty = manifest.replace("debounce = \"3s\"", "");
    assert_ne!(manifest, hasty, "the example waits for more lines");
    std::fs::write(to.join("flow.toml"), hasty).expect("a manifest");
    to
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dialog_loses_no_answer_and_repeats_no_question_whenever_the_process_dies() {
    let number = NumberSetup::coexistence(NUMBER, "5511955550100", TOKEN).messages_per_second(100_000);
    let mut config = Config::new(SECRET, VERIFY).waba(Waba::new("102290129340398").number(number));
    config.retry.first = Duration::from_millis(100);
    config.retry.longest = Duration::from_millis(500);
    config.webhook_timeout = Duration::from_secs(5);
    let simulator = Simulator::start(config, Arc::new(SystemClock)).await.expect("the simulator starts");
    let ponte = Ponte::prepare_with(&simulator, package).await;
    let mut process = ponte.serve().await;
    simulator.set_webhook_url(&ponte.webhook()).expect("an address");
    let phone = |n: u64| format!("5511{n:09}");

    for (round, (line, moment)) in STORY.into_iter().enumerate() {
        let writing = join_all((0..CUSTOMERS).map(|n| {
            let customer = simulator.customer(phone(n));
            async move { customer.writes(line).await }
        }));
        // It dies while they write.
        let dying = async {
            ponte_clock::pause(Duration::from_millis(moment)).await;
            process.kill().await;
        };
        tokio::join!(writing, dying);
        process = ponte.serve().await;

        let store = SqliteStore::attach(ponte.data_dir()).await.expect("the store can be looked at");
        let watch = Stopwatch::start();
        loop {
            let sends = store.sends(None, 1_000).await.expect("the outbox is read");
            let open = sends.iter().any(|row| matches!(row.state, SendState::Queued | SendState::Sending));
            let backlog = store.backlog().await.expect("the backlog is read");
            // Webhooks that nobody took are delivered again.
            if backlog.inbox == 0 && !open && sends.len() as u64 >= CUSTOMERS * (round as u64 + 1) {
                break;
            }
            assert!(watch.elapsed() < PATIENCE, "{backlog:?}, {} messages", sends.len());
            ponte_clock::pause(Duration::from_millis(100)).await;
        }
        let sends = store.sends(None, 1_000).await.expect("the outbox is read");
        for n in 0..CUSTOMERS {
            let phone = phone(n);
            let contact = store.contact_by_phone(&"default".into(), &phone.as_str().into()).await.expect("read");
            let rows: Vec<_> = sends.iter().rev().filter(|row| Some(&row.contact) == contact.as_ref()).collect();
            assert_eq!(rows.len(), round + 1, "{phone} is asked once for each answer: {rows:?}");
            let inbox = simulator.customer(phone.as_str()).inbox();
            let heard: Vec<_> = inbox.iter().filter(|got| got.by == Writer::Api).map(|got| got.text.as_str()).collect();
            let mut heard = heard.into_iter().peekable();
            for (row, asked) in rows.iter().zip(ASKED) {
                let got = heard.next_if(|text| text.lines().next().is_some_and(|first| first.ends_with(asked)));
                // Nobody knows whether it left, and it is not sent again.
                assert!(got.is_some() || row.state == SendState::InDoubt, "{phone} was not asked {asked:?}: {row:?}");
            }
            assert_eq!(heard.next(), None, "{phone} was asked something else");
        }
        store.close().await;
    }
    process.kill().await;
}
