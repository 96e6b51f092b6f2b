//! Which files a path means.

use std::path::{Path, PathBuf};

use anyhow::{bail, ensure};

/// So deep below a folder packages are looked for.
const DEPTH: usize = 4;

/// Folders that hold other people's files.
const SKIPPED: [&str; 3] = ["target", "node_modules", "sdk"];

/// Where somebody who names nothing is.
fn or_here(paths: &[PathBuf]) -> Vec<PathBuf> {
    if paths.is_empty() { vec![PathBuf::from(".")] } else { paths.to_vec() }
}

/// The scenario files, in order.
pub(super) fn scenarios(paths: &[PathBuf], filter: Option<&str>) -> anyhow::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for path in or_here(paths) {
        if path.is_file() {
            files.push(path);
            continue;
        }
        ensure!(path.is_dir(), "there is no {}", path.display());
        let found = below(&path);
        if found.is_empty() {
            bail!(
                "there is no scenario in {}: write one into scenarios/ (`ponte test --help` has an example)",
                path.display()
            );
        }
        files.extend(found);
    }
    if let Some(words) = filter {
        files.retain(|file| file.to_string_lossy().contains(words));
        ensure!(!files.is_empty(), "no scenario has {words:?} in its path");
    }
    Ok(files)
}

/// The packages that paths lead to, in order.
pub(super) fn packages(paths: &[PathBuf]) -> anyhow::Result<Vec<PathBuf>> {
    let mut packages = Vec::new();
    for path in or_here(paths) {
        let found: Vec<_> =
            folders_below(&path, DEPTH).into_iter().filter(|dir| dir.join("flow.toml").is_file()).collect();
        ensure!(!found.is_empty(), "there is no flow.toml in {} or below it", path.display());
        packages.extend(found);
    }
    Ok(packages)
}

/// The folders whose changes matter.
pub(super) fn folders(paths: &[PathBuf]) -> Vec<PathBuf> {
    or_here(paths)
        .into_iter()
        .map(|path| match path.parent() {
            // A scenario in a package's folder: the package may change too.
            Some(folder) if path.is_file() && folder.ends_with("scenarios") => folder.join(".."),
            Some(folder) if path.is_file() => folder.to_owned(),
            _ => path,
        })
        .collect()
}

/// The scenarios of a folder: its own, where it holds any, and those of folders named `scenarios` below it.
fn below(folder: &Path) -> Vec<PathBuf> {
    let mut files = yaml_in(folder);
    for dir in folders_below(folder, DEPTH) {
        if dir != folder && dir.file_name().is_some_and(|name| name == "scenarios") {
            files.extend(yaml_in(&dir));
        }
    }
    files
}

fn yaml_in(folder: &Path) -> Vec<PathBuf> {
    let is = |path: &PathBuf| path.extension().is_some_and(|extension| extension == "yaml" || extension == "yml");
    let mut files: Vec<_> = entries(folder).into_iter().filter(|path| path.is_file() && is(path)).collect();
    files.sort();
    files
}

/// The folder and those below it, in order.
fn folders_below(folder: &Path, depth: usize) -> Vec<PathBuf> {
    let mut all = vec![folder.to_owned()];
    if depth == 0 {
        return all;
    }
    let mut inner: Vec<_> = entries(folder).into_iter().filter(|path| path.is_dir()).collect();
    inner.sort();
    for dir in inner {
        let name = dir.file_name().unwrap_or_default().to_string_lossy().into_owned();
        if !name.starts_with('.') && !SKIPPED.contains(&name.as_str()) {
            all.extend(folders_below(&dir, depth - 1));
        }
    }
    all
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    let tidy = |path: PathBuf| path.strip_prefix(".").map(Path::to_owned).unwrap_or(path);
    let read = std::fs::read_dir(folder).into_iter().flatten();
    read.filter_map(|entry| entry.ok().map(|entry| tidy(entry.path()))).collect()
}

/// All files in folders and below, for whoever watches them.
pub(super) fn files_below(folder: &Path) -> Vec<PathBuf> {
    folders_below(folder, DEPTH).iter().flat_map(|dir| entries(dir)).filter(|path| path.is_file()).collect()
}
