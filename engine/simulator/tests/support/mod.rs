//! A business on the other side of the wire: receives webhooks, calls the Cloud API.
#![allow(dead_code, unreachable_pub, missing_docs)]

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use hmac::{Hmac, KeyInit, Mac};
use ponte_clock::VirtualClock;
use ponte_model::Timestamp;
use ponte_simulator::{Config, NumberSetup, Simulator, Template, Waba};
use serde_json::{Value, json};
use sha2::Sha256;
use tokio::sync::watch;

pub const SECRET: &str = "app secret";
pub const WABA: &str = "102290129340398";
pub const NUMBER: &str = "106540352242922";
pub const SHOP_PHONE: &str = "5511940000000";
pub const TOKEN: &str = "token";
pub const ANA: &str = "5511999990001";
/// Real time that a test waits for something before it fails.
pub const LIMIT: Duration = Duration::from_secs(5);

/// 22 November 2026, 10:00 in São Paulo.
pub fn morning() -> Timestamp {
    Timestamp::from_secs(1_795_352_400)
}

/// One webhook as it came.
#[derive(Clone)]
pub struct Hook {
    pub bytes: Bytes,
    pub signature: String,
}

impl Hook {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.bytes).unwrap()
    }

    /// Recomputed here, over the raw bytes, with no help of the simulator's.
    pub fn is_genuine(&self) -> bool {
        let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
        mac.update(&self.bytes);
        self.signature == format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
    }
}

/// The business's webhook endpoint.
#[derive(Clone)]
pub struct Business {
    pub url: String,
    hooks: Arc<Mutex<Vec<Hook>>>,
    answers: Arc<Mutex<VecDeque<u16>>>,
    count: Arc<watch::Sender<usize>>,
}

impl Business {
    async fn open() -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let business = Self {
            url: format!("http://{}/webhook", listener.local_addr().unwrap()),
            hooks: Arc::default(),
            answers: Arc::default(),
            count: Arc::new(watch::Sender::new(0)),
        };
        let app = Router::new().route("/webhook", get(handshake).post(hook)).with_state(business.clone());
        tokio::spawn(async move { axum::serve(listener, app).await });
        business
    }

    /// The statuses to answer the next webhooks with; 200 after that.
    pub fn answers(&self, statuses: &[u16]) {
        self.answers.lock().unwrap().extend(statuses);
    }

    pub fn hooks(&self) -> Vec<Hook> {
        self.hooks.lock().unwrap().clone()
    }

    /// Waits until so many webhooks came in all.
    pub async fn got(&self, count: usize) -> Vec<Hook> {
        let mut counts = self.count.subscribe();
        let all = ponte_clock::within(LIMIT, counts.wait_for(|have| *have >= count)).await;
        assert!(all.is_ok(), "{} webhooks came, not {count}", self.hooks().len());
        drop(all);
        self.hooks()
    }

    /// The elements of one list (`messages`, `statuses`, `message_echoes`) in every webhook so far.
    pub fn items(&self, list: &str) -> Vec<Value> {
        let mut items = Vec::new();
        for change in self.changes() {
            items.extend(change["value"][list].as_array().cloned().unwrap_or_default());
        }
        items
    }

    pub fn changes(&self) -> Vec<Value> {
        let array = |value: &Value| value.as_array().cloned().unwrap_or_default();
        let entries = self.hooks().into_iter().flat_map(|hook| array(&hook.json()["entry"])).collect::<Vec<_>>();
        entries.iter().flat_map(|entry| array(&entry["changes"])).collect()
    }
}

async fn handshake(Query(query): Query<Value>) -> (StatusCode, String) {
    let good = query["hub.verify_token"] == "verify token" && query["hub.mode"] == "subscribe";
    let challenge = query["hub.challenge"].as_str().unwrap_or_default().to_owned();
    if good { (StatusCode::OK, challenge) } else { (StatusCode::FORBIDDEN, String::new()) }
}

async fn hook(State(business): State<Business>, headers: HeaderMap, bytes: Bytes) -> StatusCode {
    let signature = headers["x-hub-signature-256"].to_str().unwrap().to_owned();
    assert_eq!(headers["content-type"], "application/json");
    business.hooks.lock().unwrap().push(Hook { bytes, signature });
    let status = business.answers.lock().unwrap().pop_front().unwrap_or(200);
    business.count.send_modify(|count| *count += 1);
    StatusCode::from_u16(status).unwrap()
}

/// A simulated WhatsApp and a business, connected, on a clock that stands still.
pub struct Stage {
    pub whatsapp: Simulator,
    pub business: Business,
    pub clock: VirtualClock,
    http: reqwest::Client,
}

pub fn shop() -> NumberSetup {
    NumberSetup::coexistence(NUMBER, SHOP_PHONE, TOKEN)
}

pub fn config() -> Config {
    let order = Template::approved("order_update", "pt_BR", "UTILITY", "Oi {{1}}, o pedido {{2}} saiu.");
    let offer = Template::approved("offer", "pt_BR", "MARKETING", "Oferta!");
    Config::new(SECRET, "verify token").waba(Waba::new(WABA).number(shop()).template(order).template(offer))
}

impl Stage {
    pub async fn set() -> Self {
        Self::with(config()).await
    }

    pub async fn with(config: Config) -> Self {
        let clock = VirtualClock::at(morning());
        let whatsapp = Simulator::start(config, Arc::new(clock.clone())).await.unwrap();
        let business = Business::open().await;
        whatsapp.set_webhook_url(&business.url).unwrap();
        Self { whatsapp, business, clock, http: reqwest::Client::builder().no_proxy().build().unwrap() }
    }

    /// Waits until somebody sleeps on the clock, so that moving it wakes them.
    pub async fn asleep(&self) {
        let sleeper = async {
            while self.clock.next_deadline().is_none() {
                tokio::task::yield_now().await;
            }
        };
        ponte_clock::within(LIMIT, sleeper).await.expect("nobody sleeps on the clock");
    }

    pub async fn call(&self, request: reqwest::RequestBuilder) -> (u16, Value) {
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.json().await.unwrap())
    }

    pub fn post(&self, path: &str, token: &str, body: &Value) -> reqwest::RequestBuilder {
        self.http.post(format!("{}/v25.0/{path}", self.whatsapp.graph_url())).bearer_auth(token).json(body)
    }

    pub async fn get(&self, path: &str) -> (u16, Value) {
        self.call(self.http.get(format!("{}/v25.0/{path}", self.whatsapp.graph_url())).bearer_auth(TOKEN)).await
    }

    /// Sends `body`, completed, from the shop.
    pub async fn send(&self, body: Value) -> (u16, Value) {
        self.call(self.send_request(body)).await
    }

    pub fn send_request(&self, mut body: Value) -> reqwest::RequestBuilder {
        body["messaging_product"] = json!("whatsapp");
        self.post(&format!("{NUMBER}/messages"), TOKEN, &body)
    }

    /// Sends a text to a phone, with a tag.
    pub async fn text(&self, to: &str, body: &str, tag: &str) -> (u16, Value) {
        self.send(text(to, body, tag)).await
    }

    /// The code that a send is refused with; 0 if it is not.
    pub async fn code(&self, body: Value) -> i64 {
        let (status, answer) = self.send(body).await;
        let code = answer["error"]["code"].as_i64().unwrap_or_default();
        assert_eq!(code == 0, status == 200, "{status}: {answer}");
        code
    }
}

pub fn text(to: &str, body: &str, tag: &str) -> Value {
    json!({"to": format!("+{to}"), "type": "text", "text": {"body": body}, "biz_opaque_callback_data": tag})
}

pub fn template(to: &str, name: &str, words: &[&str]) -> Value {
    let parameters: Vec<_> = words.iter().map(|word| json!({"type": "text", "text": word})).collect();
    json!({"to": to, "type": "template", "template": {"name": name, "language": {"code": "pt_BR"},
        "components": [{"type": "body", "parameters": parameters}]}})
}
