//! What a message would cost.

use std::collections::BTreeMap;
use std::fmt;

use ponte_model::{Currency, Money, Timestamp};

use super::period::Tariff;
use super::{Category, RateBook, Zone};

/// What decides about the price of a message.
#[derive(Clone, Copy, Debug)]
pub struct Question<'a> {
    /// When it leaves.
    pub at: Timestamp,
    /// The account's zone.
    pub zone: Zone,
    /// The account's currency, where set.
    pub currency: Option<Currency>,
    /// The recipient's phone number in digits, where known.
    pub phone: Option<&'a str>,
    /// Its category; `None` for a template of which nobody has said.
    pub category: Option<Category>,
    /// Whether the customer-service window is open.
    pub window_open: bool,
    /// Whether it leaves in an open free entry point window, or opens one.
    pub entry_point: bool,
    /// Whether it is written in the app on the phone.
    pub by_app: bool,
    /// Service messages of the number that the allowance has covered this month.
    pub covered: u64,
}

/// Why a message costs nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Free {
    /// The customer-service window is open, and what is said in it is free in this period.
    Window,
    /// The customer came by an ad and was answered in time.
    EntryPoint,
    /// One of the number's free service messages of the month.
    Allowance,
    /// Written in the app on the phone.
    App,
}

impl Free {
    /// The word in the ledger and in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Window => "window",
            Self::EntryPoint => "entry-point",
            Self::Allowance => "allowance",
            Self::App => "app",
        }
    }
}

impl fmt::Display for Free {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Window => "the customer-service window is open, and this is free inside it",
            Self::EntryPoint => "the customer came by an ad, and everything is free for 72 hours from the answer",
            Self::Allowance => "one of the number's free service messages of the month",
            Self::App => "what is written in the app costs nothing",
        })
    }
}

/// Why nobody knows the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Unknown {
    /// There is no rate card for the day in the account's currency.
    Card,
    /// The card has no price for the market and category.
    Rate,
    /// There are cards in several currencies, and nobody said which is the account's.
    Currency,
    /// The recipient's phone number is not known.
    Market,
    /// Nobody has said which category the template is of.
    Category,
    /// The day's rules charge conversations, not messages; or there are no rules for that day.
    Period,
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Card => {
                "there is no rate card for that day and currency; name one as `rates` in [money] of ponte.toml"
            }
            Self::Rate => "the rate card has no price for this market and category",
            Self::Currency => "the account's currency is not set; say `ponte number add … --currency`",
            Self::Market => "the recipient's phone number is not known, so neither is the market",
            Self::Category => "nobody has said which category the template is of",
            Self::Period => "on that day messages had no price of their own",
        })
    }
}

/// What a message costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Price {
    /// Nothing.
    Free(Free),
    /// This.
    Charged(Money),
    /// Nobody knows.
    Unknown(Unknown),
}

/// What a message would cost, and what follows from that.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Estimate {
    /// The recipient's market, where known.
    pub market: Option<String>,
    /// The category.
    pub category: Option<Category>,
    /// The price.
    pub price: Price,
    /// What to set aside: the price; the dearest of the template categories where the category is not known; `None`
    /// where nothing can be said.
    pub hold: Option<Money>,
    /// The price in each category, in micro-units, for when a status names another.
    pub quote: BTreeMap<String, i64>,
    /// The currency of all that.
    pub currency: Option<Currency>,
}

impl fmt::Display for Estimate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.price {
            Price::Free(why) => write!(f, "free: {why}"),
            Price::Charged(money) => write!(f, "charged: {money}"),
            Price::Unknown(why) => write!(f, "unknown: {why}"),
        }
    }
}

impl RateBook {
    /// What a message would cost. `charged` says how many messages of a market and category were charged this month.
    pub fn estimate(&self, question: &Question<'_>, charged: &dyn Fn(&str, Category) -> u64) -> Estimate {
        let when = (question.zone, question.at);
        let market = question.phone.map(|phone| self.market(phone, question.zone, question.at).to_owned());
        let currency = question.currency.or_else(|| self.only_currency());
        let before = |category| market.as_deref().map_or(0, |market| charged(market, category));
        let quote = market.as_deref().map_or_else(BTreeMap::new, |market| self.quote(market, currency, when, &before));
        let price = self.decide(question, market.as_deref(), &before);
        let money = |micros| currency.map(|currency| Money { micros, currency });
        let hold = match price {
            Price::Free(_) => money(0),
            Price::Charged(price) => Some(price),
            Price::Unknown(Unknown::Category) => TEMPLATES.iter().try_fold(0, dearest(&quote)).and_then(money),
            Price::Unknown(_) => None,
        };
        Estimate { market, category: question.category, price, hold, quote, currency }
    }

    fn decide(&self, question: &Question<'_>, market: Option<&str>, before: &dyn Fn(Category) -> u64) -> Price {
        if question.by_app {
            return Price::Free(Free::App);
        }
        if question.entry_point {
            return Price::Free(Free::EntryPoint);
        }
        let Some(period) = self.period(question.zone, question.at) else { return Price::Unknown(Unknown::Period) };
        let Some(category) = question.category else { return Price::Unknown(Unknown::Category) };
        match period.tariff(category) {
            Tariff::Free => return Price::Free(Free::Window),
            Tariff::OutsideWindow if question.window_open => return Price::Free(Free::Window),
            Tariff::ByConversation => return Price::Unknown(Unknown::Period),
            Tariff::Charged | Tariff::OutsideWindow => {}
        }
        if category == Category::Service && question.covered < period.free_service_messages {
            return Price::Free(Free::Allowance);
        }
        let Some(market) = market else { return Price::Unknown(Unknown::Market) };
        let when = (question.zone, question.at);
        self.price(category, market, question.currency, when, before(category))
            .map_or_else(Price::Unknown, Price::Charged)
    }
}

/// What a template may be.
const TEMPLATES: [Category; 3] = [Category::Marketing, Category::Utility, Category::Authentication];

/// The higher of two prices; nothing where one is missing, because that might be the highest.
fn dearest(quote: &BTreeMap<String, i64>) -> impl Fn(i64, &Category) -> Option<i64> + '_ {
    |most, category| quote.get(category.as_str()).map(|price| most.max(*price))
}
