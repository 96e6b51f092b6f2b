//! Timers are durable and fire once.

use std::time::Duration;

use ponte_tests::{NUMBER, StageBuilder, guests};

#[tokio::test]
async fn a_timer_waits_over_a_restart_and_fires_once() {
    let stage = StageBuilder::default().guest("remind", &guests::reminding(), NUMBER).start().await;
    let ana = stage.simulator.customer("5511911112222");
    ana.writes("me lembra?").await;
    stage.rest().await;
    assert!(ana.inbox().is_empty());

    let stage = stage.restart().await;
    stage.clock.advance(Duration::from_secs(3_000));
    stage.rest().await;
    assert!(ana.inbox().is_empty(), "it is not time yet");
    stage.clock.advance(Duration::from_secs(700));
    let fired = async {
        while ana.inbox().is_empty() {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), fired).await.expect("the timer fires");

    let stage = stage.restart().await;
    stage.clock.advance(Duration::from_secs(7_200));
    stage.rest().await;
    assert_eq!(ana.inbox().len(), 1);
    assert_eq!(ana.last().unwrap().text, "lembrete");
}

#[tokio::test]
async fn after_a_day_the_window_is_closed_and_the_refusal_says_so() {
    let stage = StageBuilder::default().guest("remind", &guests::reminding(), NUMBER).start().await;
    let ana = stage.simulator.customer("5511911112222");
    ana.writes("me lembra?").await;
    stage.rest().await;
    stage.clock.advance(Duration::from_secs(25 * 3600));
    let ran = async {
        while stage.store().runs(10).await.unwrap().len() < 2 {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), ran).await.expect("the late timer runs");
    stage.rest().await;
    let runs = stage.store().runs(10).await.unwrap();
    let timer = runs.iter().find(|run| run.rule == "own-timer").expect("a run for the timer");
    assert_eq!(timer.report["refusals"][0]["refusal"]["reason"], "window-closed");
    assert!(ana.inbox().is_empty() && stage.simulator.refusals().is_empty(), "Meta was not even asked");
}
