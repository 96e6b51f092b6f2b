//! The customer-service window and the free entry point. Source: Meta, sending messages; pricing.

use std::time::Duration;

use ponte_model::Timestamp;
use serde_json::Value;

/// From the customer's last message.
const CUSTOMER_SERVICE: Duration = Duration::from_secs(24 * 3600);
/// Within which the business must answer somebody who came by an ad,
const ENTRY_ANSWER: Duration = Duration::from_secs(24 * 3600);
/// and how long, from that answer, everything is then free.
const ENTRY_FREE: Duration = Duration::from_secs(72 * 3600);

/// The windows of one number and one customer.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Windows {
    last_message: Option<Timestamp>,
    came_by_ad: Option<Timestamp>,
    free_until: Option<Timestamp>,
}

impl Windows {
    /// The customer did something.
    pub(crate) fn customer_wrote(&mut self, message: &Value, now: Timestamp) {
        if !opens(message) {
            return;
        }
        self.last_message = Some(now);
        if message.get("referral").is_some() {
            self.came_by_ad = Some(now);
        }
    }

    /// The business sent something over the API.
    pub(crate) fn business_answered(&mut self, now: Timestamp) {
        if self.came_by_ad.take().is_some_and(|came| now.since(came) < ENTRY_ANSWER) {
            self.free_until = Some(now.plus(ENTRY_FREE));
        }
    }

    /// Whether free-form messages may be sent.
    pub(crate) fn is_open(&self, now: Timestamp) -> bool {
        self.last_message.is_some_and(|last| now.since(last) < CUSTOMER_SERVICE)
    }

    /// Until when everything is free, if it is.
    pub(crate) fn free_until(&self, now: Timestamp) -> Option<Timestamp> {
        self.free_until.filter(|until| now < *until)
    }
}

/// What the platform reports as a message and does not say to open the window: the fact sheet counts none of these.
fn opens(message: &Value) -> bool {
    match message["type"].as_str() {
        Some("system" | "edit" | "revoke") => false,
        Some("reaction") => message["reaction"]["emoji"].as_str().is_some_and(|emoji| !emoji.is_empty()),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    const T0: Timestamp = Timestamp::from_secs(1_795_000_000);

    #[test]
    fn the_window_closes_after_24_hours() {
        let mut windows = Windows::default();
        assert!(!windows.is_open(T0));
        windows.customer_wrote(&json!({"type": "text"}), T0);
        let table = [(0, true), (86_399, true), (86_400, false)];
        for (secs, open) in table {
            assert_eq!(windows.is_open(T0.plus(Duration::from_secs(secs))), open, "after {secs} s");
        }
    }

    #[test]
    fn not_everything_opens_it() {
        let table = [
            (json!({"type": "unsupported"}), true),
            (json!({"type": "reaction", "reaction": {"emoji": "\u{1F44D}"}}), true),
            (json!({"type": "reaction", "reaction": {}}), false),
            (json!({"type": "edit"}), false),
            (json!({"type": "revoke"}), false),
            (json!({"type": "system"}), false),
        ];
        for (message, expected) in table {
            let mut windows = Windows::default();
            windows.customer_wrote(&message, T0);
            assert_eq!(windows.is_open(T0), expected, "{message}");
        }
    }

    #[test]
    fn an_answer_within_a_day_makes_three_days_free() {
        let mut windows = Windows::default();
        windows.customer_wrote(&json!({"type": "text", "referral": {"source_type": "ad"}}), T0);
        assert_eq!(windows.free_until(T0), None);
        let answer = T0.plus(Duration::from_secs(3600));
        windows.business_answered(answer);
        assert_eq!(windows.free_until(answer), Some(answer.plus(Duration::from_secs(72 * 3600))));
        windows.business_answered(answer.plus(Duration::from_secs(60)));
        assert_eq!(windows.free_until(answer.plus(Duration::from_secs(72 * 3600))), None);
    }
}
