//! Whether a message fits the template that it names. Field by field, because the platform only counts: "number of
//! parameters does not match" (132000). (Meta: template messages; template components; error codes 132000–132018.)

use std::fmt::Display;

use ponte_model::send::{Parameter, ParameterValue, Recipient, Template, TemplateComponent};
use ponte_model::template::{Button, ButtonAction, Category, Component, Header, HeaderKind, Registered, Status, Text};
use ponte_model::{MediaKind, Refusal, Timestamp};

use super::limits::{self, Limit};
use super::places::{self, is_number};
use crate::No;
use crate::platform::RULES;

/// What is wrong, in words that begin with the field.
type Checked = Result<(), String>;

/// Whether `send` may use the template: its status, and each value that it brings or lacks.
///
/// # Errors
/// [`Refusal::Template`], which names the template and the field.
pub fn check(send: &Template, registered: &Registered) -> Result<(), Refusal> {
    let definition = &registered.definition;
    let refuse =
        |why: String| Refusal::Template { why: format!("{} ({}): {why}", definition.name, definition.language) };
    sendable(registered).map_err(refuse)?;
    let authentication = definition.category == Category::Authentication;
    fits(&definition.components, &send.components, "components", Shape { authentication, in_card: false })
        .and_then(|()| if authentication { same_code(&send.components) } else { Ok(()) })
        .map_err(refuse)
}

/// What becomes of a message that waits in the outbox and to whose template [`check`] objects: where the template's
/// status passes by itself, the message waits for that.
pub fn at_leaving(objection: Refusal, registered: &Registered, now: Timestamp) -> No {
    match &registered.status {
        Status::Paused | Status::Pending | Status::InAppeal => {
            No::Held { until: now.plus(RULES.template_pause), why: objection.to_string() }
        }
        _ => No::Refused(objection),
    }
}

/// Whether the template may go to this recipient: one-time codes need a phone number, not a BSUID (131062).
///
/// # Errors
/// [`Refusal::Template`].
pub fn check_recipient(to: &Recipient, registered: &Registered) -> Result<(), Refusal> {
    if registered.definition.category == Category::Authentication && !matches!(to, Recipient::Phone(_)) {
        let name = &registered.definition.name;
        return Err(Refusal::Template {
            why: format!("{name} is an authentication template, which goes to a phone number only, and none is known"),
        });
    }
    Ok(())
}

/// Anything but approved cannot be sent. (Meta: template quality.)
fn sendable(registered: &Registered) -> Checked {
    let reason = registered.reason.as_deref().map(|reason| format!(" ({reason})")).unwrap_or_default();
    Err(match &registered.status {
        Status::Approved => return Ok(()),
        Status::Pending => "is still under review; it can be sent once Meta approves it".to_owned(),
        Status::Rejected => format!("was rejected{reason}; mend it and submit it again"),
        Status::Paused => format!("is paused after bad feedback{reason}; Meta lifts that after some hours"),
        Status::Disabled => format!("is disabled{reason}; submit another one"),
        Status::InAppeal => "was rejected and is in appeal".to_owned(),
        Status::PendingDeletion | Status::Deleted => "is deleted; use another one".to_owned(),
        Status::Archived => "is archived, because it was not used; take it back in WhatsApp Manager".to_owned(),
        Status::LimitExceeded => "is stopped, because the account has too many templates; delete some".to_owned(),
        Status::Other(word) => format!("is {word}; only APPROVED can be sent"),
    })
}

#[derive(Clone, Copy)]
struct Shape {
    authentication: bool,
    in_card: bool,
}

/// What was sent, and which of it had its place in the template.
struct Sent<'a> {
    parts: &'a [TemplateComponent],
    placed: Vec<bool>,
    at: &'a str,
}

impl<'a> Sent<'a> {
    fn take(&mut self, is: impl Fn(&TemplateComponent) -> bool) -> Option<(String, &'a TemplateComponent)> {
        let index = self.parts.iter().position(is)?;
        self.placed[index] = true;
        Some((format!("{}[{index}]", self.at), &self.parts[index]))
    }
}

fn fits(parts: &[Component], sent: &[TemplateComponent], at: &str, shape: Shape) -> Checked {
    let mut sent = Sent { parts: sent, placed: vec![false; sent.len()], at };
    let mut open = false;
    for part in parts {
        match part {
            Component::Header(wanted) => header(wanted, &mut sent)?,
            Component::Body(wanted) => body(wanted, &mut sent, shape)?,
            Component::Buttons { buttons } => {
                for (index, wanted) in buttons.iter().enumerate() {
                    button(index, wanted, &mut sent)?;
                }
            }
            Component::LimitedTimeOffer { has_expiration, .. } => {
                let given = sent.take(|part| matches!(part, TemplateComponent::LimitedTimeOffer { .. }));
                if given.is_none() && *has_expiration {
                    return Err(format!("{at}: the limited_time_offer is missing; it says when the offer ends"));
                }
            }
            Component::Carousel { cards } => carousel(cards, &mut sent, shape)?,
            Component::Footer { .. } => {}
            Component::Other { .. } => open = true,
        }
    }
    // A part that this version does not know may take what nothing else took: the platform will say.
    match sent.placed.iter().position(|placed| !placed) {
        Some(index) if !open => Err(extra(parts, &sent.parts[index], &format!("{at}[{index}]"))),
        _ => Ok(()),
    }
}

fn extra(parts: &[Component], sent: &TemplateComponent, at: &str) -> String {
    let what = match sent {
        TemplateComponent::Header { .. } => "header",
        TemplateComponent::Body { .. } => "body",
        TemplateComponent::LimitedTimeOffer { .. } => "limited_time_offer",
        TemplateComponent::Carousel { .. } => "carousel",
        TemplateComponent::Button { sub_type, index, .. } => {
            let buttons = parts.iter().find_map(|part| match part {
                Component::Buttons { buttons } => Some(buttons.as_slice()),
                _ => None,
            });
            let buttons = buttons.unwrap_or_default();
            return match buttons.get(usize::from(*index)) {
                Some(button) => match takes(button) {
                    Some(takes) if takes.sub_type != sub_type => {
                        format!("{at}.sub_type is {sub_type:?}; button {index} of the template is {:?}", takes.sub_type)
                    }
                    Some(_) => format!("{at} fills button {index} a second time"),
                    None => format!("{at} is one too many: button {index} of the template takes no value"),
                },
                None => format!("{at}.index is {index}; the template has {} buttons", buttons.len()),
            };
        }
    };
    format!("{at} is a {what} too many: the template has none that takes a value")
}

fn header(wanted: &Header, sent: &mut Sent<'_>) -> Checked {
    let at = sent.at;
    let given = sent.take(|part| matches!(part, TemplateComponent::Header { .. }));
    let (path, parameters) = match &given {
        Some((path, TemplateComponent::Header { parameters })) => (path.as_str(), parameters.as_slice()),
        _ => ("", &[][..]),
    };
    let kind = match wanted {
        Header::Text(text) => {
            let text = text.text.as_deref().unwrap_or_default();
            return words(text, &places::names(text), &limits::HEADER, parameters, Spot { at, path, part: "header" });
        }
        Header::Other { .. } => return Ok(()),
        Header::Location => "location",
        Header::Media { kind: HeaderKind::Image, .. } => "image",
        Header::Media { kind: HeaderKind::Video, .. } => "video",
        Header::Media { kind: HeaderKind::Document, .. } => "document",
    };
    match parameters {
        [] if path.is_empty() => Err(format!("{at}: the header is missing; it takes the {kind} of this message")),
        [] => Err(format!("{path}.parameters[0] is missing: the header takes the {kind} of this message")),
        [one] if self::kind(&one.value) == kind => Ok(()),
        [one] => Err(format!("{path}.parameters[0] is {}; the header takes {kind}", self::kind(&one.value))),
        _ => Err(format!("{path}.parameters[1] is one too many: the header takes one {kind}")),
    }
}

fn body(wanted: &Text, sent: &mut Sent<'_>, shape: Shape) -> Checked {
    let at = sent.at;
    let given = sent.take(|part| matches!(part, TemplateComponent::Body { .. }));
    let (path, parameters) = match &given {
        Some((path, TemplateComponent::Body { parameters })) => (path.as_str(), parameters.as_slice()),
        _ => ("", &[][..]),
    };
    let text = wanted.text.as_deref().unwrap_or_default();
    let mut names = places::names(text);
    // The wording is the platform's, and it has the code in it.
    if shape.authentication && names.is_empty() {
        names.push("1");
    }
    let limit = match shape {
        Shape { authentication: true, .. } => &limits::CODE,
        Shape { in_card: true, .. } => &limits::CARD_BODY,
        _ => &limits::BODY,
    };
    let text = if shape.authentication { "{{1}}" } else { text };
    words(text, &names, limit, parameters, Spot { at, path, part: "body" })
}

/// Where a text of the template is filled in.
#[derive(Clone, Copy)]
struct Spot<'a> {
    /// The list of components.
    at: &'a str,
    /// The component that fills it in; empty where there is none.
    path: &'a str,
    part: &'a str,
}

/// A text with places: as many values as places, each where it belongs.
fn words(text: &str, names: &[&str], limit: &Limit, given: &[Parameter], spot: Spot<'_>) -> Checked {
    let Spot { at, path, part } = spot;
    let listed = || names.iter().map(|name| format!("{{{{{name}}}}}")).collect::<Vec<_>>().join(", ");
    if path.is_empty() {
        return match names.len() {
            0 => Ok(()),
            _ => Err(format!("{at}: the {part} is missing; it takes {}", listed())),
        };
    }
    if names.is_empty() && !given.is_empty() {
        return Err(format!("{path}.parameters[0] is one too many: the {part} takes no value"));
    }
    let named = names.iter().any(|name| !is_number(name));
    for (index, parameter) in given.iter().enumerate() {
        let field = format!("{path}.parameters[{index}]");
        match &parameter.name {
            None if named => return Err(format!("{field} has no name: the {part} takes {}", listed())),
            Some(name) if !named => {
                return Err(format!("{field} has the name {name:?}: the {part} takes values in order, {}", listed()));
            }
            Some(name) if !names.contains(&name.as_str()) => {
                return Err(format!("{field} has the unknown name {name:?}: the {part} takes {}", listed()));
            }
            Some(name) if given[..index].iter().any(|other| other.name.as_ref() == Some(name)) => {
                return Err(format!("{field} gives {name:?} a second time"));
            }
            None if index >= names.len() => {
                return Err(format!("{field} is one too many: the {part} takes {}", listed()));
            }
            _ => {}
        }
        if value_words(&parameter.value).is_none() {
            return Err(format!("{field} is {}; a place in a text takes words", kind(&parameter.value)));
        }
    }
    if named {
        let missing = names.iter().find(|name| !given.iter().any(|one| one.name.as_deref() == Some(name)));
        if let Some(name) = missing {
            return Err(format!("{path}.parameters: {{{{{name}}}}} is missing: the {part} takes {}", listed()));
        }
    } else if given.len() < names.len() {
        return Err(format!("{path}.parameters[{}] is missing: the {part} takes {}", given.len(), listed()));
    }
    let value = |name: &str| {
        let found = match named {
            true => given.iter().find(|one| one.name.as_deref() == Some(name)),
            false => names.iter().position(|known| *known == name).and_then(|index| given.get(index)),
        };
        found.and_then(|one| value_words(&one.value)).unwrap_or_default()
    };
    long(format_args!("{path} filled in"), limit, &places::fill(text, value))
}

fn long(at: impl Display, limit: &Limit, text: &str) -> Checked {
    limit.exceeded_by(text).map_or(Ok(()), |why| Err(format!("{at} {why}")))
}

/// What a button takes with each message.
struct Takes {
    sub_type: &'static str,
    kinds: &'static [&'static str],
    needs_value: bool,
}

/// `None` for a button that takes nothing.
fn takes(button: &Button) -> Option<Takes> {
    let takes = |sub_type, kinds, needs_value| Some(Takes { sub_type, kinds, needs_value });
    match &button.action {
        ButtonAction::QuickReply => takes("quick_reply", &["payload"], false),
        ButtonAction::Url { url, .. } if !places::names(url).is_empty() => takes("url", &["text"], true),
        ButtonAction::Otp { .. } => takes("url", &["text"], true),
        ButtonAction::CopyCode { .. } => takes("copy_code", &["coupon_code"], true),
        ButtonAction::Flow => takes("flow", &["action"], false),
        ButtonAction::Catalog => takes("catalog", &["action"], false),
        ButtonAction::Products => takes("mpm", &["action"], true),
        ButtonAction::VoiceCall => takes("voice_call", &["ttl_minutes", "payload"], false),
        ButtonAction::Url { .. } | ButtonAction::Phone { .. } | ButtonAction::Other { .. } => None,
    }
}

fn button(index: usize, wanted: &Button, sent: &mut Sent<'_>) -> Checked {
    let here = |part: &TemplateComponent| matches!(part, TemplateComponent::Button { index: place, .. } if usize::from(*place) == index);
    if let ButtonAction::Other { .. } = wanted.action {
        sent.take(here);
        return Ok(());
    }
    let Some(takes) = takes(wanted) else { return Ok(()) };
    let at = sent.at;
    let fits = |part: &TemplateComponent| {
        here(part) && matches!(part, TemplateComponent::Button { sub_type, .. } if sub_type == takes.sub_type)
    };
    let Some((path, TemplateComponent::Button { parameters, .. })) = sent.take(fits) else {
        return match takes.needs_value && !sent.parts.iter().any(here) {
            true => Err(format!("{at}: button {index} ({}) is missing; it takes {}", takes.sub_type, takes.kinds[0])),
            // Of another kind: said with what was sent and has no place.
            false => Ok(()),
        };
    };
    let expected = takes.kinds.join(" or ");
    if parameters.is_empty() && takes.needs_value {
        return Err(format!("{path}.parameters[0] is missing: the button takes {expected}"));
    }
    for (place, parameter) in parameters.iter().enumerate() {
        let (field, kind) = (format!("{path}.parameters[{place}]"), kind(&parameter.value));
        if place >= takes.kinds.len() {
            return Err(format!("{field} is one too many: the button takes {expected}"));
        }
        if !takes.kinds.contains(&kind) {
            return Err(format!("{field} is {kind}; the button takes {expected}"));
        }
        if let (ButtonAction::Url { url, .. }, ParameterValue::Text(end)) = (&wanted.action, &parameter.value) {
            long(format_args!("{field} makes an address that"), &limits::URL, &places::fill(url, |_| end))?;
        }
    }
    Ok(())
}

fn carousel(cards: &[Vec<Component>], sent: &mut Sent<'_>, shape: Shape) -> Checked {
    let at = sent.at;
    let count = cards.len();
    let given = sent.take(|part| matches!(part, TemplateComponent::Carousel { .. }));
    let Some((path, TemplateComponent::Carousel { cards: given })) = given else {
        return Err(format!("{at}: the carousel is missing; it has {count} cards"));
    };
    if given.len() != count {
        return Err(format!("{path}.cards has {}; the template was approved with {count}", given.len()));
    }
    cards.iter().zip(given).enumerate().try_for_each(|(index, (card, sent))| {
        fits(card, sent, &format!("{path}.cards[{index}]"), Shape { in_card: true, ..shape })
    })
}

/// The code stands in the body and on the button. (Meta: authentication templates.)
fn same_code(sent: &[TemplateComponent]) -> Checked {
    let code = sent.iter().find_map(|part| match part {
        TemplateComponent::Body { parameters } => value_words(&parameters.first()?.value),
        _ => None,
    });
    for (index, part) in sent.iter().enumerate() {
        if let TemplateComponent::Button { parameters, .. } = part
            && parameters.first().and_then(|one| value_words(&one.value)) != code
        {
            return Err(format!("components[{index}].parameters[0] differs from the code in the body"));
        }
    }
    Ok(())
}

/// What is shown of a value that may fill a place in a text.
fn value_words(value: &ParameterValue) -> Option<&str> {
    match value {
        ParameterValue::Text(words) => Some(words),
        ParameterValue::Currency { fallback, .. } | ParameterValue::DateTime { fallback, .. } => Some(fallback),
        _ => None,
    }
}

fn kind(value: &ParameterValue) -> &'static str {
    match value {
        ParameterValue::Text(_) => "text",
        ParameterValue::Currency { .. } => "currency",
        ParameterValue::DateTime { .. } => "date_time",
        ParameterValue::Media(file) => match file.kind {
            MediaKind::Image => "image",
            MediaKind::Audio | MediaKind::Voice => "audio",
            MediaKind::Video => "video",
            MediaKind::Document => "document",
            MediaKind::Sticker => "sticker",
        },
        ParameterValue::Location(_) => "location",
        ParameterValue::Payload(_) => "payload",
        ParameterValue::CouponCode(_) => "coupon_code",
        ParameterValue::Action(_) => "action",
        ParameterValue::TtlMinutes(_) => "ttl_minutes",
    }
}
