//! What becomes of a message after it was accepted.

use std::sync::Arc;

use ponte_model::Timestamp;

use super::bodies::{self, Change};
use crate::hub::Hub;
use crate::transcript::What;
use crate::world::Outgoing;

impl Hub {
    /// Goes through sent, delivered and read as the plan says, or fails; in the background. Each step is told only after
    /// the business answered the one before; shuffle webhooks to see them out of order.
    pub(crate) fn play(self: &Arc<Self>, outgoing: Arc<Outgoing>, failure: Option<i64>) {
        let (hub, mut at) = (Arc::clone(self), self.now());
        if failure.is_some() {
            let item = self.agenda.item(at);
            return self.spawn(async move {
                hub.tell(&outgoing, "failed", failure, at).await;
                drop(item);
            });
        }
        let plan = *self.statuses();
        // A reaction produces only `sent` (Meta: status messages).
        let steps = [("sent", plan.sent), ("delivered", plan.delivered), ("read", plan.read)];
        let steps = steps.into_iter().take(if outgoing.reaction { 1 } else { 3 });
        let due: Vec<_> = steps
            .map_while(|(word, delay)| {
                at = at.plus(delay?);
                Some((word, at, self.clock.sleep_until(at)))
            })
            .collect();
        let item = self.agenda.item(due.first().map_or(at, |(_, at, _)| *at));
        self.spawn(async move {
            for (word, at, moment) in due {
                item.until(at);
                moment.await;
                if word != "read" || hub.take_unread(&outgoing) {
                    hub.tell(&outgoing, word, None, at).await;
                }
            }
        });
    }

    /// Tells one status, of the moment `at`.
    pub(crate) async fn tell(
        self: &Arc<Self>,
        outgoing: &Outgoing,
        status: &'static str,
        failure: Option<i64>,
        at: Timestamp,
    ) {
        let what = What::Status { id: outgoing.id.clone(), status, callback: outgoing.callback.clone(), code: failure };
        self.transcript.write(self.now(), Some(&outgoing.number), Some(&outgoing.profile.phone), what);
        let value = bodies::status(outgoing, status, failure, at);
        self.post(Change::about_messages(&outgoing.waba, "messages", value)).await;
    }

    /// Whether the message was still unread; it no longer is.
    fn take_unread(&self, outgoing: &Outgoing) -> bool {
        let mut world = self.world();
        let Some(number) = world.numbers.get_mut(&outgoing.number) else { return false };
        let unread = &mut number.with(&outgoing.profile.phone).unread;
        let found = unread.iter().position(|message| message.id == outgoing.id);
        found.is_some_and(|index| {
            unread.remove(index);
            true
        })
    }
}
