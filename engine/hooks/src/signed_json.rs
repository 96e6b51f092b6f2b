//! Ponte's own format, for shops and ERPs that have no recipe of their own. `docs/hooks.md` shows it.

use std::time::Duration;

use ponte_model::{Buyer, OrderState, OrderedItem, Parcel, StoreOrder, Timestamp};
use secrecy::SecretString;
use serde::Deserialize;
use serde_json::Value;

use crate::secrets::{self, Secrets};
use crate::value::{LONGEST_ID, MOST_ITEMS, cut, id as id_at, instant, link};
use crate::{Request, SignatureError, Source, phone, price};

/// `t=1795482600,v1=5257…`: seconds since 1970, and the HMAC-SHA256 of `t`, a point and the body, in hex.
pub const HEADER: &str = "X-Ponte-Signature";

/// So far may the signature's time be from ours: what somebody recorded cannot be played again later.
pub const TOLERANCE: Duration = Duration::from_secs(300);

const FORM: &str = "t=SECONDS,v1=HEX";

/// What the header must say for a body that is sent at `now`.
pub fn sign(secret: &SecretString, body: &[u8], now: Timestamp) -> String {
    let seconds = (now.as_millis() / 1000).to_string();
    format!("t={seconds},v1={}", hex::encode(secrets::sign(secret, &[seconds.as_bytes(), b".", body])))
}

pub(crate) fn verify(secrets: &Secrets, request: Request<'_>, now: Timestamp) -> Result<(), SignatureError> {
    let header = (request.header)("x-ponte-signature").ok_or(SignatureError::Missing(HEADER))?;
    let malformed = SignatureError::Malformed { header: HEADER, form: FORM };
    let mut seconds = None;
    let mut given = Vec::new();
    for part in header.split(',') {
        match part.trim().split_once('=') {
            Some(("t", time)) => seconds = Some(time),
            Some(("v1", digits)) => {
                let mut digest = [0; 32];
                hex::decode_to_slice(digits, &mut digest).map_err(|_| malformed)?;
                given.push(digest);
            }
            // What a later version adds.
            _ => {}
        }
    }
    let seconds = seconds.filter(|_| !given.is_empty()).ok_or(malformed)?;
    let signed_at: i64 = seconds.parse().map_err(|_| malformed)?;
    if !secrets.signed(&[seconds.as_bytes(), b".", request.body], &given) {
        return Err(SignatureError::Mismatch(HEADER));
    }
    let away = Duration::from_millis((now.as_millis() / 1000).abs_diff(signed_at).saturating_mul(1000));
    if away > TOLERANCE { Err(SignatureError::Stale(away, TOLERANCE)) } else { Ok(()) }
}

/// What makes an event one, in the sender's word.
pub(crate) fn id(json: &Value) -> Option<String> {
    id_at(json, "/event").filter(|id| id.len() <= 128)
}

#[derive(Deserialize)]
struct Told {
    order: Order,
}

/// What some write as text and others as a number.
#[derive(Deserialize)]
#[serde(untagged)]
enum Word {
    Text(String),
    Number(serde_json::Number),
}

impl From<Word> for String {
    fn from(word: Word) -> Self {
        match word {
            Word::Text(text) => text,
            Word::Number(number) => number.to_string(),
        }
    }
}

#[derive(Deserialize)]
struct Order {
    id: Word,
    number: Option<String>,
    state: String,
    changed_at: String,
    total: Option<Total>,
    #[serde(default)]
    items: Vec<Item>,
    status_url: Option<String>,
    #[serde(default)]
    parcels: Vec<ParcelTold>,
    #[serde(default)]
    customer: Customer,
    #[serde(default)]
    test: bool,
    channel: Option<String>,
    consent: Option<bool>,
}

#[derive(Deserialize)]
struct Total {
    amount: Word,
    currency: String,
}

#[derive(Deserialize)]
struct Item {
    name: String,
    #[serde(default = "one")]
    quantity: u32,
}

fn one() -> u32 {
    1
}

#[derive(Deserialize)]
struct ParcelTold {
    carrier: Option<String>,
    code: Option<String>,
    url: Option<String>,
}

#[derive(Default, Deserialize)]
struct Customer {
    name: Option<String>,
    phone: Option<Word>,
    country: Option<String>,
    language: Option<String>,
}

/// The order that a request tells of.
pub(crate) fn order(source: &Source, json: &Value) -> Result<StoreOrder, String> {
    if id(json).is_none() {
        return Err(
            "`event` is missing: an id of at most 128 letters that is the same when the event is sent again".into()
        );
    }
    let Told { order } = serde_json::from_value(json.clone()).map_err(|error| error.to_string())?;
    understood(&source.name, source.country.as_deref(), source.test_orders, order, json)
}

/// An order in the same words, from a system that was asked for it. Tests are withheld.
///
/// # Errors
/// What does not fit.
pub fn read(source: &str, country: Option<&str>, order: Value) -> Result<StoreOrder, String> {
    let told = serde_json::from_value(order.clone()).map_err(|error| format!("`order`: {error}"))?;
    understood(source, country, false, told, &order)
}

fn understood(
    source: &str,
    default_country: Option<&str>,
    test_orders: bool,
    order: Order,
    json: &Value,
) -> Result<StoreOrder, String> {
    let fits = |text: &str| !text.trim().is_empty() && text.len() <= LONGEST_ID;
    let id = String::from(order.id);
    if !fits(&id) {
        return Err(format!("`order.id` has 1 to {LONGEST_ID} letters"));
    }
    let changed = instant(&order.changed_at).ok_or_else(|| {
        format!("`order.changed_at` is no moment: write it as in RFC 3339, not {:?}", order.changed_at)
    })?;
    let total = match order.total {
        Some(Total { amount, currency }) => {
            let amount = String::from(amount);
            Some(price::read(&amount, &currency).ok_or_else(|| {
                format!("`order.total` is no amount: write \"129.90\" and \"BRL\", not {amount:?} and {currency:?}")
            })?)
        }
        None => None,
    };
    let words = |text: Option<String>| text.map(|text| cut(text.trim())).filter(|text| !text.is_empty());
    let Customer { name, phone, country, language } = order.customer;
    let country = words(country).or_else(|| default_country.map(str::to_owned));
    Ok(StoreOrder {
        source: source.to_owned(),
        number: order.number.filter(|number| fits(number)).unwrap_or_else(|| id.clone()),
        id,
        state: state(&order.state),
        changed,
        total,
        items: order
            .items
            .into_iter()
            .take(MOST_ITEMS)
            .filter(|item| item.quantity > 0)
            .map(|item| OrderedItem { name: cut(item.name.trim()), quantity: item.quantity })
            .collect(),
        status_url: order.status_url.and_then(link),
        parcels: order
            .parcels
            .into_iter()
            .map(|one| Parcel { carrier: words(one.carrier), code: words(one.code), url: one.url.and_then(link) })
            .filter(|parcel| *parcel != Parcel::default())
            .collect(),
        customer: Buyer {
            name: words(name),
            phone: phone.and_then(|phone| phone::read(&String::from(phone), country.as_deref())),
            language: words(language),
        },
        test: order.test,
        withheld: order.test && !test_orders,
        channel: words(order.channel),
        consent: order.consent,
        listener: None,
        raw: json.clone(),
    })
}

fn state(word: &str) -> OrderState {
    match word {
        "placed" => OrderState::Placed,
        "paid" => OrderState::Paid,
        "shipped" => OrderState::Shipped,
        "delivered" => OrderState::Delivered,
        "cancelled" => OrderState::Cancelled,
        "refunded" => OrderState::Refunded,
        other => OrderState::Other(cut(other)),
    }
}
