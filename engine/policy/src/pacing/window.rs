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
    /// Since when somebody waits for room.
    blocked_since: Option<Timestamp>,
}

/// So long may what comes in keep everything from leaving. The limit may be set lower than the platform's, and a number
/// that is written to without end must still answer.
const STARVED: Duration = Duration::from_secs(5);

impl SlidingWindow {
    pub(super) fn new(limit: u32, window: Duration) -> Self {
        Self {
            limit: limit as usize,
            window,
            taken: VecDeque::new(),
            closed_until: Timestamp::EPOCH,
            blocked_since: None,
        }
    }

    /// When there is room.
    pub(super) fn ready_at(&mut self, now: Timestamp) -> Timestamp {
        // What came in may have overfilled the window: the last `limit` are what counts.
        let room = match self.taken.len().checked_sub(self.limit) {
            Some(oldest) => self.taken[oldest].plus(self.window),
            None => now,
        };
        if room > now {
            let starved = self.blocked_since.get_or_insert(now).plus(STARVED);
            return room.min(starved).max(now).max(self.closed_until);
        }
        now.max(self.closed_until)
    }

    pub(super) fn take(&mut self, now: Timestamp) {
        self.blocked_since = None;
        self.note(now);
    }

    /// Something that cannot be paced.
    pub(super) fn note(&mut self, now: Timestamp) {
        self.taken.push_back(now);
        while self.taken.len() > self.limit {
            self.taken.pop_front();
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

    #[test]
    fn what_comes_in_without_end_delays_an_answer_and_does_not_prevent_it() {
        let mut pace = SlidingWindow::new(5, Duration::from_millis(1100));
        let start = Timestamp::from_secs(1000);
        let mut left = Vec::new();
        for tenth in 0..600 {
            let now = start.plus(Duration::from_millis(100 * tenth));
            pace.note(now);
            if pace.ready_at(now) <= now {
                pace.take(now);
                left.push(now);
            }
        }
        assert!((10..=16).contains(&left.len()), "in a minute left {}", left.len());
    }

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
