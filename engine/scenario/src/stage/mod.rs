//! A simulated WhatsApp, the real pipeline, and a clock that can be moved.

mod clock;
mod door;
mod look;
mod outside;
mod settings;
mod setup;
mod store;
mod time;
mod workshop;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use chrono_tz::Tz;
use ponte_model::{Control, ConversationId, Phone};
use ponte_runtime::{Parts, Runtime, RuntimeSettings, Tokens, WebhookSettings, hooks, router};
use ponte_simulator::{BusinessPhone, Customer, Simulator};
use ponte_store::SqliteStore;
use ponte_whatsapp::webhook::Signatures;
use serde_json::{Map, Value};

pub use clock::StageClock;
pub use setup::Setup;
pub use workshop::Workshop;

use crate::document::Person;

pub(crate) const NUMBER: &str = "106540352242922";
pub(crate) const WABA: &str = "102290129340398";
pub(crate) const TENANT: &str = "default";
const BUSINESS: &str = "5511955550100";
const CUSTOMER: &str = "5511987654321";
const SECRET: &str = "scenario-app-secret";
const VERIFY: &str = "scenario-verify-token";
const TOKEN: &str = "scenario-access-token";

/// A stage cannot be set, or what it is asked for cannot be done: in words, with what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct StageError(pub String);

/// Makes an error of anything that speaks.
pub(crate) trait Say<T> {
    fn say(self) -> Result<T, StageError>;
}

impl<T, E: std::fmt::Display> Say<T> for Result<T, E> {
    fn say(self) -> Result<T, StageError> {
        self.map_err(|error| StageError(error.to_string()))
    }
}

/// A shop with a phone, its flows, and a customer.
pub struct Stage {
    /// The customer.
    pub customer: Customer,
    /// The phone of the number; none where the number is on the API alone.
    pub phone: Option<BusinessPhone>,
    /// The time.
    pub clock: StageClock,
    /// The flows at work.
    pub flows: Vec<String>,
    pub(crate) simulator: Simulator,
    pub(crate) person: Person,
    pub(crate) packages: Vec<PathBuf>,
    zone: Tz,
    workshop: Workshop,
    runtime_settings: RuntimeSettings,
    store: SqliteStore,
    runtime: Runtime,
    app: Router,
    dir: PathBuf,
    /// What the world outside answers.
    pub(crate) outside: outside::Script,
    settings: Map<String, Value>,
    keep: bool,
    /// Thrown away with the stage.
    _scratch: Option<tempfile::TempDir>,
}

impl Stage {
    /// The pipeline.
    pub(crate) fn runtime(&self) -> &Runtime {
        &self.runtime
    }

    /// The store tells of an order of the customer's.
    ///
    /// # Errors
    /// It was not taken.
    pub async fn store_tells(&self, order: &Map<String, Value>) -> Result<(), StageError> {
        let body = store::order(order, &self.person, self.customer.phone().as_str(), self.clock.now()).to_string();
        let (status, words) = self.hook(&body, true).await?;
        if status == 200 { Ok(()) } else { Err(StageError(format!("the store was answered {status}: {words}"))) }
    }

    /// The store says anything; what it was answered.
    pub(crate) async fn hook(&self, body: &str, signed: bool) -> Result<(u16, String), StageError> {
        store::post(self.app.clone(), body, signed, self.clock.now()).await
    }

    /// Another customer is the customer from now on.
    pub fn is_now(&mut self, phone: &str) {
        let phone = Phone::typed(phone, None).unwrap_or_else(|| phone.into());
        self.customer = self.simulator.customer(phone);
    }

    /// People on the API side take the conversation or give it back.
    pub(crate) async fn control(&self, control: &Control) -> Result<(), StageError> {
        let conversation = self.conversation().await?.ok_or_else(|| StageError("nobody has written yet".to_owned()))?;
        self.runtime.control(&conversation, control).await.say()
    }

    /// The customer's conversation, if they were heard of.
    pub(crate) async fn conversation(&self) -> Result<Option<ConversationId>, StageError> {
        let store = self.runtime.store();
        let mut contact = store.contact_by_phone(&TENANT.into(), self.customer.phone()).await.say()?;
        if contact.is_none() {
            let known = ponte_model::Contact { user_id: self.customer.user_id(), ..ponte_model::Contact::default() };
            for alias in known.aliases() {
                contact = contact.or(store.contact_by_alias(&TENANT.into(), &alias).await.say()?);
            }
        }
        Ok(contact.map(|contact| ConversationId { number: NUMBER.into(), contact }))
    }

    /// The host ends and is started again over the same data. `kindly`: what is in hand is finished; otherwise it dies.
    pub(crate) async fn restart(&mut self, kindly: bool) -> Result<(), StageError> {
        match kindly {
            true => self.runtime.shutdown().await,
            false => self.runtime.kill().await,
        }
        self.store = self.open().await?;
        (self.runtime, self.app) = self.start().await?;
        Ok(())
    }

    async fn open(&self) -> Result<SqliteStore, StageError> {
        open(&self.dir, self.keep).await
    }

    async fn start(&self) -> Result<(Runtime, Router), StageError> {
        start(&self.workshop, &self.simulator, &self.clock, self.runtime_settings.clone(), self.store.clone()).await
    }

    /// Puts the shop's settings into force with these over what they were.
    pub(crate) async fn change_settings(&mut self, over: &Map<String, Value>) -> Result<(), StageError> {
        self.settings.extend(over.clone());
        setup::install_all(&self.workshop, &self.store, &self.packages, &self.settings, &self.dir, self.clock.now())
            .await?;
        outside::make_up_secrets(&self.store, &self.dir, self.clock.now()).await?;
        self.runtime.reload().await.say().map(drop)
    }

    /// Ends.
    pub async fn strike(self) {
        // The pipeline and the simulator know each other: without this neither would ever go.
        self.simulator.set_webhook_service(None);
        self.runtime.shutdown().await;
    }
}

async fn open(dir: &std::path::Path, keep: bool) -> Result<SqliteStore, StageError> {
    match keep {
        true => SqliteStore::open(dir).await.say(),
        // It is there already.
        false => SqliteStore::volatile(dir, &[]).await.say(),
    }
}

/// Starts a pipeline over a store, with the ways to the simulator and back.
async fn start(
    workshop: &Workshop,
    simulator: &Simulator,
    clock: &StageClock,
    settings: RuntimeSettings,
    store: SqliteStore,
) -> Result<(Runtime, Router), StageError> {
    let parts = Parts {
        settings,
        store: Arc::new(store),
        clock: clock.shared(),
        graph: workshop.graph.through(Arc::new(door::CloudApi(simulator.clone()))),
        tokens: Tokens::for_all(TOKEN.into()),
        sandbox: workshop.sandbox.clone(),
        compiler: workshop.compiler.clone(),
    };
    let runtime = Runtime::start(parts).await.say()?;
    let webhooks = WebhookSettings { verify_token: VERIFY.into(), signatures: Signatures::new([SECRET.into()]).say()? };
    let app = router(runtime.clone(), webhooks, Arc::new(String::new));
    let app = app.merge(hooks(runtime.clone(), [store::source(NUMBER.into())?]));
    simulator.set_webhook_service(Some(app.clone()));
    Ok((runtime, app))
}

/// So long the patience of a pipeline that ends, in real time.
const PATIENCE: Duration = Duration::from_secs(5);
