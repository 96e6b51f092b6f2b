//! Templates as Meta writes them, read into `ponte-model`. (Meta: template management; template components.)
//!
//! Words come in either case, examples in several shapes, and parts and buttons that nobody here knows are kept by
//! name: a template is left out only if it does not even say what it is called.

use ponte_model::WabaId;
use ponte_model::template::{
    Button, ButtonAction, Component, Definition, Header, HeaderKind, ParameterFormat, Quality, Registered, Text,
};
use serde_json::Value;

/// A template as one would submit it: from a file, or as listed.
///
/// # Errors
/// What is missing, as a sentence. What is only wrong is for the lint.
pub fn definition(json: &Value) -> Result<Definition, String> {
    let need = |key: &str| {
        word(json, key)
            .ok_or_else(|| format!("{key} is missing: a template has a name, a language, a category and components"))
    };
    let components =
        json["components"].as_array().ok_or("components is missing: it is the list of the template's parts")?;
    let components: Vec<_> = components.iter().map(component).collect();
    Ok(Definition {
        name: need("name")?,
        language: need("language")?,
        category: need("category")?.into(),
        // Meta: positional, unless it is said. Older listings do not say.
        format: word(json, "parameter_format").map_or_else(|| format_of(&components), Into::into),
        ttl_secs: json["message_send_ttl_seconds"].as_i64(),
        components,
    })
}

/// A template as `GET /{waba}/message_templates` lists it.
///
/// # Errors
/// As [`definition`].
pub fn registered(waba: &WabaId, json: &Value) -> Result<Registered, String> {
    let known = |key: &str| word(json, key).filter(|word| word != "NONE");
    Ok(Registered {
        waba: waba.clone(),
        id: word(json, "id").unwrap_or_default(),
        definition: definition(json)?,
        status: word(json, "status").unwrap_or_default().into(),
        quality: word(&json["quality_score"], "score").map_or(Quality::Unknown, Into::into),
        previous_category: known("previous_category").map(Into::into),
        correct_category: known("correct_category").map(Into::into),
        reason: known("rejected_reason"),
    })
}

fn component(json: &Value) -> Component {
    let name = capitals(json, "type");
    match name.as_str() {
        "HEADER" => Component::Header(header(json)),
        "BODY" => Component::Body(text(json, "body_text")),
        "FOOTER" => Component::Footer {
            text: word(json, "text"),
            code_expiration_minutes: json["code_expiration_minutes"].as_i64(),
        },
        "BUTTONS" => Component::Buttons { buttons: list(&json["buttons"]).iter().map(button).collect() },
        "LIMITED_TIME_OFFER" => {
            let offer = &json["limited_time_offer"];
            Component::LimitedTimeOffer {
                text: word(offer, "text"),
                has_expiration: offer["has_expiration"].as_bool().unwrap_or(false),
            }
        }
        "CAROUSEL" => {
            let card = |card: &Value| list(&card["components"]).iter().map(component).collect();
            Component::Carousel { cards: list(&json["cards"]).iter().map(card).collect() }
        }
        _ => Component::Other { name, json: json.clone() },
    }
}

fn header(json: &Value) -> Header {
    let name = capitals(json, "format");
    let media = |kind| Header::Media { kind, sample: count(&json["example"]["header_handle"]) > 0 };
    match name.as_str() {
        "TEXT" => Header::Text(text(json, "header_text")),
        "IMAGE" => media(HeaderKind::Image),
        "VIDEO" => media(HeaderKind::Video),
        "DOCUMENT" => media(HeaderKind::Document),
        "LOCATION" => Header::Location,
        _ => Header::Other { name },
    }
}

fn text(json: &Value, examples: &str) -> Text {
    let example = &json["example"];
    let named = count(&example[format!("{examples}_named_params")]);
    Text { text: word(json, "text"), examples: count(&example[examples]).max(named) }
}

/// How many examples: `["a", "b"]`, or with another list around it.
fn count(examples: &Value) -> usize {
    match examples {
        Value::Array(many) => match many.first() {
            Some(Value::Array(inner)) => inner.len(),
            _ => many.len(),
        },
        Value::String(_) => 1,
        _ => 0,
    }
}

fn button(json: &Value) -> Button {
    let example = json["example"].as_str().or_else(|| json["example"][0].as_str());
    let name = capitals(json, "type");
    let action = match name.as_str() {
        "QUICK_REPLY" => ButtonAction::QuickReply,
        "URL" => ButtonAction::Url { url: word(json, "url").unwrap_or_default(), example: example.is_some() },
        "PHONE_NUMBER" => ButtonAction::Phone { number: word(json, "phone_number").unwrap_or_default() },
        "COPY_CODE" => ButtonAction::CopyCode { example: example.map(str::to_owned) },
        "OTP" => ButtonAction::Otp { kind: capitals(json, "otp_type") },
        "FLOW" => ButtonAction::Flow,
        "CATALOG" => ButtonAction::Catalog,
        "MPM" => ButtonAction::Products,
        "VOICE_CALL" => ButtonAction::VoiceCall,
        _ => ButtonAction::Other { name },
    };
    Button { text: word(json, "text"), action }
}

/// Named, if any place is not a number.
fn format_of(components: &[Component]) -> ParameterFormat {
    let words = |part: &Component| match part {
        Component::Header(Header::Text(text)) | Component::Body(text) => text.text.clone(),
        _ => None,
    };
    let named = |text: String| {
        text.split("{{")
            .skip(1)
            .filter_map(|rest| rest.split_once("}}"))
            .any(|(place, _)| place.trim().parse::<u32>().is_err())
    };
    match components.iter().filter_map(words).any(named) {
        true => ParameterFormat::Named,
        false => ParameterFormat::Positional,
    }
}

/// A string, or a number as one.
fn word(json: &Value, key: &str) -> Option<String> {
    match &json[key] {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

fn capitals(json: &Value, key: &str) -> String {
    word(json, key).unwrap_or_default().to_ascii_uppercase()
}

fn list(json: &Value) -> &[Value] {
    json.as_array().map_or(&[], Vec::as_slice)
}
