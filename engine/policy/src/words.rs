//! Words for people, in the three languages of every text that a customer or a shop sees.

use serde::{Deserialize, Serialize};

/// A language that Ponte speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Language {
    /// Brazilian Portuguese.
    #[serde(rename = "pt-BR")]
    PtBr,
    /// Spanish.
    #[serde(rename = "es")]
    Es,
    /// English.
    #[default]
    #[serde(rename = "en")]
    En,
}

/// A text in each language.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Words {
    /// In Brazilian Portuguese.
    pub pt_br: &'static str,
    /// In Spanish.
    pub es: &'static str,
    /// In English.
    pub en: &'static str,
}

impl Words {
    /// The text in a language.
    pub fn in_language(&self, language: Language) -> &'static str {
        match language {
            Language::PtBr => self.pt_br,
            Language::Es => self.es,
            Language::En => self.en,
        }
    }
}
