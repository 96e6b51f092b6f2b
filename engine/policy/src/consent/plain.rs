//! Text without everything that people write differently: case, accents, emoji, punctuation.

/// A text as clauses of plain words.
pub(super) type Clauses = Vec<Vec<String>>;

/// Splits a text into clauses, and those into words in small letters without accents. Commas, stops, question marks,
/// brackets and lines end a clause; everything else that is neither letter nor digit separates words. Apostrophes
/// are dropped: "don't" is "dont".
pub(super) fn clauses(text: &str) -> Clauses {
    let mut clauses = vec![Vec::new()];
    let mut word = String::new();
    for letter in text.chars().flat_map(char::to_lowercase) {
        match letter {
            '\'' | '’' | '‘' | '`' | '´' => {}
            letter if is_mark(letter) => {}
            letter if letter.is_alphanumeric() => word.push(base(letter)),
            letter => {
                end(&mut word, &mut clauses);
                if ends_clause(letter) {
                    clauses.push(Vec::new());
                }
            }
        }
    }
    end(&mut word, &mut clauses);
    clauses.iter_mut().for_each(drop_please);
    clauses.retain(|clause| !clause.is_empty());
    clauses
}

/// "Por favor" may stand anywhere, and its first word is that of "por que".
fn drop_please(clause: &mut Vec<String>) {
    while let Some(at) = clause.windows(2).position(|pair| pair == ["por", "favor"]) {
        clause.drain(at..at + 2);
    }
}

fn end(word: &mut String, clauses: &mut Clauses) {
    if word.is_empty() {
        return;
    }
    let word = std::mem::take(word);
    let clause = clauses.last_mut().expect("there is always one");
    // "Stop stop stop", "não não": once is enough.
    if clause.last() != Some(&word) {
        clause.push(word);
    }
}

fn ends_clause(letter: char) -> bool {
    matches!(letter, ',' | '.' | ';' | ':' | '!' | '?' | '¡' | '¿' | '…' | '\n' | '\r' | '(' | ')' | '"' | '“' | '”')
}

/// Accents that stand as characters of their own after their letter, joiners, and the variants of emoji.
fn is_mark(letter: char) -> bool {
    matches!(letter, '\u{300}'..='\u{36f}' | '\u{200b}'..='\u{200d}' | '\u{fe00}'..='\u{fe0f}' | '\u{ad}')
}

/// The letter under its accent, of the languages in the tables.
fn base(letter: char) -> char {
    match letter {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        'ç' => 'c',
        'ñ' => 'n',
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_words_are_left() {
        let plain = |text| clauses(text).iter().map(|clause| clause.join(" ")).collect::<Vec<_>>().join(" / ");
        for (text, expected) in [
            ("  PARAR!!! 😡 ", "parar"),
            ("Não, pare.", "nao / pare"),
            ("na\u{303}o pa\u{301}re", "nao pare"),
            ("don’t STOP", "dont stop"),
            ("opt-out", "opt out"),
            ("STOP_PROMOTIONS", "stop promotions"),
            ("stop stop STOP", "stop"),
            ("¿baja?\nsí", "baja / si"),
            ("👍🏽", ""),
            ("por favor pare por favor", "pare"),
        ] {
            assert_eq!(plain(text), expected, "{text:?}");
        }
    }
}
