//! What the customer wants.

use crate::heard::Heard;
use crate::sector::Sector;
use crate::words::{contains, words};

/// What the customer wants. Numbers are positions among the sectors.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intent {
    /// A sector, by a tap.
    Tapped(usize),
    /// A sector, by words or by its number.
    Named(usize),
    /// A person.
    Person,
    /// The menu.
    Menu,
    /// Something typed that names no sector, or more than one.
    Unclear,
    /// A voice note, a sticker, a place …: nothing that could be understood.
    Wordless,
}

/// Ask for a person wherever they stand in a message that is not long.
const PERSON: &[&str] = &[
    "atendente",
    "humano",
    "humana", // pt
    "agente",
    "asesor",
    "asesora", // es
    "agent",
    "human",
    "representative", // en
];

/// Ask for a person too, but mean other things as well ("mesa para uma pessoa").
const SOMEBODY: &[&str] = &["pessoa", "alguem", "persona", "alguien", "person", "someone", "somebody"];

/// Make it clear that [`SOMEBODY`] is wanted for talking.
const TALK: &[&str] = &["falar", "conversar", "hablar", "talk", "speak", "chat"];

/// Whole messages that ask for the menu.
const MENU: &[&str] = &[
    "menu",
    "menu principal",
    "voltar",
    "voltar ao menu",
    "voltar ao inicio",
    "inicio",
    "opcoes", // pt
    "volver",
    "volver al menu",
    "volver al inicio",
    "opciones", // es
    "main menu",
    "back",
    "go back",
    "back to menu",
    "options", // en
];

/// May stand beside a number: "opção 2".
const BESIDE_NUMBERS: &[&str] =
    &["a", "o", "opcao", "numero", "quero", "la", "el", "opcion", "the", "option", "number", "no", "n"];

/// In a longer message a word for a person is more likely part of a story.
const MOST_WORDS: usize = 8;

/// Beyond this a word for somebody needs a verb.
const FEW_WORDS: usize = 3;

/// What the customer wants. Numbers choose only while a menu is `asked`: elsewhere "2" may be anything.
pub fn understand(heard: &Heard<'_>, sectors: &[Sector], asked: bool) -> Intent {
    if let Some(index) = heard.tapped.and_then(|id| sectors.iter().position(|sector| sector.id == id)) {
        return Intent::Tapped(index);
    }
    let said = words(heard.words.unwrap_or_default());
    let otherwise = if heard.typed { Intent::Unclear } else { Intent::Wordless };
    if said.is_empty() {
        otherwise
    } else if let Some(index) = titled(&said, sectors) {
        // Before everything else, for a shop with a sector called "Agente".
        Intent::Named(index)
    } else if wants_person(&said) {
        Intent::Person
    } else if MENU.iter().any(|phrase| said.join(" ") == *phrase) {
        Intent::Menu
    } else if let Some(number) = number(&said).filter(|_| asked) {
        number.checked_sub(1).filter(|index| *index < sectors.len()).map_or(otherwise, Intent::Named)
    } else {
        best(&said, sectors).map_or(otherwise, Intent::Named)
    }
}

/// The sector whose name is all that was said.
fn titled(said: &[String], sectors: &[Sector]) -> Option<usize> {
    let is_title = |title: &str| {
        let title = words(title);
        title.len() == said.len() && contains(said, &title)
    };
    sectors.iter().position(|sector| sector.all_titles().any(is_title))
}

fn wants_person(said: &[String]) -> bool {
    let has = |table: &[&str]| said.iter().any(|word| table.contains(&word.as_str()));
    let has_number = || said.iter().any(|word| word.starts_with(|c: char| c.is_ascii_digit()));
    let for_talking = || has(TALK) || (said.len() <= FEW_WORDS && !has_number());
    said.len() <= MOST_WORDS && (has(PERSON) || (has(SOMEBODY) && for_talking()))
}

/// The number that was typed, if that is all.
fn number(said: &[String]) -> Option<usize> {
    let mut rest = said.iter().filter(|word| !BESIDE_NUMBERS.contains(&word.as_str()));
    match (rest.next(), rest.next()) {
        (Some(word), None) => word.parse().ok(),
        _ => None,
    }
}

/// The sector that most of its words speak for, if no other has as many.
fn best(said: &[String], sectors: &[Sector]) -> Option<usize> {
    let score = |sector: &Sector| {
        let keywords = sector.keywords.iter().map(String::as_str);
        keywords.chain(sector.all_titles()).filter(|phrase| contains(said, &words(phrase))).count()
    };
    let scores: Vec<usize> = sectors.iter().map(score).collect();
    let most = scores.iter().copied().max().filter(|most| *most > 0)?;
    let mut best = scores.iter().enumerate().filter(|(_, score)| **score == most);
    match (best.next(), best.next()) {
        (Some((index, _)), None) => Some(index),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::heard::typed;
    use crate::sector::tests::sector;
    use proptest::prelude::*;

    const SALES: Intent = Intent::Named(0);
    const SUPPORT: Intent = Intent::Named(1);
    const BILLING: Intent = Intent::Named(2);

    fn sectors() -> Vec<Sector> {
        let mut sectors = vec![
            sector("sales", "Vendas", &["comprar", "preço", "orçamento", "tamanho", "price", "talla"]),
            sector("support", "Suporte", &["defeito", "troca", "garantia", "não funciona", "broken"]),
            sector("billing", "Financeiro", &["boleto", "segunda via", "nota fiscal", "factura", "invoice"]),
        ];
        sectors[0].titles.extend([("es".into(), "Ventas".into()), ("en".into(), "Sales".into())]);
        sectors
    }

    #[test]
    fn what_people_type() {
        let table = [
            // names, in any language
            ("vendas", SALES),
            ("Ventas", SALES),
            ("SALES!", SALES),
            ("suporte por favor", SUPPORT),
            // keywords: accents, case, plural, whole words, phrases
            ("qual o preco?", SALES),
            ("Quero ORÇAMENTOS", SALES),
            ("tem esse tamanho em 38", SALES),
            ("¿qué tallas tienen?", SALES),
            ("não funciona", SUPPORT),
            ("chegou com defeito e a garantia vale?", SUPPORT),
            ("it came broken", SUPPORT),
            ("a segunda via", BILLING),
            ("me manda as notas fiscais", BILLING),
            ("my invoices", BILLING),
            ("necesito la factura", BILLING),
            // more for one than for another; as much for both
            ("comprar: preço e boleto", SALES),
            ("preço do boleto", Intent::Unclear),
            // numbers
            ("1", SALES),
            ("2)", SUPPORT),
            ("3️⃣", BILLING),
            ("opção 2", SUPPORT),
            ("quero a 3", BILLING),
            ("the number 1", SALES),
            ("0", Intent::Unclear),
            ("4", Intent::Unclear),
            ("99999999999999999999999", Intent::Unclear),
            ("2 camisetas", Intent::Unclear),
            // a person
            ("atendente", Intent::Person),
            ("Quero um atendente, por favor", Intent::Person),
            ("me passa pra um humano", Intent::Person),
            ("quero falar com uma pessoa", Intent::Person),
            ("alguém?", Intent::Person),
            ("quiero hablar con una persona", Intent::Person),
            ("agente", Intent::Person),
            ("can I talk to someone?", Intent::Person),
            ("human please", Intent::Person),
            ("falar com atendente sobre o boleto", Intent::Person),
            ("mesa para 4 pessoas", Intent::Unclear),
            ("1 pessoa", Intent::Unclear),
            ("recursos humanos", Intent::Unclear),
            // the menu
            ("menu", Intent::Menu),
            ("Menú", Intent::Menu),
            ("voltar", Intent::Menu),
            ("posso voltar amanhã?", Intent::Unclear),
            ("go back", Intent::Menu),
            // nothing of it
            ("oi", Intent::Unclear),
            ("comprador", Intent::Unclear),
            ("👍", Intent::Wordless),
            ("", Intent::Wordless),
        ];
        for (text, expected) in table {
            assert_eq!(understand(&typed(text), &sectors(), true), expected, "{text}");
        }
    }

    #[test]
    fn numbers_count_after_a_menu_only() {
        assert_eq!(understand(&typed("2"), &sectors(), true), SUPPORT);
        assert_eq!(understand(&typed("2"), &sectors(), false), Intent::Unclear);
    }

    #[test]
    fn taps() {
        let tap = |id, title| Heard { tapped: id, words: Some(title), typed: false };
        for (heard, expected) in [
            (tap(Some("support"), "Suporte"), Intent::Tapped(1)),
            // A sector that is gone, but whose words still mean something, or not.
            (tap(Some("gone"), "Boletos"), BILLING),
            (tap(Some("gone"), "Outros"), Intent::Wordless),
            (tap(None, "Falar com atendente"), Intent::Person),
        ] {
            assert_eq!(understand(&heard, &sectors(), true), expected, "{heard:?}");
        }
    }

    #[test]
    fn a_caption_may_help_and_is_no_mistake() {
        let caption = |words| Heard { tapped: None, words: Some(words), typed: false };
        assert_eq!(understand(&caption("veio com defeito"), &sectors(), true), SUPPORT);
        assert_eq!(understand(&caption("olha isso"), &sectors(), true), Intent::Wordless);
        assert_eq!(understand(&Heard::default(), &sectors(), true), Intent::Wordless);
    }

    #[test]
    fn a_sector_called_like_a_person_is_a_sector() {
        let sectors = [sector("agents", "Agente", &[])];
        assert_eq!(understand(&typed("agente"), &sectors, true), SALES);
        assert_eq!(understand(&typed("humano"), &sectors, true), Intent::Person);
    }

    proptest! {
        #[test]
        fn names_only_sectors_that_exist(text in ".*", asked: bool) {
            let sectors = sectors();
            if let Intent::Named(index) | Intent::Tapped(index) = understand(&typed(&text), &sectors, asked) {
                prop_assert!(index < sectors.len());
            }
        }

        #[test]
        fn numbers_within_the_menu_choose(number in 0usize..30) {
            let intent = understand(&typed(&number.to_string()), &sectors(), true);
            let expected = if (1..=3).contains(&number) { Intent::Named(number - 1) } else { Intent::Unclear };
            prop_assert_eq!(intent, expected);
        }
    }
}
