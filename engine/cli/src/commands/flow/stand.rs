//! How an installation stands, and what people do to it.

use std::process::ExitCode;
use std::time::Duration;

use anyhow::anyhow;
use indicatif::ProgressBar;
use ponte_clock::{Clock as _, SystemClock};
use ponte_policy::words::Language;
use ponte_runtime::{FlowReport, Submitted, pause_flow, report_flows, resume_flow, submit_templates};
use ponte_store::{InstallationRow, InstallationState, SqliteStore, Store as _};
use serde_json::json;

use crate::config::Config;
use crate::pipeline;

fn not_installed(name: &str) -> anyhow::Error {
    anyhow!("nothing is installed as {name:?}; `ponte flow list` tells what is")
}

async fn report(store: &SqliteStore, name: &str) -> anyhow::Result<FlowReport> {
    let reports = report_flows(store, Some(&name.into()), SystemClock.now()).await?;
    reports.into_iter().next().ok_or_else(|| not_installed(name))
}

/// Submits what the package brings and the accounts lack, and says what the flow waits for.
pub(super) async fn after_install(
    config: &Config,
    store: &SqliteStore,
    row: &InstallationRow,
    no_submit: bool,
) -> anyhow::Result<()> {
    if row.state == InstallationState::Active {
        return Ok(());
    }
    if !no_submit {
        let progress = ProgressBar::new_spinner().with_message("looking at the templates of its accounts");
        progress.enable_steady_tick(Duration::from_millis(100));
        let (tokens, graph) = (pipeline::tokens(config, store).await?, pipeline::graph(config)?);
        let mut lines = Vec::new();
        submit_templates(store, &graph, &tokens, &SystemClock, &row.id, |news| {
            let template = format!("{} ({})", news.template.name, news.template.language);
            progress.set_message(format!("submitted {template}"));
            lines.push(match &news.outcome {
                Submitted::Taken { status } => format!("{template} is submitted: {status}"),
                Submitted::Elsewhere => format!("{template} is being submitted already"),
                Submitted::Refused { why } => format!("{template} was not taken: {why}"),
                Submitted::Later { why } => {
                    format!("{template} could not be submitted: {why}; `ponte serve` tries again")
                }
            });
        })
        .await?;
        progress.finish_and_clear();
        lines.iter().for_each(|line| eprintln!("{line}"));
    }
    let report = report(store, row.id.as_str()).await?;
    match report.state {
        InstallationState::Active => eprintln!("{} is live: all that it needs is approved", row.id),
        InstallationState::Waiting => eprintln!("{} waits, and goes live by itself:", row.id),
        InstallationState::Paused => eprintln!("{} is paused:", row.id),
    }
    stops(&report, Language::En).iter().for_each(|line| eprintln!("  {line}"));
    Ok(())
}

/// What stops it and what to do, a line each.
fn stops(report: &FlowReport, language: Language) -> Vec<String> {
    let line = |stop: &ponte_policy::flows::Stop| {
        let (what, todo) = stop.reason.words(&report.installation, language);
        format!("{what} → {todo} (since {})", stop.since)
    };
    report.life.stops.iter().map(line).collect()
}

pub(super) async fn show(
    store: &SqliteStore,
    name: &str,
    as_json: bool,
    language: Language,
) -> anyhow::Result<ExitCode> {
    let report = report(store, name).await?;
    let rows = store.installations().await?;
    let reach =
        rows.iter().find(|row| row.id == report.installation).map(super::reach::lines).transpose()?.unwrap_or_default();
    if as_json {
        let stops: Vec<_> = report
            .life
            .stops
            .iter()
            .map(|stop| {
                let (what, todo) = stop.reason.words(&report.installation, language);
                let mut json = serde_json::to_value(stop).unwrap_or_default();
                json["what"] = what.into();
                json["todo"] = todo.into();
                json
            })
            .collect();
        let value = json!({
            "installation": report.installation, "state": report.state, "live_since": report.life.live_at,
            "stops": stops, "languages_missing": report.short, "may_reach": reach, "accepted": report.life.accepted,
        });
        println!("{}", serde_json::to_string_pretty(&value)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!("{}: {}", report.installation, report.state.as_str());
    stops(&report, language).iter().for_each(|line| println!("  {line}"));
    reach.iter().for_each(|line| println!("  may reach {line}"));
    for short in &report.short {
        let what = short.trouble.words(name, language).0;
        println!("  · {} ({}, {}) {what}", short.name, short.language, short.waba);
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn pause(store: &SqliteStore, name: &str, why: &str) -> anyhow::Result<ExitCode> {
    match pause_flow(store, &name.into(), why, SystemClock.now()).await? {
        None => return Err(not_installed(name)),
        Some(true) => eprintln!("{name} is paused; a running `ponte serve` notices within seconds"),
        Some(false) => eprintln!("{name} was paused already"),
    }
    Ok(ExitCode::SUCCESS)
}

pub(super) async fn resume(store: &SqliteStore, name: &str, accept: bool) -> anyhow::Result<ExitCode> {
    let accepted = resume_flow(store, &name.into(), accept, SystemClock.now()).await?;
    for (template, category) in accepted.ok_or_else(|| not_installed(name))? {
        eprintln!("{template} may be sent as {category}");
    }
    let report = report(store, name).await?;
    if report.state == InstallationState::Active {
        eprintln!("{name} runs; a running `ponte serve` notices within seconds");
        return Ok(ExitCode::SUCCESS);
    }
    eprintln!("{name} is still stopped, and goes on by itself when this is over:");
    stops(&report, Language::En).iter().for_each(|line| eprintln!("  {line}"));
    Ok(ExitCode::FAILURE)
}
