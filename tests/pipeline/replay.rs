//! Runs are recorded as they happen, and run again they do the same; another plugin shows what it would do otherwise.

use std::time::Duration;

use ponte_model::{Effect, Timestamp};
use ponte_runtime::{Candidate, ReplayError, Replayed, Replays, open_package};
use ponte_sandbox::journal::{Recording, Told};
use ponte_sandbox::{Compiler, Sandbox, SandboxConfig};
use ponte_store::{RunFilter, RunRow};
use ponte_tests::released::{self, Released};
use ponte_tests::store::{SOURCE, order};
use ponte_tests::{NUMBER, OTHER_NUMBER, Stage, StageBuilder, built, guests, root};
use serde_json::json;

/// A Tuesday, 10:00 in São Paulo.
const MORNING: i64 = 1_795_525_200;

const HOURS: &str = "timezone = \"America/Sao_Paulo\"\nhours = \"mon-fri 09:00-18:00\"\n";

const MENU: &str = "[[sectors]]\nid = \"a\"\ntitle = \"Vendas\"\nkeywords = [\"comprar\"]\n[[sectors]]\nid = \"b\"\n\
                    title = \"Suporte\"\nhand_off = \"team\"\n";

/// So many runs must be the same again.
const RUNS: usize = 1_000;

/// What replays a stage's runs: a sandbox of its own, as the command line has one.
struct Desk {
    sandbox: Sandbox,
    compiler: Compiler,
    _dir: tempfile::TempDir,
}

impl Desk {
    fn new() -> Self {
        let dir = tempfile::tempdir().expect("a folder");
        Self {
            sandbox: Sandbox::new(SandboxConfig { concurrent_runs: 2 }).expect("a sandbox"),
            compiler: Compiler::in_process(dir.path()).expect("a compiler"),
            _dir: dir,
        }
    }

    async fn replay(&self, stage: &Stage, with: Option<&Candidate>) -> Vec<(RunRow, Replayed)> {
        let store = &**stage.store();
        let mut replays = Replays::new(store, &self.sandbox, &self.compiler).await.expect("the store is read");
        let mut all = Vec::new();
        for row in runs(stage).await {
            let replayed = replays.replay(&row, with).await.expect("a recorded run can be replayed");
            all.push((row, replayed));
        }
        all
    }
}

async fn runs(stage: &Stage) -> Vec<RunRow> {
    let filter = RunFilter { recorded: true, ..RunFilter::default() };
    stage.store().find_runs(&filter, 10_000).await.expect("runs are read")
}

fn customer(index: usize) -> String {
    format!("55119{:08}", 10_000_000 + index)
}

/// The flows of the repository and guests of every temper, each in its own shop.
async fn day_of_triage() -> Stage {
    let vip = format!("vips = [\"+{}\", \"+{}\"]\n{HOURS}", customer(0), customer(7));
    let builder = StageBuilder::default().at(Timestamp::from_secs(MORNING)).flow("triage", MENU);
    let stage = builder.flow("vip-handoff", &vip).same_priority().start().await;
    for index in 0..60 {
        let customer = stage.simulator.customer(customer(index));
        customer.is_called(["Ana", "José \u{1f600}", "", "O\tC"][index % 4]);
        customer.writes(["oi", "quero comprar", "isso não funciona", "hello", "\u{1f44d}"][index % 5]).await;
        stage.rest().await;
        let message = customer.sends(json!({ "type": "location",
            "location": { "latitude": -23.55052006225586, "longitude": -46.63330841064453, "name": "Sé" } }));
        message.await;
        stage.rest().await;
        if index % 3 == 0 {
            customer.chooses("a", "Vendas").await;
        } else {
            customer.writes("2").await;
        }
        stage.rest().await;
        if index % 10 == 0 {
            let phone = stage.simulator.business_phone(NUMBER).expect("it is on a phone");
            phone.writes(customer.phone().clone(), "já vejo").await;
            customer.writes("obrigada").await;
        }
    }
    stage.pass(Duration::from_secs(30)).await;
    stage.pass(Duration::from_secs(3_600)).await;
    stage
}

async fn night_of_orders() -> Stage {
    let night = StageBuilder::default().flow("after-hours", HOURS).flow("order-confirmation", "");
    let stage = night.start().await;
    stage.approve_templates_of("order-confirmation").await;
    for index in 0..40 {
        let customer = stage.simulator.customer(customer(index));
        customer.writes("vocês têm tamanho 38?").await;
        stage.rest().await;
        let body = order(&stage, customer.phone().as_str(), &format!("ev-{index}"), ["paid", "placed"][index % 2]);
        assert_eq!(stage.store_tells(SOURCE, &body).await, 200);
        customer.writes("oi?").await;
        stage.rest().await;
    }
    stage.pass(Duration::from_secs(61)).await;
    stage.pass(Duration::from_secs(20 * 3_600)).await;
    stage
}

/// Guests that send, refuse, hold, time, tag, fail and run for ever, one after the other on the same number.
async fn guests_of_all_tempers(count: usize) -> Vec<Stage> {
    let tempers: [(&str, Vec<u8>); 7] = [
        ("echo", guests::echoing()),
        ("insist", guests::insisting()),
        ("hold", guests::holding()),
        ("keep", guests::keeping()),
        ("tag", guests::tagging("vip")),
        ("trap", guests::trapping()),
        ("post", guests::posting()),
    ];
    let mut stages = Vec::new();
    for (name, component) in &tempers {
        let builder = StageBuilder::default().guest(name, component, NUMBER);
        let stage = builder.guest("two", &guests::saying_two_things(), OTHER_NUMBER).start().await;
        for index in 0..count {
            let customer = stage.simulator.customer(customer(index));
            customer
                .writes(["oi", "tchau", "r de fica", "t_volte", "{\"type\":\"text\",\"body\":\"x\"}"][index % 5])
                .await;
            if index % 4 == 0 {
                customer.on(OTHER_NUMBER).writes("e aqui?").await;
            }
        }
        stage.rest().await;
        stage.pass(Duration::from_secs(30 * 3_600)).await;
        stages.push(stage);
    }
    stages
}

/// The same story in a language, told by many customers.
async fn first_flow_in(released: &Released, customers: usize) -> Stage {
    let builder = StageBuilder::default().at(Timestamp::from_secs(MORNING)).compiled_in(built::compiled());
    let stage = builder.package(released.package(), "").start().await;
    for index in 0..customers {
        let customer = stage.simulator.customer(customer(index));
        customer.is_called(["Ana", "José \u{1f600}", "", "O\tC"][index % 4]);
        for words in ["oi", "vocês abrem hoje?", "\u{1f44d}", "mais uma", "humano"] {
            customer.writes(words).await;
            stage.rest().await;
        }
    }
    stage
}

#[tokio::test]
async fn a_thousand_runs_of_mixed_languages_are_the_same_again_and_another_language_changes_nothing() {
    let desk = Desk { compiler: Compiler::in_process(built::compiled()).expect("a compiler"), ..Desk::new() };
    let all = released::components();
    let mut count = 0;
    for (index, released) in all.iter().enumerate() {
        let stage = first_flow_in(released, 50).await;
        for (row, replayed) in desk.replay(&stage, None).await {
            assert!(replayed.same && replayed.log_same, "{} {row:#?}\n{replayed:#?}", released.language);
            assert!(replayed.told.beyond.is_empty() && replayed.remarks.is_empty(), "{replayed:#?}");
            count += 1;
        }
        // What the flow does is the same in whatever language it is written.
        let other = &all[(index + 1) % all.len()];
        let candidate = Candidate::Component(other.component.clone());
        for (row, replayed) in desk.replay(&stage, Some(&candidate)).await {
            assert_eq!(replayed.before, replayed.after, "{} for {}: {row:#?}", other.language, released.language);
        }
    }
    assert!(count >= RUNS, "{count} runs");
}

#[tokio::test]
async fn a_thousand_runs_of_every_flow_are_the_same_again_bit_for_bit() {
    let desk = Desk::new();
    let mut stages = vec![day_of_triage().await, night_of_orders().await];
    stages.extend(guests_of_all_tempers(90).await);
    let (mut count, mut bytes, mut text, mut calls) = (0, 0, 0, 0);
    for stage in &stages {
        let sends = stage.sends().await.len();
        for (row, replayed) in desk.replay(stage, None).await {
            assert!(replayed.same && replayed.log_same, "{row:#?}\n{replayed:#?}");
            assert_eq!((&replayed.before, &replayed.told.divergence), (&replayed.after, &None), "{}", row.run.id);
            assert!(replayed.told.beyond.is_empty() && replayed.remarks.is_empty(), "{replayed:#?}");
            let stored = stage.store().recording(&row.run.id).await.unwrap().expect("it is recorded");
            let recording = Recording::read(&stored).expect("it can be read");
            (count, bytes, text) = (count + 1, bytes + stored.len(), text + recording.text().len());
            calls += recording.calls().len();
        }
        assert_eq!(stage.sends().await.len(), sends, "a replay sends nothing");
        assert_eq!(
            stage.store().find_runs(&RunFilter::default(), 10_000).await.unwrap().len(),
            runs(stage).await.len()
        );
    }
    println!(
        "{count} runs, {} calls, {} bytes each, {} before they are packed",
        calls / count,
        bytes / count,
        text / count
    );
    assert!(count >= RUNS, "{count} runs");
    // What docs/architecture.md says of the size.
    assert!(bytes / count < 600, "{} bytes a run", bytes / count);
}

/// A shop in which an echo answers five customers.
async fn echo() -> Stage {
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).start().await;
    for text in ["oi", "tchau", "oi", "bom dia", "oi"] {
        stage.simulator.customer(customer(text.len())).writes(text).await;
        stage.rest().await;
    }
    stage
}

/// What changed, reply by reply: what was said, and what would be.
fn changed(all: &[(RunRow, Replayed)]) -> Vec<(String, String)> {
    let said = |effects: &[Effect]| match effects {
        [Effect::Send { message, .. }] => message.payload.words(),
        other => format!("{other:?}"),
    };
    let mut changed: Vec<_> =
        all.iter().filter(|(_, one)| !one.same).map(|(_, one)| (said(&one.before), said(&one.after))).collect();
    changed.sort();
    changed
}

#[tokio::test]
async fn a_changed_plugin_shows_exactly_the_changed_replies() {
    let (stage, desk) = (echo().await, Desk::new());
    assert!(changed(&desk.replay(&stage, None).await).is_empty());

    // The same but for who says "oi".
    let all = desk.replay(&stage, Some(&Candidate::Component(guests::greeting_back()))).await;
    assert_eq!(changed(&all), [("oi", "olá"); 3].map(|(was, is)| (was.to_owned(), is.to_owned())));
    for (_, one) in &all {
        assert_eq!(one.told.divergence.is_none(), one.same, "{one:?}");
        // What it says to them instead is judged as what was said was.
        assert!(one.told.beyond.iter().all(|(_, how)| *how == Told::Alike), "{:?}", one.told);
    }
    // One that says nothing, and one that fails.
    let all = desk.replay(&stage, Some(&Candidate::Component(guests::quiet()))).await;
    assert!(all.iter().all(|(_, one)| !one.same && one.after.is_empty() && one.outcome.code() == "done"));
    let all = desk.replay(&stage, Some(&Candidate::Component(guests::trapping()))).await;
    assert!(all.iter().all(|(_, one)| !one.same && one.outcome.code() == "trap"));
}

/// A flow of the repository with other words.
fn changed_package(dir: &std::path::Path, name: &str, change: impl Fn(&str) -> String) -> Candidate {
    let folder = dir.join(name);
    copy(&root().join("flows").join(name), &folder);
    let texts = folder.join("texts/pt-BR.toml");
    let text = std::fs::read_to_string(&texts).expect("texts");
    std::fs::write(&texts, change(&text)).expect("texts are written");
    let package = open_package(&folder).expect("the package is right");
    let component = std::fs::read(&package.plugin).expect("the component");
    Candidate::Package { package: Box::new(package), component }
}

fn copy(from: &std::path::Path, to: &std::path::Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for entry in std::fs::read_dir(from).expect("a folder") {
        let (entry, target) = entry.map(|entry| (entry.path(), to.join(entry.file_name()))).expect("an entry");
        if entry.is_dir() {
            copy(&entry, &target);
        } else {
            std::fs::copy(&entry, &target).expect("a copy");
        }
    }
}

#[tokio::test]
async fn a_package_is_tried_with_its_own_texts_and_the_shops_settings() {
    let stage = Stage::after_hours().start().await;
    for index in 0..3 {
        stage.simulator.customer(customer(index)).writes("oi").await;
        stage.rest().await;
    }
    let (desk, dir) = (Desk::new(), tempfile::tempdir().unwrap());
    let same = changed_package(dir.path(), "after-hours", str::to_owned);
    assert!(changed(&desk.replay(&stage, Some(&same)).await).is_empty());

    let other =
        changed_package(dir.path(), "after-hours", |text| text.replace("estamos fechados", "a loja está fechada"));
    let all = desk.replay(&stage, Some(&other)).await;
    assert_eq!(all.len(), 3);
    for (_, one) in &all {
        let send = |effects: &[Effect]| {
            effects.iter().find_map(|effect| match effect {
                Effect::Send { message, .. } => Some(message.payload.words()),
                _ => None,
            })
        };
        let (before, after) = (send(&one.before).unwrap(), send(&one.after).unwrap());
        assert_eq!(after, before.replace("estamos fechados", "a loja está fechada"));
        assert_eq!(one.before.len(), one.after.len(), "everything else is as it was");
    }
}

#[tokio::test]
async fn a_removed_and_an_upgraded_flow_can_be_replayed_as_long_as_it_is_recorded() {
    let stage = echo().await;
    let row = stage.store().installations().await.unwrap().remove(0);
    let upgraded = guests::quiet();
    let digest = ponte_model::Digest256::of(&upgraded);
    let next = ponte_store::InstallationRow { version: "0.2.0".into(), digest, ..row };
    stage.store().put_installation(&next, Some(&upgraded)).await.unwrap();
    let desk = Desk::new();
    assert!(desk.replay(&stage, None).await.iter().all(|(_, one)| one.same));
    stage.store().remove_installation(&"echo".into()).await.unwrap();
    let all = desk.replay(&stage, None).await;
    assert!(all.len() == 5 && all.iter().all(|(_, one)| one.same));
}

#[tokio::test]
async fn what_is_off_or_too_large_is_not_recorded_and_says_so() {
    for (change, why) in [
        ((|settings| settings.recordings.on = false) as fn(&mut ponte_runtime::RuntimeSettings), "off"),
        (|settings| settings.recordings.largest = 500, "largest"),
    ] {
        let builder = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).settings(change);
        let stage = builder.start().await;
        let ana = stage.simulator.customer(customer(1));
        ana.writes("oi").await;
        stage.rest().await;
        assert_eq!(ana.inbox().len(), 1, "it is answered all the same");
        assert!(runs(&stage).await.is_empty());
        let desk = Desk::new();
        let row = stage.store().find_runs(&RunFilter::default(), 1).await.unwrap().remove(0);
        let mut replays = Replays::new(&**stage.store(), &desk.sandbox, &desk.compiler).await.unwrap();
        let error = replays.replay(&row, None).await.unwrap_err();
        assert!(matches!(&error, ReplayError::NotRecorded { .. }) && error.to_string().contains(why), "{error}");
    }
}

#[tokio::test]
async fn recordings_are_swept_when_they_are_too_old_and_the_pipeline_runs_on() {
    let keep = Duration::from_secs(3_600);
    let builder = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER);
    let stage = builder.settings(|settings| settings.recordings.keep = keep).start().await;
    let ana = stage.simulator.customer(customer(1));
    ana.writes("oi").await;
    stage.rest().await;
    assert_eq!(runs(&stage).await.len(), 1);
    stage.clock.advance(Duration::from_secs(3 * 3_600));
    let gone = async {
        while !runs(&stage).await.is_empty() {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), gone).await.expect("housekeeping sweeps");
    assert_eq!(stage.store().find_runs(&RunFilter::default(), 9).await.unwrap().len(), 1, "the run is still listed");
    ana.writes("oi").await;
    stage.rest().await;
    assert_eq!(runs(&stage).await.len(), 1);
}

#[tokio::test]
async fn a_run_that_was_stopped_by_its_cpu_time_says_that_it_need_not_repeat() {
    let stage = StageBuilder::default().guest("spin", &guests::spinning(), NUMBER).start().await;
    stage.simulator.customer(customer(1)).writes("oi").await;
    stage.rest().await;
    let all = Desk::new().replay(&stage, None).await;
    let [(row, one)] = &all[..] else { panic!("{all:?}") };
    assert_eq!((row.run.outcome.as_str(), one.outcome.code()), ("deadline", "deadline"));
    assert!(one.remarks.iter().any(|remark| remark.contains("CPU time")), "{:?}", one.remarks);
}
