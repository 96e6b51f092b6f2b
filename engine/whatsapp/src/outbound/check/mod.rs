//! Whether Meta would take a message, as far as that can be known without asking.

mod interactive;
mod rules;
mod template;

use ponte_model::send::{MediaSource, Outbound, OutboundMedia, Payload, Recipient};
use ponte_model::{Location, MediaKind, Refusal, SendId};
use serde_json::Value;

use super::media_word;
use crate::limits::{CALLBACK_DATA, CAPTION, CONTACT_CARDS, PHONE, TEXT_BODY, USER_ID};
use rules::{Checked, all_chars, count, filled, optional, refuse, text, web_address};

/// Checks a message from top to bottom. Fields are named as in [`Payload`]: `body`, `buttons[2].title`.
///
/// Two rules of Meta's need more than the message and are not checked here: that an order expires in no less than
/// 300 s, and that values fit the template they fill.
///
/// # Errors
/// [`Refusal::Invalid`] for the first field that does not fit: what was found, what is allowed, and who says so.
pub fn check(message: &Outbound) -> Result<(), Refusal> {
    recipient(message)?;
    if let Some(quoted) = &message.reply_to {
        filled("reply_to", quoted.as_str())?;
        if let Payload::Reaction { .. } = message.payload {
            return refuse(
                "reply_to",
                "a reaction names the message it is for, and quotes none (Meta: contextual replies)",
            );
        }
    }
    match &message.payload {
        Payload::Text { body, .. } => text(&TEXT_BODY, "body", body),
        Payload::Media(file) => media(file, "", true),
        Payload::Location(place) => location(place, ""),
        Payload::Contacts { cards } => contacts(cards),
        Payload::Reaction { message_id, emoji } => reaction(message_id.as_str(), emoji),
        Payload::Interactive(message) => interactive::interactive(message),
        Payload::Template(template) => template::template(template),
    }
}

/// Checks the id that [`super::build`] lets travel with a message. Ids made by [`SendId::of`] always fit.
///
/// # Errors
/// [`Refusal::Invalid`] if Meta would refuse the message for it.
pub fn check_send_id(send_id: &SendId) -> Result<(), Refusal> {
    text(&CALLBACK_DATA, "send_id", send_id.as_str())
}

fn recipient(message: &Outbound) -> Checked {
    match &message.to {
        Recipient::Phone(phone) => {
            let digits = phone.as_str().strip_prefix('+').unwrap_or(phone.as_str());
            text(&PHONE, "to", digits)?;
            all_chars("to", digits, |c| c.is_ascii_digit(), "digits, with or without a leading \"+\"")
        }
        Recipient::User(user) => user_id(user.as_str()),
        Recipient::Group(group) => {
            filled("to", group)?;
            match message.payload {
                Payload::Text { .. } | Payload::Media(_) | Payload::Template(_) => Ok(()),
                _ => refuse("to", "groups take text, media and templates only (Meta: groups, get started)"),
            }
        }
    }
}

/// `US.13491208655302741918`, or `US.ENT.11815799212886844830` for a parent.
fn user_id(id: &str) -> Checked {
    let well_formed = id
        .split_once('.')
        .filter(|(country, _)| country.len() == 2 && country.bytes().all(|byte| byte.is_ascii_uppercase()));
    let Some((_, rest)) = well_formed else {
        return refuse(
            "to",
            format!(
                "{id:?} is not a user id: two letters of a country and a dot come first (Meta: business-scoped user ids)"
            ),
        );
    };
    let rest = rest.strip_prefix("ENT.").unwrap_or(rest);
    text(&USER_ID, "to", rest)?;
    all_chars(
        "to",
        rest,
        |c| c.is_ascii_alphanumeric(),
        "letters and digits after the country (Meta: business-scoped user ids)",
    )
}

/// A file. `at` is the path of what holds it, with its dot: `header.`.
fn media(file: &OutboundMedia, at: &str, may_have_caption: bool) -> Checked {
    match &file.source {
        MediaSource::Id(id) => filled(format_args!("{at}source.id"), id)?,
        MediaSource::Link(link) => web_address(format_args!("{at}source.link"), link)?,
    }
    let word = media_word(file.kind);
    let captioned = matches!(file.kind, MediaKind::Image | MediaKind::Video | MediaKind::Document);
    match &file.caption {
        Some(_) if !may_have_caption => refuse(
            format_args!("{at}caption"),
            "files in headers, cards and templates have no caption (Meta: interactive messages)",
        ),
        Some(_) if !captioned => refuse(
            format_args!("{at}caption"),
            format!("{word} has no caption; image, video and document have (Meta: media messages)"),
        ),
        caption => optional(&CAPTION, format_args!("{at}caption"), caption),
    }?;
    match &file.filename {
        Some(_) if file.kind != MediaKind::Document => refuse(
            format_args!("{at}filename"),
            format!("{word} has no file name; document has (Meta: document messages)"),
        ),
        Some(name) => filled(format_args!("{at}filename"), name),
        None => Ok(()),
    }
}

/// A file that stands above something: an image, a video or a document.
fn header_media(file: &OutboundMedia, at: &str, allowed: &[&str]) -> Checked {
    let word = media_word(file.kind);
    if !allowed.contains(&word) {
        return refuse(format_args!("{at}kind"), format!("{word} is not allowed here; {} is", allowed.join(" or ")));
    }
    media(file, at, false)
}

fn location(place: &Location, at: &str) -> Checked {
    for (field, degrees, most) in [("latitude", place.latitude, 90.0), ("longitude", place.longitude, 180.0)] {
        if !(-most..=most).contains(&degrees) {
            return refuse(format_args!("{at}{field}"), format!("{degrees} is not between -{most} and {most} degrees"));
        }
    }
    if place.url.is_some() {
        return refuse(format_args!("{at}url"), "a place to send has no page (Meta: location messages)");
    }
    for (field, words) in [("name", &place.name), ("address", &place.address)] {
        if let Some(words) = words {
            filled(format_args!("{at}{field}"), words)?;
        }
    }
    Ok(())
}

fn contacts(cards: &[Value]) -> Checked {
    count(&CONTACT_CARDS, "cards", cards.len())?;
    for (index, card) in cards.iter().enumerate() {
        let name = card.pointer("/name/formatted_name").and_then(Value::as_str).unwrap_or_default();
        filled(format_args!("cards[{index}].name.formatted_name"), name)?;
    }
    Ok(())
}

fn reaction(message_id: &str, emoji: &str) -> Checked {
    filled("message_id", message_id)?;
    let words = |c: char| c.is_ascii_alphabetic() || c.is_whitespace();
    if !emoji.is_empty() && (emoji.is_ascii() || emoji.contains(words)) {
        return refuse(
            "emoji",
            format!("{emoji:?} is not an emoji; an empty one takes the reaction back (Meta: reaction messages)"),
        );
    }
    Ok(())
}
