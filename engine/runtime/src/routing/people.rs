//! What routing rules ask about people, cached over the store. Empty as long as no rule asks.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ponte_model::{Contact, ContactId, Phone, UserId};
use ponte_store::{Store, StoreError};

/// So many people are remembered; then the cache starts anew. Some 10 MiB.
const REMEMBERED: usize = 50_000;

/// What rules may ask of a person.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Profile {
    pub(crate) phone: Option<Phone>,
    pub(crate) user_id: Option<UserId>,
    pub(crate) tags: Vec<String>,
}

impl Profile {
    /// What an event itself says.
    pub(crate) fn of(person: Option<&Contact>) -> Self {
        let phone = person.and_then(|person| person.phone.clone());
        let user_id = person.and_then(|person| person.user_id.clone());
        Self { phone, user_id, tags: Vec::new() }
    }

    /// With what the store knows; ids that the event names win.
    pub(crate) fn with(mut self, stored: &Self) -> Self {
        self.phone = self.phone.or_else(|| stored.phone.clone());
        self.user_id = self.user_id.or_else(|| stored.user_id.clone());
        self.tags.clone_from(&stored.tags);
        self
    }

    pub(crate) async fn read(store: &dyn Store, id: &ContactId) -> Result<Self, StoreError> {
        let row = store.contact(id).await?;
        Ok(row.map_or_else(Self::default, |row| Self { phone: row.phone, user_id: row.user_id, tags: row.tags }))
    }
}

/// The cache.
#[derive(Default)]
pub(crate) struct People(Mutex<Cache>);

#[derive(Default)]
struct Cache {
    known: HashMap<ContactId, Arc<Profile>>,
    /// Grows whenever something changed that a read under way may have missed.
    changes: u64,
}

impl People {
    pub(crate) async fn get(&self, store: &dyn Store, id: &ContactId) -> Result<Arc<Profile>, StoreError> {
        loop {
            let before = {
                let cache = self.lock();
                if let Some(known) = cache.known.get(id) {
                    return Ok(Arc::clone(known));
                }
                cache.changes
            };
            let profile = Arc::new(Profile::read(store, id).await?);
            let mut cache = self.lock();
            if cache.changes != before {
                continue;
            }
            if cache.known.len() >= REMEMBERED {
                cache.known.clear();
            }
            cache.known.insert(id.clone(), Arc::clone(&profile));
            return Ok(profile);
        }
    }

    /// Tags or ids of a person were just changed: ask the store again next time.
    pub(crate) fn forget(&self, id: &ContactId) {
        let mut cache = self.lock();
        cache.known.remove(id);
        cache.changes += 1;
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Cache> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
