//! Out to Meta: in order per person, paced per number, judged once more, durable before it leaves.

mod attempt;
mod departure;
mod line;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ponte_model::{ContactId, NumberId, TenantId, Timestamp};
use ponte_policy::Objection;
use ponte_policy::pacing::DailyReach;
use ponte_policy::platform::RULES;
use ponte_store::{NewSend, OutboxItem, StoreError};

use crate::core::Core;
use crate::money::Hold;
pub(crate) use attempt::clear;
pub(crate) use departure::Departure;
use line::Line;
pub(crate) use line::Waiting;

/// What left in this time before a start counts. A chat that goes on at the pair rate stays in debt as long as it does, so
/// this is longer than the debt of one burst.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// One line of waiting messages per number.
#[derive(Default)]
pub(crate) struct Outbox {
    lines: Mutex<HashMap<NumberId, Arc<Line>>>,
    /// Whom each tenant wrote to outside the window. A tenant's numbers are taken for one portfolio.
    reach: Mutex<HashMap<TenantId, DailyReach>>,
}

impl Outbox {
    /// Takes a place for a message that is about to be committed and could leave at once.
    pub(crate) fn reserve(&self, core: &Arc<Core>, send: &NewSend, hold: Hold) -> Option<Departure> {
        let line = self.line(core, &send.conversation.number);
        let paced = matches!(send.item, OutboxItem::Message { .. });
        let contact = send.conversation.contact.clone();
        let most = core.settings.requests_per_number;
        let now = core.clock.now();
        let free = line::held(core, &line, now).is_none() && line.reserve(&send.id, &contact, paced, now, most);
        free.then(|| Departure::of(line, send.id.clone(), contact, hold))
    }

    /// Messages that were just committed. The first of them leaves if there is a departure, and stands as `sending`.
    pub(crate) fn add(&self, core: &Arc<Core>, sends: Vec<NewSend>, departure: Option<Departure>) {
        let mut sends = sends.into_iter();
        if let Some(departure) = departure
            && let Some(first) = sends.next()
        {
            departure.leave(core, Waiting::from(first));
        }
        for send in sends {
            let number = send.conversation.number.clone();
            self.line(core, &number).add(Waiting::from(send));
        }
    }

    /// A message came in on a number: it counts against its throughput.
    pub(crate) fn note_inbound(&self, core: &Arc<Core>, number: &NumberId, now: Timestamp) {
        self.line(core, number).note_inbound(now);
    }

    /// Numbers were changed: a line that stood still may move on.
    pub(crate) fn wake_all(&self) {
        for line in self.lock().values() {
            line.wake();
        }
    }

    /// What rules held is to be looked at again.
    pub(crate) fn release_held(&self, now: Timestamp) {
        for line in self.lock().values() {
            line.hold(now);
            line.wake();
        }
    }

    /// Whether nothing waits in memory or is on its way.
    pub(crate) fn is_idle(&self) -> bool {
        self.lock().values().all(|line| line.is_idle())
    }

    /// How many requests are on their way.
    pub(crate) fn in_flight(&self) -> usize {
        self.lock().values().map(|line| line.in_flight()).sum()
    }

    /// After a start: everything that waited when the process ended, and what left so shortly before that it counts.
    pub(crate) async fn load(&self, core: &Arc<Core>) -> Result<(), StoreError> {
        let now = core.clock.now();
        let registry = core.registry.now();
        for left in core
            .store
            .left_since(now.minus(RULES.reach_window + RULES.reach_margin), Some(OutboxItem::TEMPLATE))
            .await?
        {
            if let Some(number) = registry.number(&left.conversation.number) {
                self.reached().entry(number.tenant.clone()).or_default().take(&left.conversation.contact, left.at);
            }
        }
        for left in core.store.left_since(now.minus(REMEMBERED), None).await? {
            if left.kind != OutboxItem::SEEN {
                self.line(core, &left.conversation.number).note_left(&left.conversation.contact, left.at);
            }
        }
        for number in core.store.numbers_with_queue().await? {
            self.line(core, &number).refill_later();
        }
        Ok(())
    }

    fn line(&self, core: &Arc<Core>, number: &NumberId) -> Arc<Line> {
        let mut lines = self.lock();
        if let Some(line) = lines.get(number) {
            return Arc::clone(line);
        }
        let throughput = core.registry.now().throughput(number);
        let line = Arc::new(Line::new(number.clone(), throughput));
        lines.insert(number.clone(), Arc::clone(&line));
        // Not among the tasks that a shutdown waits for: a line ends when the pipeline does, its requests do not.
        tokio::spawn(line::run(Arc::clone(core), Arc::clone(&line)));
        line
    }

    /// Takes a place among those to whom a tenant may write outside the window.
    fn claim(&self, tenant: &TenantId, contact: &ContactId, limit: u32, now: Timestamp) -> Result<(), Objection> {
        self.reached().entry(tenant.clone()).or_default().claim(contact, limit, now)
    }

    fn reached(&self) -> MutexGuard<'_, HashMap<TenantId, DailyReach>> {
        self.reach.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<NumberId, Arc<Line>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
