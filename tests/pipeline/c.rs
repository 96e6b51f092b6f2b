//! Real components of the SDK for C.

use ponte_tests::built::{self, Tongue};
use ponte_tests::{NUMBER, Stage, StageBuilder, first};

const ANA: &str = "5511911112222";

#[tokio::test]
async fn the_first_flow_in_c_plays_its_story() {
    let Some(package) = built::package(Tongue::C, "examples/first-c") else { return };
    first::plays(package).await;
}

async fn probe() -> Option<Stage> {
    let component = built::component(Tongue::C, "tests/probes/c")?;
    Some(StageBuilder::default().guest("probe", &component, NUMBER).start().await)
}

/// Says something to the probe: how its run ended, in a word and in a sentence, and what it answered, as JSON.
async fn says(stage: &Stage, words: &str) -> (String, String, Vec<serde_json::Value>) {
    let ana = stage.simulator.customer(ANA);
    let before = ana.inbox().len();
    ana.writes(words).await;
    stage.rest().await;
    let run = stage.store().runs(1).await.unwrap().remove(0);
    let new = ana.inbox().iter().skip(before).map(|message| message.json().clone()).collect();
    (run.outcome, run.report["sentence"].as_str().unwrap_or_default().to_owned(), new)
}

#[tokio::test]
async fn what_goes_wrong_in_c_is_told_as_far_as_c_can() {
    let Some(stage) = probe().await else { return };
    let table = [
        ("reject", "rejected", "rejected the event: row -7 of abc: ff%, 1099511627776"),
        ("denied", "rejected", "the permission `state` was not granted"),
        ("retry", "retry", "in 30 s"),
        // Nobody is left to speak: the host says what it saw.
        ("abort", "trap", "crashed"),
        ("deep", "trap", "crashed"),
        ("spin", "deadline", "CPU time"),
    ];
    for (words, outcome, part) in table {
        let (ended, sentence, new) = says(&stage, words).await;
        assert_eq!(ended, outcome, "{words}: {sentence}");
        assert!(sentence.contains(part), "{words}: {sentence}");
        assert!(new.is_empty(), "{words}: {new:?}");
    }
}

#[tokio::test]
async fn the_library_for_c_does_what_it_says() {
    let Some(stage) = probe().await else { return };
    let body = |replies: &[serde_json::Value]| replies[0]["text"]["body"].as_str().unwrap_or_default().to_owned();
    // Capitals of all languages; accents are letters of their own.
    assert_eq!(body(&says(&stage, "same").await.2), "1100|a b");
    let clock = body(&says(&stage, "time").await.2);
    let at = stage.store().runs(1).await.unwrap()[0].at.as_millis().to_string();
    assert_eq!(clock.split(' ').next(), Some(at.as_str()));
    let buttons = says(&stage, "buttons").await.2;
    assert_eq!(buttons[0]["interactive"]["action"]["buttons"][1]["reply"]["title"], "Não");
    let list = says(&stage, "list").await.2;
    assert_eq!(list[0]["interactive"]["action"]["sections"][0]["rows"][1]["id"], "10");
    says(&stage, "log").await;
    let report = stage.store().runs(1).await.unwrap().remove(0).report;
    assert_eq!((&report["log"][0]["level"], &report["log"][0]["text"]), (&"warn".into(), &"3 of x".into()));
}
