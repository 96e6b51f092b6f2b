//! What is wrong with a file, where, and what would be right.

use std::path::{Path, PathBuf};

/// A scenario cannot be read. Says the file, the line, what is wrong and what would be right.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ScenarioError {
    /// The file.
    pub path: PathBuf,
    /// The line, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong, and what would be right.
    pub what: String,
}

impl std::fmt::Display for ScenarioError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.line {
            Some(line) => write!(f, "{}, line {line}: {}", self.path.display(), self.what),
            None => write!(f, "{}: {}", self.path.display(), self.what),
        }
    }
}

impl std::error::Error for ScenarioError {}

/// So alike must two words be for one to be taken for the other misspelt.
const ALIKE: f64 = 0.7;

impl ScenarioError {
    pub(crate) fn of(path: &Path, line: Option<usize>, what: String) -> Self {
        Self { path: path.to_owned(), line, what }
    }

    pub(super) fn unreadable(path: &Path, error: &std::io::Error) -> Self {
        // The path first, as people look for it; there is no line.
        Self { path: path.to_owned(), line: None, what: format!("cannot read {}: {error}", path.display()) }
    }

    pub(super) fn malformed(path: &Path, error: &serde_yaml_ng::Error) -> Self {
        let words = error.to_string();
        let line = error.location().map(|place| place.line());
        let words = words.split(" at line ").next().unwrap_or(&words);
        Self::of(path, line, helped(&counted_from_one(words)))
    }
}

/// What the parser calls what it expects, and what people who write scenarios call it.
const EXPECTED: [(&str, &str); 19] = [
    ("enum Step", "a step such as { customer: oi }"),
    ("enum NumberDoes", "a word such as offboard"),
    ("enum StatusIs", "read, or { failed: 131026 }"),
    ("struct Document", "a map with `steps:` in it"),
    ("struct Person", "a map such as { name: Ana }"),
    ("struct NumberIs", "a map such as { mode: api }"),
    ("struct BudgetIs", "a map such as { currency: BRL, hard: \"1.00\" }"),
    ("struct Hook", "a map such as { body: { id: 1 } }"),
    ("struct Api", "a map such as { error: 130429 }"),
    ("struct Expect", "a map such as { reply: oi }"),
    ("struct HandedTo", "a map such as { who: team }"),
    ("a sequence", "a list"),
    ("a string", "a text"),
    ("a boolean", "true or false"),
    ("u16", "a whole number"),
    ("u32", "a whole number"),
    ("usize", "a whole number"),
    ("u64", "a whole number"),
    ("i64", "a whole number"),
];

/// What the parser calls what it found.
const FOUND: [(&str, &str); 6] = [
    ("string ", "the text "),
    ("integer ", "the number "),
    ("floating point ", "the number "),
    ("boolean ", "the word "),
    ("sequence", "a list"),
    ("unit value", "nothing"),
];

/// Steps are counted from one, as in everything that is said of them.
fn counted_from_one(words: &str) -> String {
    let Some((index, rest)) = words.strip_prefix("steps[").and_then(|rest| rest.split_once(']')) else {
        return words.to_owned();
    };
    let rest = rest.strip_prefix('.').map_or_else(|| rest.to_owned(), |key| format!(", {key}"));
    index.parse::<usize>().map_or_else(|_| words.to_owned(), |index| format!("step {}{rest}", index + 1))
}

/// Says in the words of the format what is wrong: of the wrong kind, or perhaps misspelt.
fn helped(words: &str) -> String {
    if let Some((place, rest)) = words.split_once("invalid type: ") {
        return of_a_kind(place, rest).unwrap_or_else(|| words.to_owned());
    }
    match words.split_once("missing field ") {
        Some((place, field)) => format!("{place}{field} is missing"),
        None => spelt(words),
    }
}

fn of_a_kind(place: &str, rest: &str) -> Option<String> {
    let (found, expected) = rest.rsplit_once(", expected ")?;
    let expected = EXPECTED.iter().find(|(theirs, _)| *theirs == expected).map_or(expected, |(_, ours)| ours);
    let renamed = FOUND.iter().find_map(|(theirs, ours)| Some(format!("{ours}{}", found.strip_prefix(theirs)?)));
    let found = renamed.unwrap_or_else(|| found.to_owned());
    Some(format!("{place}here belongs {expected}, not {found}"))
}

/// Turns the parser's "unknown field" into a question whether something else was meant.
fn spelt(words: &str) -> String {
    let Some(begin) = words.find("unknown field `").or_else(|| words.find("unknown variant `")) else {
        return words.to_owned();
    };
    let (place, rest) = words.split_at(begin);
    let mut quoted = rest.split('`').skip(1).step_by(2);
    let Some(wrong) = quoted.next() else { return words.to_owned() };
    let right: Vec<&str> = quoted.collect();
    let best = right
        .iter()
        .map(|word| (strsim::jaro_winkler(wrong, word), *word))
        .filter(|(alike, _)| *alike >= ALIKE)
        .max_by(|one, other| one.0.total_cmp(&other.0));
    let meant = best.map(|(_, word)| format!("; did you mean `{word}`?")).unwrap_or_else(|| ".".to_owned());
    format!("{place}there is no `{wrong}` here{meant} There can be: {}", right.join(", "))
}

/// The line, from 1, of a key at the top of the document.
pub(super) fn line_of_key(text: &str, key: &str) -> Option<usize> {
    let is = |line: &str| line.strip_prefix(key).is_some_and(|rest| rest.trim_start().starts_with(':'));
    text.lines().position(is).map(|index| index + 1)
}

/// The lines, from 1, on which steps begin; as many as there are steps where the list is written with dashes.
pub(super) fn lines_of_steps(text: &str) -> Vec<usize> {
    let Some(begin) = line_of_key(text, "steps") else { return Vec::new() };
    let mut indent = None;
    let mut lines = Vec::new();
    for (index, line) in text.lines().enumerate().skip(begin) {
        let bare = line.trim_start();
        let depth = line.len() - bare.len();
        if bare.is_empty() || bare.starts_with('#') {
            continue;
        }
        let dash = bare == "-" || bare.starts_with("- ");
        if depth == 0 && !dash {
            break;
        }
        if dash && *indent.get_or_insert(depth) == depth {
            lines.push(index + 1);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_misspelt_word_is_told_with_the_right_one() {
        let words = helped("step 2: unknown variant `custmer`, expected one of `customer`, `phone`");
        assert_eq!(words, "step 2: there is no `custmer` here; did you mean `customer`? There can be: customer, phone");
        let words = helped("unknown field `zzz`, expected `at` or `steps`");
        assert_eq!(words, "there is no `zzz` here. There can be: at, steps");
    }

    #[test]
    fn what_is_of_the_wrong_kind_is_told_in_the_words_of_the_format() {
        for (text, words) in [
            (
                "customer: Ana\nsteps: [restart]\n",
                "customer: here belongs a map such as { name: Ana }, not the text \"Ana\"",
            ),
            ("steps: restart\n", "steps: here belongs a list, not the text \"restart\""),
            (
                "steps:\n  - restart\n  - redeliver: often\n",
                "step 2, redeliver: here belongs a whole number, not the text \"often\"",
            ),
            ("steps:\n  - lines: oi\n", "step 1, lines: here belongs a list, not the text \"oi\""),
            (
                "steps:\n  - expect: soon\n",
                "step 1, expect: here belongs a map such as { reply: oi }, not the text \"soon\"",
            ),
            ("steps:\n  - hook: {}\n", "step 1, hook: `body` is missing"),
            ("oi\n", "here belongs a map with `steps:` in it, not the text \"oi\""),
        ] {
            let error = crate::Scenario::parse("chat.yaml", text, &[]).unwrap_err();
            assert_eq!(error.what, words, "{text}");
        }
    }

    #[test]
    fn steps_know_their_lines() {
        let text = "at: x\nsteps:\n  # first\n  - customer: |\n      - no step\n  - expect:\n      replies:\n        - a\n  - restart\n";
        assert_eq!(lines_of_steps(text), [4, 6, 9]);
        assert_eq!(lines_of_steps("steps:\n- a: 1\n- b: 2\nafter: x\n"), [2, 3]);
    }
}
