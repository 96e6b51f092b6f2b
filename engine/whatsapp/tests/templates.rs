//! Templates as Meta lists them, by pages, and as it takes them.

use std::sync::{Arc, Mutex};

use axum::extract::{Path, Query};
use axum::http::{HeaderMap, StatusCode};
use axum::routing::get;
use axum::{Json, Router};
use ponte_model::WabaId;
use ponte_model::template::{
    Button, ButtonAction, Category, Component, Header, HeaderKind, ParameterFormat, Quality, Status, Text,
};
use ponte_whatsapp::errors::Class;
use ponte_whatsapp::graph::{GraphClient, GraphSettings, SendError};
use ponte_whatsapp::template::{definition, registered};
use serde_json::{Value, json};
use tokio::net::TcpListener;

const TOKEN: &str = "EAAG-very-secret";

async fn client(routes: Router) -> GraphClient {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, routes).await });
    GraphClient::new(&GraphSettings { graph_url: url.parse().unwrap(), ..GraphSettings::default() }).unwrap()
}

#[test]
fn a_listed_template_is_read_whatever_its_cases_and_whatever_is_new_in_it() {
    // Meta: template management, with the cases mixed as its pages mix them.
    let json = json!({
        "id": 1_689_556_908_129_832_u64, "name": "order", "language": "pt_BR", "status": "Approved", "category": "utility",
        "parameter_format": "named", "quality_score": {"score": "GREEN", "date": 1_758_754_645},
        "rejected_reason": "NONE", "correct_category": "MARKETING",
        "components": [
            {"type": "header", "format": "image", "example": {"header_handle": ["https://x"]}},
            {"type": "BODY", "text": "Oi {{nome}}!", "example": {"body_text_named_params": [{"param_name": "nome", "example": "Ana"}]}},
            {"type": "FOOTER", "text": "Loja"},
            {"type": "BUTTONS", "buttons": [
                {"type": "URL", "text": "Ver", "url": "https://x/{{1}}", "example": ["https://x/1"]},
                {"type": "COPY_CODE", "text": "Copiar", "example": "25OFF"},
                {"type": "PHONE_NUMBER", "text": "Ligar", "phone_number": "+5511"},
                {"type": "OTP", "otp_type": "copy_code"}, {"type": "FLOW", "text": "Abrir", "flow_id": 1},
                {"type": "HOLOGRAM", "text": "?"},
            ]},
            {"type": "CAROUSEL", "cards": [{"components": [{"type": "BODY", "text": "Oi"}]}]},
            {"type": "LIMITED_TIME_OFFER", "limited_time_offer": {"text": "Só hoje", "has_expiration": true}},
            {"type": "HOLOGRAM", "depth": 3},
        ],
    });
    let template = registered(&WabaId::from("9"), &json).unwrap();
    assert_eq!(
        (template.id.as_str(), &template.status, &template.quality),
        ("1689556908129832", &Status::Approved, &Quality::Green)
    );
    assert_eq!((&template.reason, &template.correct_category), (&None, &Some(Category::Marketing)));
    let button = |text: Option<&str>, action| Button { text: text.map(Into::into), action };
    assert_eq!(template.definition.format, ParameterFormat::Named);
    assert_eq!(
        template.definition.components,
        [
            Component::Header(Header::Media { kind: HeaderKind::Image, sample: true }),
            Component::Body(Text { text: Some("Oi {{nome}}!".into()), examples: 1 }),
            Component::Footer { text: Some("Loja".into()), code_expiration_minutes: None },
            Component::Buttons {
                buttons: vec![
                    button(Some("Ver"), ButtonAction::Url { url: "https://x/{{1}}".into(), example: true }),
                    button(Some("Copiar"), ButtonAction::CopyCode { example: Some("25OFF".into()) }),
                    button(Some("Ligar"), ButtonAction::Phone { number: "+5511".into() }),
                    button(None, ButtonAction::Otp { kind: "COPY_CODE".into() }),
                    button(Some("Abrir"), ButtonAction::Flow),
                    button(Some("?"), ButtonAction::Other { name: "HOLOGRAM".into() }),
                ],
            },
            Component::Carousel { cards: vec![vec![Component::Body(Text { text: Some("Oi".into()), examples: 0 })]] },
            Component::LimitedTimeOffer { text: Some("Só hoje".into()), has_expiration: true },
            Component::Other { name: "HOLOGRAM".into(), json: json!({"type": "HOLOGRAM", "depth": 3}) },
        ]
    );
}

#[test]
fn examples_come_in_one_list_or_in_two() {
    for (examples, count) in [(json!([["a", "b"]]), 2), (json!(["a"]), 1), (json!("a"), 1), (Value::Null, 0)] {
        let json = json!({"name": "x", "language": "es", "category": "UTILITY",
            "components": [{"type": "BODY", "text": "{{1}}", "example": {"body_text": examples}}]});
        let Component::Body(text) = &definition(&json).unwrap().components[0] else { panic!("a body") };
        assert_eq!(text.examples, count, "{examples}");
    }
}

#[test]
fn what_a_definition_lacks_is_named() {
    let whole = json!({"name": "x", "language": "es", "category": "UTILITY", "components": []});
    assert_eq!(definition(&whole).unwrap().format, ParameterFormat::Positional);
    for key in ["name", "language", "category", "components"] {
        let mut json = whole.clone();
        json.as_object_mut().unwrap().remove(key);
        assert!(definition(&json).unwrap_err().starts_with(key), "{key}");
    }
}

#[tokio::test]
async fn all_pages_are_read_by_their_cursors_and_one_bad_template_costs_no_other() {
    let template = |name: &str| json!({"id": "1", "name": name, "language": "es", "category": "UTILITY", "status": "APPROVED", "components": []});
    let pages = [
        json!({"data": [template("a"), {"id": "7"}], "paging": {"cursors": {"after": "p2"}, "next": "http://elsewhere.invalid/"}}),
        // Ninety kilobytes: more than the answer to a send may have.
        json!({"data": vec![template(&"b".repeat(900)); 100], "paging": {"cursors": {"after": "p3"}}}),
    ];
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    let list = get(move |Path(waba): Path<String>, Query(query): Query<Vec<(String, String)>>, headers: HeaderMap| {
        let after = query.iter().find(|(key, _)| key == "after").map(|(_, value)| value.clone());
        seen.lock().unwrap().push((waba, after.clone(), headers["authorization"].to_str().unwrap().to_owned()));
        std::future::ready(Json(pages[usize::from(after.is_some())].clone()))
    });
    let client = client(Router::new().route("/v25.0/{waba}/message_templates", list)).await;
    let found = client.list_templates(&"42".into(), &TOKEN.into()).await.unwrap();
    assert_eq!(found.len(), 101);
    assert!(found.iter().all(|one| one.waba.as_str() == "42"));
    let bearer = format!("Bearer {TOKEN}");
    assert_eq!(*asked.lock().unwrap(), [("42".into(), None, bearer.clone()), ("42".into(), Some("p2".into()), bearer)]);
}

#[tokio::test]
async fn a_submitted_template_comes_back_with_metas_category_and_a_refusal_with_its_class() {
    let create = |Json(body): Json<Value>| async move {
        match body["name"].as_str() {
            Some("good") => (StatusCode::OK, Json(json!({"id": "55", "status": "PENDING", "category": "MARKETING"}))),
            _ => (StatusCode::BAD_REQUEST, Json(json!({"error": {"code": 2_388_299, "message": "variable last"}}))),
        }
    };
    let client = client(Router::new().route("/v25.0/42/message_templates", axum::routing::post(create))).await;
    let submitted = client.create_template(&"42".into(), &TOKEN.into(), &json!({"name": "good"})).await.unwrap();
    assert_eq!(
        (submitted.id.as_str(), submitted.status, submitted.category),
        ("55", Status::Pending, Category::Marketing)
    );
    let error = client.create_template(&"42".into(), &TOKEN.into(), &json!({"name": "bad"})).await.unwrap_err();
    let SendError::Rejected(error) = error else { panic!("{error:?}") };
    assert_eq!((error.error.code, error.class), (2_388_299, Class::Permanent));
}
