//! The pipeline: a webhook in, a sandboxed flow, a reply out.
//!
//! ```text
//! ingest ─► inbox ─► dispatch ─► fold, route ─► run ─► commit ─► outbox ─► send
//! ```
//!
//! One direction, one module a step. What happened is durable before anybody is told that it arrived; what a flow asks
//! for is written in one transaction with the acknowledgement of its event; what leaves is marked before it leaves.

mod addressees;
mod common;
mod controls;
mod conversations;
mod core;
mod dispatch;
mod echoes;
mod flows;
mod handle;
mod hooks;
mod housekeeping;
mod ingest;
mod install;
mod joins;
mod lanes;
mod lifecycle;
mod money;
mod outbox;
mod outside;
mod recordings;
mod registry;
mod release;
mod replay;
mod routing;
mod runtime;
mod schedules;
mod settings;
mod templates;
mod timers;
mod verdict;
mod webhooks;

pub use common::{SettingProblem, check_settings};
pub use core::Tokens;
pub use flows::{
    FlowReport, SubmitNews, Submitted, check_templates, open_package, pause_flow, report_flows, resume_flow,
    submit_templates,
};
pub use hooks::{Hook, hooks};
pub use ingest::IngestError;
pub use install::{InstallError, InstallOptions, InstallRequest, install, install_with};
pub use lifecycle::{command_number, life_of, subject};
pub use outside::{AiSettings, OrdersSource, OutsideSettings, granted};
pub use recordings::RecordingSettings;
pub use registry::{Broken, put_in_order};
pub use release::daily_release;
pub use replay::{Candidate, ReplayError, Replayed, Replays};
pub use routing::{Changed, Desk, DryRun, Explained, imagined};
pub use runtime::{Parts, Runtime, StartError};
pub use settings::RuntimeSettings;
pub use templates::{SyncedAccount, sync_templates};
pub use webhooks::{RenderMetrics, WebhookSettings, router};
