//! What a shop's own systems tell Ponte over `POST /hooks/{source}`: whether it is signed, and what it says.
//!
//! Pure: no I/O, and times are passed in. A [`Source`] is one system of one shop; it has a [`Kind`], and secrets that
//! its requests are signed with. What a request says becomes one [`Event`]: an order, or, where that cannot be made out,
//! an `unrecognized` event that keeps what came. Nothing else spells a store's field names.

mod phone;
mod price;
mod secrets;
mod shopify;
mod signed_json;
mod value;

use ponte_model::{Body, Contact, ContactName, Event, EventKey, Lane, NumberId, Origin, StoreOrder, Timestamp};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

pub use secrets::{SecretError, SignatureError};
pub use signed_json::{HEADER as SIGNED_JSON_HEADER, TOLERANCE, read as read_order, sign as sign_json};

use secrets::Secrets;

/// How a source signs and what it says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Kind {
    /// Shopify's webhooks of orders.
    Shopify,
    /// Ponte's own format, for everything else: `docs/hooks.md`.
    SignedJson,
}

/// What a source is made of.
#[derive(Clone, Debug)]
pub struct Settings {
    /// Its name, the last part of its address: 1 to 32 of a-z, 0-9 and -.
    pub name: String,
    /// How it signs and what it says.
    pub kind: Kind,
    /// What it signs with: one, or while it is changed the new one and the old one.
    pub secrets: Vec<SecretString>,
    /// The business number that speaks for it.
    pub number: NumberId,
    /// The country (ISO 3166, two letters) of phone numbers that come without any.
    pub country: Option<String>,
    /// Whether flows hear of the shop's tests.
    pub test_orders: bool,
}

/// Why a source cannot be.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SourceError {
    /// Its name does not fit into an address.
    #[error("{0:?} is no name of a source; take 1 to 32 of a-z, 0-9 and -")]
    Name(String),
    /// Its country is none.
    #[error("{0:?} is no country that Ponte knows; take two letters such as BR, or leave it out")]
    Country(String),
    /// Its secrets would be a door that only looks locked.
    #[error(transparent)]
    Secret(#[from] SecretError),
}

/// One system of one shop.
#[derive(Clone, Debug)]
pub struct Source {
    name: String,
    kind: Kind,
    secrets: Secrets,
    number: NumberId,
    country: Option<String>,
    test_orders: bool,
}

/// A request as it came.
#[derive(Clone, Copy)]
pub struct Request<'a> {
    /// Looks a header up, by its name in small letters.
    pub header: &'a dyn Fn(&str) -> Option<&'a str>,
    /// The very bytes that came.
    pub body: &'a [u8],
}

impl Source {
    /// Makes one.
    ///
    /// # Errors
    /// [`SourceError`]: what does not fit.
    pub fn new(settings: Settings) -> Result<Self, SourceError> {
        let Settings { name, kind, secrets, number, country, test_orders } = settings;
        let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if !(1..=32).contains(&name.len()) || !name.chars().all(plain) {
            return Err(SourceError::Name(name));
        }
        if let Some(country) = country.as_deref().filter(|country| !phone::knows(country)) {
            return Err(SourceError::Country(country.to_owned()));
        }
        Ok(Self { name, kind, secrets: Secrets::new(&secrets)?, number, country, test_orders })
    }

    /// The last part of its address.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The business number that speaks for it.
    pub fn number(&self) -> &NumberId {
        &self.number
    }

    /// Whether a request comes from the source: signed with one of its secrets over the very bytes of the body. The
    /// comparison takes the same time whatever is wrong.
    ///
    /// # Errors
    /// [`SignatureError`].
    pub fn verify(&self, request: Request<'_>, now: Timestamp) -> Result<(), SignatureError> {
        match self.kind {
            Kind::Shopify => shopify::verify(&self.secrets, request),
            Kind::SignedJson => signed_json::verify(&self.secrets, request, now),
        }
    }

    /// What a request says, as an event; the same request always gives the same key. `now` is when it came.
    pub fn decode(&self, request: Request<'_>, now: Timestamp) -> Event {
        let json = serde_json::from_slice::<Value>(request.body);
        let (id, said) = match (&json, self.kind) {
            (Ok(json), Kind::Shopify) => (shopify::id(request), shopify::order(self, request, json, now)),
            (Ok(json), Kind::SignedJson) => (signed_json::id(json), signed_json::order(self, json)),
            (Err(error), _) => (None, Err(format!("the body is no JSON: {error}"))),
        };
        let key = match id {
            Some(id) => EventKey::of(&["hook", &self.name, &id]),
            // Nothing names it: what says the same is the same.
            None => EventKey::of_content(&format!("hook|{}", self.name), request.body),
        };
        let (lane, contact, body) = match said {
            Ok(order) => (Lane::Message, contact(&order), Body::Order(Box::new(order))),
            Err(why) => {
                let json = json.unwrap_or_else(|_| String::from_utf8_lossy(request.body).into_owned().into());
                (Lane::Lifecycle, None, Body::Unrecognized { field: format!("hooks/{}", self.name), why, json })
            }
        };
        Event {
            key,
            origin: Origin::System,
            lane,
            waba_id: None,
            number_id: Some(self.number.clone()),
            contact,
            message_id: None,
            // When we were told: the store's own time is the order's.
            at: now,
            body,
        }
    }
}

fn contact(order: &StoreOrder) -> Option<Contact> {
    let phone = order.customer.phone.clone()?;
    let name = ContactName { display: order.customer.name.clone(), username: None };
    Some(Contact { phone: Some(phone), name, ..Contact::default() })
}
