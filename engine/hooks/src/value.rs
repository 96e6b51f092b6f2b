//! Reading JSON that others write: what is missing, empty or of another type is not there.

use chrono::DateTime;
use ponte_model::Timestamp;
use serde_json::Value;

/// So many characters of a name are kept; all of it is in the raw event.
const LONGEST: usize = 200;

/// So many lines of an order are kept.
pub(crate) const MOST_ITEMS: usize = 200;

/// So long may an order's id and number be: flows make keys of them.
pub(crate) const LONGEST_ID: usize = 64;

/// Words at a path, without blanks around them.
pub(crate) fn text(json: &Value, path: &str) -> Option<String> {
    let words = json.pointer(path)?.as_str()?.trim();
    (!words.is_empty()).then(|| cut(words))
}

/// Words or a whole number at a path: ids are either.
pub(crate) fn id(json: &Value, path: &str) -> Option<String> {
    match json.pointer(path)? {
        Value::Number(number) => Some(number.to_string()),
        _ => text(json, path),
    }
}

/// A moment at a path, as RFC 3339.
pub(crate) fn moment(json: &Value, path: &str) -> Option<Timestamp> {
    instant(&text(json, path)?)
}

/// A moment, as RFC 3339.
pub(crate) fn instant(text: &str) -> Option<Timestamp> {
    Some(Timestamp::from(DateTime::parse_from_rfc3339(text.trim()).ok()?.to_utc()))
}

/// What can be tapped.
pub(crate) fn link(text: String) -> Option<String> {
    let web = text.starts_with("https://") || text.starts_with("http://");
    (web && !text.contains(char::is_whitespace)).then_some(text)
}

/// The first so many characters.
pub(crate) fn cut(words: &str) -> String {
    words.chars().take(LONGEST).collect()
}

/// A list at a path.
pub(crate) fn list<'a>(json: &'a Value, path: &str) -> &'a [Value] {
    json.pointer(path).and_then(Value::as_array).map_or(&[], Vec::as_slice)
}
