//! How long it takes to write to many people, before it is begun.

use std::time::Duration;

use crate::platform::RULES;

/// What is to be expected of a list of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Plan {
    /// By the number's throughput alone.
    pub at_least: Duration,
    /// So many times 24 hours, where the people are outside the customer-service window.
    pub days: u64,
}

/// How long one message to each of so many people takes at least. `throughput` is in messages a second, `daily_reach` the
/// portfolio's tier; the smallest where it is not known.
pub fn plan(people: u64, throughput: u32, daily_reach: Option<u32>) -> Plan {
    let windows = people.div_ceil(u64::from(throughput.max(1)));
    let millis = u64::try_from(RULES.throughput_window.as_millis()).unwrap_or(u64::MAX);
    let reach = u64::from(daily_reach.unwrap_or(RULES.reach_until_known).max(1));
    Plan { at_least: Duration::from_millis(windows.saturating_mul(millis)), days: people.div_ceil(reach) }
}
