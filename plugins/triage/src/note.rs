//! What the customer said, for the person who takes over.

/// How many messages a note repeats.
const MOST_LINES: usize = 3;

/// How much of each; in characters.
const MOST_CHARS: usize = 160;

/// Less than this is a number of the menu, or "ok".
const FEWEST_CHARS: usize = 3;

/// The last messages on one line; none if they say nothing.
pub fn said(lines: &[String]) -> Option<String> {
    let telling: Vec<&str> =
        lines.iter().map(|line| line.trim()).filter(|line| line.chars().count() >= FEWEST_CHARS).collect();
    let last = &telling[telling.len().saturating_sub(MOST_LINES)..];
    let words: Vec<String> = last.iter().map(|line| format!("“{}”", cut(line))).collect();
    (!words.is_empty()).then(|| words.join(" "))
}

fn cut(line: &str) -> String {
    let one_line = line.split_whitespace().collect::<Vec<_>>().join(" ");
    match one_line.char_indices().nth(MOST_CHARS) {
        Some((end, _)) => format!("{}…", &one_line[..end]),
        None => one_line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(lines: &[&str]) -> Option<String> {
        said(&lines.iter().map(ToString::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn the_last_that_tell_something() {
        assert_eq!(of(&[]), None);
        assert_eq!(of(&["2", "ok", " "]), None);
        assert_eq!(of(&["oi, tudo bem?", "2"]), Some("“oi, tudo bem?”".into()));
        assert_eq!(of(&["um um", "dois", "três\n\ntrês", "quatro"]), Some("“dois” “três três” “quatro”".into()));
        assert_eq!(of(&[&"ã".repeat(161)]), Some(format!("“{}…”", "ã".repeat(160))));
    }

    proptest! {
        #[test]
        fn stays_short(lines in proptest::collection::vec(".{0,400}", 0..12)) {
            let most = MOST_LINES * (MOST_CHARS + 4);
            prop_assert!(said(&lines).is_none_or(|note| note.chars().count() <= most && !note.contains('\n')));
        }
    }
}
