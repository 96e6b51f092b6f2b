//! Finding fields in a request by patterns such as `interactive.action.buttons[].reply.title`.

use serde_json::Value;

/// Every place that `pattern` names in `root`, with its path as Meta would spell it in an error. A place that should
/// be there and is not is `None`; an array without elements names no place.
pub(crate) fn find<'v>(root: &'v Value, pattern: &str) -> Vec<(String, Option<&'v Value>)> {
    let mut places = vec![(String::new(), Some(root))];
    for step in pattern.split('.') {
        let (key, each) = step.strip_suffix("[]").map_or((step, false), |key| (key, true));
        places = places.into_iter().flat_map(|place| descend(place, key, each)).collect();
    }
    places
}

fn descend<'v>((path, value): (String, Option<&'v Value>), key: &str, each: bool) -> Vec<(String, Option<&'v Value>)> {
    let path = if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
    let child = value.and_then(|value| value.get(key)).filter(|child| !child.is_null());
    match child.and_then(Value::as_array) {
        Some(elements) if each => {
            elements.iter().enumerate().map(|(index, element)| (format!("{path}[{index}]"), Some(element))).collect()
        }
        _ if each => vec![(path, None)],
        _ => vec![(path, child)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn patterns_find_every_place() {
        let root = json!({"a": {"rows": [{"id": "x"}, {}, {"id": null}]}});
        let found = find(&root, "a.rows[].id");
        let paths: Vec<_> = found.iter().map(|(path, value)| (path.as_str(), value.is_some())).collect();
        assert_eq!(paths, [("a.rows[0].id", true), ("a.rows[1].id", false), ("a.rows[2].id", false)]);
        assert_eq!(find(&root, "a.none[].id"), [("a.none.id".to_owned(), None)]);
        assert_eq!(find(&json!({"rows": []}), "rows[].id"), []);
    }
}
