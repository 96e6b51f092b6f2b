//! Templates beside each other: the languages of one, and ours beside the platform's.

use std::collections::BTreeMap;

use ponte_model::template::{Button, ButtonAction, Component, Definition, Header, ParameterFormat, Text};

use super::places::names;

/// What a template takes, by part: where it stands, and what it is in words.
fn shape(definition: &Definition) -> BTreeMap<String, (String, String)> {
    let format = &definition.format;
    let mut parts = BTreeMap::new();
    parts.insert("category".to_owned(), ("category".to_owned(), definition.category.to_string()));
    for (index, part) in definition.components.iter().enumerate() {
        let what = match part {
            Component::Body(text) => takes(text, format),
            Component::Header(Header::Text(text)) => format!("text, {}", takes(text, format)),
            Component::Header(Header::Media { kind, .. }) => format!("{kind:?}").to_lowercase(),
            Component::Header(Header::Location) => "location".to_owned(),
            Component::Header(Header::Other { name }) => name.clone(),
            Component::Buttons { buttons } => buttons.iter().map(button).collect::<Vec<_>>().join(", "),
            Component::LimitedTimeOffer { has_expiration, .. } => format!("has an end: {has_expiration}"),
            Component::Carousel { cards } => format!("{} cards", cards.len()),
            // Nothing is filled in there.
            Component::Footer { .. } | Component::Other { .. } => continue,
        };
        parts.insert(part.word().to_owned(), (format!("components[{index}]"), what));
    }
    parts
}

fn takes(text: &Text, format: &ParameterFormat) -> String {
    let mut places = names(text.text.as_deref().unwrap_or_default());
    places.sort_unstable();
    match format {
        _ if places.is_empty() => "takes no values".to_owned(),
        ParameterFormat::Positional => format!("takes {} values", places.len()),
        _ => format!("takes {}", places.join(", ")),
    }
}

fn button(button: &Button) -> String {
    match &button.action {
        ButtonAction::QuickReply => "a quick reply".to_owned(),
        ButtonAction::Url { url, .. } if names(url).is_empty() => "an address".to_owned(),
        ButtonAction::Url { .. } => "an address with a value".to_owned(),
        ButtonAction::Phone { .. } => "a phone".to_owned(),
        ButtonAction::CopyCode { .. } => "a code".to_owned(),
        ButtonAction::Otp { kind } => format!("a one-time code ({kind})"),
        ButtonAction::Flow => "a form".to_owned(),
        ButtonAction::Catalog => "the catalogue".to_owned(),
        ButtonAction::Products => "products".to_owned(),
        ButtonAction::VoiceCall => "a call".to_owned(),
        ButtonAction::Other { name } => name.clone(),
    }
}

/// What one language of a template takes otherwise than another: where in `other`, and how. A flow fills all languages in
/// alike, so there must be nothing.
pub fn disagreements(first: &Definition, other: &Definition) -> Vec<(String, String)> {
    let (ours, theirs) = (shape(first), shape(other));
    let mut found = Vec::new();
    for (part, (_, what)) in &ours {
        match theirs.get(part) {
            Some((_, same)) if same == what => {}
            Some((at, differs)) => {
                found.push((at.clone(), format!("{part}: {differs}; in {}: {what}", first.language)));
            }
            None => {
                found.push(("components".to_owned(), format!("there is no {part}; in {}: {what}", first.language)));
            }
        }
    }
    for (part, (at, what)) in &theirs {
        if !ours.contains_key(part) {
            found.push((at.clone(), format!("{part}: {what}; in {} there is none", first.language)));
        }
    }
    found
}

/// Whether two templates say and take the same. Examples, the time to live and the category are not compared: what is
/// listed has other examples than what was submitted, and the platform changes categories by itself.
pub fn same_text(one: &Definition, other: &Definition) -> bool {
    let plain = |parts: &[Component]| parts.iter().filter_map(without_examples).collect::<Vec<_>>();
    plain(&one.components) == plain(&other.components)
}

fn without_examples(part: &Component) -> Option<Component> {
    let bare = |text: &Text| Text { text: text.text.clone(), examples: 0 };
    Some(match part {
        Component::Header(Header::Text(text)) => Component::Header(Header::Text(bare(text))),
        Component::Header(Header::Media { kind, .. }) => {
            Component::Header(Header::Media { kind: *kind, sample: false })
        }
        Component::Body(text) => Component::Body(bare(text)),
        Component::Buttons { buttons } => Component::Buttons { buttons: buttons.iter().map(bare_button).collect() },
        Component::Carousel { cards } => Component::Carousel {
            cards: cards.iter().map(|card| card.iter().filter_map(without_examples).collect()).collect(),
        },
        Component::Other { .. } => return None,
        part => part.clone(),
    })
}

fn bare_button(button: &Button) -> Button {
    let action = match &button.action {
        ButtonAction::Url { url, .. } => ButtonAction::Url { url: url.clone(), example: false },
        ButtonAction::CopyCode { .. } => ButtonAction::CopyCode { example: None },
        action => action.clone(),
    };
    Button { text: button.text.clone(), action }
}
