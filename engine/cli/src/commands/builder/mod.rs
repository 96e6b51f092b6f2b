//! What somebody who writes a flow does: begin one, build it, have it checked.

mod findings;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::Args;
use clap::builder::PossibleValuesParser;
use ponte_build::{BuildError, LANGUAGES, Language, Options, Project};
use ponte_check::{Component, Severity};
use ponte_clock::Stopwatch;

pub(crate) use findings::tell_stale;

/// `ponte new`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ponte new hello --lang rust
  cd hello && ponte build && ponte test && ponte check

The folder has everything: manifest, settings, texts in three languages, one source file, a scenario, the SDK and the
contract. The flow greets whoever writes, counts their messages, and calls a person when somebody asks for one.")]
pub(crate) struct New {
    /// The flow's name: a-z, 0-9 and -, beginning with a letter.
    name: String,
    /// The language to write it in.
    #[arg(long, value_parser = PossibleValuesParser::new(LANGUAGES.map(|language| language.word)), default_value = "rust")]
    lang: String,
    /// The folder to make; NAME here, unless given. It may be there if it is empty.
    #[arg(long, value_name = "FOLDER")]
    dir: Option<PathBuf>,
}

/// `ponte build`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ponte build
  ponte build hello

The language is seen by the files: Cargo.toml, src/flow.ts, src/flow.js, flow.py or flow.c. Its own tools do the work, and
their words go to standard error; where one is missing, ponte says how to install it. What does not fit is not written: an
older plugin.wasm stays. Exits 0 when there is a plugin that fits, 1 otherwise.")]
pub(crate) struct Build {
    /// The folder of the flow.
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// Optimize. It is what happens anyway: there is no other way to build.
    #[arg(long, hide = true)]
    release: bool,
}

/// `ponte check`.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  ponte check
  ponte check flows/after-hours --deny-warnings
  ponte check --json | jq '.findings[] | select(.severity == \"error\")'

Looked at: manifest, settings schema and example, texts (each key in each language, the same places, used by the source),
message templates, the component (contract, size, permissions against imports), and whether scenarios play each trigger.
Exits 0 when nothing is wrong, 1 otherwise; warnings alone count with --deny-warnings.")]
pub(crate) struct Check {
    /// The folder of the flow.
    #[arg(default_value = ".")]
    dir: PathBuf,
    /// As JSON, for scripts.
    #[arg(long)]
    json: bool,
    /// Let warnings fail, too.
    #[arg(long)]
    deny_warnings: bool,
}

/// Makes a project, and says what comes next.
pub(crate) fn new(args: New) -> anyhow::Result<ExitCode> {
    let language = Language::parse(&args.lang).expect("clap has checked it");
    let dir = args.dir.unwrap_or_else(|| PathBuf::from(&args.name));
    let made = ponte_build::create(&args.name, language, &dir)?;
    println!("{}: a flow in {}, in {} files, with the SDK in sdk/", dir.display(), language.title, made.files.len());
    println!("edit {}; then", dir.join(language.source).display());
    println!("  cd {}\n  ponte build\n  ponte test\n  ponte check", dir.display());
    Ok(ExitCode::SUCCESS)
}

/// Builds a project; writes the component if it fits.
pub(crate) fn build(args: Build) -> anyhow::Result<ExitCode> {
    let project = Project::find(&args.dir).map_err(|error| match error {
        BuildError::NoSource(dir) if dir.join("flow.toml").is_file() => {
            anyhow::anyhow!("{} is a package without its source: there is nothing to build", dir.display())
        }
        error => error.into(),
    })?;
    let watch = Stopwatch::start();
    eprintln!("building {} ({})", args.dir.display(), project.language.title);
    let built = ponte_build::build(&project, &Options::default())?;
    let (component, found) = ponte_check::check_component(&project.dir, &built.component, Some(project.language));
    findings::print(&found);
    let errors = found.iter().filter(|finding| finding.severity == Severity::Error).count();
    let Some(component) = component.filter(|_| errors == 0) else {
        let left = if project.plugin().exists() { "; the plugin.wasm of before stays" } else { "" };
        anyhow::bail!(
            "{} does not fit: {errors} error{}{left}",
            args.dir.display(),
            if errors == 1 { "" } else { "s" }
        );
    };
    let path = project.plugin();
    let changed = built.place(&path).map_err(|error| anyhow::anyhow!("cannot write {}: {error}", path.display()))?;
    println!(
        "{}  {:.1} KB  sha256:{}{}  in {:.1} s",
        args.dir.join(path.strip_prefix(&project.dir).unwrap_or(&path)).display(),
        built.component.len() as f64 / 1000.0,
        &built.digest[..12],
        if changed { "" } else { " (unchanged)" },
        watch.elapsed().as_secs_f64(),
    );
    println!("{}", about(&component));
    Ok(ExitCode::SUCCESS)
}

/// Which contract a component was made for, and what it asks for.
fn about(component: &Component) -> String {
    let contract = component.contract.as_deref().unwrap_or("ponte:flow");
    let needs = component.needs.as_ref().map(|needs| needs.iter().map(String::as_str).collect::<Vec<_>>().join(", "));
    match needs.as_deref() {
        None => format!("{contract}; what it asks for is seen when it runs"),
        Some("") => format!("{contract}; asks for nothing"),
        Some(needs) => format!("{contract}; asks for {needs}"),
    }
}

/// Tells what is wrong with a project.
pub(crate) fn check(args: Check) -> anyhow::Result<ExitCode> {
    anyhow::ensure!(args.dir.is_dir(), "there is no folder {}", args.dir.display());
    let report = ponte_check::check(&args.dir);
    let (errors, warnings) = (report.count(Severity::Error), report.count(Severity::Warning));
    if args.json {
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        findings::print(&report.findings);
        let name = match (&report.flow, &report.version) {
            (Some(flow), Some(version)) => format!("{flow} {version}"),
            _ => args.dir.display().to_string(),
        };
        println!("{name}: {}, {}", findings::counted(errors, "error"), findings::counted(warnings, "warning"));
        if let Some(component) = &report.component {
            println!("{:.1} KB for {}", component.info.size as f64 / 1000.0, about(component));
        }
    }
    let failed = errors > 0 || (args.deny_warnings && warnings > 0);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}
