//! The package in `flows/triage` and the plugin agree.

use package_check::Package;
use serde_json::{Value, json};
use triage::heard::typed;
use triage::sector::{Answerer, Sector};
use triage::understand::{Intent, understand};

/// The menu's words go above buttons: 1,024 characters (Meta: interactive reply buttons).
const TEXTS: &[(&str, &[&str], usize)] = &[
    ("menu", &[], 1024),
    ("retry", &[], 1024),
    ("reminder", &[], 1024),
    ("list_button", &[], 20),
    ("confirmed", &["sector"], 1000),
    ("person", &[], 1000),
    ("lost", &[], 1000),
    ("note_sector", &["sector", "said"], 200),
    ("note_person", &["said"], 200),
    ("note_lost", &["said"], 200),
    ("note_return", &["said"], 200),
    ("note_said", &["words"], 200),
];

fn example() -> Vec<Sector> {
    serde_json::from_value(Package::open("triage").example()["sectors"].clone()).unwrap()
}

#[test]
fn texts_are_complete() {
    Package::open("triage").check_texts(TEXTS);
}

#[test]
fn the_schema_is_sound() {
    Package::open("triage").check_schema();
}

#[test]
fn the_example_works() {
    let sectors = example();
    assert_eq!(
        sectors.iter().map(|sector| sector.hand_off).collect::<Vec<_>>(),
        [Answerer::App, Answerer::Team, Answerer::Team]
    );
    for (text, id) in [
        ("quanto custa? qual o preço?", "vendas"),
        ("meu tênis veio com defeito", "suporte"),
        ("preciso da 2a via do boleto", "financeiro"),
        ("necesito una factura", "financeiro"),
        ("I want to return these shoes", "suporte"),
        ("sales", "vendas"),
    ] {
        let Intent::Named(index) = understand(&typed(text), &sectors, false) else { panic!("{text}") };
        assert_eq!(sectors[index].id, id, "{text}");
    }
}

/// The menus tell people which words call a person: they must.
#[test]
fn the_words_that_menus_suggest_work() {
    for word in ["atendente", "agente", "agent"] {
        assert_eq!(understand(&typed(word), &example(), true), Intent::Person, "{word}");
    }
}

#[test]
fn what_does_not_fit_is_refused() {
    let package = Package::open("triage");
    let sectors = |count: usize, title: &str| {
        let sectors: Vec<Value> = (0..count).map(|n| json!({ "id": format!("s{n}"), "title": title })).collect();
        json!({ "sectors": sectors })
    };
    let fine = Vec::<String>::new();
    // Buttons have 20 characters, rows 24; characters, not bytes.
    let (twenty, twenty_four) = ("ã".repeat(20), "ã".repeat(24));
    assert_eq!(package.faults(&sectors(3, &twenty)), fine);
    assert_eq!(package.faults(&sectors(4, &twenty_four)), fine);
    assert_eq!(package.faults(&sectors(10, &twenty_four)), fine);
    for settings in [
        sectors(3, &format!("{twenty}x")),
        sectors(4, &format!("{twenty_four}x")),
        sectors(11, "Vendas"),
        sectors(0, ""),
        sectors(2, ""),
        json!({ "sectors": [{ "id": "a", "title": "A", "titles": { "es": format!("{twenty}x") } }] }),
        json!({ "sectors": [{ "id": "Vendas!", "title": "Vendas" }] }),
        json!({ "sectors": [{ "id": "a", "title": "A", "hand_off": "boss" }] }),
        json!({ "sectors": [{ "id": "a", "title": "A" }], "person": "none" }),
        json!({ "sectors": [{ "id": "a", "title": "A" }], "misses": 0 }),
        json!({}),
    ] {
        assert_ne!(package.faults(&settings), fine, "{settings}");
    }
}
