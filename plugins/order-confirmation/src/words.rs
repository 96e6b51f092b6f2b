//! Words in and out: what fits into a template's place, and what people type on a phone.

/// A text as one line of at most so many characters, the cut marked. A template's place takes no line breaks, no tabs
/// and no more than four blanks in a row (Meta: message templates, parameters).
pub fn line(text: &str, most: usize) -> String {
    let visible = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect::<String>();
    let line = visible.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= most {
        return line;
    }
    let cut: String = line.chars().take(most.saturating_sub(1)).collect();
    format!("{}…", cut.trim_end())
}

/// The words of a text in lower case, without accents and punctuation, with a blank on each side.
pub fn plain(text: &str) -> String {
    let mut plain = String::from(" ");
    for letter in text.chars().flat_map(char::to_lowercase).filter(|c| !('\u{300}'..='\u{36f}').contains(c)) {
        match letter {
            'á' | 'à' | 'â' | 'ã' | 'ä' => plain.push('a'),
            'ç' => plain.push('c'),
            'é' | 'è' | 'ê' | 'ë' => plain.push('e'),
            'í' | 'ì' | 'î' | 'ï' => plain.push('i'),
            'ñ' => plain.push('n'),
            'ó' | 'ò' | 'ô' | 'õ' | 'ö' => plain.push('o'),
            'ú' | 'ù' | 'û' | 'ü' => plain.push('u'),
            // "didn't", "I'm"
            '\'' | '’' => {}
            c if c.is_alphanumeric() => plain.push(c),
            _ if plain.ends_with(' ') => {}
            _ => plain.push(' '),
        }
    }
    if !plain.ends_with(' ') {
        plain.push(' ');
    }
    plain
}

/// A number that stands for a text: FNV-1a, 64 bits.
pub fn hash(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_template_takes() {
        let table = [
            ("Camiseta azul", "Camiseta azul"),
            ("Caneca ☕️ \"bom dia\"", "Caneca ☕️ \"bom dia\""),
            ("  dois\nlinhas\te     muitos espaços ", "dois linhas e muitos espaços"),
            ("uma coisa de nome bem comprido demais", "uma coisa de nome bem comprid…"),
            ("", ""),
        ];
        for (text, expected) in table {
            assert_eq!(line(text, 30), expected);
        }
    }

    #[test]
    fn what_people_type() {
        assert_eq!(plain("CADÊ o meu pedido??"), " cade o meu pedido ");
        assert_eq!(plain("it didn’t arrive :("), " it didnt arrive ");
        assert_eq!(plain("…"), " ");
    }

    /// Of the list that the authors of FNV publish.
    #[test]
    fn hashes() {
        assert_eq!(hash(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(hash("foobar"), 0x8594_4171_f739_67e8);
    }

    proptest! {
        #[test]
        fn a_line_is_always_fit_for_a_template(text in "(?s).*", most in 1usize..50) {
            let line = line(&text, most);
            prop_assert!(line.chars().count() <= most);
            prop_assert!(!line.contains(['\n', '\t', '\r']) && !line.contains("  "));
        }
    }
}
