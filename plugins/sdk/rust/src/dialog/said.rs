//! What a customer did, and whether it answers a question.

use crate::dialog::record::{Offered, Open};

/// What a customer did in a chat, as far as a dialog is concerned.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Said {
    /// They wrote.
    Text {
        /// The last line.
        last: String,
        /// All lines of a burst, where the flow waits for those.
        all: String,
    },
    /// They tapped a button or chose from a list; the id as it was on the wire.
    Tap(String),
    /// They sent something that says no words: a picture, a place, a form.
    Wordless,
}

/// Whether what was said answers the open question.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Fit {
    /// It answers with words.
    Words(String),
    /// It answers with one of the choices.
    Chosen(Offered),
    /// It chooses nothing that was offered.
    ChoosesNothing,
    /// It says no words, and words are wanted.
    SaysNothing,
    /// A button of another question was tapped.
    Elsewhere,
}

impl Said {
    /// One line of text.
    #[cfg(test)]
    pub(crate) fn text(words: impl Into<String>) -> Self {
        let words = words.into();
        Self::Text { last: words.clone(), all: words }
    }

    /// Whether the whole message is one of the words.
    pub(crate) fn is_one_of(&self, words: &[String]) -> bool {
        match self {
            Self::Text { last, .. } => words.iter().any(|word| plain(word) == plain(last)),
            Self::Tap(_) | Self::Wordless => false,
        }
    }

    /// Whether it answers an open question.
    pub(crate) fn fits(&self, open: &Open) -> Fit {
        match self {
            Self::Text { all, .. } if open.choices.is_empty() => Fit::Words(all.trim().to_owned()),
            Self::Text { last, .. } => chosen(last, &open.choices).map_or(Fit::ChoosesNothing, Fit::Chosen),
            Self::Tap(id) => {
                let mut offered = open.choices.iter();
                let tapped = offered.find(|choice| wire_id(&open.at, &choice.id) == *id);
                tapped.map_or(Fit::Elsewhere, |choice| Fit::Chosen(choice.clone()))
            }
            Self::Wordless if open.choices.is_empty() => Fit::SaysNothing,
            Self::Wordless => Fit::ChoosesNothing,
        }
    }
}

/// What a choice is called on the wire. A tap on an old question's button is told from an answer by it, though the
/// author calls both choices `yes`.
pub(crate) fn wire_id(question: &str, choice: &str) -> String {
    format!("{question}:{choice}")
}

/// The choice that somebody typed: its title, or its number from 1.
fn chosen(typed: &str, choices: &[Offered]) -> Option<Offered> {
    let typed = plain(typed);
    let titled = choices.iter().find(|choice| plain(&choice.title) == typed);
    let numbered = || {
        let number: usize = typed.parse().ok()?;
        choices.get(number.checked_sub(1)?)
    };
    titled.or_else(numbered).cloned()
}

/// A text as it is compared: without case, accents, and blanks around it.
pub(crate) fn plain(text: &str) -> String {
    text.trim().chars().flat_map(char::to_lowercase).filter_map(bare).collect()
}

/// A letter without its accent; nothing for an accent that stands by itself. The Latin letters of Portuguese, Spanish and
/// their neighbours.
fn bare(letter: char) -> Option<char> {
    Some(match letter {
        '\u{300}'..='\u{36f}' => return None,
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dialog::record::Kind;

    fn open(titles: &[&str]) -> Open {
        let offered = |(at, title): (usize, &&str)| Offered { id: format!("id{at}"), title: (*title).into() };
        let choices = titles.iter().enumerate().map(offered).collect();
        Open { at: "day".into(), is: Kind::Buttons, asked: 0, until: 1, tries: 0, choices }
    }

    #[test]
    fn a_tap_a_title_or_a_number_chooses() {
        let question = open(&["Sábado", "Às 3", "2"]);
        let table = [
            (Said::text("Sábado"), Some("Sábado")),
            (Said::text("  SABADO\n"), Some("Sábado")),
            (Said::text("sa\u{301}bado"), Some("Sábado")),
            (Said::text("às 3"), Some("Às 3")),
            (Said::text("1"), Some("Sábado")),
            // A title is worth more than a number.
            (Said::text("2"), Some("2")),
            (Said::text("3"), Some("2")),
            (Said::text("0"), None),
            (Said::text("4"), None),
            (Said::text("-1"), None),
            (Said::text("sábado, por favor"), None),
            (Said::text(""), None),
            (Said::Tap("day:id1".into()), Some("Às 3")),
            (Said::Wordless, None),
        ];
        for (said, title) in table {
            match (said.fits(&question), title) {
                (Fit::Chosen(choice), Some(title)) => assert_eq!(choice.title, title, "{said:?}"),
                (Fit::ChoosesNothing, None) => {}
                (other, _) => panic!("{said:?} gives {other:?}, not {title:?}"),
            }
        }
        assert_eq!(Said::Tap("week:id1".into()).fits(&question), Fit::Elsewhere);
        assert_eq!(Said::Tap("id1".into()).fits(&question), Fit::Elsewhere, "another flow's button");
    }

    #[test]
    fn words_answer_a_question_without_choices() {
        let question = open(&[]);
        let lines = Said::Text { last: "Souza".into(), all: "Ana\nSouza\n".into() };
        assert_eq!(lines.fits(&question), Fit::Words("Ana\nSouza".into()));
        assert_eq!(Said::Wordless.fits(&question), Fit::SaysNothing);
        assert_eq!(Said::Tap("day:id0".into()).fits(&question), Fit::Elsewhere);
    }

    #[test]
    fn the_whole_message_is_a_word() {
        let words = ["cancelar".to_owned(), "Salir".to_owned()];
        for (said, expected) in [("CANCELAR ", true), ("salir", true), ("não quero cancelar", false), ("", false)] {
            assert_eq!(Said::text(said).is_one_of(&words), expected, "{said}");
        }
        assert!(!Said::Tap("cancelar".into()).is_one_of(&words));
    }
}
