//! `ponte test`: plays scenarios.

mod find;
mod junit;
mod watch;

use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use futures::StreamExt as _;
use ponte_clock::Stopwatch;
use ponte_scenario::{Report, Runner, Scenario, Suite};
use serde_json::json;

use super::builder::tell_stale;
use crate::pipeline;

/// Nothing could be tried: no scenario was found, or one cannot be read.
const NOT_TRIED: u8 = 2;

/// Play scenarios: files that read like a chat, against the real pipeline and a simulated WhatsApp.
///
/// A folder stands for the scenarios in it, in its `scenarios/`, and in the packages below it. Without a path it is the
/// current folder. Everything runs in memory, offline, on a clock that only steps move. A run that fails fails its scenario,
/// unless `run:` expects it. Exits 0 if everything came as expected, 1 if not, and 2 if there was nothing to play or a file
/// cannot be read.
#[derive(Debug, clap::Args)]
#[command(after_long_help = HELP)]
pub(crate) struct Options {
    /// Files or folders.
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,
    /// Only scenarios whose path or name has this.
    #[arg(long, value_name = "WORDS")]
    filter: Option<String>,
    /// Put each flow through the edge cases that every flow must survive, instead of its own scenarios.
    #[arg(long)]
    edge: bool,
    /// Show each chat, also those that went as expected.
    #[arg(long, short)]
    verbose: bool,
    /// Also write the results as JUnit XML, for continuous integration.
    #[arg(long, value_name = "FILE")]
    junit: Option<PathBuf>,
    /// Say the results as JSON, one scenario a line.
    #[arg(long)]
    json: bool,
    /// Play again whenever a scenario or a package changes, until Ctrl-C.
    #[arg(long, conflicts_with_all = ["json", "junit"])]
    watch: bool,
    /// Play each scenario so often: to find what does not always come the same, and to measure.
    #[arg(long, value_name = "TIMES", default_value_t = 1)]
    repeat: usize,
    /// So many at once [default: three for each core].
    #[arg(long, value_name = "MANY")]
    jobs: Option<usize>,
}

const HELP: &str = "\
A scenario, scenarios/hello.yaml beside flow.toml:

  at: 2026-11-23T22:10:00-03:00       # the shop's clock; it moves by `advance` and `until` alone
  customer: { name: Ana }
  settings: { language: pt-BR }       # over settings.example.toml
  steps:
    - customer: \"oi, vocês têm o tamanho 38?\"
    - expect: { reply: { contains: \"9h\" } }
    - phone: \"tenho sim!\"             # the owner answers on the phone
    - customer: \"ótimo, quero um\"
    - expect: { silence: owned-by-app }
    - advance: 36h
    - restart
    - customer: \"bom dia\"
    - expect: { reply: { buttons: [Vendas, Suporte] }, owner: nobody }

docs/scenarios.md has all steps and expectations.

  ponte test                          the scenarios of this package, or of all packages below
  ponte test flows --filter menu      some of them
  ponte test --edge flows/triage      duplicates, crashes, lost answers, closing windows …
  ponte test --watch                  again at each change
";

pub(crate) async fn run(options: Options) -> anyhow::Result<ExitCode> {
    let runner = pipeline::scenarios()?;
    let runner = options.jobs.map_or_else(|| runner.clone(), |jobs| runner.clone().at_once(jobs));
    if !options.watch {
        return once(&options, &runner).await;
    }
    loop {
        let code = once(&options, &runner).await;
        if let Err(error) = &code {
            eprintln!("ponte: {error:#}");
        }
        eprintln!("\nwaiting for changes; Ctrl-C ends it");
        let watched = find::folders(&options.paths);
        tokio::select! {
            () = watch::change(&watched) => {}
            _ = tokio::signal::ctrl_c() => return code,
        }
        println!();
    }
}

async fn once(options: &Options, runner: &Runner) -> anyhow::Result<ExitCode> {
    let watch = Stopwatch::start();
    let tried = match options.edge {
        true => edge(options, runner).await,
        false => play(options, runner).await,
    };
    let reports = match tried {
        Ok(reports) => reports,
        Err(error) => {
            eprintln!("ponte: {error:#}");
            return Ok(ExitCode::from(NOT_TRIED));
        }
    };
    let took = watch.elapsed();
    if let Some(path) = &options.junit {
        std::fs::write(path, junit::xml(&reports, took)).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let failed = reports.iter().filter(|report| !report.passed()).count();
    let unread = reports.iter().any(|report| report.broken.as_ref().is_some_and(|broken| broken.unread));
    if reports.is_empty() {
        return Ok(ExitCode::from(NOT_TRIED));
    }
    if options.json {
        for report in &reports {
            println!("{}", json!(report));
        }
    } else {
        println!("{}", summary(&reports, failed, took));
    }
    Ok(match (failed, unread) {
        (0, _) => ExitCode::SUCCESS,
        (_, true) => ExitCode::from(NOT_TRIED),
        (_, false) => ExitCode::FAILURE,
    })
}

fn summary(reports: &[Report], failed: usize, took: Duration) -> String {
    let count = |count: usize, what: &str| format!("{count} {what}{}", if count == 1 { "" } else { "s" });
    let met: usize = reports.iter().map(|report| report.met).sum();
    let seconds = took.as_secs_f64();
    let all = count(reports.len(), "scenario");
    match failed {
        0 => format!("{all} passed, {} met, in {seconds:.2} s", count(met, "expectation")),
        _ => format!("{failed} of {all} failed, in {seconds:.2} s"),
    }
}

async fn play(options: &Options, runner: &Runner) -> anyhow::Result<Vec<Report>> {
    let files = find::scenarios(&options.paths, options.filter.as_deref())?;
    tell_stale(files.iter().filter_map(|path| Scenario::read(path).ok()).flat_map(|it| it.flows().to_vec()));
    let read = |path: &PathBuf| {
        let path = path.clone();
        async move {
            match Scenario::read(&path) {
                Ok(scenario) => runner.run(&scenario).await,
                Err(error) => Report::unread(&path, &error),
            }
        }
    };
    let all = files.iter().flat_map(|path| std::iter::repeat_n(path, options.repeat.max(1)));
    let mut played = futures::stream::iter(all.map(read)).buffered(1_000);
    let mut reports = Vec::new();
    while let Some(report) = played.next().await {
        say(options, &report);
        reports.push(report);
    }
    Ok(reports)
}

async fn edge(options: &Options, runner: &Runner) -> anyhow::Result<Vec<Report>> {
    let packages = find::packages(&options.paths)?;
    tell_stale(packages.iter().cloned());
    let mut reports = Vec::new();
    for package in packages {
        let suite = Suite::of(&package).map_err(|error| anyhow::anyhow!("{error}"))?;
        let cases: Vec<_> = suite
            .cases()
            .into_iter()
            .filter(|case| options.filter.as_deref().is_none_or(|words| case.name().contains(words)))
            .collect();
        let mut played = futures::stream::iter(cases.iter().map(|case| runner.survive(case))).buffered(1_000);
        while let Some(report) = played.next().await {
            say(options, &report);
            reports.push(report);
        }
    }
    anyhow::ensure!(
        !reports.is_empty(),
        "no edge case has {:?} in its name",
        options.filter.as_deref().unwrap_or_default()
    );
    Ok(reports)
}

/// One line for a scenario; what went wrong below it.
fn say(options: &Options, report: &Report) {
    if options.json || (options.repeat > 1 && report.passed() && !options.verbose) {
        return;
    }
    let mark = if report.passed() { "✓" } else { "✗" };
    let path = report.path.display();
    let name = if options.edge { format!("{path}: {}", report.name) } else { path.to_string() };
    println!("{mark} {name}  ({} met, {:.0} ms)", report.met, report.took.as_secs_f64() * 1_000.0);
    if options.verbose {
        report.told.iter().for_each(|told| println!("    {}", told.to_string().replace('\n', "\n    ")));
    }
    print!("{}", report.explain());
}
