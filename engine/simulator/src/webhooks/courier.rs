//! Taking webhooks to the business: signed, concurrent, tried again until answered 200.

use std::collections::VecDeque;
use std::future::Future;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock};
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use hmac::{Hmac, KeyInit, Mac};
use reqwest::header::CONTENT_TYPE;
use sha2::Sha256;
use tokio::sync::{Semaphore, oneshot};
use url::Url;

use super::bodies::{Change, envelope};
use super::escape;
use super::pen::Pen;
use crate::agenda;
use crate::config::Config;
use crate::faults::WebhookFate;
use crate::hub::{Hub, locked};
use crate::inside;
use crate::transcript::What;

/// So many webhooks can be delivered again.
const REMEMBERED: usize = 64;

/// What it takes to deliver webhooks.
pub(crate) struct Courier {
    /// Made when the first webhook has to leave the process.
    client: OnceLock<reqwest::Client>,
    timeout: Duration,
    connections: usize,
    pub(crate) url: Mutex<Option<Url>>,
    /// Takes webhooks within this process, where there is one.
    pub(crate) inside: Mutex<Option<Router>>,
    /// The last webhooks that set off, oldest first, to be delivered again.
    last: Mutex<VecDeque<Parcel>>,
    pub(crate) pen: Mutex<Pen>,
    permits: Semaphore,
    ordinal: AtomicU64,
}

/// A webhook on its way. Every attempt carries the same bytes.
#[derive(Clone)]
struct Parcel {
    ordinal: u64,
    body: Bytes,
    signature: String,
}

impl Courier {
    pub(crate) fn new(config: &Config, url: Option<Url>) -> Self {
        Self {
            client: OnceLock::new(),
            timeout: config.webhook_timeout,
            connections: config.webhook_connections,
            url: Mutex::new(url),
            inside: Mutex::default(),
            last: Mutex::default(),
            pen: Mutex::default(),
            permits: Semaphore::new(config.webhook_connections.max(1)),
            ordinal: AtomicU64::new(0),
        }
    }

    pub(crate) fn client(&self) -> reqwest::Result<&reqwest::Client> {
        if let Some(client) = self.client.get() {
            return Ok(client);
        }
        let client = reqwest::Client::builder()
            .no_proxy()
            .redirect(reqwest::redirect::Policy::none())
            .timeout(self.timeout)
            .pool_max_idle_per_host(self.connections)
            .build()?;
        Ok(self.client.get_or_init(|| client))
    }
}

/// The value of `X-Hub-Signature-256`.
fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of any length");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}

impl Hub {
    /// Tells the business. Ends with the answer to the first attempt, or at once where a fault plays with the webhook:
    /// then nobody can wait for it.
    pub(crate) async fn post(self: &Arc<Self>, change: Change) {
        let subscribed = self.world().accounts.get(&change.waba).is_some_and(|account| account.subscribed);
        if !subscribed {
            let why = format!("the app is not subscribed to the WABA {}", change.waba);
            return self.transcript.write(
                self.now(),
                None,
                None,
                What::WebhookLost { webhook: self.next_webhook(), why },
            );
        }
        let hold = self.faults().plan.webhooks.hold;
        match hold {
            Some(hold) => self.hold(change, hold),
            None => self.launch(vec![change]).await,
        }
    }

    /// Sends `changes` as one body. The work goes on whether or not the result is awaited.
    pub(crate) fn launch(self: &Arc<Self>, changes: Vec<Change>) -> impl Future<Output = ()> + use<> {
        let fate = self.faults().for_webhook();
        let ordinal = self.next_webhook();
        // Half of the bodies are escaped as Meta's are, and a third have their keys the other way round.
        let body = escape::bytes(&envelope(changes, ordinal.is_multiple_of(3)), ordinal.is_multiple_of(2));
        let parcel = Parcel { ordinal, signature: signature(&self.config.app_secret, &body), body: body.into() };
        if fate != WebhookFate::default() {
            let what = format!("webhook {ordinal}: {fate:?}");
            self.transcript.write(self.now(), None, None, What::Fault { what, callback: None });
        }
        let (answered, first) = oneshot::channel();
        {
            let mut last = locked(&self.courier.last);
            last.push_back(parcel.clone());
            if last.len() > REMEMBERED {
                last.pop_front();
            }
        }
        for _ in 0..fate.copies {
            self.set_off(parcel.clone(), fate, None);
        }
        self.set_off(parcel, fate, Some(answered));
        let wait = fate == WebhookFate::default();
        async move {
            if wait {
                // Dropped unanswered only when the simulator stops.
                let _ = first.await;
            }
        }
    }

    fn set_off(self: &Arc<Self>, parcel: Parcel, fate: WebhookFate, first: Option<oneshot::Sender<()>>) {
        let (hub, delay) = (Arc::clone(self), self.clock.sleep(fate.delay));
        let item = self.agenda.item(self.now().plus(fate.delay));
        self.spawn(async move {
            delay.await;
            hub.deliver(parcel, fate, first, item).await;
        });
    }

    /// Delivers the last webhooks once more, the newest first.
    pub(crate) async fn redeliver(self: &Arc<Self>, most: usize) {
        let again: Vec<Parcel> = locked(&self.courier.last).iter().rev().take(most).cloned().collect();
        for parcel in again {
            let (answered, first) = oneshot::channel();
            self.set_off(parcel, WebhookFate::default(), Some(answered));
            let _ = first.await;
        }
    }

    async fn deliver(
        &self,
        parcel: Parcel,
        fate: WebhookFate,
        mut first: Option<oneshot::Sender<()>>,
        item: agenda::Item,
    ) {
        let (plan, began) = (self.config.retry, self.now());
        let (mut wait, mut attempt) = (plan.first, 1u32);
        loop {
            let result = match fate.drop_first && attempt == 1 {
                true => Err("lost on the way, as the fault plan wishes".to_owned()),
                false => self.attempt(&parcel).await,
            };
            let webhook = parcel.ordinal;
            match result {
                Ok(()) => self.transcript.webhook_taken(),
                Err(ref why) => {
                    let what = What::WebhookFailed { webhook, attempt, why: why.clone() };
                    self.transcript.write(self.now(), None, None, what);
                }
            }
            if let Some(first) = first.take() {
                let _ = first.send(());
            }
            let Err(why) = result else { return };
            if self.now().plus(wait).since(began) > plan.give_up_after {
                return self.transcript.write(self.now(), None, None, What::WebhookLost { webhook, why });
            }
            item.until(self.now().plus(wait));
            self.clock.sleep(wait).await;
            wait = wait.saturating_mul(2).min(plan.longest).max(Duration::from_millis(1));
            attempt += 1;
        }
    }

    async fn attempt(&self, parcel: &Parcel) -> Result<(), String> {
        let _permit = self.courier.permits.acquire().await.map_err(|error| error.to_string())?;
        let service = locked(&self.courier.inside).clone();
        if let Some(service) = service {
            let request = http::Request::post("/webhooks/whatsapp").header(CONTENT_TYPE, "application/json");
            let request = request.header("X-Hub-Signature-256", &parcel.signature).body(parcel.body.clone());
            let answer = inside::call(service, request.map_err(|error| error.to_string())?).await?;
            return if answer.status() == http::StatusCode::OK {
                Ok(())
            } else {
                Err(format!("answered {}", answer.status()))
            };
        }
        let url = locked(&self.courier.url).clone().ok_or("no webhook URL is set: call `set_webhook_url`")?;
        let request =
            self.courier.client().map_err(|error| describe(&error))?.post(url).header(CONTENT_TYPE, "application/json");
        let request = request.header("X-Hub-Signature-256", &parcel.signature).body(parcel.body.clone());
        let response = request.send().await.map_err(|error| describe(&error))?;
        let status = response.status();
        // The body is read so that the connection can be used again.
        response.bytes().await.map_err(|error| describe(&error))?;
        if status == reqwest::StatusCode::OK { Ok(()) } else { Err(format!("answered {status}")) }
    }

    fn next_webhook(&self) -> u64 {
        self.courier.ordinal.fetch_add(1, Ordering::Relaxed)
    }
}

fn describe(error: &reqwest::Error) -> String {
    let mut words = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        words = format!("{words}: {inner}");
        cause = inner.source();
    }
    words
}
