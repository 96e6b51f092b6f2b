use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use ponte_model::Timestamp;
use tokio::sync::Notify;

use crate::{Clock, Sleep, SystemClock};

/// A clock that runs like the system's, from another moment, and can be moved: for demonstrations, where it is 22:10
/// whatever the hour.
#[derive(Clone, Debug)]
pub struct ShiftedClock {
    /// Milliseconds ahead of the system's clock.
    shift: Arc<AtomicI64>,
    moved: Arc<Notify>,
}

impl ShiftedClock {
    /// A clock that shows `now` at this moment.
    pub fn starting_at(now: Timestamp) -> Self {
        let clock = Self { shift: Arc::default(), moved: Arc::default() };
        clock.set(now);
        clock
    }

    /// Moves to `now`.
    pub fn set(&self, now: Timestamp) {
        self.shift.store(now.as_millis() - SystemClock.now().as_millis(), Ordering::Release);
        self.moved.notify_waiters();
    }

    /// Moves forward.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }
}

impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_millis(SystemClock.now().as_millis() + self.shift.load(Ordering::Acquire))
    }

    #[expect(clippy::disallowed_methods, reason = "this crate is where real time comes from")]
    fn sleep_until(&self, deadline: Timestamp) -> Sleep {
        let clock = self.clone();
        Box::pin(async move {
            loop {
                let moved = clock.moved.notified();
                let left = deadline.since(clock.now());
                if left.is_zero() {
                    return;
                }
                tokio::select! {
                    () = tokio::time::sleep(left) => {}
                    () = moved => {}
                }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_move_wakes_those_whose_time_has_come() {
        let clock = ShiftedClock::starting_at(Timestamp::from_secs(1_000_000));
        let sleeper = tokio::spawn(clock.sleep(Duration::from_secs(3600)));
        while Arc::strong_count(&clock.moved) < 2 {
            tokio::task::yield_now().await;
        }
        tokio::task::yield_now().await;
        clock.advance(Duration::from_secs(3601));
        sleeper.await.unwrap();
        assert!(clock.now() >= Timestamp::from_secs(1_003_601));
    }
}
