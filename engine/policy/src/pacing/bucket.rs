use std::time::Duration;

use ponte_model::Timestamp;

/// A bucket that holds `capacity` and gains one per `interval`. Kept as the moment at which it will be full again,
/// which needs no upkeep.
#[derive(Clone, Debug)]
pub(super) struct Bucket {
    capacity: u32,
    interval: Duration,
    full_at: Timestamp,
}

impl Bucket {
    pub(super) fn full(capacity: u32, interval: Duration, now: Timestamp) -> Self {
        Self { capacity, interval, full_at: now }
    }

    /// When there is at least one in it.
    pub(super) fn ready_at(&self, now: Timestamp) -> Timestamp {
        self.full_at.minus(self.interval * (self.capacity - 1)).max(now)
    }

    pub(super) fn take(&mut self, now: Timestamp) {
        self.full_at = self.full_at.max(now).plus(self.interval);
    }

    pub(super) fn is_full(&self, now: Timestamp) -> bool {
        self.full_at <= now
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_burst_then_one_per_interval() {
        let start = Timestamp::from_secs(1000);
        let mut bucket = Bucket::full(45, Duration::from_secs(6), start);
        for _ in 0..45 {
            assert_eq!(bucket.ready_at(start), start);
            bucket.take(start);
        }
        assert_eq!(bucket.ready_at(start), start.plus(Duration::from_secs(6)));
        assert!(bucket.is_full(start.plus(Duration::from_secs(45 * 6))));
    }

    proptest! {
        /// In any span, never more than the capacity plus what flows in.
        #[test]
        fn never_more_than_flows_in(gaps in proptest::collection::vec(0u64..20, 1..200)) {
            let (capacity, interval) = (5, Duration::from_secs(6));
            let mut now = Timestamp::from_secs(1000);
            let mut bucket = Bucket::full(capacity, interval, now);
            let mut taken: Vec<Timestamp> = Vec::new();
            for gap in gaps {
                now = now.plus(Duration::from_secs(gap));
                if bucket.ready_at(now) == now {
                    bucket.take(now);
                    taken.push(now);
                }
            }
            for (first, from) in taken.iter().enumerate() {
                for (last, to) in taken.iter().enumerate().skip(first) {
                    let flowed = to.since(*from).as_secs() / interval.as_secs();
                    prop_assert!((last - first + 1) as u64 <= u64::from(capacity) + flowed);
                }
            }
        }
    }
}
