//! What the shop decided: which orders are told of, and when.

use ponte_sdk::{Instant, Seconds, StoreOrder};

use crate::book::State;

/// The shop's settings, with what holds without them.
#[derive(Clone, Debug, PartialEq)]
pub struct Rules {
    /// So long a new state must stand before it is told: what is refunded within a minute was never "paid".
    pub settle: Seconds,
    /// What is older than this when the store tells of it is old news. Shopify may deliver up to a day late.
    pub stale: Seconds,
    /// The states that are told.
    pub tell: Vec<State>,
    /// Channels of the shop's own, where buying is reason enough to be told of the order. On others (a marketplace) the
    /// customer must have agreed.
    pub channels: Vec<String>,
    /// Sources that are not told of.
    pub exclude_sources: Vec<String>,
}

impl Default for Rules {
    fn default() -> Self {
        Self {
            settle: 60,
            stale: 24 * 3600,
            tell: vec![State::Placed, State::Paid, State::Shipped, State::Cancelled, State::Refunded],
            channels: ["web", "shopify_draft_order", "iphone", "android"].map(str::to_owned).to_vec(),
            exclude_sources: Vec::new(),
        }
    }
}

impl Rules {
    /// Why the customer of an order is told nothing at all, if so.
    pub fn objection(&self, order: &StoreOrder) -> Option<&'static str> {
        if self.exclude_sources.contains(&order.source) {
            return Some("the source is excluded by the settings");
        }
        let own = order.channel.as_ref().is_none_or(|channel| self.channels.contains(channel));
        match order.consent {
            Some(false) => Some("the customer did not agree to be told"),
            None if !own => Some("it was placed elsewhere, and the customer did not agree to be told"),
            _ => None,
        }
    }

    /// Whether what became so at `changed` is old news at `now`.
    pub fn is_stale(&self, changed: Instant, now: Instant) -> bool {
        now.saturating_sub(changed) > u64::from(self.stale) * 1000
    }
}
