//! What a new flow can be called.

use super::NewError;
use crate::Language;

/// The longest name of a flow, in characters.
const MOST: usize = 64;

/// Names that Rust has taken: a crate cannot be called so.
const TAKEN_IN_RUST: &str = "\
    abstract alloc as async await become box break const continue core crate dyn else enum extern final fn for \
    if impl in let loop macro match mod move override ponte-sdk priv pub ref return self std struct super test \
    trait type use where while";

pub(super) fn check(name: &str, language: &Language) -> Result<(), NewError> {
    match fault(name, language) {
        None => Ok(()),
        Some(why) => Err(NewError::BadName { name: name.to_owned(), why, better: better(name, language) }),
    }
}

/// What is wrong with a name.
fn fault(name: &str, language: &Language) -> Option<&'static str> {
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    if name.is_empty() {
        Some("it is empty")
    } else if name.len() > MOST {
        Some("it has more than 64 characters")
    } else if !name.bytes().all(plain) {
        Some("a name has only a-z, 0-9 and -")
    } else if !name.starts_with(|first: char| first.is_ascii_lowercase()) || name.ends_with('-') {
        Some("a name begins with a letter and does not end with -")
    } else if language.sdk == "rust" && TAKEN_IN_RUST.split(' ').any(|taken| taken == name) {
        Some("Rust has taken it for itself")
    } else {
        None
    }
}

/// The nearest good name.
fn better(name: &str, language: &Language) -> String {
    let spelled =
        name.to_lowercase().replace(|other: char| !other.is_ascii_lowercase() && !other.is_ascii_digit(), "-");
    let parts: Vec<&str> = spelled.split('-').filter(|part| !part.is_empty()).collect();
    let mut joined = parts.join("-");
    joined.truncate(MOST);
    let joined = joined.trim_matches('-').to_owned();
    if fault(&joined, language).is_none() {
        joined
    } else if joined.is_empty() {
        "my-flow".to_owned()
    } else {
        format!("my-{}", &joined[..joined.len().min(MOST - 3)]).trim_end_matches('-').to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bad_name_is_told_with_a_good_one() {
        let rust = Language::parse("rust").unwrap();
        let long = "a".repeat(65);
        for good in ["a", "hello", "after-hours-2", &long[..64], "sdk"] {
            check(good, rust).unwrap();
        }
        let table = [
            ("", "my-flow"),
            ("Hello World", "hello-world"),
            ("olá", "ol"),
            ("2nd", "my-2nd"),
            ("-x-", "x"),
            ("match", "my-match"),
            ("a_b", "a-b"),
            ("日本", "my-flow"),
            (&long, &long[..64]),
        ];
        for (bad, expected) in table {
            match check(bad, rust) {
                Err(NewError::BadName { better, .. }) => assert_eq!(better, expected, "{bad:?}"),
                other => panic!("{bad:?}: {other:?}"),
            }
            check(expected, rust).unwrap();
        }
        check("match", Language::parse("c").unwrap()).unwrap();
    }
}
