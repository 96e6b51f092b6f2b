//! What a dialog asks of its host. A trait, so that the rest is tested without one.

use super::question::Form;
use super::said::{Said, wire_id};
use super::words;
use crate::conversation::{self, Target};
use crate::send::{ClosedChoice, Row};
use crate::{
    Body, Content, Error, Event, Instant, Language, Refusal, Seconds, reply, reply_buttons, reply_list, run, schedule,
    settings, state, texts,
};

/// The key of the conversation's state under which an open dialog is kept, and the name of its timer.
pub(super) const KEY: &str = "dialog";

/// What happened, as far as dialogs are concerned.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Heard {
    /// Something that is not theirs: a reaction, an edit, a receipt, another timer.
    Nothing,
    /// The timer of a question.
    Timer,
    /// The customer wrote.
    Message(Said),
}

/// What people did in the conversation.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct People {
    /// Whether one speaks now.
    pub(super) speak: bool,
    /// When one last wrote from the phone.
    pub(super) wrote: Option<Instant>,
}

/// The host, as dialogs see it.
pub(super) trait World {
    fn now(&self) -> Instant;
    fn language(&self) -> Language;
    fn people(&self) -> People;
    /// What is kept of an open dialog.
    fn load(&mut self) -> Result<Option<Vec<u8>>, Refusal>;
    fn save(&mut self, json: &[u8]) -> Result<(), Refusal>;
    /// Sets the timer of a question, and keeps the conversation meanwhile.
    fn wait(&mut self, within: Seconds) -> Result<(), Refusal>;
    /// Nothing is kept, nothing waits, and the conversation is given back.
    fn end(&mut self) -> Result<(), Refusal>;
    fn say(&mut self, text: &str) -> Result<(), Refusal>;
    /// Says something that need not be heard: where it cannot be sent, it is not.
    fn mention(&mut self, text: &str) -> Result<(), Refusal>;
    fn ask(&mut self, name: &str, text: &str, form: &Form) -> Result<(), Refusal>;
    fn hand_off(&mut self, to: Target, note: &str) -> Result<(), Refusal>;
    /// A text of the package's, or the SDK's own.
    fn text(&self, key: &str) -> Result<String, Error>;
    fn error(&self, words: &str);
}

/// The host.
pub(super) struct Host {
    language: Language,
}

impl Host {
    /// The host of this run; the language of the setting `language`, unless one is given.
    pub(super) fn new(language: Option<Language>) -> Self {
        let set = || Language::parse(&settings::get::<Option<String>>("language").ok()??);
        Self { language: language.or_else(set).unwrap_or(Language::Portuguese) }
    }
}

/// What an event means to dialogs.
pub(super) fn heard(event: &Event) -> Heard {
    match &event.body {
        Body::Timer(timer) if timer.name == KEY => Heard::Timer,
        Body::Message(message) => match &message.content {
            Content::Text(last) => Heard::Message(lines(last)),
            Content::Choice(choice) => Heard::Message(Said::Tap(choice.id.clone())),
            Content::Reaction(_) => Heard::Nothing,
            _ => Heard::Message(Said::Wordless),
        },
        _ => Heard::Nothing,
    }
}

/// The event's text, and all lines of the burst that it ends, if it ends one.
fn lines(last: &str) -> Said {
    let burst = conversation::burst();
    let mut all: Vec<_> = burst.iter().filter_map(|line| line.content.text()).collect();
    if all.is_empty() {
        all.push(last);
    }
    Said::Text { last: last.to_owned(), all: all.join("\n") }
}

impl World for Host {
    fn now(&self) -> Instant {
        run::now()
    }

    fn language(&self) -> Language {
        self.language
    }

    fn people(&self) -> People {
        conversation::facts().map_or_else(People::default, |facts| People {
            speak: facts.owner.is_person(),
            wrote: facts.last_app_message,
        })
    }

    fn load(&mut self) -> Result<Option<Vec<u8>>, Refusal> {
        state::conversation().bytes(KEY)
    }

    fn save(&mut self, json: &[u8]) -> Result<(), Refusal> {
        state::conversation().put_bytes(KEY, json)
    }

    fn wait(&mut self, within: Seconds) -> Result<(), Refusal> {
        schedule::after(KEY, within, "")?;
        conversation::hold(within)
    }

    fn end(&mut self) -> Result<(), Refusal> {
        state::conversation().delete(KEY)?;
        schedule::cancel(KEY)?;
        conversation::release()
    }

    fn say(&mut self, text: &str) -> Result<(), Refusal> {
        reply(text).map(|sent| sent.done())
    }

    fn mention(&mut self, text: &str) -> Result<(), Refusal> {
        match reply(text).and_then(|sent| sent.when_closed(ClosedChoice::Drop)) {
            Ok(_) | Err(Refusal::WindowClosed | Refusal::OwnedByPerson) => Ok(()),
            Err(refusal) => Err(refusal),
        }
    }

    fn ask(&mut self, name: &str, text: &str, form: &Form) -> Result<(), Refusal> {
        let sent = match form {
            Form::Text => reply(text)?,
            Form::Buttons(choices) => {
                let choices = choices.iter().map(|choice| (wire_id(name, &choice.id), choice.title.clone()));
                reply_buttons(text, choices)?
            }
            Form::List { button, rows, .. } => {
                let rows = rows.iter().map(|row| Row { id: wire_id(name, &row.id), ..row.clone() });
                reply_list(text, button, rows)?
            }
        };
        sent.done();
        Ok(())
    }

    fn hand_off(&mut self, to: Target, note: &str) -> Result<(), Refusal> {
        conversation::hand_off(to, note)
    }

    fn text(&self, key: &str) -> Result<String, Error> {
        match texts::get(key, self.language.tag()) {
            Err(Error::Missing { .. }) => Ok(words::text(key, self.language).to_owned()),
            found => found,
        }
    }

    fn error(&self, words: &str) {
        crate::error!("{words}");
    }
}
