//! Every limit is met by a guest that goes beyond it; each ends its own run, with its own record.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use ponte_model::{Effect, Refusal};
use ponte_sandbox::{Limits, Outcome, Sandbox, SandboxConfig, Stop, limits as constants};

use crate::broker::{Maps, request};
use crate::guests::{Guest, guest};
use crate::support::{load, load_within, run, run_with, sandbox, texts};

const SPIN: &str = "(loop $again (br $again))";
/// A message to the contact, its answer at 256.
const SEND: &str = "(call $send.text (i32.const 1024) (i32.const 5) (i32.const 1040) (i32.const 2) (i32.const 256))";

#[tokio::test]
async fn each_bad_guest_meets_its_own_limit() {
    let recursion = Guest {
        fields: "(func $deep (param i64) (result i64) (i64.add (call $deep (local.get 0)) (i64.const 1)))",
        body: "(drop (call $deep (i64.const 1)))",
        ..Guest::default()
    };
    let tables = Guest {
        fields: "(table $t 1 funcref)",
        body: "(loop $again (drop (table.grow $t (ref.null func) (i32.const 1000))) (br $again))",
        ..Guest::default()
    };
    let born_large = Guest { memory: "1024", ..Guest::default() };
    let flood = Guest {
        calls: &["log.write"],
        memory: "64",
        body: "(call $log.write (i32.const 2) (i32.const 0) (i32.const 2000000))",
        ..Guest::default()
    };
    let grow = "(loop $again (drop (memory.grow (i32.const 16))) (br $again))";
    let calls = "(loop $again (drop (call $run.now)) (br $again))";
    let limits = Limits::default();
    let table = [
        ("loops for ever", guest(&[], SPIN), Stop::Deadline { limit: limits.cpu }),
        ("allocates without end", guest(&[], grow), Stop::Memory { limit: limits.memory }),
        ("begins with too much memory", born_large.build(), Stop::Memory { limit: limits.memory }),
        ("grows a table without end", tables.build(), Stop::Table { limit: limits.table_elements }),
        ("recurses without end", recursion.build(), Stop::Stack { limit: constants::WASM_STACK }),
        ("calls the host without end", guest(&["run.now"], calls), Stop::HostCalls { limit: limits.host_calls }),
        ("hands too much over", flood.build(), Stop::Transfer { limit: constants::HOSTCALL_BYTES }),
        ("ends its process", guest(&["exit.exit"], "(call $exit.exit (i32.const 1))"), Stop::Exit(1)),
        ("ends its process well", guest(&["exit.exit"], "(call $exit.exit (i32.const 0))"), Stop::Exit(0)),
    ];
    for (what, component, stop) in table {
        let report = run(component).await;
        assert_eq!(report.outcome, Outcome::Stopped(stop), "a guest that {what}");
        assert_eq!(report.effects, [], "a guest that {what}");
    }
}

#[tokio::test]
async fn a_guest_may_run_into_its_own_maximum() {
    let body = "(local $left i32) (local.set $left (i32.const 100))
        (loop $again
            (drop (memory.grow (i32.const 100)))
            (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))";
    let report = run(Guest { body, memory: "2 4", ..Guest::default() }.build()).await;
    assert_eq!((report.outcome, report.usage.peak_memory), (Outcome::Done, 128 << 10));
}

#[tokio::test]
async fn traps_say_where() {
    let crash = Guest { fields: "(func $sum_of_cart (unreachable))", body: "(call $sum_of_cart)", ..Guest::default() };
    let Outcome::Stopped(Stop::Trap(why)) = run(crash.build()).await.outcome else { panic!("not a trap") };
    assert!(why.contains("unreachable") && why.contains("sum_of_cart"), "{why}");

    let start = Guest { fields: "(func $prepare (unreachable)) (start $prepare)", ..Guest::default() };
    let Outcome::Stopped(Stop::Instantiate(why)) = run(start.build()).await.outcome else { panic!("it started") };
    assert!(why.contains("unreachable"), "{why}");

    let spin = Guest { fields: "(func $prepare (loop $again (br $again))) (start $prepare)", ..Guest::default() };
    assert!(matches!(run(spin.build()).await.outcome, Outcome::Stopped(Stop::Deadline { .. })));
}

#[tokio::test]
async fn too_many_effects_are_refused_and_the_rest_is_kept() {
    let body = format!(
        "(local $left i32) (local.set $left (i32.const 500))
         (loop $again {SEND} (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))"
    );
    let report = run(guest(&["send.text"], &body)).await;
    let limit = Limits::default().effects;
    assert_eq!(report.outcome, Outcome::Done);
    assert_eq!(report.effects.len(), limit as usize);
    assert_eq!(report.refusals.len(), constants::REFUSALS_KEPT);
    let refusal = Refusal::RunLimit { what: "effects".into(), limit };
    assert!(report.refusals.iter().all(|refused| *refused == ("send.text".to_owned(), refusal.clone())));
    assert_eq!(report.usage.host_calls, 500);
}

#[tokio::test]
async fn one_effect_may_not_be_huge() {
    let body = "(call $send.text (i32.const 1024) (i32.const 5) (i32.const 70000) (i32.const 80000) (i32.const 256))";
    let report = run(Guest { calls: &["send.text"], body, memory: "4", ..Guest::default() }.build()).await;
    assert_eq!((report.outcome, report.effects), (Outcome::Done, vec![]));
    assert_eq!(report.refusals[0].1.code(), "run-limit");
}

#[tokio::test]
async fn state_values_and_keys_have_lengths() {
    let put = |key: u32, value: u32| {
        let body = format!(
            "(call $state.put (i32.const 0) (i32.const 2048) (i32.const {key}) (i32.const 2048) (i32.const {value})
                (i32.const 256))"
        );
        run(Guest { calls: &["state.put"], body: &body, memory: "4", ..Guest::default() }.build())
    };
    for (key, value, field) in [(1, 65_537, "value"), (257, 1, "key"), (0, 1, "key")] {
        let refusals = put(key, value).await.refusals;
        assert!(matches!(&refusals[..], [(_, Refusal::Invalid { field: at, .. })] if at == field), "{refusals:?}");
    }
    let report = put(256, 65_536).await;
    assert!(matches!(&report.effects[..], [Effect::PutState { value: Some(value), .. }] if value.len() == 65_536));
}

#[tokio::test]
async fn a_flood_of_logs_is_cut_and_marked() {
    let body = "(local $left i32) (local.set $left (i32.const 1500))
        (loop $again
            (call $log.write (i32.const 2) (i32.const 1040) (i32.const 2))
            (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))";
    let report = run(guest(&["log.write"], body)).await;
    assert_eq!(report.outcome, Outcome::Done);
    assert!(report.log_cut);
    assert_eq!(report.log.len(), constants::LOG_LINES + 1);
    assert_eq!((texts(&report)[0], texts(&report)[constants::LOG_LINES]), ("oi", "… [cut]"));
}

#[tokio::test]
async fn a_panicking_broker_costs_one_run() {
    let send = guest(&["send.text"], SEND);
    let broken = Maps { broken: true, ..Maps::default() };
    let report = run_with(send.clone(), broken).await;
    let Outcome::Stopped(Stop::Host(why)) = &report.outcome else { panic!("{:?}", report.outcome) };
    assert!(why.contains("the broker is broken"), "{why}");
    assert_eq!(run(send).await.outcome, Outcome::Done);
}

#[tokio::test]
async fn a_broker_that_never_answers_meets_the_wall() {
    let limits = Limits { wall: Duration::from_millis(50), ..Limits::default() };
    let plugin = load_within(guest(&["send.text"], SEND), limits).await;
    let stuck = Maps { stuck: true, ..Maps::default() };
    let report = sandbox().run(&plugin, request(), Box::new(stuck)).await;
    assert_eq!(report.outcome, Outcome::Stopped(Stop::Wall { limit: Duration::from_millis(50) }));
    assert!(report.broker.conversation().is_some(), "the broker comes back");
}

/// On one thread: two guests that spin, and a good one that begins last and ends first.
#[tokio::test(flavor = "current_thread")]
async fn neighbours_of_a_spinning_guest_are_not_held_up() {
    let spin = load(guest(&[], SPIN)).await;
    let good = load(guest(
        &["state.get", "send.text"],
        &format!("(call $state.get (i32.const 0) (i32.const 1056) (i32.const 1) (i32.const 256)) {SEND}"),
    ))
    .await;
    let ended = Arc::new(Mutex::new(Vec::new()));
    let start = |name, plugin: &ponte_sandbox::Plugin| {
        let (plugin, ended) = (plugin.clone(), Arc::clone(&ended));
        tokio::spawn(async move {
            let report = sandbox().run(&plugin, request(), Box::new(Maps::default())).await;
            ended.lock().unwrap().push(name);
            report
        })
    };
    let (one, two, neighbour) = (start("one", &spin), start("two", &spin), start("neighbour", &good));
    let deadline = Outcome::Stopped(Stop::Deadline { limit: Limits::default().cpu });
    assert_eq!(neighbour.await.unwrap().outcome, Outcome::Done);
    for spinning in [one.await.unwrap(), two.await.unwrap()] {
        assert_eq!(spinning.outcome, deadline);
        assert!(spinning.usage.cpu >= Limits::default().cpu);
    }
    assert_eq!(ended.lock().unwrap()[0], "neighbour");
}

/// More runs than places: they wait, and none is refused.
#[tokio::test]
async fn runs_wait_for_a_place() {
    let plugin = load(guest(&["send.text"], SEND)).await;
    let runs = (0..40).map(|_| sandbox().run(&plugin, request(), Box::new(Maps::default())));
    for report in futures::future::join_all(runs).await {
        assert_eq!(report.outcome, Outcome::Done);
    }
}

/// A ticker for each sandbox: the second one's guests are interrupted too.
#[tokio::test]
async fn every_sandbox_ticks() {
    let dir = tempfile::tempdir().unwrap();
    let compiler = ponte_sandbox::Compiler::in_process(dir.path()).unwrap();
    let compiled = compiler.compile(guest(&[], SPIN)).await.unwrap();
    for _ in 0..2 {
        let sandbox = Sandbox::new(SandboxConfig { concurrent_runs: 1 }).unwrap();
        let plugin = sandbox.load(&compiled, Limits::default()).unwrap();
        let report = sandbox.run(&plugin, request(), Box::new(Maps::default())).await;
        assert!(matches!(report.outcome, Outcome::Stopped(Stop::Deadline { .. })));
    }
}

#[test]
fn inspect_names_every_limit_with_a_reason() {
    let knobs = sandbox().inspect();
    for name in ["CPU_COMPILED", "MEMORY_INTERPRETED", "HOST_CALLS", "PAGEMAP_SCAN", "concurrent_runs", "allocation"] {
        assert!(knobs.iter().any(|knob| knob.name == name), "{name} is missing");
    }
    assert!(knobs.iter().all(|knob| !knob.reason.is_empty() && !knob.value.is_empty()));
    let value = |name| knobs.iter().find(|knob| knob.name == name).map(|knob| knob.value.as_str());
    // wasmtime#14357: with swap, the next tenant would read this one's memory.
    assert_eq!((value("PAGEMAP_SCAN"), value("MEMORY_COMPILED")), (Some("off"), Some("32 MiB")));
}

#[test]
fn stops_say_the_limit_and_what_to_do() {
    let table = [
        (Stop::Deadline { limit: Duration::from_millis(100) }, "deadline", "100ms of CPU time"),
        (Stop::Memory { limit: 32 << 20 }, "memory", "32 MiB"),
        (Stop::HostCalls { limit: 2000 }, "host-calls", "2000 times"),
        (Stop::Exit(3), "exit", "exit 3"),
    ];
    for (stop, code, words) in table {
        assert_eq!(stop.code(), code);
        assert!(stop.to_string().contains(words), "{stop}");
    }
}
