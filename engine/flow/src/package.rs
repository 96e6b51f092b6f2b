//! A flow package: a directory with `flow.toml`, a plugin, a settings schema, texts and templates.

use std::fs;
use std::path::{Component, Path, PathBuf};

use ponte_model::Digest256;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use sha2::{Digest, Sha256};

use crate::document::{Document, Focus};
use crate::settings::{self, ExtraCheck};
use crate::templates::{self, TemplateCheck, TemplateFile};
use crate::{Manifest, PackageError, Problem, Settings, SettingsError, Texts, manifest};

/// The manifest's file name.
const MANIFEST: &str = "flow.toml";

/// The most bytes of the manifest, the schema, and the texts of one language. Packages come from strangers.
const MOST_TEXT_BYTES: u64 = 1 << 20;

/// The most bytes of a plugin. One that carries its own Python interpreter has about 40 MB.
const MOST_PLUGIN_BYTES: u64 = 128 << 20;

/// How a component begins: the magic word, and the binary format's version with the layer "component".
const COMPONENT_HEADER: [u8; 8] = [0x00, b'a', b's', b'm', 0x0d, 0x00, 0x01, 0x00];

/// A flow package on disk that was found right.
#[derive(Clone, Debug)]
pub struct FlowPackage {
    /// The file of the component.
    pub plugin: PathBuf,
    /// Everything else.
    pub snapshot: PackageSnapshot,
}

/// What an installation keeps of its package, as JSON in the store. The plugin is kept elsewhere, by its digest.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PackageSnapshot {
    /// What the package says of itself.
    pub manifest: Manifest,
    /// The JSON Schema of the settings.
    pub schema: Value,
    /// What the flow says.
    pub texts: Texts,
    /// Which plugin it is.
    pub plugin: Digest256,
    /// The message templates that it brings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub templates: Vec<TemplateFile>,
}

impl FlowPackage {
    /// Reads the package in a directory and checks all of it, save what its templates say: see
    /// [`FlowPackage::open_with`].
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place and what would be right.
    pub fn open(dir: impl AsRef<Path>) -> Result<Self, PackageError> {
        Self::open_with(dir, &|_| Vec::new())
    }

    /// The same, and `check` finds what is wrong with its templates.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place and what would be right.
    pub fn open_with(dir: impl AsRef<Path>, check: TemplateCheck<'_>) -> Result<Self, PackageError> {
        let dir = dir.as_ref();
        read(dir, check).map_err(|mut problems| {
            problems.sort_by(|a, b| (&a.file, a.line, a.column).cmp(&(&b.file, b.line, b.column)));
            PackageError { dir: dir.to_owned(), problems }
        })
    }

    /// What the package says of itself.
    pub fn manifest(&self) -> &Manifest {
        &self.snapshot.manifest
    }

    /// What the flow says.
    pub fn texts(&self) -> &Texts {
        &self.snapshot.texts
    }

    /// See [`PackageSnapshot::check_settings`].
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn check_settings(&self, source_name: &str, text: &str) -> Result<Settings, SettingsError> {
        self.snapshot.check_settings(source_name, text)
    }

    /// See [`PackageSnapshot::check_settings_with`].
    ///
    /// # Errors
    /// Everything that is wrong with them.
    pub fn check_settings_with(
        &self,
        source_name: &str,
        text: &str,
        extra: ExtraCheck<'_>,
    ) -> Result<Settings, SettingsError> {
        self.snapshot.check_settings_with(source_name, text, extra)
    }
}

impl PackageSnapshot {
    /// Reads a shop's settings: JSON if the name ends in `.json`, and TOML otherwise. Fills in defaults.
    ///
    /// # Errors
    /// Everything that is wrong with them, each with its place and what would be right.
    pub fn check_settings(&self, source_name: &str, text: &str) -> Result<Settings, SettingsError> {
        self.check_settings_with(source_name, text, &|_| Vec::new())
    }

    /// The same, and `extra` finds what a schema cannot say: whether opening hours are understood, for instance.
    ///
    /// # Errors
    /// Everything that is wrong with them, each with its place and what would be right.
    pub fn check_settings_with(
        &self,
        source_name: &str,
        text: &str,
        extra: ExtraCheck<'_>,
    ) -> Result<Settings, SettingsError> {
        settings::check(&self.schema, source_name, text, extra)
    }
}

fn read(dir: &Path, check: TemplateCheck<'_>) -> Result<FlowPackage, Vec<Problem>> {
    let text = read_text(dir, MANIFEST).map_err(|what| {
        vec![Problem::with_file(MANIFEST, what, "a flow package is a directory with a `flow.toml` in it")]
    })?;
    let manifest = Document::parse(MANIFEST, &text)?;
    let mut problems = manifest::check(&manifest);

    let schema = read_schema(dir, &manifest).map_err(|found| problems.extend(found)).ok();
    let texts = read_texts(dir, &manifest).map_err(|found| problems.extend(found)).ok();
    let plugin = read_plugin(dir, &manifest).map_err(|found| problems.extend(found)).ok();
    let templates = templates::read(dir, &manifest, check).map_err(|found| problems.extend(found)).ok();
    if let Some(templates) = &templates {
        problems.extend(templates::not_brought(&manifest, templates));
    }
    let has_text = texts.as_ref().map(|texts| |key: &str| texts.get(key, "").is_some());
    let has_text = has_text.as_ref().map(|has_text| has_text as &dyn Fn(&str) -> bool);
    problems.extend(manifest::cross_check(&manifest, schema.as_ref(), has_text));

    match (serde_json::from_value(manifest.value.clone()), schema, texts, plugin, templates) {
        (Ok(manifest), Some(schema), Some(texts), Some((path, plugin)), Some(templates)) if problems.is_empty() => {
            Ok(FlowPackage { plugin: path, snapshot: PackageSnapshot { manifest, schema, texts, plugin, templates } })
        }
        (Err(error), ..) if problems.is_empty() => {
            Err(vec![manifest.problem("", Focus::Value, format!("this manifest is not understood: {error}"), None)])
        }
        _ => Err(problems),
    }
}

fn read_schema(dir: &Path, manifest: &Document) -> Result<Value, Vec<Problem>> {
    const POINTER: &str = "/flow/settings";
    let name = path(manifest, POINTER)?;
    let text = read_text(dir, name).map_err(|what| {
        let help = "write a JSON Schema there; a flow without settings has one without properties".to_owned();
        vec![manifest.problem(POINTER, Focus::Value, what, help)]
    })?;
    let document = Document::parse_json(name, &text)?;
    match settings::check_schema(&document) {
        problems if problems.is_empty() => Ok(document.value),
        problems => Err(problems),
    }
}

fn read_texts(dir: &Path, manifest: &Document) -> Result<Texts, Vec<Problem>> {
    let folder = path(manifest, "/flow/texts")?;
    let (mut files, mut problems) = (Vec::new(), Vec::new());
    // A language that is no plain name was complained of, and must not lead out of the package.
    let languages: Vec<_> =
        manifest::languages(manifest).filter(|(_, name)| !name.contains(['/', '\\', '.'])).collect();
    for (pointer, language) in &languages {
        let name = format!("{folder}/{language}.toml");
        let read = read_text(dir, &name).map_err(|what| {
            let help = format!("write the texts in {language} there");
            vec![manifest.problem(pointer, Focus::Value, what, help)]
        });
        match read.and_then(|text| Document::parse(&name, &text)) {
            Ok(document) => files.push(((*language).to_owned(), document)),
            Err(found) => problems.extend(found),
        }
    }
    for file in file_names(&dir.join(folder)) {
        let Some(stray) = file.strip_suffix(".toml") else { continue };
        if !languages.is_empty() && !languages.iter().any(|(_, language)| *language == stray) {
            let what = format!("`{folder}/{file}` is there, but `{stray}` is not among the languages");
            let help = format!("add \"{stray}\" to `languages`, or delete the file");
            problems.push(manifest.problem("/flow/languages", Focus::Key, what, help));
        }
    }
    if problems.is_empty() { Texts::of(&files) } else { Err(problems) }
}

fn read_plugin(dir: &Path, manifest: &Document) -> Result<(PathBuf, Digest256), Vec<Problem>> {
    const POINTER: &str = "/flow/plugin";
    let name = path(manifest, POINTER)?;
    let wrong = |what: String, help: &str| vec![manifest.problem(POINTER, Focus::Value, what, help.to_owned())];
    let bytes = read_bytes(dir, name, MOST_PLUGIN_BYTES).map_err(|what| {
        wrong(what, "build it first: `ponte build`, or for the flows of Ponte's own repository `cargo xtask plugins`")
    })?;
    if !bytes.starts_with(&COMPONENT_HEADER) {
        let help = "build it for the component model: a core module must be turned into a component";
        return Err(wrong(format!("`{name}` is not a WebAssembly component"), help));
    }
    Ok((dir.join(name), Digest256::new(hex::encode(Sha256::digest(&bytes)))))
}

/// A path that the manifest names. Where it names none, or one that leads out of the package, there is nothing to
/// add: that was complained of.
pub(crate) fn path<'m>(manifest: &'m Document, pointer: &str) -> Result<&'m str, Vec<Problem>> {
    let plain = |name: &&str| Path::new(name).components().all(|part| matches!(part, Component::Normal(_)));
    manifest.str(pointer).filter(plain).ok_or_else(Vec::new)
}

pub(crate) fn read_text(dir: &Path, name: &str) -> Result<String, String> {
    String::from_utf8(read_bytes(dir, name, MOST_TEXT_BYTES)?)
        .map_err(|error| format!("`{name}` is not UTF-8: {error}"))
}

fn read_bytes(dir: &Path, name: &str, most: u64) -> Result<Vec<u8>, String> {
    let path = dir.join(name);
    let cannot = |error: std::io::Error| format!("`{name}` cannot be read: {error}");
    let size = fs::metadata(&path).map_err(cannot)?.len();
    if size > most {
        return Err(format!("`{name}` has {size} bytes; it may have {most}"));
    }
    fs::read(&path).map_err(cannot)
}

/// The names in a directory, in order; none if it cannot be read.
pub(crate) fn file_names(dir: &Path) -> Vec<String> {
    let entries = fs::read_dir(dir).into_iter().flatten().flatten();
    let mut names: Vec<_> = entries.filter_map(|entry| entry.file_name().into_string().ok()).collect();
    names.sort();
    names
}
