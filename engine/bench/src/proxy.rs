//! The bare proxy: checks the signature, reads the message, replies. Nothing is stored, judged or sandboxed.

use std::sync::Arc;

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use ponte_clock::{Clock as _, SystemClock};
use ponte_model::NumberId;
use ponte_whatsapp::graph::{GraphClient, GraphSettings};
use ponte_whatsapp::webhook::Signatures;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::net::TcpListener;

use crate::load::StandIn;
use crate::subject::{SECRET, Subject, TOKEN};

struct Proxy {
    signatures: Signatures,
    graph: GraphClient,
    token: SecretString,
}

pub(crate) async fn start(stand_in: &StandIn) -> anyhow::Result<Subject> {
    let settings = GraphSettings { graph_url: stand_in.url.parse()?, ..GraphSettings::default() };
    let proxy = Proxy {
        signatures: Signatures::new([SECRET.into()])?,
        graph: GraphClient::new(&settings)?,
        token: TOKEN.into(),
    };
    let app = Router::new().route("/webhooks/whatsapp", post(take)).with_state(Arc::new(proxy));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let webhook = format!("http://{}/webhooks/whatsapp", listener.local_addr()?);
    let server = tokio::spawn(async move {
        let _ = axum::serve(listener, app).await;
    });
    Ok(Subject { webhook, now: SystemClock.now(), runtime: None, server, _scratch: None })
}

async fn take(State(proxy): State<Arc<Proxy>>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let signature = headers.get("x-hub-signature-256").and_then(|value| value.to_str().ok());
    if proxy.signatures.verify(signature, &body).is_err() {
        return StatusCode::UNAUTHORIZED;
    }
    let Ok(webhook) = serde_json::from_slice::<Value>(&body) else { return StatusCode::BAD_REQUEST };
    let value = &webhook["entry"][0]["changes"][0]["value"];
    let number = NumberId::from(value["metadata"]["phone_number_id"].as_str().unwrap_or_default());
    let to = value["messages"][0]["from"].as_str().unwrap_or_default();
    let reply = json!({
        "messaging_product": "whatsapp", "to": format!("+{to}"), "type": "text", "text": { "body": "Oi!" },
    });
    match proxy.graph.send(&number, &proxy.token, reply.to_string()).await {
        Ok(_) => StatusCode::OK,
        Err(_) => StatusCode::BAD_GATEWAY,
    }
}
