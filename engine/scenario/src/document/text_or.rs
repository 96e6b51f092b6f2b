//! Things that are a text where that says enough, and a map where it does not.

use std::fmt;
use std::marker::PhantomData;

use serde::de::value::MapAccessDeserializer;
use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};

/// Made of a text alone.
pub(crate) trait FromText: Sized {
    /// What the text means.
    fn from_text(text: &str) -> Result<Self, String>;
}

struct TextOr<T>(PhantomData<T>);

impl<'de, T: Deserialize<'de> + FromText> Visitor<'de> for TextOr<T> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a map")
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<T, E> {
        T::from_text(text).map_err(E::custom)
    }

    fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<T, A::Error> {
        T::deserialize(MapAccessDeserializer::new(map))
    }
}

/// Reads a text or a map. Unlike an untagged enum it keeps the place of what is wrong.
pub(crate) fn text_or<'de, D: Deserializer<'de>, T: Deserialize<'de> + FromText>(
    deserializer: D,
) -> Result<T, D::Error> {
    deserializer.deserialize_any(TextOr(PhantomData))
}
