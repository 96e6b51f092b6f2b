//! The sandbox: an engine, what guests may import, and places for runs.

use std::sync::Arc;

use ponte_model::Digest256;
use tokio::sync::Semaphore;
use wasmtime::Engine;
use wasmtime::component::{Component, HasSelf, InstancePre, Linker};

// The larger world: a guest of the smaller one imports less.
use crate::bindings::{ConnectedFlow as Flow, ConnectedFlowPre as FlowPre};
use crate::compile::CompiledFile;
use crate::limits::{self, Knob};
use crate::run::{self, RunReport, RunRequest};
use crate::state::RunState;
use crate::{Broker, ComponentInfo, Limits, engine, wasi};

/// How a sandbox is set up.
#[derive(Clone, Debug)]
pub struct SandboxConfig {
    /// Runs at once; further ones wait for a place. The pool takes 4 GiB of address space for each.
    pub concurrent_runs: u32,
}

impl Default for SandboxConfig {
    fn default() -> Self {
        Self { concurrent_runs: limits::CONCURRENT_RUNS }
    }
}

/// Runs plugins. Cheap to clone; clones share one engine. One for each process.
#[derive(Clone)]
pub struct Sandbox(Arc<Inner>);

struct Inner {
    engine: Engine,
    linker: Linker<RunState>,
    /// A place is taken before an instance is made, so the pool never runs out.
    places: Semaphore,
    pooled: bool,
    config: SandboxConfig,
}

/// The sandbox cannot be set up.
#[derive(Debug, thiserror::Error)]
pub enum SandboxError {
    /// Wasmtime has no engine for this machine or these settings.
    #[error("no Wasm engine on this machine: {0:#}")]
    Engine(wasmtime::Error),
    /// No thread to interrupt guests with.
    #[error("no thread to interrupt guests with: {0}")]
    Ticker(#[from] std::io::Error),
}

/// A compiled component does not load.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The file is gone, damaged or from another version.
    #[error("the compiled plugin {} does not load; compile it again: {error:#}", .path.display())]
    Unreadable {
        /// Where it is.
        path: std::path::PathBuf,
        /// What is wrong.
        error: wasmtime::Error,
    },
    /// Its imports or exports have other types than the contract's.
    #[error("the plugin does not fit ponte:flow {version}: {0:#}", version = crate::CONTRACT_VERSION)]
    Contract(wasmtime::Error),
}

/// A plugin that is ready to run. Cheap to clone.
#[derive(Clone)]
pub struct Plugin(Arc<Loaded>);

struct Loaded {
    pre: FlowPre<RunState>,
    limits: Arc<Limits>,
    info: ComponentInfo,
}

impl Sandbox {
    /// Sets the sandbox up. Its ticker is a thread that ends with the last clone.
    ///
    /// # Errors
    /// The machine has no place for an engine or a thread.
    pub fn new(config: SandboxConfig) -> Result<Self, SandboxError> {
        let (engine, pooled) = engine::running(config.concurrent_runs).map_err(SandboxError::Engine)?;
        let linker = linker(&engine).map_err(SandboxError::Engine)?;
        let weak = engine.weak();
        ponte_clock::every(limits::TICK, "ponte-ticks", move || {
            weak.upgrade().is_some_and(|engine| {
                engine.increment_epoch();
                true
            })
        })?;
        let places = Semaphore::new(config.concurrent_runs as usize);
        Ok(Self(Arc::new(Inner { engine, linker, places, pooled, config })))
    }

    /// Loads a plugin that was compiled before, to run within `limits`.
    ///
    /// # Errors
    /// The file does not load, or the component does not fit the contract.
    pub fn load(&self, compiled: &CompiledFile, limits: Limits) -> Result<Plugin, LoadError> {
        let path = compiled.path();
        let component = ponte_artifact::load(&self.0.engine, path)
            .map_err(|error| LoadError::Unreadable { path: path.to_owned(), error })?;
        let pre = self.0.linker.instantiate_pre(&component).and_then(FlowPre::new).map_err(LoadError::Contract)?;
        Ok(Plugin(Arc::new(Loaded { pre, limits: Arc::new(limits), info: compiled.info().clone() })))
    }

    /// Runs `plugin` once, in a fresh instance. Never fails: how it went is in the report, and so is the broker.
    pub async fn run(&self, plugin: &Plugin, request: RunRequest, broker: Box<dyn Broker>) -> RunReport {
        // The semaphore is never closed; were it, a run without a place would still be bounded by the pool.
        let _place = self.0.places.acquire().await.ok();
        run::run(plugin, request, broker).await
    }

    /// Whether instances come from a pool. If not, each takes about twice the time.
    pub fn is_pooled(&self) -> bool {
        self.0.pooled
    }

    /// Every limit and every tuning constant in force, with its value and reason.
    pub fn inspect(&self) -> Vec<Knob> {
        let mut knobs = limits::constants();
        let in_force = |name, value: String, reason| Knob { name, value, reason };
        knobs.push(in_force(
            "concurrent_runs",
            self.0.config.concurrent_runs.to_string(),
            "Runs at once in this process.",
        ));
        knobs.push(in_force(
            "allocation",
            if self.0.pooled { "pool" } else { "on demand" }.to_owned(),
            "A pool where it fits into the address space; instances on demand take about twice the time.",
        ));
        knobs
    }
}

impl Plugin {
    /// What the component is.
    pub fn info(&self) -> &ComponentInfo {
        &self.0.info
    }

    /// The component's digest.
    pub fn digest(&self) -> &Digest256 {
        &self.0.info.digest
    }

    /// What a run may use.
    pub fn limits(&self) -> &Arc<Limits> {
        &self.0.limits
    }

    /// The same plugin, to run within other limits. Nothing is loaded anew.
    #[must_use]
    pub fn within(&self, limits: Limits) -> Self {
        if *self.0.limits == limits {
            return self.clone();
        }
        let (pre, info) = (self.0.pre.clone(), self.0.info.clone());
        Self(Arc::new(Loaded { pre, limits: Arc::new(limits), info }))
    }

    pub(crate) fn engine(&self) -> &Engine {
        self.0.pre.engine()
    }

    pub(crate) fn pre(&self) -> &FlowPre<RunState> {
        &self.0.pre
    }
}

/// Everything that a guest may import.
fn linker(engine: &Engine) -> wasmtime::Result<Linker<RunState>> {
    let mut linker = Linker::new(engine);
    Flow::add_to_linker::<RunState, HasSelf<RunState>>(&mut linker, |run| run)?;
    wasi::link(&mut linker)?;
    Ok(linker)
}

/// Whether the types of a component's imports and exports are those of the contract.
pub(crate) fn fits(component: &Component) -> wasmtime::Result<()> {
    let pre: InstancePre<RunState> = linker(component.engine())?.instantiate_pre(component)?;
    FlowPre::new(pre).map(drop)
}
