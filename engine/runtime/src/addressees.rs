//! What is known of people whom messages go to, cached over the store: their consent, their clock, and what they got of
//! late.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ponte_model::consent::Category;
use ponte_model::{Contact, ContactId, Timestamp};
use ponte_policy::consent::{Addressee, ConsentRules, MOST_DAYS, standing, zones};
use ponte_policy::platform::RULES;
use ponte_store::{StandingRow, Store, StoreError};
use ponte_whatsapp::errors::MARKETING_LIMIT;

use crate::templates::Templates;

/// So many people are remembered; then the cache starts anew. Some 15 MiB.
const REMEMBERED: usize = 50_000;

/// Templates older than that are counted by no cap.
const COUNTED: Duration = Duration::from_secs(MOST_DAYS * 24 * 3600);

/// The cache, and what is needed to judge by it.
pub(crate) struct Addressees {
    store: Arc<dyn Store>,
    pub(crate) rules: ConsentRules,
    categories: BTreeMap<String, Category>,
    templates: Arc<Templates>,
    cache: Mutex<Cache>,
}

#[derive(Default)]
struct Cache {
    known: HashMap<ContactId, Arc<Addressee>>,
    /// Grows whenever something changed that a read under way may have missed.
    changes: u64,
}

impl Addressees {
    pub(crate) fn new(
        store: Arc<dyn Store>,
        rules: ConsentRules,
        categories: BTreeMap<String, Category>,
        templates: Arc<Templates>,
    ) -> Self {
        Self { store, rules, categories, templates, cache: Mutex::default() }
    }

    /// The category of a template, as the operator declares it or as Meta has it, as far as it is known.
    pub(crate) fn category(&self, template: &str) -> Option<Category> {
        let declared = self.categories.get(template).copied();
        let known = declared.or_else(|| self.templates.category_named(template));
        known.or(self.rules.strict.then_some(Category::Marketing))
    }

    pub(crate) async fn get(&self, id: &ContactId, now: Timestamp) -> Result<Arc<Addressee>, StoreError> {
        loop {
            let before = {
                let cache = self.lock();
                if let Some(known) = cache.known.get(id) {
                    return Ok(Arc::clone(known));
                }
                cache.changes
            };
            let read = self.read(self.store.standing(id, now.minus(COUNTED)).await?);
            let mut cache = self.lock();
            // Something was committed while this was read: what was read may be older than that.
            if cache.changes != before {
                continue;
            }
            if cache.known.len() >= REMEMBERED {
                cache.known.clear();
                cache.changes += 1;
            }
            return Ok(Arc::clone(cache.known.entry(id.clone()).or_insert(Arc::new(read))));
        }
    }

    fn read(&self, row: StandingRow) -> Addressee {
        let mut consent = standing(&row.entries);
        consent.suppressed = row.suppressed.is_some();
        let sent = row.templates.iter().filter_map(|sent| Some((self.category(&sent.name)?, sent.at)));
        let limited = row.failed.iter().filter(|(code, _)| *code == MARKETING_LIMIT).map(|(_, at)| *at).max();
        Addressee {
            consent,
            sent: sent.collect(),
            zones: zones(&row.tags, row.phone.as_ref(), row.user_id.as_ref()),
            marketing_rests_until: limited.map(|at| at.plus(RULES.marketing_rest)),
            consent_seq: row.consent.seq,
        }
    }

    /// To be asked before a person is stored, for [`Addressees::meet`].
    pub(crate) fn changes(&self) -> u64 {
        self.lock().changes
    }

    /// A person was just stored of whom nothing was known before: they need not be read. `before` is what
    /// [`Addressees::changes`] said before they were stored.
    pub(crate) fn meet(&self, id: &ContactId, person: Option<&Contact>, before: u64) {
        let phone = person.and_then(|person| person.phone.as_ref());
        let user_id = person.and_then(|person| person.user_id.as_ref());
        let newcomer = Addressee { zones: zones([], phone, user_id), ..Addressee::default() };
        let mut cache = self.lock();
        if cache.changes == before && cache.known.len() < REMEMBERED {
            cache.known.entry(id.clone()).or_insert_with(|| Arc::new(newcomer));
        }
    }

    /// A template is about to leave. Not if anything changed since `seen`, such as another that left on another number:
    /// then it is to be judged again.
    pub(crate) fn count(&self, id: &ContactId, seen: &Arc<Addressee>, category: Category, now: Timestamp) -> bool {
        let mut cache = self.lock();
        let Some(known) = cache.known.get_mut(id).filter(|known| Arc::ptr_eq(known, seen)) else { return false };
        let mut changed = Addressee::clone(seen);
        changed.sent.retain(|(_, at)| now.since(*at) < COUNTED);
        changed.sent.push((category, now));
        *known = Arc::new(changed);
        true
    }

    /// Ask the store again next time.
    pub(crate) fn forget(&self, id: &ContactId) {
        let mut cache = self.lock();
        cache.known.remove(id);
        cache.changes += 1;
    }

    /// Somebody else may have changed anything.
    pub(crate) fn forget_all(&self) {
        let mut cache = self.lock();
        cache.known.clear();
        cache.changes += 1;
    }

    fn lock(&self) -> MutexGuard<'_, Cache> {
        self.cache.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
