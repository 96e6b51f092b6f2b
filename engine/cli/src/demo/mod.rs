//! `ponte demo`: the whole pipeline against a simulated WhatsApp, with a person (or a script) as the customer and as
//! the owner of the phone.

mod chat;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context as _;
use chrono::{DateTime, FixedOffset};
use ponte_scenario::{Scenario, Setup, Stage};

use crate::config::Log;
use crate::{logging, pipeline};

/// Play the customer and the owner of the phone, against a simulated WhatsApp.
#[derive(Debug, clap::Args)]
pub(crate) struct Options {
    /// Play this scenario instead of asking a person; exits 0 if everything came as it expects, else 1.
    #[arg(long, value_name = "FILE")]
    script: Option<PathBuf>,
    /// The folder with the flows to install, each with a flow.toml and a settings.example.toml; or the folder of one flow.
    /// A script that names flows has its own.
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
    let runner = pipeline::scenarios()?;
    if let Some(script) = &options.script {
        let scenario = Scenario::read_with(script, &packages(&options.flows)?)?;
        return play(&runner, &scenario, options.data_dir).await;
    }
    let mut setup = Setup::new(packages(&options.flows)?, options.at.to_utc().into(), chrono_tz::America::Sao_Paulo);
    (setup.running, setup.data_dir) = (true, options.data_dir);
    let stage = Stage::set(runner.workshop(), setup).await?;
    let code = chat::run(&stage).await?;
    stage.strike().await;
    Ok(code)
}

/// Plays a scenario and shows the whole chat.
async fn play(
    runner: &ponte_scenario::Runner,
    scenario: &Scenario,
    data_dir: Option<PathBuf>,
) -> anyhow::Result<ExitCode> {
    let names = scenario.flows().iter().filter_map(|flow| flow.file_name()).map(|name| name.to_string_lossy());
    println!("flows: {}", names.collect::<Vec<_>>().join(", "));
    let report = runner.run_in(scenario, data_dir).await;
    report.told.iter().for_each(|told| println!("{told}"));
    if let Some(broken) = &report.broken {
        let step = broken.step.map(|step| format!("step {step}: ")).unwrap_or_default();
        anyhow::bail!("{}: {step}{}", scenario.path().display(), broken.why);
    }
    println!("{} of {} expectations met", report.met, report.met + report.missed.len());
    Ok(if report.passed() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Every package of a folder, by name; or the folder itself, where it is one.
fn packages(flows: &Path) -> anyhow::Result<Vec<PathBuf>> {
    if flows.join("flow.toml").is_file() {
        return Ok(vec![flows.to_owned()]);
    }
    let folder = std::fs::read_dir(flows)
        .with_context(|| format!("there is no folder {}; name one with --flows", flows.display()))?;
    let mut packages: Vec<PathBuf> = folder
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|dir| dir.join("flow.toml").is_file())
        .collect();
    packages.sort();
    anyhow::ensure!(
        !packages.is_empty(),
        "there is no flow in {}: name a flow's folder, or one with flows in it, with --flows",
        flows.display()
    );
    Ok(packages)
}
