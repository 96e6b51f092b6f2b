//! Flows in JavaScript and TypeScript: real components, built by the SDK's own script.

use std::path::PathBuf;
use std::time::Duration;

use ponte_model::{Body, Content, LogLevel, Message, Owner};
use ponte_policy::Facts;
use ponte_sandbox::{Compiler, Limits, Outcome, Plugin, RunReport, Sandbox, SandboxConfig, Stop, limits};
use ponte_simulator::Customer;
use ponte_tests::{NUMBER, Stage, StageBuilder, built, root};

#[path = "../../engine/sandbox/tests/sandbox/broker.rs"]
mod broker;

const ANA: &str = "5511911112222";

fn example(name: &str) -> PathBuf {
    let project = root().join("examples").join(name);
    built::package(&project, &built::javascript(&project))
}

/// What came from the API since the last time, oldest first.
struct Chat {
    stage: Stage,
    ana: Customer,
    heard: usize,
}

impl Chat {
    async fn with(package: PathBuf) -> Self {
        let stage = StageBuilder::default().package(package, "").start().await;
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
        let mut chat = Chat::with(example(name)).await;
        assert_eq!(chat.writes("oi").await, ["Olá, Ana! Como posso ajudar?"], "{name}");
        assert_eq!(chat.writes("vocês abrem hoje?").await, ["Recebi sua mensagem número 2."], "{name}");
        chat.stage.pass(Duration::from_secs(3 * 3_600)).await;
        assert_eq!(chat.writes("Humano").await, ["Já chamo alguém."], "{name}");
        assert_eq!(chat.handed().await, (Owner::Team, "Pediu uma pessoa.".to_owned()), "{name}");
        assert!(chat.writes("alô?").await.is_empty(), "{name}");
        assert_eq!(chat.stage.last_rule(ANA).await, "owned-by-team", "{name}");
    }
}

#[tokio::test]
async fn a_dialog_waits_over_a_restart_and_goes_on() {
    let mut chat = Chat::with(example("dialog-js")).await;
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
    let package = example("dialog-js");
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
const ODD: &str = r#"
import { attempt, flow, log, reply, retry, run, send, state, Refused } from "ponte-sdk";

function deeper(depth) {
  if (depth === 3) throw new TypeError("too deep");
  return deeper(depth + 1);
}

const acts = {
  boom: () => deeper(0),
  cause: () => {
    try { deeper(3); } catch (error) { throw new Error("outer", { cause: error }); }
  },
  words: () => { throw "just words"; },
  async: async () => {},
  timer: () => setTimeout(() => {}, 1),
  retry: () => retry("5m"),
  time: () => console.log(Date.now() === run.now(), new Date().toISOString()),
  dice: () => console.log(Math.random(), Math.random(), run.uuid()),
  console: () => {
    console.log("one", { two: [2, null] }, new Map([["k", 3n]]));
    console.warn("odd");
    console.error(new RangeError("far"));
  },
  state: () => {
    state.conversation.put("k", { text: "ação 😀" }, "3d");
    log.info(state.conversation.get("k"), state.conversation.get("none"), state.conversation.add("n", 2));
  },
  refused: () => reply(""),
  attempt: () => {
    const answer = attempt(() => state.conversation.put("", 1));
    log.info(answer instanceof Refused, answer.reason, answer.detail.field);
  },
  amended: () => send.text("con_1", "x").expireAfter("1h 30m").whenClosed("hold"),
  loop: () => { for (;;); },
  recursion: () => { const f = (n) => f(n + 1) + 1; f(0); },
  depth: () => { const f = (n) => (n === 0 ? 0 : 1 + f(n - 1)); log.info(f(1000)); },
  memory: () => { const all = []; for (;;) all.push({ text: "x".repeat(10) + all.length }); },
};

export const handler = flow((event) => acts[event.text]());
"#;

async fn odd() -> (Sandbox, Plugin) {
    let compiler = Compiler::in_process(built::cache().join("compiled")).expect("a compiler");
    let compiled = compiler.compile(built::javascript_source(ODD)).await.expect("it compiles");
    let sandbox = Sandbox::new(SandboxConfig { concurrent_runs: 4 }).expect("a sandbox");
    let plugin = sandbox.load(&compiled, Limits::for_component(compiled.info())).expect("it loads");
    (sandbox, plugin)
}

/// Runs it over a word; the seed is what the run's dice follow from.
async fn act((sandbox, plugin): &(Sandbox, Plugin), word: &str, seed: u8) -> RunReport {
    let mut request = broker::request();
    request.event.body = Body::Message(Message::of(Content::Text { body: word.into() }));
    request.random_seed = [seed; 32];
    let refuse = (word == "refused").then_some(ponte_model::Refusal::WindowClosed);
    sandbox.run(plugin, request, Box::new(broker::Maps { refuse, ..broker::Maps::default() })).await
}

fn log(report: &RunReport) -> Vec<(LogLevel, &str)> {
    report.log.iter().map(|line| (line.level, line.text.as_str())).collect()
}

/// The line of `ODD` that has these words: what a stack must name.
fn line_of(words: &str) -> usize {
    ODD.lines().position(|line| line.contains(words)).expect("a line of it") + 1
}

#[tokio::test]
async fn an_uncaught_error_is_a_reject_with_its_message_and_the_places_in_the_source() {
    let odd = odd().await;
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
async fn time_chance_and_output_are_what_the_run_says() {
    let odd = odd().await;
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
    let odd = odd().await;
    assert_eq!(log(&act(&odd, "state", 1).await), [(LogLevel::Info, r#"{"text":"ação 😀"} null 2"#)]);
    assert_eq!(log(&act(&odd, "attempt", 1).await), [(LogLevel::Info, "true invalid key")]);
    let amended = act(&odd, "amended", 1).await;
    let effect = serde_json::to_value(&amended.effects[0]).expect("effects are plain data").to_string();
    assert!(amended.outcome == Outcome::Done && effect.contains("hold"), "{effect}");
}

#[tokio::test]
async fn a_loop_a_recursion_and_a_hunger_for_memory_each_meet_their_limit() {
    let odd = odd().await;
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
