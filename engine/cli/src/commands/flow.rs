//! `ponte flow`: install packages, list installations, tell how they stand, pause them, remove them.

mod reach;
mod stand;

use std::process::ExitCode;
use std::time::Duration;

use anyhow::anyhow;
use indicatif::ProgressBar;
use miette::{GraphicalReportHandler, GraphicalTheme};
use ponte_clock::{Clock as _, SystemClock};
use ponte_flow::Problem;
use ponte_model::{InstallationId, NumberId, Timestamp};
use ponte_runtime::{InstallError, InstallOptions, InstallRequest, put_in_order, report_flows};
use ponte_sandbox::Compiler;
use ponte_store::{InstallationRow, SqliteStore, Store};
use serde_json::json;

use crate::args::Flow;
use crate::config::Config;
use crate::pipeline;

pub(crate) async fn run(config: &Config, command: Flow) -> anyhow::Result<ExitCode> {
    let store = SqliteStore::attach(&config.data_dir).await?;
    let code = match command {
        Flow::Install { package, settings, numbers, tenant, name, priority, no_submit } => {
            let numbers: Vec<NumberId> = numbers.into_iter().map(NumberId::from).collect();
            known(&store, &numbers).await?;
            let request = InstallRequest { package, settings, numbers, tenant: tenant.into(), name, priority };
            let progress = ProgressBar::new_spinner().with_message("checking and compiling");
            progress.enable_steady_tick(Duration::from_millis(100));
            let options = InstallOptions { no_submit };
            let compiler = pipeline::compiler(&config.data_dir)?;
            let row = install_with(&store, &compiler, request, options, SystemClock.now()).await;
            progress.finish_and_clear();
            let row = row?;
            eprintln!(
                "{} {} is installed as {}; a running `ponte serve` notices within seconds",
                row.flow, row.version, row.id
            );
            reach::tell(&store, &row).await?;
            stand::after_install(config, &store, &row, no_submit).await?;
            ExitCode::SUCCESS
        }
        Flow::Show { name, json, language } => stand::show(&store, &name, json, language.into()).await?,
        Flow::Pause { name, why } => stand::pause(&store, &name, &why).await?,
        Flow::Resume { name, accept_category } => stand::resume(&store, &name, accept_category).await?,
        Flow::List { json } => {
            list(&store, json).await?;
            ExitCode::SUCCESS
        }
        Flow::Remove { name } => {
            if store.remove_installation(&name.as_str().into()).await? {
                eprintln!("{name} is removed, with its state and timers");
                ExitCode::SUCCESS
            } else {
                eprintln!("ponte: nothing is installed as {name:?}; `ponte flow list` tells what is");
                ExitCode::FAILURE
            }
        }
    };
    store.close().await;
    Ok(code)
}

async fn known(store: &SqliteStore, numbers: &[NumberId]) -> anyhow::Result<()> {
    let registered = store.numbers().await?;
    for number in numbers {
        anyhow::ensure!(
            registered.iter().any(|row| row.id == *number),
            "number {number} is not registered; `ponte number add {number}` does that"
        );
    }
    Ok(())
}

/// Installs, and puts what is wrong into words.
async fn install_with(
    store: &dyn Store,
    compiler: &Compiler,
    request: InstallRequest,
    options: InstallOptions,
    now: Timestamp,
) -> anyhow::Result<InstallationRow> {
    let package = request.package.clone();
    // It would be installed, and each of its runs rejected.
    let unrequested = ponte_check::unrequested(&package);
    if !unrequested.is_empty() {
        return Err(explained(&format!("{} cannot be installed", package.display()), &unrequested));
    }
    ponte_runtime::install_with(store, compiler, request, options, now).await.map_err(|error| match error {
        InstallError::Package(error) => {
            explained(&format!("{} cannot be installed", package.display()), &error.problems)
        }
        InstallError::Settings(error) => explained("the settings do not fit", &error.problems),
        other => other.into(),
    })
}

/// All problems with their places, each with a marked snippet.
fn explained(what: &str, problems: &[Problem]) -> anyhow::Error {
    let mut text = format!("{what}: {} problem{}\n", problems.len(), if problems.len() == 1 { "" } else { "s" });
    for problem in problems {
        text.push('\n');
        text.push_str(&problem.one_line());
        text.push_str(&marked(problem));
    }
    anyhow!(text)
}

/// The place of a problem with a mark, on lines of their own. What is wrong and what would be right the line above it
/// says: of what miette renders the box alone is left.
pub(crate) fn marked(problem: &Problem) -> String {
    let mut report = String::new();
    // The snippet is a courtesy.
    let _ = GraphicalReportHandler::new_themed(GraphicalTheme::unicode_nocolor()).render_report(&mut report, problem);
    let mut text = "\n".to_owned();
    let mut inside = false;
    for line in report.lines() {
        inside |= line.contains("╭─[");
        if inside {
            text.push_str(line);
            text.push('\n');
        }
        inside &= !line.trim_start().starts_with('╰');
    }
    text
}

async fn list(store: &SqliteStore, as_json: bool) -> anyhow::Result<()> {
    let mut rows = store.installations().await?;
    put_in_order(&mut rows);
    let reports = report_flows(store, None, SystemClock.now()).await?;
    let versions = store.versions().await?;
    // Versions that were replaced, by their installations.
    let kept = |id: &InstallationId| -> Vec<_> {
        let rows = versions.iter().filter(|row| row.installation == *id);
        rows.filter_map(|row| Some((row, row.needed_until?))).collect()
    };
    let stops = |id: &InstallationId| {
        let report = reports.iter().find(|report| report.installation == *id);
        report.map_or(&[][..], |report| report.life.stops.as_slice())
    };
    if as_json {
        let rows: Vec<_> = rows
            .iter()
            .map(|row| {
                json!({
                    "installation": row.id, "flow": row.flow, "version": row.version, "state": row.state,
                    "tenant": row.tenant, "numbers": row.numbers, "priority": row.priority,
                    "digest": row.digest, "settings": row.settings, "installed_at": row.created_at,
                    "stops": stops(&row.id),
                    "kept": kept(&row.id).iter().map(|(row, until)| json!({
                        "version": row.version, "digest": row.digest, "until": until,
                    })).collect::<Vec<_>>(),
                })
            })
            .collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    println!(
        "{:<20} {:<20} {:<9} {:<8} {:>8}  {:<12} NUMBERS",
        "INSTALLATION", "FLOW", "VERSION", "STATE", "PRIORITY", "TENANT"
    );
    for row in rows {
        let numbers: Vec<_> = row.numbers.iter().map(|number| number.as_str()).collect();
        println!(
            "{:<20} {:<20} {:<9} {:<8} {:>8}  {:<12} {}",
            row.id.as_str(),
            row.flow.as_str(),
            row.version,
            row.state.as_str(),
            row.priority,
            row.tenant.as_str(),
            if numbers.is_empty() { "all".to_owned() } else { numbers.join(" ") },
        );
        for stop in stops(&row.id) {
            println!("    since {}: {}", stop.since, stop.why(&row.id));
        }
        for (version, until) in kept(&row.id) {
            println!("    {} ({}) ends what it began; kept until {until}", version.version, short(&version.digest));
        }
    }
    Ok(())
}

/// Enough of a digest to tell two builds apart.
fn short(digest: &ponte_model::Digest256) -> &str {
    let text = digest.as_str();
    text.get(..12).unwrap_or(text)
}
