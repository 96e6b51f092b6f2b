//! Puts the templates of `ponte new` into the binary: the contract, the SDKs and the first flow in each language.
//!
//! A language whose folders are not in the repository is simply not there; `language.rs` has the table.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// What is built, downloaded or a test, and belongs to no template. Locks of examples are those of the repository's
/// guests: see `new/rust.rs`.
const LEFT_OUT: [&str; 11] = [
    "target",
    "node_modules",
    "__pycache__",
    "dist",
    "build",
    "venv",
    "tests",
    "test",
    "examples",
    "Cargo.lock",
    "proptest-regressions",
];

/// Hidden files that belong to a project.
const HIDDEN: [&str; 3] = [".cargo", ".npmrc", ".gitignore"];

fn main() {
    let here = PathBuf::from(std::env::var_os("CARGO_MANIFEST_DIR").expect("cargo says where this crate lies"));
    let root = here.join("../..").canonicalize().expect("this crate is in the repository");
    let mut files = Vec::new();
    collect(&root, Path::new("wit"), &mut files);
    // Not the examples: their plugin.wasm would be a change. A language comes with its SDK.
    println!("cargo::rerun-if-changed={}", root.join("plugins/sdk").display());
    for (folder, prefix) in [("plugins/sdk", ""), ("examples", "first-")] {
        let Ok(entries) = root.join(folder).read_dir() else { continue };
        for entry in entries.flatten().filter(|entry| entry.path().is_dir()) {
            if entry.file_name().to_string_lossy().starts_with(prefix) {
                collect(&root, &Path::new(folder).join(entry.file_name()), &mut files);
            }
        }
    }
    // What the Rust SDK's manifest inherits, and the versions that it was tested with.
    files.extend(["plugins/Cargo.toml", "plugins/Cargo.lock"].map(PathBuf::from));
    files.sort();
    let mut code = "/// Files of the repository, by their paths in it, in order.\npub(super) static FILES: &[(&str, &[u8])] = &[\n".to_owned();
    for file in files {
        let path = root.join(&file);
        println!("cargo::rerun-if-changed={}", path.display());
        let name = file.to_string_lossy().replace('\\', "/");
        writeln!(code, "    ({name:?}, include_bytes!({:?})),", path.display().to_string()).expect("text grows");
    }
    code.push_str("];\n");
    let out = PathBuf::from(std::env::var_os("OUT_DIR").expect("cargo says where to write"));
    std::fs::write(out.join("files.rs"), code).expect("the build's folder can be written");
}

fn collect(root: &Path, folder: &Path, files: &mut Vec<PathBuf>) {
    let Ok(entries) = root.join(folder).read_dir() else { return };
    for entry in entries.flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let hidden = name.starts_with('.') && !HIDDEN.contains(&name.as_str());
        let compiled = [".pyc", ".wasm"].iter().any(|end| name.ends_with(end));
        if hidden || compiled || LEFT_OUT.contains(&name.as_str()) || name.ends_with(".egg-info") {
            continue;
        }
        let path = folder.join(&name);
        if entry.path().is_dir() {
            println!("cargo::rerun-if-changed={}", entry.path().display());
            collect(root, &path, files);
        } else {
            files.push(path);
        }
    }
}
