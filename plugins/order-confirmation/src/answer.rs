//! What is said about orders when somebody asks.

use ponte_sdk::{Error, Instant, texts};

use crate::book::{Book, Record};
use crate::words::plain;

/// So many orders are told of in one answer.
const MOST: usize = 3;

/// Orders in which something happened so lately are meant when none is named.
const LATELY: u64 = 30 * 24 * 3600 * 1000;

/// The orders that a question is about, the newest first: those it names; else all of late; at least the last.
pub fn about<'a>(book: &'a Book, words: &str, now: Instant) -> Vec<&'a Record> {
    let words = plain(words);
    let named = |record: &&Record| words.contains(&plain(&record.number));
    let mut orders: Vec<&Record> = book.orders.iter().filter(named).collect();
    if orders.is_empty() {
        orders = book.orders.iter().collect();
        orders.sort_by_key(|record| record.since);
        let old = orders.iter().filter(|record| now.saturating_sub(record.since) > LATELY).count();
        orders.drain(..old.min(orders.len().saturating_sub(1)));
    }
    orders.sort_by_key(|record| std::cmp::Reverse(record.since));
    orders.truncate(MOST);
    orders
}

/// How those orders stand, and where to follow them.
pub fn body(orders: &[&Record], text: impl Fn(&str) -> Result<String, Error>) -> Result<String, Error> {
    let paragraphs: Result<Vec<String>, Error> = orders.iter().map(|record| paragraph(record, &text)).collect();
    Ok(paragraphs?.join("\n\n"))
}

fn paragraph(record: &Record, text: impl Fn(&str) -> Result<String, Error>) -> Result<String, Error> {
    let state = text(&format!("answer_{}", record.state.word()))?;
    let mut lines = vec![texts::fill(&state, &[("order", &record.number)])];
    for (carrier, code, url) in &record.parcels {
        let Some(code) = code else { continue };
        let carrier = carrier.as_deref().map(|carrier| format!("{carrier}: ")).unwrap_or_default();
        let url = url.as_deref().filter(|_| record.link.is_some()).map(|url| format!(" {url}")).unwrap_or_default();
        lines.push(format!("{carrier}{code}{url}"));
    }
    if let Some(page) = record.page() {
        lines.push(texts::fill(&text("answer_link")?, &[("link", &page)]));
    }
    Ok(lines.join("\n"))
}

/// The last order in a few words, for whoever takes over; nothing if there is none.
pub fn summary(book: &Book, text: impl Fn(&str) -> Result<String, Error>) -> Result<String, Error> {
    let Some(record) = book.orders.iter().max_by_key(|record| record.since) else { return Ok(String::new()) };
    Ok(texts::fill(&text(&format!("answer_{}", record.state.word()))?, &[("order", &record.number)]))
}
