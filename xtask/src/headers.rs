//! Makes the headers of the SDK for C from the contract: `wit/` becomes `plugins/sdk/c/gen/`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use wit_bindgen_core::Files;
use wit_bindgen_core::wit_parser::Resolve;

/// Where they lie: committed, so that a flow in C needs no generator.
const FOLDER: &str = "plugins/sdk/c/gen";

/// Writes the files that are missing or out of date, and says which.
///
/// # Errors
/// If the contract cannot be read, or a file cannot be written.
pub(crate) fn write(root: &Path) -> Result<Vec<PathBuf>> {
    let stale = stale(root)?;
    for (path, contents) in &stale {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("cannot make {}", folder.display()))?;
        }
        std::fs::write(path, contents).with_context(|| format!("cannot write {}", path.display()))?;
    }
    Ok(stale.into_iter().map(|(path, _)| path).collect())
}

/// The files that are not what the contract says, with what they should be.
fn stale(root: &Path) -> Result<Vec<(PathBuf, Vec<u8>)>> {
    let mut stale = Vec::new();
    for (name, contents) in generate(root)?.iter() {
        let path = root.join(FOLDER).join(name);
        if std::fs::read(&path).ok().as_deref() != Some(contents) {
            stale.push((path, contents.to_vec()));
        }
    }
    Ok(stale)
}

fn generate(root: &Path) -> Result<Files> {
    let mut resolve = Resolve::default();
    let (package, _) = resolve.push_dir(root.join("wit")).context("the contract in wit/ cannot be read")?;
    let world = resolve.select_world(&[package], Some("flow"))?;
    let mut files = Files::default();
    let options = wit_bindgen_c::Opts::default();
    options.build().generate(&mut resolve, world, &mut files)?;
    if files.iter().next().is_none() {
        bail!("the generator for C made nothing");
    }
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_headers_for_c_are_those_of_the_contract() {
        let stale: Vec<_> = stale(&crate::root()).unwrap().into_iter().map(|(path, _)| path).collect();
        assert!(stale.is_empty(), "run `cargo xtask headers`: {stale:?} are out of date");
    }
}
