//! Runs recorded runs again: sends nothing, writes nothing, tells what is the same and what is not.

mod beyond;

use std::collections::HashMap;
use std::sync::Arc;

use ponte_flow::FlowPackage;
use ponte_model::{Digest256, Effect, LogLine, RunId};
use ponte_sandbox::journal::{self, Recording, ReplayLog, Sealed, Unreadable};
use ponte_sandbox::{CompileError, Compiler, Limits, LoadError, Outcome, PermissionSet, Plugin, Sandbox};
use ponte_store::{InstallationRow, RunRow, Store, StoreError};

use crate::handle::sentence;
use beyond::Known;

/// A machine that is busy must not make a replay end where the run did not: so many times the limits of the run.
const PATIENCE: u32 = 10;

/// What is tried in place of the plugin that ran.
pub enum Candidate {
    /// A component; settings and texts are those of the installation as it is now.
    Component(Vec<u8>),
    /// A package with its own texts; settings are those of the installation as far as they fit it, else its defaults.
    Package {
        /// The package.
        package: Box<FlowPackage>,
        /// Its component.
        component: Vec<u8>,
    },
}

/// A run that was run again.
#[derive(Debug)]
pub struct Replayed {
    /// Which.
    pub run: RunId,
    /// How it ends now.
    pub outcome: Outcome,
    /// That in a sentence.
    pub sentence: String,
    /// How it ended then, in a word and in a sentence.
    pub was: (String, String),
    /// What it asked for then.
    pub before: Vec<Effect>,
    /// What it asks for now.
    pub after: Vec<Effect>,
    /// What it writes into the log now.
    pub log: Vec<LogLine>,
    /// Whether it ends as it did, and asks for the same bit for bit.
    pub same: bool,
    /// Whether the log is the same.
    pub log_same: bool,
    /// Where it went another way, and what had to be answered that was not recorded.
    pub told: ReplayLog,
    /// What makes the comparison less than it seems.
    pub remarks: Vec<String>,
}

/// A run cannot be run again.
#[derive(Debug, thiserror::Error)]
pub enum ReplayError {
    /// It was not recorded, or the recording is gone.
    #[error("{run} has no recording: {why}")]
    NotRecorded {
        /// Which.
        run: RunId,
        /// Why, as far as it is known.
        why: String,
    },
    /// The recording cannot be read.
    #[error("{run}: {error}")]
    Unreadable {
        /// Which.
        run: RunId,
        /// Why.
        error: Unreadable,
    },
    /// The plugin that ran is not stored any more.
    #[error("{run}: its plugin ({digest}) is not stored any more; give one with --with")]
    NoComponent {
        /// Which.
        run: RunId,
        /// The plugin.
        digest: Digest256,
    },
    /// The plugin cannot run here.
    #[error("the plugin cannot run: {0}")]
    Plugin(#[from] CompileError),
    /// The plugin does not load.
    #[error(transparent)]
    Load(#[from] LoadError),
    /// The store cannot be read.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// Runs recorded runs again, one after the other.
pub struct Replays<'a> {
    store: &'a dyn Store,
    sandbox: &'a Sandbox,
    compiler: &'a Compiler,
    /// By component, memory and patience.
    plugins: HashMap<(Digest256, usize, u32), Plugin>,
    installations: Vec<InstallationRow>,
}

impl<'a> Replays<'a> {
    /// Over what is stored. Nothing is written to the store.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub async fn new(store: &'a dyn Store, sandbox: &'a Sandbox, compiler: &'a Compiler) -> Result<Self, StoreError> {
        let installations = store.installations().await?;
        Ok(Self { store, sandbox, compiler, plugins: HashMap::new(), installations })
    }

    /// Runs a run again, or tries something else on what it was told.
    ///
    /// # Errors
    /// It was not recorded, the recording cannot be read, or the plugin cannot run.
    pub async fn replay(&mut self, row: &RunRow, with: Option<&Candidate>) -> Result<Replayed, ReplayError> {
        let run = &row.run;
        let recording = self.recording(row).await?;
        let mut permissions = recording.request.permissions;
        let (plugin, beyond) = match with {
            None => (self.recorded_plugin(row, &recording).await?, Known::nothing()),
            Some(candidate) => {
                let installed = self.installations.iter().find(|one| one.id == run.installation);
                let beyond = Known::of(candidate, installed);
                let (component, memory) = match candidate {
                    Candidate::Component(component) => (component, recording.memory),
                    Candidate::Package { package, component } => {
                        let words = package.manifest().permissions().map(|permission| permission.as_str());
                        permissions = PermissionSet::from_words(words).unwrap_or(permissions);
                        let host = Limits::COMPILED.memory.max(Limits::INTERPRETED.memory) as u64;
                        let memory = package.manifest().limits.memory_bytes(host);
                        (component, usize::try_from(memory).unwrap_or(usize::MAX))
                    }
                };
                (self.load(component, memory, 1).await?, beyond)
            }
        };
        let mut remarks = beyond.remarks();
        if recording.host != env!("CARGO_PKG_VERSION") {
            remarks.push(format!("it was recorded by ponte {}", recording.host));
        }
        if let Some(remark) = unrepeatable(&run.outcome) {
            remarks.push(remark.to_owned());
        }
        let (mut request, broker, end) = journal::replay(&recording, beyond.boxed());
        request.permissions = permissions;
        let report = self.sandbox.run(&plugin, request, broker).await;
        let told = end.close();
        let text = |field: &str| run.report[field].clone();
        let before = serde_json::from_value(text("effects")).unwrap_or_default();
        let log: Vec<LogLine> = serde_json::from_value(text("log")).unwrap_or_default();
        Ok(Replayed {
            run: run.id.clone(),
            same: Sealed::of(&report.outcome, &report.effects) == recording.sealed,
            sentence: sentence(&report.outcome),
            was: (run.outcome.clone(), text("sentence").as_str().unwrap_or_default().to_owned()),
            outcome: report.outcome,
            before,
            after: report.effects,
            log_same: report.log == log,
            log: report.log,
            told,
            remarks,
        })
    }

    /// The recording of a run.
    ///
    /// # Errors
    /// There is none, or it cannot be read.
    pub async fn recording(&self, row: &RunRow) -> Result<Recording, ReplayError> {
        let run = row.run.id.clone();
        let Some(bytes) = self.store.recording(&run).await? else {
            let why = row.run.report["unrecorded"].as_str();
            let why = why.unwrap_or("it was deleted in the meantime ([recordings] keep_days, max_bytes)").to_owned();
            return Err(ReplayError::NotRecorded { run, why });
        };
        Recording::read(&bytes).map_err(|error| ReplayError::Unreadable { run, error })
    }

    async fn recorded_plugin(&mut self, row: &RunRow, recording: &Recording) -> Result<Plugin, ReplayError> {
        let key = (row.run.digest.clone(), recording.memory, PATIENCE);
        if let Some(plugin) = self.plugins.get(&key) {
            return Ok(plugin.clone());
        }
        let component = self.store.component(&row.run.digest).await?;
        let component = component
            .ok_or_else(|| ReplayError::NoComponent { run: row.run.id.clone(), digest: row.run.digest.clone() })?;
        self.load(&component, recording.memory, PATIENCE).await
    }

    async fn load(&mut self, component: &[u8], memory: usize, patience: u32) -> Result<Plugin, ReplayError> {
        let digest = Digest256::of(component);
        if let Some(plugin) = self.plugins.get(&(digest.clone(), memory, patience)) {
            return Ok(plugin.clone());
        }
        let compiled = self.compiler.compile(Arc::<[u8]>::from(component)).await?;
        let mut limits = Limits::for_component(compiled.info());
        limits.memory = memory.min(limits.memory);
        // A guest cannot see them, so more of them changes nothing but who is stopped.
        limits.cpu *= patience;
        limits.wall *= PATIENCE;
        let plugin = self.sandbox.load(&compiled, limits)?;
        self.plugins.insert((digest, memory, patience), plugin.clone());
        Ok(plugin)
    }
}

/// Why a run that ended so need not end so again.
fn unrepeatable(outcome: &str) -> Option<&'static str> {
    match outcome {
        "deadline" => Some(
            "it was stopped for its CPU time, at a moment that depends on the machine: a replay has ten times as much, and \
             may end otherwise",
        ),
        "wall" => Some("it was stopped because the host was slow: a replay may end otherwise"),
        "host" | "instantiate" => Some("it was stopped by a failure of the host: a replay may end otherwise"),
        _ => None,
    }
}
