//! Which market a recipient is in.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Deserialize;

/// Recipients whom no prefix fits.
pub(super) const OTHER: &str = "Other";

/// Prefixes of phone numbers, from a day on; adds to those of earlier days.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Markets {
    pub(super) from: NaiveDate,
    #[expect(dead_code, reason = "says where the data comes from")]
    source: String,
    #[serde(flatten)]
    prefixes: BTreeMap<String, Vec<String>>,
}

/// The market of a phone number in digits, on a day: the longest prefix decides, among equals the later table.
pub(super) fn market_of<'a>(tables: &'a [Markets], phone: &str, day: NaiveDate) -> &'a str {
    let all = tables.iter().filter(|table| table.from <= day).flat_map(|table| &table.prefixes);
    let fitting = all.flat_map(|(market, prefixes)| prefixes.iter().map(move |prefix| (market, prefix)));
    fitting
        .filter(|(_, prefix)| phone.starts_with(prefix.as_str()))
        .max_by_key(|(_, prefix)| prefix.len())
        .map_or(OTHER, |(market, _)| market)
}
