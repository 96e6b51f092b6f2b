//! Filling in what a schema has defaults for.

use serde_json::{Map, Value};

use crate::schema::{nodes, properties};

/// Fills in what is missing and has a default, at any depth. A missing table whose members have defaults appears
/// if they are all that it must have.
pub(super) fn fill(root: &Value, value: &mut Value) {
    Filler { root, open: Vec::new(), left: MOST_DEFAULTS }.fill(root, value);
}

/// How many missing values are looked into: a schema by a stranger may double at each level.
const MOST_DEFAULTS: usize = 100_000;

struct Filler<'s> {
    root: &'s Value,
    /// The schemas whose defaults are being worked out, by address: one may contain itself.
    open: Vec<*const Value>,
    /// How many missing values may still be looked into.
    left: usize,
}

impl<'s> Filler<'s> {
    fn fill(&mut self, node: &'s Value, value: &mut Value) {
        match value {
            Value::Object(members) => {
                for (key, property) in properties(self.root, node) {
                    match members.get_mut(key) {
                        Some(member) => self.fill(property, member),
                        None => {
                            if let Some(member) = self.missing(property) {
                                members.insert(key.to_owned(), member);
                            }
                        }
                    }
                }
            }
            Value::Array(items) => {
                for schema in nodes(self.root, node).into_iter().filter_map(|node| node.get("items")) {
                    items.iter_mut().for_each(|item| self.fill(schema, item));
                }
            }
            _ => {}
        }
    }

    /// What stands for a value that is not there.
    fn missing(&mut self, node: &'s Value) -> Option<Value> {
        if self.left == 0 || self.open.contains(&std::ptr::from_ref(node)) {
            return None;
        }
        self.left -= 1;
        self.open.push(node);
        let nodes = nodes(self.root, node);
        let given = nodes.iter().find_map(|node| node.get("default"));
        let mut value = given.cloned().unwrap_or_else(|| Value::Object(Map::new()));
        self.fill(node, &mut value);
        self.open.pop();
        let required = || nodes.iter().filter_map(|node| node.get("required")?.as_array()).flatten();
        let complete = |members: &Map<String, Value>| {
            !members.is_empty() && required().all(|key| key.as_str().is_some_and(|key| members.contains_key(key)))
        };
        (given.is_some() || value.as_object().is_some_and(complete)).then_some(value)
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn filled(schema: &Value, mut value: Value) -> Value {
        fill(schema, &mut value);
        value
    }

    #[test]
    fn a_table_appears_if_its_defaults_complete_it() {
        let table = [
            (json!({}), json!({})),
            (json!({"properties": {"a": {"default": 1}, "b": {"type": "string"}}}), json!({"a": 1})),
            (json!({"properties": {"t": {"properties": {"a": {"default": 1}}}}}), json!({"t": {"a": 1}})),
            (
                json!({"properties": {"t": {"properties": {"a": {"default": 1}, "b": {}}, "required": ["b"]}}}),
                json!({}),
            ),
            (
                json!({"properties": {"t": {"properties": {"a": {"default": 1}}, "default": {"b": 2}}}}),
                json!({"t": {"b": 2, "a": 1}}),
            ),
            (json!({"properties": {"t": {"$ref": "#/$defs/t"}}, "$defs": {"t": {"default": 3}}}), json!({"t": 3})),
            (
                json!({"allOf": [{"properties": {"a": {"default": 1}}}], "properties": {"b": {"default": null}}}),
                json!({"a": 1, "b": null}),
            ),
        ];
        for (schema, expected) in table {
            assert_eq!(filled(&schema, json!({})), expected, "{schema}");
        }
        let list = json!({"properties": {"l": {"items": {"properties": {"a": {"default": 1}}}}}});
        assert_eq!(filled(&list, json!({"l": [{}, {"a": 2}, 3]})), json!({"l": [{"a": 1}, {"a": 2}, 3]}));
        // What is there is left alone.
        assert_eq!(filled(&list, json!({"l": {"x": 1}})), json!({"l": {"x": 1}}));
    }

    #[test]
    fn a_schema_that_contains_itself_has_an_end() {
        let ring = json!({"properties": {"down": {"$ref": "#", "default": {}}, "a": {"default": 1}}});
        assert_eq!(filled(&ring, json!({})), json!({"down": {"a": 1}, "a": 1}));
        let knot = json!({"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#"}]}}});
        assert_eq!(filled(&knot, json!({"x": 1})), json!({"x": 1}));
        let mut levels = serde_json::Map::new();
        for level in 0..40 {
            let next = json!({"$ref": format!("#/$defs/{}", level + 1)});
            levels.insert(level.to_string(), json!({"properties": {"l": next, "r": next}}));
        }
        levels.insert("40".to_owned(), json!({"default": 1}));
        // Twice as many at each of forty levels.
        filled(&json!({"$ref": "#/$defs/0", "$defs": levels}), json!({}));
    }
}
