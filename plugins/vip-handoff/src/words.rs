//! What the customer wrote, short enough for a note, and for a template.

use ponte_sdk::Content;
use ponte_sdk::conversation::Line;

/// How many lines a note repeats.
const MOST_LINES: usize = 4;

/// How much of each, in characters.
const MOST_CHARS: usize = 160;

/// How long a value of a template may be, in characters. Meta bounds the whole body at 1,024.
const MOST_VALUE: usize = 200;

/// Whether somebody said something that wants an answer: a smiley on a message does not.
pub fn wants_an_answer(content: &Content) -> bool {
    match content {
        Content::Reaction(_) => false,
        Content::Other(other) => other.kind == "contacts",
        _ => true,
    }
}

/// The last lines on one line, without their media; none if they have no words.
pub fn said(lines: &[Line]) -> Option<String> {
    let words: Vec<&str> = lines.iter().filter_map(|line| line.content.text()).filter(|text| has_words(text)).collect();
    let last = &words[words.len().saturating_sub(MOST_LINES)..];
    let quoted: Vec<String> = last.iter().map(|text| format!("“{}”", cut(text, MOST_CHARS))).collect();
    (!quoted.is_empty()).then(|| quoted.join(" "))
}

fn has_words(text: &str) -> bool {
    text.chars().any(char::is_alphanumeric)
}

/// A value for a place in a template: on one line, without runs of blanks, never empty (Meta refuses all three).
pub fn value(text: &str) -> String {
    let value = cut(text, MOST_VALUE);
    if value.is_empty() { "-".to_owned() } else { value }
}

/// On one line, and not longer than so many characters and a mark.
fn cut(text: &str, most: usize) -> String {
    let one_line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    match one_line.char_indices().nth(most) {
        Some((end, _)) => format!("{}…", &one_line[..end]),
        None => one_line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ponte_sdk::conversation::Author;
    use ponte_sdk::{Media, MediaKind, Other, Reaction};
    use proptest::prelude::*;

    fn line(content: Content) -> Line {
        Line { id: "wamid.1".into(), at: 0, author: Author::Customer, content }
    }

    fn text(words: &str) -> Line {
        line(Content::Text(words.into()))
    }

    fn voice() -> Content {
        Content::Media(Media { kind: MediaKind::Voice, id: "1".into(), mime: None, caption: None, filename: None })
    }

    #[test]
    fn the_whole_burst_is_told() {
        let lines = ["oi", "👍", "meu pedido\nnão chegou", "???", "é urgente"].map(text);
        assert_eq!(said(&lines).unwrap(), "“oi” “meu pedido não chegou” “é urgente”");
        assert_eq!(said(&[line(voice())]), None);
        assert_eq!(said(&["1", "2", "3", "4", "5"].map(text)).unwrap(), "“2” “3” “4” “5”");
    }

    #[test]
    fn smileys_call_nobody() {
        let reaction = Content::Reaction(Reaction { message: "wamid.0".into(), emoji: Some("❤".into()) });
        let other = |kind: &str| Content::Other(Other { kind: kind.into(), json: "{}".into() });
        for (content, expected) in [
            (Content::Text("oi".into()), true),
            (voice(), true),
            (Content::Unsupported(None), true),
            (other("contacts"), true),
            (other("welcome"), false),
            (reaction, false),
        ] {
            assert_eq!(wants_an_answer(&content), expected, "{content:?}");
        }
    }

    proptest! {
        #[test]
        fn values_fit_a_template(text in ".{0,600}") {
            let value = value(&text);
            prop_assert!(!value.is_empty() && value.chars().count() <= MOST_VALUE + 1);
            prop_assert!(!value.contains(['\n', '\t']) && !value.contains("  "));
        }

        #[test]
        fn notes_stay_short(texts in proptest::collection::vec(".{0,400}", 0..60)) {
            let lines: Vec<Line> = texts.iter().map(|words| text(words)).collect();
            let most = MOST_LINES * (MOST_CHARS + 4);
            prop_assert!(said(&lines).is_none_or(|note| note.chars().count() <= most && !note.contains('\n')));
        }
    }
}
