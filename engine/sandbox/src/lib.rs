//! Runs plugins: WebAssembly components of the world `ponte:flow/flow`.
//!
//! A fresh instance for every event, no ambient authority, and a limit on everything: CPU time, real time, memory,
//! tables, stack, host calls, effects, log. A run is a pure function of its [`RunRequest`] and of what its
//! [`Broker`] answers. Its effects are collected, not done; a run that is stopped costs itself and nothing else.
//!
//! ```text
//! bytes ── Compiler ──► CompiledFile ── Sandbox::load ──► Plugin ── Sandbox::run ──► RunReport
//!          (a process,   (cache, by                        (shared)   (fresh instance)
//!           once)         content)
//! ```

mod bindings;
mod broker;
mod compile;
mod component;
mod convert;
mod engine;
mod host;
pub mod journal;
pub mod limits;
mod log;
mod meter;
mod patience;
mod permission;
mod random;
mod run;
mod sandbox;
mod state;
mod stop;
mod wasi;

pub use broker::{AutomaticTexts, Broker, ContactRecord, ConversationFacts, LocalTime, PastMessage, Period, PhoneView};
pub use compile::{CompileError, CompiledFile, Compiler, compile_child_main};
pub use component::{CONTRACT_VERSION, ComponentInfo, Unfit, inspect};
pub use limits::{Knob, Limits};
pub use permission::{Permission, PermissionSet, UnknownPermission};
pub use run::{Outcome, RunReport, RunRequest, Usage};
pub use sandbox::{LoadError, Plugin, Sandbox, SandboxConfig, SandboxError};
pub use stop::Stop;
