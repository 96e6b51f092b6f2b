//! `ponte http`: requests of flows to web services that leave after a run.

use std::process::ExitCode;

use clap::Subcommand;
use ponte_model::InstallationId;
use ponte_store::{RequestRow, SqliteStore, Store as _};

use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum Http {
    /// List requests, newest first: what waits, what was answered, what was given up and why. Secrets show as their
    /// stand-ins.
    List {
        /// Of this installation only.
        #[arg(long, value_name = "NAME")]
        flow: Option<String>,
        /// So many.
        #[arg(long, default_value_t = 50)]
        last: u32,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(config: &Config, command: Http) -> anyhow::Result<ExitCode> {
    let Http::List { flow, last, json } = command;
    let store = SqliteStore::attach(&config.data_dir).await?;
    let rows = store.requests(flow.map(InstallationId::from).as_ref(), last).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&rows)?);
    } else {
        rows.iter().for_each(|row| println!("{}", line(row)));
        eprintln!("{} requests", rows.len());
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

fn line(row: &RequestRow) -> String {
    let what = format!("{} {}", row.request.method.as_str(), row.request.url);
    let status = row.status.map(|status| format!(" {status}")).unwrap_or_default();
    let tries = match (row.state.as_str(), row.attempts) {
        (_, 0) => String::new(),
        ("queued", tries) => format!(", tried {tries} times, again at {}", row.not_before),
        (_, tries) => format!(" at try {tries}"),
    };
    let why = row.reason.as_deref().map(|why| format!(": {why}")).unwrap_or_default();
    let id = row.id.as_str();
    format!(
        "{:<24} {:<16} {}{status}{tries} {what} ({id}){why}",
        row.queued_at.to_string(),
        row.installation.as_str(),
        row.state
    )
}
