//! Money and the ledger. Amounts are whole micro-units of a currency; nothing here is ever a float.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{ContactId, InstallationId, NumberId, Owner, Pricing, SendId, TenantId, Timestamp};

/// Micro-units in a unit of a currency.
const UNIT: i64 = 1_000_000;

/// A currency by its three letters (ISO 4217).
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// Reads three letters in either case; `None` if they are not three letters.
    pub fn parse(text: &str) -> Option<Self> {
        let letters: [u8; 3] = text.trim().as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_alphabetic).then(|| Self(letters.map(|letter| letter.to_ascii_uppercase())))
    }

    /// The three letters.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("ASCII letters")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl Serialize for Currency {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Self::parse(&text)
            .ok_or_else(|| de::Error::custom(format!("{text:?} is no currency; write its three letters, such as BRL")))
    }
}

/// An amount of money: micro-units (millionths) of a currency.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Millionths of the unit.
    pub micros: i64,
    /// Of which currency.
    pub currency: Currency,
}

impl Money {
    /// Reads a decimal such as `0.0068`, exactly. At most six places; no sign, no exponent.
    ///
    /// # Errors
    /// What is wrong with it, in words.
    pub fn parse_micros(text: &str) -> Result<i64, String> {
        let wrong = || format!("{text:?} is no amount; write a decimal with at most six places, such as \"0.0068\"");
        let (whole, places) = text.trim().split_once('.').unwrap_or((text.trim(), "0"));
        let digits = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if !digits(whole) || !digits(places) || places.len() > 6 {
            return Err(wrong());
        }
        let whole: i64 = whole.parse().map_err(|_| wrong())?;
        let places: i64 = format!("{places:0<6}").parse().map_err(|_| wrong())?;
        whole.checked_mul(UNIT).and_then(|micros| micros.checked_add(places)).ok_or_else(wrong)
    }

    /// The amount as a decimal without its currency: at least two places, no zeros after them.
    pub fn decimal(micros: i64) -> String {
        let (sign, size) = (if micros < 0 { "-" } else { "" }, micros.unsigned_abs());
        let places = format!("{:06}", size % UNIT.unsigned_abs());
        let (cents, rest) = places.split_at(2);
        format!("{sign}{}.{cents}{}", size / UNIT.unsigned_abs(), rest.trim_end_matches('0'))
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.currency, Self::decimal(self.micros))
    }
}

/// Whose money a budget bounds.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(tag = "scope", content = "id", rename_all = "kebab-case")]
pub enum Scope {
    /// A business.
    Tenant(TenantId),
    /// A business number.
    Number(NumberId),
    /// A flow at work in a tenant.
    Flow(InstallationId),
}

impl fmt::Display for Scope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tenant(id) => write!(f, "tenant {id}"),
            Self::Number(id) => write!(f, "number {id}"),
            Self::Flow(id) => write!(f, "flow {id}"),
        }
    }
}

/// What may be spent in a day, which turns at 00:00 in the account's zone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Budget {
    /// The currency of both; it must be the account's.
    pub currency: Currency,
    /// Warn when this is passed, in micro-units.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub soft: Option<i64>,
    /// Let nothing out that would pass this, in micro-units. What costs nothing always leaves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hard: Option<i64>,
}

/// How far the charge for a message got.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Stage {
    /// The message left; what it may cost is set aside.
    Reserved,
    /// It was delivered: it costs its amount, which may be nothing.
    Settled,
    /// It failed or never left: it costs nothing.
    Freed,
}

impl Stage {
    /// The word in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Settled => "settled",
            Self::Freed => "freed",
        }
    }

    /// Reads [`Stage::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Reserved, Self::Settled, Self::Freed].into_iter().find(|stage| stage.as_str() == word)
    }
}

/// A line of the ledger: what one message costs, as far as it is known. All amounts are micro-units of `currency`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Charge {
    /// The message.
    pub send: SendId,
    /// Who pays.
    pub tenant: TenantId,
    /// The number it left from.
    pub number: NumberId,
    /// To whom.
    pub contact: ContactId,
    /// The flow that asked for it.
    pub installation: Option<InstallationId>,
    /// The account that volume tiers are counted for.
    pub account: String,
    /// The recipient's market, where known.
    pub market: Option<String>,
    /// The category by which it is priced, where known.
    pub category: Option<String>,
    /// Why it costs nothing, if so: `window`, `entry-point`, `allowance` …
    pub free: Option<String>,
    /// The account's currency, where known.
    pub currency: Option<Currency>,
    /// The price in each category when it left: what a status says of the category decides among them.
    pub quote: BTreeMap<String, i64>,
    /// What is set aside for it; `None` if nobody knows.
    pub hold: Option<i64>,
    /// What it costs; `None` if nobody knows.
    pub amount: Option<i64>,
    /// How far it got.
    pub stage: Stage,
    /// Who held the conversation when it left.
    pub owner: Owner,
    /// The day it left, in the account's zone: `2026-10-31`.
    pub day: String,
    /// When it left.
    pub at: Timestamp,
    /// What a status said about its price; the first that says something counts.
    pub told: Option<Pricing>,
}

impl Charge {
    /// The month it left in, in the account's zone: `2026-10`.
    pub fn month(&self) -> &str {
        self.day.get(..7).unwrap_or(&self.day)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn amounts_are_read_exactly_or_not_at_all() {
        for (text, expected) in [
            ("0", Some(0)),
            ("0.0068", Some(6_800)),
            ("12.5", Some(12_500_000)),
            (" 1.000001 ", Some(1_000_001)),
            ("1.0000001", None),
            ("-1", None),
            ("1e3", None),
            ("1,5", None),
            (".5", None),
            ("9223372036854775807", None),
        ] {
            assert_eq!(Money::parse_micros(text).ok(), expected, "{text:?}");
        }
    }

    #[test]
    fn a_currency_is_three_letters() {
        assert_eq!(Currency::parse("brl").unwrap().as_str(), "BRL");
        for wrong in ["", "R$", "BRLX", "1BC"] {
            assert_eq!(Currency::parse(wrong), None);
        }
        let money = Money { micros: 6_800, currency: Currency::parse("USD").unwrap() };
        assert_eq!(money.to_string(), "USD 0.0068");
        assert_eq!(Money::decimal(-1_500_000), "-1.50");
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_back(micros in 0i64..i64::MAX / 2) {
            prop_assert_eq!(Money::parse_micros(&Money::decimal(micros)).unwrap(), micros);
        }
    }
}
