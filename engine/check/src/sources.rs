//! The source of a plugin, read as words: enough to see which texts it names, and in Python what it asks for.

use std::path::Path;
use std::sync::Arc;

use ponte_flow::Problem;

use crate::Finding;

/// Folders that hold no source of the builder's own.
const LEFT_OUT: [&str; 8] = ["sdk", "wit", "target", "node_modules", "scenarios", "texts", "templates", "tests"];

/// What a source is called.
const ENDINGS: [&str; 8] = ["rs", "ts", "js", "mjs", "cjs", "py", "c", "h"];

/// How sources ask for a text: in Rust, JavaScript, Python and C.
const CALLS: [&str; 5] = ["text!(", "texts::get(", "texts.get(", "texts.text(", "ponte_text("];

/// So far a call is read, in bytes.
const CALL_BYTES: usize = 300;

/// The files of a source.
pub(crate) struct Sources(pub(crate) Vec<(String, Arc<str>)>);

impl Sources {
    pub(crate) fn read(dir: &Path) -> Self {
        let mut files = Vec::new();
        collect(dir, "", &mut files);
        files.sort();
        Self(files)
    }

    /// Whether any of them has this key as a string.
    pub(crate) fn name(&self, key: &str) -> bool {
        let spelled = ['"', '\'', '`'].map(|quote| format!("{quote}{key}{quote}"));
        self.0.iter().any(|(_, text)| spelled.iter().any(|word| text.contains(word)))
    }

    /// Texts that are asked for and that there are not.
    pub(crate) fn unknown_texts(&self, known: &dyn Fn(&str) -> bool) -> Vec<Finding> {
        let mut findings = Vec::new();
        for (file, text) in &self.0 {
            for call in CALLS {
                for (at, _) in text.match_indices(call) {
                    let Some((start, key)) = first_key(text, at + call.len()) else { continue };
                    if !known(key) {
                        let what = format!("there is no text `{key}`");
                        let help = format!("add `{key} = \"…\"` to the file of each language in texts/");
                        let span = start..start + key.len();
                        findings.push(Finding::error(Problem::within(file, text, span, what, Some(help))));
                    }
                }
            }
        }
        findings
    }
}

/// The first argument of a call that is a string and could be a key, and where it stands. Languages are no keys: those
/// of one word are skipped where another string follows.
fn first_key(text: &str, from: usize) -> Option<(usize, &str)> {
    let end = (from..=(from + CALL_BYTES).min(text.len())).rev().find(|at| text.is_char_boundary(*at))?;
    let (mut depth, mut quoted, mut keys) = (1_u32, None, Vec::new());
    for (at, letter) in text[from..end].char_indices().map(|(at, letter)| (from + at, letter)) {
        match (quoted, letter) {
            (Some((open, start)), _) if letter == open => {
                // A string within a call within the call is that one's.
                if depth == 1 {
                    keys.push((start, &text[start..at]));
                }
                quoted = None;
            }
            (Some(_), _) => {}
            (None, '"' | '\'' | '`') => quoted = Some((letter, at + 1)),
            (None, '(') => depth += 1,
            (None, ')' | ';') => depth = if letter == ';' { 0 } else { depth - 1 },
            _ => {}
        }
        if depth == 0 {
            break;
        }
    }
    let key = |word: &str| {
        !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"-_".contains(&b))
    };
    let language = |word: &str| ["pt", "es", "en"].contains(&word);
    keys.into_iter().find(|(_, word)| key(word) && !language(word))
}

fn collect(dir: &Path, prefix: &str, files: &mut Vec<(String, Arc<str>)>) {
    for entry in dir.read_dir().into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        let path = entry.path();
        if name.starts_with('.') || LEFT_OUT.contains(&name.as_str()) {
            continue;
        }
        if path.is_dir() {
            collect(&path, &format!("{prefix}{name}/"), files);
        } else if path.extension().is_some_and(|end| ENDINGS.iter().any(|known| end == *known))
            && let Ok(text) = std::fs::read_to_string(&path)
        {
            files.push((format!("{prefix}{name}"), text.into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_of_a_call_is_found_in_each_language() {
        let table = [
            ("text!(language, \"greeting\", name = \"x\")?", Some("greeting")),
            ("text!(settings::get(\"language\")?, \"note\")", Some("note")),
            ("texts.get('again', { count })", Some("again")),
            ("texts.get(\"pt\", \"again\")", Some("again")),
            ("texts::get(key, language); \"other\"", None),
            ("text!(language,\n    \"olá\")", None),
            ("ponte_text(\"note\", language)", Some("note")),
        ];
        for (source, expected) in table {
            let call = CALLS.iter().find_map(|call| Some(source.find(call)? + call.len())).unwrap();
            assert_eq!(first_key(source, call).map(|(_, key)| key), expected, "{source}");
        }
    }
}
