//! TOML and JSON texts as one tree of JSON that knows where in the text each part stands.

mod json;
mod toml;

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use serde_json::Value;

use crate::Problem;

/// Where a value stands in the text.
#[derive(Clone, Debug, Default)]
struct Place {
    /// Its key, if it has one.
    key: Option<Range<usize>>,
    value: Range<usize>,
}

/// Which part of an entry a problem is about.
#[derive(Clone, Copy, Debug)]
pub enum Focus {
    /// Its name.
    Key,
    /// What it says.
    Value,
}

/// A text that was read.
#[derive(Clone, Debug)]
pub struct Document {
    name: String,
    text: Arc<str>,
    /// What it says.
    pub value: Value,
    /// By JSON Pointer.
    places: HashMap<String, Place>,
}

impl Document {
    /// Reads JSON if the name ends in `.json`, and TOML otherwise. A TOML date becomes a string.
    ///
    /// # Errors
    /// Every place where the text is not well-formed.
    pub fn parse(name: &str, text: &str) -> Result<Self, Vec<Problem>> {
        if name.to_ascii_lowercase().ends_with(".json") {
            Self::parse_json(name, text)
        } else {
            Self::of(name, text, toml::parse(text))
        }
    }

    /// Reads JSON, whatever the name.
    ///
    /// # Errors
    /// Where the text is not well-formed.
    pub fn parse_json(name: &str, text: &str) -> Result<Self, Vec<Problem>> {
        Self::of(name, text, json::parse(text))
    }

    fn of(name: &str, text: &str, parsed: Parsed) -> Result<Self, Vec<Problem>> {
        let text: Arc<str> = text.into();
        match parsed {
            Ok((value, places)) => Ok(Self { name: name.to_owned(), text, value, places }),
            Err(faults) => {
                let problem = |(span, what)| Problem::within(name, &text, span, what, None);
                Err(faults.into_iter().map(problem).collect())
            }
        }
    }

    /// The file, relative to the package.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// A problem with the part at a JSON Pointer, or with the nearest part around it that is written down.
    pub fn problem(
        &self,
        pointer: &str,
        focus: Focus,
        what: impl Into<String>,
        help: impl Into<Option<String>>,
    ) -> Problem {
        let mut nearest = pointer;
        let span = loop {
            match (self.places.get(nearest), nearest.rfind('/')) {
                (Some(place), _) => {
                    // Around what is missing, the key says more than a table that may be pages long.
                    let key = matches!(focus, Focus::Key) || nearest.len() < pointer.len();
                    break place.key.clone().filter(|_| key).unwrap_or_else(|| place.value.clone());
                }
                (None, Some(end)) => nearest = &nearest[..end],
                (None, None) => break 0..0,
            }
        };
        Problem::within(&self.name, &self.text, span, what.into(), help.into())
    }

    /// The string at a JSON Pointer.
    pub(crate) fn str(&self, pointer: &str) -> Option<&str> {
        self.value.pointer(pointer)?.as_str()
    }

    /// The strings in the list at a JSON Pointer, with a pointer to each.
    pub(crate) fn strings<'a>(&'a self, pointer: &'a str) -> impl Iterator<Item = (String, &'a str)> {
        let list = self.value.pointer(pointer).and_then(Value::as_array);
        let items = list.into_iter().flatten().enumerate();
        items.filter_map(move |(index, item)| Some((format!("{pointer}/{index}"), item.as_str()?)))
    }
}

/// A pointer to a member of what `pointer` points to.
pub fn member(pointer: &str, key: &str) -> String {
    format!("{pointer}/{}", key.replace('~', "~0").replace('/', "~1"))
}

/// A pointer as people read it: `sectors.0.title`.
pub(crate) fn dotted(pointer: &str) -> String {
    pointer.trim_start_matches('/').replace('/', ".").replace("~1", "/").replace("~0", "~")
}

type Parsed = Result<(Value, HashMap<String, Place>), Vec<(Range<usize>, String)>>;

#[cfg(test)]
mod tests;
