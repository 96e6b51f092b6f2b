//! What a JSON Schema finds, in words, at its place in the text.

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::{JsonType, ValidationError, Validator};
use serde_json::Value;

use crate::document::{Document, Focus, dotted, member};
use crate::{Problem, schema};

/// A problem, and the JSON Pointer of what it is about.
pub(crate) type Found = (String, Problem);

/// Everything in `value` that does not fit. `value` is what `document` says, perhaps with defaults filled in;
/// `root` is the schema that the validator was made of.
pub(crate) fn check(validator: &Validator, root: &Value, value: &Value, document: &Document) -> Vec<Found> {
    let mut explainer = Explainer { root, document, found: Vec::new() };
    validator.iter_errors(value).for_each(|error| explainer.explain(&error));
    let mut found = explainer.found;
    found.sort_by(|(_, a), (_, b)| (a.line, a.column, &a.what).cmp(&(b.line, b.column, &b.what)));
    // Two branches of a schema may say the same.
    found.dedup_by(|(_, a), (_, b)| (a.line, a.column, &a.what) == (b.line, b.column, &b.what));
    found
}

struct Explainer<'a> {
    root: &'a Value,
    document: &'a Document,
    found: Vec<Found>,
}

impl Explainer<'_> {
    fn explain(&mut self, error: &ValidationError<'_>) {
        let pointer = error.instance_path().as_str();
        let name = if pointer.is_empty() { "this".to_owned() } else { format!("`{}`", dotted(pointer)) };
        // The object that holds the keyword.
        let keyword = error.schema_path().as_str();
        let node = keyword.rsplit_once('/').and_then(|(node, _)| self.root.pointer(node)).unwrap_or(&Value::Null);
        match error.kind() {
            Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
                for key in unexpected {
                    let help = instead_of(key, schema::properties(self.root, node).map(|(key, _)| key));
                    let what = format!("`{key}` is not known here");
                    self.push(&member(pointer, key), Focus::Key, what, help);
                }
            }
            Kind::Required { property } => {
                let key = property.as_str().unwrap_or_default();
                let pointer = member(pointer, key);
                let help = schema::properties(self.root, node).find(|(known, _)| *known == key);
                let help = help.and_then(|(_, property)| hint(self.root, property));
                self.push(&pointer, Focus::Value, format!("`{}` is missing", dotted(&pointer)), help);
            }
            Kind::PropertyNames { error: inner } => {
                let key = inner.instance().as_str().unwrap_or_default();
                let names = node.get("propertyNames").unwrap_or(&Value::Null);
                let what = format!("`{key}` cannot be a key here");
                self.push(&member(pointer, key), Focus::Key, what, hint(self.root, names));
            }
            Kind::Type { kind } => {
                let what = format!("{name} is {}, but must be {}", noun_of(error.instance()), nouns(kind));
                self.push(pointer, Focus::Value, what, hint(self.root, node));
            }
            Kind::Enum { options } => {
                let options = options.as_array().map(Vec::as_slice).unwrap_or_default();
                let words = options.iter().filter_map(Value::as_str);
                let help = match error.instance().as_str() {
                    Some(word) => instead_of(word, words),
                    None => instead_of("", words),
                };
                let what = format!("{name} cannot be `{}`", shown(error.instance()));
                self.push(pointer, Focus::Value, what, help);
            }
            Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
                self.explain_alternatives(error, &name, pointer, node, context);
            }
            // The words say more than a regular expression.
            Kind::Pattern { .. } if node.get("description").is_some() => {
                let what = format!("{name} does not have the right form");
                self.push(pointer, Focus::Value, what, hint(self.root, node));
            }
            _ => {
                let what = error.masked_with(name).to_string();
                self.push(pointer, Focus::Value, what, hint(self.root, node));
            }
        }
    }

    /// If the value is of the type of one alternative, that one is meant.
    fn explain_alternatives(
        &mut self,
        error: &ValidationError<'_>,
        name: &str,
        pointer: &str,
        node: &Value,
        context: &[Vec<ValidationError<'static>>],
    ) {
        let mut wanted = Vec::new();
        let mut meant = Vec::new();
        for branch in context {
            let mistyped = branch.iter().find_map(|inner| match inner.kind() {
                Kind::Type { kind } if inner.instance_path().as_str() == pointer => Some(nouns(kind)),
                _ => None,
            });
            match mistyped {
                Some(noun) => wanted.push(noun),
                None => meant.push(branch),
            }
        }
        if let [branch] = meant[..] {
            branch.iter().for_each(|inner| self.explain(inner));
            return;
        }
        let what = if meant.is_empty() && !wanted.is_empty() {
            format!("{name} is {}, but must be {}", noun_of(error.instance()), wanted.join(" or "))
        } else {
            format!("{name} has none of the forms that it can have")
        };
        self.push(pointer, Focus::Value, what, hint(self.root, node));
    }

    fn push(&mut self, pointer: &str, focus: Focus, what: String, help: Option<String>) {
        self.found.push((pointer.to_owned(), self.document.problem(pointer, focus, what, help)));
    }
}

/// What the schema says of a value that would be right.
fn hint(root: &Value, node: &Value) -> Option<String> {
    let mut nodes = schema::nodes(root, node).into_iter();
    let mut first = |pointers: &[&str]| nodes.find_map(|node| pointers.iter().find_map(|at| node.pointer(at)).cloned());
    let words = first(&["/x-ponte/help/en", "/x-ponte/title/en", "/description"]);
    let mut nodes = schema::nodes(root, node).into_iter();
    let example = nodes.find_map(|node| node.pointer("/examples/0").or_else(|| node.get("default")).cloned());
    let words = words.as_ref().and_then(Value::as_str).map(|words| words.trim_end_matches('.').to_owned());
    match (words, example.map(|example| format!("for example `{}`", shown(&example)))) {
        (Some(words), Some(example)) => Some(format!("{words}; {example}")),
        (words, example) => words.or(example),
    }
}

/// "did you mean …?", or what there is to choose from.
pub(crate) fn instead_of<'a>(word: &str, known: impl Iterator<Item = &'a str>) -> Option<String> {
    let known: Vec<_> = known.collect();
    let distance = |candidate: &str| strsim::damerau_levenshtein(&word.to_lowercase(), &candidate.to_lowercase());
    let nearest = known.iter().map(|candidate| (distance(candidate), candidate)).min();
    match nearest {
        None => None,
        Some((distance, candidate)) if distance <= (candidate.chars().count() / 3).max(1) => {
            Some(format!("did you mean `{candidate}`?"))
        }
        Some(_) => Some(format!("one of {}", known.join(", "))),
    }
}

fn shown(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn nouns(kind: &TypeKind) -> String {
    match kind {
        TypeKind::Single(kind) => noun(*kind).to_owned(),
        TypeKind::Multiple(kinds) => kinds.iter().map(noun).collect::<Vec<_>>().join(" or "),
    }
}

fn noun(kind: JsonType) -> &'static str {
    match kind {
        JsonType::Array => "a list",
        JsonType::Boolean => "true or false",
        JsonType::Integer => "a whole number",
        JsonType::Null => "nothing",
        JsonType::Number => "a number",
        JsonType::Object => "a table",
        JsonType::String => "a string",
    }
}

fn noun_of(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "a list",
        Value::Bool(_) => "true or false",
        Value::Null => "nothing",
        Value::Number(_) => "a number",
        Value::Object(_) => "a table",
        Value::String(_) => "a string",
    }
}
