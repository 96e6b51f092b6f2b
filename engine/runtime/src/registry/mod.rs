//! Numbers and installations as the pipeline uses them: a snapshot in memory, replaced as a whole.

mod installed;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};

use ponte_flow::PackageSnapshot;
use ponte_model::{Digest256, InstallationId, NumberId, TenantId};
use ponte_policy::platform::DEFAULT_THROUGHPUT;
use ponte_policy::{PhoneTerms, Routing};
use ponte_sandbox::{Compiler, Limits, Plugin, Sandbox};
use ponte_store::{InstallationRow, InstallationState, Listeners, NumberRow, Store};

use crate::routing::{self, Policies, traits};
pub(crate) use installed::{FailureAction, Installed, trigger};

/// A number as the pipeline uses it.
pub(crate) struct Number {
    pub(crate) tenant: TenantId,
    pub(crate) row: Arc<NumberRow>,
}

impl Number {
    pub(crate) fn is_app_only(&self) -> bool {
        traits(&self.row).app_only
    }
}

/// For tenants that have no policy.
static NO_POLICY: LazyLock<Routing> = LazyLock::new(Routing::default);

/// What is registered and installed at a moment.
#[derive(Default)]
pub(crate) struct Snapshot {
    numbers: HashMap<NumberId, Number>,
    /// In the order in which they are asked.
    installations: Vec<Arc<Installed>>,
    policies: Policies,
    /// Who wants to hear of the fate of their messages.
    pub(crate) listeners: Listeners,
}

impl Snapshot {
    pub(crate) fn number(&self, id: &NumberId) -> Option<&Number> {
        self.numbers.get(id)
    }

    /// A tenant's rules.
    pub(crate) fn routing(&self, tenant: &TenantId) -> &Routing {
        self.policies.get(tenant).map_or(&*NO_POLICY, |routing| routing)
    }

    /// What may be said on a number where a chat belongs to the phone.
    pub(crate) fn phone_terms(&self, number: &NumberId) -> PhoneTerms {
        let Some(number) = self.number(number) else { return PhoneTerms::default() };
        let routing = self.routing(&number.tenant);
        let app_only = routing.app_only(&traits(&number.row)).is_some();
        PhoneTerms { purposes: routing.purposes(), category: None, app_only }
    }

    pub(crate) fn throughput(&self, id: &NumberId) -> u32 {
        self.number(id).map_or(DEFAULT_THROUGHPUT, |number| number.row.config.throughput)
    }

    pub(crate) fn installation(&self, id: &InstallationId) -> Option<&Arc<Installed>> {
        self.installations.iter().find(|installed| installed.id == *id)
    }

    pub(crate) fn installations(&self) -> impl Iterator<Item = &Arc<Installed>> {
        self.installations.iter()
    }

    /// Who is asked about an event of a tenant's number.
    pub(crate) fn asked(&self, tenant: &TenantId, number: Option<&NumberId>) -> Vec<&Arc<Installed>> {
        let serves = |installed: &&Arc<Installed>| {
            let here = number.is_some_and(|number| installed.numbers.contains(number));
            installed.tenant == *tenant && (installed.numbers.is_empty() || here)
        };
        self.installations.iter().filter(serves).collect()
    }
}

/// The present snapshot, and how a new one is made.
pub(crate) struct Registry {
    now: RwLock<Arc<Snapshot>>,
    sandbox: Sandbox,
    compiler: Compiler,
    /// Runs at once.
    runs: usize,
}

/// Why an installation does not run.
#[derive(Debug)]
pub struct Broken {
    /// Which.
    pub installation: InstallationId,
    /// Why, and what to do.
    pub why: String,
}

impl Registry {
    pub(crate) fn new(sandbox: Sandbox, compiler: Compiler, runs: usize) -> Self {
        Self { now: RwLock::default(), sandbox, compiler, runs }
    }

    pub(crate) fn now(&self) -> Arc<Snapshot> {
        Arc::clone(&self.now.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads everything anew. An installation that cannot run costs no other; it is reported and left out.
    pub(crate) async fn reload(&self, store: &dyn Store) -> ponte_store::Result<Vec<Broken>> {
        let numbers = store.numbers().await?.into_iter();
        let numbers = numbers.map(|row| (row.id.clone(), Number { tenant: row.tenant.clone(), row: Arc::new(row) }));
        let mut snapshot = Snapshot { numbers: numbers.collect(), ..Snapshot::default() };
        let before = self.now();
        snapshot.policies = routing::load(store, &before.policies).await?;
        let mut plugins: HashMap<Digest256, Plugin> =
            before.installations().map(|installed| (installed.digest.clone(), installed.plugin.clone())).collect();
        let mut broken = Vec::new();
        for row in store.installations().await? {
            if row.state != InstallationState::Active {
                continue;
            }
            let id = row.id.clone();
            match self.ready(store, row, &mut plugins).await {
                Ok(installed) => snapshot.installations.push(Arc::new(installed)),
                Err(why) => broken.push(Broken { installation: id, why }),
            }
        }
        let hears = |installed: &&Arc<Installed>| installed.trigger.events.contains("receipt");
        snapshot.listeners = Arc::new(snapshot.installations().filter(hears).map(|one| one.id.clone()).collect());
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
        Ok(broken)
    }

    async fn ready(
        &self,
        store: &dyn Store,
        row: InstallationRow,
        plugins: &mut HashMap<Digest256, Plugin>,
    ) -> Result<Installed, String> {
        let package: PackageSnapshot =
            serde_json::from_value(row.package.clone()).map_err(|error| installed::unreadable("package", &error))?;
        let plugin = match plugins.get(&row.digest) {
            Some(plugin) => plugin.clone(),
            None => self.load(store, &row.digest, &package).await?,
        };
        plugins.insert(row.digest.clone(), plugin.clone());
        Installed::of(row, package, plugin, (self.runs / 2).max(1))
    }

    async fn load(&self, store: &dyn Store, digest: &Digest256, package: &PackageSnapshot) -> Result<Plugin, String> {
        let component = store.component(digest).await.map_err(|error| error.to_string())?;
        let component = component.ok_or("its component is not in the database; install it again")?;
        let compiled = self.compiler.compile(component).await.map_err(|error| error.to_string())?;
        let mut limits = Limits::for_component(compiled.info());
        // A manifest may only ask for less than the host allows.
        let memory = package.manifest.limits.memory_bytes(limits.memory as u64);
        limits.memory = usize::try_from(memory).unwrap_or(limits.memory).min(limits.memory);
        self.sandbox.load(&compiled, limits).map_err(|error| error.to_string())
    }
}
