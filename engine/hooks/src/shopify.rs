//! Shopify's webhooks of orders. Source: shopify.dev, "Verify webhook deliveries", "Ignore duplicates", and the REST
//! resource Order, version 2026-07.
//!
//! The topics `orders/create`, `orders/paid`, `orders/partially_fulfilled`, `orders/fulfilled`, `orders/cancelled` and
//! `orders/updated` all carry the whole order as it was then, so how far it is follows from the order and not from the
//! topic.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use ponte_model::{Buyer, OrderState, OrderedItem, Parcel, Phone, Price, StoreOrder, Timestamp};
use serde_json::Value;

use crate::secrets::Secrets;
use crate::value::{LONGEST_ID, MOST_ITEMS, cut, id as id_at, instant, link, list, moment, text};
use crate::{Request, SignatureError, Source, phone, price};

const SIGNATURE: &str = "X-Shopify-Hmac-Sha256";
const TOPIC: &str = "x-shopify-topic";
const EVENT: &str = "x-shopify-event-id";
const DELIVERY: &str = "x-shopify-webhook-id";
const TRIGGERED: &str = "x-shopify-triggered-at";

/// The attribute of a cart in which a shop's checkout writes whether WhatsApp may be used.
const CONSENT: &str = "whatsapp_consent";

/// Where an order has phone numbers, the one that the buyer gave for it first, and the country of each.
const PHONES: &[(&str, &str)] = &[
    ("/phone", "/shipping_address/country_code"),
    ("/shipping_address/phone", "/shipping_address/country_code"),
    ("/customer/phone", "/customer/default_address/country_code"),
    ("/billing_address/phone", "/billing_address/country_code"),
    ("/customer/default_address/phone", "/customer/default_address/country_code"),
];

pub(crate) fn verify(secrets: &Secrets, request: Request<'_>) -> Result<(), SignatureError> {
    let header = (request.header)("x-shopify-hmac-sha256").ok_or(SignatureError::Missing(SIGNATURE))?;
    let given: Option<[u8; 32]> = BASE64_STANDARD.decode(header.trim()).ok().and_then(|bytes| bytes.try_into().ok());
    let given = given.ok_or(SignatureError::Malformed { header: SIGNATURE, form: "32 bytes in base64" })?;
    if secrets.signed(&[request.body], &[given]) { Ok(()) } else { Err(SignatureError::Mismatch(SIGNATURE)) }
}

/// What makes a delivery one. Deliveries of the same event share its id, those by another subscription included; but so
/// do other topics that the same act of the merchant set off.
pub(crate) fn id(request: Request<'_>) -> Option<String> {
    let topic = (request.header)(TOPIC).unwrap_or_default();
    let id = (request.header)(EVENT).or_else(|| (request.header)(DELIVERY))?.trim();
    (1..=128).contains(&id.len()).then(|| format!("{topic}|{id}"))
}

/// The order that a delivery tells of.
pub(crate) fn order(source: &Source, request: Request<'_>, json: &Value, now: Timestamp) -> Result<StoreOrder, String> {
    let topic = (request.header)(TOPIC).unwrap_or_default();
    if !topic.starts_with("orders/") {
        return Err(format!("the topic {topic:?} is none of orders/…; see docs/hooks.md for those to subscribe to"));
    }
    let id = id_at(json, "/id").filter(|id| id.len() <= LONGEST_ID).ok_or("the order has no id")?;
    let number = text(json, "/name").or_else(|| id_at(json, "/order_number").map(|number| format!("#{number}")));
    let state = state(json);
    let triggered = (request.header)(TRIGGERED).and_then(instant);
    let test = json["test"] == true;
    Ok(StoreOrder {
        source: source.name.clone(),
        number: number.filter(|number| number.len() <= LONGEST_ID).unwrap_or_else(|| id.clone()),
        id,
        changed: changed(json, &state, topic, triggered).unwrap_or(now),
        state,
        total: total(json),
        items: list(json, "/line_items").iter().take(MOST_ITEMS).filter_map(item).collect(),
        status_url: json["order_status_url"].as_str().map(str::to_owned).and_then(link),
        parcels: sent(json).filter_map(parcel).collect(),
        customer: Buyer {
            name: text(json, "/customer/first_name").or_else(|| text(json, "/shipping_address/first_name")),
            phone: buyer_phone(source, json),
            language: text(json, "/customer_locale"),
        },
        test,
        withheld: test && !source.test_orders,
        channel: text(json, "/source_name"),
        consent: consent(json),
        listener: None,
        raw: json.clone(),
    })
}

fn state(json: &Value) -> OrderState {
    let fulfilment = json["fulfillment_status"].as_str();
    match json["financial_status"].as_str() {
        Some("refunded") => OrderState::Refunded,
        Some("voided") => OrderState::Cancelled,
        _ if !json["cancelled_at"].is_null() => OrderState::Cancelled,
        _ if fulfilment == Some("fulfilled") && has_arrived(json) => OrderState::Delivered,
        _ if matches!(fulfilment, Some("fulfilled" | "partial")) => OrderState::Shipped,
        Some("paid" | "partially_refunded") => OrderState::Paid,
        None | Some("pending" | "authorized" | "partially_paid") => OrderState::Placed,
        Some(other) => OrderState::Other(cut(other)),
    }
}

/// When the state came about. An order says when it was placed, sent and cancelled, but not when it was paid: only the
/// delivery that tells of just that is taken for it. Other deliveries (a note was edited, say) may come days later, and
/// must not make an old payment look new.
fn changed(json: &Value, state: &OrderState, topic: &str, triggered: Option<Timestamp>) -> Option<Timestamp> {
    let updated = || triggered.or_else(|| moment(json, "/updated_at"));
    let placed = || moment(json, "/processed_at").or_else(|| moment(json, "/created_at"));
    let latest = |items: &[Value], path| items.iter().filter_map(|item| moment(item, path)).max();
    let own = match state {
        OrderState::Placed => moment(json, "/created_at"),
        OrderState::Paid if topic == "orders/paid" => updated(),
        OrderState::Paid => placed(),
        OrderState::Shipped => latest(list(json, "/fulfillments"), "/created_at"),
        OrderState::Delivered => latest(list(json, "/fulfillments"), "/updated_at"),
        OrderState::Cancelled => moment(json, "/cancelled_at"),
        OrderState::Refunded => latest(list(json, "/refunds"), "/created_at"),
        OrderState::Other(_) => None,
    };
    own.or_else(updated)
}

/// What the customer saw and pays; without that, what the shop counts.
fn total(json: &Value) -> Option<Price> {
    let shown = |path: &str| {
        let money = json.pointer(path)?;
        price::read(money["amount"].as_str()?, money["currency_code"].as_str()?)
    };
    shown("/total_price_set/presentment_money")
        .or_else(|| price::read(json["total_price"].as_str()?, json["currency"].as_str()?))
}

fn item(line: &Value) -> Option<OrderedItem> {
    let quantity = line["quantity"].as_u64().unwrap_or(1);
    let name = text(line, "/name").or_else(|| text(line, "/title"))?;
    (quantity > 0).then(|| OrderedItem { name, quantity: u32::try_from(quantity).unwrap_or(u32::MAX) })
}

/// Fulfilments that stand.
fn sent(json: &Value) -> impl Iterator<Item = &Value> {
    list(json, "/fulfillments").iter().filter(|one| !matches!(one["status"].as_str(), Some("cancelled" | "error")))
}

fn has_arrived(json: &Value) -> bool {
    sent(json).next().is_some() && sent(json).all(|one| one["shipment_status"] == "delivered")
}

fn parcel(fulfilment: &Value) -> Option<Parcel> {
    let parcel = Parcel {
        carrier: text(fulfilment, "/tracking_company"),
        code: text(fulfilment, "/tracking_number"),
        url: fulfilment["tracking_url"].as_str().map(str::to_owned).and_then(link),
    };
    (parcel != Parcel::default()).then_some(parcel)
}

fn buyer_phone(source: &Source, json: &Value) -> Option<Phone> {
    PHONES.iter().find_map(|(path, country)| {
        let country = text(json, country).or_else(|| text(json, "/billing_address/country_code"));
        phone::read(&text(json, path)?, country.as_deref().or(source.country.as_deref()))
    })
}

fn consent(json: &Value) -> Option<bool> {
    let asked = list(json, "/note_attributes").iter().find(|one| one["name"] == CONSENT)?;
    match asked["value"].as_str()?.trim().to_lowercase().as_str() {
        "true" | "yes" | "sim" | "sí" | "si" | "on" | "1" => Some(true),
        _ => Some(false),
    }
}
