//! Every row of the table of limits, at its edges: enough passes, too little and too much do not.

use ponte_model::send::*;
use ponte_model::{MediaKind, SendId};
use ponte_whatsapp::limits::{self, Limit, Unit};
use ponte_whatsapp::outbound::{check, check_send_id};
use serde_json::json;

use crate::samples::*;

fn a(count: usize) -> String {
    "a".repeat(count)
}

/// A message that is fine but for having `n` of what the limit counts.
fn message_with(limit: &Limit, n: usize) -> Outbound {
    let framed = |change: &dyn Fn(&mut Interactive)| {
        let mut message = interactive(buttons(1));
        change(&mut message);
        Payload::Interactive(Box::new(message))
    };
    let one_button = |id: String, title: String| tap(Action::Buttons { buttons: vec![Button { id, title }] });
    let one_row = |row: Row| tap(list(vec![Section { title: None, rows: vec![row] }]));
    let card = |change: &dyn Fn(&mut String, &mut String)| {
        let (mut words, mut name) = ("Words".to_owned(), "See".to_owned());
        change(&mut words, &mut name);
        let mut card = url_card();
        if let Card::OpenUrl { body, label, .. } = &mut card {
            (*body, *label) = (Some(words), name);
        }
        tap(Action::Carousel { cards: vec![card, url_card()] })
    };
    let order = |reference: String, item: String| {
        let amount = json!({ "value": 100, "offset": 100 });
        let items = json!([{ "name": item, "quantity": 1, "amount": amount }]);
        tap(Action::OrderDetails {
            parameters: json!({ "reference_id": reference, "currency": "BRL", "order": { "items": items } }),
        })
    };
    let urls = |count: usize| (0..count).map(|i| button("url", i as u8, vec![words("x")])).collect::<Vec<_>>();
    let copy = |i: usize, code: String| button("copy_code", i as u8, vec![ParameterValue::CouponCode(code)]);
    let replies = |count: usize| {
        let reply = |i| button("quick_reply", i as u8, vec![ParameterValue::Payload("p".into())]);
        (0..count).map(reply).collect::<Vec<_>>()
    };
    let cards = |card: Vec<TemplateComponent>, count: usize| {
        template(vec![TemplateComponent::Carousel { cards: vec![card; count] }])
    };
    let shelf = |sections: usize, products: usize| {
        let items = vec![json!({ "product_retailer_id": "sku" }); products];
        let action = json!({ "sections": vec![json!({ "title": "S", "product_items": items }); sections] });
        template(vec![button("mpm", 0, vec![ParameterValue::Action(action)])])
    };
    let product_section = |title: &str, products: usize| ProductSection {
        title: Some(title.to_owned()),
        products: vec!["sku".to_owned(); products],
    };

    let payload = match limit.name {
        "text body" => text(a(n)),
        "caption" => Payload::Media(OutboundMedia { caption: Some(a(n)), ..file(MediaKind::Image) }),
        "contact cards" => Payload::Contacts { cards: vec![json!({ "name": { "formatted_name": "Ana" } }); n] },
        "interactive body" => framed(&|message| message.body = Some(a(n))),
        "list body" => framed(&|message| (message.action, message.body) = (list(sections(1)), Some(a(n)))),
        "header text" => framed(&|message| message.header = Some(Header::Text(a(n)))),
        "footer" => framed(&|message| message.footer = Some(a(n))),
        "reply buttons" => tap(buttons(n)),
        "reply button id" => one_button(a(n), "Yes".into()),
        "reply button title" => one_button("yes".into(), a(n)),
        "list button" => tap(Action::List { button: a(n), sections: sections(1) }),
        "list sections" => tap(list(sections(n))),
        "list rows" => tap(list(vec![Section { title: None, rows: rows(n) }])),
        "section title" => tap(list(vec![Section { title: Some(a(n)), rows: rows(1) }])),
        "row id" => one_row(row(a(n))),
        "row title" => one_row(Row { title: a(n), ..row("r") }),
        "row description" => one_row(Row { description: Some(a(n)), ..row("r") }),
        "URL button label" => tap(Action::OpenUrl { label: a(n), url: "https://example.com".into() }),
        "form button label" => tap(Action::Form(Form { label: a(n), ..form() })),
        "call button label" => tap(Action::Call { label: a(n), ttl_minutes: None, payload: None }),
        "call payload" => tap(Action::Call { label: "Call".into(), ttl_minutes: None, payload: Some(a(n)) }),
        "products" => products(vec![product_section("All", n)]),
        "product sections" => products((0..n).map(|_| product_section("S", 1)).collect()),
        "carousel cards" => tap(product_cards(n)),
        "carousel card body" => card(&|words, _| *words = a(n)),
        "carousel card line breaks" => card(&|words, _| *words = format!("a{}b", "\n".repeat(n))),
        "carousel card button label" => card(&|_, label| *label = a(n)),
        "order reference" => order(a(n), "Bread".into()),
        "order item name" => order("o-1".into(), a(n)),
        "template name" => Payload::Template(Template::positional(a(n), "pt_BR", Vec::<String>::new())),
        "template header value" => {
            template(vec![TemplateComponent::Header { parameters: vec![Parameter::text(a(n))] }])
        }
        "template body value" => template(vec![body(vec![words(a(n))])]),
        "spaces in a template value" => template(vec![body(vec![words(format!("a{}b", " ".repeat(n)))])]),
        "template buttons" => template(replies(n)),
        "template URL buttons" => template(urls(n)),
        "template copy-code buttons" => template((0..n).map(|i| copy(i, "25OFF".into())).collect()),
        "template URL suffix" => template(vec![button("url", 0, vec![words(a(n))])]),
        "coupon code" => template(vec![copy(0, a(n))]),
        "template cards" => cards(vec![], n),
        "template card value" => cards(vec![body(vec![words(a(n))])], 2),
        "template card buttons" => cards(replies(n), 2),
        "template products" => shelf(1, n),
        "template product sections" => shelf(n, 1),
        "user id" => return Outbound { to: Recipient::User(format!("BR.{}", a(n)).into()), ..to_phone(text("hi")) },
        "phone number" => return Outbound { to: Recipient::Phone("1".repeat(n).into()), ..to_phone(text("hi")) },
        other => panic!("the limit {other:?} has no message to try it on"),
    };
    to_phone(payload)
}

fn try_with(limit: &Limit, n: usize) -> Result<(), String> {
    let checked = match limit.name {
        "callback data" => check_send_id(&SendId::new(a(n))),
        _ => check(&message_with(limit, n)),
    };
    checked.map_err(|refusal| refusal.to_string())
}

#[test]
fn every_limit_is_enforced_at_its_edges() {
    for limit in limits::ALL {
        let (name, source) = (limit.name, limit.origin().to_string());
        for n in [limit.min, limit.max] {
            assert_eq!(try_with(limit, n), Ok(()), "{name} at {n}");
        }
        for n in [limit.min.checked_sub(1), Some(limit.max + 1)].into_iter().flatten() {
            let why = try_with(limit, n).expect_err(name);
            assert!(why.contains(&source), "{name} at {n} names another rule: {why}");
        }
        let why = try_with(limit, limit.max + 1).unwrap_err();
        for count in [limit.max, limit.max + 1] {
            assert!(why.contains(&count.to_string()), "{name}: {why}");
        }
    }
}

#[test]
fn rows_of_the_table_are_distinct_and_dated() {
    let mut names: Vec<_> = limits::ALL.iter().map(|limit| limit.name).collect();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), limits::ALL.len());
    for limit in limits::ALL {
        assert!(limit.min <= limit.max, "{limit:?}");
        let (year, month) = limit.date.split_once('-').unwrap();
        assert!((2010..=2026).contains(&year.parse().unwrap()) && (1..=12).contains(&month.parse().unwrap()));
    }
}

#[test]
fn characters_are_counted_in_utf16() {
    let limit = Limit { name: "n", min: 1, max: 4, unit: Unit::Characters, source: "s", date: "2026-01" };
    let table =
        [("çãõé", true), ("😀😀", true), ("😀😀a", false), ("abcde", false), ("日本語字", true), (" \n", false)];
    for (text, fits) in table {
        assert_eq!(limit.check_text(text).is_ok(), fits, "{text:?}");
    }
    assert_eq!(limit.check_text("abcde"), Err("has 5 characters; at most 4 allowed (s, 2026-01)".into()));
    assert_eq!(limit.check_text(""), Err("is empty; at least 1 character needed (s, 2026-01)".into()));
}
