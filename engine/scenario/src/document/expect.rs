//! What must have come of it.

use std::collections::BTreeMap;

use ponte_model::{LogLevel, Owner};
use serde::{Deserialize, Deserializer};
use serde_json::Value;

use super::{FromText, Span, text_or};

/// What must have come of the steps since the last expectation. All that is written must hold.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Expect {
    /// One message to the customer; a text alone is what it must contain.
    #[serde(default, deserialize_with = "some")]
    pub(crate) reply: Option<Reply>,
    /// These messages and no other, in this order.
    pub(crate) replies: Option<Vec<One>>,
    /// No message to the customer, because of this rule; `any` leaves the rule open.
    pub(crate) silence: Option<String>,
    /// The last message that was asked for was refused, for this reason.
    pub(crate) refused: Option<String>,
    /// The last message waits because of this rule.
    pub(crate) held: Option<String>,
    /// The conversation was handed to people, with a note for them.
    pub(crate) handed_to: Option<HandedTo>,
    /// Who speaks.
    pub(crate) owner: Option<Owner>,
    /// What flows remember, by key; `contact/KEY` and `installation/KEY` for the other scopes. `null`: nothing.
    pub(crate) state: Option<BTreeMap<String, Value>>,
    /// The customer's tags, all of them.
    pub(crate) tags: Option<Vec<String>>,
    /// Timers that are set, and in how long they are due; `null`: there is none of that name.
    pub(crate) timers: Option<BTreeMap<String, Option<Span>>>,
    /// What all messages so far cost.
    #[serde(default, deserialize_with = "some")]
    pub(crate) cost: Option<Cost>,
    /// A line in the log of the last run.
    #[serde(default, deserialize_with = "some")]
    pub(crate) log: Option<LogHas>,
    /// How the last run ended: `done`, `rejected`, `retry`, `trap` …
    pub(crate) run: Option<String>,
}

/// One message.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) struct Reply {
    /// Words that it has.
    pub(crate) contains: Option<Words>,
    /// All that it says, without what there is to tap.
    pub(crate) equals: Option<String>,
    /// A regular expression that it matches somewhere.
    pub(crate) matches: Option<String>,
    /// The labels of its buttons.
    pub(crate) buttons: Option<Vec<String>>,
    /// The titles of the rows of its list.
    pub(crate) list: Option<Vec<String>>,
    /// The template that it is.
    pub(crate) template: Option<String>,
    /// The values that the template was filled with.
    pub(crate) params: Option<Vec<String>>,
    /// So many messages, of which the last is meant; 1 unless given.
    pub(crate) count: Option<usize>,
}

impl FromText for Reply {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Self { contains: Some(Words(vec![text.to_owned()])), ..Self::default() })
    }
}

/// A message in a list of several.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(crate) struct One(#[serde(deserialize_with = "text_or")] pub(crate) Reply);

/// Words: one, or several that must all be there.
#[derive(Clone, Debug)]
pub(crate) struct Words(pub(crate) Vec<String>);

impl<'de> Deserialize<'de> for Words {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(one) => Ok(Self(vec![one])),
            Value::Array(many) => {
                let word = |value: Value| value.as_str().map(str::to_owned);
                let words: Option<Vec<_>> = many.into_iter().map(word).collect();
                words.map(Self).ok_or_else(|| serde::de::Error::custom("contains: write a text, or a list of texts"))
            }
            _ => Err(serde::de::Error::custom("contains: write a text, or a list of texts")),
        }
    }
}

/// A hand-off.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HandedTo {
    pub(crate) who: Owner,
    #[serde(default)]
    pub(crate) note: String,
}

/// What messages cost.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Cost {
    /// A decimal.
    pub(crate) total: Option<String>,
    /// How many messages were charged.
    pub(crate) charged: Option<usize>,
}

impl FromText for Cost {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Self { total: Some(text.to_owned()), charged: None })
    }
}

/// A line of a log.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct LogHas {
    pub(crate) level: Option<LogLevel>,
    #[serde(default)]
    pub(crate) contains: String,
}

impl FromText for LogHas {
    fn from_text(text: &str) -> Result<Self, String> {
        Ok(Self { level: None, contains: text.to_owned() })
    }
}

fn some<'de, D: Deserializer<'de>, T: Deserialize<'de> + FromText>(deserializer: D) -> Result<Option<T>, D::Error> {
    text_or(deserializer).map(Some)
}
