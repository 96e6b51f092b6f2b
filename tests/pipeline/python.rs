//! Real components of the SDK for Python: the first flow, and what becomes of whatever goes wrong.

use ponte_tests::built::{self, Tongue};
use ponte_tests::{NUMBER, Stage, StageBuilder, first};
use serde_json::Value;

const ANA: &str = "5511911112222";

#[tokio::test]
async fn the_first_flow_in_python_plays_its_story() {
    first::plays(built::package(Tongue::Python, "examples/first-python")).await;
}

async fn probe() -> Stage {
    let component = built::component(Tongue::Python, "tests/probes/python");
    StageBuilder::default().compiled_in(built::compiled()).guest("probe", &component, NUMBER).start().await
}

/// Says something to the probe: how its run ended, its report, and what it answered.
async fn says(stage: &Stage, words: &str) -> (String, Value, Vec<String>) {
    let ana = stage.simulator.customer(ANA);
    let before = ana.inbox().len();
    ana.writes(words).await;
    stage.rest().await;
    let run = stage.store().runs(1).await.unwrap().remove(0);
    let new = ana.inbox().iter().skip(before).map(|message| message.text.clone()).collect();
    (run.outcome, run.report, new)
}

/// The log of a run: level and text.
fn log(report: &Value) -> Vec<(String, String)> {
    let lines = report["log"].as_array().expect("a log");
    let text = |line: &Value, key: &str| line[key].as_str().expect("a word").to_owned();
    lines.iter().map(|line| (text(line, "level"), text(line, "text"))).collect()
}

#[tokio::test]
async fn what_goes_wrong_in_python_is_told_in_words() {
    let stage = probe().await;
    let table: [(&str, &str, &[&str]); 9] = [
        // What happened, and where: innermost last, nothing of the SDK's own.
        ("crash", "rejected", &["KeyError: 'dois'\n  flow.py:19 in on_event\n  flow.py:62 in look_up"]),
        ("deep", "rejected", &["RecursionError: maximum recursion depth exceeded\n  flow.py:36 in on_event", "more"]),
        ("big", "rejected", &["MemoryError", "flow.py:38"]),
        ("exit", "rejected", &["SystemExit: basta", "flow.py:40"]),
        ("files", "rejected", &["FileNotFoundError"]),
        ("refused", "rejected", &["InvalidField: ", "buttons[0].title"]),
        ("reject", "rejected", &["rejected the event: fora do ramo"]),
        ("retry", "retry", &["asked to be tried again in 30 s"]),
        ("spin", "deadline", &["CPU time", "a loop that does not end"]),
    ];
    for (words, outcome, parts) in table {
        let (ended, report, new) = says(&stage, words).await;
        let sentence = report["sentence"].as_str().unwrap();
        assert_eq!(ended, outcome, "{words}: {sentence}");
        for part in parts {
            assert!(sentence.contains(part), "{words}: {sentence}");
        }
        assert!(!sentence.contains("ponte_sdk/"), "{words}: {sentence}");
        assert!(new.is_empty(), "{words}: {new:?}");
    }
    // None of it harms the next run.
    assert_eq!(says(&stage, "oi").await.2, ["Text oi"]);
}

#[tokio::test]
async fn a_refusal_is_an_exception_that_names_its_reason() {
    assert_eq!(says(&probe().await, "denied").await.2, ["denied state"]);
}

#[tokio::test]
async fn what_python_prints_is_in_the_runs_log() {
    let (_, report, _) = says(&probe().await, "print").await;
    let line = |level: &str, text: &str| (level.to_owned(), text.to_owned());
    let expected = [line("debug", "com nível"), line("info", "no registro"), line("warn", "e no de erros")];
    let mut log = log(&report);
    log.sort();
    assert_eq!(log, expected);
}

#[tokio::test]
async fn every_clock_of_python_shows_the_events_time() {
    let stage = probe().await;
    // An hour is slept in between, in no time.
    let (_, _, replies) = says(&stage, "time").await;
    let event = stage.store().runs(1).await.unwrap()[0].at;
    let seconds = event.as_millis() as f64 / 1000.0;
    assert_eq!(replies, [vec![format!("{seconds:.3}"); 6].join(" ")]);
}

#[tokio::test]
async fn pythons_dice_fall_the_same_when_a_run_is_repeated() {
    // The same chat gives the same events in two worlds.
    let (one, other) = (probe().await, probe().await);
    let (first, again) = (says(&one, "dice").await.2, says(&other, "dice").await.2);
    assert_eq!(first, again);
    let next = says(&one, "dice").await.2;
    let words = |replies: &[String]| -> Vec<String> { replies[0].split(' ').map(str::to_owned).collect() };
    let (first, next) = (words(&first), words(&next));
    assert_eq!((first.len(), next.len()), (6, 6));
    // `random.choice` of six letters may well fall the same.
    for index in [0, 2, 3, 4, 5] {
        assert_ne!(first[index], next[index], "another event, other dice: {first:?} {next:?}");
    }
}
