use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use ponte_model::Timestamp;
use tokio::sync::oneshot;

use crate::{Clock, Sleep};

/// A clock that stands still until it is told to move.
#[derive(Clone, Debug)]
pub struct VirtualClock {
    inner: Arc<Mutex<Inner>>,
}

#[derive(Debug)]
struct Inner {
    now: Timestamp,
    next_id: u64,
    sleepers: BTreeMap<(Timestamp, u64), oneshot::Sender<()>>,
}

impl VirtualClock {
    /// A clock that shows `now`.
    pub fn at(now: Timestamp) -> Self {
        Self { inner: Arc::new(Mutex::new(Inner { now, next_id: 0, sleepers: BTreeMap::new() })) }
    }

    /// Moves forward, waking sleepers in the order of their deadlines.
    pub fn advance(&self, by: Duration) {
        let target = self.now().plus(by);
        self.set(target);
    }

    /// Moves to `target`. A clock may be set back too; sleepers then keep waiting.
    pub fn set(&self, target: Timestamp) {
        let mut inner = self.lock();
        inner.now = target;
        while let Some(entry) = inner.sleepers.first_entry() {
            if entry.key().0 > target {
                break;
            }
            // The sleeper may be gone; that is its right.
            let _ = entry.remove().send(());
        }
    }

    /// The earliest moment that somebody sleeps for.
    pub fn next_deadline(&self) -> Option<Timestamp> {
        let mut inner = self.lock();
        inner.sleepers.retain(|_, sleeper| !sleeper.is_closed());
        inner.sleepers.keys().next().map(|(at, _)| *at)
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Clock for VirtualClock {
    fn now(&self) -> Timestamp {
        self.lock().now
    }

    fn sleep_until(&self, deadline: Timestamp) -> Sleep {
        let mut inner = self.lock();
        if deadline <= inner.now {
            return Box::pin(std::future::ready(()));
        }
        let (wake, woken) = oneshot::channel();
        let id = inner.next_id;
        inner.next_id += 1;
        inner.sleepers.insert((deadline, id), wake);
        Box::pin(async move {
            // A dropped clock never wakes anybody: there is no time any more.
            if woken.await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn sleepers_wake_when_their_time_has_come() {
        let clock = VirtualClock::at(Timestamp::from_secs(100));
        let late = tokio::spawn(clock.sleep(Duration::from_secs(20)));
        let early = tokio::spawn(clock.sleep(Duration::from_secs(10)));
        assert_eq!(clock.next_deadline(), Some(Timestamp::from_secs(110)));
        clock.advance(Duration::from_secs(15));
        early.await.unwrap();
        assert!(!late.is_finished());
        clock.advance(Duration::from_secs(5));
        late.await.unwrap();
        clock.sleep(Duration::ZERO).await;
    }
}
