//! Out to Meta: in order per person, paced per number, judged once more, durable before it leaves.

mod attempt;
mod departure;
mod line;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use ponte_model::{NumberId, Timestamp};
use ponte_store::{NewSend, OutboxItem, StoreError};

use crate::core::Core;
pub(crate) use attempt::{Proposed, clear};
pub(crate) use departure::Departure;
use line::Line;
pub(crate) use line::Waiting;

/// One line of waiting messages per number.
#[derive(Default)]
pub(crate) struct Outbox {
    lines: Mutex<HashMap<NumberId, Arc<Line>>>,
}

impl Outbox {
    /// Takes a place for a message that is about to be committed and could leave at once.
    pub(crate) fn reserve(&self, core: &Arc<Core>, send: &NewSend) -> Option<Departure> {
        let line = self.line(core, &send.conversation.number);
        let paced = matches!(send.item, OutboxItem::Message { .. });
        let contact = send.conversation.contact.clone();
        let most = core.settings.requests_per_number;
        let free = !line::held(core, &line) && line.reserve(&contact, paced, core.clock.now(), most);
        free.then(|| Departure { line, contact: Some(contact) })
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
    pub(crate) fn note_inbound(&self, number: &NumberId, now: Timestamp) {
        if let Some(line) = self.lock().get(number) {
            line.note_inbound(now);
        }
    }

    /// Numbers were changed: a line that stood still may move on.
    pub(crate) fn wake_all(&self) {
        for line in self.lock().values() {
            line.wake();
        }
    }

    /// Whether nothing waits in memory or is on its way.
    pub(crate) fn is_idle(&self) -> bool {
        self.lock().values().all(|line| line.is_idle())
    }

    /// After a start: everything that waited when the process ended.
    pub(crate) async fn load(&self, core: &Arc<Core>) -> Result<(), StoreError> {
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

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<NumberId, Arc<Line>>> {
        self.lines.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
