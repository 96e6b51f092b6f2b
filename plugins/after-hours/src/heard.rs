//! What counts as a customer who wants something.

use ponte_sdk::{Body, Content};

/// The id of the button for what cannot wait.
pub const URGENT: &str = "urgent";

/// Kinds of `other` that a person wrote to somebody. What this version does not know gets no reply: it may be nothing
/// that anybody would want answered.
const OTHER_KINDS: &[&str] = &["contacts"];

/// What an event says to this flow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Nothing to answer: reactions, edits, deleted messages, timers …
    Nothing,
    /// Somebody wrote.
    Contact,
    /// Somebody tapped the button for what cannot wait.
    Urgent,
}

/// What an event says to this flow.
///
/// A message that WhatsApp does not show (131060: often the first one after an ad) counts. The reply says that the shop
/// is closed and nothing about the message, so it is right whatever was written.
pub fn heard(body: &Body) -> Heard {
    let Body::Message(message) = body else { return Heard::Nothing };
    match &message.content {
        Content::Choice(choice) if choice.id == URGENT => Heard::Urgent,
        Content::Reaction(_) => Heard::Nothing,
        Content::Other(other) if !OTHER_KINDS.contains(&other.kind.as_str()) => Heard::Nothing,
        _ => Heard::Contact,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ponte_sdk::{Choice, Edit, FormReply, Media, MediaKind, Message, Other, Reaction, Timer};

    fn message(content: Content) -> Body {
        Body::Message(Message { id: "wamid.1".into(), content, reply_to: None, referral: None })
    }

    fn choice(id: &str) -> Body {
        message(Content::Choice(Choice { id: id.into(), title: "…".into() }))
    }

    fn other(kind: &str) -> Other {
        Other { kind: kind.into(), json: "{}".into() }
    }

    #[test]
    fn who_is_answered() {
        let text = || Content::Text("oi".into());
        let voice = Media { kind: MediaKind::Voice, id: "1".into(), mime: None, caption: None, filename: None };
        let reaction = Reaction { message: "wamid.0".into(), emoji: Some("👍".into()) };
        let table = [
            (message(text()), Heard::Contact),
            (message(Content::Media(voice)), Heard::Contact),
            (message(Content::Form(FormReply { name: None, json: "{}".into() })), Heard::Contact),
            (message(Content::Unsupported(None)), Heard::Contact),
            (message(Content::Other(other("contacts"))), Heard::Contact),
            (choice("sales"), Heard::Contact),
            (choice(URGENT), Heard::Urgent),
            (message(Content::Reaction(reaction)), Heard::Nothing),
            (message(Content::Other(other("welcome"))), Heard::Nothing),
            (message(Content::Other(other("hologram"))), Heard::Nothing),
            (Body::Edit(Edit { original: "wamid.0".into(), content: text() }), Heard::Nothing),
            (Body::Revoke("wamid.0".into()), Heard::Nothing),
            (Body::Timer(Timer { name: "t".into(), payload: String::new() }), Heard::Nothing),
            (Body::Schedule("morning".into()), Heard::Nothing),
            (Body::Other(other("call")), Heard::Nothing),
        ];
        for (body, expected) in table {
            assert_eq!(heard(&body), expected, "{body:?}");
        }
    }
}
