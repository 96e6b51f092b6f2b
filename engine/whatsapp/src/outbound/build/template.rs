//! Templates, filled in. (Meta: template messages; template components.)

use ponte_model::send::{Parameter, ParameterValue, Template, TemplateComponent};
use serde_json::{Value, json};

use super::{location, object, typed_media, words};

pub(super) fn template(template: &Template) -> Value {
    object([
        ("name", Some(json!(template.name))),
        ("language", Some(json!({ "code": template.language }))),
        ("components", (!template.components.is_empty()).then(|| components(&template.components))),
    ])
}

fn components(parts: &[TemplateComponent]) -> Value {
    parts.iter().map(component).collect()
}

fn component(part: &TemplateComponent) -> Value {
    match part {
        TemplateComponent::Header { parameters } => {
            json!({ "type": "header", "parameters": self::parameters(parameters) })
        }
        TemplateComponent::Body { parameters } => json!({ "type": "body", "parameters": self::parameters(parameters) }),
        TemplateComponent::Button { sub_type, index, parameters } => json!({
            "type": "button",
            "sub_type": sub_type,
            "index": index.to_string(),
            "parameters": self::parameters(parameters),
        }),
        TemplateComponent::LimitedTimeOffer { expires_at_ms } => json!({
            "type": "limited_time_offer",
            "parameters": [{
                "type": "limited_time_offer",
                "limited_time_offer": { "expiration_time_ms": expires_at_ms },
            }],
        }),
        TemplateComponent::Carousel { cards } => {
            let cards: Value = cards
                .iter()
                .enumerate()
                .map(|(index, parts)| json!({ "card_index": index, "components": components(parts) }))
                .collect();
            json!({ "type": "carousel", "cards": cards })
        }
    }
}

fn parameters(parameters: &[Parameter]) -> Value {
    parameters.iter().map(parameter).collect()
}

fn parameter(parameter: &Parameter) -> Value {
    let mut json = match &parameter.value {
        ParameterValue::Text(text) => json!({ "type": "text", "text": text }),
        ParameterValue::Currency { fallback, code, amount_1000 } => json!({
            "type": "currency",
            "currency": { "fallback_value": fallback, "code": code, "amount_1000": amount_1000 },
        }),
        ParameterValue::DateTime { fallback, parts } => {
            let mut date_time = parts.clone();
            date_time.insert("fallback_value".into(), json!(fallback));
            json!({ "type": "date_time", "date_time": date_time })
        }
        ParameterValue::Media(file) => typed_media(file),
        ParameterValue::Location(place) => json!({ "type": "location", "location": location(place) }),
        ParameterValue::Payload(payload) => json!({ "type": "payload", "payload": payload }),
        ParameterValue::CouponCode(code) => json!({ "type": "coupon_code", "coupon_code": code }),
        ParameterValue::Action(action) => json!({ "type": "action", "action": action }),
        ParameterValue::TtlMinutes(minutes) => json!({ "type": "ttl_minutes", "ttl_minutes": minutes }),
    };
    if let Some(name) = words(&parameter.name) {
        json["parameter_name"] = name;
    }
    json
}
