//! Templates, filled in: what can be known without the template itself. (Meta: template messages, template components.)

use std::collections::HashSet;
use std::fmt::Display;

use ponte_model::send::{Parameter, ParameterValue, Template, TemplateComponent};
use serde_json::Value;

use super::super::media_word;
use super::rules::{Checked, all_chars, count, filled, refuse, text};
use super::{header_media, location};
use crate::limits::*;

const PAGE: &str = "Meta: template components";

/// What a place in a template takes.
struct Place {
    takes: &'static [&'static str],
    /// How long words may be.
    words: Option<&'static Limit>,
}

const HEADER: Place =
    Place { takes: &["text", "image", "video", "document", "location"], words: Some(&TEMPLATE_HEADER_VALUE) };
const BODY: Place = Place { takes: &["text", "currency", "date_time"], words: Some(&TEMPLATE_BODY_VALUE) };
const CARD_BODY: Place = Place { words: Some(&TEMPLATE_CARD_VALUE), ..BODY };

/// The buttons that take a value. The platform has more, and gets more: those are let through.
const BUTTONS: &[(&str, Place)] = &[
    ("quick_reply", Place { takes: &["payload"], words: None }),
    ("url", Place { takes: &["text"], words: Some(&TEMPLATE_URL_SUFFIX) }),
    ("copy_code", Place { takes: &["coupon_code"], words: None }),
    ("flow", Place { takes: &["action"], words: None }),
    ("catalog", Place { takes: &["action"], words: None }),
    ("mpm", Place { takes: &["action"], words: None }),
    ("voice_call", Place { takes: &["ttl_minutes", "payload"], words: Some(&CALL_PAYLOAD) }),
];

pub(super) fn template(template: &Template) -> Checked {
    text(&TEMPLATE_NAME, "name", &template.name)?;
    all_chars("name", &template.name, is_name, "a-z, 0-9, \"_\" (Meta: templates overview)")?;
    filled("language", &template.language)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || c == '_';
    all_chars(
        "language",
        &template.language,
        allowed,
        "a code with an underscore, such as pt_BR (Meta: supported languages)",
    )?;
    components(&template.components, "components", false)
}

fn is_name(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
}

fn components(parts: &[TemplateComponent], at: &str, in_card: bool) -> Checked {
    let (mut once, mut positions) = (HashSet::new(), HashSet::new());
    let mut buttons = Buttons::default();
    for (index, part) in parts.iter().enumerate() {
        let at = format!("{at}[{index}]");
        let word = match part {
            TemplateComponent::Header { .. } => "header",
            TemplateComponent::Body { .. } => "body",
            TemplateComponent::Button { .. } => "button",
            TemplateComponent::LimitedTimeOffer { .. } => "limited_time_offer",
            TemplateComponent::Carousel { .. } => "carousel",
        };
        if word != "button" && !once.insert(word) {
            return refuse(at, format!("is a second {word}; there is one ({PAGE})"));
        }
        match part {
            TemplateComponent::Header { parameters } => {
                if parameters.len() > 1 {
                    return refuse(
                        format_args!("{at}.parameters"),
                        format!("has {}; a header takes one ({PAGE})", parameters.len()),
                    );
                }
                values(parameters, &HEADER, &at)?;
            }
            TemplateComponent::Body { parameters } => {
                let place = if in_card { &CARD_BODY } else { &BODY };
                values(parameters, place, &at)?;
            }
            TemplateComponent::Button { sub_type, index, parameters } => {
                if !positions.insert(*index) {
                    return refuse(
                        format_args!("{at}.index"),
                        format!("{index} occurs twice; each button has its own place ({PAGE})"),
                    );
                }
                buttons.add(sub_type, *index, in_card, &at)?;
                button(sub_type, parameters, &at)?;
            }
            TemplateComponent::LimitedTimeOffer { .. } | TemplateComponent::Carousel { .. } if in_card => {
                return refuse(at, format!("a card holds no {word} ({PAGE})"));
            }
            TemplateComponent::LimitedTimeOffer { expires_at_ms } => {
                if *expires_at_ms <= 0 {
                    return refuse(format_args!("{at}.expires_at_ms"), "is not a time after 1970");
                }
            }
            TemplateComponent::Carousel { cards } => {
                count(&TEMPLATE_CARDS, format_args!("{at}.cards"), cards.len())?;
                for (card, parts) in cards.iter().enumerate() {
                    components(parts, &format!("{at}.cards[{card}]"), true)?;
                }
            }
        }
    }
    not_mixed(parts, at)
}

/// Counts buttons by kind.
#[derive(Default)]
struct Buttons {
    all: usize,
    url: usize,
    copy_code: usize,
}

impl Buttons {
    fn add(&mut self, sub_type: &str, index: u8, in_card: bool, at: &str) -> Checked {
        self.all += 1;
        self.url += usize::from(sub_type == "url");
        self.copy_code += usize::from(sub_type == "copy_code");
        let all = if in_card { &TEMPLATE_CARD_BUTTONS } else { &TEMPLATE_BUTTONS };
        // A button's place says how many there are at least, also of those that take no value.
        count(all, format_args!("{at}.index"), self.all.max(usize::from(index) + 1))?;
        count(&TEMPLATE_URL_BUTTONS, at, self.url)?;
        count(&TEMPLATE_COPY_BUTTONS, at, self.copy_code)
    }
}

fn button(sub_type: &str, parameters: &[Parameter], at: &str) -> Checked {
    filled(format_args!("{at}.sub_type"), sub_type)?;
    if parameters.is_empty() {
        return refuse(
            format_args!("{at}.parameters"),
            format!("is empty; leave out buttons that take no value ({PAGE})"),
        );
    }
    let Some((_, place)) = BUTTONS.iter().find(|(word, _)| *word == sub_type) else { return Ok(()) };
    let mut kinds = HashSet::new();
    for (index, parameter) in parameters.iter().enumerate() {
        let kind = kind(&parameter.value);
        if !kinds.insert(kind) {
            return refuse(
                format_args!("{at}.parameters[{index}]"),
                format!("is a second {kind}; a {sub_type} button takes one ({PAGE})"),
            );
        }
    }
    values(parameters, place, at)?;
    match &parameters[0].value {
        ParameterValue::Action(action) if sub_type == "mpm" => multi_product(action, &format!("{at}.parameters[0]")),
        _ => Ok(()),
    }
}

fn values(parameters: &[Parameter], place: &Place, at: &str) -> Checked {
    parameters.iter().enumerate().try_for_each(|(index, parameter)| {
        let at = format!("{at}.parameters[{index}]");
        let kind = kind(&parameter.value);
        if !place.takes.contains(&kind) {
            return refuse(at, format!("is {kind}; this place takes {} ({PAGE})", place.takes.join(" or ")));
        }
        value(&parameter.value, place, &at)
    })
}

fn kind(value: &ParameterValue) -> &'static str {
    match value {
        ParameterValue::Text(_) => "text",
        ParameterValue::Currency { .. } => "currency",
        ParameterValue::DateTime { .. } => "date_time",
        ParameterValue::Media(file) => media_word(file.kind),
        ParameterValue::Location(_) => "location",
        ParameterValue::Payload(_) => "payload",
        ParameterValue::CouponCode(_) => "coupon_code",
        ParameterValue::Action(_) => "action",
        ParameterValue::TtlMinutes(_) => "ttl_minutes",
    }
}

fn value(value: &ParameterValue, place: &Place, at: &str) -> Checked {
    let long = |words: &str| match place.words {
        Some(limit) => text(limit, at, words),
        None => filled(at, words),
    };
    match value {
        ParameterValue::Text(words) | ParameterValue::DateTime { fallback: words, .. } => {
            long(words)?;
            one_line(words, at)
        }
        ParameterValue::Currency { fallback, code, .. } => {
            long(fallback)?;
            one_line(fallback, at)?;
            if code.len() != 3 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) {
                return refuse(
                    format_args!("{at}.code"),
                    format!("{code:?} is not a currency; three capitals are, such as BRL (ISO 4217)"),
                );
            }
            Ok(())
        }
        ParameterValue::Media(file) => header_media(file, &format!("{at}."), &["image", "video", "document"]),
        ParameterValue::Location(place) => location(place, &format!("{at}.")),
        ParameterValue::Payload(payload) => long(payload),
        ParameterValue::CouponCode(code) => {
            text(&COUPON_CODE, at, code)?;
            one_line(code, at)
        }
        ParameterValue::Action(action) if !action.is_object() => refuse(at, "is not an object"),
        ParameterValue::Action(_) | ParameterValue::TtlMinutes(_) => Ok(()),
    }
}

/// Values have no line breaks, no tabs, and no long gaps.
fn one_line(words: &str, at: impl Display + Copy) -> Checked {
    all_chars(at, words, |c| !matches!(c, '\n' | '\r' | '\t'), "values of one line without tabs (Meta: error 132018)")?;
    let longest = words.split(|c| c != ' ').map(str::len).max().unwrap_or(0);
    count(&TEMPLATE_SPACES, at, longest)
}

/// `{"sections":[{"product_items":[…]}]}`
fn multi_product(action: &Value, at: &str) -> Checked {
    let sections = action["sections"].as_array().map_or(&[][..], Vec::as_slice);
    count(&TEMPLATE_PRODUCT_SECTIONS, format_args!("{at}.sections"), sections.len())?;
    let products = sections.iter().map(|section| section["product_items"].as_array().map_or(0, Vec::len)).sum();
    count(&TEMPLATE_PRODUCTS, format_args!("{at}.sections[].product_items"), products)
}

/// Either all places of a template have names, or none has.
fn not_mixed(parts: &[TemplateComponent], at: &str) -> Checked {
    let mut named = None;
    let mut names = HashSet::new();
    for (c, part) in parts.iter().enumerate() {
        let (TemplateComponent::Header { parameters } | TemplateComponent::Body { parameters }) = part else {
            continue;
        };
        for (p, parameter) in parameters.iter().enumerate() {
            if !BODY.takes.contains(&kind(&parameter.value)) {
                continue;
            }
            let at = format_args!("{at}[{c}].parameters[{p}].name");
            if *named.get_or_insert(parameter.name.is_some()) != parameter.name.is_some() {
                return refuse(at, "named and numbered places do not mix (Meta: templates overview)");
            }
            let Some(name) = &parameter.name else { continue };
            filled(at, name)?;
            all_chars(at, name, is_name, "a-z, 0-9, \"_\" (Meta: templates overview)")?;
            if !names.insert(name) {
                return refuse(at, format!("{name:?} occurs twice (Meta: templates overview)"));
            }
        }
    }
    Ok(())
}
