//! Guests in languages with a toolchain of their own, built by the script of their SDK: once, and kept outside the clone,
//! by what they are built from. So are the components when they are compiled.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use ponte_model::Digest256;

use crate::root;

/// So many builds of one project are kept, and so many compiled components; the oldest go.
const BUILDS_KEPT: usize = 3;
const COMPILED_KEPT: usize = 40;

/// A language, and how a project in it is built.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// `python3 plugins/sdk/python/build.py`.
    Python,
    /// `sh plugins/sdk/c/build.sh`.
    C,
    /// `node plugins/sdk/js/build.mjs`, for JavaScript and TypeScript.
    JavaScript,
}

impl Tongue {
    fn script(self) -> (&'static str, &'static str) {
        match self {
            Self::Python => ("python3", "plugins/sdk/python/build.py"),
            Self::C => ("sh", "plugins/sdk/c/build.sh"),
            Self::JavaScript => ("node", "plugins/sdk/js/build.mjs"),
        }
    }
}

/// Whether the tools of a language are here; says what is missing, if not. A test without its tools skips, as the
/// repository needs but Rust to be worked on; with `PONTE_GUESTS=all`, as in `.ci/run`, it fails.
///
/// # Panics
/// If they are not, and have to be.
pub fn has_tools(tongue: Tongue) -> bool {
    let (program, script) = tongue.script();
    let checked = Command::new(program).arg(root().join(script)).arg("--check").status();
    let there = checked.is_ok_and(|status| status.success());
    assert!(
        there || std::env::var("PONTE_GUESTS").as_deref() != Ok("all"),
        "{program} {script} lacks something (see above)"
    );
    if !there {
        println!("skipped: {program} {script} lacks something (see above)");
    }
    there
}

/// The component of a project of the repository, by its folder (`examples/first-c`); none without the tools.
///
/// # Panics
/// If it does not build; the script has said why.
pub fn component(tongue: Tongue, project: &str) -> Option<Vec<u8>> {
    let (program, script) = tongue.script();
    let (folder, script) = (root().join(project), root().join(script));
    let sdk = script.parent().expect("the script lies in its SDK");
    let digest = digest(&[&folder, sdk, &root().join("wit")]);
    let kept = cache().join("guests").join(project.replace('/', "-"));
    let path = kept.join(format!("{digest}.wasm"));
    if let Ok(component) = fs::read(&path) {
        return Some(component);
    }
    if !has_tools(tongue) {
        return None;
    }
    fs::create_dir_all(&kept).expect("the cache can be written");
    let out = tempfile::Builder::new().prefix("building-").suffix(".wasm").tempfile_in(&kept).expect("a file");
    let status = Command::new(program).arg(&script).arg(&folder).arg(out.path()).status();
    let status = status.unwrap_or_else(|error| panic!("{program} cannot be started: {error}"));
    assert!(status.success(), "{project} does not build (see above)");
    let component = ponte_build::encode(fs::read(out.path()).expect("the script wrote a file"))
        .expect("a module that knows its world");
    fs::write(out.path(), &component).expect("the cache can be written");
    out.persist(&path).expect("the component is put in its place");
    keep_newest(&kept, BUILDS_KEPT);
    Some(component)
}

/// The flow package of a project, with its component built: a copy, so that the repository stays as it is. None without the
/// tools.
pub fn package(tongue: Tongue, project: &str) -> Option<PathBuf> {
    Some(package_with(project, &component(tongue, project)?))
}

/// The flow package of a project with another component.
pub fn package_with(project: &str, component: &[u8]) -> PathBuf {
    let folder = tempfile::Builder::new().prefix("ponte-package-").tempdir().expect("a folder").keep();
    let from = root().join(project);
    for file in ["flow.toml", "settings.schema.json"] {
        fs::copy(from.join(file), folder.join(file)).expect("a file of the package");
    }
    fs::create_dir(folder.join("texts")).expect("a folder");
    for text in fs::read_dir(from.join("texts")).expect("texts").flatten() {
        fs::copy(text.path(), folder.join("texts").join(text.file_name())).expect("a text");
    }
    fs::write(folder.join("plugin.wasm"), component).expect("the component is written");
    folder
}

/// Where components are compiled into: seconds of work for those with an interpreter inside.
pub fn compiled() -> PathBuf {
    let folder = cache().join("compiled");
    keep_newest(&folder, 2 * COMPILED_KEPT);
    folder
}

/// `${XDG_CACHE_HOME:-$HOME/.cache}/ponte`, where the SDK's scripts keep their tools too.
fn cache() -> PathBuf {
    let base = std::env::var_os("XDG_CACHE_HOME").filter(|base| !base.is_empty()).map(PathBuf::from);
    let base = base.or_else(|| Some(std::env::home_dir()?.join(".cache")));
    base.unwrap_or_else(std::env::temp_dir).join("ponte")
}

/// What a build follows from: the names and contents of all files in some folders.
fn digest(folders: &[&Path]) -> Digest256 {
    let mut all = Vec::new();
    for folder in folders {
        gather(folder, folder, &mut all);
    }
    Digest256::of(&all)
}

fn gather(base: &Path, folder: &Path, all: &mut Vec<u8>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut paths: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        // None is an input: what Python and npm keep by the side, and what is built.
        if name == "__pycache__" || name == "node_modules" || name.ends_with(".wasm") {
            continue;
        }
        if path.is_dir() {
            gather(base, &path, all);
        } else {
            let contents = fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            all.extend(path.strip_prefix(base).unwrap_or(&path).to_string_lossy().as_bytes());
            all.extend((contents.len() as u64).to_le_bytes());
            all.extend(contents);
        }
    }
}

/// Removes all but the newest files of a folder.
fn keep_newest(folder: &Path, most: usize) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    let mut files: Vec<_> =
        entries.flatten().filter_map(|entry| Some((entry.metadata().ok()?.modified().ok()?, entry.path()))).collect();
    files.sort();
    for (_, old) in files.iter().rev().skip(most) {
        // Somebody else may have been first.
        let _ = fs::remove_file(old);
    }
}
