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
        Self::of(path, line, helped(words))
    }
}

/// Turns the parser's "unknown field" into a question whether something else was meant.
fn helped(words: &str) -> String {
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
        let words = helped("steps[1]: unknown variant `custmer`, expected one of `customer`, `phone`");
        assert_eq!(
            words,
            "steps[1]: there is no `custmer` here; did you mean `customer`? There can be: customer, phone"
        );
        let words = helped("unknown field `zzz`, expected `at` or `steps`");
        assert_eq!(words, "there is no `zzz` here. There can be: at, steps");
    }

    #[test]
    fn steps_know_their_lines() {
        let text = "at: x\nsteps:\n  # first\n  - customer: |\n      - no step\n  - expect:\n      replies:\n        - a\n  - restart\n";
        assert_eq!(lines_of_steps(text), [4, 6, 9]);
        assert_eq!(lines_of_steps("steps:\n- a: 1\n- b: 2\nafter: x\n"), [2, 3]);
    }
}
