//! What leaves is priced and set aside; what statuses say is counted. The ledger in the store is the truth, and this is
//! kept in step with it, so that a send asks the database nothing more.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ponte_model::send::{Payload, Recipient};
use ponte_model::{Budget, Charge, Money, Scope, SendId, Stage, Timestamp};
use ponte_policy::money::{Category, Price, Question, RateBook, Stop, Till, Warning, Zone, day_of};
use ponte_policy::{Echo, Facts};
use ponte_store::{OutboxItem, Store, StoreError};

use crate::core::Core;
use crate::registry::Snapshot;
use crate::verdict::Asking;

/// A day that has ended in one zone goes on in another; and what was sent late in the day is delivered after it.
const LOOKING_BACK: Duration = Duration::from_secs(2 * 24 * 3600);

/// The rates, and the till.
pub(crate) struct Purse {
    rates: Arc<RateBook>,
    till: Mutex<Till>,
}

impl Purse {
    pub(crate) fn new(rates: Arc<RateBook>) -> Self {
        Self { rates, till: Mutex::default() }
    }

    /// After a start: what the ledger says of this month.
    pub(crate) async fn load(&self, store: &dyn Store, now: Timestamp) -> Result<(), StoreError> {
        let day = day_of(Zone::default(), now.minus(LOOKING_BACK));
        let first = format!("{}-01", day.get(..7).unwrap_or(&day));
        let lines = store.ledger(&first).await?;
        let mut till = self.till();
        lines.iter().for_each(|(line, times)| till.load(line, *times));
        Ok(())
    }

    pub(crate) fn set_budgets(&self, budgets: HashMap<Scope, Budget>) {
        self.till().set_budgets(budgets);
    }

    /// The line of the ledger for a message that would leave now; `None` for what has no price: read receipts, and
    /// reactions, which are never delivered in Meta's sense (fact sheet, section 5). `category` is that of the template, if
    /// it is one and known.
    pub(crate) fn price(
        &self,
        registry: &Snapshot,
        asking: &Asking<'_>,
        category: Option<ponte_policy::Category>,
        facts: &Facts,
        echo: Echo,
        now: Timestamp,
    ) -> Option<Charge> {
        let OutboxItem::Message { message } = asking.item else { return None };
        if matches!(message.payload, Payload::Reaction { .. }) {
            return None;
        }
        let phone = match &message.to {
            Recipient::Phone(phone) => Some(phone.as_str()),
            Recipient::User(_) => None,
            Recipient::Group(_) => return None,
        };
        let number = registry.number(&asking.conversation.number)?;
        let billing = &number.row.config.billing;
        let zone = billing.timezone.as_deref().and_then(|name| Zone::parse(name).ok()).unwrap_or_default();
        let day = day_of(zone, now);
        let month = day.get(..7).unwrap_or(&day);
        let account = number.row.waba_id.as_ref().map_or(number.row.id.as_str(), |waba| waba.as_str());
        let till = self.till();
        let question = Question {
            at: now,
            zone,
            currency: billing.currency,
            phone,
            category: category_of(&message.payload, category),
            window_open: facts.window_until.is_some_and(|until| now < until),
            entry_point: facts.entry_point(now),
            by_app: false,
            covered: till.covered(&number.row.id, month),
        };
        let estimate =
            self.rates.estimate(&question, &|market, category| till.charged(account, month, market, category));
        drop(till);
        let (free, amount) = match estimate.price {
            Price::Free(why) => (Some(why.as_str().to_owned()), Some(0)),
            Price::Charged(price) => (None, Some(price.micros)),
            Price::Unknown(_) => (None, None),
        };
        let installed = asking.installation.and_then(|id| registry.installation(id));
        let release = registry.release(&number.row.id, installed.map(|installed| &**installed));
        Some(Charge {
            send: asking.id.clone(),
            tenant: number.tenant.clone(),
            number: number.row.id.clone(),
            contact: asking.conversation.contact.clone(),
            installation: asking.installation.cloned(),
            account: account.to_owned(),
            market: estimate.market,
            category: estimate.category.map(|category| category.as_str().to_owned()),
            free,
            currency: estimate.currency,
            quote: estimate.quote,
            // What is free is nothing in any currency.
            hold: estimate.hold.map(|Money { micros, .. }| micros).or(amount),
            amount,
            stage: Stage::Reserved,
            owner: facts.ownership_at(echo, now, &release).owner,
            day,
            at: now,
            told: None,
        })
    }

    /// The hard limit that a message would pass.
    pub(crate) fn check(&self, charge: &Charge) -> Option<Stop> {
        self.till().check(charge).err()
    }

    /// Sets the price of a message aside. Returns the budgets that pass their soft limit by this.
    fn reserve(&self, charge: &Charge) -> Result<Vec<Warning>, Stop> {
        let warnings = self.till().reserve(charge)?;
        for warning in &warnings {
            metrics::counter!("ponte_budget_warnings_total").increment(1);
            tracing::warn!(scope = %warning.scope, "{warning}");
        }
        Ok(warnings)
    }

    /// A message did not leave, or failed.
    pub(crate) fn free(&self, send: &SendId) {
        self.till().free(send);
    }

    /// A status changed a line of the ledger.
    pub(crate) fn changed(&self, before: &Charge, after: &Charge) {
        self.till().changed(before, after);
    }

    /// What has ended takes no memory.
    pub(crate) fn forget_old(&self, now: Timestamp) {
        self.till().forget_before(&day_of(Zone::default(), now.minus(LOOKING_BACK)));
    }

    fn till(&self) -> MutexGuard<'_, Till> {
        self.till.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The category of a message. Where the host does not know a template's, the dearest is set aside, and the status tells.
fn category_of(payload: &Payload, template: Option<ponte_policy::Category>) -> Option<Category> {
    if payload.is_free_form() {
        return Some(Category::Service);
    }
    template.map(|category| match category {
        ponte_policy::Category::Marketing => Category::Marketing,
        ponte_policy::Category::Utility => Category::Utility,
        ponte_policy::Category::Authentication => Category::Authentication,
    })
}

/// The price of a message, set aside until it has left. Given back when dropped before.
pub(crate) struct Hold {
    core: Arc<Core>,
    charge: Option<Box<Charge>>,
}

impl Hold {
    /// Sets the price of a message aside, where it has one.
    ///
    /// # Errors
    /// The hard limit that it would pass.
    pub(crate) fn of(core: &Arc<Core>, charge: Option<Charge>) -> Result<Self, Stop> {
        if let Some(charge) = &charge {
            match core.purse.reserve(charge) {
                Ok(warnings) if warnings.is_empty() => {}
                Ok(warnings) => core.flows.warned(&core.registry.now(), charge, &warnings, core.clock.now()),
                Err(stop) => {
                    core.flows.reached(&core.registry.now(), charge, &stop, core.clock.now());
                    return Err(stop);
                }
            }
        }
        Ok(Self { core: Arc::clone(core), charge: charge.map(Box::new) })
    }

    /// What goes into the ledger with the message.
    pub(crate) fn line(&self) -> Option<Box<Charge>> {
        self.charge.clone()
    }

    /// The message has left: from here on the ledger says what becomes of it.
    pub(crate) fn keep(mut self) {
        self.charge = None;
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        if let Some(charge) = &self.charge {
            self.core.purse.free(&charge.send);
        }
    }
}
