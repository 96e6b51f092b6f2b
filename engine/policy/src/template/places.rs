//! The places in a template's text: `{{1}}`, `{{first_name}}`.

/// A piece of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Words(&'a str),
    /// What stands between the braces, without spaces around it.
    Place(&'a str),
}

/// The text in pieces. Braces that do not close are words.
pub(super) fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("{{") {
        let Some((name, tail)) = after.split_once("}}") else { break };
        if !before.is_empty() {
            pieces.push(Piece::Words(before));
        }
        pieces.push(Piece::Place(name.trim()));
        rest = tail;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Words(rest));
    }
    pieces
}

/// The names of the places, each once, in order.
pub(super) fn names(text: &str) -> Vec<&str> {
    let mut names = Vec::new();
    for piece in pieces(text) {
        if let Piece::Place(name) = piece
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// The text with its places filled in.
pub(super) fn fill<'a>(text: &str, value: impl Fn(&str) -> &'a str) -> String {
    pieces(text)
        .into_iter()
        .map(|piece| match piece {
            Piece::Words(words) => words,
            Piece::Place(name) => value(name),
        })
        .collect()
}

/// Whether a place has a number for a name.
pub(super) fn is_number(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit())
}

/// Characters as the platform may count them: UTF-16 units are never fewer than code points.
pub(super) fn length(text: &str) -> usize {
    text.encode_utf16().count()
}
