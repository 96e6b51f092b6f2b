//! What flows ask of the world outside: answered while a run waits (`ask`), or after its commit (`line`).

mod ai;
mod ask;
mod attempt;
mod line;
mod orders;
mod settings;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use ponte_connect::{Client, Grant, Grants, Scheme, Secret, SecretSet, Vault};
use ponte_flow::{HttpDeclared, HttpScheme};
use ponte_model::{InstallationId, Refusal};
use ponte_store::{Busy, Store};
use tokio::sync::{Notify, Semaphore};

pub(crate) use ask::Asker;
pub(crate) use line::{WORTH, run};
pub use settings::{AiSettings, OrdersSource, OutsideSettings};

use crate::core::Core;

/// What the pipeline keeps for it.
pub(crate) struct Outside {
    /// Runs of flows that may wait for somebody outside: they keep nobody else from running.
    pub(crate) permits: Semaphore,
    client: Result<Client, String>,
    secrets: RwLock<HashMap<InstallationId, Arc<SecretSet>>>,
    /// A request was asked for, or one came back.
    pub(crate) changed: Notify,
    /// Requests that are on their way.
    busy: Mutex<Busy>,
}

impl Outside {
    pub(crate) fn new(settings: &OutsideSettings) -> Self {
        Self {
            permits: Semaphore::new(settings.waiting_runs),
            client: Client::new(settings.client.clone()),
            secrets: RwLock::default(),
            changed: Notify::new(),
            busy: Mutex::new(Busy { most: settings.requests_per_host, ..Busy::default() }),
        }
    }

    fn client(&self) -> Result<&Client, Refusal> {
        self.client.as_ref().map_err(|why| Refusal::Other { why: format!("http: the client cannot be set up: {why}") })
    }

    /// The secrets of an installation.
    fn secrets(&self, installation: &InstallationId) -> Arc<SecretSet> {
        let secrets = self.secrets.read().unwrap_or_else(PoisonError::into_inner);
        secrets.get(installation).cloned().unwrap_or_default()
    }

    fn busy(&self) -> std::sync::MutexGuard<'_, Busy> {
        self.busy.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many requests are on their way.
    pub(crate) fn in_flight(&self) -> usize {
        self.busy().requests.len()
    }

    /// Opens what is sealed; a secret that cannot be opened is as one that was never set, and is named.
    pub(crate) async fn load_secrets(&self, settings: &OutsideSettings, store: &dyn Store) -> ponte_store::Result<()> {
        let rows = store.secrets().await?;
        let mut sets: HashMap<InstallationId, Vec<Secret>> = HashMap::new();
        let vault = match (&settings.data_dir, rows.is_empty()) {
            (Some(dir), false) => {
                Vault::open(dir).inspect_err(|error| tracing::error!(%error, "no secret can be used")).ok()
            }
            _ => None,
        };
        for row in rows {
            let Some(vault) = &vault else { break };
            let installation = row.installation.as_str();
            match vault.unseal(installation, &row.name, &row.sealed) {
                Ok(value) => {
                    let stand_in = vault.stand_in(installation, &row.name);
                    sets.entry(row.installation).or_default().push(Secret { name: row.name, stand_in, value });
                }
                Err(error) => tracing::error!(%installation, name = row.name, %error, "a secret cannot be used"),
            }
        }
        let sets = sets.into_iter().map(|(id, secrets)| (id, Arc::new(secrets.into_iter().collect())));
        *self.secrets.write().unwrap_or_else(PoisonError::into_inner) = sets.collect();
        Ok(())
    }
}

/// What a manifest declares, as what is granted: to install is to agree.
pub fn granted(declared: &[HttpDeclared]) -> Result<Grants, String> {
    let one = |one: &HttpDeclared| {
        let scheme = match one.scheme {
            HttpScheme::Https => Scheme::Https,
            HttpScheme::Http => Scheme::Http,
        };
        let secrets = one.secrets.iter().cloned();
        let grant = Grant::new(scheme, &one.host, one.port, one.methods.iter().copied(), &one.path, secrets);
        grant.map_err(|error| format!("[[http]]: {error}"))
    };
    declared.iter().map(one).collect::<Result<Vec<_>, _>>().map(Grants)
}

/// The day of a moment (UTC), by which models are paid.
fn day(core: &Core) -> String {
    core.clock.now().to_string().chars().take(10).collect()
}
