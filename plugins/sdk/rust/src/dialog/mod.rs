//! Dialogs: straight-line code that asks and waits, over several messages and days.
//!
//! A script reads like the conversation. [`Dialog::ask`] returns the answer if the customer has given it; else it asks, and
//! ends the run quietly (that is the `?`). With the customer's next message the script is run again from its start, over what
//! is recorded: answers come back at once, what was said is not said again. Between two messages nothing is in memory; a
//! dialog outlives restarts, and goes on with the version of the flow that it began with.
//!
//! ```no_run
//! use ponte_sdk::dialog::{self, Dialog};
//! use ponte_sdk::conversation::Target;
//! use ponte_sdk::prelude::*;
//!
//! fn on_event(event: Event) -> Outcome {
//!     dialog::run(&event, script)
//! }
//!
//! fn script(d: &mut Dialog<'_>) -> dialog::Result {
//!     let name = d.ask("name", "Hello! What is your name?")?;
//!
//!     let day = d.ask_buttons("day", format!("Which day, {name}?"), [("sat", "Saturday"), ("sun", "Sunday")])?;
//!
//!     let people: u8 = d
//!         .question("people", "For how many?")
//!         .check(|said| said.parse().map_err(|_| "Just the number, please.".to_owned()))
//!         .answer()?;
//!     if people > 8 {
//!         return d.hand_off(Target::Team, format!("{name} comes with {people} on {}.", day.title));
//!     }
//!
//!     let number = d.once("number", || Ok(u32::from(run::random(1)[0])))?;
//!     d.say("done", format!("Your table is booked: number {number}, {}.", day.title))
//! }
//!
//! ponte_sdk::flow!(on_event);
//! # fn main() {}
//! ```
//!
//! # Rules for scripts
//!
//! - Every step has a name of its own, given first. Texts may be changed at will; names, kinds and the order of steps may
//!   not, while a dialog with the old ones is open.
//! - What a script does next follows from answers and from what [`Dialog::once`] recorded, and from nothing else: the clock,
//!   chance, the event and state may say something different the next time.
//! - Effects other than the dialog's own (tags, state …) happen in each run that comes past them, unless they are in a
//!   `once`.
//! - Pass every [`Stop`] on with `?`.
//!
//! # What happens while a question is open
//!
//! | what comes | what follows |
//! |---|---|
//! | an answer that fits | the script goes on |
//! | anything else (a picture, no such choice, what [`Question::check`] says no to) | a word about it; the question stays open. The third time people take over |
//! | a tap on an older question's button | the open question is asked again |
//! | a reaction, an edit, a receipt | nothing |
//! | `cancelar`, `salir`, `cancel` … ([`Options::cancel_words`]) | the dialog ends with a word |
//! | a word of [`Options::person_words`] | the team gets the conversation |
//! | nothing, for as long as [`Question::within`] says | a word, where it can still be sent, and the dialog ends; or the script goes on, with [`Question::or_timeout`] |
//! | something after that time, where the flow was paused or Ponte was down | the dialog is dropped, and it begins anew |
//! | somebody writes from the phone | the dialog is dropped without a word; people speak |
//! | the script is another than the one that the dialog began with | nothing is guessed: the log names the step, the team gets the conversation ([`Options::on_change`]) |
//!
//! Other flows are not asked meanwhile: the dialog holds the conversation.
//!
//! # Words
//!
//! The SDK says `dialog-choose`, `dialog-write`, `dialog-cancelled`, `dialog-timeout`, `dialog-gave-up`, `dialog-changed` and
//! `dialog-handing-over` in the language of the setting `language` (Portuguese if there is none). A text of the package with
//! that key replaces it; an empty one is not said.
//!
//! Permissions: `send`, `state`, `schedule`, `conversation`. The state key and the timer `dialog` belong to the dialog.

mod play;
mod question;
mod record;
mod said;
mod script;
#[cfg(test)]
mod tests;
mod words;
mod world;

pub use question::Question;
pub use script::{Dialog, Result, Stop};

use crate::{Event, Language, Outcome, Refusal, state};
use world::Host;

/// Runs a dialog over an event, with the usual [`Options`]: begins one if none is open, else goes on with it.
///
/// # Errors
/// What the script fails with; all effects of the run are dropped then.
pub fn run(event: &Event, script: impl FnMut(&mut Dialog<'_>) -> Result) -> Outcome {
    Options::new("dialog").run(event, script)
}

/// Whether a dialog of this flow is open in the event's conversation: for flows that begin one only now and then.
///
/// # Errors
/// Without the permission `state`.
pub fn is_open() -> std::result::Result<bool, Refusal> {
    Ok(state::conversation().bytes(world::KEY)?.is_some())
}

/// What becomes of an open dialog whose script has changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnChange {
    /// The team gets the conversation, with a note that names the step.
    #[default]
    HandOff,
    /// The dialog begins anew, and asks everything again.
    Restart,
}

/// How a dialog behaves.
#[derive(Clone, Debug)]
pub struct Options {
    name: String,
    cancel: Option<Vec<String>>,
    person: Vec<String>,
    language: Option<Language>,
    on_change: OnChange,
}

impl Options {
    /// A dialog of this name.
    pub fn new(name: &str) -> Self {
        Self { name: name.to_owned(), cancel: None, person: Vec::new(), language: None, on_change: OnChange::HandOff }
    }

    /// Whole messages that end the dialog, in place of the usual ones. Case and accents do not matter.
    #[must_use]
    pub fn cancel_words<W: Into<String>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.cancel = Some(words.into_iter().map(Into::into).collect());
        self
    }

    /// Whole messages that give the conversation to the team, at any question and instead of the first one; none, unless it
    /// is said.
    #[must_use]
    pub fn person_words<W: Into<String>>(mut self, words: impl IntoIterator<Item = W>) -> Self {
        self.person = words.into_iter().map(Into::into).collect();
        self
    }

    /// The language of what the SDK says.
    #[must_use]
    pub fn language(mut self, language: Language) -> Self {
        self.language = Some(language);
        self
    }

    /// What becomes of an open dialog whose script has changed.
    #[must_use]
    pub fn on_change(mut self, choice: OnChange) -> Self {
        self.on_change = choice;
        self
    }

    /// Runs the dialog over an event.
    ///
    /// # Errors
    /// As [`run`].
    pub fn run(&self, event: &Event, mut script: impl FnMut(&mut Dialog<'_>) -> Result) -> Outcome {
        let heard = world::heard(event);
        if heard == world::Heard::Nothing {
            return Ok(());
        }
        play::play(&mut Host::new(self.language), self, heard, &mut script)
    }
}
