//! What stages share: plugins are compiled once, and shops that are alike are furnished once.

use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::SystemTime;

use ponte_sandbox::{Compiler, Sandbox};
use ponte_store::SqliteStore;
use ponte_whatsapp::graph::{GraphClient, GraphSettings};
use tokio::sync::OnceCell;
use url::Url;

use super::setup::{Setup, furnish, scratch};
use super::{Say as _, StageError};

/// So many kinds of shops are kept; more are furnished anew.
const KEPT: usize = 64;

/// What stages share. Cheap to clone.
#[derive(Clone)]
pub struct Workshop {
    pub(super) sandbox: Sandbox,
    pub(super) compiler: Compiler,
    pub(super) graph: GraphClient,
    blank: Arc<OnceCell<Vec<u8>>>,
    shops: Arc<Mutex<HashMap<String, Arc<OnceCell<Shop>>>>>,
}

/// A shop before anything has happened in it.
pub(super) struct Shop {
    /// The file of its database: number, policy, budget, installed flows.
    pub(super) database: Vec<u8>,
    /// The flows at work.
    pub(super) flows: Vec<String>,
}

impl Workshop {
    /// A workshop. There is one sandbox a process; the compiler's cache may be kept, so that plugins are compiled once.
    ///
    /// # Errors
    /// There is no HTTP client on this machine.
    pub fn new(sandbox: Sandbox, compiler: Compiler) -> Result<Self, StageError> {
        // Nothing is ever asked there: requests stay in the process.
        let graph_url = Url::parse("http://simulator.invalid").say()?;
        let graph = GraphClient::new(&GraphSettings { graph_url, ..GraphSettings::default() }).say()?;
        Ok(Self { sandbox, compiler, graph, blank: Arc::default(), shops: Arc::default() })
    }

    /// The shop that a setup asks for: made once for all setups that ask for the same.
    pub(super) async fn shop(&self, setup: &Setup) -> Result<SharedShop, StageError> {
        let of_number = (&setup.number, &setup.budget, &setup.policy);
        let mut key = format!("{:?}", (&setup.flows, &setup.settings, of_number, setup.at, setup.zone));
        setup.flows.iter().for_each(|flow| fingerprint(flow, &mut key));
        let cell = {
            let mut shops = self.shops.lock().unwrap_or_else(PoisonError::into_inner);
            if shops.len() >= KEPT && !shops.contains_key(&key) {
                shops.clear();
            }
            Arc::clone(shops.entry(key).or_default())
        };
        cell.get_or_try_init(|| self.furnished(setup)).await?;
        Ok(SharedShop(cell))
    }

    async fn furnished(&self, setup: &Setup) -> Result<Shop, StageError> {
        let blank = self.blank.get_or_try_init(async || {
            let scratch = scratch()?;
            SqliteStore::blank(scratch.path()).await.say()
        });
        let blank = blank.await?;
        let scratch = scratch()?;
        let store = SqliteStore::volatile(scratch.path(), blank).await.say()?;
        let flows = furnish(self, &store, setup, scratch.path()).await?;
        let database = store.into_bytes(scratch.path()).await.say()?;
        Ok(Shop { database, flows })
    }
}

/// A shop that others may use as well.
pub(super) struct SharedShop(Arc<OnceCell<Shop>>);

impl std::ops::Deref for SharedShop {
    type Target = Shop;

    fn deref(&self) -> &Shop {
        self.0.get().expect("it was made before it was shared")
    }
}

/// Adds what tells one state of a package's files from another.
fn fingerprint(dir: &Path, key: &mut String) {
    let mut files: Vec<_> = std::fs::read_dir(dir).into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    files.sort();
    for path in files {
        let Ok(about) = path.metadata() else { continue };
        if about.is_dir() {
            if path.ends_with("texts") || path.ends_with("templates") {
                fingerprint(&path, key);
            }
            continue;
        }
        let changed = about.modified().ok().and_then(|at| at.duration_since(SystemTime::UNIX_EPOCH).ok());
        key.push_str(&format!("{}:{}:{changed:?};", path.display(), about.len()));
    }
}
