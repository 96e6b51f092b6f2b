//! Everything that can be wrong with a settings schema.

use jsonschema::error::ValidationErrorKind;
use serde_json::{Value, json};

use super::defaults;
use crate::document::{Document, Focus, dotted, member};
use crate::language::REQUIRED_LANGUAGES;
use crate::{Problem, explain, schema};

/// What the host must be able to rely on: a schema of this dialect, of an object that takes no other keys, with
/// words for people on every setting, and defaults that fit.
pub(crate) fn check(document: &Document) -> Vec<Problem> {
    let root = &document.value;
    let meta = jsonschema::draft202012::meta::validator();
    let mut problems: Vec<Problem> =
        explain::check(&meta, &Value::Null, root, document).into_iter().map(|(_, problem)| problem).collect();
    walk("", root, &mut |pointer, key, value| match (key, value) {
        ("x-ponte", words) => problems.extend(untranslated(document, pointer, words)),
        ("$ref", Value::String(target)) if target.strip_prefix('#').and_then(|at| root.pointer(at)).is_none() => {
            let help = "references stay within the file: `#/$defs/…`".to_owned();
            problems.push(document.problem(pointer, Focus::Value, format!("`{target}` leads nowhere"), help));
        }
        _ => {}
    });
    if problems.is_empty() {
        match schema::validator(root) {
            Ok(validator) => problems.extend(unfit_defaults(document, &validator)),
            Err(error) => {
                let help = "patterns are regular expressions without look-around or back-references".to_owned();
                let what = format!("this schema cannot be used: {error}");
                problems.push(document.problem(error.instance_path().as_str(), Focus::Value, what, help));
            }
        }
    }
    let top = [("type", json!("object")), ("additionalProperties", json!(false)), ("$schema", json!(schema::DIALECT))];
    for (key, right) in top {
        let found = root.get(key);
        // Naming the dialect is good manners, but this one is what is meant anyway.
        if found != Some(&right) && !(key == "$schema" && found.is_none()) {
            let what = if found.is_some() { format!("`{key}` must be {right}") } else { format!("`{key}` is missing") };
            problems.push(document.problem(
                &member("", key),
                Focus::Value,
                what,
                format!("write `\"{key}\": {right}`"),
            ));
        }
    }
    for key in root.get("properties").and_then(Value::as_object).into_iter().flat_map(|properties| properties.keys()) {
        let pointer = member("/properties", key);
        if root.pointer(&format!("{pointer}/x-ponte/title")).is_none() {
            let help = "add `\"x-ponte\": {\"title\": {\"pt-BR\": \"…\", \"es\": \"…\", \"en\": \"…\"}}`".to_owned();
            problems.push(document.problem(&pointer, Focus::Key, format!("the setting `{key}` has no title"), help));
        }
    }
    problems
}

/// Visits every member of every object, with its pointer and key.
fn walk<'v>(pointer: &str, value: &'v Value, visit: &mut impl FnMut(&str, &'v str, &'v Value)) {
    match value {
        Value::Object(members) => {
            for (key, inner) in members {
                let pointer = member(pointer, key);
                visit(&pointer, key, inner);
                walk(&pointer, inner, visit);
            }
        }
        Value::Array(items) => {
            items.iter().enumerate().for_each(|(index, inner)| walk(&format!("{pointer}/{index}"), inner, visit));
        }
        _ => {}
    }
}

/// Titles and help are in every language.
fn untranslated(document: &Document, pointer: &str, words: &Value) -> Vec<Problem> {
    let mut problems = Vec::new();
    for part in ["title", "help"] {
        let Some(translations) = words.get(part) else { continue };
        for language in REQUIRED_LANGUAGES {
            let words = translations.get(language).and_then(Value::as_str);
            if words.is_none_or(|words| words.trim().is_empty()) {
                let what = format!("the {part} is missing in {language}");
                problems.push(document.problem(&member(pointer, part), Focus::Key, what, None));
            }
        }
    }
    problems
}

/// The defaults alone, where they are wrong by themselves and not for want of other settings.
fn unfit_defaults(document: &Document, validator: &jsonschema::Validator) -> Vec<Problem> {
    let mut filled = json!({});
    defaults::fill(&document.value, &mut filled);
    let unfit = validator.iter_errors(&filled).filter(|error| {
        !(error.instance_path().is_empty() && matches!(error.kind(), ValidationErrorKind::Required { .. }))
    });
    unfit
        .map(|error| {
            let setting = error.instance_path().as_str();
            let what = format!("the default of `{}` does not fit its own schema: {error}", dotted(setting));
            document.problem(&default_of(&document.value, setting), Focus::Value, what, None)
        })
        .collect()
}

/// The pointer, in the schema, to the default that gave a setting its value.
fn default_of(root: &Value, setting: &str) -> String {
    let (mut pointer, mut deepest) = (String::new(), String::new());
    for key in setting.split('/').skip(1) {
        pointer = format!("{pointer}/properties/{key}");
        match root.pointer(&pointer) {
            Some(node) if node.get("default").is_some() => deepest = format!("{pointer}/default"),
            Some(_) => {}
            None => break,
        }
    }
    if deepest.is_empty() { pointer } else { deepest }
}
