//! Templates come in for review, by the platform's own rules, and a test decides about them.

mod support;

use ponte_simulator::Config;
use serde_json::{Value, json};
use support::{ANA, Stage, TOKEN, WABA, config, template};

fn definition(name: &str, body: &str) -> Value {
    json!({"name": name, "language": "pt_BR", "category": "utility", "components": [
        {"type": "BODY", "text": body, "example": {"body_text": [["Ana"]]}},
        {"type": "FOOTER", "text": name},
    ]})
}

async fn submit(stage: &Stage, token: &str, definition: &Value) -> (u16, Value) {
    stage.call(stage.post(&format!("{WABA}/message_templates"), token, definition)).await
}

#[tokio::test]
async fn a_submitted_template_waits_for_the_review_and_can_then_be_sent() {
    let stage = Stage::set().await;
    let (status, answer) = submit(&stage, TOKEN, &definition("welcome", "Oi {{1}}, que bom!")).await;
    assert_eq!((status, &answer["status"], &answer["category"]), (200, &json!("PENDING"), &json!("UTILITY")));
    assert_eq!(stage.code(template(ANA, "welcome", &["Ana"])).await, 132_001);
    stage.whatsapp.set_template_status(WABA, "welcome", "pt_BR", "APPROVED").await;
    assert_eq!(stage.code(template(ANA, "welcome", &["Ana"])).await, 0);

    stage.whatsapp.set_template_category(WABA, "welcome", "pt_BR", "MARKETING").await;
    stage.whatsapp.set_template_quality(WABA, "welcome", "pt_BR", "RED").await;
    stage.business.got(3).await;
    let told = stage.business.changes();
    let of = |field: &str| &told.iter().find(|change| change["field"] == field).expect("it was told")["value"];
    let category = of("template_category_update");
    assert_eq!((&category["previous_category"], &category["new_category"]), (&json!("UTILITY"), &json!("MARKETING")));
    assert_eq!(of("message_template_quality_update")["new_quality_score"], "RED");
    let id = of("message_template_status_update")["message_template_id"].as_u64().unwrap().to_string();
    assert_eq!(answer["id"], id.as_str());
    let (_, listed) = stage.get(&format!("{WABA}/message_templates?name=welcome&fields=category,quality_score")).await;
    assert_eq!(listed["data"], json!([{"category": "MARKETING", "quality_score": {"score": "RED"}, "id": id}]));
}

#[tokio::test]
async fn what_the_review_refuses_has_metas_codes() {
    let stage = Stage::set().await;
    let with = |change: fn(&mut Value)| {
        let mut good = definition("x", "Oi {{1}}, que bom!");
        change(&mut good);
        good
    };
    for (definition, code) in [
        (with(|d| d["name"] = json!("Com Espaço")), 100),
        (with(|d| d["name"] = json!("offer")), 100),
        (with(|d| d["category"] = json!("SERVICE")), 100),
        (with(|d| d["components"][0]["example"] = Value::Null), 100),
        (with(|d| d["components"][0]["text"] = json!("Oi {{1}}")), 2_388_299),
        (with(|d| d["components"][0]["text"] = json!("Oi {{2}}, que bom!")), 2_388_072),
        (with(|d| d["components"][0]["text"] = json!("x".repeat(1025))), 2_388_040),
        (with(|d| d["components"][1]["text"] = json!("Loja {{1}} aqui")), 2_388_073),
        (with(|d| d["components"][1] = json!({"type": "HEADER", "format": "IMAGE"})), 2_388_047),
        (with(|d| d["components"][0]["type"] = json!("FOOTER")), 2_388_073),
    ] {
        let (_, answer) = submit(&stage, TOKEN, &definition).await;
        assert_eq!(answer["error"]["code"], code, "{definition}: {answer}");
    }
    assert_eq!(submit(&stage, "another", &definition("x", "Oi {{1}}, que bom!")).await.0, 401);
}

#[tokio::test]
async fn a_review_that_takes_everything_approves_at_once() {
    let stage = Stage::with(Config { approve_templates: true, ..config() }).await;
    let (_, answer) = submit(&stage, TOKEN, &definition("welcome", "Oi {{1}}, que bom!")).await;
    assert_eq!(answer["status"], "APPROVED");
    assert_eq!(stage.code(template(ANA, "welcome", &["Ana"])).await, 0);
}
