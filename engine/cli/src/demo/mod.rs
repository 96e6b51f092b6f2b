//! `ponte demo`: the whole pipeline against a simulated WhatsApp, with a person (or a script) as the customer and as
//! the owner of the phone.

mod chat;
mod script;
mod stage;
mod store;

use std::path::PathBuf;
use std::process::ExitCode;

use chrono::{DateTime, FixedOffset};

use crate::config::Log;
use crate::logging;

/// Play the customer and the owner of the phone, against a simulated WhatsApp.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Play this script instead of asking a person; exits 0 if everything came as the script expects, else 1.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// The folder with the flows to install: each with a flow.toml and a settings.example.toml.
    #[arg(long, value_name = "DIR", default_value = "flows")]
    flows: PathBuf,
    /// The moment at which the demo begins, as RFC 3339.
    #[arg(long, value_name = "TIME", default_value = "2026-11-23T22:10:00-03:00")]
    at: DateTime<FixedOffset>,
    /// Keep the data here instead of throwing it away at the end.
    #[arg(long, value_name = "DIR")]
    data_dir: Option<PathBuf>,
    /// What to log; `info` shows the pipeline at work.
    #[arg(long, value_name = "LEVEL", default_value = "error")]
    log: String,
}

pub(crate) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    logging::start(&Log { level: Some(options.log.clone()), format: None })?;
    let script = options.script.as_deref().map(script::Script::read).transpose()?;
    let at = script.as_ref().and_then(|script| script.at).unwrap_or(options.at);
    let mut stage = stage::Stage::set(&options.flows, options.data_dir.as_deref(), at).await?;
    let code = match script {
        Some(script) => script::play(&mut stage, &script).await?,
        None => chat::run(&stage).await?,
    };
    stage.strike().await;
    Ok(code)
}
