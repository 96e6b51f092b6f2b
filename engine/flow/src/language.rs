//! Languages, and words for people in several of them.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// The languages that every package speaks.
pub const REQUIRED_LANGUAGES: [&str; 3] = ["pt-BR", "es", "en"];

/// A few words for people, by language: titles, summaries, reasons.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Localized(BTreeMap<String, String>);

impl Localized {
    /// The words in the language that fits best: exactly it, one of the same kind (`pt` and `pt-BR`), or English.
    pub fn get(&self, language: &str) -> &str {
        let languages = || self.0.keys().map(String::as_str);
        let english = || languages().find(|known| *known == "en").or_else(|| languages().next());
        closest(languages(), language).or_else(english).and_then(|key| self.0.get(key)).map_or("", String::as_str)
    }
}

impl<L: Into<String>, T: Into<String>> FromIterator<(L, T)> for Localized {
    fn from_iter<I: IntoIterator<Item = (L, T)>>(words: I) -> Self {
        Self(words.into_iter().map(|(language, text)| (language.into(), text.into())).collect())
    }
}

/// The language that is wanted, however it is written (`pt_BR`, `pt-br`), or the first of the same kind.
pub(crate) fn closest<'a>(mut languages: impl Iterator<Item = &'a str> + Clone, wanted: &str) -> Option<&'a str> {
    let plain = |language: &str| language.replace('_', "-").to_ascii_lowercase();
    let primary = |language: &str| plain(language).split('-').next().unwrap_or_default().to_owned();
    let exact = languages.clone().find(|language| plain(language) == plain(wanted));
    exact.or_else(|| languages.find(|language| primary(language) == primary(wanted)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_language_that_fits_best() {
        let title: Localized =
            [("es", "Hola"), ("pt-BR", "Olá"), ("pt-PT", "Viva"), ("en", "Hello")].into_iter().collect();
        let table = [
            ("pt-BR", "Olá"),
            ("pt_BR", "Olá"),
            ("pt-pt", "Viva"),
            ("pt", "Olá"),
            ("pt-AO", "Olá"),
            ("es-MX", "Hola"),
            ("en-US", "Hello"),
            ("de", "Hello"),
            ("", "Hello"),
        ];
        for (language, expected) in table {
            assert_eq!(title.get(language), expected, "{language}");
        }
        assert_eq!(Localized::default().get("en"), "");
    }
}
