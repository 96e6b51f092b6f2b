//! What the platform may change, as dated data.

use std::time::Duration;

/// A set of the platform's rules, in force from a date.
#[derive(Clone, Debug, PartialEq)]
pub struct PlatformRules {
    /// The day from which they hold, as read.
    pub since: &'static str,
    /// The customer-service window: free-form messages may be sent for so long after the customer's last message or
    /// call. Source: Meta, "Send messages", customer service windows (2026).
    pub window: Duration,
    /// Ponte stops so long before the window closes: Meta admits rare refusals inside it, and requests take time.
    pub window_margin: Duration,
    /// Messages that may be sent to one person at once. Source: Meta, "About the platform", pair rate limits.
    pub pair_burst: u32,
    /// Ponte stops so many before the burst is used up: the platform counts on arrival, and one request may be seconds
    /// slower than the next.
    pub pair_margin: u32,
    /// After a burst, one message to the same person in so long. Source: as above.
    pub pair_interval: Duration,
    /// The time in which different people outside the window are counted. Source: Meta, "Messaging limits" (2025).
    pub reach_window: Duration,
    /// A place becomes free so much later: the platform counts from the delivery, which comes after the sending.
    pub reach_margin: Duration,
    /// So many are allowed until the portfolio's tier is known: the smallest tier. Source: as above.
    pub reach_until_known: u32,
    /// Who came by an ad must be answered within so long. Source: Meta, Pricing, free entry point windows.
    pub entry_answer: Duration,
    /// From that answer everything is free for so long (some say up to seven days; the fact sheet uses Meta's 72 hours).
    pub entry_free: Duration,
    /// After the platform said that somebody gets enough marketing (131049), they get none for so long. Source: Meta,
    /// "Per-user marketing template message limits": at least 24 hours.
    pub marketing_rest: Duration,
    /// A message whose template is paused or under review is looked at again after so long, should no webhook tell of it.
    /// The longest pause that ends by itself. Source: Meta, "Template pausing": 3 hours, then 6.
    pub template_pause: Duration,
    /// Messages a second after a `THROUGHPUT_UPGRADE` of a number that is on the API alone. Source: Meta, "Throughput".
    pub upgraded_throughput: u32,
    /// The window in which a number's throughput is counted: a second, and a tenth for the way to Meta.
    /// Source: Meta, "Throughput".
    pub throughput_window: Duration,
}

/// The rules in force.
pub const RULES: PlatformRules = PlatformRules {
    since: "2026-09-11",
    window: Duration::from_secs(24 * 3600),
    window_margin: Duration::from_secs(60),
    pair_burst: 45,
    pair_margin: 2,
    pair_interval: Duration::from_secs(6),
    reach_window: Duration::from_secs(24 * 3600),
    reach_margin: Duration::from_secs(60),
    reach_until_known: 250,
    entry_answer: Duration::from_secs(24 * 3600),
    entry_free: Duration::from_secs(72 * 3600),
    marketing_rest: Duration::from_secs(24 * 3600),
    template_pause: Duration::from_secs(6 * 3600),
    upgraded_throughput: 1_000,
    throughput_window: Duration::from_millis(1100),
};

/// Throughput of a number until its own profile says more: what the most careful sources name for Coexistence
/// (Meta's page of September 2026 says 20).
pub const DEFAULT_THROUGHPUT: u32 = 5;

/// A message that waits for the customer to open the window, and says nothing of how long it is worth sending, waits so
/// long. Ponte's own.
pub const HOLD_MOST: Duration = Duration::from_secs(7 * 24 * 3600);

/// How long a conversation stays with people after the last human message. Ponte's own default, not the platform's.
pub const RELEASE_AFTER: Duration = Duration::from_secs(12 * 3600);
