//! 3.3 and 3.4: what the API does not carry.

use std::sync::OnceLock;

use metrics_exporter_prometheus::{PrometheusBuilder, PrometheusHandle};
use ponte_model::{Body, Content, Timestamp};
use ponte_tests::{NUMBER, Stage, StageBuilder, guests};
use serde_json::{Value, json};

const ANA: &str = "5511911112222";

fn metrics() -> &'static PrometheusHandle {
    static HANDLE: OnceLock<PrometheusHandle> = OnceLock::new();
    HANDLE.get_or_init(|| PrometheusBuilder::new().install_recorder().expect("no other recorder is installed"))
}

/// How often a routing rule has decided.
fn routed(rule: &str) -> u64 {
    let label = format!("rule=\"{rule}\"");
    let text = metrics().render();
    let lines = text.lines().filter(|line| line.starts_with("ponte_routed_total") && line.contains(&label));
    lines.filter_map(|line| line.rsplit(' ').next()?.parse::<u64>().ok()).sum()
}

#[tokio::test]
async fn s2_a_group_message_is_ignored_and_counted() {
    let before = routed("group");
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).start().await;
    let ana = stage.simulator.customer(ANA);
    // Meta: groups come as `unsupported` without the object, or as a text with the group's id.
    ana.sends(json!({"type": "text", "text": {"body": "menu"}, "group_id": "Z3J1cG8x"})).await;
    ana.sends(json!({"type": "unsupported", "group_id": "Z3J1cG8x", "errors": [{"code": 131_051}]})).await;
    stage.rest().await;
    assert_eq!(stage.last_rule(ANA).await, "group");
    assert_eq!(routed("group"), before + 2);
    assert!(stage.store().runs(10).await.unwrap().is_empty() && stage.sends().await.is_empty());
    // Nor does it open a window in the chat with her alone.
    let row = stage.store().conversation(&stage.conversation(ANA).await).await.unwrap();
    assert_eq!(row.facts.get("window_until"), None, "{:?}", row.facts);
}

fn unsupported(what: Option<&str>, code: i64) -> Value {
    let mut message = json!({"type": "unsupported", "errors": [{"code": code, "title": "Message type unknown"}]});
    if let Some(what) = what {
        message["unsupported"] = json!({"type": what});
    }
    message
}

/// What came last, as it was kept.
async fn content(stage: &Stage) -> Content {
    let events = stage.store().past_events(&"shop".into(), Timestamp::EPOCH, 0, 100).await.unwrap();
    match &events.last().expect("something came").pending.event.body {
        Body::Message(message) => message.content.clone(),
        body => panic!("{}", body.kind()),
    }
}

#[tokio::test]
async fn s2_s3_what_the_api_does_not_carry_is_a_typed_event_and_leads_to_people_without_a_word_of_error() {
    let sectors =
        "[[sectors]]\nid = \"vendas\"\ntitle = \"Vendas\"\n[[sectors]]\nid = \"suporte\"\ntitle = \"Suporte\"\n";
    for (what, code) in [
        (Some("poll"), 131_051),
        (Some("edit"), 131_051),
        (Some("button"), 131_051),
        (Some("unknown"), 131_051),
        // The first message of a chat, or one from an unsupported device: the app shows it, the API does not.
        (None, 131_060),
    ] {
        let stage = StageBuilder::default().flow("triage", sectors).start().await;
        let ana = stage.simulator.customer(ANA);
        ana.sends(unsupported(what, code)).await;
        stage.rest().await;
        assert_eq!(content(&stage).await, Content::Unsupported { what: what.map(Into::into) });
        let runs = stage.store().runs(10).await.unwrap();
        assert_eq!((runs.len(), runs[0].outcome.as_str()), (1, "done"), "{what:?}: a flow decides, and does not fail");
        let answer = ana.last().unwrap_or_else(|| panic!("{what:?}: somebody wrote, and is not left alone"));
        let text = answer.text.to_lowercase();
        assert!(text.contains("escolha"), "{what:?}: the way to people: {text}");
        for word in ["erro", "inválid", "não entendi", "não suport", "unsupported", "131"] {
            assert!(!text.contains(word), "{what:?}: {text}");
        }
        // A tap, and people have the chat.
        ana.taps_button("sector:suporte", "Suporte").await;
        stage.rest().await;
        ana.writes("obrigada").await;
        stage.rest().await;
        assert!(stage.last_rule(ANA).await.starts_with("owned-by-"), "{what:?}: {}", stage.last_rule(ANA).await);
    }
}
