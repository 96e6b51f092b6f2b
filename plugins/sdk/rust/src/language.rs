//! Which language to answer in.

use serde::{Deserialize, Serialize};

use crate::{Error, Event, contacts, settings, warn};

/// A language that every package of Ponte has texts in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Language {
    /// Portuguese; the texts are Brazilian.
    #[serde(rename = "pt-BR")]
    Portuguese,
    /// Spanish.
    #[serde(rename = "es")]
    Spanish,
    /// English.
    #[serde(rename = "en")]
    English,
}

/// Calling codes of places where one of the languages other than English is the one to use (ITU-T E.164 list, 2026).
/// The longest prefix wins; all other places get English.
const BY_CALLING_CODE: &[(&str, Language)] = &[
    ("55", Language::Portuguese),  // Brazil
    ("351", Language::Portuguese), // Portugal
    ("244", Language::Portuguese), // Angola
    ("258", Language::Portuguese), // Mozambique
    ("238", Language::Portuguese), // Cape Verde
    ("245", Language::Portuguese), // Guinea-Bissau
    ("239", Language::Portuguese), // São Tomé and Príncipe
    ("34", Language::Spanish),     // Spain
    ("51", Language::Spanish),     // Peru
    ("52", Language::Spanish),     // Mexico
    ("53", Language::Spanish),     // Cuba
    ("54", Language::Spanish),     // Argentina
    ("56", Language::Spanish),     // Chile
    ("57", Language::Spanish),     // Colombia
    ("58", Language::Spanish),     // Venezuela
    ("502", Language::Spanish),    // Guatemala
    ("503", Language::Spanish),    // El Salvador
    ("504", Language::Spanish),    // Honduras
    ("505", Language::Spanish),    // Nicaragua
    ("506", Language::Spanish),    // Costa Rica
    ("507", Language::Spanish),    // Panama
    ("591", Language::Spanish),    // Bolivia
    ("593", Language::Spanish),    // Ecuador
    ("595", Language::Spanish),    // Paraguay
    ("598", Language::Spanish),    // Uruguay
    ("240", Language::Spanish),    // Equatorial Guinea
    ("1787", Language::Spanish),   // Puerto Rico
    ("1939", Language::Spanish),   // Puerto Rico
    ("1809", Language::Spanish),   // Dominican Republic
    ("1829", Language::Spanish),   // Dominican Republic
    ("1849", Language::Spanish),   // Dominican Republic
];

impl Language {
    /// The tag that names it: `pt-BR`, `es`, `en`.
    pub fn tag(self) -> &'static str {
        match self {
            Self::Portuguese => "pt-BR",
            Self::Spanish => "es",
            Self::English => "en",
        }
    }

    /// Reads [`Language::tag`] back; regions do not matter.
    pub fn parse(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()? {
            "pt" => Some(Self::Portuguese),
            "es" => Some(Self::Spanish),
            "en" => Some(Self::English),
            _ => None,
        }
    }

    /// The language of the country that a phone number (digits with country code) belongs to.
    pub fn of_phone(phone: &str) -> Self {
        let digits = phone.trim_start_matches('+');
        BY_CALLING_CODE
            .iter()
            .filter(|(code, _)| digits.starts_with(code))
            .max_by_key(|(code, _)| code.len())
            .map_or(Self::English, |(_, language)| *language)
    }

    /// By the shop's wish, else by the customer's phone, else `unknown`: people with a username may show no phone.
    pub fn choose(wish: Option<Self>, phone: Option<&str>, unknown: Self) -> Self {
        wish.unwrap_or_else(|| phone.map_or(unknown, Self::of_phone))
    }
}

impl AsRef<str> for Language {
    fn as_ref(&self) -> &str {
        self.tag()
    }
}

/// The language for the event's contact, by the settings `language` (`auto` or a tag) and `language_unknown`. Reads
/// the contact's phone if it is needed and allowed (permission `contacts`).
///
/// # Errors
/// If one of the two settings is there and no text.
pub fn of(event: &Event) -> Result<Language, Error> {
    let wish = wish("language")?;
    let phone = match &event.contact {
        Some(contact) if wish.is_none() => contacts::get(contact).unwrap_or_else(|refusal| {
            warn!("the customer's country is unknown: {refusal}");
            None
        }),
        _ => None,
    }
    .and_then(|contact| contact.phone);
    Ok(Language::choose(wish, phone.as_deref(), of_shop()?))
}

/// The language of the people who work there, for notes: the setting `language` if it names one, else
/// `language_unknown`, else Portuguese.
///
/// # Errors
/// As [`of`].
pub fn of_shop() -> Result<Language, Error> {
    Ok(wish("language")?.or(wish("language_unknown")?).unwrap_or(Language::Portuguese))
}

fn wish(setting: &str) -> Result<Option<Language>, Error> {
    Ok(settings::get::<Option<String>>(setting)?.as_deref().and_then(Language::parse))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn by_country() {
        let table = [
            ("5511988887777", Language::Portuguese),
            ("+5511988887777", Language::Portuguese),
            ("351912345678", Language::Portuguese),
            ("244923456789", Language::Portuguese),
            ("34612345678", Language::Spanish),
            ("5215512345678", Language::Spanish),
            ("59899123456", Language::Spanish),
            ("5926001234", Language::English), // Guyana
            ("5078765432", Language::Spanish),
            ("14155550123", Language::English),
            ("18095551234", Language::Spanish),
            ("447700900123", Language::English),
            ("4915112345678", Language::English),
            ("", Language::English),
        ];
        for (phone, expected) in table {
            assert_eq!(Language::of_phone(phone), expected, "{phone}");
        }
    }

    #[test]
    fn the_shop_decides_first() {
        let choose = |wish, phone| Language::choose(Language::parse(wish), phone, Language::Spanish);
        assert_eq!(choose("en", Some("5511988887777")), Language::English);
        assert_eq!(choose("pt-BR", None), Language::Portuguese);
        assert_eq!(choose("auto", Some("5511988887777")), Language::Portuguese);
        assert_eq!(choose("auto", None), Language::Spanish);
    }

    #[test]
    fn tags_read_back() {
        for language in [Language::Portuguese, Language::Spanish, Language::English] {
            assert_eq!(Language::parse(language.tag()), Some(language));
        }
        assert_eq!(Language::parse("pt_PT"), Some(Language::Portuguese));
        assert_eq!(Language::parse("fr"), None);
    }
}
