//! Taking personal data out of texts, shape for shape.
//!
//! What a flow may go by stays: words of its own settings and texts, and what is no letter and no digit. So a chat that is
//! exported mostly goes the same way again, and nobody can be known by it.

use std::collections::{BTreeMap, BTreeSet};

/// Runs of so many digits and more are somebody's: a phone, a document, a card, an order.
const DIGITS: usize = 5;

/// What stands for names, in turn.
const NAMES: [&str; 6] = ["Bia", "Souza", "Caio", "Lima", "Davi", "Reis"];

/// What digits of phones are replaced with: so many of the first are kept as country and area.
const AREA: usize = 4;

/// Masks one chat: the same word becomes the same each time.
#[derive(Debug, Default)]
pub(super) struct Mask {
    /// Words that are nobody's: lower case.
    known: BTreeSet<String>,
    /// Words of names, lower case, and what stands for them.
    names: BTreeMap<String, String>,
    /// Whole texts of people, as they were and as they are now.
    said: Vec<(String, String)>,
    keep_text: bool,
}

impl Mask {
    pub(super) fn new(keep_text: bool) -> Self {
        Self { keep_text, ..Self::default() }
    }

    /// The words of a text are nobody's.
    pub(super) fn knows(&mut self, text: &str) {
        self.known.extend(words(text).filter(|(_, is_word)| *is_word).map(|(word, _)| word.to_lowercase()));
    }

    /// The words of a text are somebody's name.
    pub(super) fn names(&mut self, text: &str) {
        for (word, is_word) in words(text) {
            if is_word && !self.names.contains_key(&word.to_lowercase()) {
                let stands = NAMES[self.names.len() % NAMES.len()];
                self.names.insert(word.to_lowercase(), stands.to_owned());
            }
        }
    }

    /// What somebody wrote. Kept, so that it is found again where it is quoted.
    pub(super) fn people(&mut self, text: &str) -> String {
        let masked = self.text(text, !self.keep_text);
        if text.chars().count() >= DIGITS {
            self.said.push((text.to_owned(), masked.clone()));
        }
        masked
    }

    /// What a flow wrote: its own words stay, quotes, names and numbers of people do not.
    pub(super) fn flow(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (was, is) in &self.said {
            text = text.replace(was, is);
        }
        self.text(&text, false)
    }

    /// A text with other names.
    pub(super) fn named(&self, text: &str) -> String {
        self.piece(text, false)
    }

    fn text(&self, text: &str, all: bool) -> String {
        let mut masked = String::with_capacity(text.len());
        for piece in text.split_inclusive(char::is_whitespace) {
            let bare = piece.trim_end();
            let gap = &piece[bare.len()..];
            if bare.contains('@') && bare.contains('.') || bare.contains("://") || bare.starts_with("www.") {
                masked.push_str(&shape(bare));
            } else {
                masked.push_str(&self.piece(bare, all));
            }
            masked.push_str(gap);
        }
        digits(&masked)
    }

    fn piece(&self, piece: &str, all: bool) -> String {
        let one = |(word, is_word): (&str, bool)| {
            if !is_word {
                return word.to_owned();
            }
            let low = word.to_lowercase();
            match self.names.get(&low) {
                Some(name) => name.clone(),
                None if all && !self.known.contains(&low) => shape(word),
                None => word.to_owned(),
            }
        };
        words(piece).map(one).collect()
    }
}

/// The digits of a phone number with the same country and area, and nobody's after that.
pub(super) fn phone(nth: usize) -> String {
    format!("55119{:08}", 90_000_000 + nth)
}

/// The runs of letters of a text, and what stands between them.
fn words(text: &str) -> impl Iterator<Item = (&str, bool)> {
    let mut rest = text;
    std::iter::from_fn(move || {
        let first = rest.chars().next()?;
        let is_word = first.is_alphabetic();
        let end = rest.find(|letter: char| letter.is_alphabetic() != is_word).unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        rest = after;
        Some((word, is_word))
    })
}

/// The same shape with other letters.
fn shape(word: &str) -> String {
    let other = |letter: char| match letter {
        _ if letter.is_uppercase() => 'X',
        _ if letter.is_alphabetic() => 'x',
        _ if letter.is_ascii_digit() => '0',
        other => other,
    };
    word.chars().map(other).collect()
}

/// Long runs of digits, also with dots, dashes, slashes and brackets inside, become zeros.
fn digits(text: &str) -> String {
    let joins = |letter: char| matches!(letter, '.' | '-' | '/' | '(' | ')' | ' ' | '+');
    let letters: Vec<char> = text.chars().collect();
    let mut out = letters.clone();
    let mut begin = 0;
    while begin < letters.len() {
        if !letters[begin].is_ascii_digit() {
            begin += 1;
            continue;
        }
        let mut end = begin;
        let mut last = begin;
        while end < letters.len() && (letters[end].is_ascii_digit() || (joins(letters[end]) && end - last <= 2)) {
            if letters[end].is_ascii_digit() {
                last = end;
            }
            end += 1;
        }
        let run = begin..=last;
        if letters[run.clone()].iter().filter(|letter| letter.is_ascii_digit()).count() >= DIGITS {
            out[run].iter_mut().filter(|letter| letter.is_ascii_digit()).for_each(|letter| *letter = '0');
        }
        begin = last + 1;
    }
    out.into_iter().collect()
}

/// How long a number is that may be somebody's phone.
pub(super) fn is_phone(text: &str) -> bool {
    let count = text.chars().filter(char::is_ascii_digit).count();
    let other = text.chars().any(|letter| !letter.is_ascii_digit() && !matches!(letter, '+' | '-' | ' ' | '(' | ')'));
    !other && count >= 2 * AREA
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_can_be_known_and_the_shape_stays() {
        let mut mask = Mask::new(false);
        mask.knows("Quero falar com uma pessoa, troca");
        mask.names("Ana Prado");
        for (text, expected) in [
            ("Oi, sou a Ana!", "Xx, xxx x Bia!"),
            ("quero uma TROCA do vestido 38", "quero uma TROCA xx xxxxxxx 38"),
            ("meu CPF é 123.456.789-09", "xxx XXX x 000.000.000-00"),
            ("ana.prado@mail.com ou (11) 98765-4321", "xxx.xxxxx@xxxx.xxx xx (00) 00000-0000"),
            ("às 9h 🙏", "xx 9x 🙏"),
        ] {
            assert_eq!(mask.people(text), expected);
        }
        assert_eq!(
            mask.flow("Olá, Ana! Você disse: meu CPF é 123.456.789-09"),
            "Olá, Bia! Você disse: xxx XXX x 000.000.000-00"
        );
        assert_eq!(mask.flow("Abrimos às 9h, por R$ 129,90"), "Abrimos às 9h, por R$ 129,90");
    }

    #[test]
    fn kept_text_still_names_nobody() {
        let mut mask = Mask::new(true);
        mask.names("Ana");
        assert_eq!(mask.people("aqui é a Ana, 11 98765-4321, a@b.co"), "aqui é a Bia, 00 00000-0000, x@x.xx");
    }
}
