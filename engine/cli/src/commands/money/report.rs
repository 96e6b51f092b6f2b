//! `ponte money report`.

use std::collections::BTreeMap;
use std::time::Duration;

use clap::{Args, ValueEnum};
use ponte_clock::{Clock as _, SystemClock};
use ponte_model::{Money, Stage};
use ponte_policy::money::{Category, Zone, day_of};
use ponte_store::{ChargeTotal, SqliteStore, Store as _};
use serde::Serialize;
use serde_json::json;

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// Which month, such as 2026-10; this one, unless given.
    #[arg(long, value_name = "YYYY-MM")]
    month: Option<String>,
    /// One line for each of these.
    #[arg(long, value_enum, default_value_t = By::Number)]
    by: By,
    /// What counts as an answer from the phone soon after a message, in minutes; a day at most.
    #[arg(long, value_name = "MINUTES", default_value_t = 15, value_parser = clap::value_parser!(u64).range(1..=1440))]
    within: u64,
    /// As JSON, for scripts.
    #[arg(long)]
    json: bool,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum By {
    /// The flow that asked for the message.
    Flow,
    /// The number it left from.
    Number,
    /// The category it is priced in.
    Category,
}

/// Messages, and what they cost by currency, as decimals.
#[derive(Debug, Default, Serialize)]
struct Cost {
    messages: u64,
    #[serde(serialize_with = "decimals")]
    amounts: BTreeMap<String, i64>,
}

impl Cost {
    fn add(&mut self, messages: u64, amount: i64, total: &ChargeTotal) {
        self.messages += messages;
        if let Some(currency) = total.currency.filter(|_| messages > 0) {
            *self.amounts.entry(currency.to_string()).or_default() += amount;
        }
    }

    fn amounts(&self) -> String {
        let amounts = self.amounts.iter().map(|(currency, micros)| format!("{currency} {}", Money::decimal(*micros)));
        amounts.collect::<Vec<_>>().join(", ")
    }
}

fn decimals<S: serde::Serializer>(amounts: &BTreeMap<String, i64>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(amounts.iter().map(|(currency, micros)| (currency, Money::decimal(*micros))))
}

/// A line of the report.
#[derive(Debug, Default, Serialize)]
struct Line {
    /// Left over the API.
    sent: u64,
    /// Of those: not known to be delivered yet.
    open: u64,
    /// Of those: failed, so they cost nothing.
    failed: u64,
    /// Delivered and charged.
    charged: Cost,
    /// Delivered and free, by why.
    free: BTreeMap<String, u64>,
    /// Delivered, and nobody knows the price.
    unknown_price: u64,
    /// Charged service messages that the phone could have said for nothing.
    free_from_the_phone: Cost,
}

impl Line {
    fn add(&mut self, total: &ChargeTotal) {
        self.sent += total.messages;
        match total.stage {
            Stage::Reserved => self.open += total.messages,
            Stage::Freed => self.failed += total.messages,
            Stage::Settled => {
                self.unknown_price += total.unknown;
                if let Some(why) = &total.free {
                    *self.free.entry(why.clone()).or_default() += total.messages;
                } else {
                    self.charged.add(total.messages - total.unknown, total.amount, total);
                    if total.category.as_deref() == Some(Category::Service.as_str()) && total.unknown == 0 {
                        self.free_from_the_phone.add(total.near_phone, total.near_phone_amount, total);
                    }
                }
            }
        }
    }
}

pub(super) async fn run(store: &SqliteStore, options: &Options) -> anyhow::Result<()> {
    let today = day_of(Zone::default(), SystemClock.now());
    let month = options.month.as_deref().unwrap_or(&today[..7]);
    let well_formed = chrono::NaiveDate::parse_from_str(&format!("{month}-01"), "%Y-%m-%d").is_ok() && month.len() == 7;
    anyhow::ensure!(well_formed, "--month: {month:?} is no month; write it as 2026-10");
    let soon = Duration::from_secs(60 * options.within);
    // Words are compared: no day of a month is later than its 31st.
    let totals = store.charge_totals(&format!("{month}-01"), &format!("{month}-31"), soon).await?;
    let mut lines: BTreeMap<String, Line> = BTreeMap::new();
    let mut all = Line::default();
    for total in &totals {
        lines.entry(key(options.by, total)).or_default().add(total);
        all.add(total);
    }
    if options.json {
        let report = json!({ "month": month, "within_minutes": options.within, "lines": lines, "total": all });
        println!("{}", serde_json::to_string_pretty(&report)?);
    } else {
        print(month, options.by, &lines, &all);
    }
    Ok(())
}

fn key(by: By, total: &ChargeTotal) -> String {
    let named = |name: Option<&str>, nothing: &str| name.unwrap_or(nothing).to_owned();
    match by {
        By::Flow => named(total.installation.as_ref().map(|id| id.as_str()), "(no flow)"),
        By::Number => total.number.as_str().to_owned(),
        By::Category => named(total.category.as_deref(), "(not known)"),
    }
}

fn print(month: &str, by: By, lines: &BTreeMap<String, Line>, all: &Line) {
    let heading = match by {
        By::Flow => "FLOW",
        By::Number => "NUMBER",
        By::Category => "CATEGORY",
    };
    println!("{month}");
    println!(
        "{heading:<28} {:>7} {:>7} {:>7} {:>8} {:>8} {:>8} {:>7}  COST",
        "SENT", "OPEN", "FAILED", "CHARGED", "FREE", "UNKNOWN", "PHONE"
    );
    let total = "(all)".to_owned();
    for (name, line) in lines.iter().chain(std::iter::once((&total, all))) {
        println!(
            "{name:<28} {:>7} {:>7} {:>7} {:>8} {:>8} {:>8} {:>7}  {}",
            line.sent,
            line.open,
            line.failed,
            line.charged.messages,
            line.free.values().sum::<u64>(),
            line.unknown_price,
            line.free_from_the_phone.messages,
            line.charged.amounts(),
        );
    }
    for (why, messages) in &all.free {
        println!("free, {why}: {messages}");
    }
    if all.free_from_the_phone.messages > 0 {
        let (messages, amounts) = (all.free_from_the_phone.messages, all.free_from_the_phone.amounts());
        println!("could have been answered free from the phone, at most: {messages} ({amounts})");
    }
}
