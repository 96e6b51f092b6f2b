//! What is known of conversations, cached over the store.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ponte_model::ConversationId;
use ponte_policy::{Echo, Facts};
use ponte_store::{Store, StoreError};

/// So many conversations are remembered; then the cache starts anew. Some 30 MiB.
const REMEMBERED: usize = 50_000;

/// A conversation's facts and its last stored echo.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Known {
    pub(crate) facts: Facts,
    pub(crate) echo: Echo,
}

/// The cache. It may be behind on an echo that is just being stored; the transaction that lets a message out is not.
pub(crate) struct Conversations {
    store: Arc<dyn Store>,
    known: Mutex<HashMap<ConversationId, Known>>,
}

impl Conversations {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, known: Mutex::default() }
    }

    pub(crate) async fn get(&self, id: &ConversationId) -> Result<Known, StoreError> {
        if let Some(known) = self.lock().get(id) {
            return Ok(known.clone());
        }
        let row = self.store.conversation(id).await?;
        let facts = match row.facts {
            serde_json::Value::Null => Facts::default(),
            facts => serde_json::from_value(facts)
                .map_err(|error| StoreError::Corrupt { what: format!("conversation {id}"), why: error.to_string() })?,
        };
        let known = Known { facts, echo: Echo { seq: row.echo_seq, at: row.echo_at } };
        let mut all = self.lock();
        if all.len() >= REMEMBERED {
            all.clear();
        }
        Ok(all.entry(id.clone()).or_insert(known).clone())
    }

    /// The facts that were just committed.
    pub(crate) fn committed(&self, id: &ConversationId, facts: Facts) {
        if let Some(known) = self.lock().get_mut(id) {
            known.facts = facts;
        }
    }

    /// An echo was just stored.
    pub(crate) fn echoed(&self, id: &ConversationId, echo: Echo) {
        if let Some(known) = self.lock().get_mut(id) {
            known.echo = Echo { seq: known.echo.seq.max(echo.seq), at: known.echo.at.max(echo.at) };
        }
    }

    /// Ask the store again next time.
    pub(crate) fn forget(&self, id: &ConversationId) {
        self.lock().remove(id);
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<ConversationId, Known>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
