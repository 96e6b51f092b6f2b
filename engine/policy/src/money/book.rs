//! Rate cards, markets and periods: dated data, which an operator may replace.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use chrono::NaiveDate;
use ponte_model::{Currency, Money, Timestamp};
use serde::Deserialize;

use super::estimate::Unknown;
use super::market::{Markets, market_of};
use super::period::Period;
use super::{Category, Zone};

static MARKETS: &str = include_str!("../../data/markets.toml");
static PERIODS: &str = include_str!("../../data/periods.toml");

/// What comes with Ponte: markets and periods. Meta's amounts do not: an operator brings the account's own card.
static BUILT_IN: LazyLock<RateBook> = LazyLock::new(|| {
    let text = format!("{MARKETS}\n{PERIODS}");
    RateBook::from_file(toml::from_str(&text).expect("the built-in tables are right, by their test"))
});

/// Rates cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct BookError(String);

/// Everything needed to say what a message costs.
#[derive(Clone, Debug)]
pub struct RateBook {
    cards: Vec<Card>,
    markets: Vec<Markets>,
    periods: Vec<Period>,
}

impl Default for RateBook {
    fn default() -> Self {
        BUILT_IN.clone()
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default, rename = "card")]
    cards: Vec<Card>,
    #[serde(default)]
    markets: Vec<Markets>,
    #[serde(default, rename = "period")]
    periods: Vec<Period>,
}

/// The prices in one currency from a day on.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Card {
    valid_from: NaiveDate,
    currency: Currency,
    #[expect(dead_code, reason = "says where the data comes from")]
    source: String,
    #[serde(default)]
    example: bool,
    #[serde(default, rename = "rate")]
    rates: Vec<Rate>,
}

/// The prices of one market.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Rate {
    market: String,
    marketing: Option<Amount>,
    utility: Option<Amount>,
    authentication: Option<Amount>,
    authentication_international: Option<Amount>,
    service: Option<Amount>,
    /// From so many charged messages in the month on, another price.
    #[serde(default, rename = "utility_tiers")]
    utility_tiers: Vec<(u64, Amount)>,
    #[serde(default, rename = "authentication_tiers")]
    authentication_tiers: Vec<(u64, Amount)>,
}

/// Micro-units, written as a decimal in quotes.
#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(try_from = "String")]
struct Amount(i64);

impl TryFrom<String> for Amount {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        Money::parse_micros(&text).map(Self)
    }
}

impl RateBook {
    /// Reads an operator's file. Cards, periods and markets that it has replace all that come with Ponte.
    ///
    /// # Errors
    /// What is wrong, with line and column.
    pub fn parse(text: &str) -> Result<Self, BookError> {
        let file: File = toml::from_str(text).map_err(|error| BookError(error.to_string()))?;
        let (built_in, own) = (Self::default(), Self::from_file(file));
        if let Some(empty) = own.cards.iter().find(|card| card.rates.is_empty()) {
            return Err(BookError(format!("the {} card of {} has no [[card.rate]]", empty.currency, empty.valid_from)));
        }
        Ok(Self {
            cards: own.cards,
            markets: if own.markets.is_empty() { built_in.markets } else { own.markets },
            periods: if own.periods.is_empty() { built_in.periods } else { own.periods },
        })
    }

    fn from_file(file: File) -> Self {
        let mut book = Self { cards: file.cards, markets: file.markets, periods: file.periods };
        book.cards.sort_by_key(|card| card.valid_from);
        book.markets.sort_by_key(|table| table.from);
        book.periods.sort_by_key(|period| period.from);
        book
    }

    /// Whether there is any card at all.
    pub fn has_prices(&self) -> bool {
        !self.cards.is_empty()
    }

    /// Whether any card is only an example.
    pub fn is_example(&self) -> bool {
        self.cards.iter().any(|card| card.example)
    }

    /// The market of a phone number in digits.
    pub fn market(&self, phone: &str, zone: Zone, at: Timestamp) -> &str {
        market_of(&self.markets, phone, zone.date(at))
    }

    pub(super) fn period(&self, zone: Zone, at: Timestamp) -> Option<&Period> {
        let day = zone.date(at);
        self.periods.iter().rev().find(|period| period.from <= day)
    }

    /// The currency of an account that has none set: that of the cards, if they are all in one.
    pub fn only_currency(&self) -> Option<Currency> {
        let first = self.cards.first()?.currency;
        self.cards.iter().all(|card| card.currency == first).then_some(first)
    }

    /// The price of a message, if `before` messages of its market and category were charged in the month already.
    pub(super) fn price(
        &self,
        category: Category,
        market: &str,
        currency: Option<Currency>,
        (zone, at): (Zone, Timestamp),
        before: u64,
    ) -> Result<Money, Unknown> {
        if self.cards.is_empty() {
            return Err(Unknown::Card);
        }
        let currency = currency.or_else(|| self.only_currency()).ok_or(Unknown::Currency)?;
        let day = zone.date(at);
        let mut cards = self.cards.iter().rev().filter(|card| card.currency == currency && card.valid_from <= day);
        let rates = &cards.next().ok_or(Unknown::Card)?.rates;
        let rate = rates.iter().find(|rate| rate.market == market).ok_or(Unknown::Rate)?;
        let priced_as = self.period(zone, at).and_then(Period::service_priced_as);
        let micros = rate.price(category, before).or_else(|| match (category, priced_as) {
            // Without volume tiers.
            (Category::Service, Some(other)) => rate.price(other, 0),
            _ => None,
        });
        Ok(Money { micros: micros.ok_or(Unknown::Rate)?, currency })
    }

    /// The price in each category that has one.
    pub(super) fn quote(
        &self,
        market: &str,
        currency: Option<Currency>,
        when: (Zone, Timestamp),
        before: &dyn Fn(Category) -> u64,
    ) -> BTreeMap<String, i64> {
        let priced = Category::ALL.into_iter().filter_map(|category| {
            let price = self.price(category, market, currency, when, before(category)).ok()?;
            Some((category.as_str().to_owned(), price.micros))
        });
        priced.collect()
    }
}

impl Rate {
    fn price(&self, category: Category, before: u64) -> Option<i64> {
        let (first, tiers) = match category {
            Category::Marketing => (self.marketing, &[][..]),
            Category::Utility => (self.utility, &self.utility_tiers[..]),
            Category::Authentication => (self.authentication, &self.authentication_tiers[..]),
            Category::AuthenticationInternational => (self.authentication_international, &[][..]),
            Category::Service => (self.service, &[][..]),
        };
        let reached = tiers.iter().filter(|(from, _)| *from <= before).max_by_key(|(from, _)| *from);
        reached.map(|(_, amount)| *amount).or(first).map(|amount| amount.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_built_in_tables_are_right() {
        let book = RateBook::default();
        assert!(!book.has_prices(), "amounts are the operator's to bring");
        assert_eq!((book.markets.len(), book.periods.len()), (2, 3));
    }

    #[test]
    fn the_longest_prefix_decides_and_markets_move_on_their_day() {
        let book = RateBook::default();
        let (before, after) = (Timestamp::from_secs(1_790_812_799), Timestamp::from_secs(1_790_812_800));
        for (phone, then, now) in [
            ("5511955550100", "Brazil", "Brazil"),
            ("12125550100", "North America", "North America"),
            ("18765550100", "Rest of Latin America", "Rest of Latin America"),
            ("12425550100", "Other", "Other"),
            ("351912345678", "Rest of Western Europe", "Rest of Western Europe"),
            ("380501234567", "Rest of Central & Eastern Europe", "Ukraine"),
            ("77011234567", "Russia", "Kazakhstan"),
            ("79011234567", "Russia", "Russia"),
            ("354555010", "Other", "Other"),
        ] {
            let zone = Zone::default();
            assert_eq!((book.market(phone, zone, before), book.market(phone, zone, after)), (then, now), "{phone}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_file_is_said() {
        for (text, expected) in [
            ("[[card]]\nvalid_from = \"2026-10-01\"\ncurrency = \"R$\"\nsource = \"x\"\n", "three letters"),
            ("[[card]]\nvalid_from = \"soon\"\n", "line 2"),
            ("[[card]]\nvalid_from = \"2026-10-01\"\ncurrency = \"BRL\"\nsource = \"x\"\n", "has no [[card.rate]]"),
            (
                "[[card]]\nvalid_from = \"2026-10-01\"\ncurrency = \"BRL\"\nsource = \"x\"\n[[card.rate]]\nmarket = \"Brazil\"\nutility = 0.05\n",
                "string",
            ),
            ("[[crad]]\n", "crad"),
        ] {
            let error = RateBook::parse(text).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}\nshould name {expected:?}");
        }
    }
}
