//! Says what is wrong with a plugin project, and what could be better: everything that can be known without running it.
//!
//! [`check`] looks at a whole folder: the package as an installation would see it, the component against its manifest,
//! settings, texts, templates, scenarios. [`check_component`] looks at a component that was just built, [`unrequested`] at
//! what an installation must not let pass.

mod component;
mod finding;
mod python;
mod scenarios;
mod settings;
mod sources;
mod templates;
mod texts;

use std::path::Path;

use ponte_build::{Imports, Language, Project};
use ponte_flow::{Document, Problem};
use serde::Serialize;

pub use component::Component;
pub use finding::{Finding, Severity};

/// The manifest's file name.
const MANIFEST: &str = "flow.toml";

/// What is known of a project, and everything that is wrong with it.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    /// The flow's name, if the manifest says it.
    pub flow: Option<String>,
    /// Its version.
    pub version: Option<String>,
    /// The word of the language that the source is in, if there is one.
    pub language: Option<&'static str>,
    /// The component, if there is one that can be read.
    pub component: Option<Component>,
    /// How many scenarios there are.
    pub scenarios: usize,
    /// What is wrong, by file and line.
    pub findings: Vec<Finding>,
}

impl Report {
    /// How many findings are so severe.
    pub fn count(&self, severity: Severity) -> usize {
        self.findings.iter().filter(|finding| finding.severity == severity).count()
    }
}

/// Looks at a project, or at a package without its source.
pub fn check(dir: &Path) -> Report {
    let mut findings = Vec::new();
    let package = match ponte_runtime::open_package(dir) {
        Ok(package) => Some(package),
        Err(error) => {
            findings.extend(error.problems.into_iter().map(Finding::error));
            None
        }
    };
    let language = Language::of(dir);
    // A manifest that cannot be read was told of.
    let manifest = document(dir, MANIFEST);
    let says = |pointer: &str| manifest.as_ref()?.value.pointer(pointer)?.as_str();
    let mut component = None;
    let mut scenarios = 0;
    if let Some(manifest) = &manifest {
        if let Ok(bytes) = std::fs::read(dir.join(says("/flow/plugin").unwrap_or("plugin.wasm"))) {
            let (known, found) = component::check(manifest, &bytes, language);
            component = known;
            findings.extend(found);
        }
        findings.extend(stale(dir));
        findings.extend(texts::check(dir, manifest, language));
        // Elsewhere the component says it, and for sure.
        if language.is_some_and(|language| language.imports == Imports::Everything) {
            let sources = sources::Sources::read(dir);
            findings.extend(python::unrequested(&sources.0, &component::requested(manifest)));
        }
        let (count, found) = scenarios::check(dir, manifest);
        scenarios = count;
        findings.extend(found);
    }
    if let Some(package) = &package {
        findings.extend(settings::check(dir, package));
        findings.extend(templates::check(dir, package));
    }
    findings.sort_by(|a, b| a.place().cmp(&b.place()));
    // Where a file is broken, two looks at it say the same.
    findings.dedup_by(|a, b| a.place() == b.place() && a.problem.what == b.problem.what);
    Report {
        flow: says("/flow/name").map(str::to_owned),
        version: says("/flow/version").map(str::to_owned),
        language: language.map(|language| language.word),
        component,
        scenarios,
        findings,
    }
}

/// Looks at a component beside the manifest of the folder that it is for.
pub fn check_component(
    dir: &Path,
    bytes: &[u8],
    language: Option<&'static Language>,
) -> (Option<Component>, Vec<Finding>) {
    let text = std::fs::read_to_string(dir.join(MANIFEST));
    let missing = |error: std::io::Error| {
        let help = "a plugin belongs to a package, which `ponte new` makes";
        vec![Problem::with_file(MANIFEST, format!("`{MANIFEST}` cannot be read: {error}"), help)]
    };
    match text.map_err(missing).and_then(|text| Document::parse(MANIFEST, &text)) {
        Ok(manifest) => component::check(&manifest, bytes, language),
        Err(problems) => (None, problems.into_iter().map(Finding::error).collect()),
    }
}

/// Whether the component of a project was built before its source was last changed: what is looked at, or played, is then
/// the flow of before.
pub fn stale(dir: &Path) -> Option<Finding> {
    let project = Project::find(dir).ok()?;
    let (file, plugin) = (project.newer_source()?, project.plugin());
    let plugin = plugin.file_name().unwrap_or_default().to_string_lossy();
    let what = format!("`{plugin}` is older than {file}");
    Some(Finding::warning(Problem::with_file(&file, what, "build it again: `ponte build`")))
}

/// What the component of a package surely asks for and its manifest does not request: with any of it, every run that
/// comes to such a call is rejected. In the words of [`check`]. A package that cannot be opened is for whoever opens it.
pub fn unrequested(dir: &Path) -> Vec<Problem> {
    let (Ok(package), Some(manifest)) = (ponte_runtime::open_package(dir), document(dir, MANIFEST)) else {
        return Vec::new();
    };
    let bytes = std::fs::read(&package.plugin).unwrap_or_default();
    component::unrequested(&manifest, &bytes, Language::of(dir))
}

/// A file of the project that can be read; what is wrong with it is for `open_package` to say.
fn document(dir: &Path, name: &str) -> Option<Document> {
    Document::parse(name, &std::fs::read_to_string(dir.join(name)).ok()?).ok()
}
