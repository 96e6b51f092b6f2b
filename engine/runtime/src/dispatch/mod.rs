//! Hands events out: serial in a conversation, parallel across, fair between tenants and numbers.

mod queues;

use std::sync::{Arc, Mutex, PoisonError};

use ponte_store::Pending;
use tokio::sync::{Notify, Semaphore};

use crate::core::Core;
use queues::Queues;

/// Events that wait to be handled, and who may take them.
#[derive(Default)]
pub(crate) struct Dispatch {
    queues: Mutex<Queues>,
    arrived: Notify,
}

impl Dispatch {
    pub(crate) fn push(&self, pending: Pending) {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner).push(pending);
        self.arrived.notify_one();
    }

    async fn next(&self) -> (queues::ChatKey, Pending) {
        loop {
            if let Some(next) = self.queues.lock().unwrap_or_else(PoisonError::into_inner).pop() {
                return next;
            }
            self.arrived.notified().await;
        }
    }

    fn done(&self, key: queues::ChatKey) {
        self.queues.lock().unwrap_or_else(PoisonError::into_inner).done(key);
        self.arrived.notify_one();
    }
}

/// Takes events as long as the pipeline runs.
pub(crate) async fn run(core: Arc<Core>) {
    let hands = Arc::new(Semaphore::new(core.settings.in_hand));
    loop {
        let taken = async {
            let hand = Arc::clone(&hands).acquire_owned().await.expect("the semaphore is never closed");
            (hand, core.dispatch.next().await)
        };
        let Some((hand, (key, pending))) = core.stopping.run_until_cancelled(taken).await else { return };
        let worker = Arc::clone(&core);
        core.tasks.spawn(async move {
            crate::handle::see_through(&worker, pending).await;
            worker.dispatch.done(key);
            drop(hand);
        });
    }
}
