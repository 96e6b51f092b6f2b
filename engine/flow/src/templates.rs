//! The message templates that a package brings: `templates/<name>.<language>.json`, each what one would submit.
//!
//! What a template must look like is the platform's business and somebody else's knowledge: [`TemplateCheck`] finds it,
//! and this gives each finding its line.

use std::path::Path;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Problem;
use crate::document::{Document, Focus};
use crate::package::{file_names, path, read_text};

/// The folder, where the manifest names none.
const FOLDER: &str = "templates";

/// The most templates of a package, languages counted each. Packages come from strangers.
const MOST: usize = 200;

/// A template in one language.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TemplateFile {
    /// Its name, by its file.
    pub name: String,
    /// Its language, by its file, as the platform writes it: `pt_BR`.
    pub language: String,
    /// What is submitted.
    pub body: Value,
}

/// What is wrong with a template of a package.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateFault {
    /// Which of the templates.
    pub index: usize,
    /// Where in its body, as a JSON Pointer.
    pub pointer: String,
    /// What is wrong.
    pub what: String,
    /// What would be right.
    pub help: Option<String>,
}

/// Finds what is wrong with the templates of a package, alone and beside each other.
pub type TemplateCheck<'a> = &'a dyn Fn(&[TemplateFile]) -> Vec<TemplateFault>;

/// Templates that the manifest says something of and the package does not bring.
pub(crate) fn not_brought(manifest: &Document, brought: &[TemplateFile]) -> Vec<Problem> {
    let named = manifest.value.get("needed_with").and_then(Value::as_object);
    let missing = named.into_iter().flatten().filter(|(name, _)| !brought.iter().any(|file| file.name == **name));
    let problem = |(name, _): (&String, &Value)| {
        let what = format!("the package brings no template `{name}`");
        let help = format!("add {FOLDER}/{name}.<language>.json, or take this line away");
        manifest.problem(&format!("/needed_with/{name}"), Focus::Key, what, help)
    };
    missing.map(problem).collect()
}

/// Reads the templates of a package.
///
/// # Errors
/// Everything that is wrong with them.
pub(crate) fn read(
    dir: &Path,
    manifest: &Document,
    check: TemplateCheck<'_>,
) -> Result<Vec<TemplateFile>, Vec<Problem>> {
    const POINTER: &str = "/flow/templates";
    let named = manifest.value.pointer(POINTER).is_some();
    let folder = if named { path(manifest, POINTER)? } else { FOLDER };
    if named && !dir.join(folder).is_dir() {
        let what = format!("`{folder}` is no folder");
        let help = "put templates there as `<name>.<language>.json`, or leave `templates` out".to_owned();
        return Err(vec![manifest.problem(POINTER, Focus::Value, what, help)]);
    }
    let files: Vec<_> = file_names(&dir.join(folder)).into_iter().filter(|file| !file.starts_with('.')).collect();
    if files.len() > MOST {
        let what = format!("there are {} templates in `{folder}`; a package may bring {MOST}", files.len());
        return Err(vec![Problem::with_file(folder, what, "leave out what the flow does not send")]);
    }
    let (mut templates, mut documents, mut problems) = (Vec::new(), Vec::new(), Vec::new());
    for file in files {
        let place = format!("{folder}/{file}");
        let Some((name, language)) = named_by(&file) else {
            let help = "call it `<name>.<language>.json`, such as `order_confirmed.pt_BR.json`: \
                        the name of a-z, 0-9 and _, the language as Meta writes it";
            problems.push(Problem::with_file(&place, format!("`{file}` names no template and language"), help));
            continue;
        };
        let text = match read_text(dir, &place) {
            Ok(text) => text,
            Err(what) => {
                problems.push(Problem::with_file(&place, what, "write what you would submit to Meta"));
                continue;
            }
        };
        match Document::parse_json(&place, &text) {
            Ok(document) => {
                templates.push(TemplateFile { name, language, body: document.value.clone() });
                documents.push(document);
            }
            Err(found) => problems.extend(found),
        }
    }
    for fault in check(&templates) {
        if let Some(document) = documents.get(fault.index) {
            problems.push(document.problem(&fault.pointer, Focus::Value, fault.what, fault.help));
        }
    }
    if problems.is_empty() { Ok(templates) } else { Err(problems) }
}

/// `order_confirmed.pt_BR.json`.
fn named_by(file: &str) -> Option<(String, String)> {
    let (name, language) = file.strip_suffix(".json")?.split_once('.')?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    let spelled = |byte: u8| byte.is_ascii_alphabetic() || byte == b'_';
    let good = !name.is_empty() && name.bytes().all(plain) && !language.is_empty() && language.bytes().all(spelled);
    good.then(|| (name.to_owned(), language.to_owned()))
}
