//! Messages to send. Permission: `send`.
//!
//! Nothing leaves while the flow runs. Every function checks at once what can be known now and says no with a
//! [`Refusal`]; the host checks again at the moment of sending, because a person may have answered from the phone
//! meanwhile.
//!
//! What is sent can be amended: `reply("As I said …")?.quote(&message.id)?`.

use std::cell::RefCell;

use crate::bindings::ponte::flow::send as wire;
use crate::{Choice, Location, Media, Refusal, Seconds};

pub use wire::{ClosedChoice, Param, Row, Section};

thread_local! {
    static ANSWER_TO: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// Sets whom [`reply`] answers.
pub(crate) fn answer_to(contact: Option<String>) {
    ANSWER_TO.with(|to| *to.borrow_mut() = contact);
}

fn contact() -> Result<String, Refusal> {
    ANSWER_TO.with(|to| to.borrow().clone()).ok_or_else(|| {
        Refusal::invalid("to", "this event has no contact to reply to; name one with the functions of `send`")
    })
}

/// A message on its way to the host's checks, by its position among the effects of this run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use = "it will be sent; call `.done()`, or amend it"]
pub struct Sent(u32);

impl Sent {
    /// Its position among the effects of this run.
    pub fn effect(self) -> u32 {
        self.0
    }

    /// Nothing to amend.
    pub fn done(self) {}

    /// Quotes another message of the chat.
    pub fn quote(self, message: &str) -> Result<Self, Refusal> {
        wire::quote(self.0, message)?;
        Ok(self)
    }

    /// Puts a line above a message with buttons or a list; 60 characters.
    pub fn header(self, text: &str) -> Result<Self, Refusal> {
        wire::header(self.0, text)?;
        Ok(self)
    }

    /// Puts small print below a message with buttons or a list; 60 characters.
    pub fn footer(self, text: &str) -> Result<Self, Refusal> {
        wire::footer(self.0, text)?;
        Ok(self)
    }

    /// Drops the message unsent if it has not left after so many seconds.
    pub fn expire_after(self, age: Seconds) -> Result<Self, Refusal> {
        wire::expire_after(self.0, age)?;
        Ok(self)
    }

    /// Says what becomes of the message if the customer-service window has closed when it is about to leave: it is
    /// refused, kept until the customer writes again, handed to people, or dropped. Otherwise `[send] when_closed` of
    /// the manifest holds.
    pub fn when_closed(self, choice: ClosedChoice) -> Result<Self, Refusal> {
        wire::when_closed(self.0, choice)?;
        Ok(self)
    }

    /// Names a template that goes in the message's place if the window has closed when it is about to leave.
    pub fn when_closed_template(self, name: &str, language: &str, params: &[Param]) -> Result<Self, Refusal> {
        wire::when_closed_template(self.0, name, language, params)?;
        Ok(self)
    }
}

fn sent(effect: Result<u32, impl Into<Refusal>>) -> Result<Sent, Refusal> {
    effect.map(Sent).map_err(Into::into)
}

/// Answers the event's contact with plain text, 4,096 characters.
pub fn reply(body: impl AsRef<str>) -> Result<Sent, Refusal> {
    text(&contact()?, body.as_ref())
}

/// Answers with text (1,024 characters) and one to three buttons: `(id, label)`, labels of 20 characters, all different.
pub fn reply_buttons<I, T>(body: impl AsRef<str>, choices: impl IntoIterator<Item = (I, T)>) -> Result<Sent, Refusal>
where
    I: Into<String>,
    T: Into<String>,
{
    let choices: Vec<_> =
        choices.into_iter().map(|(id, title)| Choice { id: id.into(), title: title.into() }).collect();
    buttons(&contact()?, body.as_ref(), &choices)
}

/// Answers with text (4,096 characters) and a list of at most ten rows behind a button (label of 20 characters).
pub fn reply_list(
    body: impl AsRef<str>,
    button: impl AsRef<str>,
    rows: impl IntoIterator<Item = Row>,
) -> Result<Sent, Refusal> {
    let section = Section { title: None, rows: rows.into_iter().collect() };
    list(&contact()?, body.as_ref(), button.as_ref(), &[section])
}

impl Row {
    /// A row: the id that comes back when it is chosen (200 characters), and its title (24 characters).
    pub fn new(id: impl Into<String>, title: impl Into<String>) -> Self {
        Self { id: id.into(), title: title.into(), description: None }
    }

    /// A second line below the title; 72 characters.
    #[must_use]
    pub fn describe(mut self, description: impl Into<String>) -> Self {
        self.description = Some(description.into());
        self
    }
}

/// Plain text, 4,096 characters.
pub fn text(to: &str, body: &str) -> Result<Sent, Refusal> {
    sent(wire::text(to, body))
}

/// A file that was uploaded or received before.
pub fn file(to: &str, media: &Media) -> Result<Sent, Refusal> {
    sent(wire::file(to, media))
}

/// A file at a public https address; the media's id is ignored.
pub fn file_link(to: &str, url: &str, media: &Media) -> Result<Sent, Refusal> {
    sent(wire::file_link(to, url, media))
}

/// A place.
pub fn place(to: &str, place: &Location) -> Result<Sent, Refusal> {
    sent(wire::place(to, place))
}

/// Text (1,024 characters) with one to three buttons (labels of 20 characters, all different).
pub fn buttons(to: &str, body: &str, choices: &[Choice]) -> Result<Sent, Refusal> {
    sent(wire::buttons(to, body, choices))
}

/// Text (4,096 characters) with a list behind a button (label of 20 characters): at most ten rows in all. Sections
/// need titles (24 characters) where there is more than one.
pub fn list(to: &str, body: &str, button: &str, sections: &[Section]) -> Result<Sent, Refusal> {
    sent(wire::options(to, body, button, sections))
}

/// An approved template, the only kind that may be sent when the window is closed. Parameters fill its body.
pub fn template(to: &str, name: &str, language: &str, params: &[Param]) -> Result<Sent, Refusal> {
    sent(wire::template(to, name, language, params))
}

/// A reaction to a message of the contact's; an empty emoji takes it back.
pub fn react(to: &str, message: &str, emoji: &str) -> Result<Sent, Refusal> {
    sent(wire::react(to, message, emoji))
}

/// Any other kind of message, as JSON of the host's `Payload` type.
pub fn other(to: &str, json: &str) -> Result<Sent, Refusal> {
    sent(wire::other(to, json))
}

/// Marks the customer's message as read, and all before it.
pub fn seen(message: &str) -> Result<(), Refusal> {
    Ok(wire::seen(message, false)?)
}

/// Marks the customer's message as read and shows "typing …" for up to 25 seconds.
pub fn typing(message: &str) -> Result<(), Refusal> {
    Ok(wire::seen(message, true)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_contact_there_is_nobody_to_answer() {
        let refusal = reply("oi").unwrap_err();
        assert!(matches!(&refusal, Refusal::Invalid(invalid) if invalid.field == "to"), "{refusal}");
    }
}
