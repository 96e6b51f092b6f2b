//! Out to Meta: in order per person, paced per number, judged once more, durable before it leaves.

mod attempt;
mod closed;
mod departure;
mod line;
mod places;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ponte_model::{ConversationId, NumberId, SendId, Timestamp};
use ponte_store::{NewSend, OutboxItem, Released, StoreError};
use ponte_whatsapp::errors::PAIR_RATE;

use crate::core::Core;
use crate::money::Hold;
pub(crate) use attempt::clear;
pub(crate) use closed::people_of;
pub(crate) use departure::Departure;
use line::Line;
pub(crate) use line::Waiting;
pub(crate) use places::Places;

/// What left in this time before a start counts. A chat that goes on at the pair rate stays in debt as long as it does, so
/// this is longer than the debt of one burst.
const REMEMBERED: Duration = Duration::from_secs(3600);

/// One line of waiting messages per number.
#[derive(Default)]
pub(crate) struct Outbox {
    lines: Mutex<HashMap<NumberId, Arc<Line>>>,
    /// What ceilings and tiers count.
    counters: places::Counters,
    /// Conversations in which messages wait for the customer to open the window.
    closed: Mutex<HashSet<ConversationId>>,
}

impl Outbox {
    /// Takes a place for a message that is about to be committed and could leave at once.
    pub(crate) fn reserve(&self, core: &Arc<Core>, send: &NewSend, held: (Hold, Places)) -> Option<Departure> {
        // What waits there was asked for before.
        if self.closed().contains(&send.conversation) {
            return None;
        }
        let line = self.line(core, &send.conversation.number);
        let paced = matches!(send.item, OutboxItem::Message { .. });
        let contact = send.conversation.contact.clone();
        let most = core.settings.requests_per_number;
        let now = core.clock.now();
        let free = line::held(core, &line, now).is_none() && line.reserve(&send.id, &contact, paced, now, most);
        free.then(|| Departure::of(line, send.id.clone(), contact, held))
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
        self.counters.load(core).await?;
        for left in core.store.left_since(now.minus(REMEMBERED), None).await? {
            if left.kind != OutboxItem::SEEN {
                self.line(core, &left.conversation.number).note_left(&left.conversation.contact, left.at);
            }
        }
        // The platform asked for a pause: of a person, who waits behind their message anyway, or of the number.
        for off in core.store.backing_off(now).await?.iter().filter(|off| off.code != PAIR_RATE) {
            self.line(core, &off.number).back_off(now, off.until.since(now));
        }
        for number in core.store.numbers_with_queue().await? {
            self.line(core, &number).refill_later();
        }
        for conversation in core.store.waiting_for_window().await? {
            self.wait_for_customer(core, &conversation).await?;
        }
        Ok(())
    }

    /// A message is held until the customer writes.
    pub(crate) async fn wait_for_customer(
        &self,
        core: &Arc<Core>,
        conversation: &ConversationId,
    ) -> Result<(), StoreError> {
        self.closed().insert(conversation.clone());
        // They may have written while it was being put aside.
        let known = core.conversations.get(conversation).await?;
        if known.facts.window_open(core.clock.now()) {
            self.reopened(core, conversation).await;
        }
        Ok(())
    }

    /// What is known of a conversation is committed: if the customer wrote, what waited for that leaves, before what is
    /// said in answer.
    pub(crate) async fn reopened(&self, core: &Arc<Core>, conversation: &ConversationId) {
        if !self.closed().remove(conversation) {
            return;
        }
        match core.store.release_held(Released::Window(conversation.clone())).await {
            Ok(_) => self.line(core, &conversation.number).refill_later(),
            Err(error) => {
                tracing::error!(%conversation, %error, "what waits for this customer cannot be released; the next message tries again");
                self.closed().insert(conversation.clone());
            }
        }
    }

    /// Templates may have changed: what waits for that is judged again. `told`: a webhook says so. Otherwise what the
    /// platform itself has sent back waits on, or a list that is behind would send it again and again.
    pub(crate) async fn templates_changed(&self, core: &Core, told: bool) -> Result<(), StoreError> {
        if core.store.release_held(Released::Templates { told }).await? > 0 {
            self.lock().values().for_each(|line| line.refill_later());
        }
        Ok(())
    }

    /// A message did not leave, or failed: what it counts under has room again.
    pub(crate) fn give_back(&self, send: &SendId) {
        self.counters.give_back(send);
    }

    fn line(&self, core: &Arc<Core>, number: &NumberId) -> Arc<Line> {
        let mut lines = self.lock();
        if let Some(line) = lines.get(number) {
            return Arc::clone(line);
        }
        let throughput = core.registry.now().throughput(number);
        let line = Arc::new(Line::new(number.clone(), throughput, core.settings.pair));
        lines.insert(number.clone(), Arc::clone(&line));
        // Not among the tasks that a shutdown waits for: a line ends when the pipeline does, its requests do not.
        tokio::spawn(line::run(Arc::clone(core), Arc::clone(&line)));
        line
    }

    fn closed(&self) -> MutexGuard<'_, HashSet<ConversationId>> {
        self.closed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<NumberId, Arc<Line>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
