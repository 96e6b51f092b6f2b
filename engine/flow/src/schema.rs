//! Reading JSON Schemas: validators, and what several schemas together say of one value.

use jsonschema::{PatternOptions, ValidationError, Validator};
use serde_json::Value;

/// The dialect, as `$schema` names it.
pub(crate) const DIALECT: &str = "https://json-schema.org/draft/2020-12/schema";

/// How many schemas may speak of one value through `$ref` and `allOf`; bounds references that go round.
const MOST_NODES: usize = 32;

/// Makes a validator that follows no reference out of the document, and whose patterns take linear time: packages
/// come from strangers.
pub(crate) fn validator(schema: &Value) -> Result<Validator, Box<ValidationError<'static>>> {
    let patterns = PatternOptions::regex();
    jsonschema::draft202012::options().with_pattern_options(patterns).offline().build(schema).map_err(Box::new)
}

/// A node and those that it refers to, itself first.
pub(crate) fn nodes<'s>(root: &'s Value, node: &'s Value) -> Vec<&'s Value> {
    let mut nodes = vec![node];
    let mut next = 0;
    while let Some(node) = nodes.get(next).copied() {
        next += 1;
        let reference = node.get("$ref").and_then(Value::as_str).and_then(|reference| reference.strip_prefix('#'));
        let all = node.get("allOf").and_then(Value::as_array).into_iter().flatten();
        nodes.extend(reference.and_then(|pointer| root.pointer(pointer)).into_iter().chain(all));
        nodes.truncate(MOST_NODES);
    }
    nodes
}

/// The properties that a node, or one that it refers to, declares.
pub(crate) fn properties<'s>(root: &'s Value, node: &'s Value) -> impl Iterator<Item = (&'s str, &'s Value)> {
    let objects = nodes(root, node).into_iter().filter_map(|node| node.get("properties")?.as_object());
    objects.flatten().map(|(key, property)| (key.as_str(), property))
}
