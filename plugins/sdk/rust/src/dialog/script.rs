//! A script being run over what is recorded: what is done is not done again, and what differs is noticed.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::question::{Form, Question};
use super::record::{Kind, Offered, Open, Record, Step};
use super::said::{Fit, Said};
use super::world::World;
use crate::conversation::Target;
use crate::{Choice, Failure, Refusal, Seconds};

/// What a script and its steps return; `?` ends the run where the customer's answer has to be awaited.
pub type Result<T = ()> = std::result::Result<T, Stop>;

/// Why a script goes no further in this run. Pass it on with `?`: the dialog goes on with the customer's next message.
///
/// Every error becomes one with `?`, and rejects the run with its words.
#[derive(Debug)]
#[must_use = "pass it on with `?`"]
pub struct Stop(pub(super) Option<Failure>);

/// Why a script goes no further, unless something failed.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Why {
    /// A question waits for its answer.
    Waits,
    /// The dialog is over: handed off, given up, timed out.
    Over,
    /// The script is not the one that the dialog began with.
    Changed(String),
}

impl From<Failure> for Stop {
    fn from(failure: Failure) -> Self {
        Self(Some(failure))
    }
}

impl<E: std::error::Error> From<E> for Stop {
    fn from(error: E) -> Self {
        Self(Some(error.into()))
    }
}

/// What happened that an open question may be waiting for.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum News {
    /// Nothing: the dialog begins.
    Begins,
    /// The customer did something.
    Said(Said),
    /// The question's time is up.
    TimedOut,
}

/// A dialog in the middle of its script: ask, say, and call for people. See the [module](super).
pub struct Dialog<'w> {
    pub(super) world: &'w mut dyn World,
    pub(super) record: Record,
    /// How many recorded steps the script has come past.
    at: usize,
    news: News,
    /// Whether the question that was open is still to be reached.
    awaited: bool,
    /// Whether something is to be stored that is not yet.
    pub(super) new: bool,
    /// Set once the script was told to stop: it may not go on.
    pub(super) stopped: Option<Why>,
}

impl std::fmt::Debug for Dialog<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Dialog").field("record", &self.record).field("at", &self.at).finish_non_exhaustive()
    }
}

impl<'w> Dialog<'w> {
    pub(super) fn new(world: &'w mut dyn World, record: Record, news: News) -> Self {
        let awaited = record.open.is_some();
        Self { world, record, at: 0, news, awaited, new: false, stopped: None }
    }

    /// Asks for a text and returns the answer: `d.ask("name", "What is your name?")?`. For a time-out, a check, buttons or a
    /// list see [`Dialog::question`].
    ///
    /// # Errors
    /// [`Stop`], to be passed on with `?`.
    pub fn ask(&mut self, name: &str, text: impl Into<String>) -> Result<String> {
        self.question(name, text).answer()
    }

    /// Asks with one to three buttons, `(id, label)`, and returns the one chosen: by a tap, by writing its label, or by its
    /// number from 1.
    ///
    /// # Errors
    /// As [`Dialog::ask`].
    pub fn ask_buttons<I: Into<String>, T: Into<String>>(
        &mut self,
        name: &str,
        text: impl Into<String>,
        choices: impl IntoIterator<Item = (I, T)>,
    ) -> Result<Choice> {
        self.question(name, text).buttons(choices).answer()
    }

    /// Asks with a list of at most ten rows behind a button, and returns the one chosen, as [`Dialog::ask_buttons`] does.
    ///
    /// # Errors
    /// As [`Dialog::ask`].
    pub fn ask_list(
        &mut self,
        name: &str,
        text: impl Into<String>,
        button: impl Into<String>,
        rows: impl IntoIterator<Item = crate::send::Row>,
    ) -> Result<Choice> {
        self.question(name, text).list(button, rows).answer()
    }

    /// A question that says more of itself: how long it waits, which answers fit, what there is to choose from.
    pub fn question<'d>(&'d mut self, name: &str, text: impl Into<String>) -> Question<'d, 'w, String> {
        Question::new(self, name, text.into())
    }

    /// Says something, once.
    ///
    /// # Errors
    /// As [`Dialog::ask`].
    pub fn say(&mut self, name: &str, text: impl AsRef<str>) -> Result {
        if self.recorded(name, Kind::Say)?.is_some() {
            return Ok(());
        }
        self.send(|world| world.say(text.as_ref()))?;
        self.done(name, Kind::Say, None);
        Ok(())
    }

    /// Does something once and remembers what came of it: what is asked of the clock, of chance, of the event, or of anything
    /// else that may say something different the next time.
    ///
    /// # Errors
    /// As [`Dialog::ask`], and those of `f`.
    pub fn once<T: Serialize + DeserializeOwned>(&mut self, name: &str, f: impl FnOnce() -> Result<T>) -> Result<T> {
        if let Some(value) = self.recorded(name, Kind::Once)? {
            return serde_json::from_value(value).or_else(|why| {
                let why = self.misfit(name, &why.to_string());
                self.changed(why)
            });
        }
        let value = serde_json::to_value(f()?)?;
        self.done(name, Kind::Once, Some(value.clone()));
        // The value as it is read back: the same the first time and ever after.
        Ok(serde_json::from_value(value)?)
    }

    /// Ends the dialog and gives the conversation to people, with a note that they find beside it. What was said in this run
    /// is still sent. `return d.hand_off(Target::Team, "…")`.
    ///
    /// # Errors
    /// Always: [`Stop`], to be passed on.
    pub fn hand_off(&mut self, to: Target, note: impl AsRef<str>) -> Result {
        self.is_going_on()?;
        self.finished().or_else(|why| self.changed(why))?;
        self.over()?;
        self.world.hand_off(to, note.as_ref())?;
        self.stop(Why::Over)
    }

    /// The language that the dialog speaks: [`Options::language`](super::Options::language), else the setting `language`, else
    /// Portuguese.
    pub fn language(&self) -> crate::Language {
        self.world.language()
    }

    /// Whether the customer waits for nothing: all that was recorded has been come past.
    ///
    /// # Errors
    /// What the script has left out, in words.
    pub(super) fn finished(&self) -> std::result::Result<(), String> {
        if let Some(step) = self.record.steps.get(self.at) {
            return Err(format!("{} is not in the script any more", self.called(self.at, &step.at, step.is)));
        }
        match &self.record.open {
            Some(open) if self.awaited => {
                Err(format!("{} is not in the script any more", self.called(self.at, &open.at, open.is)))
            }
            _ => Ok(()),
        }
    }

    /// Ends the dialog: nothing is kept, nothing waits.
    pub(super) fn over(&mut self) -> Result {
        self.awaited = false;
        self.new = false;
        if self.record.open.take().is_some() {
            self.world.end()?;
        }
        Ok(())
    }

    /// A recorded step's value. `None` if the script is at something new.
    fn recorded(&mut self, name: &str, kind: Kind) -> Result<Option<Value>> {
        self.is_going_on()?;
        if let Some(step) = self.record.steps.get(self.at) {
            if step.at != name || step.is != kind {
                let why = self.differs(&step.at, step.is, name, kind);
                return self.changed(why);
            }
            let value = step.value.clone().unwrap_or_default();
            self.at += 1;
            return Ok(Some(value));
        }
        if let Some(open) = self.record.open.as_ref().filter(|_| self.awaited)
            && (open.at != name || open.is != kind)
        {
            let why = self.differs(&open.at, open.is, name, kind);
            return self.changed(why);
        }
        if self.record.steps.iter().any(|step| step.at == name) {
            let why = format!("the dialog has two steps called {name:?}: each needs a name of its own");
            return Err(Failure::reject(why).into());
        }
        Ok(None)
    }

    /// The answer to a question, if there is one; what was recorded comes back as it was.
    pub(super) fn answered(&mut self, question: &Asked<'_>) -> Result<Value> {
        if let Some(value) = self.recorded(question.name, question.form.kind())? {
            return Ok(value);
        }
        if self.awaited {
            return self.hear(question);
        }
        let asked = self.world.now();
        let until = asked.saturating_add(u64::from(question.within) * 1_000);
        self.send(|world| question.send(world))?;
        let (at, is, choices) = (question.name.to_owned(), question.form.kind(), question.offered());
        self.record.open = Some(Open { at, is, asked, until, tries: 0, choices });
        self.new = true;
        self.world.wait(question.within)?;
        self.stop(Why::Waits)
    }

    /// What happened, as far as the open question is concerned.
    fn hear(&mut self, question: &Asked<'_>) -> Result<Value> {
        let open = self.record.open.clone().expect("a question is awaited");
        let said = match &self.news {
            News::Begins => return self.stop(Why::Waits),
            News::TimedOut if question.may_time_out => return Ok(self.settled(question, Value::Null)),
            News::TimedOut => {
                let words = self.world.text("dialog-timeout")?;
                self.world.mention(&words)?;
                self.over()?;
                return self.stop(Why::Over);
            }
            News::Said(said) => said,
        };
        let again = match said.fits(&open) {
            Fit::Words(words) => match (question.check)(&Value::String(words.clone())) {
                Ok(()) => return Ok(self.settled(question, words.into())),
                Err(why) => (Some(why), false, true),
            },
            Fit::Chosen(choice) => {
                let value = serde_json::to_value(&choice)?;
                match (question.check)(&value) {
                    Ok(()) => return Ok(self.settled(question, value)),
                    Err(why) => (Some(why), false, true),
                }
            }
            Fit::ChoosesNothing => (Some(self.world.text("dialog-choose")?), true, true),
            Fit::SaysNothing => (Some(self.world.text("dialog-write")?), false, true),
            Fit::Elsewhere => (None, true, false),
        };
        let (words, repeat, costs) = again;
        if costs {
            let tries = open.tries + 1;
            if tries >= question.tries {
                return self.give_up(question.name);
            }
            if let Some(open) = &mut self.record.open {
                open.tries = tries;
            }
            self.new = true;
        }
        if let Some(words) = words.filter(|words| !words.is_empty()) {
            self.send(|world| world.say(&words))?;
        }
        if repeat {
            self.send(|world| question.send(world))?;
        }
        self.stop(Why::Waits)
    }

    /// Nobody could make sense of the answers: people take over.
    fn give_up<T>(&mut self, name: &str) -> Result<T> {
        let words = self.world.text("dialog-gave-up")?;
        let note = self.world.text("dialog-note-gave-up")?.replace("{step}", name);
        self.send(|world| world.say(&words))?;
        self.over()?;
        self.world.hand_off(Target::Team, &note)?;
        self.stop(Why::Over)
    }

    /// The open question has its answer.
    fn settled(&mut self, question: &Asked<'_>, value: Value) -> Value {
        self.awaited = false;
        self.done(question.name, question.form.kind(), Some(value.clone()));
        value
    }

    fn done(&mut self, name: &str, is: Kind, value: Option<Value>) {
        self.record.steps.push(Step { at: name.to_owned(), is, value });
        self.at = self.record.steps.len();
        self.new = true;
    }

    /// Sends; where a person has just taken the conversation, the dialog is over without a word.
    fn send(&mut self, send: impl FnOnce(&mut dyn World) -> std::result::Result<(), Refusal>) -> Result {
        match send(self.world) {
            Err(Refusal::OwnedByPerson) => {
                self.over()?;
                self.stop(Why::Over)
            }
            result => Ok(result?),
        }
    }

    /// A script that caught a [`Stop`] and went on does nothing more.
    fn is_going_on(&self) -> Result {
        if self.stopped.is_some() { Err(Stop(None)) } else { Ok(()) }
    }

    fn stop<T>(&mut self, why: Why) -> Result<T> {
        self.stopped = Some(why);
        Err(Stop(None))
    }

    pub(super) fn changed<T>(&mut self, why: String) -> Result<T> {
        self.stop(Why::Changed(why))
    }

    /// Why a recorded answer does not fit what the script now makes of it.
    pub(super) fn misfit(&self, name: &str, why: &str) -> String {
        format!("step {} {name:?}: what was recorded does not fit any more: {why}", self.at)
    }

    fn differs(&self, was: &str, was_kind: Kind, is: &str, is_kind: Kind) -> String {
        format!("{}, is now {} {is:?}", self.called(self.at, was, was_kind), is_kind.word())
    }

    fn called(&self, at: usize, was: &str, kind: Kind) -> String {
        format!("step {} was {} {was:?}", at + 1, kind.word())
    }
}

/// What the pure part knows of a question.
pub(super) struct Asked<'q> {
    pub(super) name: &'q str,
    pub(super) text: &'q str,
    pub(super) form: &'q Form,
    pub(super) within: Seconds,
    pub(super) tries: u32,
    pub(super) may_time_out: bool,
    /// Says what is wrong with an answer.
    pub(super) check: &'q dyn Fn(&Value) -> std::result::Result<(), String>,
}

impl Asked<'_> {
    fn offered(&self) -> Vec<Offered> {
        self.form.choices().iter().map(Offered::from).collect()
    }

    fn send(&self, world: &mut dyn World) -> std::result::Result<(), Refusal> {
        world.ask(self.name, self.text, self.form)
    }
}
