//! Guests in languages that bring a toolchain of their own. Each is built once and kept outside of the clone, under the
//! digest of what it is made of: the second time needs neither the toolchain nor the time.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::Command;

use ponte_model::Digest256;

use crate::root;

/// Where guests and compiled components are kept between runs of the tests.
pub fn cache() -> PathBuf {
    let home = || Some(std::env::home_dir()?.join(".cache"));
    let base = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from).or_else(home).expect("a home directory");
    base.join("ponte")
}

/// A project in JavaScript or TypeScript as a component.
pub fn javascript(project: &Path) -> Vec<u8> {
    let sdk = root().join("plugins/sdk/js");
    let made_of = ["build.mjs", "lines.mjs", "package-lock.json", "src"].map(|part| sdk.join(part));
    let script = sdk.join("build.mjs");
    let hint = "install Node 18 or newer: apt-get install nodejs npm";
    build(project, "src", &made_of, |out| run("node", [script.as_path(), project, out], hint))
}

/// The same of one source file.
pub fn javascript_source(source: &str) -> Vec<u8> {
    let project = tempfile::tempdir().expect("a temporary folder");
    std::fs::create_dir(project.path().join("src")).expect("a folder");
    std::fs::write(project.path().join("src/flow.js"), source).expect("the source is written");
    javascript(project.path())
}

/// A copy of a package's folder with its component in it, ready to be installed.
pub fn package(project: &Path, component: &[u8]) -> PathBuf {
    let folder = tempfile::tempdir().expect("a temporary folder").keep();
    copy(project, &folder);
    std::fs::write(folder.join("plugin.wasm"), component).expect("the component is written");
    folder
}

/// What `make` writes for the sources of a project, made by the tools in `made_of` against the contract.
fn build(project: &Path, sources: &str, made_of: &[PathBuf], make: impl FnOnce(&Path)) -> Vec<u8> {
    let mut all = Vec::new();
    for part in made_of.iter().chain([&root().join("wit")]) {
        read(part, part.parent().expect("a part of a folder"), &mut all);
    }
    read(&project.join(sources), project, &mut all);
    let kept = cache().join("guests").join(format!("{}.wasm", Digest256::of(&all)));
    if let Ok(component) = std::fs::read(&kept) {
        return component;
    }
    std::fs::create_dir_all(kept.parent().expect("a folder")).expect("the cache can be made");
    let fresh = kept.with_extension(format!("{}.tmp", std::process::id()));
    make(&fresh);
    // Under its name at once, so that nobody finds half of it.
    std::fs::rename(&fresh, &kept).expect("the tool wrote a component");
    std::fs::read(&kept).expect("the component is read")
}

/// Appends names and bytes of all files, in order.
fn read(path: &Path, base: &Path, all: &mut Vec<u8>) {
    if path.is_dir() {
        for path in listed(path) {
            read(&path, base, all);
        }
        return;
    }
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let name = path.strip_prefix(base).unwrap_or(path);
    all.extend_from_slice(format!("{}\0{}\0", name.display(), bytes.len()).as_bytes());
    all.extend_from_slice(&bytes);
}

fn listed(folder: &Path) -> Vec<PathBuf> {
    let entries = folder.read_dir().unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.map(|entry| entry.expect("an entry").path()).collect();
    paths.sort();
    paths
}

fn copy(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("a folder");
    for path in listed(from) {
        let target = to.join(path.file_name().expect("a name"));
        match path.is_dir() {
            true if path.ends_with("node_modules") => {}
            true => copy(&path, &target),
            false => drop(std::fs::copy(&path, &target).expect("a file is copied")),
        }
    }
}

fn run<A: AsRef<OsStr>>(program: &str, args: impl IntoIterator<Item = A>, hint: &str) {
    let output = Command::new(program).args(args).output().unwrap_or_else(|error| panic!("{program}: {error}; {hint}"));
    assert!(output.status.success(), "{program}: {}\n{hint}", String::from_utf8_lossy(&output.stderr));
}
