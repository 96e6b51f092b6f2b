//! A run is a pure function of its request and of the broker's answers, WASI included.

use ponte_model::Effect;
use ponte_sandbox::{Outcome, RunReport};

use crate::broker::{Maps, request};
use crate::guests::guest;
use crate::support::{load, run, sandbox, texts};

/// Puts everything that could differ into a value: our dice, WASI's dice, both clocks, a sleep of an hour between.
const ROLL: &str = "
    (call $run.random (i32.const 16) (i32.const 256))
    (memory.copy (i32.const 4096) (i32.load (i32.const 256)) (i32.const 16))
    (i64.store (i32.const 4112) (call $random.get-random-u64))
    (i64.store (i32.const 4120) (call $monotonic-clock.now))
    (call $poll.block (call $monotonic-clock.subscribe-duration (i64.const 3600000000000)))
    (i64.store (i32.const 4128) (call $monotonic-clock.now))
    (call $wall-clock.now (i32.const 4136))
    (call $state.put (i32.const 0) (i32.const 1056) (i32.const 1) (i32.const 4096) (i32.const 56) (i32.const 256))";
const CALLS: &[&str] = &[
    "run.random",
    "random.get-random-u64",
    "monotonic-clock.now",
    "monotonic-clock.subscribe-duration",
    "poll.block",
    "wall-clock.now",
    "state.put",
];

fn value(report: &RunReport) -> &[u8] {
    match &report.effects[..] {
        [Effect::PutState { value: Some(value), .. }] => value,
        other => panic!("{other:?}: {:?}", report.outcome),
    }
}

#[tokio::test]
async fn the_same_request_gives_the_same_effects() {
    let plugin = load(guest(CALLS, ROLL)).await;
    assert!(plugin.info().wasi);
    let mut reports = Vec::new();
    for seed in [7, 7, 8] {
        let mut request = request();
        request.random_seed = [seed; 32];
        reports.push(sandbox().run(&plugin, request, Box::new(Maps::default())).await);
    }
    let [one, again, other] = &reports[..] else { unreachable!() };
    assert_eq!(one.effects, again.effects);
    let (one, other) = (value(one), value(other));
    assert_ne!(one[..16], other[..16], "dice follow from the seed");
    assert_ne!(one[16..24], other[16..24], "WASI's dice follow from the seed");
    assert_ne!(one[..8], one[16..24], "each has dice of its own");
    assert_eq!(one[24..], other[24..], "clocks do not");
    let number = |at: usize| u64::from_le_bytes(one[at..at + 8].try_into().unwrap());
    assert!(number(32) - number(24) >= 3_600_000_000_000, "an hour was slept, in no time");
    assert_eq!(number(40), 1_800_000_000, "the wall clock shows the event's time");
}

#[tokio::test]
async fn standard_output_is_the_log() {
    let body = "(call $streams.blocking-write-and-flush (call $stdout.get-stdout)
        (i32.const 1024) (i32.const 5) (i32.const 256))";
    let report = run(guest(&["stdout.get-stdout", "streams.blocking-write-and-flush"], body)).await;
    assert_eq!((&report.outcome, texts(&report)), (&Outcome::Done, vec!["con_1"]));
}
