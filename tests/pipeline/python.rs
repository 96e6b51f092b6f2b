//! Real components of the SDK for Python: the first flow, and what becomes of whatever goes wrong.

use std::time::Duration;

use ponte_model::Timestamp;
use ponte_simulator::Customer;
use ponte_tests::built::{self, Tongue};
use ponte_tests::{NUMBER, Stage, StageBuilder, first, root};
use serde_json::Value;

const ANA: &str = "5511911112222";

#[tokio::test]
async fn the_first_flow_in_python_plays_its_story() {
    let Some(package) = built::package(Tongue::Python, "examples/first-python") else { return };
    first::plays(package).await;
}

#[test]
fn the_parts_of_the_sdk_for_python_pass_their_own_tests() {
    if !built::has_tools(Tongue::Python) {
        return;
    }
    let mut python = std::process::Command::new("python3");
    python.args(["-B", "-m", "unittest", "discover", "--start-directory", "tests", "--top-level-directory", "."]);
    let ended = python.current_dir(root().join("plugins/sdk/python")).output().expect("python3 is there");
    assert!(ended.status.success(), "{}", String::from_utf8_lossy(&ended.stderr));
}

async fn probe() -> Option<Stage> {
    let component = built::component(Tongue::Python, "tests/probes/python")?;
    Some(StageBuilder::default().compiled_in(built::compiled()).guest("probe", &component, NUMBER).start().await)
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
    let Some(stage) = probe().await else { return };
    let table: [(&str, &str, &[&str]); 9] = [
        // What happened, and where: innermost last, nothing of the SDK's own.
        ("crash", "rejected", &["KeyError: 'dois'\n  flow.py:19 in on_event\n  flow.py:62 in look_up"]),
        ("deep", "rejected", &["RecursionError: maximum recursion depth exceeded\n  flow.py:36 in on_event", "more"]),
        ("big", "memory", &["96 MiB of memory"]),
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
    let Some(stage) = probe().await else { return };
    assert_eq!(says(&stage, "denied").await.2, ["denied state"]);
}

#[tokio::test]
async fn what_python_prints_is_in_the_runs_log() {
    let Some(stage) = probe().await else { return };
    let (_, report, _) = says(&stage, "print").await;
    let line = |level: &str, text: &str| (level.to_owned(), text.to_owned());
    let expected = [line("debug", "com nível"), line("info", "no registro"), line("warn", "e no de erros")];
    let mut log = log(&report);
    log.sort();
    assert_eq!(log, expected);
}

#[tokio::test]
async fn every_clock_of_python_shows_the_events_time() {
    let Some(stage) = probe().await else { return };
    // An hour is slept in between, in no time.
    let (_, _, replies) = says(&stage, "time").await;
    let event = stage.store().runs(1).await.unwrap()[0].at;
    let seconds = event.as_millis() as f64 / 1000.0;
    assert_eq!(replies, [vec![format!("{seconds:.3}"); 6].join(" ")]);
}

#[tokio::test]
async fn pythons_dice_fall_the_same_when_a_run_is_repeated() {
    // The same chat gives the same events in two worlds.
    let (Some(one), Some(other)) = (probe().await, probe().await) else { return };
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

/// A chat with the dialog of `examples/dialog-python`.
async fn booking() -> Option<Stage> {
    let package = built::package(Tongue::Python, "examples/dialog-python")?;
    // A Tuesday, 10:00 in São Paulo.
    let morning = Timestamp::from_secs(1_795_525_200);
    Some(StageBuilder::default().at(morning).compiled_in(built::compiled()).package(package, "").start().await)
}

/// What Ana gets when she does something: the first line of each message, without its buttons.
async fn answers<F: Future>(stage: &Stage, act: impl FnOnce(Customer) -> F) -> Vec<String> {
    let ana = stage.simulator.customer(ANA);
    let before = ana.inbox().len();
    act(ana.clone()).await;
    stage.rest().await;
    let first = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    ana.inbox().iter().skip(before).map(|message| first(&message.text)).collect()
}

async fn writes(stage: &Stage, words: &'static str) -> Vec<String> {
    answers(stage, |ana| async move { ana.writes(words).await }).await
}

const NAME: &str = "Qual é o seu nome?";
const DAY: &str = "Oi, Ana! Que dia fica bom?";

#[tokio::test]
async fn a_dialog_in_python_outlives_a_restart_and_ends_with_people() {
    let Some(stage) = booking().await else { return };
    assert_eq!(writes(&stage, "oi, queria marcar uma visita").await, [NAME]);
    assert_eq!(writes(&stage, "Ana").await, [DAY]);
    assert_eq!(writes(&stage, "domingo").await, ["Por favor, escolha uma das opções.", DAY]);
    stage.pass(Duration::from_secs(20 * 3600)).await;
    let stage = stage.restart().await;
    let hour = answers(&stage, |ana| async move { ana.taps_button("day:tue", "Terça").await }).await;
    assert_eq!(hour, ["E a que horas?"]);
    // A button of a question that is answered: the open one is asked again.
    let again = answers(&stage, |ana| async move { ana.taps_button("day:wed", "Quarta").await }).await;
    assert_eq!(again, hour);
    assert_eq!(writes(&stage, "3").await, ["Terça às 14h, em nome de Ana. Confirma?"]);
    let booked = answers(&stage, |ana| async move { ana.taps_button("sure:yes", "Sim").await }).await;
    assert_eq!(booked, ["Marcado: Terça às 14h. Até lá, Ana!"]);
    assert!(writes(&stage, "obrigada!").await.is_empty());
    assert_eq!(stage.last_rule(ANA).await, "owned-by-team");
    assert!(stage.store().next_timer().await.unwrap().is_none(), "nothing waits any more");
}

#[tokio::test]
async fn a_dialog_in_python_can_be_left_in_the_middle() {
    let Some(stage) = booking().await else { return };
    assert_eq!(writes(&stage, "oi").await, [NAME]);
    assert_eq!(writes(&stage, "Cancelar").await, ["Tudo bem, cancelado."]);
    assert!(stage.store().next_timer().await.unwrap().is_none(), "nothing waits any more");
    // Silence for a day: the window has closed by then, so nothing is said; the next message begins anew.
    assert_eq!(writes(&stage, "oi").await, [NAME]);
    let none = answers(&stage, |_| stage.pass(Duration::from_secs(25 * 3600))).await;
    assert!(none.is_empty(), "{none:?}");
    assert_eq!(writes(&stage, "Ana").await, [NAME]);
    assert_eq!(writes(&stage, "HUMANO").await, ["Já chamo alguém."]);
    assert!(writes(&stage, "alô?").await.is_empty());
    assert_eq!(stage.last_rule(ANA).await, "owned-by-team");
}
