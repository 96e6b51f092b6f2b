//! The simulator's handle.

use std::collections::HashSet;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use bytes::Bytes;
use ponte_clock::SharedClock;
use ponte_model::{NumberId, Phone, Timestamp, WabaId};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio_util::sync::DropGuard;
use url::Url;

use crate::config::{Config, StatusPlan};
use crate::faults::{FaultPlan, Release};
use crate::hub::{Hub, locked};
use crate::inside;
use crate::people::{BusinessPhone, Customer};
use crate::server;
use crate::template::Template;
use crate::transcript::{Counts, Entry, Log, TimedOut, What};
use crate::webhooks::bodies::Change;
use crate::webhooks::courier::Courier;
use crate::world::World;

/// A WhatsApp on loopback. Cheap to clone; stops when the last clone is dropped.
#[derive(Clone)]
pub struct Simulator {
    hub: Arc<Hub>,
    /// None where it answers within the process alone.
    address: Option<SocketAddr>,
    _stops: Arc<DropGuard>,
}

/// A simulator could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The configuration contradicts itself.
    #[error("the simulator's configuration: {0}")]
    Config(String),
    /// The webhook URL cannot be read.
    #[error("the webhook URL {url:?}: {source}; give an address such as http://127.0.0.1:8080/webhook")]
    Url {
        /// What was given.
        url: String,
        /// What is wrong with it.
        source: url::ParseError,
    },
    /// No port, or no HTTP client.
    #[error("the simulator cannot listen on 127.0.0.1: {0}")]
    Io(#[from] std::io::Error),
    /// No HTTP client could be made.
    #[error("the simulator cannot make an HTTP client: {0}")]
    Client(#[from] reqwest::Error),
}

/// The webhook did not pass the handshake.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeFailed {
    /// Nobody to ask.
    #[error("no webhook URL is set: call `set_webhook_url` first")]
    NoUrl,
    /// It could not be reached.
    #[error("the webhook could not be reached: {0}")]
    Unreachable(#[from] reqwest::Error),
    /// It answered something else than 200 and the challenge.
    #[error("the webhook answered {status} and {body:?}, not 200 and the challenge {challenge:?}")]
    WrongAnswer {
        /// The HTTP status.
        status: u16,
        /// The body.
        body: String,
        /// What the body should have been.
        challenge: String,
    },
}

impl Simulator {
    /// Starts one on a free port of 127.0.0.1.
    ///
    /// # Errors
    /// [`StartError`] where ids come twice, the webhook URL is none, or there is no port.
    pub async fn start(config: Config, clock: SharedClock) -> Result<Self, StartError> {
        check(&config)?;
        let url = config.webhook_url.as_deref().map(parse_url).transpose()?;
        let courier = Courier::new(&config, url);
        courier.client()?;
        let world = World::new(&config);
        let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
        let hub = Hub::new(config, clock, world, courier);
        let address = server::serve(&hub, listener)?;
        let stops = Arc::new(hub.stop.clone().drop_guard());
        Ok(Self { hub, address: Some(address), _stops: stops })
    }

    /// Starts one without a network: [`Simulator::answer`] is its Cloud API, and webhooks go to a service
    /// ([`Simulator::set_webhook_service`]). For scenarios by the hundred.
    ///
    /// # Errors
    /// [`StartError::Config`].
    pub fn inside(config: Config, clock: SharedClock) -> Result<Self, StartError> {
        check(&config)?;
        let courier = Courier::new(&config, None);
        let world = World::new(&config);
        let hub = Hub::new(config, clock, world, courier);
        let stops = Arc::new(hub.stop.clone().drop_guard());
        Ok(Self { hub, address: None, _stops: stops })
    }

    /// Answers a request as the Cloud API does.
    ///
    /// # Errors
    /// The connection was cut, as the fault plan wishes.
    pub async fn answer(&self, request: http::Request<Bytes>) -> Result<http::Response<Bytes>, String> {
        inside::ask(server::router(&self.hub), request).await
    }

    /// Webhooks are handed to this service from now on, at `/webhooks/whatsapp`; `None`: nobody takes them.
    pub fn set_webhook_service(&self, service: Option<Router>) {
        *locked(&self.hub.courier.inside) = service;
    }

    /// Delivers the last webhooks once more, the newest first, as Meta does where an answer got lost.
    pub async fn redeliver(&self, most: usize) {
        self.hub.redeliver(most).await;
    }

    /// Whether nothing is on its way or due by now: whatever is yet to come, comes later on the clock.
    pub fn is_quiet(&self) -> bool {
        self.next_move().is_none_or(|at| at > self.hub.now())
    }

    /// When the simulator will do something by itself, if it will.
    pub fn next_move(&self) -> Option<Timestamp> {
        self.hub.agenda.first()
    }

    /// What to use in place of `https://graph.facebook.com`: no version, no slash at the end.
    pub fn graph_url(&self) -> String {
        self.address.map_or_else(|| "http://simulator.invalid".to_owned(), |address| format!("http://{address}"))
    }

    /// Where webhooks go from now on, retries included.
    ///
    /// # Errors
    /// [`StartError::Url`].
    pub fn set_webhook_url(&self, url: &str) -> Result<(), StartError> {
        *locked(&self.hub.courier.url) = Some(parse_url(url)?);
        Ok(())
    }

    /// Does what Meta does when a callback URL is entered: asks for the challenge back.
    ///
    /// # Errors
    /// [`HandshakeFailed`].
    pub async fn verify_webhook(&self) -> Result<(), HandshakeFailed> {
        let mut url = locked(&self.hub.courier.url).clone().ok_or(HandshakeFailed::NoUrl)?;
        let challenge = self.hub.world().rng.u32(1_000_000_000..).to_string();
        url.query_pairs_mut()
            .append_pair("hub.mode", "subscribe")
            .append_pair("hub.challenge", &challenge)
            .append_pair("hub.verify_token", &self.hub.config.verify_token);
        let response = self.hub.courier.client()?.get(url).send().await?;
        let (status, body) = (response.status().as_u16(), response.text().await?);
        if status == 200 && body == challenge {
            return Ok(());
        }
        Err(HandshakeFailed::WrongAnswer { status, body, challenge })
    }

    /// Somebody with WhatsApp, in the chat with the first number of the configuration ([`Customer::on`] for others).
    /// The same phone is the same person.
    pub fn customer(&self, phone: impl Into<Phone>) -> Customer {
        let first = self.hub.config.wabas.iter().find_map(|waba| waba.numbers.first());
        let number = first.map_or_else(|| NumberId::from(""), |number| number.id.clone());
        Customer::new(Arc::clone(&self.hub), phone.into(), number)
    }

    /// The phone with the app of a Coexistence number; `None` for other numbers.
    pub fn business_phone(&self, number: impl Into<NumberId>) -> Option<BusinessPhone> {
        let number = number.into();
        let in_app = self.hub.world().numbers.get(&number).is_some_and(crate::world::Number::in_app);
        in_app.then(|| BusinessPhone::new(Arc::clone(&self.hub), number))
    }

    /// Changes what goes wrong. Webhooks that were held are released, shuffled, where nothing is to be held any more.
    pub fn faults(&self, change: impl FnOnce(&mut FaultPlan)) {
        let holding = {
            let mut faults = self.hub.faults();
            change(&mut faults.plan);
            faults.plan.webhooks.hold.is_some()
        };
        if !holding {
            self.hub.release(Release::Shuffled);
        }
    }

    /// Releases held webhooks now.
    pub fn release_held(&self, how: Release) {
        self.hub.release(how);
    }

    /// Changes what becomes of messages accepted from now on.
    pub fn set_statuses(&self, plan: StatusPlan) {
        *self.hub.statuses() = plan;
    }

    /// Gives a number another access token; the old one is answered 190.
    pub fn set_token(&self, number: impl Into<NumberId>, token: &str) {
        if let Some(number) = self.hub.world().numbers.get_mut(&number.into()) {
            token.clone_into(&mut number.setup.token);
        }
    }

    /// Adds a template to an account, or replaces the one with that name and language. No webhook tells of it.
    pub fn put_template(&self, waba: impl Into<WabaId>, template: Template) {
        if let Some(account) = self.hub.world().accounts.get_mut(&waba.into()) {
            account.templates.retain(|old| (&old.name, &old.language) != (&template.name, &template.language));
            account.templates.push(template);
        }
    }

    /// The templates of an account as they stand.
    pub fn templates(&self, waba: impl Into<WabaId>) -> Vec<Template> {
        self.hub.world().accounts.get(&waba.into()).map(|account| account.templates.clone()).unwrap_or_default()
    }

    /// Changes a template's status (`PAUSED`, `APPROVED` …) and tells the business.
    pub async fn set_template_status(&self, waba: impl Into<WabaId>, name: &str, language: &str, status: &str) {
        let change = |template: &mut Template| {
            status.clone_into(&mut template.status);
            json!({"event": status, "reason": "NONE", "message_template_category": template.category})
        };
        self.change_template(waba.into(), name, language, "message_template_status_update", change).await;
    }

    /// Changes a template's quality (`GREEN`, `RED` …) and tells the business.
    pub async fn set_template_quality(&self, waba: impl Into<WabaId>, name: &str, language: &str, quality: &str) {
        let change = |template: &mut Template| {
            let before = std::mem::replace(&mut template.quality, quality.to_owned());
            json!({"previous_quality_score": before, "new_quality_score": quality})
        };
        self.change_template(waba.into(), name, language, "message_template_quality_update", change).await;
    }

    /// Changes a template's category (`MARKETING` …) and tells the business, as Meta does when it is done.
    pub async fn set_template_category(&self, waba: impl Into<WabaId>, name: &str, language: &str, category: &str) {
        let change = |template: &mut Template| {
            let before = std::mem::replace(&mut template.category, category.to_owned());
            json!({"previous_category": before, "new_category": category})
        };
        self.change_template(waba.into(), name, language, "template_category_update", change).await;
    }

    async fn change_template(
        &self,
        waba: WabaId,
        name: &str,
        language: &str,
        field: &str,
        change: impl FnOnce(&mut Template) -> Value,
    ) {
        let value = {
            let mut world = self.hub.world();
            let account = world.accounts.get_mut(&waba);
            let templates = account.map_or(&mut [][..], |account| &mut account.templates);
            let Some(template) = templates.iter_mut().find(|it| it.name == name && it.language == language) else {
                return;
            };
            let mut value = change(template);
            // The id is a JSON number, and the language is spelled with a hyphen (Meta: message_template_status_update).
            value["message_template_id"] = json!(template.id.parse::<u64>().unwrap_or_default());
            value["message_template_name"] = json!(name);
            value["message_template_language"] = json!(language.replace('_', "-"));
            value
        };
        self.webhook(waba, field, value).await;
    }

    /// Sends any other webhook about an account: `field` and `value` in Meta's shape. Ends with the answer to the
    /// first attempt.
    pub async fn webhook(&self, waba: impl Into<WabaId>, field: &str, value: Value) {
        let now = self.hub.now();
        if value.get("metadata").is_some() {
            return self.hub.post(Change::about_messages(&waba.into(), field, value)).await;
        }
        let event = value["event"].as_str().unwrap_or(field).to_owned();
        self.hub.transcript.write(now, None, None, What::Account { event });
        self.hub.post(Change::about_account(&waba.into(), field, value, now)).await;
    }

    /// Everything that happened, oldest first.
    pub fn transcript(&self) -> Vec<Arc<Entry>> {
        self.hub.transcript.log().entries().cloned().collect()
    }

    /// What happened from entry `seq` on.
    pub fn transcript_since(&self, seq: u64) -> Vec<Arc<Entry>> {
        self.hub.transcript.log().since(seq).cloned().collect()
    }

    /// How often each thing happened.
    pub fn counts(&self) -> Counts {
        self.hub.transcript.log().counts()
    }

    /// Every request that broke a rule. Injected errors are no refusals.
    pub fn refusals(&self) -> Vec<Arc<Entry>> {
        self.hub.transcript.log().refusals().to_vec()
    }

    /// Waits until `predicate` holds, asking it now and after each thing that happens. Look at [`Log::counts`] rather
    /// than at all entries where much happens. The predicate must not call the simulator.
    ///
    /// # Errors
    /// [`TimedOut`] after `limit` of real time; says what happened instead.
    pub async fn wait_until(&self, mut predicate: impl FnMut(&Log) -> bool, limit: Duration) -> Result<(), TimedOut> {
        self.hub.transcript.wait(|log| predicate(log).then_some(()), limit).await
    }

    /// Waits for the first entry, past or to come, that `wanted` accepts; each is looked at once.
    ///
    /// # Errors
    /// [`TimedOut`] after `limit` of real time; says what happened instead.
    pub async fn wait_for(
        &self,
        mut wanted: impl FnMut(&Entry) -> bool,
        limit: Duration,
    ) -> Result<Arc<Entry>, TimedOut> {
        let mut seen = 0;
        let look = |log: &Log| {
            let found = log.since(seen).find(|entry| wanted(entry)).cloned();
            seen = log.next_seq();
            found
        };
        self.hub.transcript.wait(look, limit).await
    }
}

fn parse_url(url: &str) -> Result<Url, StartError> {
    Url::parse(url).map_err(|source| StartError::Url { url: url.to_owned(), source })
}

/// Ids that come twice would make one of the two unreachable.
fn check(config: &Config) -> Result<(), StartError> {
    let mut seen = HashSet::new();
    let numbers = || config.wabas.iter().flat_map(|waba| &waba.numbers);
    let wabas = config.wabas.iter().map(|waba| ("waba or number id", waba.id.as_str()));
    let ids = numbers().map(|number| ("waba or number id", number.id.as_str()));
    let phones = numbers().map(|number| ("display phone", number.display_phone.as_str()));
    for (what, id) in wabas.chain(ids).chain(phones) {
        if !seen.insert((what, id)) {
            return Err(StartError::Config(format!("the {what} {id:?} comes twice; each must be unique")));
        }
    }
    Ok(())
}
