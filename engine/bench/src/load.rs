//! The load generator, and the stand-in for Meta that answers sends and notes when they come.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::routing::post;
use ponte_clock::Stopwatch;
use ponte_model::Timestamp;
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::sync::{Notify, Semaphore};

use crate::numbers::Latencies;
use crate::subject::{SECRET, Subject};

/// Numbers that the load is spread over, so that no number's own pace is what is measured.
pub(crate) const NUMBERS: usize = 50;

/// So long a round may take.
const LIMIT: Duration = Duration::from_secs(300);

/// What the measured side says it is sending to, and takes replies.
pub(crate) struct StandIn {
    pub(crate) url: String,
    seen: Arc<Seen>,
}

struct Seen {
    watch: Stopwatch,
    /// When the reply to each customer came, in seconds since the start.
    at: Mutex<HashMap<String, f64>>,
    more: Notify,
}

/// How a round went.
pub(crate) struct Outcome {
    /// Replies a second.
    pub(crate) rate: f64,
    pub(crate) latencies: Latencies,
}

impl StandIn {
    pub(crate) async fn start() -> anyhow::Result<Self> {
        let seen = Arc::new(Seen { watch: Stopwatch::start(), at: Mutex::default(), more: Notify::new() });
        let app = Router::new().route("/{version}/{number}/messages", post(take)).with_state(Arc::clone(&seen));
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let url = format!("http://{}", listener.local_addr()?);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Ok(Self { url, seen })
    }

    /// Waits until so many customers have their reply.
    async fn replies(&self, count: usize) -> anyhow::Result<()> {
        let all = async {
            loop {
                let more = self.seen.more.notified();
                if self.seen.at.lock().unwrap_or_else(PoisonError::into_inner).len() >= count {
                    return;
                }
                more.await;
            }
        };
        ponte_clock::within(LIMIT, all).await.with_context(|| {
            let came = self.seen.at.lock().unwrap_or_else(PoisonError::into_inner).len();
            format!("{came} of {count} replies came")
        })
    }
}

async fn take(State(seen): State<Arc<Seen>>, body: Bytes) -> axum::Json<Value> {
    let now = seen.watch.elapsed().as_secs_f64();
    let request: Value = serde_json::from_slice(&body).unwrap_or_default();
    let to = request["to"].as_str().unwrap_or_default().trim_start_matches('+').to_owned();
    let mut at = seen.at.lock().unwrap_or_else(PoisonError::into_inner);
    at.entry(to.clone()).or_insert(now);
    let id = format!("wamid.{}", at.len());
    drop(at);
    seen.more.notify_waiters();
    axum::Json(json!({
        "messaging_product": "whatsapp",
        "contacts": [{ "input": to, "wa_id": to }],
        "messages": [{ "id": id, "message_status": "accepted" }],
    }))
}

/// As fast as it goes, with so many webhooks on their way at once.
pub(crate) async fn full(
    subject: &Subject,
    stand_in: &StandIn,
    messages: usize,
    concurrency: usize,
) -> anyhow::Result<Outcome> {
    drive(subject, stand_in, messages, concurrency, None).await
}

/// At a steady pace.
pub(crate) async fn paced(
    subject: &Subject,
    stand_in: &StandIn,
    messages: usize,
    rate: f64,
) -> anyhow::Result<Outcome> {
    drive(subject, stand_in, messages, 256, Some(rate)).await
}

async fn drive(
    subject: &Subject,
    stand_in: &StandIn,
    messages: usize,
    concurrency: usize,
    rate: Option<f64>,
) -> anyhow::Result<Outcome> {
    let client = reqwest::Client::builder().pool_max_idle_per_host(concurrency).build()?;
    // Signed before the clock starts: the generator should cost as little as it can.
    let secret = SECRET.into();
    let webhooks: Vec<(String, Bytes, String)> = (0..messages)
        .map(|index| {
            let (customer, body) = webhook(index, subject.now);
            let signature = ponte_whatsapp::webhook::sign(&secret, body.as_bytes());
            (customer, Bytes::from(body), signature)
        })
        .collect();
    let started: Arc<Mutex<HashMap<String, f64>>> = Arc::default();
    let gate = Arc::new(Semaphore::new(concurrency));
    let begin = stand_in.seen.watch.elapsed().as_secs_f64();
    let mut posts = tokio::task::JoinSet::new();
    for (index, (customer, body, signature)) in webhooks.into_iter().enumerate() {
        if let Some(rate) = rate {
            let due = begin + index as f64 / rate;
            let ahead = due - stand_in.seen.watch.elapsed().as_secs_f64();
            if ahead > 0.001 {
                ponte_clock::pause(Duration::from_secs_f64(ahead)).await;
            }
        }
        let permit = Arc::clone(&gate).acquire_owned().await?;
        let (client, url, started) = (client.clone(), subject.webhook.clone(), Arc::clone(&started));
        let watch = stand_in.seen.watch;
        posts.spawn(async move {
            started.lock().unwrap_or_else(PoisonError::into_inner).insert(customer, watch.elapsed().as_secs_f64());
            let request = client.post(&url).header("x-hub-signature-256", signature).body(body);
            let status = request.send().await?.status();
            drop(permit);
            anyhow::ensure!(status.is_success(), "a webhook was answered {status}");
            Ok(())
        });
    }
    while let Some(posted) = posts.join_next().await {
        posted??;
    }
    stand_in.replies(messages).await?;
    let at = stand_in.seen.at.lock().unwrap_or_else(PoisonError::into_inner);
    let started = started.lock().unwrap_or_else(PoisonError::into_inner);
    let end = at.values().copied().fold(begin, f64::max);
    let latencies = started.iter().filter_map(|(customer, from)| Some(at.get(customer)? - from)).collect();
    Ok(Outcome { rate: messages as f64 / (end - begin), latencies: Latencies::new(latencies) })
}

/// A customer's message, as Meta writes it.
fn webhook(index: usize, now: Timestamp) -> (String, String) {
    let customer = format!("55119{index:08}");
    let number = 1_000 + index % NUMBERS;
    let body = json!({
        "object": "whatsapp_business_account",
        "entry": [{ "id": "102290129340398", "changes": [{ "field": "messages", "value": {
            "messaging_product": "whatsapp",
            "metadata": { "display_phone_number": format!("5511{number}"), "phone_number_id": number.to_string() },
            "contacts": [{ "profile": { "name": "Ana" }, "wa_id": customer, "user_id": format!("BR.{index}") }],
            "messages": [{
                "from": customer, "from_user_id": format!("BR.{index}"), "id": format!("wamid.IN{index}"),
                "timestamp": now.as_secs().to_string(), "type": "text", "text": { "body": "oi, tem o tamanho 38?" },
            }],
        }}]}],
    });
    (customer, body.to_string())
}
