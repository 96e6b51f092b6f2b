//! Reading JSON piece by piece, so that what is wrong in one place costs nothing elsewhere.
//!
//! Everything borrows from the body. Ids, times and amounts come as strings or as numbers, depending on the field
//! and the year; [`Object::word`] reads both, and keeps digits that no double could hold.

use std::borrow::Cow;
use std::fmt;

use ponte_model::Timestamp;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::Value;
use serde_json::value::RawValue;

/// An object whose values are read only when asked for.
pub(super) struct Object<'a> {
    raw: &'a RawValue,
    fields: Vec<(&'a RawValue, &'a RawValue)>,
}

impl<'a> Object<'a> {
    /// The object that `raw` is, if it is one.
    pub(super) fn of(raw: &'a RawValue) -> Option<Self> {
        serde_json::from_str(raw.get()).ok().map(|Fields(fields)| Self { raw, fields })
    }

    /// The object itself.
    pub(super) fn raw(&self) -> &'a RawValue {
        self.raw
    }

    /// Every key with its value, in the order of the text.
    pub(super) fn iter(&self) -> impl Iterator<Item = (Cow<'a, str>, &'a RawValue)> + '_ {
        self.fields.iter().map(|(key, value)| (unquote(key).unwrap_or(Cow::Borrowed(key.get())), *value))
    }

    /// The value of a key; `null` counts as missing.
    pub(super) fn get(&self, key: &str) -> Option<&'a RawValue> {
        let (_, value) = self.fields.iter().find(|(quoted, _)| is_key(quoted, key))?;
        (value.get() != "null").then_some(*value)
    }

    /// The object under a key.
    pub(super) fn object(&self, key: &str) -> Option<Self> {
        Self::of(self.get(key)?)
    }

    /// The list under a key.
    pub(super) fn list(&self, key: &str) -> Option<Vec<&'a RawValue>> {
        list(self.get(key)?)
    }

    /// The string or number under a key, as text; `""` counts as missing.
    pub(super) fn word(&self, key: &str) -> Option<Cow<'a, str>> {
        word(self.get(key)?)
    }

    /// The first of several keys that holds a string or number: for names that changed over the years.
    pub(super) fn first_word(&self, keys: &[&str]) -> Option<Cow<'a, str>> {
        keys.iter().find_map(|key| self.word(key))
    }

    /// Like [`Object::word`], owned.
    pub(super) fn text(&self, key: &str) -> Option<String> {
        self.word(key).map(Cow::into_owned)
    }

    /// The string under a key, even if it is empty.
    pub(super) fn string(&self, key: &str) -> Option<String> {
        unquote(self.get(key)?).map(Cow::into_owned)
    }

    /// The number under a key, written as a number or as a string.
    pub(super) fn number<T: std::str::FromStr>(&self, key: &str) -> Option<T> {
        self.word(key)?.parse().ok()
    }

    /// The boolean under a key.
    pub(super) fn flag(&self, key: &str) -> Option<bool> {
        match self.get(key)?.get() {
            "true" => Some(true),
            "false" => Some(false),
            _ => None,
        }
    }

    /// The moment under a key, in seconds since the Unix epoch.
    pub(super) fn time(&self, key: &str) -> Option<Timestamp> {
        self.number(key).map(Timestamp::from_secs)
    }

    /// The object as a value of its own.
    pub(super) fn to_value(&self) -> Value {
        to_value(self.raw)
    }
}

/// The elements of a list, if `raw` is one.
pub(super) fn list(raw: &RawValue) -> Option<Vec<&RawValue>> {
    serde_json::from_str(raw.get()).ok()
}

/// A string or number as text; `""` counts as missing.
pub(super) fn word(raw: &RawValue) -> Option<Cow<'_, str>> {
    match raw.get().as_bytes()[0] {
        b'"' => unquote(raw).filter(|text| !text.is_empty()),
        b'-' | b'0'..=b'9' => Some(Cow::Borrowed(raw.get())),
        _ => None,
    }
}

/// A value that outlives the body. What `Value` cannot hold (half a surrogate pair, a number beyond all bounds)
/// is kept as the text it is.
pub(super) fn to_value(raw: &RawValue) -> Value {
    serde_json::from_str(raw.get()).unwrap_or_else(|_| Value::String(raw.get().to_owned()))
}

/// The same text for the same JSON, however its keys are ordered and its strings escaped.
pub(super) fn canonical(raw: &RawValue) -> String {
    let mut value = to_value(raw);
    value.sort_all_objects();
    value.to_string()
}

fn is_key(quoted: &RawValue, key: &str) -> bool {
    match inner(quoted) {
        Some(plain) if !plain.contains('\\') => plain == key,
        _ => unquote(quoted).is_some_and(|unquoted| unquoted == key),
    }
}

fn unquote(raw: &RawValue) -> Option<Cow<'_, str>> {
    let inner = inner(raw)?;
    if !inner.contains('\\') {
        return Some(Cow::Borrowed(inner));
    }
    serde_json::from_str(raw.get()).ok().map(Cow::Owned)
}

/// What stands between the quotes of a string, still escaped.
fn inner(raw: &RawValue) -> Option<&str> {
    raw.get().strip_prefix('"')?.strip_suffix('"')
}

struct Fields<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Fields<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyObject;

        impl<'de> Visitor<'de> for AnyObject {
            type Value = Fields<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut fields = Vec::with_capacity(8);
                // Keys stay raw too: one that is no valid text must not cost the others.
                while let Some(field) = map.next_entry()? {
                    fields.push(field);
                }
                Ok(Fields(fields))
            }
        }

        deserializer.deserialize_map(AnyObject)
    }
}
