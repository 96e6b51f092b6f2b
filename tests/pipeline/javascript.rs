//! Flows in JavaScript and TypeScript: real components, built by the SDK's own script.

use std::path::PathBuf;
use std::time::Duration;

use ponte_model::{Body, Content, Effect, LogLevel, Message, Owner, Refusal, StateScope};
use ponte_policy::Facts;
use ponte_sandbox::{Compiler, Limits, Outcome, Plugin, RunReport, Sandbox, SandboxConfig, Stop, limits};
use ponte_simulator::Customer;
use ponte_tests::built::{self, Tongue};
use ponte_tests::{NUMBER, Stage, StageBuilder, first, root};

#[path = "../../engine/sandbox/tests/sandbox/broker.rs"]
mod broker;

const ANA: &str = "5511911112222";

fn example(name: &str) -> Option<PathBuf> {
    built::package(Tongue::JavaScript, &format!("examples/{name}"))
}

/// What came from the API since the last time, oldest first.
struct Chat {
    stage: Stage,
    ana: Customer,
    heard: usize,
}

impl Chat {
    async fn with(package: PathBuf) -> Self {
        let stage = StageBuilder::default().compiled_in(built::compiled()).package(package, "").start().await;
        let ana = stage.simulator.customer(ANA);
        ana.is_called("Ana");
        Self { stage, ana, heard: 0 }
    }

    async fn writes(&mut self, text: &str) -> Vec<String> {
        self.ana.writes(text).await;
        self.hears().await
    }

    async fn taps(&mut self, id: &str, title: &str) -> Vec<String> {
        self.ana.taps_button(id, title).await;
        self.hears().await
    }

    async fn hears(&mut self) -> Vec<String> {
        self.stage.rest().await;
        let inbox = self.ana.inbox();
        let new = inbox[self.heard..].iter().map(|message| message.text.clone()).collect();
        self.heard = inbox.len();
        new
    }

    async fn facts(&self) -> Facts {
        let conversation = self.stage.conversation(ANA).await;
        let row = self.stage.store().conversation(&conversation).await.expect("it is read");
        serde_json::from_value(row.facts).expect("facts")
    }

    /// To whom the conversation was last handed, and the note.
    async fn handed(&self) -> (Owner, String) {
        let handed = self.facts().await.handed.expect("it was handed over");
        (handed.to, handed.note)
    }
}

#[tokio::test]
async fn the_first_flow_greets_counts_and_calls_a_person() {
    for name in ["first-js", "first-ts"] {
        let Some(package) = example(name) else { return };
        first::plays(package).await;
    }
}

#[tokio::test]
async fn a_dialog_waits_over_a_restart_and_goes_on() {
    let Some(package) = example("dialog-js") else { return };
    let mut chat = Chat::with(package).await;
    assert_eq!(chat.writes("queria marcar uma visita").await, ["Qual é o seu nome?"]);
    let day = chat.writes("Ana").await;
    assert!(day[0].starts_with("Oi, Ana! Que dia fica bom?"), "{day:?}");
    let again = chat.writes("domingo").await;
    assert_eq!((again.len(), again[0].as_str(), &again[1]), (2, "Por favor, escolha uma das opções.", &day[0]));
    assert_eq!(chat.facts().await.ownership.holder.map(|holder| holder.to_string()), Some("booking".into()));

    let Chat { stage, ana, heard } = chat;
    let mut chat = Chat { stage: stage.restart().await, ana, heard };
    chat.stage.pass(Duration::from_secs(20 * 3_600)).await;
    let hour = chat.taps("day:tue", "Terça").await;
    assert!(hour[0].starts_with("E a que horas?"), "{hour:?}");
    let sure = chat.writes("3").await;
    assert!(sure[0].starts_with("Terça às 14h, em nome de Ana. Confirma?"), "{sure:?}");
    // A button of the question before the last is no answer to this one.
    assert_eq!(chat.taps("day:mon", "Segunda").await, [sure[0].clone()]);
    assert_eq!(chat.taps("sure:yes", "Sim").await, ["Marcado: Terça às 14h. Até lá, Ana!"]);
    assert_eq!(chat.handed().await, (Owner::Team, "Visita: Ana, Terça às 14h.".to_owned()));
}

#[tokio::test]
async fn a_dialog_ends_by_its_time_by_a_word_and_by_the_phone() {
    let Some(package) = example("dialog-js") else { return };
    let mut chat = Chat::with(package.clone()).await;
    chat.writes("oi").await;
    chat.stage.pass(Duration::from_secs(23 * 3_600)).await;
    assert!(chat.hears().await.is_empty());
    assert_eq!(chat.writes("Ana").await.len(), 1, "it is answered in time");
    assert_eq!(chat.writes(" Cancelar").await, ["Tudo bem, cancelado."]);
    assert_eq!(chat.facts().await.ownership.holder, None);
    assert_eq!(chat.writes("oi de novo").await, ["Qual é o seu nome?"]);
    assert_eq!(chat.writes("HUMANO").await, ["Já chamo alguém."]);
    assert_eq!(chat.handed().await, (Owner::Team, "Pediu uma pessoa no meio da conversa: name.".to_owned()));

    let mut chat = Chat::with(package.clone()).await;
    chat.writes("oi").await;
    // Nothing can be said any more by then: the window closed in the same moment.
    chat.stage.pass(Duration::from_secs(24 * 3_600)).await;
    assert!(chat.hears().await.is_empty());
    assert_eq!(chat.stage.store().runs(10).await.unwrap().iter().filter(|run| run.outcome != "done").count(), 0);
    assert_eq!(chat.writes("Bia").await, ["Qual é o seu nome?"], "it begins anew");

    let mut chat = Chat::with(package).await;
    chat.writes("oi").await;
    let phone = chat.stage.simulator.business_phone(NUMBER).expect("a phone");
    phone.writes(ANA, "oi Ana, aqui é a Clara").await;
    chat.hears().await;
    assert!(chat.writes("oi Clara!").await.is_empty());
    chat.stage.pass(Duration::from_secs(13 * 3_600)).await;
    assert_eq!(chat.writes("queria marcar").await, ["Qual é o seu nome?"], "an answer to Clara is no name");
}

/// Says its answer to a word in the run's log, or fails as the word says.
const PROBE: &str = "tests/probes/js";

async fn loaded(component: Vec<u8>) -> (Sandbox, Plugin) {
    let compiler = Compiler::in_process(built::compiled()).expect("a compiler");
    let compiled = compiler.compile(component).await.expect("it compiles");
    let sandbox = Sandbox::new(SandboxConfig { concurrent_runs: 4 }).expect("a sandbox");
    let plugin = sandbox.load(&compiled, Limits::for_component(compiled.info())).expect("it loads");
    (sandbox, plugin)
}

async fn odd() -> Option<(Sandbox, Plugin)> {
    Some(loaded(built::component(Tongue::JavaScript, PROBE)?).await)
}

/// Runs a flow over a word; the seed is what the run's dice follow from.
async fn run((sandbox, plugin): &(Sandbox, Plugin), word: &str, seed: u8, broker: broker::Maps) -> RunReport {
    let mut request = broker::request();
    request.event.body = Body::Message(Message::of(Content::Text { body: word.into() }));
    request.random_seed = [seed; 32];
    sandbox.run(plugin, request, Box::new(broker)).await
}

async fn act(odd: &(Sandbox, Plugin), word: &str, seed: u8) -> RunReport {
    let refuse = (word == "refused").then_some(Refusal::WindowClosed);
    run(odd, word, seed, broker::Maps { refuse, ..broker::Maps::default() }).await
}

fn log(report: &RunReport) -> Vec<(LogLevel, &str)> {
    report.log.iter().map(|line| (line.level, line.text.as_str())).collect()
}

/// The line of the probe that has these words: what a stack must name.
fn line_of(words: &str) -> usize {
    let source = std::fs::read_to_string(root().join(PROBE).join("src/flow.js")).expect("the source is read");
    source.lines().position(|line| line.contains(words)).expect("a line of it") + 1
}

#[tokio::test]
async fn an_uncaught_error_is_a_reject_with_its_message_and_the_places_in_the_source() {
    let Some(odd) = odd().await else { return };
    let (thrown, deeper) = (line_of("too deep"), line_of("return deeper"));
    let stack =
        format!("TypeError: too deep\n    at deeper (src/flow.js:{thrown})\n    at deeper (src/flow.js:{deeper})");
    let table = [
        ("boom", stack),
        ("cause", format!("Error: outer\n    at cause (src/flow.js:{})\n", line_of("outer"))),
        ("cause", "\ncaused by TypeError: too deep\n".to_owned()),
        ("words", "threw \"just words\"".to_owned()),
        ("async", "TypeError: the handler is async, and nothing in a flow waits".to_owned()),
        ("timer", "Error: a flow has no setTimeout: use schedule.after".to_owned()),
        (
            "refused",
            "Refused: the customer-service window is closed; a template may be sent\n    at refused".to_owned(),
        ),
    ];
    for (word, words) in table {
        let report = act(&odd, word, 1).await;
        let Outcome::Rejected { reason } = &report.outcome else { panic!("{word}: {:?}", report.outcome) };
        assert!(reason.contains(&words), "{word}: {reason}");
        assert!(!reason.contains("ponte-sdk"), "{word}: {reason}");
    }
    assert_eq!(act(&odd, "retry", 1).await.outcome, Outcome::Retry { after_secs: 300 });
}

#[tokio::test]
async fn a_script_that_changed_under_an_open_dialog_is_named_and_the_team_gets_the_conversation() {
    let Some(component) = built::component(Tongue::JavaScript, "examples/dialog-js") else { return };
    let flow = loaded(component).await;
    let at = broker::request().event.at;
    let stored = |step: &str, open: &str| {
        let until = at.as_millis() + 1_000;
        format!(
            r#"{{"v":1,"name":"booking","began":1,"steps":[{{"at":"{step}","is":"ask","value":"Ana"}}],
                "open":{{"at":"{open}","is":"buttons","asked":1,"until":{until},"tries":0,"choices":[]}}}}"#
        )
    };
    let table = [
        (stored("nome", "day"), r#"dialog changed: step 1 was ask "nome", is now ask "name""#),
        (stored("name", "date"), r#"dialog changed: step 2 was buttons "date", is now buttons "day""#),
        ("{\"v\":2}".to_owned(), "dialog changed: it is of form 2, and this SDK reads form 1"),
    ];
    for (stored, sentence) in table {
        let state = [((StateScope::Conversation, "dialog".to_owned()), stored.into_bytes())].into();
        let report = run(&flow, "segunda", 1, broker::Maps { state, ..broker::Maps::default() }).await;
        assert_eq!(report.outcome, Outcome::Done, "{sentence}");
        assert_eq!(log(&report), [(LogLevel::Error, sentence)]);
        let effects: Vec<_> =
            report.effects.iter().map(|effect| serde_json::to_value(effect).expect("plain data")).collect();
        let has = |words: &str| effects.iter().any(|effect| effect.to_string().contains(words));
        assert!(has("dialog-changed in pt-BR"), "the customer hears of it: {effects:?}");
        assert!(
            effects.iter().any(|effect| effect.to_string().contains(&serde_json::json!(sentence).to_string())),
            "{effects:?}"
        );
        assert!(matches!(&report.effects[..], [.., Effect::HandOff { .. }]), "{effects:?}");
        let gone = |effect: &Effect| matches!(effect, Effect::PutState { key, value: None, .. } if key == "dialog");
        assert!(report.effects.iter().any(gone), "nothing is kept: {effects:?}");
    }
}

#[tokio::test]
async fn time_chance_and_output_are_what_the_run_says() {
    let Some(odd) = odd().await else { return };
    let time = act(&odd, "time", 1).await;
    assert_eq!(log(&time), [(LogLevel::Info, "true 2027-01-15T08:00:00.000Z")]);

    let (dice, same, other) = (act(&odd, "dice", 1).await, act(&odd, "dice", 1).await, act(&odd, "dice", 2).await);
    assert_eq!(log(&dice), log(&same));
    let numbers = |report: &RunReport| report.log[0].text.split(' ').map(str::to_owned).collect::<Vec<_>>();
    let (dice, other) = (numbers(&dice), numbers(&other));
    assert!((0..3).all(|at| dice[at] != other[at]), "{dice:?} {other:?}");
    assert_ne!(dice[0], dice[1]);

    let output = act(&odd, "console", 1).await;
    let lines = log(&output);
    assert_eq!(lines[..2], [(LogLevel::Info, r#"one {"two":[2,null]} {"k":"3n"}"#), (LogLevel::Warn, "odd")]);
    assert!(lines[2].0 == LogLevel::Error && lines[2].1.starts_with("RangeError: far\n    at console"), "{lines:?}");
}

#[tokio::test]
async fn values_and_refusals_come_back_as_javascript_has_them() {
    let Some(odd) = odd().await else { return };
    assert_eq!(log(&act(&odd, "state", 1).await), [(LogLevel::Info, r#"{"text":"ação 😀"} null 2"#)]);
    assert_eq!(log(&act(&odd, "attempt", 1).await), [(LogLevel::Info, "true invalid key")]);
    let amended = act(&odd, "amended", 1).await;
    let effect = serde_json::to_value(&amended.effects[0]).expect("effects are plain data").to_string();
    assert!(amended.outcome == Outcome::Done && effect.contains("hold"), "{effect}");
}

#[tokio::test]
async fn a_loop_a_recursion_and_a_hunger_for_memory_each_meet_their_limit() {
    let Some(odd) = odd().await else { return };
    let limits = odd.1.limits().clone();
    let table = [
        ("loop", Stop::Deadline { limit: limits.cpu }, "look for a loop that does not end"),
        ("recursion", Stop::Stack { limit: limits::WASM_STACK }, "look for a recursion that does not end"),
        ("memory", Stop::Memory { limit: limits.memory }, "keep less at once"),
    ];
    for (word, stop, advice) in table {
        let report = act(&odd, word, 1).await;
        assert!(stop.to_string().contains(advice), "{stop}");
        assert_eq!(report.outcome, Outcome::Stopped(stop), "{word}");
    }
    // An honest recursion is none of that.
    assert_eq!(log(&act(&odd, "depth", 1).await), [(LogLevel::Info, "1000")]);
}
