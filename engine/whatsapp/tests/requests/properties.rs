//! Whatever passes the check is built within the limits.

use ponte_model::send::*;
use ponte_model::{Location, MediaKind, SendId};
use ponte_whatsapp::limits::*;
use ponte_whatsapp::outbound::{build, check};
use proptest::prelude::*;
use serde_json::Value;

use crate::samples::*;

/// Where each limit shows in the JSON, `*` for any one step. Read off Meta's shapes, not off the code.
static PLACES: &[(&str, &Limit)] = &[
    ("text/body", &TEXT_BODY),
    ("*/caption", &CAPTION),
    ("interactive/header/text", &HEADER_TEXT),
    ("interactive/footer/text", &FOOTER),
    ("interactive/action/button", &LIST_BUTTON),
    ("interactive/action/buttons/*/reply/id", &BUTTON_ID),
    ("interactive/action/buttons/*/reply/title", &BUTTON_TITLE),
    ("interactive/action/sections/*/title", &SECTION_TITLE),
    ("interactive/action/sections/*/rows/*/id", &ROW_ID),
    ("interactive/action/sections/*/rows/*/title", &ROW_TITLE),
    ("interactive/action/sections/*/rows/*/description", &ROW_DESCRIPTION),
    ("interactive/action/parameters/display_text", &URL_LABEL),
    ("interactive/action/cards/*/body/text", &CARD_BODY),
    ("interactive/action/cards/*/action/parameters/display_text", &CARD_LABEL),
    ("template/name", &TEMPLATE_NAME),
    ("template/components/*/parameters/*/coupon_code", &COUPON_CODE),
    ("biz_opaque_callback_data", &CALLBACK_DATA),
];

/// Counts that show as lengths of arrays.
static LENGTHS: &[(&str, &Limit)] = &[
    ("interactive/action/buttons", &BUTTONS),
    ("interactive/action/sections", &SECTIONS),
    ("interactive/action/cards", &CARDS),
];

fn matches(pattern: &str, path: &[String]) -> bool {
    let steps: Vec<_> = pattern.split('/').collect();
    steps.len() == path.len() && steps.iter().zip(path).all(|(step, name)| *step == "*" || step == name)
}

/// Calls `look` with every value and its path.
fn walk(json: &Value, path: &mut Vec<String>, look: &mut dyn FnMut(&[String], &Value)) {
    look(path, json);
    let children: Vec<(String, &Value)> = match json {
        Value::Object(fields) => fields.iter().map(|(key, value)| (key.clone(), value)).collect(),
        Value::Array(items) => items.iter().enumerate().map(|(i, value)| (i.to_string(), value)).collect(),
        _ => return,
    };
    for (key, value) in children {
        path.push(key);
        walk(value, path, look);
        path.pop();
    }
}

/// Text that mostly fits, in scripts where bytes, code points and UTF-16 units differ.
fn about(limit: &'static Limit) -> impl Strategy<Value = String> {
    let length = prop_oneof![
        30 => limit.min.max(1)..=limit.max.min(12),
        4 => limit.max.saturating_sub(2).max(1)..=limit.max,
        1 => limit.max..=limit.max + 2,
    ];
    let letter = prop_oneof![8 => Just("a"), 2 => Just("ç"), 1 => Just("字"), 1 => Just("😀"), 1 => Just(" ")];
    (length, letter).prop_map(|(length, letter)| {
        let units: usize = letter.chars().map(char::len_utf16).sum();
        format!("x{}", letter.repeat((length - 1) / units))
    })
}

fn header() -> impl Strategy<Value = Option<Header>> {
    proptest::option::of(prop_oneof![
        about(&HEADER_TEXT).prop_map(Header::Text),
        Just(Header::Media(file(MediaKind::Image))),
        Just(Header::Media(file(MediaKind::Sticker))),
    ])
}

fn action() -> impl Strategy<Value = Action> {
    let button = (about(&BUTTON_ID), about(&BUTTON_TITLE)).prop_map(|(id, title)| Button { id, title });
    let row = (about(&ROW_ID), about(&ROW_TITLE), proptest::option::of(about(&ROW_DESCRIPTION)))
        .prop_map(|(id, title, description)| Row { id, title, description });
    let section = (proptest::option::weighted(0.9, about(&SECTION_TITLE)), proptest::collection::vec(row, 1..3))
        .prop_map(|(title, rows)| Section { title, rows });
    let card = (about(&CARD_BODY), about(&CARD_LABEL)).prop_map(|(words, name)| match url_card() {
        Card::OpenUrl { header, url, .. } => Card::OpenUrl { header, body: Some(words), label: name, url },
        product => product,
    });
    prop_oneof![
        proptest::collection::vec(button, 1..=4).prop_map(|buttons| Action::Buttons { buttons }),
        (about(&LIST_BUTTON), proptest::collection::vec(section, 1..4))
            .prop_map(|(button, sections)| Action::List { button, sections }),
        about(&URL_LABEL).prop_map(|label| Action::OpenUrl { label, url: "https://example.com".into() }),
        proptest::collection::vec(card, 2..4).prop_map(|cards| Action::Carousel { cards }),
        Just(Action::RequestLocation),
    ]
}

fn payload() -> impl Strategy<Value = Payload> {
    let kind = prop_oneof![Just(MediaKind::Image), Just(MediaKind::Document), Just(MediaKind::Voice)];
    let values = proptest::collection::vec(about(&TEMPLATE_BODY_VALUE), 0..3);
    prop_oneof![
        1 => about(&TEXT_BODY).prop_map(text),
        1 => (kind, proptest::option::of(about(&CAPTION)))
            .prop_map(|(kind, caption)| Payload::Media(OutboundMedia { caption, ..file(kind) })),
        1 => (-95.0..95.0f64, -190.0..190.0f64).prop_map(|(latitude, longitude)| {
            Payload::Location(Location { latitude, longitude, name: None, address: None, url: None })
        }),
        3 => (header(), about(&INTERACTIVE_BODY), proptest::option::of(about(&FOOTER)), action()).prop_map(
            |(header, body, footer, action)| {
                Payload::Interactive(Box::new(Interactive { header, body: Some(body), footer, action }))
            }
        ),
        1 => (values, about(&COUPON_CODE)).prop_map(|(values, code)| template(vec![
            body(values.into_iter().map(words).collect()),
            button("copy_code", 0, vec![ParameterValue::CouponCode(code)]),
        ])),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { max_global_rejects: 100_000, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn what_passes_is_built_within_the_limits(payload in payload(), id in "[a-z_0-9]{1,40}") {
        let message = to_phone(payload);
        prop_assume!(check(&message).is_ok());
        let built = build(&message, Some(&SendId::new(id)));

        let bytes = serde_json::to_vec(&built).unwrap();
        prop_assert_eq!(&serde_json::from_slice::<Value>(&bytes).unwrap(), &built);
        let kind = built["type"].as_str().unwrap();
        prop_assert!(built[kind].is_object());

        let mut wrong = Vec::new();
        walk(&built, &mut Vec::new(), &mut |path, value| {
            let counted = match value {
                Value::String(text) => Some((PLACES, text.encode_utf16().count())),
                Value::Array(items) => Some((LENGTHS, items.len())),
                // Nothing optional is written as null, and no number got lost.
                Value::Null => { wrong.push(format!("{path:?} is null")); None }
                _ => None,
            };
            let Some((table, count)) = counted else { return };
            for (_, limit) in table.iter().filter(|(pattern, _)| matches(pattern, path)) {
                if !(limit.min..=limit.max).contains(&count) {
                    wrong.push(format!("{path:?} has {count}: {limit:?}"));
                }
            }
        });
        prop_assert!(wrong.is_empty(), "{wrong:?}");
    }

    #[test]
    fn messages_survive_the_store(payload in payload()) {
        let message = to_phone(payload);
        let kept: Outbound = serde_json::from_str(&serde_json::to_string(&message).unwrap()).unwrap();
        prop_assert_eq!(build(&kept, None), build(&message, None));
    }
}
