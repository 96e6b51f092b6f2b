//! What all parts of the pipeline share.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use ponte_clock::SharedClock;
use ponte_model::{Lane, NumberId};
use ponte_sandbox::Sandbox;
use ponte_store::{Finish, Pending, Store};
use ponte_whatsapp::graph::GraphClient;
use secrecy::SecretString;
use tokio::sync::{Notify, Semaphore, mpsc};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::addressees::Addressees;
use crate::conversations::Conversations;
use crate::dispatch::Dispatch;
use crate::echoes::Echoes;
use crate::flows::{self, Flows};
use crate::joins::Joins;
use crate::money::Purse;
use crate::outbox::Outbox;
use crate::outside::Outside;
use crate::registry::{Broken, Registry};
use crate::routing::People;
use crate::settings::RuntimeSettings;
use crate::templates::Templates;

/// Access tokens by number. Never logged, never stored.
#[derive(Clone, Default)]
pub struct Tokens {
    by_number: HashMap<NumberId, SecretString>,
    fallback: Option<SecretString>,
}

impl Tokens {
    /// One token for every number that has none of its own.
    pub fn for_all(token: SecretString) -> Self {
        Self { by_number: HashMap::new(), fallback: Some(token) }
    }

    /// Adds a number's own token.
    #[must_use]
    pub fn with(mut self, number: NumberId, token: SecretString) -> Self {
        self.by_number.insert(number, token);
        self
    }

    /// The token to use for a number.
    pub fn of(&self, number: &NumberId) -> Option<&SecretString> {
        self.by_number.get(number).or(self.fallback.as_ref())
    }
}

pub(crate) struct Core {
    pub(crate) settings: RuntimeSettings,
    pub(crate) store: Arc<dyn Store>,
    pub(crate) clock: SharedClock,
    pub(crate) graph: GraphClient,
    pub(crate) tokens: Tokens,
    pub(crate) sandbox: Sandbox,
    pub(crate) registry: Registry,
    pub(crate) conversations: Conversations,
    pub(crate) echoes: Echoes,
    pub(crate) templates: Arc<Templates>,
    pub(crate) flows: Flows,
    pub(crate) addressees: Addressees,
    pub(crate) people: People,
    pub(crate) joins: Joins,
    pub(crate) dispatch: Dispatch,
    pub(crate) outbox: Outbox,
    pub(crate) outside: Outside,
    pub(crate) purse: Purse,
    /// Lanes other than messages: nothing in them waits for a conversation.
    pub(crate) side_lanes: SideLanes,
    /// How many events wait or are in hand.
    pub(crate) waiting: AtomicUsize,
    pub(crate) run_permits: Semaphore,
    /// A timer was set.
    pub(crate) timers_changed: Notify,
    /// An operator gave an order about a conversation.
    pub(crate) controls_given: Notify,
    /// Installations changed, and their schedules with them.
    pub(crate) schedules_changed: Notify,
    pub(crate) stopping: CancellationToken,
    /// What a shutdown waits for.
    pub(crate) tasks: TaskTracker,
}

/// Where events of the side lanes go.
pub(crate) struct SideLanes {
    pub(crate) status: mpsc::UnboundedSender<Pending>,
    pub(crate) import: mpsc::UnboundedSender<Pending>,
    pub(crate) lifecycle: mpsc::UnboundedSender<Pending>,
}

impl Core {
    /// Until a moment, until there is news, or until the pipeline stops; without a moment, until one of the other two.
    pub(crate) async fn sleep_or_news(&self, wait: Option<ponte_clock::Sleep>, news: &Notify) {
        let due = async {
            match wait {
                Some(wait) => wait.await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            () = due => {}
            () = news.notified() => {}
            () = self.stopping.cancelled() => {}
        }
    }

    /// Gives a stored event to whoever handles its lane. What waits is bounded at ingest.
    pub(crate) fn hand_on(&self, pending: Pending) {
        let lane = match pending.event.lane {
            Lane::Message => return self.dispatch.push(pending),
            Lane::Status => &self.side_lanes.status,
            Lane::Import => &self.side_lanes.import,
            Lane::Lifecycle => &self.side_lanes.lifecycle,
        };
        // Closed only at shutdown; the event is stored and comes up again at the next start.
        let _ = lane.send(pending);
    }

    /// An event is handled, one way or another.
    pub(crate) fn handled(&self) {
        self.waiting.fetch_sub(1, Ordering::AcqRel);
    }

    /// Acknowledges an event that no flow handles, by the rule that decided so.
    pub(crate) async fn acknowledge(&self, seq: i64, rule: &str) -> ponte_store::Result<()> {
        let decision = Some(rule.to_owned());
        self.store.finish(Finish { seq, decision, ..Finish::default() }).await.map(drop)
    }

    /// Reads numbers, templates, installations, policies and budgets anew, and lets everybody know.
    pub(crate) async fn reload(&self) -> ponte_store::Result<Vec<Broken>> {
        self.templates.reload(&*self.store).await?;
        let (looked, read) = tokio::join!(flows::refresh(self, true), self.registry.read(&*self.store));
        // Who must wait is known before anybody is asked.
        looked?;
        let (snapshot, broken) = read?;
        // What was installed between the two reads.
        if snapshot.installations().any(|one| !one.templates().is_empty() && !self.flows.knows(one)) {
            flows::refresh(self, true).await?;
        }
        self.outside.load_secrets(&self.settings.outside, &*self.store).await?;
        self.registry.publish(snapshot);
        self.outside.changed.notify_one();
        self.templates.ask_for_new(&self.registry.now());
        for broken in &broken {
            tracing::error!(installation = %broken.installation, why = broken.why, "an installation cannot run");
        }
        self.purse.set_budgets(self.store.budgets().await?.into_iter().collect());
        self.addressees.forget_all();
        self.schedules_changed.notify_one();
        self.controls_given.notify_one();
        self.outbox.templates_changed(self, false).await?;
        self.outbox.wake_all();
        Ok(broken)
    }
}
