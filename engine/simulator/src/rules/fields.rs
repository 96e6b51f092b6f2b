//! Whether a request is well formed, before anybody looks at who it is for.

use std::collections::HashSet;

use serde_json::Value;

use super::codes::{INVALID, MISSING, PARAMETER, TYPE};
use super::limits::{COMMON, Count, INTERACTIVE, Length, MESSAGES, Rules};
use super::paths::find;
use super::{Broken, Checked};

/// Checks a send request and returns its message type.
pub(crate) fn check(request: &Value) -> Checked<&str> {
    if request["messaging_product"] != "whatsapp" {
        return Err(Broken::new(PARAMETER, "The parameter messaging_product is required and must be \"whatsapp\"."));
    }
    let kind = request.get("type").map_or(Some("text"), Value::as_str).unwrap_or_default();
    let rules = MESSAGES
        .iter()
        .find(|rules| rules.kind == kind)
        .ok_or_else(|| Broken::new(TYPE, format!("Parameter type: {kind:?} is not a message type.")))?;
    if request.get(kind).is_none() {
        return Err(missing(kind));
    }
    COMMON.iter().try_for_each(|length| check_length(request, length))?;
    check_rules(request, rules)?;
    match kind {
        "image" | "video" | "document" | "audio" | "sticker" => check_media(&request[kind], kind)?,
        "location" => {
            check_degrees(request, "location.latitude", 90.0)?;
            check_degrees(request, "location.longitude", 180.0)?;
        }
        "reaction" if !request["reaction"]["emoji"].is_string() => return Err(missing("reaction.emoji")),
        "interactive" => check_interactive(request)?,
        _ => {}
    }
    Ok(kind)
}

fn check_interactive(request: &Value) -> Checked {
    let interactive = &request["interactive"];
    let kind = interactive["type"].as_str().unwrap_or_default();
    let rules = INTERACTIVE
        .iter()
        .find(|rules| rules.kind == kind)
        .ok_or_else(|| Broken::new(INVALID, format!("Parameter interactive.type: {kind:?} does not exist.")))?;
    check_rules(request, rules)?;
    if let Some(header) = interactive.get("header") {
        let of = header["type"].as_str().unwrap_or_default();
        if !rules.headers.contains(&of) {
            return Err(Broken::new(
                INVALID,
                format!("Parameter interactive.header.type: {of:?} is not allowed with interactive type {kind:?}."),
            ));
        }
        match of {
            "text" if header["text"].as_str().is_none_or(str::is_empty) => {
                return Err(missing("interactive.header.text"));
            }
            "text" => {}
            media => check_media(&header[media], &format!("interactive.header.{media}"))?,
        }
    }
    match kind {
        "list" | "product_list" => check_section_titles(interactive),
        "carousel" => check_cards(interactive),
        _ => Ok(()),
    }
}

fn check_section_titles(interactive: &Value) -> Checked {
    let sections = interactive["action"]["sections"].as_array().map_or(&[][..], Vec::as_slice);
    let untitled = |section: &Value| section["title"].as_str().is_none_or(str::is_empty);
    match sections.iter().position(untitled) {
        Some(index) if sections.len() > 1 => Err(missing(&format!("interactive.action.sections[{index}].title"))),
        _ => Ok(()),
    }
}

fn check_cards(interactive: &Value) -> Checked {
    let cards = interactive["action"]["cards"].as_array().map_or(&[][..], Vec::as_slice);
    let mut header_types = HashSet::new();
    for (index, card) in cards.iter().enumerate() {
        let path = format!("interactive.action.cards[{index}]");
        if card["card_index"].as_u64().is_none_or(|place| place > 9) {
            return Err(Broken::new(INVALID, format!("Parameter {path}.card_index must be from 0 to 9.")));
        }
        if card["body"]["text"].as_str().is_some_and(|text| text.matches('\n').count() > 2) {
            return Err(Broken::new(INVALID, format!("Parameter {path}.body.text may have at most 2 line breaks.")));
        }
        header_types.insert(card["header"]["type"].as_str());
    }
    if header_types.len() > 1 {
        return Err(Broken::new(INVALID, "Parameter interactive.action.cards: all cards need the same header type."));
    }
    Ok(())
}

fn check_rules(request: &Value, rules: &Rules) -> Checked {
    rules.counts.iter().try_for_each(|count| check_count(request, count))?;
    rules.lengths.iter().try_for_each(|length| check_length(request, length))?;
    rules.unique.iter().try_for_each(|path| check_unique(request, path))
}

fn check_length(request: &Value, length: &Length) -> Checked {
    for (path, value) in find(request, length.path) {
        match value {
            None if length.required => return Err(missing(&path)),
            None => {}
            Some(Value::String(text)) if text.is_empty() && length.required => return Err(missing(&path)),
            Some(Value::String(text)) => {
                let units = text.encode_utf16().count();
                if units > length.max {
                    let details =
                        format!("Parameter {path} must be at most {} characters long; it has {units}.", length.max);
                    return Err(Broken::new(PARAMETER, details));
                }
            }
            Some(_) => return Err(Broken::new(INVALID, format!("Parameter {path} must be a string."))),
        }
    }
    Ok(())
}

fn check_count(request: &Value, count: &Count) -> Checked {
    let found = find(request, count.path).iter().filter(|(_, value)| value.is_some()).count();
    if (count.min..=count.max).contains(&found) {
        return Ok(());
    }
    let (path, min, max) = (count.path, count.min, count.max);
    Err(Broken::new(INVALID, format!("Parameter {path} must have {min} to {max} elements; it has {found}.")))
}

fn check_unique(request: &Value, pattern: &str) -> Checked {
    let mut seen = HashSet::new();
    for (path, value) in find(request, pattern) {
        if !seen.insert(value.map(Value::to_string)) {
            return Err(Broken::new(INVALID, format!("Parameter {path} must be unique.")));
        }
    }
    Ok(())
}

/// A file is named by an id or by a link.
pub(crate) fn check_media(media: &Value, path: &str) -> Checked {
    let given = |key: &str| media[key].as_str().is_some_and(|text| !text.is_empty());
    match (given("id"), given("link")) {
        (false, false) => Err(missing(&format!("{path}.id or {path}.link"))),
        (true, true) => Err(Broken::new(INVALID, format!("Parameter {path}: id and link exclude each other."))),
        (false, true) if !media["link"].as_str().is_some_and(is_web_address) => {
            Err(Broken::new(INVALID, format!("Parameter {path}.link must be an http or https address.")))
        }
        _ => Ok(()),
    }
}

fn is_web_address(link: &str) -> bool {
    url::Url::parse(link).is_ok_and(|url| matches!(url.scheme(), "http" | "https"))
}

fn check_degrees(request: &Value, path: &str, max: f64) -> Checked {
    let value = find(request, path).pop().and_then(|(_, value)| value).ok_or_else(|| missing(path))?;
    let degrees = value.as_f64().or_else(|| value.as_str()?.parse().ok());
    match degrees {
        Some(degrees) if degrees.abs() <= max => Ok(()),
        _ => Err(Broken::new(INVALID, format!("Parameter {path} must be a number of degrees up to {max}."))),
    }
}

pub(crate) fn missing(path: &str) -> Broken {
    Broken::new(MISSING, format!("Parameter {path} is required."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn interactive(value: Value) -> Value {
        json!({"type": "interactive", "interactive": value})
    }

    fn buttons(titles: &[&str]) -> Value {
        let buttons: Vec<_> =
            titles.iter().map(|title| json!({"type": "reply", "reply": {"id": title, "title": title}})).collect();
        interactive(json!({"type": "button", "body": {"text": "?"}, "action": {"buttons": buttons}}))
    }

    fn list(sections: Value) -> Value {
        interactive(json!({"type": "list", "body": {"text": "?"}, "action": {"button": "Ver", "sections": sections}}))
    }

    fn verdict(mut request: Value) -> Checked<String> {
        request["messaging_product"] = json!("whatsapp");
        check(&request).map(str::to_owned)
    }

    #[test]
    fn good_requests_pass() {
        let cards = [0, 1].map(|index| {
            json!({"card_index": index, "type": "cta_url", "header": {"type": "image", "image": {"id": "1"}},
                "action": {"name": "cta_url", "parameters": {"display_text": "Ver", "url": "https://a.b"}}})
        });
        let carousel = json!({"type": "carousel", "body": {"text": "?"}, "action": {"cards": cards}});
        let good = [
            json!({"text": {"body": "oi"}}),
            json!({"type": "text", "text": {"body": "a".repeat(4096)}}),
            json!({"type": "image", "image": {"link": "https://example.com/a.jpg", "caption": "a"}}),
            json!({"type": "sticker", "sticker": {"id": "1"}}),
            json!({"type": "location", "location": {"latitude": "-23.5", "longitude": -46.6}}),
            json!({"type": "reaction", "reaction": {"message_id": "wamid.A", "emoji": ""}}),
            json!({"type": "contacts", "contacts": [{"name": {"formatted_name": "Ana"}}]}),
            buttons(&["a", "b", "c"]),
            list(json!([{"rows": [{"id": "1", "title": "um"}]}])),
            interactive(carousel),
        ];
        for request in good {
            assert_eq!(verdict(request.clone()).map(drop), Ok(()), "{request}");
        }
    }

    #[test]
    fn bad_requests_name_the_field() {
        let rows: Vec<_> = (0..11).map(|n| json!({"id": n.to_string(), "title": "x"})).collect();
        let long_button = "a".repeat(21);
        let table = [
            (json!({"type": "poll"}), TYPE, "poll"),
            (json!({"type": "text"}), MISSING, "text"),
            (json!({"type": "text", "text": {"body": ""}}), MISSING, "text.body"),
            (json!({"type": "text", "text": {"body": 5}}), INVALID, "text.body"),
            (json!({"type": "text", "text": {"body": "a".repeat(4097)}}), PARAMETER, "text.body"),
            // Two UTF-16 units each.
            (json!({"type": "text", "text": {"body": "\u{1F600}".repeat(2049)}}), PARAMETER, "4098"),
            (json!({"type": "image", "image": {"id": "1", "caption": "a".repeat(1025)}}), PARAMETER, "image.caption"),
            (json!({"type": "image", "image": {"caption": "a"}}), MISSING, "image.id"),
            (json!({"type": "audio", "audio": {"link": "ftp://a.b/c"}}), INVALID, "audio.link"),
            (json!({"type": "location", "location": {"latitude": 91, "longitude": 0}}), INVALID, "location.latitude"),
            (json!({"type": "contacts", "contacts": []}), INVALID, "contacts"),
            (json!({"type": "reaction", "reaction": {"message_id": "wamid.A"}}), MISSING, "reaction.emoji"),
            (json!({"text": {"body": "a"}, "biz_opaque_callback_data": "a".repeat(513)}), PARAMETER, "biz_opaque"),
            (interactive(json!({"type": "dance"})), INVALID, "interactive.type"),
            (buttons(&[]), INVALID, "interactive.action.buttons"),
            (buttons(&["a", "b", "c", "d"]), INVALID, "interactive.action.buttons"),
            (buttons(&["a", "a"]), INVALID, "buttons[1].reply.title must be unique"),
            (buttons(&["a", &long_button]), PARAMETER, "interactive.action.buttons[1].reply.title"),
            (list(json!([{"rows": rows}])), INVALID, "rows"),
            (
                list(json!([{"rows": [{"id": "1", "title": "x"}]}, {"title": "b", "rows": []}])),
                MISSING,
                "sections[0].title",
            ),
        ];
        for (request, code, word) in table {
            let broken = verdict(request.clone()).unwrap_err();
            assert_eq!(broken.code, code, "{request}: {broken:?}");
            assert!(broken.details.contains(word), "{broken:?} does not say {word:?}");
        }
    }

    #[test]
    fn headers_belong_to_kinds() {
        let mut request = list(json!([{"rows": [{"id": "1", "title": "um"}]}]));
        request["interactive"]["header"] = json!({"type": "image", "image": {"id": "1"}});
        assert!(verdict(request).unwrap_err().details.contains("interactive.header.type"));
        let mut request = buttons(&["a"]);
        request["interactive"]["header"] = json!({"type": "image", "image": {}});
        assert!(verdict(request).unwrap_err().details.contains("interactive.header.image.id"));
    }
}
