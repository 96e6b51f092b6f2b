//! Builds the guests behind the prebuilt flows: `plugins/<name>` becomes the component `flows/<name>/plugin.wasm`.

use std::ffi::OsStr;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use sha2::{Digest, Sha256};
use wit_component::{ComponentEncoder, DecodedWasm};

const TARGET: &str = "wasm32-unknown-unknown";

/// Plugin projects in Rust under `examples/`, each a workspace of its own: the folder, and the crate's name.
pub(crate) const EXAMPLES: [(&str, &str); 2] = [("first-rust", "greeter"), ("dialog-rust", "booking")];

/// The only package that a guest may import from.
const CONTRACT: &str = "ponte:flow/";

/// A component in its place.
#[derive(Clone, Debug)]
pub(crate) struct BuiltPlugin {
    /// The flow it belongs to; the file is `flows/<name>/plugin.wasm`.
    pub(crate) name: String,
    /// Bytes.
    pub(crate) size: usize,
    /// SHA-256 in hexadecimal digits.
    pub(crate) digest: String,
    /// Whether the file was written; false if it was there already.
    pub(crate) changed: bool,
}

impl fmt::Display for BuiltPlugin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let note = if self.changed { "" } else { "  (unchanged)" };
        write!(f, "{:<16} {:>7.1} KB  sha256:{}{note}", self.name, self.size as f64 / 1000.0, self.digest)
    }
}

/// Builds the guest of one flow, or of all flows whose plugin is a Rust crate of this repository, and prints a line
/// for each.
///
/// # Errors
/// If there is no such plugin, the compiler for guests cannot be had, or a guest does not build, does not validate or
/// asks for more than the contract.
pub(crate) fn build(root: &Path, only: Option<&str>) -> Result<Vec<BuiltPlugin>> {
    if let Some(example) = EXAMPLES.iter().find(|(folder, _)| only == Some(folder)) {
        return Ok(vec![build_example(root, *example)?]);
    }
    let names = names(root, only)?;
    let workspace = root.join("plugins");
    let target_dir = target_dir(root);

    let mut cargo = clean("cargo", std::env::var_os("CARGO").as_deref());
    cargo.current_dir(&workspace);
    route(&Probe::of(&workspace))?.prepare(&mut cargo, &workspace)?;
    cargo.args(["build", "--release", "--target", TARGET, "--target-dir"]).arg(&target_dir);
    cargo.arg("--config").arg(same_paths_everywhere());
    for name in &names {
        cargo.args(["--package", name]);
    }
    let status = cargo.status().context("cargo cannot be started")?;
    ensure!(status.success(), "the guests in {} do not build (see above)", workspace.display());

    let out = target_dir.join(TARGET).join("release");
    let mut built = Vec::new();
    for name in names {
        let module = out.join(format!("{}.wasm", name.replace('-', "_")));
        let flow = root.join("flows").join(&name);
        let plugin = install(&flow, &name, &module).with_context(|| format!("plugin `{name}`"))?;
        println!("{plugin}");
        built.push(plugin);
    }
    if only.is_none() {
        for example in EXAMPLES {
            built.push(build_example(root, example)?);
        }
    }
    Ok(built)
}

/// Builds a plugin project of the examples.
fn build_example(root: &Path, (folder, package): (&str, &str)) -> Result<BuiltPlugin> {
    let project = root.join("examples").join(folder);
    let target_dir = target_dir(root);
    let mut cargo = clean("cargo", std::env::var_os("CARGO").as_deref());
    cargo.current_dir(&project);
    route(&Probe::of(&project))?.prepare(&mut cargo, &project)?;
    cargo.args(["build", "--release", "--target", TARGET, "--target-dir"]).arg(&target_dir);
    cargo.arg("--config").arg(same_paths_everywhere());
    let status = cargo.status().context("cargo cannot be started")?;
    ensure!(status.success(), "{} does not build (see above)", project.display());
    let module = target_dir.join(TARGET).join("release").join(format!("{}.wasm", package.replace('-', "_")));
    let built = install(&project, folder, &module).with_context(|| format!("example `{folder}`"))?;
    println!("{built}");
    Ok(built)
}

/// Flows whose plugin is a crate of this repository, by name.
fn names(root: &Path, only: Option<&str>) -> Result<Vec<String>> {
    let has_crate = |name: &str| root.join("plugins").join(name).join("Cargo.toml").is_file();
    let flows = root.join("flows");
    let mut names = Vec::new();
    for entry in flows.read_dir().with_context(|| format!("cannot list {}", flows.display()))? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if entry.path().join("flow.toml").is_file() && has_crate(&name) {
            names.push(name);
        }
    }
    names.sort();
    match only {
        None => Ok(names),
        Some(name) if names.iter().any(|known| known == name) => Ok(vec![name.to_owned()]),
        Some(name) => bail!(
            "there is no plugin `{name}`: it needs plugins/{name}/Cargo.toml and flows/{name}/flow.toml; there are {}",
            names.join(", ")
        ),
    }
}

/// Guests are another target and another profile, so they get a corner of their own.
fn target_dir(root: &Path) -> PathBuf {
    let outer = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
    outer.join("plugins")
}

/// A program that sees nothing of the cargo that started this one: its flags and variables are the host's.
fn clean(program: &str, path: Option<&OsStr>) -> Command {
    let mut command = Command::new(path.unwrap_or(OsStr::new(program)));
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
    match name {
        "RUSTC" | "RUSTFLAGS" | "RUSTDOCFLAGS" | "RUSTC_WRAPPER" | "RUSTC_WORKSPACE_WRAPPER" | "CARGO" => true,
        _ => name.starts_with("CARGO_") && !MACHINE.iter().any(|prefix| name.starts_with(prefix)),
    }
}

/// Panic messages name source files; with the same names on every machine, the same source gives the same digest.
/// Adds to the flags in `plugins/.cargo/config.toml`.
fn same_paths_everywhere() -> String {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| Some(std::env::home_dir()?.join(".cargo")))
        .unwrap_or_default();
    let flag = format!("--remap-path-prefix={}=/cargo", home.display());
    format!("target.{TARGET}.rustflags=[{flag:?}]")
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
    fn of(workspace: &Path) -> Self {
        let libdir =
            answer(clean("rustc", None).current_dir(workspace).args(["--print", "target-libdir", "--target", TARGET]));
        let starts = |program: &'static str| answer(clean(program, None).arg("--version")).is_some();
        let has_source = Path::new(DEBIAN_RUSTC).is_file() && Path::new(DEBIAN_SOURCE).is_dir();
        Self {
            installed: libdir.is_some_and(|path| Path::new(path.trim()).is_dir()),
            rustup: starts("rustup"),
            debian_linker: ["wasm-ld-19", "wasm-ld"].into_iter().find(|linker| has_source && starts(linker)),
        }
    }
}

/// What a program prints, if it starts and ends well.
fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn route(probe: &Probe) -> Result<Route> {
    match probe {
        Probe { installed: true, .. } => Ok(Route::Ready),
        Probe { rustup: true, .. } => Ok(Route::Rustup),
        Probe { debian_linker: Some(linker), .. } => Ok(Route::Debian { linker }),
        _ => bail!(
            "the Rust compiler cannot build for {TARGET}: install rustup (https://rustup.rs) and run `rustup target add {TARGET}`, \
             or on Debian run `apt-get install rustc-web rust-web-src lld-19`; then try again"
        ),
    }
}

impl Route {
    fn prepare(self, cargo: &mut Command, workspace: &Path) -> Result<()> {
        match self {
            Self::Ready => {}
            Self::Rustup => {
                let mut rustup = clean("rustup", None);
                let status = rustup.current_dir(workspace).args(["target", "add", TARGET]).status()?;
                ensure!(status.success(), "`rustup target add {TARGET}` failed (see above)");
            }
            Self::Debian { linker } => {
                cargo
                    .env("RUSTC", DEBIAN_RUSTC)
                    .env("RUSTC_BOOTSTRAP", "1")
                    .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_LINKER", linker)
                    .arg("-Zbuild-std=std,panic_abort");
            }
        }
        Ok(())
    }
}

/// Makes a component of a module and puts it into its package, if it is not there already.
fn install(package: &Path, name: &str, module: &Path) -> Result<BuiltPlugin> {
    let module = std::fs::read(module).with_context(|| format!("cannot read {}", module.display()))?;
    let component = encode(&module)?;
    let path = package.join("plugin.wasm");
    let changed = std::fs::read(&path).ok().as_deref() != Some(&component);
    if changed {
        std::fs::write(&path, &component).with_context(|| format!("cannot write {}", path.display()))?;
    }
    let digest = hex::encode(Sha256::digest(&component));
    Ok(BuiltPlugin { name: name.to_owned(), size: component.len(), digest, changed })
}

fn encode(module: &[u8]) -> Result<Vec<u8>> {
    let component = ComponentEncoder::default()
        .validate(true)
        .module(module)
        .and_then(|encoder| encoder.encode())
        .context("the module is no component: does it use `ponte_sdk::flow!`?")?;
    if let Some(stranger) = imports(&component)?.into_iter().find(|import| !import.starts_with(CONTRACT)) {
        bail!("imports {stranger}; a flow may import from {CONTRACT}* only");
    }
    Ok(component)
}

/// The names of what a component imports.
fn imports(component: &[u8]) -> Result<Vec<String>> {
    match wit_component::decode(component)? {
        DecodedWasm::Component(resolve, world) => {
            let imports = resolve.worlds[world].imports.keys();
            Ok(imports.map(|key| resolve.name_world_key(key)).collect())
        }
        DecodedWasm::WitPackage(..) => bail!("is a WIT package, not a component"),
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
        assert_eq!(error.lines().count(), 1);
    }

    #[test]
    fn guests_do_not_inherit_the_build_of_the_host() {
        for name in [
            "RUSTFLAGS",
            "CARGO_ENCODED_RUSTFLAGS",
            "CARGO_PROFILE_RELEASE_LTO",
            "CARGO_MANIFEST_DIR",
            "CARGO_TARGET_DIR",
        ] {
            assert!(is_the_hosts(name), "{name}");
        }
        for name in
            ["PATH", "HOME", "RUSTUP_HOME", "CARGO_HOME", "CARGO_NET_OFFLINE", "CARGO_REGISTRIES_CRATES_IO_PROTOCOL"]
        {
            assert!(!is_the_hosts(name), "{name}");
        }
    }

    #[test]
    fn an_unknown_plugin_is_named() {
        let root = crate::root();
        let error = names(&root, Some("no-such-flow")).unwrap_err().to_string();
        assert!(error.contains("no-such-flow") && error.contains("after-hours"), "{error}");
    }
}
