//! What a shop's own system tells of an order: not a cart in a chat (that is [`Content::Order`](crate::Content)), but
//! what became of a purchase.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{InstallationId, Phone, Timestamp};

/// An order as the store told of it, at one moment.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StoreOrder {
    /// Who told: the name of the source in the configuration.
    pub source: String,
    /// The store's id of the order. With `source` it names the order.
    pub id: String,
    /// What people call it: `#1001`.
    pub number: String,
    /// How far it is.
    pub state: OrderState,
    /// When that became so, by the store's clock. An event may be told hours later.
    pub changed: Timestamp,
    /// What the customer pays in all, in the customer's currency.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total: Option<Price>,
    /// What was bought.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub items: Vec<OrderedItem>,
    /// The page on which the customer follows the order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status_url: Option<String>,
    /// The parcels that were handed to a carrier so far.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub parcels: Vec<Parcel>,
    /// Who bought.
    #[serde(default)]
    pub customer: Buyer,
    /// Whether it is a test of the shop's.
    #[serde(default)]
    pub test: bool,
    /// Whether flows are kept from it: a test, from a source that does not let tests through.
    #[serde(default)]
    pub withheld: bool,
    /// Where it was placed, in the store's own word: `web`, `pos`, the name of a marketplace.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub channel: Option<String>,
    /// Whether the customer agreed to be told of the order on WhatsApp, where the store asked.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub consent: Option<bool>,
    /// The installation that this telling is for: each flow that takes orders is told by an event of its own. None where
    /// there was no such flow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub listener: Option<InstallationId>,
    /// Everything as it came.
    pub raw: Value,
}

/// How far an order is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OrderState {
    /// Placed, and not paid.
    Placed,
    /// Paid.
    Paid,
    /// Handed to a carrier, all of it or the first part.
    Shipped,
    /// In the customer's hands.
    Delivered,
    /// Cancelled; nothing is given back.
    Cancelled,
    /// The money went back.
    Refunded,
    /// Anything else, in the store's own word.
    Other(String),
}

/// An amount of money, exactly.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// In the smallest unit of the currency: cents.
    pub minor: i64,
    /// How many digits of it stand behind the point (ISO 4217): 2 for BRL, 0 for CLP.
    pub decimals: u8,
    /// Three letters (ISO 4217).
    pub currency: String,
}

/// One line of an order.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct OrderedItem {
    /// As the shop calls it.
    pub name: String,
    /// How many.
    pub quantity: u32,
}

/// What was handed to a carrier.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Parcel {
    /// Who carries it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carrier: Option<String>,
    /// The carrier's number of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Where to follow it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

/// Who bought.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buyer {
    /// What they are called.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// In digits with country code; none if the store has no number, or one whose country cannot be told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// What they read, as a tag: `pt-BR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
}
