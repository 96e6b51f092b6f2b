//! The demo's store: it tells of orders over HTTP, signed, as any other would; and what the flows bring for that.

use std::path::Path;

use anyhow::{Context as _, ensure};
use ponte_hooks::{Kind, SIGNED_JSON_HEADER, Settings, Source, sign_json};
use ponte_model::{NumberId, Timestamp};
use ponte_runtime::Hook;
use ponte_simulator::Template;
use serde_json::{Map, Value, json};

const NAME: &str = "demo";
const SECRET: &str = "demo-store-secret";

pub(super) struct Store {
    url: String,
    http: reqwest::Client,
}

/// What signs and tells in the demo.
pub(super) fn source(number: NumberId) -> anyhow::Result<Hook> {
    let settings = Settings {
        name: NAME.to_owned(),
        kind: Kind::SignedJson,
        secrets: vec![SECRET.into()],
        number,
        country: Some("BR".to_owned()),
        test_orders: false,
    };
    Ok(Hook { source: Source::new(settings)?, tenant: None })
}

impl Store {
    /// The store of a pipeline at an address such as `127.0.0.1:8080`.
    pub(super) fn at(address: std::net::SocketAddr) -> Self {
        Self { url: format!("http://{address}/hooks/{NAME}"), http: reqwest::Client::new() }
    }

    /// Tells of an order. What a script leaves out is that of the demo's only order and only customer; without an
    /// `event`, it is news.
    pub(super) async fn tells(&self, order: &Map<String, Value>, phone: &str, now: Timestamp) -> anyhow::Result<()> {
        let mut whole = json!({
            "id": "1001", "number": "#1001", "state": "paid", "changed_at": now,
            "total": { "amount": "129.90", "currency": "BRL" },
            "items": [{ "name": "Camiseta azul", "quantity": 2 }],
            "status_url": "https://loja.example/pedidos/1001",
            "customer": { "name": "Ana", "phone": phone, "language": "pt-BR" },
        });
        for (key, value) in order {
            whole[key] = value.clone();
        }
        let news = format!("{}-{}", whole["state"].as_str().unwrap_or_default(), now.as_millis());
        let event = order.get("event").and_then(Value::as_str).map_or(news, str::to_owned);
        let body = json!({ "event": event, "order": whole }).to_string();
        let signature = sign_json(&SECRET.into(), body.as_bytes(), now);
        let answer = self.http.post(&self.url).header(SIGNED_JSON_HEADER, signature).body(body).send().await?;
        let status = answer.status();
        ensure!(status.is_success(), "the store was answered {status}: {}", answer.text().await?);
        Ok(())
    }
}

/// The templates that a package brings, as if Meta had approved them.
pub(super) fn templates(package: &Path) -> anyhow::Result<Vec<Template>> {
    let folder = package.join("templates");
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut templates = Vec::new();
    for entry in folder.read_dir()? {
        let path = entry?.path();
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        let text = std::fs::read_to_string(&path)?;
        let json: Value = serde_json::from_str(&text).with_context(|| path.display().to_string())?;
        let template = Template::reviewed(&json).map_err(|why| anyhow::anyhow!("{}: {why}", path.display()))?;
        templates.push(template);
    }
    Ok(templates)
}
