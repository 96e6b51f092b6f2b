//! When there is room for a message. Over the limit means later, never lost.

mod bucket;
mod ceilings;
mod lanes;
mod plan;
mod reach;
mod window;

use std::collections::HashMap;
use std::time::Duration;

use ponte_model::{ContactId, Timestamp};

use crate::platform::RULES;
use bucket::Bucket;
pub use ceilings::{Ceiling, Ceilings, Tally, WARM_UP, Whose, warm_up};
pub use lanes::{Lane, Lanes};
pub use plan::{Plan, plan};
pub use reach::{Claim, DailyReach};
use window::SlidingWindow;

/// People whose bucket is remembered; full buckets are forgotten when there are more.
const REMEMBERED_PAIRS: usize = 10_000;

/// The pace of one number: its throughput, inbound and outbound added, and the pair rate towards each person.
#[derive(Clone, Debug)]
pub struct Pace {
    throughput: SlidingWindow,
    pair: PairRate,
    pairs: HashMap<ContactId, Bucket>,
}

/// How many messages may go from one number to one person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PairRate {
    /// So many at once.
    pub burst: u32,
    /// Then one in so long.
    pub interval: Duration,
}

/// The platform's pair rate, less a margin.
pub const PAIR_RATE: PairRate = PairRate { burst: RULES.pair_burst - RULES.pair_margin, interval: RULES.pair_interval };

impl Pace {
    /// The pace of a number that may handle so many messages a second.
    pub fn new(throughput: u32, pair: PairRate) -> Self {
        let throughput = SlidingWindow::new(throughput.max(1), RULES.throughput_window);
        Self { throughput, pair, pairs: HashMap::new() }
    }

    /// A message came in: it counts against the same throughput.
    pub fn note_inbound(&mut self, now: Timestamp) {
        self.throughput.note(now);
    }

    /// When a message to `contact` may leave: `now` if at once.
    pub fn ready_at(&mut self, contact: &ContactId, now: Timestamp) -> Timestamp {
        self.pair_ready_at(contact, now).max(self.throughput.ready_at(now))
    }

    /// When the pair rate towards `contact` has room.
    pub fn pair_ready_at(&self, contact: &ContactId, now: Timestamp) -> Timestamp {
        self.pairs.get(contact).map_or(now, |bucket| bucket.ready_at(now))
    }

    /// A message to `contact` leaves.
    pub fn take(&mut self, contact: &ContactId, now: Timestamp) {
        self.throughput.take(now);
        if self.pairs.len() >= REMEMBERED_PAIRS {
            self.pairs.retain(|_, bucket| !bucket.is_full(now));
        }
        let PairRate { burst, interval } = self.pair;
        self.pairs.entry(contact.clone()).or_insert_with(|| Bucket::full(burst, interval, now)).take(now);
    }

    /// Meta said that the number is too fast: nothing leaves for `pause`.
    pub fn back_off(&mut self, now: Timestamp, pause: Duration) {
        self.throughput.close_until(now.plus(pause));
    }

    /// The operator or the platform changed the throughput.
    pub fn set_throughput(&mut self, throughput: u32) {
        self.throughput.set_limit(throughput.max(1));
    }
}
