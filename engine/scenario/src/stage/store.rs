//! The shop's own store: it tells of orders over its hook, signed, as any other would; and the templates that flows bring.

use std::path::Path;

use axum::Router;
use bytes::Bytes;
use ponte_hooks::{Kind, SIGNED_JSON_HEADER, Settings, Source, sign_json};
use ponte_model::{NumberId, Timestamp};
use ponte_runtime::Hook;
use ponte_simulator::Template;
use serde_json::{Map, Value, json};

use super::{Say as _, StageError, door};
use crate::document::Person;

const NAME: &str = "store";
const SECRET: &str = "scenario-store-secret";

/// What signs and tells.
pub(super) fn source(number: NumberId) -> Result<Hook, StageError> {
    let settings = Settings {
        name: NAME.to_owned(),
        kind: Kind::SignedJson,
        secrets: vec![SECRET.into()],
        number,
        country: Some("BR".to_owned()),
        test_orders: false,
    };
    Ok(Hook { source: Source::new(settings).say()?, tenant: None })
}

/// An order. What is left out is that of the default order of the customer; without an `event`, it is news.
pub(super) fn order(order: &Map<String, Value>, person: &Person, phone: &str, now: Timestamp) -> Value {
    let mut whole = json!({
        "id": "1001", "number": "#1001", "state": "paid", "changed_at": now,
        "total": { "amount": "129.90", "currency": "BRL" },
        "items": [{ "name": "Camiseta azul", "quantity": 2 }],
        "status_url": "https://loja.example/pedidos/1001",
        "customer": {
            "name": person.name.as_deref().unwrap_or("Ana"), "phone": phone,
            "language": person.language.as_deref().unwrap_or("pt-BR"),
        },
    });
    for (key, value) in order {
        whole[key] = value.clone();
    }
    let news = format!("{}-{}", whole["state"].as_str().unwrap_or_default(), now.as_millis());
    let event = order.get("event").and_then(Value::as_str).map_or(news, str::to_owned);
    json!({ "event": event, "order": whole })
}

/// Hands a body to the hook; what was answered.
pub(super) async fn post(app: Router, body: &str, signed: bool, now: Timestamp) -> Result<(u16, String), StageError> {
    let mut request = http::Request::post(format!("/hooks/{NAME}"));
    if signed {
        request = request.header(SIGNED_JSON_HEADER, sign_json(&SECRET.into(), body.as_bytes(), now));
    }
    let request = request.body(Bytes::copy_from_slice(body.as_bytes())).say()?;
    door::post(app, request).await.say()
}

/// The templates that a package brings, as if Meta had approved them.
pub(super) fn templates(package: &Path) -> Result<Vec<Template>, StageError> {
    let folder = package.join("templates");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut templates = Vec::new();
    for entry in folder.read_dir().say()? {
        let path = entry.say()?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let wrong = |why: String| StageError(format!("{}: {why}", path.display()));
        let text = std::fs::read_to_string(&path).map_err(|error| wrong(error.to_string()))?;
        let json: Value = serde_json::from_str(&text).map_err(|error| wrong(error.to_string()))?;
        templates.push(Template::reviewed(&json).map_err(|why| wrong(why.to_string()))?);
    }
    Ok(templates)
}
