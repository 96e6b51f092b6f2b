//! The setting `sectors`.

use std::collections::BTreeMap;

use ponte_sdk::Language;
use ponte_sdk::conversation::Target;
use serde::Deserialize;

/// More sectors than this need a list (Meta: interactive reply buttons, 1–3).
pub const MOST_BUTTONS: usize = 3;

/// What a conversation can be about.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Sector {
    /// Its code.
    pub id: String,
    /// Its name.
    pub title: String,
    /// Its name in other languages, by tag.
    #[serde(default)]
    pub titles: BTreeMap<String, String>,
    /// A second line in a list.
    pub description: Option<String>,
    /// Words that mean it.
    #[serde(default)]
    pub keywords: Vec<String>,
    /// What to say instead of the package's confirmation.
    pub confirmation: Option<String>,
    /// Who answers.
    #[serde(default)]
    pub hand_off: Answerer,
}

/// Who answers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Answerer {
    /// The person on the phone.
    #[default]
    App,
    /// People on the API side.
    Team,
    /// Whoever sees it: the conversation stays as it is.
    None,
}

impl Answerer {
    /// Whom to hand the conversation to.
    pub fn target(self) -> Option<Target> {
        match self {
            Self::App => Some(Target::App),
            Self::Team => Some(Target::Team),
            Self::None => None,
        }
    }
}

impl Sector {
    /// Its name in a language.
    pub fn title(&self, language: Language) -> &str {
        self.titles.get(language.tag()).unwrap_or(&self.title)
    }

    /// All its names.
    pub fn all_titles(&self) -> impl Iterator<Item = &str> {
        std::iter::once(&self.title).chain(self.titles.values()).map(String::as_str)
    }
}

/// The tag that a sector puts on a contact.
pub fn tag(id: &str) -> String {
    format!("sector:{id}")
}

/// The menu as plain text; the numbers can be typed.
pub fn numbered(body: &str, sectors: &[Sector], language: Language) -> String {
    let mut menu = format!("{body}\n");
    for (number, sector) in (1..).zip(sectors) {
        menu.push_str(&format!("\n{number}. {}", sector.title(language)));
    }
    menu
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    /// A sector with keywords, for tests.
    pub(crate) fn sector(id: &str, title: &str, keywords: &[&str]) -> Sector {
        Sector {
            id: id.into(),
            title: title.into(),
            titles: BTreeMap::new(),
            description: None,
            keywords: keywords.iter().map(ToString::to_string).collect(),
            confirmation: None,
            hand_off: Answerer::App,
        }
    }

    #[test]
    fn numbers_can_be_typed() {
        let mut sales = sector("sales", "Vendas", &[]);
        sales.titles.insert("es".into(), "Ventas".into());
        let sectors = [sales, sector("support", "Suporte", &[])];
        assert_eq!(numbered("Olá!", &sectors, Language::Portuguese), "Olá!\n\n1. Vendas\n2. Suporte");
        assert_eq!(numbered("¡Hola!", &sectors, Language::Spanish), "¡Hola!\n\n1. Ventas\n2. Suporte");
    }
}
