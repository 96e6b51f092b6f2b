//! In order for each person, in parallel across people, and never more than fits.

use futures::future::join_all;
use ponte_tests::{NUMBER, StageBuilder, guests};

#[tokio::test(flavor = "multi_thread")]
async fn one_persons_messages_are_answered_in_order_while_a_thousand_others_write() {
    let stage = StageBuilder::default()
        .guest("echo", &guests::echoing(), NUMBER)
        .throughput(100_000)
        // Who answers that fast is taken for a machine.
        .settings(|settings| settings.loops.turns = 0)
        .start()
        .await;
    let ana = stage.simulator.customer("5511900000000");
    let words: Vec<String> = (1..=20).map(|n| format!("linha {n}")).collect();
    let others = join_all((1..=1_000).map(|n| {
        let customer = stage.simulator.customer(format!("55119{n:08}"));
        async move { customer.writes("oi").await }
    }));
    let ana_writes = async {
        for word in &words {
            ana.writes(word).await;
        }
    };
    tokio::join!(others, ana_writes);
    stage.rest().await;

    let answers: Vec<String> = ana.inbox().iter().map(|message| message.text.clone()).collect();
    assert_eq!(answers, words);
    assert_eq!(stage.simulator.counts().sends, 1_020, "everybody was answered, once");
    assert!(stage.simulator.refusals().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_inbox_says_so_and_nothing_is_lost() {
    let slow = guests::spinning();
    let stage = StageBuilder::default()
        .guest("slow", &slow, NUMBER)
        .settings(|settings| (settings.max_pending, settings.in_hand, settings.runs) = (4, 2, 1))
        .start()
        .await;
    join_all((0..14).map(|n| {
        let customer = stage.simulator.customer(format!("55119{n:08}"));
        async move { customer.writes("oi").await }
    }))
    .await;
    assert!(stage.simulator.counts().webhooks_failed > 0, "some were put off");
    assert!(stage.runtime.waiting() <= 4);
    // Meta delivers what was put off again, and again.
    let all = |log: &ponte_simulator::Log| log.counts().webhooks_taken >= 14;
    let taken = async {
        while stage.simulator.wait_until(all, std::time::Duration::from_millis(200)).await.is_err() {
            stage.clock.advance(std::time::Duration::from_secs(60));
        }
    };
    ponte_clock::within(std::time::Duration::from_secs(60), taken).await.unwrap();
    stage.rest().await;
    assert_eq!(stage.store().runs(100).await.unwrap().len(), 14);
}
