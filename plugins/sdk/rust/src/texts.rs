//! The words that customers read: the package's `texts/`, unless the shop wrote its own.
//!
//! By convention the setting `texts.<language>.<key>` replaces a text of the package.

use std::fmt::{Display, Write};

use crate::bindings::ponte::flow::settings as wire;
use crate::{Error, settings};

/// A text of the flow in the language that fits best: the shop's own, or the package's.
///
/// # Errors
/// [`Error::Missing`] if no language has the key, which is a fault of the package.
pub fn get(key: &str, language: &str) -> Result<String, Error> {
    let own: Option<String> = settings::get(&format!("texts.{language}.{key}"))?;
    own.or_else(|| wire::text(key, language)).ok_or_else(|| Error::Missing { what: format!("text `{key}`") })
}

/// Puts values into the `{places}` of a text.
///
/// ```
/// use ponte_sdk::texts::fill;
/// assert_eq!(fill("We open {when}.", &[("when", &"at 9:00")]), "We open at 9:00.");
/// ```
///
/// A place without a value stays as it is, and values are not searched for places: what a customer wrote cannot
/// pull in something else.
pub fn fill(text: &str, values: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let (before, place) = rest.split_at(start);
        filled.push_str(before);
        let value = place[1..].split_once('}').and_then(|(name, after)| {
            let (_, value) = values.iter().find(|(known, _)| *known == name)?;
            Some((value, after))
        });
        rest = match value {
            Some((value, after)) => {
                // Writing to a string fails only if the value's own `Display` does.
                let _ = write!(filled, "{value}");
                after
            }
            None => {
                filled.push('{');
                &place[1..]
            }
        };
    }
    filled.push_str(rest);
    filled
}

/// A text of the flow with its `{places}` filled: `text!(language, "closed", next = when)?`.
///
/// A `Result<String, Error>`, as of [`texts::get`](crate::texts::get).
#[macro_export]
macro_rules! text {
    ($language:expr, $key:expr $(, $place:ident = $value:expr)* $(,)?) => {
        $crate::texts::get($key, $language.as_ref())
            .map(|text| $crate::texts::fill(&text, &[$((stringify!($place), &$value)),*]))
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn fills_known_places_once() {
        let table = [
            ("", ""),
            ("no places", "no places"),
            ("{a}", "1"),
            ("{a}{b}{a}", "1{a}1"),
            ("keep {unknown} and {", "keep {unknown} and {"),
            ("{{a}}", "{1}"),
            ("olá, {a}! até {b}…", "olá, 1! até {a}…"),
            ("} {a", "} {a"),
        ];
        for (text, expected) in table {
            assert_eq!(fill(text, &[("a", &1), ("b", &"{a}")]), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn changes_nothing_without_values(text in ".*") {
            prop_assert_eq!(fill(&text, &[]), text);
        }

        #[test]
        fn never_panics(text in "[{}ab ]*", value in ".*") {
            let filled = fill(&text, &[("a", &value)]);
            prop_assert!(filled.len() + 3 * text.len() >= text.len());
        }
    }
}
