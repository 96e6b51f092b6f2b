//! What is kept of an open dialog, in the form that all SDKs share: JSON under one key of the conversation.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::{Choice, Instant};

/// The form's version.
const VERSION: u8 = 1;

/// An open dialog: what was asked, answered and said so far, and the question that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Record {
    v: u8,
    /// Which dialog.
    pub(crate) name: String,
    /// When it began.
    pub(crate) began: Instant,
    /// What is done, in order.
    pub(crate) steps: Vec<Step>,
    /// The question that waits.
    pub(crate) open: Option<Open>,
}

/// Something that is done.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Step {
    /// Its name in the script.
    pub(crate) at: String,
    pub(crate) is: Kind,
    /// The answer or the value that was recorded; `null` for a question that timed out, nothing for what was said.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub(crate) value: Option<Value>,
}

/// A value that is there, though it be `null`: a question that timed out.
fn present<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    Value::deserialize(deserializer).map(Some)
}

/// What a step does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Kind {
    Ask,
    Buttons,
    List,
    Say,
    Once,
}

impl Kind {
    /// The word for it, as it is stored.
    pub(crate) fn word(self) -> &'static str {
        match self {
            Self::Ask => "ask",
            Self::Buttons => "buttons",
            Self::List => "list",
            Self::Say => "say",
            Self::Once => "once",
        }
    }
}

/// A question that waits.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Open {
    /// Its name in the script.
    pub(crate) at: String,
    pub(crate) is: Kind,
    /// When it was asked.
    pub(crate) asked: Instant,
    /// When it times out.
    pub(crate) until: Instant,
    /// Answers that did not fit.
    pub(crate) tries: u32,
    /// What there was to choose from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub(crate) choices: Vec<Offered>,
}

/// One of several to choose from.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Offered {
    pub(crate) id: String,
    pub(crate) title: String,
}

impl From<&Choice> for Offered {
    fn from(choice: &Choice) -> Self {
        Self { id: choice.id.clone(), title: choice.title.clone() }
    }
}

impl From<Offered> for Choice {
    fn from(offered: Offered) -> Self {
        Self { id: offered.id, title: offered.title }
    }
}

impl Record {
    /// A dialog that begins.
    pub(crate) fn new(name: &str, began: Instant) -> Self {
        Self { v: VERSION, name: name.to_owned(), began, steps: Vec::new(), open: None }
    }

    /// Reads the stored form.
    ///
    /// # Errors
    /// What does not fit, in words.
    pub(crate) fn read(json: &[u8]) -> Result<Self, String> {
        let record: Self = serde_json::from_slice(json).map_err(|error| error.to_string())?;
        match record {
            Self { v: VERSION, open: Some(_), .. } => Ok(record),
            Self { v: VERSION, .. } => Err("no question is open in it".into()),
            Self { v, .. } => Err(format!("it is of form {v}, and this SDK reads form {VERSION}")),
        }
    }

    /// The stored form.
    pub(crate) fn write(&self) -> Vec<u8> {
        serde_json::to_vec(self).expect("a record is plain data")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn the_stored_form_is_the_one_that_all_sdks_share() {
        let stored = json!({
            "v": 1, "name": "booking", "began": 1,
            "steps": [
                { "at": "name", "is": "ask", "value": "Ana" },
                { "at": "hello", "is": "say" },
                { "at": "hour", "is": "list", "value": null },
                { "at": "price", "is": "once", "value": { "cents": 990 } },
            ],
            "open": {
                "at": "day", "is": "buttons", "asked": 2, "until": 3, "tries": 0,
                "choices": [{ "id": "1", "title": "Segunda" }],
            },
        });
        let record = Record::read(stored.to_string().as_bytes()).unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&record.write()).unwrap(), stored);
    }

    #[test]
    fn what_cannot_be_read_is_named() {
        let table = [
            (r#"{"v":2,"name":"a","began":1,"steps":[],"open":null}"#, "form 2"),
            (r#"{"v":1,"name":"a","began":1,"steps":[],"open":null}"#, "no question is open"),
            (r#"{"v":1,"name":"a","began":1,"steps":[{"at":"x","is":"sing"}],"open":null}"#, "sing"),
            ("[", "EOF"),
        ];
        for (json, expected) in table {
            let why = Record::read(json.as_bytes()).unwrap_err();
            assert!(why.contains(expected), "{json}: {why}");
        }
    }
}
