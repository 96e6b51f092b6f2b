//! Numbers and installations as the pipeline uses them: a snapshot in memory, replaced as a whole.

mod installed;
mod versions;

use std::collections::HashMap;
use std::sync::{Arc, LazyLock, PoisonError, RwLock};
use std::time::Duration;

use ponte_flow::PackageSnapshot;
use ponte_model::{Digest256, InstallationId, NumberId, TenantId, Timestamp};
use ponte_policy::hours::{Daily, Hours};
use ponte_policy::lifecycle::{Life, Sending};
use ponte_policy::platform::DEFAULT_THROUGHPUT;
use ponte_policy::profile::Profile;
use ponte_policy::{Category, ECHO_BLIND_PATIENCE, EchoBlind, PhoneTerms, PhoneWords, Release, Routing, Shop};
use ponte_sandbox::limits::OUTSIDE_WAIT_LONGEST;
use ponte_sandbox::{Compiler, ComponentInfo, Limits, PhoneView, Plugin, Sandbox};
use ponte_store::{InstallationRow, Listeners, NumberMode, NumberRow, Store};

use crate::lifecycle::life_of;
use crate::routing::{self, Policies, traits};
pub(crate) use installed::{FailureAction, Installed, trigger};

/// Puts installations into the order in which they are asked: by priority, and of the same priority those that serve
/// some people only before those that serve everybody.
pub fn put_in_order(rows: &mut [InstallationRow]) {
    let narrow = |row: &InstallationRow| {
        let trigger = &row.package["manifest"]["trigger"];
        ["contacts", "tags"].iter().any(|key| trigger.get(key).is_some_and(|setting| !setting.is_null()))
    };
    rows.sort_by_key(|row| (row.priority, !narrow(row)));
}

/// A number as the pipeline uses it.
pub(crate) struct Number {
    pub(crate) tenant: TenantId,
    pub(crate) row: Arc<NumberRow>,
    /// How it stands with its phone and its account.
    pub(crate) life: Life,
    /// Texts that mean something when they are written on its phone.
    pub(crate) words: PhoneWords,
    /// The time of day at which people let go of its conversations.
    daily: Option<Daily>,
    pub(crate) registered_at: Timestamp,
}

/// What the rules look at of a number, for one message at one moment.
#[derive(Default)]
pub(crate) struct Standing {
    pub(crate) sending: Sending,
    pub(crate) echo_blind: Option<EchoBlind>,
}

impl Number {
    fn of(row: NumberRow, life: Life, registered_at: Timestamp) -> Self {
        let phone = &row.config.phone;
        let words = PhoneWords::new(&phone.release_keywords, &phone.greeting_texts, &phone.away_texts);
        let daily = crate::release::daily_release(&row).unwrap_or_else(|why| {
            tracing::error!(number = %row.id, why, "its chats are not given back at a time of day");
            None
        });
        Self { tenant: row.tenant.clone(), row: Arc::new(row), life, words, daily, registered_at }
    }

    /// Whether it lives on the phone only, for the time being or altogether.
    fn is_app_only(&self) -> bool {
        self.row.config.mode == NumberMode::App || self.life.app_only.now
    }

    /// Whether a person sits at a phone with it, and whether what they write there is seen.
    pub(crate) fn phone_view(&self) -> PhoneView {
        let config = &self.row.config;
        match config.mode {
            NumberMode::Api => PhoneView::None,
            _ if Profile::or_careful(&config.profile).is_echo_blind() => PhoneView::Unseen,
            _ => PhoneView::Seen,
        }
    }

    /// Whether nothing may leave at `now`, and until when, where that is known.
    pub(crate) fn held_at(&self, now: Timestamp) -> Option<Option<Timestamp>> {
        match self.life.sending_at(now) {
            Sending::Held { until, .. } => Some(until),
            _ => self.is_app_only().then_some(None),
        }
    }

    /// Set where answers from the phone are not seen; `hours` are those of the shop whose flow wants to speak.
    fn echo_blind(&self, hours: Option<&Hours>, now: Timestamp) -> Option<EchoBlind> {
        let config = &self.row.config;
        let blind = config.mode == NumberMode::Coexistence && Profile::or_careful(&config.profile).is_echo_blind();
        blind.then(|| {
            let minutes = |minutes: u32| Duration::from_secs(u64::from(minutes) * 60);
            let shop = match hours.map(|hours| hours.period_at(now)) {
                Some(period) if !period.open => Shop::Closed,
                period => Shop::Open { until: period.and_then(|period| period.until) },
            };
            EchoBlind { patience: config.echo_blind_minutes.map_or(ECHO_BLIND_PATIENCE, minutes), shop }
        })
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
    /// Versions that were replaced while conversations may go on with them.
    replaced: Vec<Arc<Installed>>,
    policies: Policies,
    /// Who wants to hear of the fate of their messages.
    pub(crate) listeners: Listeners,
}

impl Snapshot {
    pub(crate) fn number(&self, id: &NumberId) -> Option<&Number> {
        self.numbers.get(id)
    }

    pub(crate) fn numbers(&self) -> impl Iterator<Item = &Number> {
        self.numbers.values()
    }

    /// What the rules look at of a number; `installation` is the one that wants to speak.
    pub(crate) fn standing(&self, number: &NumberId, installation: Option<&Installed>, now: Timestamp) -> Standing {
        let Some(number) = self.number(number) else { return Standing::default() };
        let hours = installation.and_then(|installed| installed.hours.as_ref());
        Standing { sending: number.life.sending_at(now), echo_blind: number.echo_blind(hours, now) }
    }

    /// When people have let go of a number's conversations, as `installation` is concerned.
    pub(crate) fn release<'a>(&'a self, id: &NumberId, installation: Option<&'a Installed>) -> Release<'a> {
        let own = installation.and_then(|installed| installed.release_after);
        let Some(number) = self.number(id) else {
            return Release { after: own.unwrap_or(Release::default().after), ..Release::default() };
        };
        let closing = || {
            let here = self.installations.iter().filter(|installed| installed.serves(&number.tenant, Some(id)));
            let hours = installation.and_then(|installed| installed.hours.as_ref());
            hours.or_else(|| here.filter_map(|installed| installed.hours.as_ref()).next())
        };
        crate::release::terms(&number.row, number.daily, own, closing)
    }

    /// A tenant's rules.
    pub(crate) fn routing(&self, tenant: &TenantId) -> &Routing {
        self.policies.get(tenant).map_or(&*NO_POLICY, |routing| routing)
    }

    /// What may be said on a number where a chat belongs to the phone; `category` is that of the template, if it is one.
    pub(crate) fn phone_terms(&self, number: &NumberId, category: Option<Category>) -> PhoneTerms {
        let Some(number) = self.number(number) else { return PhoneTerms::default() };
        let routing = self.routing(&number.tenant);
        let app_only = routing.app_only(&traits(&number.row, &number.life)).is_some();
        PhoneTerms { purposes: routing.purposes(), category, app_only }
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
        self.installations.iter().filter(|installed| installed.serves(tenant, number)).collect()
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

    /// Reads everything anew, for [`Registry::publish`]. An installation that cannot run costs no other; it is reported and
    /// left out.
    pub(crate) async fn read(&self, store: &dyn Store) -> ponte_store::Result<(Snapshot, Vec<Broken>)> {
        let numbers = store.numbers().await?.into_iter();
        let mut lives = HashMap::new();
        for row in store.lives().await? {
            lives.insert(row.number.clone(), (life_of(&row)?, row.registered_at));
        }
        let numbers = numbers.map(|row| {
            let (life, registered_at) = lives.remove(&row.id).unwrap_or_default();
            (row.id.clone(), Number::of(row, life, registered_at))
        });
        let mut snapshot = Snapshot { numbers: numbers.collect(), ..Snapshot::default() };
        let before = self.now();
        snapshot.policies = routing::load(store, &before.policies).await?;
        let mut plugins: HashMap<Digest256, Plugin> =
            before.every_version().map(|installed| (installed.digest.clone(), installed.plugin.clone())).collect();
        let mut broken = Vec::new();
        let mut rows = store.installations().await?;
        put_in_order(&mut rows);
        let older = versions::replaced(&rows, store.versions().await?);
        for row in rows {
            let id = row.id.clone();
            match self.ready(store, row, &mut plugins).await {
                Ok(installed) => snapshot.installations.push(Arc::new(installed)),
                Err(why) => broken.push(Broken { installation: id, why }),
            }
        }
        for row in older {
            let (id, version) = (row.id.clone(), row.version.clone());
            match self.ready(store, row, &mut plugins).await {
                Ok(mut installed) => {
                    installed.replaced = true;
                    snapshot.replaced.push(Arc::new(installed));
                }
                // What it began falls to the version in force.
                Err(why) => tracing::warn!(installation = %id, version, why, "a replaced version cannot run any more"),
            }
        }
        let hears = |installed: &&Arc<Installed>| installed.trigger.events.contains("receipt");
        snapshot.listeners = Arc::new(snapshot.every_version().filter(hears).map(|one| one.id.clone()).collect());
        Ok((snapshot, broken))
    }

    /// Puts what was read into force.
    pub(crate) fn publish(&self, snapshot: Snapshot) {
        *self.now.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(snapshot);
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
            None => self.load(store, &row.digest).await?,
        };
        plugins.insert(row.digest.clone(), plugin.clone());
        // One component may serve several manifests, and a manifest may change while its component stays.
        let plugin = plugin.within(limits(&package, plugin.info()));
        Installed::of(row, package, plugin, (self.runs / 2).max(1))
    }

    async fn load(&self, store: &dyn Store, digest: &Digest256) -> Result<Plugin, String> {
        let component = store.component(digest).await.map_err(|error| error.to_string())?;
        let component = component.ok_or("its component is not in the database; install it again")?;
        let compiled = self.compiler.compile(component).await.map_err(|error| error.to_string())?;
        let limits = Limits::for_component(compiled.info());
        self.sandbox.load(&compiled, limits).map_err(|error| error.to_string())
    }
}

/// What a run may use, by the manifest; it may only ask for what the host allows.
fn limits(package: &PackageSnapshot, info: &ComponentInfo) -> Limits {
    let mut limits = Limits::for_component(info);
    let declared = &package.manifest.limits;
    let memory = declared.memory_bytes(limits.memory as u64);
    limits.memory = usize::try_from(memory).unwrap_or(limits.memory).min(limits.memory);
    if let Some(seconds) = declared.wait_seconds {
        limits.wait = Duration::from_secs(seconds.into()).min(OUTSIDE_WAIT_LONGEST);
    }
    limits
}
