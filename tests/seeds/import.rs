//! 3.3: what is synchronised from the phone, and what it must not set off.

use std::time::Duration;

use ponte_model::{Body, Timestamp};
use ponte_policy::Facts;
use ponte_store::{ContactRow, SendState};
use ponte_tests::{NUMBER, Stage, StageBuilder, WABA, guests};
use serde_json::{Value, json};

const ANA: &str = "5511911112222";

async fn echoing() -> Stage {
    StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).start().await
}

/// A webhook of a field of the number, whose list is `items`.
async fn told(stage: &Stage, field: &str, list: &str, items: Vec<Value>) {
    let value = json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "5511955550100", "phone_number_id": NUMBER}, list: items});
    stage.simulator.webhook(WABA, field, value).await;
}

/// A chunk of history: a month ago the customer asked and the shop answered.
fn chunk(phase: u32, order: u32, progress: u32) -> Value {
    let at = |secs: u32| (1_792_800_000 + order * 1_000 + secs).to_string();
    let id = |who: &str| format!("wamid.{who}-{phase}-{order}");
    json!({"metadata": {"phase": phase, "chunk_order": order, "progress": progress}, "threads": [{"id": ANA, "messages": [
        {"from": ANA, "id": id("customer"), "timestamp": at(1), "type": "text", "text": {"body": "tem menu?"},
         "history_context": {"status": "READ"}},
        {"from": "5511955550100", "to": ANA, "id": id("shop"), "timestamp": at(2), "type": "text",
         "text": {"body": "tem sim"}, "history_context": {"status": "READ"}},
    ]}]})
}

#[tokio::test]
async fn s2_s0_history_chunks_twice_and_out_of_order_start_nothing_and_open_no_window() {
    let stage = echoing().await;
    let chunks = [chunk(1, 2, 100), chunk(0, 1, 30), chunk(1, 1, 70)];
    for chunk in chunks.iter().chain(&chunks) {
        told(&stage, "history", "history", vec![chunk.clone()]).await;
    }
    stage.rest().await;
    let conversation = stage.conversation(ANA).await;
    assert!(stage.store().runs(10).await.unwrap().is_empty(), "no flow ran");
    assert!(stage.sends().await.is_empty());
    assert!(stage.store().charge_totals("2026-01-01", "2099-12-31", Duration::ZERO).await.unwrap().is_empty());
    let row = stage.store().conversation(&conversation).await.unwrap();
    let facts: Facts = serde_json::from_value(row.facts).unwrap_or_default();
    assert_eq!(
        (facts.window_until, facts.customer_messages, row.echo_seq),
        (None, 0, 0),
        "nobody wrote, nobody answered"
    );

    // What comes now is the first that is heard, and is answered.
    stage.simulator.customer(ANA).writes("oi").await;
    stage.rest().await;
    assert_eq!(stage.last_rule(ANA).await, "first-match");
    assert_eq!(stage.sends().await.len(), 1);
}

#[tokio::test]
async fn s3_a_phone_that_shares_no_history_is_no_error_and_flows_do_without() {
    let stage = echoing().await;
    let error = json!({"code": 2_593_109, "title": "History sync is turned off by the business",
        "error_data": {"details": "History sharing is turned off by the business"}});
    told(&stage, "history", "history", vec![json!({"errors": [error]})]).await;
    told(
        &stage,
        "history",
        "history",
        vec![json!({"metadata": {"phase": 0, "chunk_order": 1, "progress": 100}, "threads": []})],
    )
    .await;
    stage.rest().await;
    let backlog = stage.store().backlog().await.unwrap();
    assert_eq!(backlog.parked, 0, "{backlog:?}");
    stage.simulator.customer(ANA).writes("oi").await;
    stage.rest().await;
    assert_eq!(stage.simulator.customer(ANA).last().unwrap().text, "oi");
    assert!(stage.sends().await.iter().all(|row| row.state.rank() >= SendState::Accepted.rank()));
}

fn entry(action: &str, name: Option<&str>, secs: u32) -> Value {
    let mut contact = json!({"phone_number": ANA});
    if let Some(name) = name {
        contact["full_name"] = json!(name);
    }
    json!({"type": "contact", "action": action, "metadata": {"timestamp": (1_795_400_000 + secs).to_string()},
        "contact": contact})
}

async fn ana(stage: &Stage) -> ContactRow {
    stage.store().contact(&stage.conversation(ANA).await.contact).await.unwrap().unwrap()
}

#[tokio::test]
async fn s3_s2_contacts_are_added_edited_and_removed_and_names_typed_by_staff_are_not_overwritten() {
    let stage = echoing().await;
    told(&stage, "smb_app_state_sync", "state_sync", vec![entry("add", Some("Ana Prado"), 1)]).await;
    stage.rest().await;
    assert_eq!(ana(&stage).await.app_name.as_deref(), Some("Ana Prado"));
    assert!(stage.store().runs(10).await.unwrap().is_empty(), "an address book starts no flow");

    // What she calls herself is another matter.
    let customer = stage.simulator.customer(ANA);
    customer.is_called("✨ aninha ✨");
    customer.writes("oi").await;
    stage.rest().await;
    let row = ana(&stage).await;
    assert_eq!((row.app_name.as_deref(), row.name.as_deref()), (Some("Ana Prado"), Some("✨ aninha ✨")));

    // An edit, the removal, and the edit again because it was delivered twice and late.
    let edit = entry("add", Some("Ana P. (VIP)"), 10);
    told(&stage, "smb_app_state_sync", "state_sync", vec![edit.clone()]).await;
    stage.rest().await;
    assert_eq!(ana(&stage).await.app_name.as_deref(), Some("Ana P. (VIP)"));
    let late = entry("add", Some("Ana (errado)"), 5);
    told(&stage, "smb_app_state_sync", "state_sync", vec![late]).await;
    stage.rest().await;
    assert_eq!(ana(&stage).await.app_name.as_deref(), Some("Ana P. (VIP)"), "an older change that comes late");
    told(&stage, "smb_app_state_sync", "state_sync", vec![entry("remove", None, 20), edit]).await;
    stage.rest().await;
    let row = ana(&stage).await;
    assert_eq!(row.app_name, None, "who is removed has no name there any more");
    assert_eq!(row.name.as_deref(), Some("✨ aninha ✨"), "and is still known");
    let same = stage.store().contact_by_phone(&"shop".into(), &ANA.into()).await.unwrap();
    assert_eq!(same, Some(row.id), "one person all along");
    let events = stage.store().past_events(&"shop".into(), Timestamp::EPOCH, 0, 100).await.unwrap();
    assert!(events.iter().all(|past| !matches!(past.pending.event.body, Body::AppContact(_))));
}
