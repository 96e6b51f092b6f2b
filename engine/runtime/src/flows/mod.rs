//! Whether installations run. What stops one follows from its templates, its budget and the operator ([`look`]); it is
//! written to the store with the time since when, and memory holds who is stopped, so that routing and sending ask no
//! database. Templates that an account lacks are submitted ([`submit`]); the [`keeper`] does what takes time.

mod commands;
mod keeper;
mod look;
mod package;
mod submit;

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use ponte_model::{Charge, InstallationId, Scope, TenantId, Timestamp};
use ponte_policy::flows::{Absent, Reason};
use ponte_policy::money::{Stop, Warning, Zone, day_end};
use ponte_policy::notices::Notice;
use ponte_store::{Released, StoreError};
use tokio::sync::Notify;

use crate::core::Core;
use crate::registry::{Installed, Snapshot};
pub use commands::{FlowReport, pause_flow, report_flows, resume_flow};
pub(crate) use commands::{begin, settle};
pub(crate) use keeper::run;
pub(crate) use look::notice_row;
use look::{Scene, look};
pub use package::{check_templates, open_package};
pub use submit::{SubmitNews, Submitted, submit_templates};

/// Why an installation is stopped, and until when, where that is known.
#[derive(Clone, Debug)]
pub(crate) struct Halt {
    pub(crate) why: String,
    pub(crate) until: Option<Timestamp>,
}

/// Installations that are stopped.
pub(crate) type Halted = HashMap<InstallationId, Halt>;

/// Budget notices are said once a day and limit; so many keys of them are remembered at most.
const MOST_SAID: usize = 10_000;

/// What the pipeline knows of installations beside what runs them.
#[derive(Default)]
pub(crate) struct Flows {
    halted: RwLock<Arc<Halted>>,
    /// What is installed, as it was last read.
    scene: Mutex<Arc<Scene>>,
    /// Held by a look: what is written follows from what was read. The keys of what was told last.
    looking: tokio::sync::Mutex<Option<BTreeSet<String>>>,
    money: Mutex<Money>,
    /// Templates to be submitted.
    absent: Mutex<BTreeSet<Absent>>,
    changed: Notify,
}

/// What budgets did since somebody looked.
#[derive(Default)]
struct Money {
    /// Flows that reached a hard limit, until the limit or the day is another.
    hits: HashMap<InstallationId, Reason>,
    /// To be told.
    notices: Vec<(TenantId, Notice)>,
    said: HashSet<String>,
    /// A flow reached its limit and was not stopped yet.
    fresh: bool,
}

impl Flows {
    /// Who is stopped.
    pub(crate) fn halted(&self) -> Arc<Halted> {
        Arc::clone(&self.halted.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Why an installation is stopped, if it is.
    pub(crate) fn halt(&self, id: &InstallationId) -> Option<Halt> {
        self.halted().get(id).cloned()
    }

    /// A hard limit did not let a message out.
    pub(crate) fn reached(&self, registry: &Snapshot, charge: &Charge, stop: &Stop, now: Timestamp) {
        let Stop::Spent { scope, limit, .. } = stop else { return };
        let until = day_end(zone(registry, charge), now);
        let mut money = self.money();
        if let Scope::Flow(id) = scope {
            let reason = Reason::Budget { limit: *limit, until };
            if money.hits.insert(id.clone(), reason.clone()).as_ref() == Some(&reason) {
                return;
            }
            money.fresh = true;
        } else {
            money.say(&charge.tenant, Notice::hard(scope, *limit, until));
        }
        drop(money);
        self.changed.notify_one();
    }

    /// Budgets passed their soft limits.
    pub(crate) fn warned(&self, registry: &Snapshot, charge: &Charge, warnings: &[Warning], now: Timestamp) {
        if warnings.is_empty() {
            return;
        }
        let until = day_end(zone(registry, charge), now);
        let mut money = self.money();
        for warning in warnings {
            money.say(&charge.tenant, Notice::soft(warning, until));
        }
        drop(money);
        self.changed.notify_one();
    }

    fn money(&self) -> MutexGuard<'_, Money> {
        self.money.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether the last look saw an installation as it is.
    pub(crate) fn knows(&self, installed: &Installed) -> bool {
        let scene = self.scene();
        let seen = scene.subjects.iter().find(|subject| subject.id == installed.id);
        seen.is_some_and(|subject| subject.files == installed.templates())
    }

    fn scene(&self) -> Arc<Scene> {
        Arc::clone(&self.scene.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn set_scene(&self, scene: Scene) {
        *self.scene.lock().unwrap_or_else(PoisonError::into_inner) = Arc::new(scene);
    }

    fn take_absent(&self) -> BTreeSet<Absent> {
        std::mem::take(&mut *self.absent.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl Money {
    fn say(&mut self, tenant: &TenantId, notice: Notice) {
        if self.said.len() >= MOST_SAID {
            self.said.clear();
        }
        if self.said.insert(notice.key.clone()) {
            self.notices.push((tenant.clone(), notice));
        }
    }
}

/// The zone of the account that pays.
fn zone(registry: &Snapshot, charge: &Charge) -> Zone {
    let number = registry.number(&charge.number);
    let name = number.and_then(|number| number.row.config.billing.timezone.as_deref());
    name.and_then(|name| Zone::parse(name).ok()).unwrap_or_default()
}

/// Looks how all installations stand now. `anew`: what is installed may have changed.
pub(crate) async fn refresh(core: &Core, anew: bool) -> Result<(), StoreError> {
    let flows = &core.flows;
    let mut told = flows.looking.lock().await;
    if anew {
        flows.set_scene(Scene::read(&*core.store).await?);
    }
    let scene = flows.scene();
    let hits = {
        let mut money = flows.money();
        money.fresh = false;
        money.hits.clone()
    };
    let now = core.clock.now();
    let looked = look(&*core.store, &core.templates, &scene, &hits, now, None, &mut told).await?;
    // What came while it looked is for the next look.
    flows.money().hits.retain(|id, _| looked.over_budget.contains(id) || !hits.contains_key(id));
    let halted = Arc::new(looked.halted);
    let before =
        std::mem::replace(&mut *flows.halted.write().unwrap_or_else(PoisonError::into_inner), Arc::clone(&halted));
    // What a stopped flow had wanted to send waits in the store.
    for id in before.keys().filter(|id| !halted.contains_key(*id)) {
        if core.store.release_held(Released::Flow(id.clone())).await? > 0 {
            core.outbox.release_held(now);
        }
        core.outside.changed.notify_one();
    }
    let waits = !looked.absent.is_empty();
    flows.absent.lock().unwrap_or_else(PoisonError::into_inner).extend(looked.absent);
    if waits || anew {
        flows.changed.notify_one();
    }
    Ok(())
}

/// The same; what cannot be looked at now is looked at later.
pub(crate) async fn refresh_or_warn(core: &Core) {
    if let Err(error) = refresh(core, false).await {
        tracing::error!(%error, "how installations stand could not be looked at; the keeper tries again");
        core.flows.money().fresh = true;
        core.flows.changed.notify_one();
    }
}
