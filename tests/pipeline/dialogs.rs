//! Dialogs of a real component: over days and restarts, and over versions.

use std::path::{Path, PathBuf};
use std::time::Duration;

use ponte_model::Owner;
use ponte_policy::Facts;
use ponte_runtime::{InstallRequest, install};
use ponte_sandbox::Compiler;
use ponte_simulator::Customer;
use ponte_store::RunRecord;
use ponte_tests::{NUMBER, Stage, StageBuilder, root};

const ANA: &str = "5511911112222";
const BIA: &str = "5511933334444";
const DAY: Duration = Duration::from_secs(24 * 3600);

/// The example, as it lies in the repository.
fn example() -> PathBuf {
    let package = root().join("examples/dialog-rust");
    assert!(package.join("plugin.wasm").is_file(), "`cargo xtask plugins dialog-rust` builds {}", package.display());
    package
}

fn restaurant() -> StageBuilder {
    StageBuilder::default().package(example(), "")
}

/// The example under a newer version, which asks for the day in other words.
fn newer(dir: &Path) -> PathBuf {
    let (from, to) = (example(), dir.join("newer"));
    std::fs::create_dir_all(to.join("texts")).expect("a folder");
    for file in
        ["plugin.wasm", "settings.schema.json", "texts/pt-BR.toml", "texts/es.toml", "texts/en.toml", "flow.toml"]
    {
        std::fs::copy(from.join(file), to.join(file)).expect("a file of the example");
    }
    let change = |file: &str, old: &str, new: &str| {
        let text = std::fs::read_to_string(to.join(file)).expect("a file");
        assert!(text.contains(old), "{file} has {old}");
        std::fs::write(to.join(file), text.replace(old, new)).expect("a file");
    };
    change("flow.toml", "version = \"0.1.0\"", "version = \"0.2.0\"");
    for old in ["Para qual dia", "Mesa reservada"] {
        change("texts/pt-BR.toml", old, &format!("(novo) {old}"));
    }
    to
}

/// Installs a package over the one that is there, as `ponte flow install` does beside a running pipeline.
async fn upgrade(stage: &Stage, package: PathBuf, settings: &str) {
    let dir = tempfile::tempdir().expect("a folder");
    let file = dir.path().join("settings.toml");
    std::fs::write(&file, settings).expect("a file");
    let compiler = Compiler::in_process(dir.path().join("plugins")).expect("a compiler");
    let request = InstallRequest {
        package,
        settings: Some(file),
        numbers: vec![NUMBER.into()],
        tenant: "shop".into(),
        name: None,
        priority: 0,
    };
    install(&**stage.store(), &compiler, request, stage.runtime.now()).await.expect("it installs");
    stage.runtime.reload().await.expect("it is read");
}

/// Writes a line, and lets the wait for more pass; what came back.
async fn writes(stage: &Stage, customer: &Customer, text: &str) -> Vec<String> {
    let before = customer.inbox().len();
    customer.writes(text).await;
    stage.rest().await;
    stage.pass(Duration::from_secs(4)).await;
    texts(customer).split_off(before)
}

async fn taps(stage: &Stage, customer: &Customer, title: &str) -> Vec<String> {
    let before = customer.inbox().len();
    let newest = customer.last().expect("there is a message").json();
    let buttons = newest["interactive"]["action"]["buttons"].as_array().cloned().unwrap_or_default();
    let button = buttons.iter().find(|button| button["reply"]["title"] == title).expect("there is such a button");
    customer.taps_button(button["reply"]["id"].as_str().expect("an id"), title).await;
    stage.rest().await;
    texts(customer).split_off(before)
}

fn texts(customer: &Customer) -> Vec<String> {
    // Without a line for each thing to tap.
    let first_line = |text: &str| text.lines().next().unwrap_or_default().to_owned();
    customer.inbox().iter().map(|message| first_line(&message.text)).collect()
}

async fn facts(stage: &Stage, phone: &str) -> Facts {
    let row = stage.store().conversation(&stage.conversation(phone).await).await.expect("it is read");
    serde_json::from_value(row.facts).expect("facts")
}

async fn handed(stage: &Stage, phone: &str) -> (Owner, String) {
    let handed = facts(stage, phone).await.handed.expect("it was handed over");
    (handed.to, handed.note)
}

/// The newest run.
async fn last_run(stage: &Stage) -> RunRecord {
    stage.store().runs(1).await.expect("runs are read").remove(0)
}

/// The versions that are kept, and whether they are in force.
async fn versions(stage: &Stage) -> Vec<(String, bool)> {
    let rows = stage.store().versions().await.expect("versions are read");
    rows.into_iter().map(|row| (row.version, row.needed_until.is_none())).collect()
}

#[tokio::test]
async fn a_dialog_waits_three_days_over_a_restart_and_goes_on() {
    let stage = restaurant().start().await;
    let ana = stage.simulator.customer(ANA);
    assert_eq!(writes(&stage, &ana, "oi").await, ["Olá! Vamos reservar sua mesa. Qual é o seu nome?"]);
    assert_eq!(writes(&stage, &ana, "Ana").await, ["Para qual dia, Ana?"]);
    stage.pass(DAY).await;
    let stage = stage.restart().await;
    stage.pass(2 * DAY).await;
    let ana = stage.simulator.customer(ANA);
    assert_eq!(facts(&stage, ANA).await.ownership.owner, Owner::Flow);
    assert_eq!(taps(&stage, &ana, "Domingo").await, ["Domingo, a que horas?"]);
    assert_eq!(writes(&stage, &ana, "19H").await, ["Ana, Domingo às 19h. Confirma?"]);
    assert_eq!(taps(&stage, &ana, "Confirmo").await, ["Mesa reservada: Domingo às 19h. Até lá!"]);
    let facts = facts(&stage, ANA).await;
    assert_eq!((facts.ownership.owner, stage.store().next_timer().await.unwrap()), (Owner::Nobody, None));
    let runs = stage.store().runs(20).await.unwrap();
    assert_eq!(runs.len(), 5, "one for each answer");
    assert!(runs.iter().all(|run| run.outcome == "done"), "{runs:?}");
}

#[tokio::test]
async fn a_dialog_ends_on_the_version_that_it_began_with_while_a_newer_one_serves_others() {
    let dir = tempfile::tempdir().unwrap();
    let stage = restaurant().start().await;
    let (ana, bia) = (stage.simulator.customer(ANA), stage.simulator.customer(BIA));
    writes(&stage, &ana, "oi").await;
    stage.pass(DAY).await;
    upgrade(&stage, newer(dir.path()), "").await;
    assert_eq!(versions(&stage).await, [("0.1.0".to_owned(), false), ("0.2.0".to_owned(), true)]);

    writes(&stage, &bia, "oi").await;
    assert_eq!(writes(&stage, &bia, "Bia").await, ["(novo) Para qual dia, Bia?"]);
    assert_eq!(last_run(&stage).await.version, "0.2.0");
    // Several lines are one answer, on the old version too; and a restart changes nothing.
    assert_eq!(writes(&stage, &ana, "Ana").await, ["Para qual dia, Ana?"]);
    assert_eq!(last_run(&stage).await.version, "0.1.0");
    stage.pass(DAY).await;
    let stage = stage.restart().await;
    stage.pass(DAY).await;
    let (ana, bia) = (stage.simulator.customer(ANA), stage.simulator.customer(BIA));
    assert_eq!(taps(&stage, &ana, "Sábado").await, ["Sábado, a que horas?"]);
    assert_eq!(taps(&stage, &bia, "Sábado").await, ["Sábado, a que horas?"]);
    writes(&stage, &ana, "1").await;
    assert_eq!(taps(&stage, &ana, "Confirmo").await, ["Mesa reservada: Sábado às 12h. Até lá!"]);
    assert_eq!(last_run(&stage).await.version, "0.1.0");
    // What begins now begins on the new one.
    writes(&stage, &ana, "oi de novo").await;
    assert_eq!(writes(&stage, &ana, "Ana").await, ["(novo) Para qual dia, Ana?"]);
    let runs = stage.store().runs(30).await.unwrap();
    assert!(runs.iter().all(|run| run.outcome == "done"), "{runs:?}");
}

#[tokio::test]
async fn a_question_of_the_old_version_times_out_on_the_old_version_which_is_then_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let stage = restaurant().start().await;
    let ana = stage.simulator.customer(ANA);
    writes(&stage, &ana, "oi").await;
    let first = last_run(&stage).await.digest;
    stage.pass(6 * DAY).await;
    upgrade(&stage, newer(dir.path()), "").await;
    // The old version holds the conversation anew, for another week.
    assert_eq!(writes(&stage, &ana, "Ana").await, ["Para qual dia, Ana?"]);
    stage.pass(6 * DAY + DAY / 2).await;
    let stage = stage.restart().await;
    assert_eq!(versions(&stage).await.len(), 2);
    stage.pass(DAY / 2).await;
    let run = last_run(&stage).await;
    assert_eq!((run.rule.as_str(), run.version.as_str(), run.outcome.as_str()), ("own-timer", "0.1.0", "done"));
    let facts = facts(&stage, ANA).await;
    assert_eq!((facts.ownership.owner, facts.handed), (Owner::Nobody, None));
    assert_eq!(stage.store().next_timer().await.unwrap(), None);
    // Nothing needs it any more.
    let later = stage.runtime.now().plus(2 * DAY);
    stage.store().purge(stage.runtime.now().minus(60 * DAY), later).await.unwrap();
    assert_eq!(versions(&stage).await, [("0.2.0".to_owned(), true)]);
    assert!(stage.store().component(&first).await.unwrap().is_some(), "the same plugin is in force");
    stage.runtime.reload().await.unwrap();
    let ana = stage.simulator.customer(ANA);
    writes(&stage, &ana, "oi").await;
    assert_eq!(writes(&stage, &ana, "Ana").await, ["(novo) Para qual dia, Ana?"]);
}

#[tokio::test]
async fn the_fate_of_a_question_is_told_to_the_version_that_asked_it() {
    let dir = tempfile::tempdir().unwrap();
    let hears_receipts = |package: PathBuf, version: &str| {
        let manifest = std::fs::read_to_string(package.join("flow.toml")).unwrap();
        let manifest = manifest.replace("events = [\"message\"]", "events = [\"message\", \"receipt\"]");
        let manifest = manifest.replace("version = \"0.2.0\"", &format!("version = \"{version}\""));
        std::fs::write(package.join("flow.toml"), manifest).unwrap();
        package
    };
    let (one, two) = (dir.path().join("one"), dir.path().join("two"));
    let stage = StageBuilder::default().package(hears_receipts(newer(&one), "0.3.0"), "").start().await;
    let (ana, bia) = (stage.simulator.customer(ANA), stage.simulator.customer(BIA));
    writes(&stage, &ana, "oi").await;
    upgrade(&stage, hears_receipts(newer(&two), "0.4.0"), "").await;
    writes(&stage, &bia, "oi").await;
    for (customer, expected) in [(&ana, "0.3.0"), (&bia, "0.4.0")] {
        assert_eq!(customer.reads().await, 1);
        stage.rest().await;
        let run = last_run(&stage).await;
        assert_eq!((run.rule.as_str(), run.version.as_str()), ("own-receipt", expected));
    }
}

#[tokio::test]
async fn a_version_that_is_gone_is_not_guessed_at() {
    let dir = tempfile::tempdir().unwrap();
    let stage = restaurant().start().await;
    let ana = stage.simulator.customer(ANA);
    writes(&stage, &ana, "oi").await;
    writes(&stage, &ana, "Ana").await;
    taps(&stage, &ana, "Sábado").await;
    // There is one hour alone, so it is not asked for any more: another script.
    upgrade(&stage, newer(dir.path()), "times = [\"20h\"]").await;
    stage.store().purge(stage.runtime.now(), stage.runtime.now().plus(9 * DAY)).await.unwrap();
    stage.runtime.reload().await.unwrap();
    assert_eq!(writes(&stage, &ana, "19h").await, ["Vou chamar alguém para continuar com você."]);
    let why = "dialog changed: step 3 was list \"hour\", is now buttons \"sure\"";
    assert_eq!(handed(&stage, ANA).await, (Owner::Team, why.to_owned()));
    let run = last_run(&stage).await;
    assert_eq!((run.version.as_str(), run.outcome.as_str()), ("0.2.0", "done"));
    assert!(run.report["log"].to_string().contains("is now buttons"), "{}", run.report["log"]);
    assert_eq!(stage.store().next_timer().await.unwrap(), None);
}

#[tokio::test]
async fn silence_cancel_and_a_call_for_a_person_end_it() {
    let stage = restaurant().start().await;
    let (ana, bia) = (stage.simulator.customer(ANA), stage.simulator.customer(BIA));
    writes(&stage, &ana, "oi").await;
    assert_eq!(writes(&stage, &ana, " Cancelar").await, ["Tudo bem, cancelado."]);
    assert_eq!(facts(&stage, ANA).await.ownership.owner, Owner::Nobody);
    assert_eq!(stage.store().next_timer().await.unwrap(), None);

    // The last question waits an hour, and then people look at it.
    writes(&stage, &ana, "oi").await;
    writes(&stage, &ana, "Ana").await;
    taps(&stage, &ana, "Domingo").await;
    writes(&stage, &ana, "4").await;
    stage.pass(Duration::from_secs(3601)).await;
    let note = "Ana escolheu Domingo às 20h e não confirmou.".to_owned();
    assert_eq!(handed(&stage, ANA).await, (Owner::Team, note));
    assert_eq!(writes(&stage, &ana, "alô?").await, Vec::<String>::new());
    assert_eq!(stage.last_rule(ANA).await, "owned-by-team");

    writes(&stage, &bia, "oi").await;
    writes(&stage, &bia, "Bia").await;
    assert_eq!(writes(&stage, &bia, "Humano").await, ["Já chamo alguém."]);
    let note = "Pediu uma pessoa (day).".to_owned();
    assert_eq!(handed(&stage, BIA).await, (Owner::Team, note));
    assert_eq!(stage.store().next_timer().await.unwrap(), None);
}

#[tokio::test]
async fn the_owner_answers_on_the_phone_in_the_middle_and_the_dialog_is_dropped_without_a_word() {
    let stage = restaurant().start().await;
    let ana = stage.simulator.customer(ANA);
    writes(&stage, &ana, "oi").await;
    writes(&stage, &ana, "Ana").await;
    stage.simulator.business_phone(NUMBER).unwrap().writes(ANA, "oi Ana, é a Rita!").await;
    stage.rest().await;
    let before = texts(&ana).len();
    customer_silence(&stage, &ana, "Sábado").await;
    assert_eq!(stage.last_rule(ANA).await, "owned-by-app");
    // Long after, people have let go: the question is not asked again out of nowhere, and what they write begins anew.
    stage.pass(8 * DAY).await;
    assert_eq!(texts(&ana).len(), before);
    assert_eq!(stage.store().next_timer().await.unwrap(), None);
    assert_eq!(writes(&stage, &ana, "oi").await, ["Olá! Vamos reservar sua mesa. Qual é o seu nome?"]);
}

async fn customer_silence(stage: &Stage, customer: &Customer, text: &str) {
    assert_eq!(writes(stage, customer, text).await, Vec::<String>::new(), "nobody answers {text:?}");
}

#[tokio::test]
async fn six_lines_in_a_burst_are_one_answer() {
    let stage = restaurant().start().await;
    let ana = stage.simulator.customer(ANA);
    for line in ["oi", "tudo bem?", "queria", "uma mesa", "pra domingo", "dá?"] {
        ana.writes(line).await;
    }
    stage.rest().await;
    stage.pass(Duration::from_secs(10)).await;
    assert_eq!(texts(&ana), ["Olá! Vamos reservar sua mesa. Qual é o seu nome?"]);
    // More than a name: one try, not six.
    for line in ["sou eu", "a Ana", "lembra?", "de ontem", "isso", "Ana"] {
        ana.writes(line).await;
    }
    stage.rest().await;
    stage.pass(Duration::from_secs(10)).await;
    assert_eq!(texts(&ana)[1..], ["Só o nome, por favor."]);
    assert_eq!(writes(&stage, &ana, "Ana").await, ["Para qual dia, Ana?"]);
    assert_eq!(stage.store().runs(10).await.unwrap().len(), 3);
}
