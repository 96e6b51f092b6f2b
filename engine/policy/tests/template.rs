//! Templates: what fits, what does not and why, and what the review would say.

use ponte_model::send::{
    MediaSource, OutboundMedia, Parameter, ParameterValue, Recipient, Template, TemplateComponent,
};
use ponte_model::template::{
    Button, ButtonAction, Category, Component, Definition, Header, HeaderKind, ParameterFormat, Quality, Registered,
    Status, Text,
};
use ponte_model::{Location, MediaKind, Refusal, TemplateUpdate, Timestamp};
use ponte_policy::No;
use ponte_policy::platform::RULES;
use ponte_policy::template::{
    Applied, Severity, apply, at_leaving, check, check_recipient, disagreements, duplicates, lint, same_text, variant,
};
use proptest::prelude::*;

fn text(words: &str, examples: usize) -> Text {
    Text { text: Some(words.to_owned()), examples }
}

fn button(label: &str, action: ButtonAction) -> Button {
    Button { text: Some(label.to_owned()), action }
}

fn buttons(buttons: impl IntoIterator<Item = Button>) -> Component {
    Component::Buttons { buttons: buttons.into_iter().collect() }
}

fn url(url: &str) -> ButtonAction {
    ButtonAction::Url { url: url.to_owned(), example: true }
}

fn definition(components: Vec<Component>) -> Definition {
    Definition {
        name: "order_update".into(),
        language: "pt_BR".into(),
        category: Category::Utility,
        format: ParameterFormat::Positional,
        components,
        ttl_secs: None,
    }
}

fn registered(definition: Definition) -> Registered {
    Registered {
        waba: "1".into(),
        id: "2".into(),
        definition,
        status: Status::Approved,
        quality: Quality::Green,
        previous_category: None,
        correct_category: None,
        reason: None,
    }
}

fn of(components: Vec<Component>) -> Registered {
    registered(definition(components))
}

fn send(components: Vec<TemplateComponent>) -> Template {
    Template { name: "order_update".into(), language: "pt_BR".into(), components }
}

fn body(parameters: Vec<Parameter>) -> TemplateComponent {
    TemplateComponent::Body { parameters }
}

fn tap(sub_type: &str, index: u8, parameters: Vec<Parameter>) -> TemplateComponent {
    TemplateComponent::Button { sub_type: sub_type.into(), index, parameters }
}

fn value(value: ParameterValue) -> Parameter {
    Parameter { name: None, value }
}

fn picture(kind: MediaKind) -> Parameter {
    let source = MediaSource::Id("7".into());
    value(ParameterValue::Media(OutboundMedia { kind, source, caption: None, filename: None }))
}

fn why(result: Result<(), Refusal>) -> String {
    match result {
        Err(Refusal::Template { why }) => why,
        other => panic!("refused as a template: {other:?}"),
    }
}

#[test]
fn a_parameter_that_is_missing_extra_of_the_wrong_type_or_unknown_is_named_by_its_field() {
    let words = || Component::Body(text("Oi {{1}}, o pedido {{2}} saiu.", 2));
    let named = || Component::Body(text("Oi {{nome}}, o pedido {{pedido}} saiu.", 2));
    let picture_above = || Component::Header(Header::Media { kind: HeaderKind::Image, sample: true });
    let one = || Parameter::text("a");
    let cards = |cards: usize| Component::Carousel {
        cards: vec![vec![picture_above(), Component::Body(text("Só {{1}} hoje.", 1))]; cards],
    };
    let card = || vec![TemplateComponent::Header { parameters: vec![picture(MediaKind::Image)] }, body(vec![one()])];
    let offer = || Component::LimitedTimeOffer { text: None, has_expiration: true };
    let table: Vec<(Vec<Component>, Vec<TemplateComponent>, &str)> = vec![
        (vec![words()], vec![body(vec![one()])], "components[0].parameters[1] is missing: the body takes {{1}}, {{2}}"),
        (vec![words()], vec![], "components: the body is missing; it takes {{1}}, {{2}}"),
        (vec![words()], vec![body(vec![one(), one(), one()])], "components[0].parameters[2] is one too many"),
        (
            vec![Component::Body(text("Olá!", 0))],
            vec![body(vec![one()])],
            "components[0].parameters[0] is one too many",
        ),
        (
            vec![words()],
            vec![body(vec![one(), picture(MediaKind::Image)])],
            "components[0].parameters[1] is image; a place in a text takes words",
        ),
        (
            vec![words()],
            vec![body(vec![one(), Parameter::named("x", "y")])],
            "components[0].parameters[1] has the name \"x\"",
        ),
        (
            vec![named()],
            vec![body(vec![one(), one()])],
            "components[0].parameters[0] has no name: the body takes {{nome}}, {{pedido}}",
        ),
        (
            vec![named()],
            vec![body(vec![Parameter::named("nome", "a")])],
            "components[0].parameters: {{pedido}} is missing",
        ),
        (
            vec![named()],
            vec![body(vec![Parameter::named("cor", "a")])],
            "components[0].parameters[0] has the unknown name \"cor\"",
        ),
        (
            vec![named()],
            vec![body(vec![Parameter::named("nome", "a"), Parameter::named("nome", "b")])],
            "components[0].parameters[1] gives \"nome\" a second time",
        ),
        (
            vec![picture_above(), words()],
            vec![body(vec![one(), one()])],
            "components: the header is missing; it takes the image",
        ),
        (
            vec![picture_above()],
            vec![TemplateComponent::Header { parameters: vec![picture(MediaKind::Video)] }],
            "components[0].parameters[0] is video; the header takes image",
        ),
        (
            vec![Component::Header(Header::Location)],
            vec![TemplateComponent::Header { parameters: vec![one()] }],
            "components[0].parameters[0] is text; the header takes location",
        ),
        (
            vec![Component::Header(Header::Text(text("Pedido {{1}}", 1)))],
            vec![TemplateComponent::Header { parameters: vec![] }],
            "components[0].parameters[0] is missing: the header takes {{1}}",
        ),
        (
            vec![buttons([button("Ver", url("https://loja.example/{{1}}"))])],
            vec![],
            "components: button 0 (url) is missing; it takes text",
        ),
        (
            vec![buttons([button("Ver", url("https://loja.example/"))])],
            vec![tap("url", 0, vec![one()])],
            "components[0] is one too many: button 0 of the template takes no value",
        ),
        (
            vec![buttons([button("Sair", ButtonAction::QuickReply)])],
            vec![tap("url", 0, vec![one()])],
            "components[0].sub_type is \"url\"; button 0 of the template is \"quick_reply\"",
        ),
        (
            vec![buttons([button("Sair", ButtonAction::QuickReply)])],
            vec![tap("quick_reply", 3, vec![value(ParameterValue::Payload("x".into()))])],
            "components[0].index is 3; the template has 1 buttons",
        ),
        (
            vec![buttons([button("Copiar", ButtonAction::CopyCode { example: Some("A".into()) })])],
            vec![tap("copy_code", 0, vec![one()])],
            "components[0].parameters[0] is text; the button takes coupon_code",
        ),
        (vec![offer()], vec![], "components: the limited_time_offer is missing"),
        (
            vec![],
            vec![TemplateComponent::LimitedTimeOffer { expires_at_ms: 1 }],
            "components[0] is a limited_time_offer too many",
        ),
        (
            vec![cards(2)],
            vec![TemplateComponent::Carousel { cards: vec![card(); 3] }],
            "components[0].cards has 3; the template was approved with 2",
        ),
        (
            vec![cards(2)],
            vec![TemplateComponent::Carousel { cards: vec![card(), card().split_off(1)] }],
            "components[0].cards[1]: the header is missing",
        ),
        (
            vec![words()],
            vec![body(vec![one(), Parameter::text("x".repeat(1024))])],
            "components[0] filled in has 1045 characters; at most 1024",
        ),
    ];
    for (template, sent, expected) in table {
        let said = why(check(&send(sent.clone()), &of(template)));
        let expected = format!("order_update (pt_BR): {expected}");
        assert!(said.starts_with(&expected), "{sent:?}\nsaid     {said}\nexpected {expected}");
    }
}

#[test]
fn only_an_approved_template_may_be_sent_and_the_refusal_says_why() {
    let mut template = of(vec![Component::Body(text("Olá, tudo bem?", 0))]);
    assert_eq!(check(&send(vec![]), &template), Ok(()));
    template.quality = Quality::Red;
    assert_eq!(check(&send(vec![]), &template), Ok(()), "a bad quality alone stops nothing");
    template.reason = Some("FIRST_PAUSE".into());
    for (status, word) in [
        (Status::Pending, "under review"),
        (Status::Rejected, "rejected (FIRST_PAUSE)"),
        (Status::Paused, "paused after bad feedback (FIRST_PAUSE)"),
        (Status::Disabled, "disabled"),
        (Status::InAppeal, "appeal"),
        (Status::PendingDeletion, "deleted"),
        (Status::Deleted, "deleted"),
        (Status::Archived, "archived"),
        (Status::LimitExceeded, "too many templates"),
        (Status::Other("NEW_WORD".into()), "NEW_WORD"),
    ] {
        template.status = status;
        assert!(why(check(&send(vec![]), &template)).contains(word), "{word}");
    }
}

#[test]
fn a_one_time_code_is_short_the_same_twice_and_goes_to_a_phone() {
    let mut definition = definition(vec![
        Component::Body(Text::default()),
        buttons([button("Copiar", ButtonAction::Otp { kind: "COPY_CODE".into() })]),
    ]);
    definition.category = Category::Authentication;
    let template = registered(definition);
    let sent = |one: &str, other: &str| {
        send(vec![body(vec![Parameter::text(one)]), tap("url", 0, vec![Parameter::text(other)])])
    };
    assert_eq!(check(&sent("1234", "1234"), &template), Ok(()));
    assert!(why(check(&sent("1234", "1235"), &template)).contains("components[1].parameters[0] differs"));
    let long = "1".repeat(16);
    assert!(why(check(&sent(&long, &long), &template)).contains("16 characters; at most 15"));
    assert_eq!(check_recipient(&Recipient::Phone("5511".into()), &template), Ok(()));
    assert!(check_recipient(&Recipient::User("BR.1".into()), &template).is_err());
}

#[test]
fn a_language_falls_back_to_its_base_and_then_to_what_was_declared_and_unapproved_ones_are_passed_over() {
    let variants: Vec<_> = [("pt_BR", Status::Paused), ("pt", Status::Approved), ("en_US", Status::Approved)]
        .into_iter()
        .map(|(language, status)| Registered {
            definition: Definition { language: language.into(), ..definition(vec![]) },
            status,
            ..of(vec![])
        })
        .collect();
    let all: Vec<_> = variants.iter().collect();
    let found = |language: &str, known: &[&Registered], fallbacks: &[&str]| {
        let send = Template { language: language.into(), ..send(vec![]) };
        let fallbacks: Vec<_> = fallbacks.iter().map(|&one| one.to_owned()).collect();
        variant(&send, known, &fallbacks).map(|found| found.definition.language.clone())
    };
    assert_eq!(found("en_US", &all, &[]).unwrap(), "en_US");
    assert_eq!(found("pt_PT", &all, &[]).unwrap(), "pt");
    assert_eq!(found("pt_BR", &all, &[]).unwrap(), "pt", "the paused one is passed over");
    assert_eq!(
        found("pt_BR", &all[..1], &[]).unwrap(),
        "pt_BR",
        "there is no other: `check` says what is wrong with it"
    );
    assert_eq!(found("es", &all, &["de", "en_US"]).unwrap(), "en_US");
    let said = |result: Result<String, Refusal>| result.unwrap_err().to_string();
    assert!(said(found("es", &all, &[])).contains("has no es, only en_US, pt, pt_BR"));
    assert!(said(found("es", &[], &[])).contains("ponte template sync"));
}

fn update(what: &str, now: &str) -> TemplateUpdate {
    TemplateUpdate {
        what: what.into(),
        id: Some("2".into()),
        name: "order_update".into(),
        language: "pt_BR".into(),
        now: Some(now.into()),
        before: None,
        category: None,
        reason: None,
        json: serde_json::Value::Null,
    }
}

#[test]
fn news_of_the_platform_change_the_template_at_once() {
    let mut template = of(vec![]);
    for (event, applied, status) in [
        ("FLAGGED", Applied::Nothing, Status::Approved),
        ("PAUSED", Applied::Changed, Status::Paused),
        ("LOCKED", Applied::Nothing, Status::Paused),
        ("REINSTATED", Applied::Changed, Status::Approved),
        ("DISABLED", Applied::Changed, Status::Disabled),
        ("UNARCHIVED", Applied::Ask, Status::Disabled),
        ("SOMETHING_NEW", Applied::Ask, Status::Disabled),
        ("APPROVED", Applied::Changed, Status::Approved),
    ] {
        assert_eq!(apply(&mut template, &update("status", event)), applied, "{event}");
        assert_eq!(template.status, status, "{event}");
    }
    assert_eq!(apply(&mut template, &update("quality", "RED")), Applied::Changed);
    assert_eq!(template.quality, Quality::Red);
    assert_eq!(apply(&mut template, &update("components", "")), Applied::Ask);
}

#[test]
fn a_notice_of_a_new_category_is_kept_and_the_change_itself_is_reported_once() {
    let mut template = of(vec![]);
    // A day before, `new_category` is still the present one.
    let notice = TemplateUpdate { category: Some("MARKETING".into()), ..update("category", "UTILITY") };
    let (from, to) = (Category::Utility, Category::Marketing);
    assert_eq!(apply(&mut template, &notice), Applied::WillBeRecategorized { from: from.clone(), to: to.clone() });
    assert_eq!((&template.definition.category, &template.correct_category), (&from, &Some(to.clone())));

    let done = TemplateUpdate {
        before: Some("UTILITY".into()),
        category: Some("MARKETING".into()),
        ..update("category", "MARKETING")
    };
    assert_eq!(apply(&mut template, &done), Applied::Recategorized { from: from.clone(), to: to.clone() });
    assert_eq!((&template.definition.category, &template.previous_category), (&to, &Some(from)));
    assert_eq!(template.correct_category, None);
    assert_eq!(apply(&mut template, &done), Applied::Nothing, "a redelivery says nothing new");

    let mut template = of(vec![]);
    let approved = TemplateUpdate { category: Some("MARKETING".into()), ..update("status", "APPROVED") };
    assert!(matches!(apply(&mut template, &approved), Applied::Recategorized { .. }), "approved, but as marketing");
}

/// A template that the review would take.
fn good() -> Definition {
    definition(vec![
        Component::Header(Header::Text(text("Pedido {{1}}", 1))),
        Component::Body(text("Olá {{1}}, o seu pedido {{2}} saiu para entrega e chega ainda hoje.", 2)),
        Component::Footer { text: Some("Loja da Ana".into()), code_expiration_minutes: None },
        buttons([button("Ver pedido", url("https://loja.example/pedidos/{{1}}"))]),
    ])
}

fn with_body(words: &str, examples: usize) -> Definition {
    definition(vec![Component::Body(text(words, examples))])
}

fn with_buttons(all: impl IntoIterator<Item = Button>) -> Definition {
    definition(vec![Component::Body(text("Olá, tudo bem por aí?", 0)), buttons(all)])
}

fn authentication(components: Vec<Component>) -> Definition {
    Definition { category: Category::Authentication, ..definition(components) }
}

#[test]
fn the_lint_catches_each_known_cause_of_rejection_and_says_what_to_do() {
    let quick = |label: &str| button(label, ButtonAction::QuickReply);
    let card = |words: &str| vec![Component::Body(text(words, 0))];
    let otp = || buttons([button("Copiar", ButtonAction::Otp { kind: "COPY_CODE".into() })]);
    let change = |change: fn(&mut Definition)| {
        let mut definition = good();
        change(&mut definition);
        definition
    };
    let table: Vec<(&str, Definition)> = vec![
        ("name", change(|d| d.name = "Pedido Pronto".into())),
        ("name", change(|d| d.name = "x".repeat(513))),
        ("language", change(|d| d.language = "pt-BR".into())),
        ("category", change(|d| d.category = Category::Other("SERVICE".into()))),
        ("ttl", change(|d| d.ttl_secs = Some(43_201))),
        ("no-body", definition(vec![])),
        ("twice", change(|d| d.components.push(Component::Body(text("Olá de novo para você.", 0))))),
        ("too-long", with_body(&"a".repeat(1025), 0)),
        ("long-body", with_body(&"a".repeat(551), 0)),
        ("many-emoji", with_body(&"😀".repeat(11), 0)),
        ("variable-first", with_body("{{1}}, o seu pedido saiu", 1)),
        ("variable-last", with_body("Olá, o seu pedido é o {{1}}.", 1)),
        ("adjacent-variables", with_body("Olá {{1}} {{2}}, o seu pedido chegou bem aqui", 2)),
        ("variable-gap", with_body("Olá {{1}}, o pedido {{3}} saiu para entrega hoje", 2)),
        ("variable-gap", with_body("Olá {{2}}, tudo bem por aí?", 1)),
        ("mixed-variables", with_body("Olá {{1}}, o pedido {{pedido}} saiu para entrega", 2)),
        (
            "variable-name",
            Definition { format: ParameterFormat::Named, ..with_body("Olá {{Nome#}}, tudo bem por aí?", 1) },
        ),
        ("variable-format", with_body("Olá {{nome}}, tudo bem por aí?", 1)),
        (
            "variable-format",
            Definition { format: ParameterFormat::Named, ..with_body("Olá {{1}}, tudo bem por aí?", 1) },
        ),
        ("few-words", with_body("Olá {{1}}, ok", 1)),
        ("no-example", with_body("Olá {{1}}, tudo bem por aí?", 0)),
        ("braces", with_body("Olá {1}, tudo bem por aí?", 0)),
        ("empty", with_body("  ", 0)),
        (
            "too-many-variables",
            definition(vec![
                Component::Header(Header::Text(text("{{1}} e {{2}}", 2))),
                Component::Body(text("Olá, tudo bem?", 0)),
            ]),
        ),
        (
            "no-sample",
            change(|d| d.components[0] = Component::Header(Header::Media { kind: HeaderKind::Image, sample: false })),
        ),
        (
            "footer-variable",
            change(|d| {
                d.components[2] = Component::Footer { text: Some("Loja {{1}}".into()), code_expiration_minutes: None }
            }),
        ),
        (
            "too-long",
            change(|d| {
                d.components[2] = Component::Footer { text: Some("x".repeat(61)), code_expiration_minutes: None }
            }),
        ),
        ("too-many-buttons", with_buttons((0..11).map(|n| quick(&format!("Opção {n}"))))),
        ("too-many-buttons", with_buttons((0..3).map(|n| button(&format!("Ver {n}"), url("https://a.example/"))))),
        ("ungrouped", with_buttons([quick("Sim"), button("Ver", url("https://a.example/")), quick("Não")])),
        ("hidden-buttons", with_buttons((0..4).map(|n| quick(&format!("Opção {n}"))))),
        ("same-label", with_buttons([quick("Sim"), quick("Sim")])),
        ("too-long", with_buttons([quick(&"x".repeat(26))])),
        ("label-variable", with_buttons([quick("Oi {{1}}")])),
        ("url", with_buttons([button("Ver", url("loja.example"))])),
        ("url-variable-place", with_buttons([button("Ver", url("https://a.example/{{1}}/x"))])),
        ("url-variables", with_buttons([button("Ver", url("https://a.example/{{1}}/{{2}}"))])),
        (
            "no-example",
            with_buttons([button("Ver", ButtonAction::Url { url: "https://a.example/{{1}}".into(), example: false })]),
        ),
        ("no-example", with_buttons([button("Copiar", ButtonAction::CopyCode { example: None })])),
        (
            "offer-category",
            change(|d| d.components.push(Component::LimitedTimeOffer { text: None, has_expiration: true })),
        ),
        (
            "offer-footer",
            change(|d| d.components.push(Component::LimitedTimeOffer { text: None, has_expiration: true })),
        ),
        ("otp-category", with_buttons([button("Copiar", ButtonAction::Otp { kind: "COPY_CODE".into() })])),
        ("promotional", with_body("Olá, hoje tem desconto para você!", 0)),
        (
            "cards",
            definition(vec![
                Component::Body(text("Olá, tudo bem?", 0)),
                Component::Carousel { cards: vec![card("Oi, gente")] },
            ]),
        ),
        (
            "uneven-cards",
            definition(vec![
                Component::Body(text("Olá, tudo bem?", 0)),
                Component::Carousel { cards: vec![card("Oi, gente"), vec![]] },
            ]),
        ),
        (
            "too-long",
            definition(vec![
                Component::Body(text("Olá, tudo bem?", 0)),
                Component::Carousel { cards: vec![card(&"x".repeat(161)); 2] },
            ]),
        ),
        ("authentication-text", authentication(vec![Component::Body(text("O código é {{1}} hoje.", 1)), otp()])),
        ("authentication-button", authentication(vec![Component::Body(Text::default())])),
        (
            "authentication-part",
            authentication(vec![Component::Header(Header::Location), Component::Body(Text::default()), otp()]),
        ),
        (
            "code-expiration",
            authentication(vec![
                Component::Body(Text::default()),
                Component::Footer { text: None, code_expiration_minutes: Some(91) },
                otp(),
            ]),
        ),
    ];
    let mut causes = std::collections::BTreeSet::new();
    for (rule, definition) in table {
        let found = lint(&definition);
        let finding = found.iter().find(|finding| finding.rule == rule);
        let finding = finding.unwrap_or_else(|| panic!("{rule} is missing in {found:#?}\nof {definition:#?}"));
        assert!(finding.why.len() > 20 && !finding.at.is_empty(), "{finding:?}");
        if finding.severity == Severity::Error {
            causes.insert(rule);
        }
    }
    // Requirement 3.6: twenty known causes of rejection. Each has a name, and is met above.
    assert!(causes.len() >= 20, "{causes:?}");
}

#[test]
fn languages_of_a_template_must_take_the_same_and_text_is_compared_without_its_examples() {
    let other = |change: fn(&mut Definition)| {
        let mut other = Definition { language: "es".into(), ..good() };
        change(&mut other);
        other
    };
    type Change = fn(&mut Definition);
    let table: [(Change, &str, &str); 6] = [
        (|_| {}, "", ""),
        (|d| d.category = Category::Marketing, "category", "category: MARKETING; in pt_BR: UTILITY"),
        (
            |d| d.components[1] = Component::Body(text("Hola {{1}}, su pedido salió hoy mismo.", 1)),
            "components[1]",
            "body: takes 1 values; in pt_BR: takes 2 values",
        ),
        (
            |d| d.components[0] = Component::Header(Header::Location),
            "components[0]",
            "header: location; in pt_BR: text, takes 1 values",
        ),
        (
            |d| d.components[3] = buttons([button("Ver", url("https://loja.example/"))]),
            "components[3]",
            "buttons: an address; in pt_BR: an address with a value",
        ),
        (|d| drop(d.components.remove(0)), "components", "there is no header; in pt_BR: text, takes 1 values"),
    ];
    for (change, at, why) in table {
        let found = disagreements(&good(), &other(change));
        let expected: Vec<_> = [(at.to_owned(), why.to_owned())].into_iter().filter(|_| !at.is_empty()).collect();
        assert_eq!(found, expected);
    }
    let mut listed = good();
    listed.category = Category::Marketing;
    listed.components[1] =
        Component::Body(text("Olá {{1}}, o seu pedido {{2}} saiu para entrega e chega ainda hoje.", 0));
    assert!(same_text(&good(), &listed), "examples and category are no text");
    assert!(!same_text(&good(), &with_body("Outra coisa", 0)));
}

#[test]
fn the_lint_says_nothing_of_a_good_template() {
    assert_eq!(lint(&good()), []);
    let named = Definition { format: ParameterFormat::Named, ..with_body("Olá {{nome}}, tudo bem por aí?", 1) };
    assert_eq!(lint(&named), []);
    let code = authentication(vec![
        Component::Body(Text::default()),
        Component::Footer { text: None, code_expiration_minutes: Some(10) },
        buttons([Button { text: None, action: ButtonAction::Otp { kind: "COPY_CODE".into() } }]),
    ]);
    assert_eq!(lint(&code), []);
}

#[test]
fn a_template_that_says_what_another_says_is_a_duplicate() {
    let known = registered(good());
    let other = Definition { name: "other".into(), ..good() };
    let rules =
        |definition: &Definition| duplicates(definition, [&known]).iter().map(|one| one.rule).collect::<Vec<_>>();
    assert_eq!(rules(&good()), ["taken"]);
    assert_eq!(rules(&other), ["duplicate"]);
    assert_eq!(rules(&with_body("Outra coisa, bem diferente", 0)), ["taken"]);
    assert!(duplicates(&other, [&known]).iter().all(|one| one.severity == Severity::Error));
}

/// A component, and what a message brings for it.
fn any_part() -> impl Strategy<Value = Vec<(Component, Option<TemplateComponent>)>> {
    let words = |places: usize, named: bool| {
        let place = |n: usize| if named { format!("{{{{campo_{n}}}}}") } else { format!("{{{{{}}}}}", n + 1) };
        let all: String = (0..places).map(|n| format!("texto {} ", place(n))).collect();
        format!("{all}fim")
    };
    let values = |places: usize, named: bool| -> Vec<Parameter> {
        let name = |n: usize| named.then(|| format!("campo_{n}"));
        (0..places).map(|n| Parameter { name: name(n), value: ParameterValue::Text(format!("valor {n}")) }).collect()
    };
    let header = prop_oneof![
        Just(None),
        Just(Some((
            Component::Header(Header::Text(text("Pedido {{1}}", 1))),
            TemplateComponent::Header { parameters: vec![Parameter::text("7")] }
        ))),
        Just(Some((
            Component::Header(Header::Media { kind: HeaderKind::Document, sample: true }),
            TemplateComponent::Header { parameters: vec![picture(MediaKind::Document)] }
        ))),
        Just(Some((
            Component::Header(Header::Location),
            TemplateComponent::Header {
                parameters: vec![value(ParameterValue::Location(Location {
                    latitude: 1.0,
                    longitude: 2.0,
                    name: None,
                    address: None,
                    url: None,
                }))]
            }
        ))),
    ];
    let actions = prop::collection::vec(
        prop_oneof![
            Just((url("https://a.example/{{1}}"), Some(("url", Parameter::text("x"))))),
            Just((url("https://a.example/"), None)),
            Just((
                ButtonAction::CopyCode { example: Some("A".into()) },
                Some(("copy_code", value(ParameterValue::CouponCode("A1".into()))))
            )),
            Just((ButtonAction::Phone { number: "5511".into() }, None)),
            Just((ButtonAction::Products, Some(("mpm", value(ParameterValue::Action(serde_json::json!({}))))))),
        ],
        0..6,
    );
    (header, 0_usize..5, any::<bool>(), actions).prop_map(move |(header, places, named, actions)| {
        let mut parts: Vec<_> = header.into_iter().map(|(part, sent)| (part, Some(sent))).collect();
        let sent = (places > 0).then(|| body(values(places, named)));
        parts.push((Component::Body(text(&words(places, named), places)), sent));
        let taps = actions.iter().enumerate().filter_map(|(index, (_, sent))| {
            let (sub_type, parameter) = sent.clone()?;
            Some(tap(sub_type, u8::try_from(index).ok()?, vec![parameter]))
        });
        let mut taps: Vec<_> = taps.collect();
        let all = buttons(actions.iter().map(|(action, _)| button("x", action.clone())));
        parts.push((all, taps.pop()));
        parts
            .extend(taps.into_iter().map(|tap| (Component::Other { name: String::new(), json: ().into() }, Some(tap))));
        parts
    })
}

fn parameters(part: &mut TemplateComponent) -> &mut Vec<Parameter> {
    match part {
        TemplateComponent::Header { parameters }
        | TemplateComponent::Body { parameters }
        | TemplateComponent::Button { parameters, .. } => parameters,
        other => panic!("no parameters: {other:?}"),
    }
}

proptest! {
    #[test]
    fn a_message_of_the_templates_own_shape_fits_and_one_with_a_value_more_or_less_never_does(
        parts in any_part(), pick in any::<prop::sample::Index>(), at in any::<prop::sample::Index>(),
    ) {
        // What was only there to carry a further button is no part of the template.
        let shape = parts.iter().map(|(part, _)| part.clone()).filter(|part| !matches!(part, Component::Other { .. }));
        let template = of(shape.collect());
        let sent: Vec<_> = parts.into_iter().filter_map(|(_, sent)| sent).collect();
        prop_assert_eq!(check(&send(sent.clone()), &template), Ok(()));
        if sent.is_empty() {
            return Ok(());
        }
        let place = pick.index(sent.len());

        let mut less = sent.clone();
        let values = parameters(&mut less[place]);
        values.remove(at.index(values.len()));
        prop_assert!(check(&send(less), &template).is_err(), "a value less");

        let mut without = sent.clone();
        without.remove(place);
        prop_assert!(check(&send(without), &template).is_err(), "a part less");

        let mut more = sent.clone();
        let values = parameters(&mut more[place]);
        let another = values[0].clone();
        values.push(another);
        prop_assert!(check(&send(more), &template).is_err(), "a value more");

        let mut twice = sent;
        let another = twice[place].clone();
        twice.push(another);
        prop_assert!(check(&send(twice), &template).is_err(), "a part more");
    }
}

#[test]
fn what_waits_already_waits_for_a_status_that_passes_by_itself_and_ends_with_any_other() {
    let now = Timestamp::from_secs(1_790_000_000);
    let held = |status: Status| {
        let template = Registered { status, ..of(vec![Component::Body(text("Oi!", 0))]) };
        let refusal = check(&send(Vec::new()), &template).expect_err("only approved templates may be sent");
        match at_leaving(refusal, &template, now) {
            No::Held { until, why } => {
                assert!(until == now.plus(RULES.template_pause) && why.contains("order_update"), "{why}");
                true
            }
            No::Refused(_) => false,
        }
    };
    for status in [Status::Paused, Status::Pending, Status::InAppeal] {
        assert!(held(status.clone()), "{status}");
    }
    for status in [Status::Rejected, Status::Disabled, Status::Deleted, Status::Archived, Status::Other("NEW".into())] {
        assert!(!held(status.clone()), "{status}");
    }
    // Approved, but not filled in as approved: that does not pass.
    let template = of(vec![Component::Body(text("Oi {{1}}!", 1))]);
    let refusal = check(&send(Vec::new()), &template).unwrap_err();
    assert!(matches!(at_leaving(refusal, &template, now), No::Refused(_)));
}
