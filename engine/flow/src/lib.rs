//! Flow packages: a directory with a manifest (`flow.toml`), a plugin, a settings schema and texts.
//!
//! [`FlowPackage::open`] checks all of it and says everything that is wrong at once, each with file, line, column
//! and what would be right. [`PackageSnapshot`] is what an installation keeps in the store; it checks a shop's
//! settings. Nothing here runs a plugin.

mod contract;
mod cron_line;
mod document;
mod explain;
mod language;
mod manifest;
mod package;
mod permission;
mod problem;
mod schema;
mod settings;
mod templates;
mod texts;

pub use contract::{Contract, HOST_CONTRACT};
pub use cron_line::{CronError, CronLine};
pub use document::{Document, Focus, member};
pub use language::{Localized, REQUIRED_LANGUAGES};
pub use manifest::{
    About, AiDeclared, ClosedChoice, ClosedTemplate, Failure, FailureAction, FlowCeiling, HttpDeclared, HttpScheme,
    Limits, Manifest, Schedule, Sending, Trigger, TriggerEvent, TriggerHours,
};
pub use package::{FlowPackage, PackageSnapshot};
pub use permission::Permission;
pub use problem::{PackageError, Problem, SettingsError};
pub use settings::{ExtraCheck, Settings};
pub use templates::{TemplateCheck, TemplateFault, TemplateFile};
pub use texts::Texts;
