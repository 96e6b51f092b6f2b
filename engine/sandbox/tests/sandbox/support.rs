//! One sandbox for all, and short ways to run a component in it.

use std::sync::OnceLock;

use ponte_sandbox::{Compiler, Limits, Plugin, RunReport, Sandbox, SandboxConfig};

use crate::broker::{Maps, request};

/// The sandbox of this process: few places, so that the tests' pools are small.
pub(crate) fn sandbox() -> &'static Sandbox {
    static SANDBOX: OnceLock<Sandbox> = OnceLock::new();
    SANDBOX.get_or_init(|| Sandbox::new(SandboxConfig { concurrent_runs: 8 }).unwrap())
}

/// Compiles and loads, within the given limits.
pub(crate) async fn load_within(component: Vec<u8>, limits: Limits) -> Plugin {
    let dir = tempfile::tempdir().unwrap();
    let compiled = Compiler::in_process(dir.path()).unwrap().compile(component).await.unwrap();
    sandbox().load(&compiled, limits).unwrap()
}

/// Compiles and loads.
pub(crate) async fn load(component: Vec<u8>) -> Plugin {
    load_within(component, Limits::default()).await
}

/// Runs a component on [`request`] with an obliging broker.
pub(crate) async fn run(component: Vec<u8>) -> RunReport {
    run_with(component, Maps::default()).await
}

/// Runs a component on [`request`].
pub(crate) async fn run_with(component: Vec<u8>, broker: Maps) -> RunReport {
    let plugin = load(component).await;
    sandbox().run(&plugin, request(), Box::new(broker)).await
}

/// The log's texts.
pub(crate) fn texts(report: &RunReport) -> Vec<&str> {
    report.log.iter().map(|line| line.text.as_str()).collect()
}
