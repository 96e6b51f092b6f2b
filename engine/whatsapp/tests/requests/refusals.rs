//! What Meta would refuse is refused before, with the field and the reason.

use ponte_model::send::*;
use ponte_model::{Location, MediaKind, Refusal};
use ponte_whatsapp::outbound::check;
use serde_json::json;

use crate::samples::*;

#[track_caller]
fn assert_refused(message: &Outbound, at: &str, word: &str) {
    match check(message) {
        Err(Refusal::Invalid { field, why }) => {
            assert_eq!(field, at, "{why}");
            assert!(why.contains(word), "{why:?} does not say {word:?}");
        }
        other => panic!("{other:?} for {message:?}"),
    }
}

/// Rows of: payload, the field at fault, a word of the reason.
fn assert_all_refused(table: Vec<(Payload, &str, &str)>) {
    for (payload, field, word) in table {
        assert_refused(&to_phone(payload), field, word);
    }
}

#[test]
fn recipients() {
    let table = [
        (Recipient::Phone("".into()), "empty"),
        (Recipient::Phone("+".into()), "empty"),
        (Recipient::Phone("+55 11 9999-0000".into()), "' '"),
        (Recipient::User("13491208655302741918".into()), "country"),
        (Recipient::User("us.1349".into()), "country"),
        (Recipient::User("USA.1349".into()), "country"),
        (Recipient::User("US.".into()), "empty"),
        (Recipient::User("US.ENT.".into()), "empty"),
        (Recipient::User("US.13-49".into()), "'-'"),
        (Recipient::Group(" ".into()), "empty"),
    ];
    for (to, word) in table {
        assert_refused(&Outbound { to, ..to_phone(text("hi")) }, "to", word);
    }
    for payload in [tap(buttons(1)), Payload::Contacts { cards: vec![] }] {
        assert_refused(&Outbound { to: Recipient::Group("g".into()), ..to_phone(payload) }, "to", "groups");
    }
}

#[test]
fn quotes() {
    let quoting = |quoted: &str, payload| Outbound { reply_to: Some(quoted.into()), ..to_phone(payload) };
    assert_refused(&quoting("", text("hi")), "reply_to", "empty");
    let reaction = Payload::Reaction { message_id: "wamid.A".into(), emoji: "👍".into() };
    assert_refused(&quoting("wamid.B", reaction), "reply_to", "reaction");
}

#[test]
fn plain_kinds() {
    let media = |change: &dyn Fn(&mut OutboundMedia), kind| {
        let mut file = file(kind);
        change(&mut file);
        Payload::Media(file)
    };
    let caption = |file: &mut OutboundMedia| file.caption = Some("words".into());
    let filename = |file: &mut OutboundMedia| file.filename = Some("a.jpg".into());
    let link = |link: &'static str| move |file: &mut OutboundMedia| file.source = MediaSource::Link(link.into());
    let id = |file: &mut OutboundMedia| file.source = MediaSource::Id(String::new());
    let place = |latitude, longitude| Location { latitude, longitude, name: None, address: None, url: None };
    let react =
        |message_id: &str, emoji: &str| Payload::Reaction { message_id: message_id.into(), emoji: emoji.into() };
    assert_all_refused(vec![
        (text("\n "), "body", "empty"),
        (media(&caption, MediaKind::Audio), "caption", "audio"),
        (media(&caption, MediaKind::Voice), "caption", "audio"),
        (media(&caption, MediaKind::Sticker), "caption", "sticker"),
        (media(&filename, MediaKind::Image), "filename", "document"),
        (media(&|file| file.filename = Some(" ".into()), MediaKind::Document), "filename", "empty"),
        (media(&id, MediaKind::Image), "source.id", "empty"),
        (media(&link("ftp://example.com/a"), MediaKind::Image), "source.link", "http"),
        (media(&link("file:///etc/passwd"), MediaKind::Image), "source.link", "http"),
        (media(&link("example.com/a.jpg"), MediaKind::Image), "source.link", "web address"),
        (media(&link("https://"), MediaKind::Image), "source.link", "web address"),
        (Payload::Location(place(90.1, 0.0)), "latitude", "90"),
        (Payload::Location(place(0.0, -180.5)), "longitude", "180"),
        (Payload::Location(place(f64::NAN, 0.0)), "latitude", "NaN"),
        (Payload::Location(place(0.0, f64::INFINITY)), "longitude", "inf"),
        (Payload::Location(Location { url: Some("https://x.example".into()), ..place(0.0, 0.0) }), "url", "page"),
        (Payload::Location(Location { name: Some("".into()), ..place(0.0, 0.0) }), "name", "empty"),
        (
            Payload::Contacts { cards: vec![json!({ "name": { "formatted_name": "Ana" } }), json!({ "name": "Ana" })] },
            "cards[1].name.formatted_name",
            "missing",
        ),
        (react("", "👍"), "message_id", "empty"),
        (react("wamid.A", "ok"), "emoji", "not an emoji"),
        (react("wamid.A", "👍 yes"), "emoji", "not an emoji"),
    ]);
}

#[test]
fn frames_of_interactive_messages() {
    let framed = |action, header: Option<Header>, body: Option<&str>, footer: Option<&str>| {
        let (body, footer) = (body.map(str::to_owned), footer.map(str::to_owned));
        Payload::Interactive(Box::new(Interactive { header, body, footer, action }))
    };
    let words = || Some(Header::Text("Top".into()));
    let picture = |kind| Some(Header::Media(file(kind)));
    let captioned = OutboundMedia { caption: Some("words".into()), ..file(MediaKind::Image) };
    let some_list = || list(sections(1));
    let some_products = || Action::Products {
        catalog_id: "7".into(),
        sections: vec![ProductSection { title: None, products: vec!["a".into()] }],
    };
    let one_product = || Action::Product { catalog_id: "7".into(), product: "a".into() };
    assert_all_refused(vec![
        (framed(buttons(1), None, None, None), "body", "missing"),
        (framed(buttons(1), None, Some(""), None), "body", "empty"),
        (framed(buttons(1), words(), Some("b"), Some("")), "footer", "empty"),
        (framed(buttons(1), picture(MediaKind::Audio), Some("b"), None), "header", "audio"),
        (framed(buttons(1), picture(MediaKind::Sticker), Some("b"), None), "header", "sticker"),
        (framed(buttons(1), Some(Header::Media(captioned)), Some("b"), None), "header.caption", "caption"),
        (framed(some_list(), picture(MediaKind::Image), Some("b"), None), "header", "text"),
        (framed(some_products(), None, Some("b"), None), "header", "missing"),
        (framed(some_products(), picture(MediaKind::Image), Some("b"), None), "header", "text"),
        (framed(one_product(), words(), None, None), "header", "none"),
        (framed(Action::Catalog { thumbnail: None }, words(), Some("b"), None), "header", "none"),
        (framed(product_cards(2), words(), Some("b"), None), "header", "none"),
        (framed(Action::RequestLocation, words(), Some("b"), None), "header", "none"),
        (framed(Action::RequestLocation, None, Some("b"), Some("f")), "footer", "none"),
    ]);
}

#[test]
fn actions() {
    let button = |id: &str, title: &str| Button { id: id.into(), title: title.into() };
    let section = |title: Option<&str>, rows| Section { title: title.map(str::to_owned), rows };
    let product_section = |title: Option<&str>, products: &[&str]| ProductSection {
        title: title.map(str::to_owned),
        products: products.iter().map(|product| product.to_string()).collect(),
    };
    let form_with = |change: &dyn Fn(&mut Form)| {
        let mut form = form();
        change(&mut form);
        tap(Action::Form(form))
    };
    let product_card = || Card::Product { catalog_id: "7".into(), product: "a".into() };
    let video_card = || match url_card() {
        Card::OpenUrl { body, label, url, .. } => Card::OpenUrl { header: file(MediaKind::Video), body, label, url },
        product => product,
    };
    let document_card = || match url_card() {
        Card::OpenUrl { body, label, url, .. } => Card::OpenUrl { header: file(MediaKind::Document), body, label, url },
        product => product,
    };
    let cards = |cards| tap(Action::Carousel { cards });
    let address = |country: &str, key: &str| Action::RequestAddress {
        country: country.into(),
        details: [(key.to_owned(), json!({}))].into_iter().collect(),
    };
    let order = |parameters| tap(Action::OrderDetails { parameters });
    let in_reais = |offset: u32| {
        json!({ "reference_id": "a", "currency": "BRL", "order": { "items": [
            { "name": "Bread", "amount": { "value": 1, "offset": offset } }
        ] } })
    };
    assert_all_refused(vec![
        (tap(Action::Buttons { buttons: vec![button("a", "A"), button("a", "B")] }), "buttons[1].id", "twice"),
        (tap(Action::Buttons { buttons: vec![button("a", "A"), button("b", "A")] }), "buttons[1].title", "twice"),
        (tap(list(vec![section(None, rows(1)), section(None, rows(1))])), "sections[0].title", "missing"),
        (tap(list(vec![section(Some("A"), rows(1)), section(Some("B"), vec![])])), "sections[1].rows", "empty"),
        (tap(list(vec![section(Some("A"), rows(2)), section(Some("B"), rows(1))])), "sections[1].rows[0].id", "twice"),
        (tap(Action::OpenUrl { label: "Go".into(), url: "javascript:alert(1)".into() }), "url", "http"),
        (form_with(&|form| form.form = FormRef::Id("".into())), "form.id", "empty"),
        (form_with(&|form| form.form = FormRef::Name("".into())), "form.name", "empty"),
        (form_with(&|form| form.label = "Book 📅".into()), "label", "emoji"),
        (form_with(&|form| form.mode = Some("live".into())), "mode", "published"),
        (form_with(&|form| form.flow_action = Some("go".into())), "flow_action", "navigate"),
        (form_with(&|form| form.flow_action_payload = Some(json!([]))), "flow_action_payload", "object"),
        (tap(Action::Product { catalog_id: "".into(), product: "a".into() }), "catalog_id", "empty"),
        (tap(Action::Product { catalog_id: "7".into(), product: "".into() }), "product", "empty"),
        (tap(Action::Catalog { thumbnail: Some("".into()) }), "thumbnail", "empty"),
        (products(vec![product_section(None, &["a"]), product_section(None, &["b"])]), "sections[0].title", "missing"),
        (
            products(vec![product_section(Some("A"), &["a"]), product_section(Some("B"), &[])]),
            "sections[1].products",
            "empty",
        ),
        (products(vec![product_section(None, &["a", ""])]), "sections[0].products[1]", "empty"),
        (cards(vec![url_card(), product_card()]), "cards[1]", "alike"),
        (cards(vec![url_card(), url_card(), video_card()]), "cards[2]", "alike"),
        (cards(vec![document_card(), document_card()]), "cards[0].header.kind", "image or video"),
        (tap(address("BR", "values")), "country", "IN"),
        (tap(address("IN", "country")), "details.country", "values"),
        (order(json!({ "currency": "INR" })), "parameters.reference_id", "empty"),
        (order(json!(null)), "parameters.reference_id", "empty"),
        (order(json!({ "reference_id": "a b" })), "parameters.reference_id", "' '"),
        (order(in_reais(10)), "parameters.order.items[0].amount.offset", "100"),
        (
            tap(Action::OrderStatus { reference: "a/b".into(), status: "shipped".into(), description: None }),
            "reference",
            "'/'",
        ),
        (tap(Action::OrderStatus { reference: "a".into(), status: "".into(), description: None }), "status", "empty"),
    ]);
}

#[test]
fn templates() {
    let named = |name: &str, language: &str| Payload::Template(Template::positional(name, language, ["a"]));
    let header = |values: Vec<ParameterValue>| TemplateComponent::Header {
        parameters: values.into_iter().map(unnamed).collect(),
    };
    let value = |text: &str| template(vec![body(vec![words(text)])]);
    let money = |code: &str| ParameterValue::Currency { fallback: "R$ 1".into(), code: code.into(), amount_1000: 1000 };
    let named_body = |names: &[Option<&str>]| {
        let parameters =
            names.iter().map(|name| Parameter { name: name.map(str::to_owned), value: words("a") }).collect();
        template(vec![TemplateComponent::Body { parameters }])
    };
    let picture = |file| template(vec![header(vec![ParameterValue::Media(file)])]);
    let captioned = OutboundMedia { caption: Some("words".into()), ..file(MediaKind::Image) };
    let carousel =
        |card: Vec<TemplateComponent>| template(vec![TemplateComponent::Carousel { cards: vec![vec![], card] }]);
    let offer = |expires_at_ms| TemplateComponent::LimitedTimeOffer { expires_at_ms };
    let payload = || ParameterValue::Payload("p".into());
    let first = "components[0].parameters[0]";
    assert_all_refused(vec![
        (named("Order_Update", "pt_BR"), "name", "'O'"),
        (named("order-update", "pt_BR"), "name", "'-'"),
        (named("order_update", ""), "language", "empty"),
        (named("order_update", "pt-BR"), "language", "underscore"),
        (value("two\nlines"), first, "'\\n'"),
        (value("a\ttab"), first, "'\\t'"),
        (value(""), first, "empty"),
        (template(vec![body(vec![payload()])]), first, "text or currency or date_time"),
        (template(vec![body(vec![money("reais")])]), "components[0].parameters[0].code", "BRL"),
        (
            template(vec![body(vec![ParameterValue::DateTime { fallback: "a\nb".into(), parts: Default::default() }])]),
            first,
            "'\\n'",
        ),
        (template(vec![header(vec![words("a"), words("b")])]), "components[0].parameters", "one"),
        (template(vec![header(vec![money("BRL")])]), first, "currency"),
        (template(vec![body(vec![]), body(vec![])]), "components[1]", "second body"),
        (picture(captioned), "components[0].parameters[0].caption", "caption"),
        (picture(file(MediaKind::Sticker)), first, "sticker"),
        (picture(linked(MediaKind::Image, "nowhere")), "components[0].parameters[0].source.link", "web address"),
        (named_body(&[Some("a"), None]), "components[0].parameters[1].name", "mix"),
        (named_body(&[Some("a"), Some("a")]), "components[0].parameters[1].name", "twice"),
        (named_body(&[Some("First")]), "components[0].parameters[0].name", "'F'"),
        (template(vec![button("quick_reply", 0, vec![words("true")])]), first, "payload"),
        (template(vec![button("url", 0, vec![])]), "components[0].parameters", "empty"),
        (template(vec![button("url", 0, vec![words("a"), words("b")])]), "components[0].parameters[1]", "second text"),
        (template(vec![button("", 0, vec![words("a")])]), "components[0].sub_type", "empty"),
        (
            template(vec![button("quick_reply", 1, vec![payload()]), button("url", 1, vec![words("a")])]),
            "components[1].index",
            "twice",
        ),
        (template(vec![button("quick_reply", 10, vec![payload()])]), "components[0].index", "at most 10"),
        (template(vec![button("flow", 0, vec![ParameterValue::Action(json!("t"))])]), first, "object"),
        (template(vec![offer(0)]), "components[0].expires_at_ms", "1970"),
        (carousel(vec![offer(1)]), "components[0].cards[1][0]", "limited_time_offer"),
        (
            carousel(vec![TemplateComponent::Carousel { cards: vec![vec![], vec![]] }]),
            "components[0].cards[1][0]",
            "carousel",
        ),
        (carousel(vec![body(vec![words("a\nb")])]), "components[0].cards[1][0].parameters[0]", "'\\n'"),
    ]);
}

#[test]
fn buttons_that_came_after_this_table_are_let_through() {
    let message = to_phone(template(vec![button("reminder", 0, vec![words("a"), words("b")])]));
    assert_eq!(check(&message), Ok(()));
}

#[test]
fn the_first_field_at_fault_is_named_and_always_the_same() {
    let wrong = Interactive { body: None, footer: Some(String::new()), ..interactive(buttons(9)) };
    let message = to_phone(Payload::Interactive(Box::new(wrong)));
    assert_refused(&message, "body", "missing");
    assert_eq!(check(&message), check(&message));
}
