//! An order of a high value makes a contact a VIP.

use ponte_sdk::{OrderState, Price, StoreOrder};
use serde::Deserialize;

/// The setting `orders`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Rule {
    /// From so much on, in whole units of the currency.
    pub minimum: u64,
    /// ISO 4217. Orders in another currency are not compared.
    pub currency: String,
}

/// What an order comes to; `None` for a test of the shop's, one that was taken back, and one without a total.
pub fn total(order: &StoreOrder) -> Option<&Price> {
    let stands = !order.test && !matches!(order.state, OrderState::Cancelled | OrderState::Refunded);
    order.total.as_ref().filter(|_| stands)
}

/// In words, for a note: `BRL 1234.50`.
pub fn words(total: &Price) -> String {
    let (sign, minor) = (if total.minor < 0 { "-" } else { "" }, total.minor.unsigned_abs());
    let digits = usize::from(total.decimals);
    match 10_u64.checked_pow(u32::from(total.decimals)).filter(|_| digits > 0) {
        Some(unit) => format!("{} {sign}{}.{:0digits$}", total.currency, minor / unit, minor % unit),
        None => format!("{} {sign}{minor}", total.currency),
    }
}

impl Rule {
    /// Whether an order is worth it.
    pub fn is_met(&self, total: &Price) -> bool {
        let unit = 10_u64.saturating_pow(u32::from(total.decimals));
        let minor = u64::try_from(total.minor).unwrap_or(0);
        self.currency.eq_ignore_ascii_case(&total.currency) && minor >= self.minimum.saturating_mul(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn price(minor: i64, currency: &str) -> Price {
        let decimals = if currency == "CLP" { 0 } else { 2 };
        Price { minor, decimals, currency: currency.into() }
    }

    fn order(state: OrderState, test: bool) -> StoreOrder {
        StoreOrder {
            source: "shop".into(),
            id: "1".into(),
            number: "4711".into(),
            state,
            changed: 0,
            total: Some(price(123_450, "BRL")),
            items: Vec::new(),
            status_url: None,
            parcels: Vec::new(),
            customer: None,
            language: None,
            test,
            channel: None,
            consent: None,
        }
    }

    #[test]
    fn the_value_decides_in_its_own_currency() {
        let rule = Rule { minimum: 1_000, currency: "BRL".into() };
        for (minor, currency, expected) in [
            (100_000, "BRL", true),
            (99_999, "BRL", false),
            (100_000, "brl", true),
            (100_000, "USD", false),
            (-100_000, "BRL", false),
            (i64::MAX, "BRL", true),
        ] {
            assert_eq!(rule.is_met(&price(minor, currency)), expected, "{minor} {currency}");
        }
        let pesos = Rule { minimum: 500_000, currency: "CLP".into() };
        assert!(pesos.is_met(&price(500_000, "CLP")) && !pesos.is_met(&price(499_999, "CLP")));
        assert!(!Rule { minimum: u64::MAX, currency: "BRL".into() }.is_met(&price(i64::MAX, "BRL")));
    }

    #[test]
    fn totals_in_words() {
        for (minor, currency, words) in
            [(123_450, "BRL", "BRL 1234.50"), (5, "BRL", "BRL 0.05"), (-5, "BRL", "BRL -0.05"), (500, "CLP", "CLP 500")]
        {
            assert_eq!(super::words(&price(minor, currency)), words);
        }
    }

    #[test]
    fn tests_and_what_was_taken_back_make_nobody_a_vip() {
        assert_eq!(total(&order(OrderState::Paid, false)).map(words).as_deref(), Some("BRL 1234.50"));
        for (state, test) in [(OrderState::Paid, true), (OrderState::Cancelled, false), (OrderState::Refunded, false)] {
            assert!(total(&order(state, test)).is_none());
        }
    }
}
