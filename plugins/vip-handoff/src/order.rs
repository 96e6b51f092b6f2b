//! An order of a high value makes a contact a VIP.

use ponte_sdk::Other;
use serde::Deserialize;

/// The setting `orders`.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Rule {
    /// From so much on, in whole units of the currency.
    pub minimum: u64,
    /// ISO 4217. Orders in another currency are not compared.
    pub currency: String,
}

/// What an order comes to.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Total {
    /// In minor units: cents.
    pub minor: i64,
    /// ISO 4217.
    pub currency: String,
}

/// The part of an order that matters here.
#[derive(Debug, Deserialize)]
struct Order {
    number: Option<String>,
    #[serde(default)]
    test: bool,
    total: Total,
}

/// The number that people know an order by, and its total; `None` for what is no order, or a test of the shop's.
pub fn order(event: &Other) -> Option<(String, Total)> {
    if event.kind != "order" {
        return None;
    }
    let order: Order = serde_json::from_str(&event.json).ok()?;
    (!order.test).then(|| (order.number.unwrap_or_default(), order.total))
}

/// Currencies whose minor unit is not a hundredth (ISO 4217, 2026), and how many digits it has.
const DIGITS: &[(&str, u32)] = &[("CLP", 0), ("PYG", 0), ("JPY", 0), ("KRW", 0), ("COP", 2)];

fn digits(currency: &str) -> u32 {
    DIGITS.iter().find(|(code, _)| currency.eq_ignore_ascii_case(code)).map_or(2, |(_, digits)| *digits)
}

impl Total {
    /// In words, for a note: `BRL 1234.50`.
    pub fn words(&self) -> String {
        let digits = digits(&self.currency);
        let unit = 10_u64.pow(digits);
        let (sign, minor) = (if self.minor < 0 { "-" } else { "" }, self.minor.unsigned_abs());
        match digits {
            0 => format!("{} {sign}{minor}", self.currency),
            _ => format!("{} {sign}{}.{:0width$}", self.currency, minor / unit, minor % unit, width = digits as usize),
        }
    }
}

impl Rule {
    /// Whether an order is worth it.
    pub fn is_met(&self, total: &Total) -> bool {
        let unit = 10_u64.pow(digits(&self.currency));
        let minor = u64::try_from(total.minor).unwrap_or(0);
        self.currency.eq_ignore_ascii_case(&total.currency) && minor >= self.minimum.saturating_mul(unit)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn total(minor: i64, currency: &str) -> Total {
        Total { minor, currency: currency.into() }
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
            assert_eq!(rule.is_met(&total(minor, currency)), expected, "{minor} {currency}");
        }
        let pesos = Rule { minimum: 500_000, currency: "CLP".into() };
        assert!(pesos.is_met(&total(500_000, "CLP")) && !pesos.is_met(&total(499_999, "CLP")));
        assert!(!Rule { minimum: u64::MAX, currency: "BRL".into() }.is_met(&total(i64::MAX, "BRL")));
    }

    #[test]
    fn totals_in_words() {
        for (minor, currency, words) in
            [(123_450, "BRL", "BRL 1234.50"), (5, "BRL", "BRL 0.05"), (-5, "BRL", "BRL -0.05"), (500, "CLP", "CLP 500")]
        {
            assert_eq!(total(minor, currency).words(), words);
        }
    }

    #[test]
    fn what_is_no_order_makes_nobody_a_vip() {
        let event = |kind: &str, json: &str| Other { kind: kind.into(), json: json.into() };
        let json = r#"{"id":"1","number":"4711","total":{"minor":123450,"currency":"BRL"},"raw":{"x":1}}"#;
        assert_eq!(order(&event("order", json)), Some(("4711".into(), total(123_450, "BRL"))));
        assert_eq!(order(&event("call", json)), None);
        assert_eq!(order(&event("order", r#"{"test":true,"total":{"minor":1,"currency":"BRL"}}"#)), None);
        for broken in ["", "{}", "[]", r#"{"total":"12"}"#] {
            assert_eq!(order(&event("order", broken)), None, "{broken}");
        }
    }
}
