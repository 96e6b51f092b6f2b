//! Tasks of the repository: `cargo xtask demo`, `test`, `plugins`, `reference`, `headers`, `bench`.

mod headers;
mod plugins;
mod reference;

use std::ffi::OsString;
use std::path::PathBuf;
use std::process::{Command, ExitCode, Stdio};

use anyhow::{Context as _, Result, bail};
use plugins::Which;

const HELP: &str = "\
Tasks of Ponte's repository.

  cargo xtask demo [ARGS]     build the flows and start `ponte demo` (`-- --help` tells what it takes)
  cargo xtask test [ARGS]     build the plugins and run every test; ARGS go to the test runner
  cargo xtask plugins [NAME]  build the plugins of flows/* and examples/*, each into its plugin.wasm
  cargo xtask reference       write docs/reference/contract.md from the comments in wit/
  cargo xtask headers         make the headers of the SDK for C from wit/
  cargo xtask bench [ARGS]    measure: fresh instances, webhook to reply, against a bare proxy
";

fn main() -> ExitCode {
    let mut args = std::env::args_os().skip(1);
    let task = args.next().unwrap_or_default();
    let mut rest: Vec<OsString> = args.collect();
    if rest.first().is_some_and(|first| first == "--") {
        rest.remove(0);
    }
    let done = match task.to_str() {
        Some("demo") => demo(rest),
        Some("test") => test(rest),
        Some("plugins") => build_plugins(rest.first().and_then(|name| name.to_str()).map_or(Which::All, Which::One)),
        Some("reference") => reference::write(&root()),
        Some("headers") => write_headers(),
        Some("bench") => bench(rest),
        Some("" | "help" | "--help" | "-h") => {
            print!("{HELP}");
            Ok(())
        }
        _ => {
            eprint!("xtask: there is no task {task:?}\n\n{HELP}");
            return ExitCode::FAILURE;
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("xtask: {error:#}");
            ExitCode::FAILURE
        }
    }
}

/// The repository that cargo was called in: asked at run time, because a shared target directory may hold a binary that
/// was built in another clone.
fn root() -> PathBuf {
    let here = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where xtask lies"));
    here.parent().expect("xtask is a folder of the repository").to_owned()
}

fn build_plugins(which: Which<'_>) -> Result<()> {
    plugins::build(&root(), which)
}

fn write_headers() -> Result<()> {
    for path in headers::write(&root())? {
        println!("wrote {}", path.display());
    }
    Ok(())
}

fn demo(rest: Vec<OsString>) -> Result<()> {
    build_plugins(Which::Flows)?;
    let mut cargo = cargo(&["run", "--quiet", "--package", "ponte-cli", "--", "demo", "--flows"]);
    cargo.arg(root().join("flows")).args(rest);
    run(&mut cargo)
}

fn bench(rest: Vec<OsString>) -> Result<()> {
    build_plugins(Which::Flows)?;
    run(cargo(&["run", "--release", "--package", "ponte-bench", "--"]).args(rest))
}

/// The guests' own tests first; then everything else, so that the last words are those of the whole.
fn test(rest: Vec<OsString>) -> Result<()> {
    build_plugins(Which::All)?;
    run(&mut runner(&["--manifest-path", "plugins/Cargo.toml"]))?;
    for manifest in plugins::crates(&root()) {
        run(runner(&["--manifest-path"]).arg(manifest))?;
    }
    // Tests start the real binary. All of the workspace, as the tests are built: a package alone would have other features,
    // and build the heavy dependencies once more.
    run(&mut cargo(&["build", "--workspace", "--all-targets"]))?;
    run(runner(&["--workspace"]).args(rest))
}

/// nextest where it is installed; else what cargo brings.
fn runner(args: &[&str]) -> Command {
    let found = Command::new("cargo-nextest").arg("--version").stdout(Stdio::null()).stderr(Stdio::null()).status();
    let mut command = if found.is_ok_and(|status| status.success()) {
        cargo(&["nextest", "run"])
    } else {
        eprintln!(
            "xtask: cargo-nextest is not installed (`cargo install cargo-nextest --locked`); `cargo test` does the same, slower"
        );
        cargo(&["test", "--quiet"])
    };
    command.args(args);
    command
}

fn cargo(args: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args(args);
    command
}

fn run(command: &mut Command) -> Result<()> {
    let status = command.status().with_context(|| format!("{:?} cannot be started", command.get_program()))?;
    if !status.success() {
        bail!("`{}` failed", words(command));
    }
    Ok(())
}

fn words(command: &Command) -> String {
    let mut words = vec![command.get_program().to_string_lossy().into_owned()];
    words.extend(command.get_args().map(|arg| arg.to_string_lossy().into_owned()));
    words.join(" ")
}
