//! Which parts a template has, and what is in them.

use std::collections::HashSet;

use ponte_model::template::{Button, ButtonAction, Category, Component, Definition, Header, ParameterFormat, Text};

use super::text::Allowed;
use super::{Notes, buttons, text};
use crate::template::limits::{self, Limit};
use crate::template::places::names;

/// No template is known to be refused for this many variables as such; the length decides.
const ANY: usize = 100;

pub(super) fn check(definition: &Definition, notes: &mut Notes) {
    let mut seen = HashSet::new();
    let has = |wanted: &str| definition.components.iter().any(|part| part.word() == wanted);
    let offer = has("limited_time_offer");
    for (index, part) in definition.components.iter().enumerate() {
        let at = format!("components[{index}]");
        if !matches!(part, Component::Other { .. }) && !seen.insert(part.word()) {
            notes.error("twice", &at, format!("is a second {}: put all into one", part.word()));
        }
        match part {
            // The wording is the platform's; what may stand there is the category's matter.
            Component::Body(_) if definition.category == Category::Authentication => {}
            Component::Body(words) => {
                let length = if offer { &limits::OFFER_BODY } else { &limits::BODY };
                body(words, &definition.format, length, &at, notes);
            }
            Component::Footer { text: Some(words), .. } => footer(words, &at, notes),
            Component::Footer { .. } if definition.category != Category::Authentication => {
                notes.error("empty", &at, "has no text: say something, or leave the footer out");
            }
            Component::LimitedTimeOffer { text: Some(words), .. } => {
                if let Some(why) = limits::OFFER_TEXT.exceeded_by(words) {
                    notes.error("too-long", format!("{at}.text"), format!("{why}: shorten it"));
                }
            }
            Component::Carousel { cards } => carousel(cards, &definition.format, &at, notes),
            part => shared(part, &definition.format, &at, notes),
        }
    }
    if !has("body") {
        notes.error("no-body", "components", "has no BODY: every template needs one");
    }
    if offer && has("footer") {
        notes.error("offer-footer", "components", "has a footer beside a limited-time offer: take the footer out");
    }
}

/// Parts that cards have too.
fn shared(part: &Component, format: &ParameterFormat, at: &str, notes: &mut Notes) {
    match part {
        Component::Header(Header::Text(words)) => {
            let allowed = Allowed { length: &limits::HEADER, places: 1, at_the_edge: true };
            text::check(words, format, &allowed, &format!("{at}.text"), notes);
            if words.text.as_deref().is_some_and(|words| words.contains('\n')) {
                notes.error("header-lines", format!("{at}.text"), "has a line break: a header is one line");
            }
        }
        Component::Header(Header::Media { sample: false, .. }) => notes.error(
            "no-sample",
            at,
            "has no sample: upload a file with the Resumable Upload API and put its handle into example.header_handle",
        ),
        Component::Buttons { buttons } => buttons::check(buttons, at, notes),
        _ => {}
    }
}

fn body(words: &Text, format: &ParameterFormat, length: &'static Limit, at: &str, notes: &mut Notes) {
    let at = format!("{at}.text");
    text::check(words, format, &Allowed { length, places: ANY, at_the_edge: false }, &at, notes);
    let words = words.text.as_deref().unwrap_or_default();
    if length.exceeded_by(words).is_none()
        && let Some(why) = limits::BODY_IN_PRACTICE.exceeded_by(words)
    {
        notes.advice("long-body", &at, format!("{why}: shorten it to be safe"));
    }
}

fn footer(words: &str, at: &str, notes: &mut Notes) {
    let at = format!("{at}.text");
    if words.trim().is_empty() {
        notes.error("empty", &at, "is empty: say something, or leave the footer out");
    }
    if let Some(why) = limits::FOOTER.exceeded_by(words) {
        notes.error("too-long", &at, format!("{why}: shorten it"));
    }
    if !names(words).is_empty() {
        notes.error("footer-variable", &at, "has a variable: a footer takes none, move it into the body");
    }
}

fn carousel(cards: &[Vec<Component>], format: &ParameterFormat, at: &str, notes: &mut Notes) {
    if !(limits::FEWEST_CARDS..=limits::CARDS.max).contains(&cards.len()) {
        let why = format!("has {} cards; {} to {} allowed", cards.len(), limits::FEWEST_CARDS, limits::CARDS);
        notes.error("cards", at, why);
    }
    for (index, card) in cards.iter().enumerate() {
        let at = format!("{at}.cards[{index}]");
        if shape(card) != shape(&cards[0]) {
            notes.error("uneven-cards", &at, "differs from the first card: all need the same header, body and buttons");
        }
        for (part, component) in card.iter().enumerate() {
            let at = format!("{at}.components[{part}]");
            match component {
                Component::Body(words) => body(words, format, &limits::CARD_BODY, &at, notes),
                Component::Buttons { buttons } if limits::CARD_BUTTONS.exceeded(buttons.len()).is_some() => {
                    let why = limits::CARD_BUTTONS.exceeded(buttons.len()).unwrap_or_default();
                    notes.error("too-many-buttons", &at, format!("{why}: take some out"));
                }
                Component::Header(_) | Component::Buttons { .. } => shared(component, format, &at, notes),
                other => notes.error("card-part", &at, format!("is a {}: a card has none", other.word())),
            }
        }
    }
}

/// What all cards of a carousel have in common.
fn shape(card: &[Component]) -> Vec<String> {
    let kind = |button: &Button| match &button.action {
        ButtonAction::Other { name } => name.clone(),
        action => format!("{:?}", std::mem::discriminant(action)),
    };
    card.iter()
        .map(|part| match part {
            Component::Header(Header::Media { kind, .. }) => format!("header {kind:?}"),
            Component::Buttons { buttons } => buttons.iter().map(kind).collect::<Vec<_>>().join(" "),
            part => part.word().to_owned(),
        })
        .collect()
}
