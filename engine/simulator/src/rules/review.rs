//! Whether a template may be submitted, and what it then is. Sources: Meta, templates overview; template components;
//! template review; error codes (creation).

use serde_json::Value;

use super::codes::{
    PARAMETER, TEMPLATE_BODY_FORMAT, TEMPLATE_EDGE, TEMPLATE_FOOTER_FORMAT, TEMPLATE_HEADER_FORMAT, TEMPLATE_TOO_LONG,
};
use super::limits::TEMPLATE_BODY;
use super::{Broken, Checked};
use crate::template::{Template, TemplateButton, TemplateHeader, places};

const CATEGORIES: [&str; 3] = ["MARKETING", "UTILITY", "AUTHENTICATION"];
const HEADER: usize = 60;
const FOOTER: usize = 60;
const BUTTONS: usize = 10;
const LABEL: usize = 25;

/// The template that a request describes, under review.
pub(crate) fn submitted(known: &[Template], request: &Value) -> Checked<Template> {
    let (name, language) = (word(request, "name")?, word(request, "language")?);
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
    if name.chars().count() > 512 || !name.chars().all(plain) {
        return Err(wrong("name may have 512 characters of a-z, 0-9 and _"));
    }
    if known.iter().any(|other| other.name == name && other.language == language) {
        return Err(wrong(format!("there is already {language} content for this template: {name}")));
    }
    let category = word(request, "category")?.to_uppercase();
    if !CATEGORIES.contains(&&*category) {
        return Err(wrong(format!("category {category} is none of {}", CATEGORIES.join(", "))));
    }
    let mut template = Template::approved(name, language, category, "").status("PENDING");
    let components = request["components"].as_array().ok_or_else(|| wrong("components is required"))?;
    for component in components {
        match word(component, "type")?.to_uppercase().as_str() {
            "HEADER" => template.header = Some(header(component)?),
            "BODY" => template.body = body(component)?,
            "FOOTER" => template.footer = Some(footer(component)?),
            "BUTTONS" => template.buttons = buttons(component)?,
            other => return Err(wrong(format!("component {other} is not simulated"))),
        }
    }
    if template.body.is_empty() {
        return Err(Broken::new(TEMPLATE_BODY_FORMAT, "a template needs a BODY"));
    }
    let same = |other: &Template| other.body == template.body && other.footer == template.footer;
    if template.category != "AUTHENTICATION" && known.iter().any(same) {
        return Err(wrong("body and footer are those of another template"));
    }
    Ok(template)
}

fn wrong(details: impl Into<String>) -> Broken {
    Broken::new(PARAMETER, details)
}

fn word(json: &Value, key: &str) -> Checked<String> {
    let word = json[key].as_str().filter(|word| !word.is_empty());
    word.map(str::to_owned).ok_or_else(|| wrong(format!("{key} is required")))
}

fn fits(code: i64, what: &str, text: &str, most: usize) -> Checked {
    match text.encode_utf16().count() > most {
        true => Err(Broken::new(code, format!("{what} has more than {most} characters"))),
        false => Ok(()),
    }
}

fn header(json: &Value) -> Checked<TemplateHeader> {
    let format = word(json, "format")?.to_lowercase();
    match format.as_str() {
        "text" => {
            let text = word(json, "text")?;
            fits(TEMPLATE_HEADER_FORMAT, "the header", &text, HEADER)?;
            if places(&text).len() > 1 {
                return Err(Broken::new(TEMPLATE_HEADER_FORMAT, "a header has at most one variable"));
            }
            Ok(TemplateHeader::Text(text))
        }
        "location" => Ok(TemplateHeader::Media(format)),
        "image" | "video" | "document" if json["example"]["header_handle"][0].is_string() => {
            Ok(TemplateHeader::Media(format))
        }
        "image" | "video" | "document" => Err(Broken::new(TEMPLATE_HEADER_FORMAT, "the header has no sample")),
        _ => Err(Broken::new(TEMPLATE_HEADER_FORMAT, format!("header format {format} is not simulated"))),
    }
}

fn body(json: &Value) -> Checked<String> {
    let text = word(json, "text")?;
    fits(TEMPLATE_TOO_LONG, "the body", &text, TEMPLATE_BODY)?;
    let trimmed = text.trim();
    if trimmed.starts_with("{{") || trimmed.trim_end_matches(['.', '!', '?', ' ']).ends_with("}}") {
        return Err(Broken::new(TEMPLATE_EDGE, "variables can't be at the start or end of the template"));
    }
    let found = places(&text);
    let numbers: Vec<usize> = found.iter().filter_map(|place| place.parse().ok()).collect();
    let counted = (1..=numbers.len()).all(|number| numbers.contains(&number));
    if !counted || (!numbers.is_empty() && numbers.len() != found.len()) {
        return Err(Broken::new(TEMPLATE_BODY_FORMAT, "variables are numbered from 1 without gaps, or named"));
    }
    let example = &json["example"];
    let listed = |list: &Value| list.as_array().map_or(0, Vec::len);
    let positional = match &example["body_text"][0] {
        Value::Array(inner) => inner.len(),
        _ => listed(&example["body_text"]),
    };
    if positional.max(listed(&example["body_text_named_params"])) < found.len() {
        return Err(wrong("component BODY is missing expected field(s) (example)"));
    }
    Ok(text)
}

fn footer(json: &Value) -> Checked<String> {
    let text = word(json, "text")?;
    fits(TEMPLATE_FOOTER_FORMAT, "the footer", &text, FOOTER)?;
    if !places(&text).is_empty() {
        return Err(Broken::new(TEMPLATE_FOOTER_FORMAT, "a footer has no variables"));
    }
    Ok(text)
}

fn buttons(json: &Value) -> Checked<Vec<TemplateButton>> {
    let listed = json["buttons"].as_array().ok_or_else(|| wrong("buttons is required"))?;
    if listed.len() > BUTTONS {
        return Err(wrong(format!("a template has at most {BUTTONS} buttons")));
    }
    let read = |button: &Value| {
        let label = word(button, "text")?;
        fits(PARAMETER, "a button's text", &label, LABEL)?;
        match word(button, "type")?.to_uppercase().as_str() {
            "QUICK_REPLY" => Ok(TemplateButton::QuickReply(label)),
            "URL" => Ok(TemplateButton::Url { label, url: word(button, "url")? }),
            "COPY_CODE" => Ok(TemplateButton::CopyCode(label)),
            other => Err(wrong(format!("button {other} is not simulated"))),
        }
    };
    listed.iter().map(read).collect()
}
