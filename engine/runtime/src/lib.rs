//! The pipeline: a webhook in, a sandboxed flow, a reply out.
//!
//! ```text
//! ingest ─► inbox ─► dispatch ─► fold, route ─► run ─► commit ─► outbox ─► send
//! ```
//!
//! One direction, one module a step. What happened is durable before anybody is told that it arrived; what a flow asks
//! for is written in one transaction with the acknowledgement of its event; what leaves is marked before it leaves.

mod common;
mod conversations;
mod core;
mod dispatch;
mod handle;
mod housekeeping;
mod ingest;
mod install;
mod lanes;
mod outbox;
mod people;
mod registry;
mod runtime;
mod schedules;
mod settings;
mod timers;
mod webhooks;

pub use common::{SettingProblem, check_settings};
pub use core::Tokens;
pub use ingest::IngestError;
pub use install::{InstallError, InstallRequest, install};
pub use registry::Broken;
pub use runtime::{Parts, Runtime, StartError};
pub use settings::RuntimeSettings;
pub use webhooks::{RenderMetrics, WebhookSettings, router};
