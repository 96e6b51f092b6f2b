//! `ponte new`: the first flow of a language as a project of its own, with the SDK and the contract in it.

mod name;
mod rust;

use std::path::{Path, PathBuf};

use crate::language::{LANGUAGES, Language};

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// What the first flow is called in `examples/first-*`.
const NAME_THERE: &str = "\"greeter\"";

/// The files that say what the flow is called. In sources the word may be anything: the name of a function.
const NAMED_IN: [&str; 4] = ["flow.toml", "Cargo.toml", "package.json", "package-lock.json"];

const README: &str = include_str!("readme.md");

/// What the README of a project in TypeScript says besides: bundling takes the types away unread.
const TYPES: &str = "
Types are checked by TypeScript's own compiler. Fetch it once with `npm install`; from then on `ponte build` asks it
before it builds, and `npm run check` asks it alone. Without it a build takes the types away and does not look at them.
";

/// What builds leave behind; and the data of a ponte that was run here, which is a shop's own.
const IGNORED: &str = "plugin.wasm\ntarget/\nnode_modules/\n__pycache__/\n.venv/\n/data/\n";

/// A project that was made.
#[derive(Clone, Debug)]
pub struct Created {
    /// Where.
    pub dir: PathBuf,
    /// The files in it, relative to it, in order. Those of `sdk/` and `wit/` are not listed.
    pub files: Vec<String>,
}

/// Why no project was made. Nothing was written, save with [`NewError::Write`].
#[derive(Debug, thiserror::Error)]
pub enum NewError {
    /// A flow cannot be called so.
    #[error("`{name}` cannot be the name of a flow: {why}; a good one is `{better}`")]
    BadName {
        /// What was asked for.
        name: String,
        /// What is wrong with it.
        why: &'static str,
        /// One that would do.
        better: String,
    },
    /// There is something in the folder already.
    #[error("{} is there and not empty; choose another name, or another folder with --dir", .0.display())]
    NotEmpty(PathBuf),
    /// There is something that is no folder.
    #[error("{} is there and no folder; choose another name, or another folder with --dir", .0.display())]
    NotAFolder(PathBuf),
    /// This binary has no template of the language.
    #[error("this ponte has no template for {language}; it has {there}")]
    NoTemplate {
        /// The language.
        language: &'static str,
        /// What there is.
        there: String,
    },
    /// A file cannot be written.
    #[error("cannot write {}: {error}", path.display())]
    Write {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
}

impl Language {
    /// Whether `ponte new` can make a project in it.
    pub fn has_template(&self) -> bool {
        has_template(FILES, self)
    }
}

/// Makes a project in a folder that is empty or not there.
///
/// # Errors
/// The name is not good, the folder is not empty, or it cannot be written.
pub fn create(name: &str, language: &'static Language, dir: &Path) -> Result<Created, NewError> {
    name::check(name, language)?;
    if dir.exists() && !dir.is_dir() {
        return Err(NewError::NotAFolder(dir.to_owned()));
    }
    if dir.exists() && dir.read_dir().map_or(true, |mut entries| entries.next().is_some()) {
        return Err(NewError::NotEmpty(dir.to_owned()));
    }
    if !language.has_template() {
        let there = LANGUAGES.iter().filter(|language| language.has_template()).map(|language| language.word);
        let there = there.collect::<Vec<_>>().join(", ");
        return Err(NewError::NoTemplate { language: language.title, there });
    }
    let files = assemble(FILES, name, language);
    for (file, bytes) in &files {
        let path = dir.join(file);
        let written = path.parent().map_or(Ok(()), std::fs::create_dir_all).and_then(|()| std::fs::write(&path, bytes));
        written.map_err(|error| NewError::Write { path, error })?;
    }
    let own = files.into_iter().map(|(file, _)| file);
    let files = own.filter(|file| !file.starts_with("sdk/") && !file.starts_with("wit/")).collect();
    Ok(Created { dir: dir.to_owned(), files })
}

fn has_template(files: &[(&str, &[u8])], language: &Language) -> bool {
    let manifest = format!("{}/flow.toml", language.example());
    files.iter().any(|(file, _)| *file == manifest)
}

/// The files of a project, made of those of the repository: paths to the SDK and the contract lead to the copies.
fn assemble(files: &[(&str, &[u8])], name: &str, language: &Language) -> Vec<(String, Vec<u8>)> {
    let sdk = format!("plugins/sdk/{}/", language.sdk);
    let example = format!("{}/", language.example());
    let in_repository = sdk.trim_end_matches('/');
    let own_sdk = |text: &str| text.replace(&format!("../../{in_repository}"), "sdk").replace(in_repository, "sdk");
    let mut project: Vec<(String, Vec<u8>)> = Vec::new();
    for (file, bytes) in files {
        if let Some(file) = file.strip_prefix(&example) {
            // The template's words on itself are about the repository.
            if file == "README.md" || file == ".gitignore" {
                continue;
            }
            let changed = replaced(bytes, |text| {
                let text = own_sdk(text);
                if NAMED_IN.contains(&file) { text.replace(NAME_THERE, &format!("{name:?}")) } else { text }
            });
            project.push((file.to_owned(), changed));
        } else if let Some(file) = file.strip_prefix(&sdk) {
            let changed = replaced(bytes, |text| own_sdk(text).replace("../../../wit", "../wit"));
            project.push((format!("sdk/{file}"), changed));
        } else if file.starts_with("wit/") {
            project.push(((*file).to_owned(), bytes.to_vec()));
        }
    }
    if language.sdk == "rust" {
        rust::stand_alone(files, &mut project);
    }
    let types = if language.word == "ts" { TYPES } else { "" };
    let words = [("@NAME@", name), ("@TITLE@", language.title), ("@SOURCE@", language.source), ("@TYPES@", types)];
    let readme = words.iter().fold(README.to_owned(), |text, (place, word)| text.replace(place, word));
    project.push(("README.md".to_owned(), readme.into_bytes()));
    project.push((".gitignore".to_owned(), IGNORED.as_bytes().to_vec()));
    project.sort();
    project
}

/// A file with its text changed; as it is, if it is no text.
fn replaced(bytes: &[u8], change: impl FnOnce(&str) -> String) -> Vec<u8> {
    std::str::from_utf8(bytes).map_or_else(|_| bytes.to_vec(), |text| change(text).into_bytes())
}

#[cfg(test)]
mod tests;
