//! Tells customers what becomes of their orders: one utility template per state, whatever the store repeats, delays or
//! reorders. What the customer asks afterwards is answered from what is known, or handed to people.
//!
//! What the store says is taken down in [`book`], what is due to be said follows from it; what the customer means is
//! understood in [`ask`], and the words are made in [`words`] and [`price`]. All of that is plain functions. This module
//! asks the host and does what was decided.

pub mod answer;
pub mod ask;
pub mod book;
pub mod price;
pub mod rules;
pub mod template;
pub mod words;

use ask::Ask;
use book::{Book, Learned, Record};
use ponte_sdk::conversation::{self, Target};
use ponte_sdk::prelude::*;
use ponte_sdk::{Other, StoreOrder};
use rules::Rules;

/// Where the [`Book`] is kept, per conversation.
const BOOK: &str = "orders";

/// What the names of timers begin with after which the state of an order is told. The order's key is the payload.
const TIMER: &str = "settle:";

fn on_event(event: Event) -> Outcome {
    match &event.body {
        Body::Order(order) => learn(&event, order),
        Body::Timer(timer) if timer.name.starts_with(TIMER) => due(&event, &timer.payload),
        Body::Message(message) => asked(&event, &message.content),
        _ => Ok(()),
    }
}

ponte_sdk::flow!(on_event);

/// The name of an order's timer: names have 64 bytes, keys may have more.
fn timer(key: &str) -> String {
    format!("{TIMER}{:016x}", words::hash(key))
}

fn rules() -> Result<Rules, Error> {
    let mut rules = Rules::default();
    if let Some(settle) = settings::get::<Option<Seconds>>("settle_seconds")? {
        rules.settle = settle;
    }
    if let Some(hours) = settings::get::<Option<Seconds>>("stale_hours")? {
        rules.stale = hours.saturating_mul(3600);
    }
    if let Some(tell) = settings::get("tell")? {
        rules.tell = tell;
    }
    if let Some(channels) = settings::get("channels")? {
        rules.channels = channels;
    }
    if let Some(sources) = settings::get("exclude_sources")? {
        rules.exclude_sources = sources;
    }
    Ok(rules)
}

fn book() -> Result<Book, Error> {
    Ok(state::conversation().get(BOOK)?.unwrap_or_default())
}

fn keep(book: &Book) -> Result<(), Error> {
    state::conversation().put_for(BOOK, book, book::KEPT)
}

/// The store told of an order.
fn learn(event: &Event, order: &StoreOrder) -> Outcome {
    let (rules, mut book) = (rules()?, book()?);
    match book.learn(order, event.at, &rules) {
        Learned::Refused(why) => {
            info!("order {} of {}: nothing is said: {why}", order.number, order.source);
            return Ok(());
        }
        Learned::Known(why) => info!("order {} of {}: nothing new is said: {why}", order.number, order.source),
        Learned::Settle(after) if after > 0 => {
            let key = book::key(&order.source, &order.id);
            schedule::after(&timer(&key), after, &key)?;
        }
        Learned::Settle(_) => tell(event, &mut book, &book::key(&order.source, &order.id), &rules)?,
    }
    Ok(keep(&book)?)
}

/// The time in which an order's state may still change has passed.
fn due(event: &Event, key: &str) -> Outcome {
    let mut book = book()?;
    tell(event, &mut book, key, &rules()?)?;
    Ok(keep(&book)?)
}

/// Says how an order stands, unless that was said. A language that lacks the template gives way to the next.
fn tell(event: &Event, book: &mut Book, key: &str, rules: &Rules) -> Result<(), Error> {
    let Some(record) = book.due(key) else { return Ok(()) };
    let Some(to) = &event.contact else { return Ok(()) };
    let Some(name) = template::name(record.state) else { return Ok(()) };
    let mut refused = None;
    for language in languages(event, record)? {
        let params = template::params(record, language, |text| texts::get(text, language.tag()))?;
        match send::template(to, name, template::tag(language), &params) {
            Ok(sent) => {
                // Held back for too long, it would be old news.
                if let Err(refusal) = sent.expire_after(rules.stale.max(1)) {
                    warn!("the template may leave late: {refusal}");
                }
                record.was_told();
                return Ok(());
            }
            Err(refusal @ Refusal::Template(_)) => {
                refused.get_or_insert(refusal);
            }
            Err(refusal) => {
                refused = Some(refusal);
                break;
            }
        }
    }
    match refused {
        // Put right (a template approved, a budget raised), what the store tells next is said.
        Some(refusal @ (Refusal::Template(_) | Refusal::Budget | Refusal::Denied(_))) => {
            error!("the customer is not told that order {} is {}: {refusal}", record.number, record.state.word());
        }
        Some(Refusal::Quota(until)) => {
            info!("order {}: put off by a quota until {until}", record.number);
            record.due = Some(until);
            schedule::at(&timer(key), until, key)?;
        }
        // The customer's wish, or a person's: it is not said later out of the blue.
        Some(refusal) => {
            info!("the customer is not told that order {} is {}: {refusal}", record.number, record.state.word());
            record.was_told();
        }
        None => {}
    }
    Ok(())
}

/// The shop's wish; else what the store says that the customer reads, and their country. Then the others, the shop's own
/// first.
fn languages(event: &Event, record: &Record) -> Result<Vec<Language>, Error> {
    let wish = settings::get::<Option<String>>("language")?.as_deref().and_then(Language::parse);
    let theirs = record.language.as_deref().and_then(Language::parse);
    let first = match wish.or(theirs) {
        Some(language) => language,
        None => language::of(event)?,
    };
    let mut all = vec![first];
    for language in [language::of_shop()?, Language::Portuguese, Language::Spanish, Language::English] {
        if !all.contains(&language) {
            all.push(language);
        }
    }
    Ok(all)
}

/// The customer says something in the days after they were told of an order.
fn asked(event: &Event, content: &Content) -> Outcome {
    if conversation::facts().is_some_and(|facts| facts.owner.is_person()) {
        debug!("a person speaks here");
        return Ok(());
    }
    let book = book()?;
    let ask = match content {
        Content::Reaction(_) => Ask::Nothing,
        Content::Other(Other { kind, .. }) if kind == "welcome" => Ask::Nothing,
        content => content.text().map_or(Ask::Person, ask::understand),
    };
    let language = language::of(event)?;
    match ask {
        Ask::Nothing => Ok(()),
        Ask::Where if !book.orders.is_empty() => {
            let about = answer::about(&book, content.text().unwrap_or_default(), event.at);
            let body = answer::body(&about, |text| texts::get(text, language.tag()))?;
            match reply(body) {
                Ok(sent) => sent.done(),
                Err(refusal) => info!("not answered: {refusal}"),
            }
            Ok(())
        }
        Ask::Where | Ask::Person => hand_over(language, &book, content),
    }
}

/// Calls a person. If that is refused, the run is rejected and what was said goes with it: it would promise too much.
fn hand_over(language: Language, book: &Book, content: &Content) -> Outcome {
    match reply(text!(language, "handed_over")?) {
        Ok(sent) => sent.done(),
        Err(refusal) => info!("not said: {refusal}"),
    }
    let shop = language::of_shop()?;
    let orders = answer::summary(book, |text| texts::get(text, shop.tag()))?;
    let said = words::line(content.text().unwrap_or("…"), 300);
    let note = text!(shop, "note", words = said, orders = orders)?;
    let target = match settings::get::<Option<String>>("person")?.as_deref() {
        Some("team") => Target::Team,
        _ => Target::App,
    };
    conversation::hand_off(target, note)?;
    Ok(())
}
