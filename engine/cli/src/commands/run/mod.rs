//! `ponte run`: what flows did, why, and what they would do.

mod effects;
mod replay;
mod show;

use std::process::ExitCode;

use anyhow::{Context as _, bail};
use clap::Subcommand;
use ponte_model::{ConversationId, NumberId};
use ponte_store::{RunFilter, RunRow, SqliteStore, Store};
use serde_json::{Value, json};

use super::people;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum Run {
    /// List runs, newest first, and whether they can be replayed.
    List {
        #[command(flatten)]
        which: Which,
        /// So many.
        #[arg(long, default_value_t = 50)]
        last: u32,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Tell the story of a run: its event, what it asked and was told, what it did, what became of its messages.
    Show {
        /// The run; the beginning or the end of its id will do where only one has it.
        run: String,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Run recorded runs again. Nothing is sent and nothing is written.
    ///
    /// The same plugin must do the same, bit for bit. With --with another one is tried on what the recorded one was told,
    /// and the report says which runs differ, and how. What it asks that nobody recorded is answered by its own package
    /// and the shop's settings where they tell, and refused otherwise; the report says that too. Exits 0 when every run
    /// is the same, 1 when one differs or cannot be replayed.
    Replay {
        /// Runs; the beginning or the end of an id will do where only one has it.
        #[arg(value_name = "RUN", conflicts_with_all = ["last", "flow", "conversation", "outcome"])]
        runs: Vec<String>,
        #[command(flatten)]
        which: Which,
        /// So many of the last runs that were recorded [default: 100, where no RUN is named].
        #[arg(long, value_name = "N")]
        last: Option<u32>,
        /// Try another plugin: a component (.wasm), or the folder of a package, whose texts count then.
        #[arg(long, value_name = "PATH")]
        with: Option<std::path::PathBuf>,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
}

/// Which runs.
#[derive(Debug, clap::Args)]
pub(crate) struct Which {
    /// Of this installation only.
    #[arg(long, value_name = "INSTALLATION")]
    flow: Option<String>,
    /// In this conversation only: the number's phone_number_id, a slash, and the customer's phone number or contact id.
    #[arg(long, value_name = "NUMBER/CONTACT")]
    conversation: Option<String>,
    /// Ended so only: done, rejected, retry, trap, deadline, memory …
    #[arg(long, value_name = "WORD")]
    outcome: Option<String>,
}

impl Which {
    fn is_none(&self) -> bool {
        self.flow.is_none() && self.conversation.is_none() && self.outcome.is_none()
    }

    async fn filter(self, store: &dyn Store, recorded: bool) -> anyhow::Result<RunFilter> {
        let conversation = match &self.conversation {
            Some(named) => Some(conversation(store, named).await?),
            None => None,
        };
        Ok(RunFilter { installation: self.flow.map(Into::into), conversation, outcome: self.outcome, recorded })
    }
}

async fn conversation(store: &dyn Store, named: &str) -> anyhow::Result<ConversationId> {
    let (number, contact) = named.split_once('/').with_context(|| {
        format!("{named:?}: write the number's phone_number_id, a slash, and the customer's phone number")
    })?;
    let number = NumberId::from(number);
    let tenant = people::number(store, &number).await?.tenant;
    let (_, id) = people::contact(store, &tenant, contact).await?;
    Ok(ConversationId { number, contact: id.with_context(|| format!("nothing was ever heard of {contact}"))? })
}

pub(crate) async fn run(config: &Config, command: Run) -> anyhow::Result<ExitCode> {
    let store = SqliteStore::attach(&config.data_dir).await?;
    let done = match command {
        Run::List { which, last, json } => list(&store, which, last, json).await,
        Run::Show { run, json } => show::run(&store, &run, json).await,
        Run::Replay { runs, which, last, with, json } => {
            replay::run(config, &store, replay::Wanted { runs, which, last }, with, json).await
        }
    };
    store.close().await;
    done
}

async fn list(store: &dyn Store, which: Which, last: u32, as_json: bool) -> anyhow::Result<ExitCode> {
    let rows = store.find_runs(&which.filter(store, false).await?, last).await?;
    if as_json {
        println!("{}", serde_json::to_string_pretty(&rows.iter().map(as_value).collect::<Vec<_>>())?);
        return Ok(ExitCode::SUCCESS);
    }
    for row in &rows {
        let run = &row.run;
        let what = effects::summary(&effects::of(&run.report));
        let what = if run.outcome == "done" { what } else { said(&run.report["sentence"]) };
        let mark = if row.recording.is_some() { "" } else { "  (not recorded)" };
        println!("{}  {}  {:<10} {:<20} {what}{mark}", run.at, run.id, run.outcome, run.installation.as_str());
    }
    eprintln!("{} runs", rows.len());
    Ok(ExitCode::SUCCESS)
}

/// A run for scripts.
fn as_value(row: &RunRow) -> Value {
    let run = &row.run;
    json!({
        "run": run.id, "at": run.at, "event": run.event, "installation": run.installation, "version": run.version,
        "digest": run.digest, "number": run.number, "contact": run.contact, "rule": run.rule, "outcome": run.outcome,
        "recording_bytes": row.recording, "report": run.report,
    })
}

fn said(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

/// The one run that goes by a part of its id.
async fn named(store: &dyn Store, part: &str) -> anyhow::Result<RunRow> {
    const SHORTEST: usize = 4;
    anyhow::ensure!(
        part.len() >= SHORTEST,
        "{part:?} is too short to name a run: write {SHORTEST} characters at least"
    );
    let mut rows = store.runs_named(part, 4).await?;
    if let Some(exact) = rows.iter().position(|row| row.run.id.as_str() == part) {
        return Ok(rows.swap_remove(exact));
    }
    match rows.len() {
        0 => bail!("there is no run {part:?}, or it is not kept any more; `ponte run list` tells which there are"),
        1 => Ok(rows.remove(0)),
        _ => {
            let ids: Vec<_> = rows.iter().map(|row| row.run.id.to_string()).collect();
            bail!("{part:?} may be {}: write more of it", ids.join(", "))
        }
    }
}
