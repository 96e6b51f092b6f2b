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
    /// Whether nothing was ever written of it: its person came with the event that opened it.
    pub(crate) fresh: bool,
}

/// The cache. It may be behind on an echo that is just being stored; the transaction that lets a message out is not.
pub(crate) struct Conversations {
    store: Arc<dyn Store>,
    cache: Mutex<Cache>,
}

#[derive(Default)]
struct Cache {
    known: HashMap<ConversationId, Known>,
    /// Grows whenever something changed that a read under way may have missed.
    changes: u64,
}

impl Conversations {
    pub(crate) fn new(store: Arc<dyn Store>) -> Self {
        Self { store, cache: Mutex::default() }
    }

    pub(crate) async fn get(&self, id: &ConversationId) -> Result<Known, StoreError> {
        loop {
            let before = {
                let cache = self.lock();
                if let Some(known) = cache.known.get(id) {
                    return Ok(known.clone());
                }
                cache.changes
            };
            let known = self.read(id).await?;
            let mut cache = self.lock();
            // Something was committed while this was read: what was read may be older than that.
            if cache.changes != before {
                continue;
            }
            if cache.known.len() >= REMEMBERED {
                cache.known.clear();
                cache.changes += 1;
            }
            return Ok(cache.known.entry(id.clone()).or_insert(known).clone());
        }
    }

    /// To be asked before a person is stored, for [`Conversations::meet`].
    pub(crate) fn changes(&self) -> u64 {
        self.lock().changes
    }

    /// A person was just stored of whom nothing was known before: the conversation need not be read. `before` is what
    /// [`Conversations::changes`] said before they were stored.
    pub(crate) fn meet(&self, id: ConversationId, before: u64) {
        let mut cache = self.lock();
        // Else somebody was quicker: another message of theirs may be handled already.
        if cache.changes == before && cache.known.len() < REMEMBERED {
            cache.known.entry(id).or_insert(Known { fresh: true, ..Known::default() });
        }
    }

    async fn read(&self, id: &ConversationId) -> Result<Known, StoreError> {
        let row = self.store.conversation(id).await?;
        let facts = match row.facts {
            serde_json::Value::Null => Facts::default(),
            facts => serde_json::from_value(facts)
                .map_err(|error| StoreError::Corrupt { what: format!("conversation {id}"), why: error.to_string() })?,
        };
        Ok(Known { facts, echo: Echo { seq: row.echo_seq, at: row.echo_at }, fresh: false })
    }

    /// The facts that were just committed.
    pub(crate) fn committed(&self, id: &ConversationId, facts: Facts) {
        let mut cache = self.lock();
        match cache.known.get_mut(id) {
            Some(known) => (known.facts, known.fresh) = (facts, false),
            None => cache.changes += 1,
        }
    }

    /// An echo was just stored.
    pub(crate) fn echoed(&self, id: &ConversationId, echo: Echo) {
        let mut cache = self.lock();
        match cache.known.get_mut(id) {
            Some(known) => known.echo = Echo { seq: known.echo.seq.max(echo.seq), at: known.echo.at.max(echo.at) },
            None => cache.changes += 1,
        }
    }

    /// Ask the store again next time.
    pub(crate) fn forget(&self, id: &ConversationId) {
        let mut cache = self.lock();
        cache.known.remove(id);
        cache.changes += 1;
    }

    /// Ask the store again about everybody: two people turned out to be one, on whichever numbers they wrote.
    pub(crate) fn forget_all(&self) {
        let mut cache = self.lock();
        cache.known.clear();
        cache.changes += 1;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
