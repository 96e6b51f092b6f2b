//! Keywords: whole words, without case and accents.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

/// The words of a text as they are compared: `Não PARE!` is `nao`, `pare`.
pub(super) fn words(text: &str) -> Vec<String> {
    // `nfkd` takes accents off their letters, and full-width letters to plain ones.
    let plain: String = text.nfkd().filter(|letter| !is_combining_mark(*letter)).flat_map(char::to_lowercase).collect();
    plain.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// A keyword: one word, or several that follow each other.
#[derive(Clone, Debug)]
pub(super) struct Phrase {
    /// As it was written.
    pub(super) written: String,
    words: Vec<String>,
}

impl Phrase {
    /// `None` if there is no word in it.
    pub(super) fn of(written: &str) -> Option<Self> {
        let words = words(written);
        (!words.is_empty()).then(|| Self { written: written.to_owned(), words })
    }

    pub(super) fn is_in(&self, text: &[String]) -> bool {
        text.windows(self.words.len()).any(|window| window == self.words)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_words_match_without_case_and_accents() {
        for (keyword, text, expected) in [
            ("promoção", "Quero a PROMOCAO!", true),
            ("promocao", "promoções", false),
            ("não quero", "eu NAO  quero isso", true),
            ("não quero", "quero não", false),
            ("2a via", "preciso da 2a via, por favor", true),
            ("pare", "não pare", true),
            ("par", "não pare", false),
            ("ação", "ac\u{327}a\u{303}o", true),
            ("straße", "STRASSE", false),
        ] {
            assert_eq!(Phrase::of(keyword).unwrap().is_in(&words(text)), expected, "{keyword:?} in {text:?}");
        }
        assert!(Phrase::of(" ?! ").is_none());
    }
}
