//! `ponte run replay`: recorded runs again, with the same plugin or another.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use indicatif::ProgressBar;
use ponte_runtime::{Candidate, Replayed, Replays, open_package};
use ponte_sandbox::journal::{Question, Told};
use ponte_sandbox::{Sandbox, SandboxConfig};
use ponte_store::{RunRow, Store};
use serde_json::{Value, json};

use super::{Which, effects, named, show};
use crate::config::Config;
use crate::pipeline;

/// So many runs, unless something else is said.
const LAST: u32 = 100;

/// One run after the other; a small pool leaves the address space to others.
const PLACES: u32 = 2;

/// Which runs to replay.
pub(super) struct Wanted {
    pub(super) runs: Vec<String>,
    pub(super) which: Which,
    pub(super) last: Option<u32>,
}

impl Wanted {
    async fn find(self, store: &dyn Store) -> anyhow::Result<Vec<RunRow>> {
        if self.runs.is_empty() {
            let nothing = self.last.is_none() && self.which.is_none();
            anyhow::ensure!(!nothing, "which runs? Name some (`ponte run list` tells), or say --last N or --flow NAME");
            let filter = self.which.filter(store, true).await?;
            let rows = store.find_runs(&filter, self.last.unwrap_or(LAST)).await?;
            anyhow::ensure!(
                !rows.is_empty(),
                "no such run was recorded; `ponte run list` tells what there is, and [recordings] what is kept"
            );
            return Ok(rows);
        }
        let mut rows = Vec::new();
        for part in &self.runs {
            rows.push(named(store, part).await?);
        }
        Ok(rows)
    }
}

pub(super) async fn run(
    config: &Config,
    store: &dyn Store,
    wanted: Wanted,
    with: Option<PathBuf>,
    as_json: bool,
) -> anyhow::Result<ExitCode> {
    let candidate = with.as_deref().map(candidate).transpose()?;
    let rows = wanted.find(store).await?;
    let sandbox = Sandbox::new(SandboxConfig { concurrent_runs: PLACES }).context("cannot start the sandbox")?;
    let compiler = pipeline::compiler(&config.data_dir)?;
    let mut replays = Replays::new(store, &sandbox, &compiler).await?;
    let progress = ProgressBar::new(rows.len() as u64);
    let (mut done, mut failed) = (Vec::new(), Vec::new());
    for row in &rows {
        match replays.replay(row, candidate.as_ref()).await {
            Ok(replayed) => done.push(replayed),
            // What is wrong with the plugin that is tried is wrong for all of them.
            Err(error @ (ponte_runtime::ReplayError::Plugin(_) | ponte_runtime::ReplayError::Load(_)))
                if candidate.is_some() =>
            {
                return Err(error.into());
            }
            Err(error) => failed.push((row.run.id.to_string(), error.to_string())),
        }
        progress.inc(1);
    }
    progress.finish_and_clear();
    let same = done.iter().filter(|one| one.same).count();
    if as_json {
        let failed: Vec<_> = failed.iter().map(|(run, why)| json!({ "run": run, "why": why })).collect();
        let all = json!({ "runs": rows.len(), "same": same, "different": done.len() - same, "not_replayed": failed,
            "results": done.iter().map(as_value).collect::<Vec<_>>() });
        println!("{}", serde_json::to_string_pretty(&all)?);
    } else {
        done.iter().filter(|one| !one.same || rows.len() == 1).for_each(print);
        failed.iter().for_each(|(_, why)| println!("{why}"));
        let differ = done.len() - same;
        let not = if failed.is_empty() { String::new() } else { format!(", {} could not be replayed", failed.len()) };
        println!("{} run(s): {same} the same, {differ} differ{not}", rows.len());
    }
    Ok(if same == rows.len() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is to be tried.
fn candidate(path: &Path) -> anyhow::Result<Candidate> {
    let read = |path: &Path| std::fs::read(path).with_context(|| format!("cannot read {}", path.display()));
    if path.is_dir() {
        let package = open_package(path).map_err(|error| {
            let first = error.problems.first().map(|problem| problem.what.clone()).unwrap_or_default();
            anyhow::anyhow!("{error}: {first}; `ponte flow install` says all of it")
        })?;
        let component = read(&package.plugin)?;
        return Ok(Candidate::Package { package: Box::new(package), component });
    }
    Ok(Candidate::Component(read(path)?))
}

fn print(one: &Replayed) {
    if one.same {
        println!("{}  the same, bit for bit: {}", one.run, effects::summary(&one.after));
    } else {
        println!("{}  differs", one.run);
        if one.sentence != one.was.1 {
            println!("  - {}\n  + {}", one.was.1, one.sentence);
        }
        for (mark, line) in effects::changes(&one.before, &one.after) {
            println!("  {mark} {line}");
        }
    }
    if !one.log_same {
        println!("  its log is another:");
        one.log.iter().for_each(|line| println!("    {}", line.text));
    }
    if let Some(at) = &one.told.divergence {
        let words = |side: &Option<Question>| {
            side.as_ref().map_or_else(|| "nothing more".to_owned(), |one| show::question(&one.name, &one.asked))
        };
        println!("  from question {} on:\n    was {}\n    is  {}", at.call, words(&at.recorded), words(&at.asked));
    }
    for (asked, how) in &one.told.beyond {
        println!("  not recorded: {}: {}", show::question(&asked.name, &asked.asked), how_told(*how));
    }
    one.remarks.iter().for_each(|remark| println!("  note: {remark}"));
}

fn how_told(how: Told) -> &'static str {
    match how {
        Told::Package => "told by its package and the shop's settings",
        Told::Alike => "judged as what was sent to the same person",
        Told::Facts => "judged by the window and the owner of the chat alone",
        Told::NotRecorded => "not in the recording, so refused, or told that there is none",
    }
}

fn as_value(one: &Replayed) -> Value {
    json!({
        "run": one.run, "same": one.same, "outcome": one.outcome.code(), "sentence": one.sentence,
        "was": { "outcome": one.was.0, "sentence": one.was.1, "effects": one.before }, "effects": one.after,
        "log": one.log, "log_same": one.log_same, "divergence": one.told.divergence, "not_recorded": one.told.beyond,
        "remarks": one.remarks,
    })
}
