//! How long a fresh instance and its call take: `cargo run --release -p ponte-sandbox --example fresh --
//! [component.wasm] [rounds]`. Prints one line of JSON, which `cargo xtask bench` reads.
//!
//! A flow that rejects the event for want of its settings is measured all the same; `outcome` tells. Without a
//! component it measures a small guest of its own, which reads a key and answers. On a shared machine
//! look at the minimum; medians are the neighbours' doing.

#[path = "../tests/sandbox/broker.rs"]
mod broker;
#[path = "../tests/sandbox/guests.rs"]
mod guests;

use std::time::Duration;

use ponte_clock::Stopwatch;
use ponte_sandbox::{Broker, Compiler, Limits, Outcome, Sandbox, SandboxConfig};

use broker::{Maps, request};

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let mut args = std::env::args().skip(1);
    let component = args.next().map_or_else(small_guest, |path| std::fs::read(path).unwrap());
    let rounds: usize = args.next().map_or(5_000, |rounds| rounds.parse().unwrap());

    let dir = tempfile::tempdir().unwrap();
    let (compiled, compile) = {
        let watch = Stopwatch::start();
        (Compiler::in_process(dir.path()).unwrap().compile(component).await.unwrap(), watch.elapsed())
    };
    let sandbox = Sandbox::new(SandboxConfig::default()).unwrap();
    let watch = Stopwatch::start();
    let plugin = sandbox.load(&compiled, Limits::for_component(compiled.info())).unwrap();
    let load = watch.elapsed();

    let mut walls = Vec::with_capacity(rounds);
    let mut outcome = "none";
    let mut broker: Box<dyn Broker> = Box::new(Maps::default());
    for _ in 0..rounds {
        let request = request();
        let watch = Stopwatch::start();
        let report = sandbox.run(&plugin, request, broker).await;
        walls.push(watch.elapsed());
        assert!(!matches!(report.outcome, Outcome::Stopped(_)), "{:?}: {:?}", report.outcome, report.log);
        outcome = report.outcome.code();
        broker = report.broker;
    }
    walls.sort_unstable();
    let micros = |wall: Duration| (wall.as_secs_f64() * 10_000_000.0).round() / 10.0;
    let result = serde_json::json!({
        "bench": "fresh-instance",
        "rounds": rounds,
        "outcome": outcome,
        "pooled": sandbox.is_pooled(),
        "compile_ms": compile.as_millis(),
        "load_us": micros(load),
        "min_us": micros(walls[0]),
        "median_us": micros(walls[rounds / 2]),
        "p99_us": micros(walls[rounds * 99 / 100]),
    });
    println!("{result}");
}

fn small_guest() -> Vec<u8> {
    guests::guest(
        &["state.get", "send.text"],
        "(call $state.get (i32.const 0) (i32.const 1056) (i32.const 1) (i32.const 256))
         (call $send.text (i32.const 1024) (i32.const 5) (i32.const 1040) (i32.const 2) (i32.const 256))",
    )
}
