//! A plugin that never ends costs its own run and nothing else.

use std::time::Duration;

use futures::future::join_all;
use ponte_clock::Stopwatch;
use ponte_tests::{NUMBER, OTHER_NUMBER, StageBuilder, guests};

#[tokio::test(flavor = "multi_thread")]
async fn a_neighbour_is_answered_while_others_spin() {
    let stage = StageBuilder::default()
        .guest("spin", &guests::spinning(), NUMBER)
        .guest("echo", &guests::echoing(), OTHER_NUMBER)
        .start()
        .await;
    join_all((0..12).map(|n| {
        let customer = stage.simulator.customer(format!("55119{n:08}"));
        async move { customer.writes("oi").await }
    }))
    .await;
    let neighbour = stage.simulator.customer("5511977776666").on(OTHER_NUMBER);
    let watch = Stopwatch::start();
    neighbour.writes("oi").await;
    let answered = async {
        while neighbour.inbox().is_empty() {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), answered).await.expect("the neighbour is answered");
    println!("the neighbour waited {:?} among 12 spinning runs", watch.elapsed());

    stage.rest().await;
    let runs = stage.store().runs(100).await.unwrap();
    let stopped: Vec<_> = runs.iter().filter(|run| run.installation.as_str() == "spin").collect();
    assert_eq!(stopped.len(), 12);
    for run in stopped {
        assert_eq!(run.outcome, "deadline", "{:?}", run.report);
        assert!(run.report["sentence"].as_str().unwrap().contains("CPU"), "{}", run.report["sentence"]);
    }
}

#[tokio::test]
async fn a_failed_run_leads_to_what_its_manifest_declares() {
    for (failure, replies, rule) in
        [("skip", 0, "first-match"), ("default-reply", 2, "first-match"), ("hand-off", 0, "owned-by-app")]
    {
        let trapping = guests::trapping();
        let stage = StageBuilder::default().guest_with("trap", &trapping, NUMBER, failure, "").start().await;
        let ana = stage.simulator.customer("5511911112222");
        ana.writes("oi").await;
        stage.rest().await;
        ana.writes("alguém?").await;
        stage.rest().await;
        let texts: Vec<_> = ana.inbox().iter().map(|message| message.text.clone()).collect();
        assert_eq!(texts, vec!["Desculpe"; replies], "{failure}");
        assert_eq!(stage.last_rule("5511911112222").await, rule, "{failure}");
        assert_eq!(stage.store().runs(1).await.unwrap()[0].outcome, "trap", "{failure}");
    }
}
