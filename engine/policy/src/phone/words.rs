//! Texts that are set for a number.

use ponte_model::{AutomaticKind, EchoMeaning};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The texts that mean something when they are written on a number's phone. Compared as whole messages, without case,
/// accents, and how wide the gaps between words are.
#[derive(Clone, Debug, Default)]
pub struct PhoneWords {
    /// As it is compared, and as it was written.
    keywords: Vec<(String, String)>,
    texts: Vec<(String, AutomaticKind)>,
}

impl PhoneWords {
    /// Keywords that give a conversation back, and the app's own texts. What is empty is left out.
    pub fn new(keywords: &[String], greetings: &[String], aways: &[String]) -> Self {
        let keywords = keywords.iter().map(|written| (normalized(written), written.trim().to_owned()));
        let kinds = [(greetings, AutomaticKind::Greeting), (aways, AutomaticKind::Away)];
        let texts = kinds.into_iter().flat_map(|(texts, kind)| texts.iter().map(move |text| (normalized(text), kind)));
        Self {
            keywords: keywords.filter(|(text, _)| !text.is_empty()).collect(),
            texts: texts.filter(|(text, _)| !text.is_empty()).collect(),
        }
    }

    /// What a text means that was written on the phone; `None`: what it says.
    pub fn meaning(&self, text: &str) -> Option<EchoMeaning> {
        if self.keywords.is_empty() && self.texts.is_empty() {
            return None;
        }
        let text = normalized(text);
        if let Some((_, written)) = self.keywords.iter().find(|(keyword, _)| *keyword == text) {
            return Some(EchoMeaning::Release { keyword: written.clone() });
        }
        let (_, kind) = self.texts.iter().find(|(own, _)| *own == text)?;
        let why = format!("the {} text that is set for the number", kind.as_str());
        Some(EchoMeaning::Automatic { kind: *kind, why })
    }

    /// Whether an away text is set.
    pub fn has_away(&self) -> bool {
        self.texts.iter().any(|(_, kind)| *kind == AutomaticKind::Away)
    }
}

/// A text as it is compared.
pub(super) fn normalized(text: &str) -> String {
    let plain: String = text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase).collect();
    plain.split_whitespace().collect::<Vec<_>>().join(" ")
}
