//! The few questions that all checks are made of. Paths are put into words only when something is wrong.

use std::collections::HashSet;
use std::fmt::Display;

use ponte_model::Refusal;
use url::Url;

use crate::limits::Limit;

pub(super) type Checked = Result<(), Refusal>;

pub(super) fn refuse(at: impl Display, why: impl Into<String>) -> Checked {
    Err(Refusal::invalid(at.to_string(), why))
}

pub(super) fn text(limit: &Limit, at: impl Display, text: &str) -> Checked {
    limit.check_text(text).or_else(|why| refuse(at, why))
}

pub(super) fn optional(limit: &Limit, at: impl Display, text: &Option<String>) -> Checked {
    text.as_deref().map_or(Ok(()), |words| self::text(limit, at, words))
}

pub(super) fn count(limit: &Limit, at: impl Display, found: usize) -> Checked {
    limit.check(found).or_else(|why| refuse(at, why))
}

/// For what must say something, and whose length Meta does not limit.
pub(super) fn filled(at: impl Display, text: &str) -> Checked {
    if text.trim().is_empty() { refuse(at, "is missing or empty") } else { Ok(()) }
}

pub(super) fn all_chars(at: impl Display, text: &str, allowed: impl Fn(char) -> bool, what: &str) -> Checked {
    match text.chars().find(|&c| !allowed(c)) {
        Some(c) => refuse(at, format!("has {c:?}; allowed: {what}")),
        None => Ok(()),
    }
}

pub(super) fn one_of(at: impl Display, word: &str, allowed: &[&str], source: &str) -> Checked {
    if allowed.contains(&word) {
        return Ok(());
    }
    refuse(at, format!("{word:?} is not one of {} ({source})", allowed.join(", ")))
}

/// An address that Meta, or the customer's browser, can open.
pub(super) fn web_address(at: impl Display, text: &str) -> Checked {
    match Url::parse(text) {
        Ok(url) if matches!(url.scheme(), "http" | "https") => Ok(()),
        Ok(url) => refuse(at, format!("begins with {:?}; http or https is needed", url.scheme())),
        Err(error) => refuse(at, format!("{text:?} is not a web address: {error}")),
    }
}

/// Refuses the second of two equal values; `at` names its path.
pub(super) fn unique<'a, P: Display>(values: impl Iterator<Item = (P, &'a str)>, source: &str) -> Checked {
    let mut seen = HashSet::new();
    for (at, value) in values {
        if !seen.insert(value) {
            return refuse(at, format!("{value:?} occurs twice; each must be different ({source})"));
        }
    }
    Ok(())
}
