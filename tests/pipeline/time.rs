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

#[tokio::test]
async fn a_schedule_fires_on_the_shops_clock_and_what_was_missed_fires_once() {
    let daily = "[[schedules]]\nname = \"morning\"\ncron = \"0 9 * * *\"\n";
    let stage = StageBuilder::default().guest_with("daily", &guests::quiet(), NUMBER, "skip", daily).start().await;
    let fired = async |stage: &ponte_tests::Stage, times: usize| {
        let all = async {
            while stage.store().runs(10).await.unwrap().len() < times {
                ponte_clock::pause(Duration::from_millis(10)).await;
            }
        };
        ponte_clock::within(Duration::from_secs(10), all).await.expect("the schedule fires");
        stage.rest().await;
        assert_eq!(stage.store().runs(10).await.unwrap().len(), times);
    };
    // It is Monday, 22:10; on Tuesday at 9:00 it fires.
    stage.clock.advance(Duration::from_secs(11 * 3600));
    fired(&stage, 1).await;
    // Three days pass while nobody is there.
    let clock = stage.clock.clone();
    let stage = stage.restart_after(|| clock.advance(Duration::from_secs(3 * 24 * 3600))).await;
    fired(&stage, 2).await;
    let runs = stage.store().runs(10).await.unwrap();
    assert!(runs.iter().all(|run| run.rule == "own-schedule" && run.outcome == "done"), "{runs:?}");
}
