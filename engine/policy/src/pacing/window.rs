use std::collections::VecDeque;
use std::time::Duration;

use ponte_model::Timestamp;

/// At most `limit` in any span of `window`. Strict, unlike a token bucket, which lets twice its capacity through
/// around a refill.
#[derive(Clone, Debug)]
pub(super) struct SlidingWindow {
    limit: usize,
    window: Duration,
    taken: VecDeque<Timestamp>,
    closed_until: Timestamp,
}

impl SlidingWindow {
    pub(super) fn new(limit: u32, window: Duration) -> Self {
        Self { limit: limit as usize, window, taken: VecDeque::new(), closed_until: Timestamp::EPOCH }
    }

    /// When there is room.
    pub(super) fn ready_at(&self, now: Timestamp) -> Timestamp {
        let now = now.max(self.closed_until);
        // What came in may have overfilled the window: the last `limit` are what counts.
        match self.taken.len().checked_sub(self.limit) {
            Some(oldest) => self.taken[oldest].plus(self.window).max(now),
            None => now,
        }
    }

    pub(super) fn take(&mut self, now: Timestamp) {
        self.taken.push_back(now);
        while self.taken.len() > self.limit {
            self.taken.pop_front();
        }
    }

    /// Something that cannot be paced. It never takes the last place: a number that is written to without end can
    /// still answer.
    pub(super) fn note(&mut self, now: Timestamp) {
        let recent = self.taken.iter().rev().take_while(|taken| now.since(**taken) < self.window).count();
        if recent + 1 < self.limit {
            self.take(now);
        }
    }

    pub(super) fn close_until(&mut self, until: Timestamp) {
        self.closed_until = self.closed_until.max(until);
    }

    pub(super) fn set_limit(&mut self, limit: u32) {
        self.limit = limit as usize;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// Sending whenever there is room never puts more than the limit into any window.
        #[test]
        fn never_over_the_limit(limit in 1u32..20, gaps in proptest::collection::vec(0u64..300, 1..300)) {
            let window = Duration::from_millis(1100);
            let mut pace = SlidingWindow::new(limit, window);
            let mut now = Timestamp::from_secs(1000);
            let mut sent: Vec<Timestamp> = Vec::new();
            for gap in gaps {
                now = now.plus(Duration::from_millis(gap)).max(pace.ready_at(now));
                if pace.ready_at(now) == now {
                    pace.take(now);
                    sent.push(now);
                }
            }
            for group in sent.windows(limit as usize + 1) {
                prop_assert!(group[limit as usize].since(group[0]) >= window);
            }
        }
    }
}
