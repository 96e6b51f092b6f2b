//! Ahead-of-time compilation: in a process of its own with limits of its own, into a cache addressed by content.
//!
//! Compiling is the one thing that a stranger's component can make expensive without running (12 MB of JavaScript
//! take 10 s of two cores), so it happens once, at install, and where it can be killed.

mod build;
mod cache;
mod child;

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;

pub use child::compile_child_main;

use crate::component::Unfit;
use crate::{ComponentInfo, component};
use build::Builder;

/// Compiles components, each once. Cheap to clone.
#[derive(Clone)]
pub struct Compiler {
    builder: Arc<Builder>,
    mode: Mode,
    /// One component at a time: each may take gigabytes.
    turn: Arc<Mutex<()>>,
}

#[derive(Clone)]
enum Mode {
    Child { program: PathBuf, args: Vec<OsString> },
    InProcess,
}

/// A compiled component in the cache, whose checksum was compared when this was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CompiledFile {
    path: PathBuf,
    info: ComponentInfo,
}

impl CompiledFile {
    /// Where it is.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What was compiled.
    pub fn info(&self) -> &ComponentInfo {
        &self.info
    }
}

/// A component was not compiled.
#[derive(Debug, thiserror::Error)]
pub enum CompileError {
    /// It cannot be a flow.
    #[error("the component {0}")]
    Unfit(#[from] Unfit),
    /// It took too long.
    #[error("compiling took more than {0:?}: make the component smaller, or try again when the machine is less busy")]
    TimedOut(Duration),
    /// The compiler was killed or crashed.
    #[error("the compiler {0}")]
    Died(String),
    /// The cache cannot be read or written.
    #[error("the cache of compiled plugins at {}: {error}; see that the directory exists and belongs to this user", .path.display())]
    Cache {
        /// Where.
        path: PathBuf,
        /// What is wrong.
        error: std::io::Error,
    },
    /// This machine has no compiler.
    #[error("no Wasm compiler on this machine: {0:#}")]
    Engine(wasmtime::Error),
}

impl Compiler {
    /// Compiles in a process: `program args…`, which has to call [`compile_child_main`] and nothing else. The cache
    /// is in `dir`, which is made if it is missing.
    ///
    /// # Errors
    /// The cache cannot be made, or this machine has no compiler.
    pub fn child(
        dir: impl Into<PathBuf>,
        program: impl Into<PathBuf>,
        args: impl IntoIterator<Item = impl Into<OsString>>,
    ) -> Result<Self, CompileError> {
        let args = args.into_iter().map(Into::into).collect();
        Self::new(dir.into(), Mode::Child { program: program.into(), args })
    }

    /// Compiles in this process: for tests, and for components that one has built oneself.
    ///
    /// # Errors
    /// The cache cannot be made, or this machine has no compiler.
    pub fn in_process(dir: impl Into<PathBuf>) -> Result<Self, CompileError> {
        Self::new(dir.into(), Mode::InProcess)
    }

    fn new(dir: PathBuf, mode: Mode) -> Result<Self, CompileError> {
        Ok(Self { builder: Arc::new(Builder::new(dir)?), mode, turn: Arc::default() })
    }

    /// Checks a component and compiles it, unless the cache has it already.
    ///
    /// # Errors
    /// The component cannot be a flow, or compiling failed.
    pub async fn compile(&self, component: impl Into<Arc<[u8]>>) -> Result<CompiledFile, CompileError> {
        let bytes: Arc<[u8]> = component.into();
        let read = Arc::clone(&bytes);
        let info = blocking(move || component::inspect(&read)).await??;
        let _turn = self.turn.lock().await;
        if let Some(file) = self.cached(&info).await? {
            return Ok(file);
        }
        match &self.mode {
            Mode::Child { program, args } => child::run(program, args, self.builder.dir(), &bytes).await?,
            Mode::InProcess => {
                let builder = Arc::clone(&self.builder);
                blocking(move || builder.build(&bytes)).await??;
            }
        }
        let missing = || CompileError::Died("left nothing behind: it must be the same version as this program".into());
        self.cached(&info).await?.ok_or_else(missing)
    }

    async fn cached(&self, info: &ComponentInfo) -> Result<Option<CompiledFile>, CompileError> {
        let (builder, digest) = (Arc::clone(&self.builder), info.digest.clone());
        blocking(move || builder.cached(&digest)).await?
    }
}

/// Does what takes long where it holds nobody up.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T, CompileError> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|error| CompileError::Died(format!("crashed: {error}")))
}
