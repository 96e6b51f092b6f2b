//! Hands events out: serial in a conversation, parallel across, fair between tenants and numbers.

mod queues;

use std::sync::{Arc, Mutex, PoisonError};

use ponte_store::Pending;
use tokio::sync::{Notify, OwnedSemaphorePermit, Semaphore};

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

/// One of the bounded number of events in hand.
pub(crate) struct Hand {
    hands: Arc<Semaphore>,
    permit: Option<OwnedSemaphorePermit>,
}

impl Hand {
    /// Waits for something long without keeping the place: others are served meanwhile.
    pub(crate) async fn put_down<T>(&mut self, wait: impl Future<Output = T>) -> T {
        self.permit = None;
        let came = wait.await;
        self.permit = Arc::clone(&self.hands).acquire_owned().await.ok();
        came
    }
}

/// Takes events as long as the pipeline runs.
pub(crate) async fn run(core: Arc<Core>) {
    let hands = Arc::new(Semaphore::new(core.settings.in_hand));
    loop {
        let taken = async {
            let permit = Arc::clone(&hands).acquire_owned().await.ok();
            (Hand { hands: Arc::clone(&hands), permit }, core.dispatch.next().await)
        };
        let Some((hand, (key, pending))) = core.stopping.run_until_cancelled(taken).await else { return };
        let worker = Arc::clone(&core);
        core.tasks.spawn(async move {
            crate::handle::see_through(&worker, hand, pending).await;
            worker.dispatch.done(key);
        });
    }
}
