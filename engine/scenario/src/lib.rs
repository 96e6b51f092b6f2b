//! Scenarios: files that read like a chat, run against the real pipeline and a simulated WhatsApp on a clock that stands
//! still until a step moves it.
//!
//! The pipeline is the one of `ponte serve`: signed webhooks, the store, the sandbox, the policy, the outbox. Only the
//! network is missing: webhooks and requests are calls within the process, with the same bytes. [`Scenario::read`] reads a
//! file, [`Runner::run`] plays it and gives a [`Report`].

mod document;
mod edge;
mod export;
mod play;
mod report;
mod runner;
mod stage;

pub use document::{Scenario, ScenarioError, Span};
pub use edge::{Case, Suite};
pub use export::{ExportOptions, export};
pub use play::FailedRun;
pub use report::{Broken, Miss, Report, Told};
pub use runner::Runner;
pub use stage::{Setup, Stage, StageClock, StageError, Workshop};
