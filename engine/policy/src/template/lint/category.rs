//! Name, language, and what the category allows. (Meta: template categorization; authentication templates;
//! limited-time offer templates; time-to-live; supported languages.)

use std::ops::RangeInclusive;

use ponte_model::template::{ButtonAction, Category, Component, Definition, Header, ParameterFormat};

use super::Notes;
use crate::template::limits;

/// How long the platform may be told to try, in seconds, by category. (Meta: time-to-live, 2025-12.)
const TTL: &[(Category, RangeInclusive<i64>)] = &[
    (Category::Authentication, 30..=900),
    (Category::Utility, 30..=43_200),
    (Category::Marketing, 43_200..=2_592_000),
];

/// Words that make a reviewer see marketing in a utility template, in the languages of the shops. Ponte's own list, from
/// what Meta calls promotional (template categorization, 2026-03).
const PROMOTIONAL: &[&str] = &[
    "promoção",
    "desconto",
    "oferta",
    "cupom",
    "liquidação",
    "imperdível",
    "frete grátis",
    "aproveite",
    "compre já",
    "promoción",
    "descuento",
    "cupón",
    "rebaja",
    "envío gratis",
    "aprovecha",
    "compra ya",
    "promotion",
    "discount",
    "special offer",
    "coupon",
    "sale ends",
    "free shipping",
    "buy now",
    "% off",
];

/// What stands beside the parts.
pub(super) fn head(definition: &Definition, notes: &mut Notes) {
    let name = &definition.name;
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.is_empty() || !name.chars().all(plain) {
        notes.error("name", "name", format!("{name:?} is no name: only a-z, 0-9 and _ may be in it"));
    }
    if let Some(why) = limits::NAME.exceeded_by(name) {
        notes.error("name", "name", format!("{why}: shorten it"));
    }
    if !is_language(&definition.language) {
        let why = format!("{:?} is no language code: write it like pt_BR, es or en_US", definition.language);
        notes.error("language", "language", why);
    }
    if let Category::Other(word) = &definition.category {
        let why = format!("{word:?} is no category: choose marketing, utility or authentication");
        notes.error("category", "category", why);
    }
    if let ParameterFormat::Other(word) = &definition.format {
        notes.error(
            "variable-format",
            "parameter_format",
            format!("{word:?} is no format: choose positional or named"),
        );
    }
    let range = TTL.iter().find(|(category, _)| *category == definition.category).map(|(_, range)| range);
    if let (Some(ttl), Some(range)) = (definition.ttl_secs, range) {
        let forever = ttl == -1 && definition.category != Category::Marketing;
        if !forever && !range.contains(&ttl) {
            let (category, least, most) = (&definition.category, range.start(), range.end());
            let why = format!("{ttl} s is out of range: {least} to {most} s for {category}");
            notes.error("ttl", "message_send_ttl_seconds", why);
        }
    }
}

/// `pt_BR`, `es`, `fil`, `zh_HK`.
fn is_language(code: &str) -> bool {
    let (language, country) =
        code.split_once('_').map_or((code, None), |(language, country)| (language, Some(country)));
    let lower = |text: &str| text.bytes().all(|byte| byte.is_ascii_lowercase());
    let upper = |text: &str| text.bytes().all(|byte| byte.is_ascii_uppercase());
    (2..=3).contains(&language.len()) && lower(language) && country.is_none_or(|code| code.len() == 2 && upper(code))
}

pub(super) fn parts(definition: &Definition, notes: &mut Notes) {
    if definition.category == Category::Authentication {
        return authentication(definition, notes);
    }
    for (index, part) in definition.components.iter().enumerate() {
        let at = format!("components[{index}]");
        match part {
            Component::LimitedTimeOffer { .. } if definition.category != Category::Marketing => {
                notes.error("offer-category", &at, "is a limited-time offer: those are marketing, change the category");
            }
            Component::Buttons { buttons }
                if buttons.iter().any(|button| matches!(button.action, ButtonAction::Otp { .. })) =>
            {
                notes.error("otp-category", &at, "has a one-time code button: those are for authentication templates");
            }
            Component::Header(Header::Text(words)) | Component::Body(words)
                if definition.category == Category::Utility =>
            {
                promotional(words.text.as_deref().unwrap_or_default(), &at, notes);
            }
            Component::Footer { text: Some(words), .. } if definition.category == Category::Utility => {
                promotional(words, &at, notes);
            }
            _ => {}
        }
    }
}

fn promotional(words: &str, at: &str, notes: &mut Notes) {
    let lower = words.to_lowercase();
    let found = PROMOTIONAL.iter().find(|word| lower.contains(**word));
    if let Some(word) = found {
        notes.advice(
            "promotional",
            format!("{at}.text"),
            format!("says {word:?}: Meta approves such a template as marketing, which costs more; take it out, or submit it as marketing"),
        );
    }
}

/// Only a code, in the platform's words.
fn authentication(definition: &Definition, notes: &mut Notes) {
    let mut otp = false;
    for (index, part) in definition.components.iter().enumerate() {
        let at = format!("components[{index}]");
        match part {
            Component::Body(words) if words.text.is_some() => {
                notes.error(
                    "authentication-text",
                    format!("{at}.text"),
                    "is given: the wording is Meta's, take the text out",
                );
            }
            Component::Body(_) => {}
            Component::Footer { text: Some(_), .. } => {
                notes.error(
                    "authentication-text",
                    format!("{at}.text"),
                    "is given: set code_expiration_minutes instead",
                );
            }
            Component::Footer { code_expiration_minutes: Some(minutes), .. }
                if !limits::CODE_MINUTES.contains(minutes) =>
            {
                let (least, most) = (limits::CODE_MINUTES.start(), limits::CODE_MINUTES.end());
                let why = format!("{minutes} is out of range: {least} to {most} minutes");
                notes.error("code-expiration", format!("{at}.code_expiration_minutes"), why);
            }
            Component::Footer { .. } => {}
            Component::Buttons { buttons } => {
                otp = buttons.len() == 1 && matches!(buttons[0].action, ButtonAction::Otp { .. });
            }
            other => {
                let why = format!(
                    "is a {}: an authentication template has a body, a footer and one OTP button",
                    other.word()
                );
                notes.error("authentication-part", &at, why);
            }
        }
    }
    if !otp {
        notes.error(
            "authentication-button",
            "components",
            "needs exactly one button, of type OTP, to hand over the code",
        );
    }
}
