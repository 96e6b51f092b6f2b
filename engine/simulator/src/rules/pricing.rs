//! What a message costs, as statuses tell it. Source: Meta, pricing and status messages, September and October 2026.

use ponte_model::Timestamp;
use serde_json::{Value, json};

/// 1 October 2026, 00:00 UTC: from then on service messages are charged, and utility templates inside the window too.
/// (The account's own time zone decides on the real platform; the simulator has none.)
const WINDOW_NO_LONGER_FREE: Timestamp = Timestamp::from_secs(1_790_812_800);

/// The `pricing` object. `category` is that of the template, or `None` for a free-form message.
///
/// The monthly allowance of 1,000 free service messages is not told apart: no source says how statuses show it.
pub(crate) fn pricing(category: Option<&str>, window_open: bool, entry_point: bool, now: Timestamp) -> Value {
    let category = category.map_or_else(|| "service".to_owned(), str::to_lowercase);
    let (kind, category) = if entry_point {
        ("free_entry_point", "referral_conversion".to_owned())
    } else if window_open && now < WINDOW_NO_LONGER_FREE && matches!(category.as_str(), "service" | "utility") {
        ("free_customer_service", category)
    } else {
        ("regular", category)
    };
    json!({"billable": kind == "regular", "pricing_model": "PMP", "type": kind, "category": category})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_or_paid() {
        let before = Timestamp::from_secs(1_790_812_799);
        let after = WINDOW_NO_LONGER_FREE;
        let table = [
            (None, true, false, before, "free_customer_service", "service"),
            (None, true, false, after, "regular", "service"),
            (None, true, true, after, "free_entry_point", "referral_conversion"),
            (Some("UTILITY"), true, false, before, "free_customer_service", "utility"),
            (Some("UTILITY"), false, false, before, "regular", "utility"),
            (Some("UTILITY"), true, false, after, "regular", "utility"),
            (Some("MARKETING"), true, false, before, "regular", "marketing"),
            (Some("MARKETING"), false, true, after, "free_entry_point", "referral_conversion"),
        ];
        for (template, open, entry, at, kind, category) in table {
            let price = pricing(template, open, entry, at);
            assert_eq!((&price["type"], &price["category"]), (&json!(kind), &json!(category)), "{template:?} at {at}");
            assert_eq!(price["billable"], json!(kind == "regular"));
        }
    }
}
