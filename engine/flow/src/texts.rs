//! What a flow says, in each of its languages.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::Problem;
use crate::document::{Document, Focus, member};
use crate::language::closest;

/// The longest key, in bytes.
const MOST_KEY: usize = 64;

/// The texts of a package: the same keys in each language.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Texts(Vec<Language>);

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Language {
    language: String,
    texts: BTreeMap<String, String>,
}

impl Texts {
    /// The text in the language that fits best: exactly it, one of the same kind (`pt` and `pt-BR`), or the
    /// package's first. `None` if there is no such key.
    pub fn get(&self, key: &str, language: &str) -> Option<&str> {
        let languages = self.languages();
        let first = languages.clone().next();
        let language = closest(languages, language).or(first)?;
        self.0.iter().find(|known| known.language == language)?.texts.get(key).map(String::as_str)
    }

    /// The languages, the fallback first.
    pub fn languages(&self) -> impl Iterator<Item = &str> + Clone {
        self.0.iter().map(|known| known.language.as_str())
    }

    /// Takes in the files of the languages, the fallback first.
    ///
    /// # Errors
    /// Everything that is wrong with them, and keys that one has and another has not.
    pub(crate) fn of(files: &[(String, Document)]) -> Result<Self, Vec<Problem>> {
        let mut problems = Vec::new();
        for (_, file) in files {
            for (key, text) in file.value.as_object().into_iter().flatten() {
                let mut wrong = |focus, what: String, help: &str| {
                    problems.push(file.problem(&member("", key), focus, what, help.to_owned()));
                };
                let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"_-".contains(&byte);
                if key.is_empty() || key.len() > MOST_KEY || !key.bytes().all(plain) {
                    wrong(Focus::Key, format!("`{key}` cannot be a key"), "1 to 64 of a-z, 0-9, - and _");
                }
                match text.as_str() {
                    None => {
                        wrong(Focus::Value, format!("`{key}` is not a text"), "write `key = \"text\"`, without tables")
                    }
                    Some(text) if text.trim().is_empty() => {
                        wrong(Focus::Value, format!("`{key}` is empty"), "write what the customer shall read");
                    }
                    Some(_) => {}
                }
            }
        }
        // Each key, and the first file that has it.
        let mut keys = BTreeMap::new();
        for (_, file) in files {
            for key in file.value.as_object().into_iter().flat_map(|texts| texts.keys()) {
                keys.entry(key).or_insert(file);
            }
        }
        for (language, other) in files {
            for (key, file) in keys.iter().filter(|(key, _)| other.value.get(key.as_str()).is_none()) {
                let what = format!("`{key}` has no text in {language}");
                let help = format!("add `{key} = \"…\"` to {}", other.name());
                problems.push(file.problem(&member("", key), Focus::Key, what, help));
            }
        }
        if !problems.is_empty() {
            return Err(problems);
        }
        let texts = |file: &Document| {
            let texts = file.value.as_object().into_iter().flatten();
            texts.filter_map(|(key, text)| Some((key.clone(), text.as_str()?.to_owned()))).collect()
        };
        Ok(Self(
            files.iter().map(|(language, file)| Language { language: language.clone(), texts: texts(file) }).collect(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(texts: &[(&str, &str)]) -> Vec<(String, Document)> {
        let file = |(language, text): &(&str, &str)| {
            ((*language).to_owned(), Document::parse(&format!("texts/{language}.toml"), text).unwrap())
        };
        texts.iter().map(file).collect()
    }

    #[test]
    fn the_language_that_fits_best() {
        let texts = Texts::of(&files(&[("pt-BR", "hi = 'Oi'"), ("es", "hi = 'Hola'"), ("en", "hi = 'Hi'")])).unwrap();
        let table = [
            ("pt-BR", Some("Oi")),
            ("pt_BR", Some("Oi")),
            ("pt-PT", Some("Oi")),
            ("es-MX", Some("Hola")),
            ("es", Some("Hola")),
            ("en-GB", Some("Hi")),
            ("de", Some("Oi")),
            ("", Some("Oi")),
        ];
        for (language, expected) in table {
            assert_eq!(texts.get("hi", language), expected, "{language}");
        }
        assert_eq!(texts.get("bye", "en"), None);
        assert_eq!(Texts::default().get("hi", "en"), None);
    }

    #[test]
    fn every_language_has_every_key() {
        let bad = files(&[
            ("pt-BR", "hi = 'Oi'\n'Be e' = 'x'"),
            ("es", "hi = ' '\nbye = 'Adiós'\n[more]\nx = 'y'"),
            ("en", "bye = 'Bye'"),
        ]);
        let problems: Vec<_> = Texts::of(&bad).unwrap_err().iter().map(Problem::one_line).collect();
        let expected = [
            "texts/pt-BR.toml:2:1: `Be e` cannot be a key; 1 to 64 of a-z, 0-9, - and _",
            "texts/es.toml:1:6: `hi` is empty; write what the customer shall read",
            "texts/es.toml:3:1: `more` is not a text; write `key = \"text\"`, without tables",
            "texts/es.toml:2:1: `bye` has no text in pt-BR; add `bye = \"…\"` to texts/pt-BR.toml",
            "texts/es.toml:3:2: `more` has no text in pt-BR; add `more = \"…\"` to texts/pt-BR.toml",
            "texts/pt-BR.toml:2:1: `Be e` has no text in es; add `Be e = \"…\"` to texts/es.toml",
            "texts/pt-BR.toml:2:1: `Be e` has no text in en; add `Be e = \"…\"` to texts/en.toml",
            "texts/pt-BR.toml:1:1: `hi` has no text in en; add `hi = \"…\"` to texts/en.toml",
            "texts/es.toml:3:2: `more` has no text in en; add `more = \"…\"` to texts/en.toml",
        ];
        assert_eq!(problems, expected);
    }
}
