//! `ponte notices`: what the shop should know.

use std::process::ExitCode;
use std::time::Duration;

use clap::Args;
use ponte_clock::{Clock as _, SystemClock};
use ponte_model::Timestamp;
use ponte_policy::notices::Said;
use ponte_store::{NoticeRow, SqliteStore, Store as _};
use serde_json::{Value, json};

use crate::args::Language;
use crate::config::Config;

/// So long is shown what needs nobody's work: a flow that went live.
const NEWS: Duration = Duration::from_secs(7 * 24 * 3600);

/// Each is said once and closed when its reason is gone.
#[derive(Debug, Args)]
pub(crate) struct Notices {
    /// Show what is over too.
    #[arg(long)]
    all: bool,
    /// As JSON, for scripts; in all languages.
    #[arg(long)]
    json: bool,
    /// The language.
    #[arg(long, value_enum, default_value_t = Language::En)]
    language: Language,
}

pub(crate) async fn run(config: &Config, command: Notices) -> anyhow::Result<ExitCode> {
    let Notices { all, json, language } = command;
    let store = SqliteStore::attach(&config.data_dir).await?;
    let since = if all { Timestamp::EPOCH } else { SystemClock.now().minus(NEWS) };
    let mut rows = store.notices(since).await?;
    // What is over was a notice once, unless it is news: news was never open.
    rows.retain(|row| all || row.closed_at.is_none() || row.closed_at == Some(row.since));
    store.close().await;
    if json {
        println!("{}", serde_json::to_string_pretty(&rows.iter().map(as_value).collect::<Vec<_>>())?);
        return Ok(ExitCode::SUCCESS);
    }
    let language = language.into();
    for row in &rows {
        let said = |key: &str| serde_json::from_value::<Said>(row.words[key].clone()).unwrap_or_default();
        let (what, todo) = (said("what"), said("todo"));
        let over = row.closed_at.filter(|closed| *closed != row.since).map(|at| format!(" (over since {at})"));
        println!(
            "{:<24} {:<14} {}{}",
            row.since.to_string(),
            row.kind,
            what.in_language(language),
            over.unwrap_or_default()
        );
        if !todo.in_language(language).is_empty() {
            println!("{:<24} {:<14} → {}", "", "", todo.in_language(language));
        }
    }
    let open = rows.iter().filter(|row| row.closed_at.is_none()).count();
    eprintln!("{open} open");
    Ok(ExitCode::SUCCESS)
}

fn as_value(row: &NoticeRow) -> Value {
    json!({
        "notice": row.seq, "key": row.key, "tenant": row.tenant, "kind": row.kind, "what": row.words["what"],
        "todo": row.words["todo"], "since": row.since, "until": row.until, "closed_at": row.closed_at,
    })
}
