//! Whether a template message fits its template, and how it then reads. Source: Meta, template messages.

use serde_json::Value;

use super::codes::{
    TEMPLATE_COUNT, TEMPLATE_DISABLED, TEMPLATE_FORMAT, TEMPLATE_LONG, TEMPLATE_MISSING, TEMPLATE_PAUSED,
};
use super::limits::TEMPLATE_BODY;
use super::{Broken, Checked, fields};
use crate::template::{Template, TemplateHeader, fill, places};

/// Finds the template that `message` (the request's `template` object) names, and whether it may be sent.
pub(crate) fn sendable<'t>(templates: &'t [Template], message: &Value) -> Checked<&'t Template> {
    let (name, language) = (text(&message["name"]), text(&message["language"]["code"]));
    let template = templates
        .iter()
        .find(|template| template.name == name && template.language == language)
        .ok_or_else(|| Broken::new(TEMPLATE_MISSING, format!("template name ({name}) does not exist in {language}")))?;
    match template.status.as_str() {
        "APPROVED" => Ok(template),
        "PAUSED" => Err(Broken::new(TEMPLATE_PAUSED, format!("template ({name}) is paused"))),
        "DISABLED" => Err(Broken::new(TEMPLATE_DISABLED, format!("template ({name}) is disabled"))),
        other => Err(Broken::new(TEMPLATE_MISSING, format!("template ({name}) is not approved: {other}"))),
    }
}

/// Checks the parameters, and returns what the customer reads.
pub(crate) fn filled(template: &Template, message: &Value) -> Checked<String> {
    let mut header = Vec::new();
    let mut body = Vec::new();
    let mut buttons = vec![Vec::new(); template.buttons.len()];
    for component in message["components"].as_array().map_or(&[][..], Vec::as_slice) {
        let parameters = component["parameters"].as_array().cloned().unwrap_or_default();
        match text(&component["type"]) {
            "header" => header = parameters,
            "body" => body = parameters,
            "button" => {
                let index = button_index(template, component)?;
                buttons[index] = parameters;
            }
            other => return Err(Broken::new(TEMPLATE_FORMAT, format!("components: the template has no {other:?}"))),
        }
    }

    let mut parts = Vec::new();
    match &template.header {
        Some(TemplateHeader::Text(words)) => parts.push(words_filled("header", words, &header)?),
        Some(TemplateHeader::Media(kind)) => parts.push(media_header(kind, &header)?),
        None => expect_count("header", 0, header.len())?,
    }
    let words = words_filled("body", &template.body, &body)?;
    if words.encode_utf16().count() > TEMPLATE_BODY {
        return Err(Broken::new(TEMPLATE_LONG, format!("body: longer than {TEMPLATE_BODY} characters when filled in")));
    }
    parts.push(words);
    parts.extend(template.footer.clone());
    for (index, (button, parameters)) in template.buttons.iter().zip(&buttons).enumerate() {
        let optional = usize::from(button.sub_type() == "quick_reply" && !parameters.is_empty());
        expect_count(&format!("button {index}"), button.required() + optional, parameters.len())?;
        parts.push(format!("[{}]", button.label()));
    }
    Ok(parts.join("\n"))
}

fn button_index(template: &Template, component: &Value) -> Checked<usize> {
    let index = &component["index"];
    let place = index.as_u64().or_else(|| index.as_str()?.parse().ok()).and_then(|index| usize::try_from(index).ok());
    let sub_type = text(&component["sub_type"]);
    place
        .filter(|place| template.buttons.get(*place).is_some_and(|button| button.sub_type() == sub_type))
        .ok_or_else(|| Broken::new(TEMPLATE_FORMAT, format!("button {index}: the template has no {sub_type:?} there")))
}

fn media_header(kind: &str, parameters: &[Value]) -> Checked<String> {
    expect_count("header", 1, parameters.len())?;
    let given = text(&parameters[0]["type"]);
    if given != kind {
        return Err(Broken::new(
            TEMPLATE_FORMAT,
            format!("header: Format mismatch, expected {kind}, received {given}"),
        ));
    }
    if kind != "location" {
        fields::check_media(&parameters[0][kind], &format!("template.components.header.{kind}"))?;
    }
    Ok(format!("[{kind}]"))
}

fn words_filled(part: &str, words: &str, parameters: &[Value]) -> Checked<String> {
    let places = places(words);
    expect_count(part, places.len(), parameters.len())?;
    let named = places.iter().any(|place| place.parse::<u32>().is_err());
    let mut values = Vec::with_capacity(places.len());
    for (index, place) in places.iter().enumerate() {
        let parameter = if named {
            parameters.iter().find(|parameter| parameter["parameter_name"] == **place)
        } else {
            parameters.get(index)
        };
        let parameter = parameter
            .ok_or_else(|| Broken::new(TEMPLATE_FORMAT, format!("{part}: parameter {place:?} is not given")))?;
        values.push((*place, parameter_words(part, place, parameter)?));
    }
    Ok(fill(words, |place| values.iter().find(|(name, _)| *name == place).map_or_else(String::new, |v| v.1.clone())))
}

fn parameter_words(part: &str, place: &str, parameter: &Value) -> Checked<String> {
    let words = match text(&parameter["type"]) {
        "text" => parameter["text"].as_str(),
        kind @ ("currency" | "date_time") => parameter[kind]["fallback_value"].as_str(),
        _ => None,
    };
    let words = words
        .filter(|words| !words.is_empty())
        .ok_or_else(|| Broken::new(TEMPLATE_FORMAT, format!("{part}: parameter {place:?} has no words")))?;
    if words.contains(['\n', '\t']) || words.contains("     ") {
        let details = format!(
            "{part}: parameter {place:?} cannot have new-line/tab characters or more than 4 consecutive spaces"
        );
        return Err(Broken::new(TEMPLATE_FORMAT, details));
    }
    Ok(words.to_owned())
}

fn expect_count(part: &str, expected: usize, given: usize) -> Checked {
    if expected == given {
        return Ok(());
    }
    let details = format!(
        "{part}: number of localizable_params ({given}) does not match the expected number of params ({expected})"
    );
    Err(Broken::new(TEMPLATE_COUNT, details))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::TemplateButton;
    use serde_json::json;

    fn order() -> Template {
        Template::approved("order", "pt_BR", "UTILITY", "Oi {{1}}, pedido {{2}}.")
    }

    fn body(texts: &[&str]) -> Value {
        let parameters: Vec<_> = texts.iter().map(|text| json!({"type": "text", "text": text})).collect();
        json!({"components": [{"type": "body", "parameters": parameters}]})
    }

    #[test]
    fn the_customer_reads_the_filled_text() {
        assert_eq!(filled(&order(), &body(&["Ana", "77"])).unwrap(), "Oi Ana, pedido 77.");
        let named = Template::approved("n", "pt_BR", "UTILITY", "Oi {{nome}}, {{nome}}!");
        let message = json!({"components": [{"type": "body", "parameters": [
            {"type": "text", "parameter_name": "nome", "text": "Ana"}]}]});
        assert_eq!(filled(&named, &message).unwrap(), "Oi Ana, Ana!");
    }

    #[test]
    fn parameters_must_fit() {
        let table = [
            (body(&[]), TEMPLATE_COUNT),
            (body(&["Ana"]), TEMPLATE_COUNT),
            (body(&["Ana", "77", "x"]), TEMPLATE_COUNT),
            (body(&["Ana", "a\nb"]), TEMPLATE_FORMAT),
            (body(&["Ana", "a     b"]), TEMPLATE_FORMAT),
            (body(&["Ana", ""]), TEMPLATE_FORMAT),
            (body(&["Ana", &"a".repeat(1024)]), TEMPLATE_LONG),
            (json!({"components": [{"type": "button", "sub_type": "url", "index": "0"}]}), TEMPLATE_FORMAT),
            (json!({"components": [{"type": "dance"}]}), TEMPLATE_FORMAT),
        ];
        for (message, code) in table {
            assert_eq!(filled(&order(), &message).unwrap_err().code, code, "{message}");
        }
    }

    #[test]
    fn headers_and_buttons_take_their_own() {
        let url = TemplateButton::Url { label: "Ver".to_owned(), url: "https://a.b/{{1}}".to_owned() };
        let template = Template::approved("t", "pt_BR", "MARKETING", "Oferta!")
            .header(TemplateHeader::Media("image".to_owned()))
            .button(TemplateButton::QuickReply("Parar".to_owned()))
            .button(url);
        let header = json!({"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]});
        let suffix = json!({"type": "button", "sub_type": "url", "index": "1",
            "parameters": [{"type": "text", "text": "x"}]});
        let good = json!({"components": [header, suffix]});
        assert_eq!(filled(&template, &good).unwrap(), "[image]\nOferta!\n[Parar]\n[Ver]");
        assert_eq!(filled(&template, &json!({"components": [header]})).unwrap_err().code, TEMPLATE_COUNT);
        assert_eq!(filled(&template, &json!({"components": [suffix]})).unwrap_err().code, TEMPLATE_COUNT);
    }

    #[test]
    fn only_approved_templates_can_be_sent() {
        let message = json!({"name": "order", "language": {"code": "pt_BR"}});
        let table = [
            ("APPROVED", None),
            ("PAUSED", Some(TEMPLATE_PAUSED)),
            ("DISABLED", Some(TEMPLATE_DISABLED)),
            ("PENDING", Some(TEMPLATE_MISSING)),
            ("REJECTED", Some(TEMPLATE_MISSING)),
        ];
        for (status, code) in table {
            let templates = [order().status(status)];
            assert_eq!(sendable(&templates, &message).err().map(|broken| broken.code), code, "{status}");
        }
        let other_language = json!({"name": "order", "language": {"code": "en_US"}});
        assert_eq!(sendable(&[order()], &other_language).unwrap_err().code, TEMPLATE_MISSING);
    }
}
