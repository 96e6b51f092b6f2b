//! What a flow says: the same places in each language, and texts that are used. That each key has a text in each
//! language, opening the package says.

use std::collections::BTreeSet;
use std::path::Path;

use ponte_build::Language;
use ponte_flow::{Document, Focus, member};
use serde_json::Value;

use crate::sources::Sources;
use crate::{Finding, document};

pub(crate) fn check(dir: &Path, manifest: &Document, language: Option<&'static Language>) -> Vec<Finding> {
    let folder = manifest.value.pointer("/flow/texts").and_then(Value::as_str).unwrap_or("texts");
    let languages = manifest.value.pointer("/flow/languages").and_then(Value::as_array);
    let languages: Vec<&str> = languages.into_iter().flatten().filter_map(Value::as_str).collect();
    let files: Vec<(&str, Document)> = languages
        .into_iter()
        .filter(|language| !language.contains(['/', '\\', '.']))
        .filter_map(|language| Some((language, document(dir, &format!("{folder}/{language}.toml"))?)))
        .collect();
    let Some(((first, reference), others)) = files.split_first() else { return Vec::new() };
    let mut findings = Vec::new();
    for (language, file) in others {
        findings.extend(other_places(first, reference, language, file));
    }
    if language.is_some() {
        let sources = Sources::read(dir);
        let fallback = manifest.value.pointer("/failure/text").and_then(Value::as_str);
        findings.extend(unused(reference, &sources, fallback));
        findings.extend(sources.unknown_texts(&|key| files.iter().any(|(_, file)| file.value.get(key).is_some())));
    }
    findings
}

/// A place that is filled in one language and not in another shows its braces to customers, or hides what they should
/// know.
fn other_places(first: &str, reference: &Document, language: &str, file: &Document) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (key, text) in texts(file) {
        let Some(model) = reference.value.get(key).and_then(Value::as_str) else { continue };
        let (wanted, found) = (places(model), places(text));
        let mut tell = |what: String, help: String| {
            findings.push(Finding::error(file.problem(&member("", key), Focus::Value, what, help)));
        };
        for place in wanted.difference(&found) {
            tell(
                format!("`{key}` lacks {{{place}}}, which it has in {first}"),
                format!("put {{{place}}} where it belongs in {language}"),
            );
        }
        for place in found.difference(&wanted) {
            let known = wanted.iter().map(|place| format!("{{{place}}}")).collect::<Vec<_>>().join(", ");
            let known = if known.is_empty() { "no places".to_owned() } else { known };
            tell(format!("`{key}` has {{{place}}}, which it has not in {first}"), format!("it has {known} there"));
        }
    }
    findings
}

fn unused(reference: &Document, sources: &Sources, fallback: Option<&str>) -> Vec<Finding> {
    let idle = texts(reference).filter(|(key, _)| Some(key.as_str()) != fallback && !sources.name(key));
    idle.map(|(key, _)| {
        let what = format!("no source names the text `{key}`");
        let help = "take it out of each language, unless its key is put together at run time".to_owned();
        Finding::warning(reference.problem(&member("", key), Focus::Key, what, help))
    })
    .collect()
}

fn texts(file: &Document) -> impl Iterator<Item = (&String, &str)> {
    file.value.as_object().into_iter().flatten().filter_map(|(key, text)| Some((key, text.as_str()?)))
}

/// The `{places}` of a text.
fn places(text: &str) -> BTreeSet<&str> {
    let named = |rest: &&str| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    text.split('{').skip(1).filter_map(|rest| Some(rest.split_once('}')?.0)).filter(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_names_in_braces() {
        let table: [(&str, &[&str]); 5] = [
            ("Oi{name}!", &["name"]),
            ("{a} {b} {a}", &["a", "b"]),
            ("{ } {} {x y} {", &[]),
            ("{{a}}", &["a"]),
            ("", &[]),
        ];
        for (text, expected) in table {
            assert_eq!(places(text), expected.iter().copied().collect(), "{text}");
        }
    }
}
