//! What becomes of what stores tell: twice, late, and in any order.

use order_confirmation::answer::{about, body};
use order_confirmation::book::{Book, Learned, State, key};
use order_confirmation::rules::Rules;
use order_confirmation::template::params;
use ponte_sdk::{Error, Instant, Language, OrderState, OrderedItem, Parcel, Price, StoreOrder};
use proptest::prelude::*;

const MINUTE: Instant = 60_000;
const HOUR: Instant = 60 * MINUTE;
/// An hour that is late enough for everything before it to be thinkable.
const NOON: Instant = 100 * HOUR;

fn order(state: OrderState, changed: Instant) -> StoreOrder {
    StoreOrder {
        source: "loja".into(),
        id: "1".into(),
        number: "#1001".into(),
        state,
        changed,
        total: Some(Price { minor: 12_990, decimals: 2, currency: "BRL".into() }),
        items: vec![OrderedItem { name: "Camiseta\n azul 👕".into(), quantity: 2 }],
        status_url: Some("https://loja.example/1001".into()),
        parcels: Vec::new(),
        customer: Some("Ana".into()),
        language: None,
        test: false,
        channel: Some("web".into()),
        consent: None,
    }
}

/// A state, when it came about, and when the store tells of it.
type Told = (OrderState, Instant, Instant);

/// Hears what the store tells, each with the hour at which it happened and the one at which it is told, and lets the
/// timer ring when it is due. What the customer is told.
fn told(events: &[Told], rules: &Rules) -> Vec<State> {
    let mut book = Book::default();
    let (mut said, mut due) = (Vec::new(), None);
    let ring = |book: &mut Book, due: &mut Option<Instant>, now: Instant, said: &mut Vec<State>| {
        if due.is_some_and(|at| at <= now) {
            *due = None;
            if let Some(record) = book.due(&key("loja", "1")) {
                said.push(record.state);
                record.was_told();
            }
        }
    };
    for (state, changed, now) in events {
        ring(&mut book, &mut due, *now, &mut said);
        if let Learned::Settle(after) = book.learn(&order(state.clone(), *changed), *now, rules) {
            due = Some(*now + u64::from(after) * 1000);
        }
    }
    ring(&mut book, &mut due, Instant::MAX, &mut said);
    said
}

#[test]
fn each_state_is_told_once_whatever_the_store_repeats_delays_and_reorders() {
    use OrderState::{Cancelled, Delivered, Other, Paid, Placed, Refunded, Shipped};
    let at = |state: &OrderState, minutes: u64| (state.clone(), NOON + minutes * MINUTE, NOON + minutes * MINUTE);
    let late =
        |state: &OrderState, happened: u64, hours: u64| (state.clone(), NOON + happened * MINUTE, NOON + hours * HOUR);
    let table: &[(&str, Vec<Told>, &[State])] = &[
        (
            "the whole way",
            vec![at(&Placed, 0), at(&Paid, 10), at(&Shipped, 90), at(&Delivered, 900)],
            &[State::Placed, State::Paid, State::Shipped],
        ),
        ("paid twice", vec![at(&Paid, 0), at(&Paid, 0), at(&Paid, 30)], &[State::Paid]),
        ("placed and paid at once", vec![at(&Placed, 0), at(&Paid, 0)], &[State::Paid]),
        ("paid before placed", vec![at(&Paid, 0), at(&Placed, 0)], &[State::Paid]),
        ("shipped before paid", vec![at(&Shipped, 20), late(&Paid, 10, 1)], &[State::Shipped]),
        ("refunded within a minute", vec![at(&Paid, 0), (Refunded, NOON + 30_000, NOON + 30_000)], &[State::Refunded]),
        ("cancelled, then a payment of before", vec![at(&Cancelled, 0), late(&Paid, 0, 23)], &[State::Cancelled]),
        ("cancelled, then refunded", vec![at(&Cancelled, 0), at(&Refunded, 5)], &[State::Cancelled, State::Refunded]),
        ("a day late", vec![late(&Paid, 0, 25)], &[]),
        ("a day late, and then on time", vec![late(&Paid, 0, 25), late(&Shipped, 26 * 60, 26)], &[State::Shipped]),
        ("sent in two parcels", vec![at(&Shipped, 0), at(&Shipped, 60)], &[State::Shipped]),
        (
            "words that mean nothing here",
            vec![at(&Other("on_hold".into()), 0), at(&Paid, 1), at(&Other("x".into()), 2)],
            &[State::Paid],
        ),
        ("arrived before it was sent", vec![at(&Delivered, 0), at(&Shipped, 1)], &[]),
    ];
    for (story, events, expected) in table {
        assert_eq!(told(events, &Rules::default()), *expected, "{story}");
    }
}

#[test]
fn only_orders_of_the_shops_own_channels_or_of_those_who_agreed_are_told() {
    let rules = Rules { exclude_sources: vec!["atacado".into()], ..Rules::default() };
    let paid = |change: fn(&mut StoreOrder)| {
        let mut order = order(OrderState::Paid, NOON);
        change(&mut order);
        matches!(Book::default().learn(&order, NOON, &rules), Learned::Settle(60))
    };
    assert!(paid(|_| ()));
    assert!(paid(|order| order.channel = None));
    assert!(!paid(|order| order.channel = Some("mercadolivre".into())));
    assert!(paid(|order| (order.channel, order.consent) = (Some("mercadolivre".into()), Some(true))));
    assert!(!paid(|order| order.consent = Some(false)));
    assert!(!paid(|order| order.source = "atacado".into()));
}

#[test]
fn states_that_the_shop_does_not_want_are_passed_over() {
    let rules = Rules { tell: vec![State::Paid], ..Rules::default() };
    let events = [
        (OrderState::Placed, NOON, NOON),
        (OrderState::Paid, NOON, NOON),
        (OrderState::Shipped, NOON + HOUR, NOON + HOUR),
    ];
    assert_eq!(told(&events, &rules), [State::Paid]);
}

/// The package's words, as far as they matter here.
fn text(key: &str) -> Result<String, Error> {
    Ok(match key {
        "items_more" => "e mais {count}".into(),
        "answer_link" => "Acompanhe: {link}".into(),
        key if key.starts_with("answer_") => format!("{key} {{order}}"),
        key => format!("[{key}]"),
    })
}

fn book_of(order: &StoreOrder) -> Book {
    let mut book = Book::default();
    book.learn(order, order.changed, &Rules::default());
    book
}

fn filled(order: &StoreOrder) -> Vec<(String, String)> {
    let params = params(&book_of(order).orders[0], Language::Portuguese, text).unwrap();
    params.into_iter().map(|param| (param.name.unwrap(), param.value)).collect()
}

#[test]
fn a_template_is_filled_with_what_fits_and_nothing_is_empty() {
    let value = |order: &StoreOrder, name: &str| {
        filled(order).into_iter().find(|(known, _)| known == name).map(|(_, value)| value).unwrap()
    };
    let mut paid = order(OrderState::Paid, NOON);
    assert_eq!(value(&paid, "items"), "2× Camiseta azul 👕");
    assert_eq!(value(&paid, "total"), "R$ 129,90");
    assert_eq!(value(&paid, "link"), "https://loja.example/1001");

    paid.items =
        (0..40).map(|n| OrderedItem { name: format!("{n} {}", "comprido ".repeat(40)), quantity: 1 }).collect();
    let items = value(&paid, "items");
    assert!(items.chars().count() < 230 && items.ends_with("… e mais 37"), "{items}");

    let mut bare = order(OrderState::Paid, NOON);
    (bare.customer, bare.total, bare.items, bare.status_url) = (None, None, Vec::new(), None);
    let expected = ["[name_unknown]", "#1001", "[items_unknown]", "[total_unknown]", "[link_unknown]"];
    assert_eq!(filled(&bare).into_iter().map(|(_, value)| value).collect::<Vec<_>>(), expected);
    bare.parcels = vec![Parcel { carrier: None, code: None, url: Some("https://track.example/7".into()) }];
    assert_eq!(value(&bare, "link"), "https://track.example/7");
}

#[test]
fn the_answer_names_the_order_that_was_asked_about_or_the_last() {
    let mut book = book_of(&order(OrderState::Shipped, NOON));
    for (id, number, hours) in [("2", "#1002", 1), ("3", "#1003", 2)] {
        let next = StoreOrder { id: id.into(), number: number.into(), ..order(OrderState::Paid, NOON + hours * HOUR) };
        book.learn(&next, next.changed, &Rules::default());
    }
    let numbers = |words: &str, now| about(&book, words, now).iter().map(|one| one.number.clone()).collect::<Vec<_>>();
    assert_eq!(numbers("cadê o 1002?", NOON), ["#1002"]);
    assert_eq!(numbers("cadê?", NOON), ["#1003", "#1002", "#1001"]);
    assert_eq!(numbers("cadê?", NOON + 50 * 24 * HOUR), ["#1003"]);

    let mut sent = order(OrderState::Shipped, NOON);
    let parcel = |code: &str| Parcel { carrier: Some("Correios".into()), code: Some(code.into()), url: None };
    sent.parcels = vec![parcel("AA1BR"), parcel("AA2BR")];
    let book = book_of(&sent);
    let said = body(&about(&book, "", NOON), text).unwrap();
    assert_eq!(said, "answer_shipped #1001\nCorreios: AA1BR\nCorreios: AA2BR\nAcompanhe: https://loja.example/1001");
}

fn any_state() -> impl Strategy<Value = OrderState> {
    use OrderState::{Cancelled, Delivered, Other, Paid, Placed, Refunded, Shipped};
    prop::sample::select(vec![Placed, Paid, Shipped, Delivered, Cancelled, Refunded, Other("x".into())])
}

proptest! {
    #[test]
    fn what_is_told_only_goes_forward(events in prop::collection::vec((any_state(), 0u64..48, 0u64..48), 0..20)) {
        let mut events: Vec<_> =
            events.into_iter().map(|(state, at, late)| (state, NOON + at * HOUR, NOON + (at + late) * HOUR)).collect();
        events.sort_by_key(|(.., now)| *now);
        let said = told(&events, &Rules::default());
        prop_assert!(said.windows(2).all(|pair| pair[0] < pair[1]), "{said:?}");
        // A store that says everything twice is heard once.
        let twice: Vec<_> = events.iter().flat_map(|event| [event.clone(), event.clone()]).collect();
        prop_assert_eq!(told(&twice, &Rules::default()), said);
    }
}
