//! The orders of one customer, as far as the store told: an order only ever goes forward, and each state is told once.

use ponte_sdk::{Instant, OrderState, Parcel, Price, Seconds, StoreOrder};
use serde::{Deserialize, Serialize};

use crate::rules::Rules;
use crate::words;

/// So long the book is kept after the last news.
pub const KEPT: Seconds = 60 * 24 * 3600;

/// So many orders of a customer are remembered, the last ones.
const MOST: usize = 20;

/// How far an order is, in the order in which that can become so. The last two end it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Placed, and not paid.
    Placed,
    /// Paid.
    Paid,
    /// On its way.
    Shipped,
    /// Arrived.
    Delivered,
    /// Called off.
    Cancelled,
    /// The money went back.
    Refunded,
}

impl State {
    /// Reads the store's state; none for words that mean nothing here.
    pub fn of(state: &OrderState) -> Option<Self> {
        match state {
            OrderState::Placed => Some(Self::Placed),
            OrderState::Paid => Some(Self::Paid),
            OrderState::Shipped => Some(Self::Shipped),
            OrderState::Delivered => Some(Self::Delivered),
            OrderState::Cancelled => Some(Self::Cancelled),
            OrderState::Refunded => Some(Self::Refunded),
            OrderState::Other(_) => None,
        }
    }

    /// Its word: in logs, and in the keys of texts.
    pub fn word(self) -> &'static str {
        match self {
            Self::Placed => "placed",
            Self::Paid => "paid",
            Self::Shipped => "shipped",
            Self::Delivered => "delivered",
            Self::Cancelled => "cancelled",
            Self::Refunded => "refunded",
        }
    }
}

/// The orders of one customer.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Book {
    /// The oldest first.
    pub orders: Vec<Record>,
}

/// What is known of an order.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// See [`key`].
    pub key: String,
    /// What people call it.
    pub number: String,
    /// How far it is.
    pub state: State,
    /// Since when, by the store's clock.
    pub since: Instant,
    /// The last state that the customer was told, or that was passed over on purpose.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub told: Option<State>,
    /// When the state will be told, if that is under way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Instant>,
    /// What the customer is called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// What the customer reads.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// In smallest units, digits behind the point, currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<(i64, u8, String)>,
    /// What was bought: how many of what, the first few, and how many lines there are in all.
    #[serde(default)]
    pub items: (Vec<(u32, String)>, usize),
    /// Where the customer follows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub link: Option<String>,
    /// The parcels: carrier, code, link.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parcels: Vec<(Option<String>, Option<String>, Option<String>)>,
}

/// What follows from something that the store told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Learned {
    /// It is none of this flow's business, and was not taken down.
    Refused(&'static str),
    /// It was taken down, and there is nothing to say, or that is under way.
    Known(&'static str),
    /// The new state is to be told after so many seconds, if it still stands then.
    Settle(Seconds),
}

/// What an order goes by.
pub fn key(source: &str, id: &str) -> String {
    format!("{source}/{id}")
}

/// Lines of an order that are kept.
const LINES: usize = 5;

impl Book {
    /// Takes down what the store told at `now`.
    pub fn learn(&mut self, order: &StoreOrder, now: Instant, rules: &Rules) -> Learned {
        if let Some(why) = rules.objection(order) {
            return Learned::Refused(why);
        }
        let state = State::of(&order.state);
        let key = key(&order.source, &order.id);
        let place = self.orders.iter().position(|record| record.key == key);
        let Some(place) = place else {
            let Some(state) = state else { return Learned::Refused("its state means nothing here") };
            let mut record = Record::new(key, order, state);
            let learned = record.reached(state, order.changed, now, rules);
            record.describe(order);
            self.orders.push(record);
            let gone = self.orders.len().saturating_sub(MOST);
            self.orders.drain(..gone);
            return learned;
        };
        let record = &mut self.orders[place];
        // A parcel may have joined, whatever the state; what is older than what is known describes nothing.
        if order.changed >= record.since {
            record.describe(order);
        }
        match state {
            None => Learned::Known("its state means nothing here"),
            Some(state) if state == record.state => Learned::Known("it was told before"),
            Some(state) if state < record.state => Learned::Known("it comes late: the order is further by now"),
            Some(state) => {
                let learned = record.reached(state, order.changed, now, rules);
                record.describe(order);
                learned
            }
        }
    }

    /// The order whose state is to be told now; none if there is nothing to tell any more.
    pub fn due(&mut self, key: &str) -> Option<&mut Record> {
        let record = self.orders.iter_mut().find(|record| record.key == key)?;
        record.due = None;
        record.told.is_none_or(|told| told < record.state).then_some(record)
    }
}

impl Record {
    fn new(key: String, order: &StoreOrder, state: State) -> Self {
        Self {
            key,
            number: order.number.clone(),
            state,
            since: order.changed,
            told: None,
            due: None,
            name: None,
            language: None,
            total: None,
            items: (Vec::new(), 0),
            link: None,
            parcels: Vec::new(),
        }
    }

    fn reached(&mut self, state: State, changed: Instant, now: Instant, rules: &Rules) -> Learned {
        (self.state, self.since) = (state, changed);
        if rules.is_stale(changed, now) {
            self.told = Some(state);
            return Learned::Known("it is old news");
        }
        if !rules.tell.contains(&state) {
            self.told = Some(state);
            return Learned::Known("the settings do not tell this state");
        }
        if self.due.is_some_and(|due| due > now) {
            return Learned::Known("the newest state is told in a moment");
        }
        self.due = Some(now + u64::from(rules.settle) * 1000);
        Learned::Settle(rules.settle)
    }

    /// The customer knows how it stands now.
    pub fn was_told(&mut self) {
        self.told = Some(self.state);
    }

    fn describe(&mut self, order: &StoreOrder) {
        let kept = |old: &mut Option<String>, new: &Option<String>| {
            if let Some(new) = new {
                *old = Some(words::line(new, 500));
            }
        };
        self.number = words::line(&order.number, 64);
        kept(&mut self.name, &order.customer);
        kept(&mut self.language, &order.language);
        kept(&mut self.link, &order.status_url);
        if let Some(Price { minor, decimals, currency }) = &order.total {
            self.total = Some((*minor, *decimals, currency.clone()));
        }
        if !order.items.is_empty() {
            let first = order.items.iter().take(LINES).map(|item| (item.quantity, words::line(&item.name, 60)));
            self.items = (first.collect(), order.items.len());
        }
        let parcel = |parcel: &Parcel| (parcel.carrier.clone(), parcel.code.clone(), parcel.url.clone());
        if order.parcels.len() >= self.parcels.len() {
            self.parcels = order.parcels.iter().map(parcel).collect();
        }
    }

    /// Where to follow it: its page, or that of the last parcel.
    pub fn page(&self) -> Option<&str> {
        self.link.as_deref().or_else(|| self.parcels.iter().rev().find_map(|(.., url)| url.as_deref()))
    }
}
