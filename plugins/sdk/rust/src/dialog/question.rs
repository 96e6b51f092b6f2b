//! A question that says more of itself.

use serde_json::Value;

use super::record::Kind;
use super::script::{Asked, Dialog, Result};
use crate::send::Row;
use crate::{Choice, Failure, Seconds};

/// How long a question waits unless it says so.
const WITHIN: Seconds = 24 * 3600;

/// How long a question may wait: a conversation can be held no longer.
const LONGEST: Seconds = 7 * 24 * 3600;

/// How many answers that do not fit lead to people.
const TRIES: u32 = 3;

/// How a question looks.
#[derive(Clone, Debug)]
pub(crate) enum Form {
    /// Text.
    Text,
    /// Text with buttons.
    Buttons(Vec<Choice>),
    /// Text with a list behind a button.
    List {
        /// The button's label.
        button: String,
        /// The rows as they are sent.
        rows: Vec<Row>,
        /// What they amount to.
        choices: Vec<Choice>,
    },
}

impl Form {
    pub(crate) fn kind(&self) -> Kind {
        match self {
            Self::Text => Kind::Ask,
            Self::Buttons(_) => Kind::Buttons,
            Self::List { .. } => Kind::List,
        }
    }

    pub(crate) fn choices(&self) -> &[Choice] {
        match self {
            Self::Text => &[],
            Self::Buttons(choices) | Self::List { choices, .. } => choices,
        }
    }
}

/// What turns a recorded answer into what the script gets, or says what is wrong with it.
type Read<'d, T> = Box<dyn Fn(&Value) -> std::result::Result<T, String> + 'd>;

/// A question before it is asked; [`Question::answer`] asks it.
///
/// ```no_run
/// # use ponte_sdk::dialog::{self, Dialog};
/// # fn script(d: &mut Dialog<'_>) -> dialog::Result {
/// let people: u8 = d
///     .question("people", "For how many?")
///     .within(2 * 3600)
///     .check(|said| said.parse().map_err(|_| "Just the number, please.".to_owned()))
///     .answer()?;
/// # Ok(()) }
/// ```
#[must_use = "ask it with `.answer()?` or `.or_timeout()?`"]
pub struct Question<'d, 'w, T> {
    dialog: &'d mut Dialog<'w>,
    name: String,
    text: String,
    form: Form,
    within: Seconds,
    tries: u32,
    read: Read<'d, T>,
}

impl<T> std::fmt::Debug for Question<'_, '_, T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Question").field("name", &self.name).field("form", &self.form).finish_non_exhaustive()
    }
}

impl<'d, 'w> Question<'d, 'w, String> {
    pub(super) fn new(dialog: &'d mut Dialog<'w>, name: &str, text: String) -> Self {
        let read: Read<'d, String> =
            Box::new(|value| value.as_str().map(str::to_owned).ok_or_else(|| format!("{value} is no text")));
        Self { dialog, name: name.to_owned(), text, form: Form::Text, within: WITHIN, tries: TRIES, read }
    }

    /// One to three buttons: `(id, label)`, labels of 20 characters, all different.
    pub fn buttons<I: Into<String>, L: Into<String>>(
        self,
        choices: impl IntoIterator<Item = (I, L)>,
    ) -> Question<'d, 'w, Choice> {
        let choices = choices.into_iter().map(|(id, title)| Choice { id: id.into(), title: title.into() });
        let form = Form::Buttons(choices.collect());
        self.choosing(form)
    }

    /// At most ten rows behind a button (label of 20 characters).
    pub fn list(self, button: impl Into<String>, rows: impl IntoIterator<Item = Row>) -> Question<'d, 'w, Choice> {
        let rows: Vec<_> = rows.into_iter().collect();
        let choices = rows.iter().map(|row| Choice { id: row.id.clone(), title: row.title.clone() }).collect();
        self.choosing(Form::List { button: button.into(), rows, choices })
    }

    fn choosing(self, form: Form) -> Question<'d, 'w, Choice> {
        let read: Read<'d, Choice> = Box::new(|value| match (value["id"].as_str(), value["title"].as_str()) {
            (Some(id), Some(title)) => Ok(Choice { id: id.to_owned(), title: title.to_owned() }),
            _ => Err(format!("{value} is no choice")),
        });
        let Self { dialog, name, text, within, tries, .. } = self;
        Question { dialog, name, text, form, within, tries, read }
    }
}

impl<'d, 'w, T: 'd> Question<'d, 'w, T> {
    /// How long it waits: at most seven days. A day, unless it is said.
    pub fn within(mut self, seconds: Seconds) -> Self {
        self.within = seconds;
        self
    }

    /// The how-manieth answer that does not fit leads to people. The third, unless it is said.
    pub fn tries(mut self, tries: u32) -> Self {
        self.tries = tries;
        self
    }

    /// Turns an answer into what the script wants, or says to the customer what is wrong with it; the question stays open
    /// then, and a try is used. It must say the same of an answer whenever it is asked.
    pub fn check<U>(self, check: impl Fn(T) -> std::result::Result<U, String> + 'd) -> Question<'d, 'w, U> {
        let Self { dialog, name, text, form, within, tries, read } = self;
        let read: Read<'d, U> = Box::new(move |value| check(read(value)?));
        Question { dialog, name, text, form, within, tries, read }
    }

    /// Asks it, or returns the answer that came. If none comes in time, `dialog-timeout` is said and the dialog ends.
    ///
    /// # Errors
    /// [`Stop`](super::Stop), to be passed on with `?`.
    pub fn answer(self) -> Result<T> {
        self.get(false).and_then(|(answer, dialog, name)| match answer {
            Some(answer) => Ok(answer),
            None => {
                let why = dialog.misfit(&name, "no answer came in time, and the script does not say what then");
                dialog.changed(why)
            }
        })
    }

    /// Asks it, or returns the answer that came; nothing if none came in time.
    ///
    /// # Errors
    /// As [`Question::answer`].
    pub fn or_timeout(self) -> Result<Option<T>> {
        self.get(true).map(|(answer, ..)| answer)
    }

    fn get(self, may_time_out: bool) -> Result<(Option<T>, &'d mut Dialog<'w>, String)> {
        let Self { dialog, name, text, form, within, tries, read } = self;
        if !(1..=LONGEST).contains(&within) {
            let why = format!("question {name:?}: it may wait from 1 to {LONGEST} seconds, not {within}");
            return Err(Failure::reject(why).into());
        }
        if form.kind() != Kind::Ask && form.choices().is_empty() {
            let why = format!("question {name:?} has nothing to choose from");
            return Err(Failure::reject(why).into());
        }
        let check = |value: &Value| read(value).map(drop);
        let asked = Asked { name: &name, text: &text, form: &form, within, tries, may_time_out, check: &check };
        let value = dialog.answered(&asked)?;
        if value.is_null() {
            return Ok((None, dialog, name));
        }
        match read(&value) {
            Ok(answer) => Ok((Some(answer), dialog, name)),
            Err(why) => {
                let why = dialog.misfit(&name, &why);
                dialog.changed(why)
            }
        }
    }
}
