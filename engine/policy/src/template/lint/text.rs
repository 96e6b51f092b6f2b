//! Words with places in them.

use std::collections::HashSet;

use ponte_model::template::{ParameterFormat, Text};

use super::Notes;
use crate::template::limits::{EMOJI_IN_PRACTICE, Limit, WORDS_A_PLACE};
use crate::template::places::{Piece, is_number, names, pieces};

/// What the parts of a template allow in their words.
pub(super) struct Allowed {
    pub(super) length: &'static Limit,
    pub(super) places: usize,
    /// Whether the words may begin or end with a place.
    pub(super) at_the_edge: bool,
}

pub(super) fn check(text: &Text, format: &ParameterFormat, allowed: &Allowed, at: &str, notes: &mut Notes) {
    let words = text.text.as_deref().unwrap_or_default();
    if words.trim().is_empty() {
        return notes.error("empty", at, "is empty: say something, or leave the part out");
    }
    if let Some(why) = allowed.length.exceeded_by(words) {
        notes.error("too-long", at, format!("{why}: shorten it"));
    }
    braces(words, at, notes);
    let places = names(words);
    called(&places, format, at, notes);
    if places.len() > allowed.places {
        let (found, most) = (places.len(), allowed.places);
        notes.error(
            "too-many-variables",
            at,
            format!("has {found} variables; at most {most} allowed here: write the rest out"),
        );
    }
    if text.examples < places.len() {
        let why = format!("has {} variables and {} examples: give an example for each", places.len(), text.examples);
        notes.error("no-example", at, why);
    }
    position(words, allowed, at, notes);
}

/// How the variables stand among the words.
fn position(words: &str, allowed: &Allowed, at: &str, notes: &mut Notes) {
    let all = pieces(words);
    let blank = |piece: &Piece<'_>| matches!(piece, Piece::Words(words) if !words.chars().any(char::is_alphanumeric));
    let is_place = |piece: &&Piece<'_>| matches!(piece, Piece::Place(_));
    // Punctuation at the edge is no word: Meta looks past it.
    let mut solid = all.iter().filter(|piece| !blank(piece));
    if !allowed.at_the_edge {
        if solid.clone().next().as_ref().is_some_and(is_place) {
            notes.error("variable-first", at, "begins with a variable (error 2388299): put a word before it");
        }
        if solid.next_back().as_ref().is_some_and(is_place) {
            notes.error("variable-last", at, "ends with a variable (error 2388299): put a word after it");
        }
    }
    let mut before = None;
    for piece in all.iter().filter(|piece| !matches!(piece, Piece::Words(words) if words.trim().is_empty())) {
        if let (Some(Piece::Place(one)), Piece::Place(other)) = (before, piece) {
            notes.error(
                "adjacent-variables",
                at,
                format!("has {{{{{one}}}}} next to {{{{{other}}}}}: put words between them, or make them one variable"),
            );
        }
        before = Some(*piece);
    }
    let count = all.iter().filter(is_place).count();
    let spoken: usize = all
        .iter()
        .map(|piece| match piece {
            Piece::Words(words) => {
                words.split_whitespace().filter(|word| word.chars().any(char::is_alphanumeric)).count()
            }
            Piece::Place(_) => 0,
        })
        .sum();
    if !allowed.at_the_edge && count > 0 && spoken < count * WORDS_A_PLACE {
        notes.advice(
            "few-words",
            at,
            format!(
                "has {spoken} words for {count} variables and may be refused with 2388293: write about {} words, so that the \
                 reviewer sees what it is about",
                count * WORDS_A_PLACE
            ),
        );
    }
    let emoji = words.chars().filter(|c| is_emoji(*c)).count();
    if let Some(why) = EMOJI_IN_PRACTICE.exceeded(emoji) {
        notes.advice("many-emoji", at, format!("{why}: take some out"));
    }
}

/// How the variables are called.
fn called(places: &[&str], format: &ParameterFormat, at: &str, notes: &mut Notes) {
    let numbered = places.iter().filter(|name| is_number(name)).count();
    if numbered > 0 && numbered < places.len() {
        return notes.error(
            "mixed-variables",
            at,
            "mixes numbers and names: call all variables {{1}}, {{2}} … or all by name",
        );
    }
    if numbered == 0 {
        for name in places {
            let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
            if name.is_empty() || !name.chars().all(plain) {
                notes.error(
                    "variable-name",
                    at,
                    format!("has the variable {{{{{name}}}}}: only a-z, 0-9 and _ may be in a name, no #, $, %, space or capital"),
                );
            } else if *format == ParameterFormat::Positional {
                notes.error(
                    "variable-format",
                    at,
                    format!("has the name {{{{{name}}}}} in a positional template: set parameter_format to named"),
                );
            }
        }
        return;
    }
    if *format == ParameterFormat::Named {
        notes.error("variable-format", at, "has numbers in a named template: set parameter_format to positional");
    }
    let found: HashSet<usize> = places.iter().filter_map(|name| name.parse().ok()).collect();
    if let Some(gap) = (1..=places.len()).find(|number| !found.contains(number)) {
        notes.error("variable-gap", at, format!("lacks {{{{{gap}}}}}: number the variables from 1, without gaps"));
    }
}

/// Braces that make no variable.
fn braces(words: &str, at: &str, notes: &mut Notes) {
    let loose = pieces(words).into_iter().any(|piece| match piece {
        Piece::Words(words) => words.contains(['{', '}']),
        Piece::Place(name) => name.contains(['{', '}']),
    });
    if loose {
        notes.error("braces", at, "has braces that make no variable: write {{1}} with two on each side");
    }
}

/// The blocks that emoji are in; joiners and skin tones are not counted. (Unicode 16, emoji-data.)
fn is_emoji(c: char) -> bool {
    matches!(u32::from(c), 0x1F300..=0x1F3FA | 0x1F400..=0x1FAFF | 0x2600..=0x27BF)
}
