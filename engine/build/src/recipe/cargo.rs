//! Rust: a `cdylib` for `wasm32-unknown-unknown`, with a small stack.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;

use super::Options;
use crate::tools::{CARGO, MissingTool, WASM_TARGET};
use crate::{BuildError, Project};

const TARGET: &str = "wasm32-unknown-unknown";

/// A shadow stack of 64 KiB instead of 1 MiB: the data then lies in the part of the memory that the host keeps
/// resident between runs (a fresh instance costs 21 instead of 43 microseconds).
const SMALL_STACK: &str = "-Clink-arg=-zstack-size=65536";

/// Builds the crate in the project's folder; its module.
pub(super) fn build(project: &Project, options: &Options) -> Result<Vec<u8>, BuildError> {
    // The cargo that started this process, if one did, and its toolchain.
    let found = std::env::var_os("CARGO").map(PathBuf::from).filter(|path| path.is_file());
    let mut cargo = clean(&found.map_or_else(|| CARGO.find(), Ok)?);
    cargo.current_dir(&project.dir);
    route(&Probe::of(&project.dir))?.prepare(&mut cargo, project)?;
    cargo.args(["build", "--release", "--target", TARGET, "--message-format", "json-render-diagnostics"]);
    if let Some(folder) = &options.target_dir {
        cargo.arg("--target-dir").arg(folder);
    }
    cargo.arg("--config").arg(flags(&project.dir));
    // Diagnostics and progress go to standard error; what was made comes as JSON.
    let said = "`cargo build` cannot be started";
    let output = cargo.stdin(Stdio::null()).stderr(Stdio::inherit()).output().map_err(BuildError::io(said))?;
    if !output.status.success() {
        let command = format!("cargo build --release --target {TARGET}");
        return Err(BuildError::Failed { command, dir: project.dir.clone() });
    }
    let manifest = project.dir.join("Cargo.toml");
    let Some(module) = module(&String::from_utf8_lossy(&output.stdout), &manifest) else {
        let what =
            format!("{} builds no plugin: add `[lib]` with `crate-type = [\"cdylib\", \"rlib\"]`", manifest.display());
        return Err(BuildError::NoResult(what));
    };
    std::fs::read(&module).map_err(BuildError::io(format!("{} cannot be read", module.display())))
}

/// The module among what cargo says that it made of the crate with this manifest.
fn module(said: &str, manifest: &Path) -> Option<PathBuf> {
    let messages = said.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
    let ours = messages.filter(|message| {
        let of = message["manifest_path"].as_str().map(Path::new);
        message["reason"] == "compiler-artifact" && of.is_some_and(|of| of == manifest)
    });
    let files = ours.flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default());
    files
        .filter_map(|file| Some(PathBuf::from(file.as_str()?)))
        .find(|file| file.extension() == Some(OsStr::new("wasm")))
}

/// A program that sees nothing of the cargo that started this one: its flags and variables are the host's.
fn clean(program: &Path) -> Command {
    let mut command = Command::new(program);
    for (name, _) in std::env::vars_os() {
        if name.to_str().is_some_and(is_the_hosts) {
            command.env_remove(name);
        }
    }
    command
}

/// Whether a variable is about the build of the host, and not about the machine (where crates come from, how to show
/// progress).
fn is_the_hosts(name: &str) -> bool {
    const MACHINE: [&str; 6] =
        ["CARGO_HOME", "CARGO_HTTP_", "CARGO_NET_", "CARGO_REGISTR", "CARGO_SOURCE_", "CARGO_TERM_"];
    // `ponte build` takes a target directory that the user set. xtask names its own.
    const ITS_OWN: &str = "CARGO_TARGET_DIR";
    match name {
        "RUSTC" | "RUSTFLAGS" | "RUSTDOCFLAGS" | "RUSTC_WRAPPER" | "RUSTC_WORKSPACE_WRAPPER" | "CARGO" => true,
        ITS_OWN => false,
        _ => name.starts_with("CARGO_") && !MACHINE.iter().any(|prefix| name.starts_with(prefix)),
    }
}

/// Flags for the compiler, as cargo's configuration. They come after those of `.cargo/config.toml` around the project.
fn flags(dir: &Path) -> String {
    // Panic messages name source files; with the same names on every machine, the same source gives the same digest.
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")))
        .unwrap_or_default();
    let same_paths = format!("--remap-path-prefix={}=/cargo", home.display());
    let configured = dir.ancestors().any(|above| {
        std::fs::read_to_string(above.join(".cargo/config.toml")).is_ok_and(|text| text.contains("stack-size"))
    });
    let flags = if configured { vec![same_paths] } else { vec![SMALL_STACK.to_owned(), same_paths] };
    format!("target.{TARGET}.rustflags={flags:?}")
}

/// What there is to compile guests with.
#[derive(Clone, Debug, Default)]
struct Probe {
    /// The compiler has the target.
    installed: bool,
    /// There is a rustup to get it from.
    rustup: bool,
    /// Debian's compiler is here with the source of its library, and this linker.
    debian_linker: Option<&'static str>,
}

/// How to get a compiler for guests.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Route {
    Ready,
    Rustup,
    /// Debian packages no library for the target: build it from its source.
    Debian {
        linker: &'static str,
    },
}

const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_SOURCE: &str = "/usr/lib/rustlib/src/rust/library/std";

impl Probe {
    fn of(dir: &Path) -> Self {
        let mut rustc = clean(Path::new("rustc"));
        let libdir = answer(rustc.current_dir(dir).args(["--print", "target-libdir", "--target", TARGET]));
        let starts = |program: &'static str| answer(clean(Path::new(program)).arg("--version")).is_some();
        let has_source = Path::new(DEBIAN_RUSTC).is_file() && Path::new(DEBIAN_SOURCE).is_dir();
        let installed = libdir.is_some_and(|path| Path::new(path.trim()).is_dir());
        Self {
            installed,
            rustup: !installed && starts("rustup"),
            debian_linker: ["wasm-ld-19", "wasm-ld"].into_iter().find(|linker| has_source && starts(linker)),
        }
    }
}

/// What a program prints, if it starts and ends well.
fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn route(probe: &Probe) -> Result<Route, MissingTool> {
    match probe {
        Probe { installed: true, .. } => Ok(Route::Ready),
        Probe { rustup: true, .. } => Ok(Route::Rustup),
        Probe { debian_linker: Some(linker), .. } => Ok(Route::Debian { linker }),
        _ => Err(MissingTool(&WASM_TARGET)),
    }
}

impl Route {
    fn prepare(self, cargo: &mut Command, project: &Project) -> Result<(), BuildError> {
        match self {
            Self::Ready => Ok(()),
            Self::Rustup => {
                let mut rustup = clean(Path::new("rustup"));
                rustup.args(["target", "add", TARGET]);
                super::run(&mut rustup, project)
            }
            Self::Debian { linker } => {
                cargo
                    .env("RUSTC", DEBIAN_RUSTC)
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
                    .arg("-Zbuild-std=std,panic_abort");
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_route_is_taken() {
        let probe = |installed, rustup, debian_linker| Probe { installed, rustup, debian_linker };
        let debian = Some("wasm-ld-19");
        assert_eq!(route(&probe(true, true, debian)).unwrap(), Route::Ready);
        assert_eq!(route(&probe(false, true, debian)).unwrap(), Route::Rustup);
        assert_eq!(route(&probe(false, false, debian)).unwrap(), Route::Debian { linker: "wasm-ld-19" });
        let error = route(&Probe::default()).unwrap_err().to_string();
        assert!(error.contains("rustup target add") && error.contains("apt-get install"), "{error}");
    }

    #[test]
    fn guests_do_not_inherit_the_build_of_the_host() {
        for name in ["RUSTFLAGS", "CARGO_ENCODED_RUSTFLAGS", "CARGO_PROFILE_RELEASE_LTO", "CARGO_MANIFEST_DIR"] {
            assert!(is_the_hosts(name), "{name}");
        }
        for name in [
            "PATH",
            "HOME",
            "RUSTUP_HOME",
            "CARGO_HOME",
            "CARGO_NET_OFFLINE",
            "CARGO_REGISTRIES_CRATES_IO_PROTOCOL",
            "CARGO_TARGET_DIR",
        ] {
            assert!(!is_the_hosts(name), "{name}");
        }
    }

    #[test]
    fn the_stack_is_small_unless_the_project_says_its_size() {
        let dir = tempfile::tempdir().unwrap();
        assert!(flags(dir.path()).contains(SMALL_STACK));
        std::fs::create_dir(dir.path().join(".cargo")).unwrap();
        std::fs::write(dir.path().join(".cargo/config.toml"), "rustflags = [\"-Clink-arg=-zstack-size=1\"]").unwrap();
        assert!(!flags(dir.path()).contains(SMALL_STACK) && flags(dir.path()).contains("--remap-path-prefix="));
    }

    #[test]
    fn the_module_is_that_of_the_crate_itself() {
        let said = r#"
            {"reason":"compiler-artifact","manifest_path":"/p/sdk/Cargo.toml","filenames":["/t/sdk.wasm"]}
            {"reason":"build-finished","manifest_path":"/p/Cargo.toml","filenames":["/t/no.wasm"]}
            {"reason":"compiler-artifact","manifest_path":"/p/Cargo.toml","filenames":["/t/x.rlib","/t/x.wasm"]}"#;
        assert_eq!(module(said, Path::new("/p/Cargo.toml")), Some("/t/x.wasm".into()));
        assert_eq!(module(said, Path::new("/q/Cargo.toml")), None);
    }
}
