//! What came, as far as it matters here.

use ponte_sdk::{Body, Content};

/// What the ids of the menu begin with.
const TAP: &str = "sector:";

/// Kinds of `other` that a person wrote to somebody. What this version does not know is left alone.
const OTHER_KINDS: &[&str] = &["contacts"];

/// A message of the customer's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Heard<'a> {
    /// The sector whose button or row was tapped.
    pub tapped: Option<&'a str>,
    /// Words that can be understood.
    pub words: Option<&'a str>,
    /// Whether the words were typed as an answer. What is not (a caption, the label of another flow's button) is used if
    /// it can be understood, and is nobody's mistake if it cannot.
    pub typed: bool,
}

/// The id of a sector's button or row.
pub fn tap_of(id: &str) -> String {
    format!("{TAP}{id}")
}

/// What came; none for what is no message to anybody: reactions, edits, deleted messages, timers …
pub fn heard(body: &Body) -> Option<Heard<'_>> {
    let Body::Message(message) = body else { return None };
    match &message.content {
        Content::Reaction(_) => None,
        Content::Other(other) => OTHER_KINDS.contains(&other.kind.as_str()).then(Heard::default),
        Content::Text(text) => Some(typed(text)),
        Content::Choice(choice) => {
            Some(Heard { tapped: choice.id.strip_prefix(TAP), words: Some(&choice.title), typed: false })
        }
        other => Some(Heard { words: other.text(), ..Heard::default() }),
    }
}

/// What was typed. Smileys and question marks alone are no answer, nor a wrong one.
pub fn typed(text: &str) -> Heard<'_> {
    Heard { tapped: None, words: Some(text), typed: text.contains(char::is_alphanumeric) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ponte_sdk::{Choice, Edit, Media, MediaKind, Message, Other, Reaction};

    fn message(content: Content) -> Body {
        Body::Message(Message { id: "wamid.1".into(), content, reply_to: None, referral: None })
    }

    fn media(kind: MediaKind, caption: Option<&str>) -> Body {
        let caption = caption.map(Into::into);
        message(Content::Media(Media { kind, id: "1".into(), mime: None, caption, filename: None }))
    }

    fn choice(id: &str, title: &str) -> Body {
        message(Content::Choice(Choice { id: id.into(), title: title.into() }))
    }

    fn other(kind: &str) -> Body {
        message(Content::Other(Other { kind: kind.into(), json: "{}".into() }))
    }

    #[test]
    fn what_matters_of_what_came() {
        let wordless = Heard::default();
        let read = |words| Heard { words: Some(words), ..wordless };
        let reaction = Reaction { message: "wamid.0".into(), emoji: None };
        let edit = Edit { original: "wamid.0".into(), content: Content::Text("2".into()) };
        let table = [
            (message(Content::Text("oi".into())), Some(Heard { typed: true, ..read("oi") })),
            (message(Content::Text("👍".into())), Some(read("👍"))),
            (message(Content::Text("???".into())), Some(read("???"))),
            (media(MediaKind::Voice, None), Some(wordless)),
            (media(MediaKind::Sticker, None), Some(wordless)),
            (media(MediaKind::Image, Some("veio assim")), Some(read("veio assim"))),
            (message(Content::Unsupported(None)), Some(wordless)),
            (choice("sector:sales", "Vendas"), Some(Heard { tapped: Some("sales"), ..read("Vendas") })),
            (choice("other-flow", "Sim"), Some(read("Sim"))),
            (other("contacts"), Some(wordless)),
            (other("welcome"), None),
            (message(Content::Reaction(reaction)), None),
            (Body::Edit(edit), None),
            (Body::Revoke("wamid.0".into()), None),
        ];
        for (body, expected) in &table {
            assert_eq!(heard(body), *expected, "{body:?}");
        }
    }

    #[test]
    fn taps_come_back() {
        assert_eq!(heard(&choice(&tap_of("sales"), "Vendas")).and_then(|heard| heard.tapped), Some("sales"));
    }
}
