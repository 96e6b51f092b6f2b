//! What messages cost, as tables; budgets against a naive count.

mod budgets;
mod entry;
mod merging;
mod prices;
mod statuses;

use std::collections::BTreeMap;

use ponte_model::{Charge, Currency, Owner, Stage, Timestamp};
use ponte_policy::money::{RateBook, Zone};

/// A card with round figures, and the rules that come with Ponte.
const CARD: &str = r#"
[[card]]
valid_from = "2025-07-01"
currency = "BRL"
source = "a test"
[[card.rate]]
market = "Brazil"
marketing = "0.40"
utility = "0.05"
authentication = "0.06"
utility_tiers = [[100, "0.04"], [1000, "0.03"]]
authentication_tiers = [[100, "0.02"]]
[[card.rate]]
market = "India"
marketing = "0.10"
service = "0.01"
"#;

fn book() -> RateBook {
    RateBook::parse(CARD).unwrap()
}

fn brl() -> Currency {
    Currency::parse("BRL").unwrap()
}

fn sao_paulo() -> Zone {
    Zone::parse("America/Sao_Paulo").unwrap()
}

/// A moment by the clock of São Paulo (three hours behind UTC).
fn at(text: &str) -> Timestamp {
    serde_json::from_value(format!("{text}-03:00").into()).unwrap()
}

/// A service message to Brazil that was reserved at five cents.
fn charge(send: &str, hold: Option<i64>) -> Charge {
    Charge {
        send: send.into(),
        tenant: "shop".into(),
        number: "1".into(),
        contact: "ana".into(),
        installation: Some("hours".into()),
        account: "waba".into(),
        market: Some("Brazil".into()),
        category: Some("service".into()),
        free: None,
        currency: Some(brl()),
        quote: BTreeMap::from([("service".into(), 50_000), ("marketing".into(), 400_000)]),
        hold,
        amount: hold,
        stage: Stage::Reserved,
        owner: Owner::Nobody,
        day: "2026-11-23".into(),
        at: at("2026-11-23T10:00:00"),
        told: None,
    }
}
