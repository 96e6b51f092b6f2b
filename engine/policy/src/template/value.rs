//! A message's words as a value of a template.

/// So many letters: a template's text may have 1,024 with everything filled in. (Meta: template components; error 132005.)
const MOST: usize = 800;

/// The words as they may fill a place in a template: in one line, because the platform takes no line breaks, tabs or
/// rows of spaces there, and cut where they are too long. (Meta: template components, parameters.)
pub fn as_value(words: &str) -> String {
    let line = words.split_whitespace().collect::<Vec<_>>().join(" ");
    match line.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", line[..end].trim_end()),
        None => line,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_one_line_and_not_too_long() {
        assert_eq!(as_value(" Oi!\n\n\tAinda     quer? "), "Oi! Ainda quer?");
        let long = as_value(&"ã ".repeat(2_000));
        assert!(long.chars().count() <= MOST + 1 && long.ends_with('…'));
    }
}
