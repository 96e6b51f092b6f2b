//! A small language for turns of phrase.
//!
//! Words stand one after the other. `a|b` is either; `?a` may be missing; `*a` may be missing or come several times;
//! `@class` stands for the words of a class; `^` and `$` are the beginning and the end of a clause.

use std::collections::HashMap;

/// A turn of phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Pattern(Vec<Step>);

#[derive(Clone, Debug, PartialEq, Eq)]
enum Step {
    One(Vec<&'static str>),
    Maybe(Vec<&'static str>),
    Many(Vec<&'static str>),
    Start,
    End,
    /// One of these words, or the end of the clause.
    OneOrEnd(Vec<&'static str>),
}

/// Where a pattern was found: its first word and the first behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) start: usize,
    pub(super) end: usize,
}

impl Pattern {
    /// Reads a pattern. `classes` are the words behind each `@class`.
    ///
    /// # Panics
    /// When a class is not declared: the tables are part of the program, and a test reads them all.
    pub(super) fn read(text: &'static str, classes: &HashMap<&'static str, Vec<&'static str>>) -> Self {
        let step = |step: &'static str| {
            let (kind, words) = match step.split_at(1) {
                ("?" | "*", words) => (&step[..1], words),
                _ => ("", step),
            };
            let mut end = words == "$";
            let mut all = Vec::new();
            for word in words.split('|') {
                match word.strip_prefix('@') {
                    Some(class) => {
                        let class = classes.get(class).unwrap_or_else(|| panic!("no class {class} for {text:?}"));
                        all.extend(class.iter().copied());
                    }
                    None if word == "$" => end = true,
                    None => all.push(word),
                }
            }
            match kind {
                "?" => Step::Maybe(all),
                "*" => Step::Many(all),
                _ if words == "^" => Step::Start,
                _ if end && all.is_empty() => Step::End,
                _ if end => Step::OneOrEnd(all),
                _ => Step::One(all),
            }
        };
        Self(text.split_whitespace().map(step).collect())
    }

    /// The first place in a clause where it stands.
    pub(super) fn find(&self, clause: &[String]) -> Option<Found> {
        (0..clause.len()).find_map(|start| here(&self.0, clause, start).map(|end| Found { start, end }))
    }

    /// Whether it is the whole clause.
    pub(super) fn is(&self, clause: &[String]) -> bool {
        here(&self.0, clause, 0) == Some(clause.len())
    }
}

/// Matches steps from a place; returns the place behind. As many words as possible are taken.
fn here(steps: &[Step], clause: &[String], at: usize) -> Option<usize> {
    let Some((step, rest)) = steps.split_first() else { return Some(at) };
    let word = clause.get(at).map(String::as_str);
    let is = |words: &[&str]| word.is_some_and(|word| words.contains(&word));
    match step {
        Step::Start => (at == 0).then(|| here(rest, clause, at)).flatten(),
        Step::End => word.is_none().then(|| here(rest, clause, at)).flatten(),
        Step::One(words) => is(words).then(|| here(rest, clause, at + 1)).flatten(),
        Step::OneOrEnd(words) => match word {
            None => here(rest, clause, at),
            Some(_) => is(words).then(|| here(rest, clause, at + 1)).flatten(),
        },
        Step::Maybe(words) => {
            let taken = is(words).then(|| here(rest, clause, at + 1)).flatten();
            taken.or_else(|| here(rest, clause, at))
        }
        Step::Many(words) => {
            let taken = is(words).then(|| here(steps, clause, at + 1)).flatten();
            taken.or_else(|| here(rest, clause, at))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(pattern: &'static str, text: &str) -> Option<(usize, usize)> {
        let classes = HashMap::from([("msg", vec!["mail", "spam"])]);
        let clause: Vec<_> = text.split_whitespace().map(str::to_owned).collect();
        Pattern::read(pattern, &classes).find(&clause).map(|found| (found.start, found.end))
    }

    #[test]
    fn the_small_language() {
        for (pattern, text, expected) in [
            ("stop @msg", "please stop spam now", Some((1, 3))),
            ("stop ?the|all @msg", "stop all mail", Some((0, 3))),
            ("stop ?the|all @msg", "stop mail", Some((0, 2))),
            ("stop *the|all @msg", "stop all the mail", Some((0, 4))),
            ("stop @msg|$", "stop", Some((0, 1))),
            ("stop @msg|$", "stop here", None),
            ("^ stop $", "please stop", None),
            ("stop $", "please stop", Some((1, 2))),
            ("stop it", "", None),
        ] {
            assert_eq!(find(pattern, text), expected, "{pattern:?} in {text:?}");
        }
    }
}
