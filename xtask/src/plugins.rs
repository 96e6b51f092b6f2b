//! Builds the plugins of the repository: `plugins/<name>` becomes `flows/<name>/plugin.wasm`, and `examples/<name>` its
//! own `plugin.wasm`. How is `ponte-build`'s business, as it is for `ponte build`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use ponte_build::{BuildError, Options, Project};

/// A plugin of the repository.
struct Plugin {
    name: String,
    /// Where its source is.
    source: PathBuf,
    /// The package that it belongs to.
    package: PathBuf,
}

/// Which plugins to build.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Which<'a> {
    /// Those behind the prebuilt flows.
    Flows,
    /// Those and the examples, as far as the machine has the tools for their languages.
    All,
    /// One, whatever it takes.
    One(&'a str),
}

/// Builds plugins, and prints a line for each.
///
/// # Errors
/// If there is no such plugin, or one does not build.
pub(crate) fn build(root: &Path, which: Which<'_>) -> Result<()> {
    let flows = flows(root)?;
    let examples = examples(root);
    let chosen: Vec<Plugin> = match which {
        Which::Flows => flows,
        Which::All => flows.into_iter().chain(examples).collect(),
        Which::One(name) => {
            let mut all: Vec<Plugin> = flows.into_iter().chain(examples).collect();
            let known: Vec<_> = all.iter().map(|plugin| plugin.name.clone()).collect();
            all.retain(|plugin| plugin.name == name);
            if all.is_empty() {
                bail!(
                    "there is no plugin `{name}`: a flow has plugins/{name} and flows/{name}/flow.toml, an example \
                     examples/{name}/flow.toml; there are {}",
                    known.join(", ")
                );
            }
            all
        }
    };
    let must = !matches!(which, Which::All);
    for plugin in chosen {
        build_one(root, &plugin, must).with_context(|| format!("plugin `{}`", plugin.name))?;
    }
    Ok(())
}

fn build_one(root: &Path, plugin: &Plugin, must: bool) -> Result<()> {
    let project = Project::find(&plugin.source)?;
    let path = plugin.package.join("plugin.wasm");
    if project.is_older_than(&path) {
        println!("{:<20} (unchanged)", plugin.name);
        return Ok(());
    }
    let built = match ponte_build::build(&project, &Options { target_dir: Some(target_dir(root)) }) {
        Err(BuildError::MissingTool(tool)) if !must => {
            let what = tool.to_string();
            let what = what.lines().next().unwrap_or_default().trim_end_matches(" To install it:");
            println!("{:<20} left out: {what} `cargo xtask plugins {}` says how to get it.", plugin.name, plugin.name);
            return Ok(());
        }
        built => built?,
    };
    let changed = built.place(&path).with_context(|| format!("cannot write {}", path.display()))?;
    let (size, note) = (built.component.len() as f64 / 1000.0, if changed { "" } else { "  (unchanged)" });
    println!("{:<20} {size:>7.1} KB  sha256:{}{note}", plugin.name, built.digest);
    Ok(())
}

/// Flows whose plugin is a crate of this repository, by name.
fn flows(root: &Path) -> Result<Vec<Plugin>> {
    let flows = root.join("flows");
    let packages = packages(&flows).with_context(|| format!("cannot list {}", flows.display()))?;
    let plugin =
        |(name, package): (String, PathBuf)| Plugin { source: root.join("plugins").join(&name), name, package };
    Ok(packages.into_iter().map(plugin).filter(|plugin| plugin.source.join("Cargo.toml").is_file()).collect())
}

/// The examples that are packages, by name.
fn examples(root: &Path) -> Vec<Plugin> {
    let packages = packages(&root.join("examples")).unwrap_or_default();
    let plugin = |(name, package): (String, PathBuf)| Plugin { name, source: package.clone(), package };
    packages.into_iter().map(plugin).filter(|plugin| Project::find(&plugin.source).is_ok()).collect()
}

/// The examples in Rust, whose decisions are tested natively: their `Cargo.toml`.
pub(crate) fn crates(root: &Path) -> Vec<PathBuf> {
    let manifests = examples(root).into_iter().map(|plugin| plugin.source.join("Cargo.toml"));
    manifests.filter(|manifest| manifest.is_file()).collect()
}

/// Folders with a manifest, by name.
fn packages(folder: &Path) -> std::io::Result<Vec<(String, PathBuf)>> {
    let mut packages = Vec::new();
    for entry in folder.read_dir()? {
        let entry = entry?;
        if entry.path().join("flow.toml").is_file() {
            packages.push((entry.file_name().to_string_lossy().into_owned(), entry.path()));
        }
    }
    packages.sort();
    Ok(packages)
}

/// Guests are another target and another profile, so they get a corner of their own.
fn target_dir(root: &Path) -> PathBuf {
    let outer = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root.join("target"), |dir| root.join(dir));
    outer.join("plugins")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_plugin_is_named() {
        let error = build(&crate::root(), Which::One("no-such-flow")).unwrap_err().to_string();
        for word in ["no-such-flow", "after-hours", "first-rust"] {
            assert!(error.contains(word), "{error}");
        }
    }
}
