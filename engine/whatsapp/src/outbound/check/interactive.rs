//! Messages with something to tap. (Meta: interactive messages, each type's own page.)

use ponte_model::send::{Action, Button, Card, Form, FormRef, Header, Interactive, ProductSection, Section};
use serde_json::{Map, Value};

use super::super::{action_word, media_word};
use super::header_media;
use super::rules::{Checked, all_chars, count, filled, one_of, optional, refuse, text, unique, web_address};
use crate::limits::*;

/// What may stand around an action.
struct Frame {
    headers: &'static [&'static str],
    header_required: bool,
    body: &'static Limit,
    body_required: bool,
    footer: bool,
}

const ANY: &[&str] = &["text", "image", "video", "document"];
const NONE: &[&str] = &[];

/// What most types have: any header, a body, a footer.
const FULL: Frame =
    Frame { headers: ANY, header_required: false, body: &INTERACTIVE_BODY, body_required: true, footer: true };
/// Types that ask something of the customer: words and nothing else.
const WORDS: Frame = Frame { headers: NONE, footer: false, ..FULL };

/// The platform's table of headers, bodies and footers, as of December 2025. What no page shows is not allowed.
fn frame(action: &Action) -> Frame {
    match action {
        Action::Buttons { .. } | Action::OpenUrl { .. } | Action::Form(_) | Action::OrderDetails { .. } => FULL,
        Action::List { .. } => Frame { headers: &["text"], body: &LIST_BODY, ..FULL },
        Action::Products { .. } => Frame { headers: &["text"], header_required: true, ..FULL },
        Action::Product { .. } => Frame { headers: NONE, body_required: false, ..FULL },
        Action::Catalog { .. } | Action::OrderStatus { .. } => Frame { headers: NONE, ..FULL },
        Action::Carousel { .. }
        | Action::RequestLocation
        | Action::RequestContact
        | Action::RequestCallPermission
        | Action::RequestAddress { .. }
        | Action::Call { .. } => WORDS,
    }
}

pub(super) fn interactive(message: &Interactive) -> Checked {
    let frame = frame(&message.action);
    let word = action_word(&message.action);
    header(message.header.as_ref(), &frame, word)?;
    match &message.body {
        None if frame.body_required => {
            refuse("body", format!("is missing; every {word} message has one (Meta: interactive messages)"))?
        }
        body => optional(frame.body, "body", body)?,
    }
    if message.footer.is_some() && !frame.footer {
        return refuse("footer", format!("a {word} message has none (Meta: interactive messages)"));
    }
    optional(&FOOTER, "footer", &message.footer)?;
    action(&message.action)
}

fn header(header: Option<&Header>, frame: &Frame, word: &str) -> Checked {
    let kind = match header {
        None if frame.header_required => {
            return refuse(
                "header",
                format!("is missing; every {word} message has one in words (Meta: interactive messages)"),
            );
        }
        None => return Ok(()),
        Some(Header::Text(_)) => "text",
        Some(Header::Media(file)) => media_word(file.kind),
    };
    if !frame.headers.contains(&kind) {
        let allowed = if frame.headers.is_empty() { "none".to_owned() } else { frame.headers.join(", ") };
        return refuse(
            "header",
            format!("is {kind}; allowed in a {word} message: {allowed} (Meta: interactive messages)"),
        );
    }
    match header {
        Some(Header::Text(words)) => text(&HEADER_TEXT, "header", words),
        Some(Header::Media(file)) => header_media(file, "header.", frame.headers),
        None => Ok(()),
    }
}

fn action(action: &Action) -> Checked {
    match action {
        Action::Buttons { buttons } => self::buttons(buttons),
        Action::List { button, sections } => list(button, sections),
        Action::OpenUrl { label, url } => {
            text(&URL_LABEL, "label", label)?;
            web_address("url", url)
        }
        Action::Form(form) => self::form(form),
        Action::Product { catalog_id, product } => {
            filled("catalog_id", catalog_id)?;
            filled("product", product)
        }
        Action::Products { catalog_id, sections } => products(catalog_id, sections),
        Action::Catalog { thumbnail } => thumbnail.as_deref().map_or(Ok(()), |product| filled("thumbnail", product)),
        Action::Carousel { cards } => carousel(cards),
        Action::RequestLocation | Action::RequestContact | Action::RequestCallPermission => Ok(()),
        Action::RequestAddress { country, details } => {
            one_of("country", country, ADDRESS_COUNTRIES, "Meta: address messages, 2025-12")?;
            address_details(details)
        }
        Action::Call { label, payload, .. } => {
            text(&CALL_LABEL, "label", label)?;
            optional(&CALL_PAYLOAD, "payload", payload)
        }
        Action::OrderDetails { parameters } => order_details(parameters),
        Action::OrderStatus { reference, status, description } => {
            order_reference("reference", reference)?;
            filled("status", status)?;
            description.as_deref().map_or(Ok(()), |words| filled("description", words))
        }
    }
}

fn buttons(buttons: &[Button]) -> Checked {
    count(&BUTTONS, "buttons", buttons.len())?;
    for (index, button) in buttons.iter().enumerate() {
        text(&BUTTON_ID, format_args!("buttons[{index}].id"), &button.id)?;
        text(&BUTTON_TITLE, format_args!("buttons[{index}].title"), &button.title)?;
    }
    let paths = |field: &'static str| (0..).map(move |index| format!("buttons[{index}].{field}"));
    unique(paths("id").zip(buttons.iter().map(|button| button.id.as_str())), BUTTON_ID.source)?;
    unique(paths("title").zip(buttons.iter().map(|button| button.title.as_str())), BUTTON_TITLE.source)
}

fn list(button: &str, sections: &[Section]) -> Checked {
    text(&LIST_BUTTON, "button", button)?;
    count(&SECTIONS, "sections", sections.len())?;
    count(&ROWS, "sections[].rows", sections.iter().map(|section| section.rows.len()).sum())?;
    for (s, section) in sections.iter().enumerate() {
        section_title(s, section.title.as_ref(), sections.len())?;
        if section.rows.is_empty() {
            return refuse(format_args!("sections[{s}].rows"), "is empty (Meta: interactive list messages)");
        }
        for (r, row) in section.rows.iter().enumerate() {
            text(&ROW_ID, format_args!("sections[{s}].rows[{r}].id"), &row.id)?;
            text(&ROW_TITLE, format_args!("sections[{s}].rows[{r}].title"), &row.title)?;
            optional(&ROW_DESCRIPTION, format_args!("sections[{s}].rows[{r}].description"), &row.description)?;
        }
    }
    let rows = sections.iter().enumerate().flat_map(|(s, section)| {
        section.rows.iter().enumerate().map(move |(r, row)| (format!("sections[{s}].rows[{r}].id"), row.id.as_str()))
    });
    unique(rows, ROW_ID.source)
}

fn section_title(index: usize, title: Option<&String>, sections: usize) -> Checked {
    let at = format_args!("sections[{index}].title");
    match title {
        Some(title) => text(&SECTION_TITLE, at, title),
        None if sections > 1 => {
            refuse(at, format!("is missing; each of several sections has one ({})", SECTION_TITLE.origin()))
        }
        None => Ok(()),
    }
}

fn products(catalog_id: &str, sections: &[ProductSection]) -> Checked {
    filled("catalog_id", catalog_id)?;
    count(&PRODUCT_SECTIONS, "sections", sections.len())?;
    count(&PRODUCTS, "sections[].products", sections.iter().map(|section| section.products.len()).sum())?;
    for (s, section) in sections.iter().enumerate() {
        section_title(s, section.title.as_ref(), sections.len())?;
        if section.products.is_empty() {
            return refuse(format_args!("sections[{s}].products"), "is empty (Meta: sharing products)");
        }
        for (p, product) in section.products.iter().enumerate() {
            filled(format_args!("sections[{s}].products[{p}]"), product)?;
        }
    }
    Ok(())
}

fn carousel(cards: &[Card]) -> Checked {
    count(&CARDS, "cards", cards.len())?;
    let kind = |card: &Card| match card {
        Card::OpenUrl { header, .. } => media_word(header.kind),
        Card::Product { .. } => "product",
    };
    for (index, card) in cards.iter().enumerate() {
        let (first, this) = (kind(&cards[0]), kind(card));
        if this != first {
            return refuse(
                format_args!("cards[{index}]"),
                format!("has {this} where the first has {first}; all cards are alike (Meta: interactive carousels)"),
            );
        }
        match card {
            Card::OpenUrl { header, body, label, url } => {
                header_media(header, &format!("cards[{index}].header."), &["image", "video"])?;
                let at = format_args!("cards[{index}].body");
                optional(&CARD_BODY, at, body)?;
                let breaks = body.iter().flat_map(|body| body.bytes()).filter(|&byte| byte == b'\n').count();
                count(&CARD_LINE_BREAKS, at, breaks)?;
                text(&CARD_LABEL, format_args!("cards[{index}].label"), label)?;
                web_address(format_args!("cards[{index}].url"), url)?;
            }
            Card::Product { catalog_id, product } => {
                filled(format_args!("cards[{index}].catalog_id"), catalog_id)?;
                filled(format_args!("cards[{index}].product"), product)?;
            }
        }
    }
    Ok(())
}

fn form(form: &Form) -> Checked {
    match &form.form {
        FormRef::Id(id) => filled("form.id", id)?,
        FormRef::Name(name) => filled("form.name", name)?,
    }
    text(&FORM_LABEL, "label", &form.label)?;
    // The blocks that nearly all emoji are of. Meta: sending a flow.
    let emoji = |c: char| matches!(c, '\u{2600}'..='\u{27bf}' | '\u{1f1e6}'..='\u{1faff}');
    all_chars("label", &form.label, |c| !emoji(c), "no emoji (Meta: sending a flow)")?;
    for (at, word, allowed) in [
        ("mode", &form.mode, ["draft", "published"]),
        ("flow_action", &form.flow_action, ["navigate", "data_exchange"]),
    ] {
        if let Some(word) = word {
            one_of(at, word, &allowed, "Meta: sending a flow")?;
        }
    }
    match &form.flow_action_payload {
        Some(payload) if !payload.is_object() => {
            refuse("flow_action_payload", "is not an object (Meta: sending a flow)")
        }
        _ => Ok(()),
    }
}

fn address_details(details: &Map<String, Value>) -> Checked {
    for key in details.keys() {
        let known = ["values", "saved_addresses", "validation_errors"];
        one_of(format_args!("details.{key}"), key, &known, "Meta: address messages")?;
    }
    Ok(())
}

fn order_reference(at: &str, reference: &str) -> Checked {
    text(&ORDER_REFERENCE, at, reference)?;
    let allowed = |c: char| c.is_ascii_alphanumeric() || "_.-".contains(c);
    all_chars(at, reference, allowed, "letters, digits, \"_\", \".\", \"-\" (Meta: payments in Brazil)")
}

/// The order is in the platform's shape. The reference is checked in every currency by the only rule there is;
/// names and amounts in reais only.
fn order_details(parameters: &Value) -> Checked {
    let reference = parameters["reference_id"].as_str().unwrap_or_default();
    order_reference("parameters.reference_id", reference)?;
    if parameters["currency"] != "BRL" {
        return Ok(());
    }
    let items = parameters["order"]["items"].as_array().map_or(&[][..], Vec::as_slice);
    for (index, item) in items.iter().enumerate() {
        let name = item["name"].as_str().unwrap_or_default();
        text(&ORDER_ITEM_NAME, format_args!("parameters.order.items[{index}].name"), name)?;
    }
    offsets("parameters", parameters)
}

/// Every amount, wherever it is, counts hundredths of a real.
fn offsets(at: &str, json: &Value) -> Checked {
    match json {
        Value::Object(fields) => fields.iter().try_for_each(|(key, value)| {
            let at = format!("{at}.{key}");
            if key == "offset" && value.as_u64() != Some(BRL_OFFSET) {
                return refuse(
                    at,
                    format!("is {value}; amounts in BRL need {BRL_OFFSET} (Meta: payments in Brazil, 2026-03)"),
                );
            }
            offsets(&at, value)
        }),
        Value::Array(items) => items.iter().enumerate().try_for_each(|(i, item)| offsets(&format!("{at}[{i}]"), item)),
        _ => Ok(()),
    }
}
