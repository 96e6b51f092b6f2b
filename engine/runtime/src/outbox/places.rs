//! Places under the ceilings and among the people of a day: taken before a message leaves, given back if it does not.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ponte_model::{SendId, TenantId, Timestamp};
use ponte_policy::pacing::{Ceiling, Claim, DailyReach, Tally, Whose, warm_up};
use ponte_policy::platform::RULES;
use ponte_policy::{Facts, Objection, Purpose};
use ponte_store::{OutboxItem, StoreError};

use crate::core::Core;
use crate::registry::Snapshot;
use crate::verdict::Asking;

/// A status tells of a failure within so long, or the place is free by itself.
const REMEMBERED: Duration = Duration::from_secs(24 * 3600);

/// So many messages that left are remembered, in case they fail.
const MOST: usize = 100_000;

/// Everything that is counted.
#[derive(Default)]
pub(super) struct Counters {
    /// Whom each tenant wrote to outside the window. A tenant's numbers are taken for one portfolio.
    reach: Mutex<HashMap<TenantId, DailyReach>>,
    tally: Mutex<Tally>,
    /// What messages that left hold.
    held: Mutex<HashMap<SendId, Taken>>,
}

/// What a message holds.
#[derive(Clone, Debug)]
struct Taken {
    at: Timestamp,
    tenant: TenantId,
    counted: Vec<Whose>,
    reach: Option<Claim>,
}

/// The places of a message that is about to leave. Given back when dropped.
pub(crate) struct Places {
    core: Arc<Core>,
    taken: Option<Taken>,
}

impl Places {
    /// Takes what a message needs.
    ///
    /// # Errors
    /// The first ceiling that has no room; then nothing is taken.
    pub(crate) fn claim(
        core: &Arc<Core>,
        registry: &Snapshot,
        asking: &Asking<'_>,
        facts: &Facts,
        now: Timestamp,
    ) -> Result<Self, Objection> {
        let mut places = Self { core: Arc::clone(core), taken: None };
        let Some(number) = registry.number(&asking.conversation.number) else { return Ok(places) };
        let counters = &core.outbox.counters;
        let under = under(core, registry, asking, facts, now);
        if !under.is_empty() {
            counters.tally().claim(&under, now)?;
        }
        let counted = under.into_iter().map(|(whose, _)| whose).collect::<Vec<_>>();
        let initiates = asking.initiates(facts, now);
        if initiates || !counted.is_empty() {
            places.taken = Some(Taken { at: now, tenant: number.tenant.clone(), counted, reach: None });
        }
        // Templates outside the window go to so many people a day.
        if initiates && let Some(taken) = &mut places.taken {
            let limit = number.row.config.daily_reach.unwrap_or(RULES.reach_until_known);
            let mut reach = counters.reach();
            let reach = reach.entry(number.tenant.clone()).or_default();
            taken.reach = Some(reach.claim(&asking.conversation.contact, limit, now)?);
        }
        Ok(places)
    }

    /// The message leaves.
    pub(crate) fn keep(mut self, send: &SendId) {
        let Some(taken) = self.taken.take() else { return };
        let now = taken.at;
        let mut held = self.core.outbox.counters.held();
        if held.len() >= MOST {
            held.retain(|_, taken| now.since(taken.at) < REMEMBERED);
        }
        held.insert(send.clone(), taken);
    }
}

impl Drop for Places {
    fn drop(&mut self) {
        if let Some(taken) = self.taken.take() {
            self.core.outbox.counters.free(&taken);
        }
    }
}

/// The ceilings that a message counts under. People are counted under none.
fn under(
    core: &Core,
    registry: &Snapshot,
    asking: &Asking<'_>,
    facts: &Facts,
    now: Timestamp,
) -> Vec<(Whose, Ceiling)> {
    let (Some(_), Some(number)) = (asking.run, registry.number(&asking.conversation.number)) else { return Vec::new() };
    let ceilings = &core.settings.ceilings;
    if asking.purpose() == Purpose::Receipt {
        return Vec::new();
    }
    let mut under = Vec::new();
    let mut add = |whose: Whose, ceiling: Ceiling| {
        if !ceiling.is_open() {
            under.push((whose, ceiling));
        }
    };
    if let Some(id) = asking.installation {
        let own = registry.installation(id).map(|installed| installed.ceiling).unwrap_or_default();
        add(Whose::Flow(id.clone()), ceilings.of_flow(id, own));
    }
    add(Whose::Contact(asking.conversation.contact.clone()), ceilings.contact);
    add(Whose::Tenant(number.tenant.clone()), ceilings.tenant);
    if ceilings.warm_up && asking.initiates(facts, now) {
        add(Whose::Number(number.row.id.clone()), warm_up(number.registered_at, now));
    }
    under
}

impl Counters {
    /// A message failed: nothing counts it any more.
    pub(super) fn give_back(&self, send: &SendId) {
        let taken = self.held().remove(send);
        if let Some(taken) = taken {
            self.free(&taken);
        }
    }

    fn free(&self, taken: &Taken) {
        let mut tally = self.tally();
        taken.counted.iter().for_each(|whose| tally.give_back(whose, taken.at));
        drop(tally);
        if let Some(claim) = &taken.reach
            && let Some(reach) = self.reach().get_mut(&taken.tenant)
        {
            reach.give_back(claim);
        }
    }

    /// After a start: what left so shortly before that it counts.
    pub(super) async fn load(&self, core: &Core) -> Result<(), StoreError> {
        let (now, registry) = (core.clock.now(), core.registry.now());
        let ceilings = &core.settings.ceilings;
        let bounded = ceilings.warm_up
            || [ceilings.flow, ceilings.contact, ceilings.tenant].iter().any(|ceiling| !ceiling.is_open())
            || !ceilings.flows.is_empty()
            || registry.installations().any(|installed| !installed.ceiling.is_open());
        // Without ceilings only templates count.
        let kind = (!bounded).then_some(OutboxItem::TEMPLATE);
        let left = core.store.left_since(now.minus(RULES.reach_window + RULES.reach_margin), kind).await?;
        for left in left.iter().filter(|left| !left.failed && left.kind != OutboxItem::SEEN) {
            let Some(number) = registry.number(&left.conversation.number) else { continue };
            if left.initiates {
                self.reach().entry(number.tenant.clone()).or_default().take(&left.conversation.contact, left.at);
            }
            let mut tally = self.tally();
            if let Some(id) = &left.installation {
                let own = registry.installation(id).map(|installed| installed.ceiling).unwrap_or_default();
                tally.note(&Whose::Flow(id.clone()), ceilings.of_flow(id, own), left.at);
            }
            tally.note(&Whose::Contact(left.conversation.contact.clone()), ceilings.contact, left.at);
            tally.note(&Whose::Tenant(number.tenant.clone()), ceilings.tenant, left.at);
            if ceilings.warm_up && left.initiates {
                let ceiling = warm_up(number.registered_at, now);
                tally.note(&Whose::Number(number.row.id.clone()), ceiling, left.at);
            }
        }
        Ok(())
    }

    fn reach(&self) -> MutexGuard<'_, HashMap<TenantId, DailyReach>> {
        self.reach.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn tally(&self) -> MutexGuard<'_, Tally> {
        self.tally.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn held(&self) -> MutexGuard<'_, HashMap<SendId, Taken>> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
