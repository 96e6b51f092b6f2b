//! Starts the pipeline, holds it, and ends it.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ponte_clock::SharedClock;
use ponte_model::{Control, ConversationId, Event, TenantId, Timestamp};
use ponte_sandbox::{Compiler, Sandbox};
use ponte_store::{Store, StoreError};
use ponte_whatsapp::graph::GraphClient;
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::addressees::Addressees;
use crate::conversations::Conversations;
use crate::core::{Core, SideLanes, Tokens};
use crate::dispatch::{self, Dispatch};
use crate::echoes::Echoes;
use crate::flows::{self, Flows};
use crate::ingest::{self, IngestError};
use crate::joins::Joins;
use crate::money::Purse;
use crate::outbox::Outbox;
use crate::outside::{self, Outside};
use crate::registry::{Broken, Registry};
use crate::routing::People;
use crate::settings::RuntimeSettings;
use crate::templates::{self, SyncedAccount, Templates};
use crate::{controls, hooks, housekeeping, lanes, lifecycle, schedules, timers};

/// What a pipeline is made of.
pub struct Parts {
    /// How big and how patient it is.
    pub settings: RuntimeSettings,
    /// What must survive a crash.
    pub store: Arc<dyn Store>,
    /// The time.
    pub clock: SharedClock,
    /// The way to Meta.
    pub graph: GraphClient,
    /// Access tokens.
    pub tokens: Tokens,
    /// Where plugins run.
    pub sandbox: Sandbox,
    /// How plugins are compiled.
    pub compiler: Compiler,
}

/// The pipeline cannot start.
#[derive(Debug, thiserror::Error)]
#[error("the pipeline cannot start: {0}")]
pub struct StartError(#[from] StoreError);

/// A running pipeline. Cheap to clone.
#[derive(Clone)]
pub struct Runtime {
    core: Arc<Core>,
}

/// So many events are read at once when the backlog is loaded.
const LOAD_BATCH: u32 = 1_000;

impl Runtime {
    /// Starts: whatever was in hand when the process last ended is taken up again.
    ///
    /// # Errors
    /// When the store cannot be read. An installation that cannot run is reported by [`Runtime::reload`] and does not
    /// keep the rest from starting.
    pub async fn start(parts: Parts) -> Result<Self, StartError> {
        let (status, status_lane) = mpsc::unbounded_channel();
        let (import, import_lane) = mpsc::unbounded_channel();
        let (lifecycle, lifecycle_lane) = mpsc::unbounded_channel();
        let templates = Arc::new(Templates::new(parts.settings.template_fallbacks.clone()));
        let core = Arc::new(Core {
            conversations: Conversations::new(Arc::clone(&parts.store)),
            echoes: Echoes::default(),
            people: People::default(),
            joins: Joins::default(),
            addressees: Addressees::new(
                Arc::clone(&parts.store),
                parts.settings.consent.clone(),
                parts.settings.template_categories.clone(),
                Arc::clone(&templates),
            ),
            registry: Registry::new(parts.sandbox.clone(), parts.compiler, parts.settings.runs),
            templates,
            flows: Flows::default(),
            dispatch: Dispatch::default(),
            outbox: Outbox::default(),
            outside: Outside::new(&parts.settings.outside),
            purse: Purse::new(Arc::clone(&parts.settings.rates)),
            side_lanes: SideLanes { status, import, lifecycle },
            waiting: AtomicUsize::new(0),
            run_permits: Semaphore::new(parts.settings.runs),
            timers_changed: Notify::new(),
            controls_given: Notify::new(),
            schedules_changed: Notify::new(),
            stopping: CancellationToken::new(),
            tasks: TaskTracker::new(),
            settings: parts.settings,
            store: parts.store,
            clock: parts.clock,
            graph: parts.graph,
            tokens: parts.tokens,
            sandbox: parts.sandbox,
        });
        core.reload().await?;
        core.echoes.load(&*core.store).await?;
        core.purse.load(&*core.store, core.clock.now()).await?;
        let doubtful = core.store.doubt_unfinished_sends().await?;
        if doubtful > 0 {
            tracing::warn!(sends = doubtful, "these were being sent when the process ended; a status will tell");
        }
        let receivers = lanes::Receivers { status: status_lane, import: import_lane, lifecycle: lifecycle_lane };
        lanes::start(&core, receivers);
        load_backlog(&core).await?;
        core.outbox.load(&core).await?;
        tokio::spawn(dispatch::run(Arc::clone(&core)));
        tokio::spawn(timers::run(Arc::clone(&core)));
        tokio::spawn(schedules::run(Arc::clone(&core)));
        tokio::spawn(controls::run(Arc::clone(&core)));
        tokio::spawn(housekeeping::run(Arc::clone(&core)));
        tokio::spawn(outside::run(Arc::clone(&core)));
        tokio::spawn(templates::run(Arc::clone(&core)));
        tokio::spawn(flows::run(Arc::clone(&core)));
        tokio::spawn(lifecycle::watch(Arc::clone(&core)));
        Ok(Self { core })
    }

    /// The present moment, by the pipeline's clock.
    pub fn now(&self) -> Timestamp {
        self.core.clock.now()
    }

    /// Stores events; when this returns they are durable and will be handled. Returns how many were new.
    ///
    /// # Errors
    /// Nothing was stored: send them again.
    pub async fn ingest(&self, events: Vec<Event>) -> Result<usize, IngestError> {
        // As a task of its own: a caller that gives up (a webhook whose connection breaks) must not leave events stored
        // and handed to nobody.
        let core = Arc::clone(&self.core);
        let task = self.core.tasks.spawn(async move { ingest::ingest(&core, events).await });
        task.await.unwrap_or(Err(IngestError::Stopping))
    }

    /// Stores an event of a shop's own system; once this returns it is durable. It belongs to the tenant of its number,
    /// or to `tenant` where the number is not registered.
    pub(crate) async fn hear(&self, tenant: Option<TenantId>, event: Event) -> Result<usize, IngestError> {
        let core = Arc::clone(&self.core);
        let task = self.core.tasks.spawn(async move { hooks::ingest(&core, tenant, event).await });
        task.await.unwrap_or(Err(IngestError::Stopping))
    }

    /// Reads numbers, installations and routing policies anew after they were changed. Returns installations that cannot run.
    ///
    /// # Errors
    /// When the store cannot be read; then everything stays as it was.
    pub async fn reload(&self) -> Result<Vec<Broken>, StoreError> {
        self.core.reload().await
    }

    /// Lists the templates of all accounts now, instead of when it is next due.
    pub async fn sync_templates(&self) -> Vec<SyncedAccount> {
        templates::sync_all(&self.core).await
    }

    /// Gives an operator's order about a conversation. When this returns it is durable; it takes its turn among what else
    /// happens there, as an event of its own.
    ///
    /// # Errors
    /// When the store cannot be written.
    pub async fn control(&self, conversation: &ConversationId, control: &Control) -> Result<(), StoreError> {
        self.core.store.put_control(conversation, control, self.core.clock.now()).await?;
        self.core.controls_given.notify_one();
        Ok(())
    }

    /// How many events wait or are in hand.
    pub fn waiting(&self) -> usize {
        self.core.waiting.load(Ordering::Acquire)
    }

    /// Whether nothing waits and nothing is in hand.
    pub fn is_idle(&self) -> bool {
        self.waiting() == 0 && self.core.outbox.is_idle() && self.core.outside.in_flight() == 0
    }

    /// Whether nothing is in hand or on its way: what waits, waits for its time.
    pub fn is_still(&self) -> bool {
        self.waiting() == 0 && self.core.outbox.in_flight() == 0 && self.core.outside.in_flight() == 0
    }

    /// Whether a flow runs at this moment, or a request to Meta or to a web service is on its way.
    pub fn is_busy(&self) -> bool {
        let Core { settings, outside, .. } = &*self.core;
        let runs = self.core.run_permits.available_permits() < settings.runs;
        // Flows that may wait for somebody outside have places of their own.
        let connected = outside.permits.available_permits() < settings.outside.waiting_runs;
        runs || connected || self.core.outbox.in_flight() > 0 || outside.in_flight() > 0
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        &self.core.store
    }

    /// Whether webhooks should be sent here.
    ///
    /// # Errors
    /// Why not, in words.
    pub async fn readiness(&self) -> Result<(), String> {
        if self.core.stopping.is_cancelled() {
            return Err("shutting down".to_owned());
        }
        let (waiting, bound) = (self.waiting(), self.core.settings.max_pending);
        if waiting >= bound {
            return Err(format!("{waiting} events wait; the bound is {bound}"));
        }
        self.core.store.backlog().await.map(drop).map_err(|error| error.to_string())
    }

    /// Brings the gauges up to date.
    pub async fn measure(&self) {
        metrics::gauge!("ponte_events_waiting").set(self.waiting() as f64);
        if let Ok(backlog) = self.core.store.backlog().await {
            metrics::gauge!("ponte_backlog", "of" => "inbox").set(backlog.inbox as f64);
            metrics::gauge!("ponte_backlog", "of" => "queued").set(backlog.queued as f64);
            metrics::gauge!("ponte_backlog", "of" => "in-doubt").set(backlog.in_doubt as f64);
            metrics::gauge!("ponte_backlog", "of" => "parked").set(backlog.parked as f64);
        }
    }

    /// Ends it as if the process died: waits for nobody, and whatever is not written yet never is. For scenarios.
    pub async fn kill(&self) {
        self.core.stopping.cancel();
        self.core.tasks.close();
        self.core.store.close().await;
    }

    /// Ends the pipeline: takes nothing new, waits for what is in hand, and closes the store. What it does not wait
    /// for is in the store and is taken up at the next start.
    pub async fn shutdown(&self) {
        self.core.stopping.cancel();
        self.core.tasks.close();
        if ponte_clock::within(self.core.settings.patience, self.core.tasks.wait()).await.is_err() {
            tracing::warn!(tasks = self.core.tasks.len(), "not everything in hand could be finished");
        }
        self.core.store.close().await;
    }
}

async fn load_backlog(core: &Arc<Core>) -> Result<(), StoreError> {
    let mut after = 0;
    loop {
        let batch = core.store.pending(after, LOAD_BATCH).await?;
        let Some(last) = batch.last() else { return Ok(()) };
        after = last.seq;
        core.waiting.fetch_add(batch.len(), Ordering::AcqRel);
        batch.into_iter().for_each(|pending| core.hand_on(pending));
    }
}
