//! A shop's store, which tells the pipeline of orders.

use ponte_hooks::{Kind, SIGNED_JSON_HEADER, Settings, Source, sign_json};
use ponte_runtime::Hook;
use ponte_simulator::Template;
use serde_json::{Value, json};

use crate::stage::{NUMBER, Stage, WABA, root};

/// The source that a stage has, and what signs for it.
pub const SOURCE: &str = "loja";
/// Another of its sources, which lets tests through.
pub const TESTING: &str = "loja-de-teste";
/// One of Shopify's.
pub const SHOPIFY: &str = "loja-shopify";
/// What the first two sign with.
pub const STORE_SECRET: &str = "test-store-secret";

/// The sources of every stage.
pub(crate) fn sources() -> Vec<Hook> {
    let hook = |name: &str, kind, secret: &str, test_orders| {
        let settings = Settings {
            name: name.to_owned(),
            kind,
            secrets: vec![secret.into()],
            number: NUMBER.into(),
            country: Some("BR".to_owned()),
            test_orders,
        };
        Hook { source: Source::new(settings).expect("a source"), tenant: None }
    };
    vec![
        hook(SOURCE, Kind::SignedJson, STORE_SECRET, false),
        hook(TESTING, Kind::SignedJson, STORE_SECRET, true),
        hook(SHOPIFY, Kind::Shopify, "shpss_ponte_vector_1", false),
    ]
}

/// What the store says of order 1001, at the moment of the stage.
pub fn order(stage: &Stage, phone: &str, event: &str, state: &str) -> Value {
    json!({
        "event": event,
        "order": {
            "id": "1001", "number": "#1001", "state": state, "changed_at": stage.runtime.now(),
            "total": { "amount": "129.90", "currency": "BRL" },
            "items": [{ "name": "Camiseta azul\n👕", "quantity": 2 }, { "name": "Boné" }],
            "status_url": "https://loja.example/pedidos/1001",
            "customer": { "name": "Ana", "phone": phone, "language": "pt-BR" },
            "channel": "web",
        }
    })
}

impl Stage {
    /// Tells of something as a source would, and says what was answered.
    pub async fn store_tells(&self, source: &str, body: &Value) -> u16 {
        let body = body.to_string();
        let signature = sign_json(&STORE_SECRET.into(), body.as_bytes(), self.runtime.now());
        self.store_posts(source, &[(SIGNED_JSON_HEADER, &signature)], body.into_bytes()).await
    }

    /// Posts anything to a source.
    pub async fn store_posts(&self, source: &str, headers: &[(&str, &str)], body: Vec<u8>) -> u16 {
        let url = self.webhook.replace("/webhooks/whatsapp", &format!("/hooks/{source}"));
        let request = reqwest::Client::new().post(url).body(body);
        let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
        request.send().await.expect("the hook is answered").status().as_u16()
    }

    /// Puts the templates that a flow brings into the account, approved.
    pub async fn approve_templates_of(&self, flow: &str) {
        let folder = root().join("flows").join(flow).join("templates");
        for entry in std::fs::read_dir(&folder).expect("the flow brings templates") {
            let text = std::fs::read_to_string(entry.expect("an entry").path()).expect("a template");
            let template = Template::reviewed(&serde_json::from_str(&text).expect("JSON")).expect("it would be taken");
            self.simulator.put_template(WABA, template);
        }
        self.runtime.sync_templates().await;
    }
}
