//! Words as people type them on a phone: without accents, in any case, one or many.

/// The words of a text in lower case, without accents and punctuation.
pub fn words(text: &str) -> Vec<String> {
    let plain: String = text.chars().flat_map(char::to_lowercase).filter(|c| !is_mark(*c)).map(plain).collect();
    plain.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty()).map(str::to_owned).collect()
}

/// Accents that some keyboards send after their letter.
fn is_mark(c: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&c)
}

/// The letter without its accent.
fn plain(c: char) -> char {
    match c {
        'á' | 'à' | 'â' | 'ã' | 'ä' | 'å' => 'a',
        'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'í' | 'ì' | 'î' | 'ï' => 'i',
        'ñ' => 'n',
        'ó' | 'ò' | 'ô' | 'õ' | 'ö' => 'o',
        'ú' | 'ù' | 'û' | 'ü' => 'u',
        other => other,
    }
}

/// Plural endings of Portuguese, Spanish and English, and what they come from.
const PLURALS: &[(&str, &str)] = &[
    ("oes", "ao"), // opções → opção
    ("aes", "ao"), // pães → pão
    ("ais", "al"), // canais → canal
    ("eis", "el"), // papéis → papel
    ("ois", "ol"), // lençóis → lençol
    ("ns", "m"),   // ordens → ordem
    ("ces", "z"),  // luces → luz
    ("ies", "y"),  // deliveries → delivery
    ("es", ""),    // valores → valor
    ("s", ""),     // boletos → boleto
];

/// Shorter words are not taken for plurals: "mas" is not many "ma".
const SHORTEST: usize = 3;

/// What a word may be the plural of, itself included.
fn forms(word: &str) -> impl Iterator<Item = String> + Clone + '_ {
    let singulars = PLURALS.iter().filter_map(move |(plural, singular)| {
        let form = format!("{}{singular}", word.strip_suffix(plural)?);
        (form.len() >= SHORTEST).then_some(form)
    });
    std::iter::once(word.to_owned()).chain(singulars)
}

/// Whether two words are the same but for their number.
pub fn same(one: &str, other: &str) -> bool {
    one == other || forms(one).any(|form| forms(other).any(|other| other == form))
}

/// Whether words follow each other somewhere in a text.
pub fn contains(text: &[String], phrase: &[String]) -> bool {
    !phrase.is_empty()
        && text.windows(phrase.len()).any(|part| part.iter().zip(phrase).all(|(one, other)| same(one, other)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn accents_case_and_signs_do_not_matter() {
        let table: [(&str, &[&str]); 8] = [
            ("", &[]),
            ("Orçamento?", &["orcamento"]),
            ("  NÃO  funciona!!", &["nao", "funciona"]),
            ("cafe\u{301}", &["cafe"]),
            ("¿Facturación/pagos?", &["facturacion", "pagos"]),
            ("1️⃣", &["1"]),
            ("2)", &["2"]),
            ("segunda-via", &["segunda", "via"]),
        ];
        for (text, expected) in table {
            assert_eq!(words(text), expected, "{text}");
        }
    }

    #[test]
    fn one_or_many() {
        for (one, many) in [
            ("boleto", "boletos"),
            ("opção", "opções"),
            ("pão", "pães"),
            ("canal", "canais"),
            ("papel", "papéis"),
            ("ordem", "ordens"),
            ("valor", "valores"),
            ("luz", "luces"),
            ("canción", "canciones"),
            ("delivery", "deliveries"),
            ("box", "boxes"),
            ("invoice", "invoices"),
            ("preço", "PRECO"),
        ] {
            let (one_words, many_words) = (words(one), words(many));
            assert!(same(&one_words[0], &many_words[0]), "{one}, {many}");
            assert!(same(&many_words[0], &one_words[0]), "{many}, {one}");
        }
    }

    #[test]
    fn whole_words_only() {
        for (text, phrase, expected) in [
            ("quero a segunda via do boleto", "segunda via", true),
            ("quero as segundas vias", "segunda via", true),
            ("segunda, por via das dúvidas", "segunda via", false),
            ("compras", "compra", true),
            ("comprador", "compra", false),
            ("mas", "ma", false),
            ("gás", "gá", false),
            ("pix", "pix", true),
            ("anything", "", false),
            ("", "pix", false),
        ] {
            assert_eq!(contains(&words(text), &words(phrase)), expected, "{phrase} in {text}");
        }
    }

    proptest! {
        #[test]
        fn words_are_plain_and_stay_so(text in ".*") {
            let once = words(&text);
            prop_assert_eq!(words(&once.join(" ")), once);
        }

        #[test]
        fn a_phrase_is_in_itself(text in "[a-zà-ü0-9 ]{1,40}", before in "[a-z ]{0,9}", after in "[a-z ]{0,9}") {
            let phrase = words(&text);
            prop_assume!(!phrase.is_empty());
            let longer = words(&[before, text.clone(), after].join(" "));
            prop_assert!(contains(&longer, &phrase));
            prop_assert!(contains(&words(&text.to_uppercase()), &phrase));
        }

        #[test]
        fn same_is_mutual(one in "[a-z]{1,8}", other in "[a-z]{1,8}") {
            prop_assert_eq!(same(&one, &other), same(&other, &one));
        }
    }
}
