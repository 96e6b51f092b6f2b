//! How much at a time. Source: Meta, throughput (September 2026) and pair rate (2025).

use std::collections::VecDeque;
use std::time::Duration;

use ponte_model::Timestamp;

/// Throughput of one number: at most so many messages, inbound and outbound together, within any second.
#[derive(Debug)]
pub(crate) struct Throughput {
    per_second: usize,
    last_second: VecDeque<Timestamp>,
}

impl Throughput {
    pub(crate) fn new(per_second: u32) -> Self {
        Self { per_second: usize::try_from(per_second).unwrap_or(usize::MAX), last_second: VecDeque::new() }
    }

    pub(crate) fn has_room(&mut self, now: Timestamp) -> bool {
        while self.last_second.front().is_some_and(|at| now.since(*at) >= Duration::from_secs(1)) {
            self.last_second.pop_front();
        }
        self.last_second.len() < self.per_second
    }

    /// Counts a message. Inbound ones are counted beyond the limit too: nobody asks customers to wait.
    pub(crate) fn count(&mut self, now: Timestamp) {
        self.last_second.push_back(now);
        // Of what lies beyond the limit only the newest matter.
        if self.last_second.len() > self.per_second {
            self.last_second.pop_front();
        }
    }
}

/// One message to one person every
const PAIR_INTERVAL: Duration = Duration::from_secs(6);
/// on average, and this many at once.
const PAIR_BURST: u32 = 45;

/// Messages from one number to one person, by the moment at which the last of them will have been paid for.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct PairRate {
    paid_at: Timestamp,
}

impl PairRate {
    pub(crate) fn has_room(&self, now: Timestamp) -> bool {
        self.paid_at <= now.plus(PAIR_INTERVAL * (PAIR_BURST - 1))
    }

    pub(crate) fn count(&mut self, now: Timestamp) {
        self.paid_at = self.paid_at.max(now).plus(PAIR_INTERVAL);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const T0: Timestamp = Timestamp::from_secs(1_795_000_000);

    #[test]
    fn a_burst_of_45_then_one_every_6_seconds() {
        let mut rate = PairRate::default();
        for n in 0..45 {
            assert!(rate.has_room(T0), "message {n}");
            rate.count(T0);
        }
        let table = [(0, false), (5_999, false), (6_000, true)];
        for (millis, room) in table {
            assert_eq!(rate.has_room(T0.plus(Duration::from_millis(millis))), room, "after {millis} ms");
        }
    }

    proptest! {
        /// However a sender tries, no second sees more than the limit, and no stretch of time more than burst + refill.
        #[test]
        fn limits_hold_for_every_pattern(gaps in prop::collection::vec(0u64..2_000, 1..300), limit in 1u32..30) {
            let (mut throughput, mut pair) = (Throughput::new(limit), PairRate::default());
            let (mut now, mut passed, mut paired) = (T0, Vec::new(), Vec::new());
            for gap in gaps {
                now = now.plus(Duration::from_millis(gap));
                if throughput.has_room(now) {
                    throughput.count(now);
                    passed.push(now);
                }
                if pair.has_room(now) {
                    pair.count(now);
                    paired.push(now);
                }
            }
            for first in &passed {
                let within = passed.iter().filter(|at| *at >= first && at.since(*first) < Duration::from_secs(1));
                prop_assert!(within.count() <= limit as usize);
            }
            for (index, first) in paired.iter().enumerate() {
                for (count, last) in paired[index..].iter().enumerate() {
                    let earned = last.since(*first).as_secs_f64() / 6.0;
                    prop_assert!((count + 1) as f64 <= 45.0 + earned + 1e-6);
                }
            }
        }
    }
}
