//! Which template tells which state, and what fills its places.

use ponte_sdk::send::Param;
use ponte_sdk::{Error, Language, texts};

use crate::book::{Record, State};
use crate::{price, words};

/// A template, and its places in the package's `templates/`.
pub const TEMPLATES: &[(State, &str, &[&str])] = &[
    (State::Placed, "order_confirmed", &["name", "order", "items", "total", "link"]),
    (State::Paid, "payment_received", &["name", "order", "items", "total", "link"]),
    (State::Shipped, "order_shipped", &["name", "order", "link"]),
    (State::Cancelled, "order_cancelled", &["name", "order"]),
    (State::Refunded, "order_refunded", &["name", "order", "total"]),
];

/// Characters of all items together: a body has 1,024 with everything filled in.
const ITEMS: usize = 200;

/// The template that tells a state; none if there is none.
pub fn name(state: State) -> Option<&'static str> {
    TEMPLATES.iter().find(|(known, ..)| *known == state).map(|(_, name, _)| *name)
}

/// A language in Meta's spelling.
pub fn tag(language: Language) -> &'static str {
    match language {
        Language::Portuguese => "pt_BR",
        Language::Spanish => "es",
        Language::English => "en",
    }
}

/// What fills the places of the template that tells of an order; `text` are the package's words. No place is ever empty:
/// Meta refuses that.
pub fn params(
    record: &Record,
    language: Language,
    text: impl Fn(&str) -> Result<String, Error>,
) -> Result<Vec<Param>, Error> {
    let places = TEMPLATES.iter().find(|(state, ..)| *state == record.state).map_or(&[][..], |(.., places)| places);
    let value = |place: &str| -> Result<String, Error> {
        let (known, instead) = match place {
            "name" => (record.name.as_deref().map(|name| words::line(name, 40)), "name_unknown"),
            "order" => (Some(words::line(&record.number, 64)), "name_unknown"),
            "items" => (items(record, &text)?, "items_unknown"),
            "total" => {
                let total = record.total.as_ref();
                (
                    total.map(|(minor, decimals, currency)| price::format(*minor, *decimals, currency, language)),
                    "total_unknown",
                )
            }
            _ => (record.page().map(str::to_owned), "link_unknown"),
        };
        known.filter(|value| !value.is_empty()).map_or_else(|| text(instead), Ok)
    };
    places.iter().map(|place| Ok(Param { name: Some((*place).to_owned()), value: value(place)? })).collect()
}

/// `2× Camiseta azul, 1× Boné e mais 3`.
fn items(record: &Record, text: impl Fn(&str) -> Result<String, Error>) -> Result<Option<String>, Error> {
    let (lines, count) = &record.items;
    let mut shown = Vec::new();
    let mut length = 0;
    for (quantity, name) in lines {
        let line = format!("{quantity}× {name}");
        length += line.chars().count() + 2;
        if length > ITEMS && !shown.is_empty() {
            break;
        }
        shown.push(line);
    }
    let left = count.saturating_sub(shown.len());
    let listed = shown.join(", ");
    Ok(match (listed.is_empty(), left) {
        (true, _) => None,
        (false, 0) => Some(listed),
        (false, left) => Some(format!("{listed} {}", texts::fill(&text("items_more")?, &[("count", &left)]))),
    })
}
