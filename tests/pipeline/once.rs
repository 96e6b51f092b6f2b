//! One event, one decision, one reply.

use std::time::Duration;

use futures::future::join_all;
use ponte_simulator::What;
use ponte_store::SendState;
use ponte_tests::{NUMBER, Stage, WABA};
use serde_json::json;

fn webhook(id: &str) -> String {
    json!({ "object": "whatsapp_business_account", "entry": [{ "id": WABA, "changes": [{ "field": "messages", "value": {
        "messaging_product": "whatsapp",
        "metadata": { "display_phone_number": "5511955550100", "phone_number_id": NUMBER },
        "contacts": [{ "profile": { "name": "Ana" }, "wa_id": "5511911112222" }],
        "messages": [{ "from": "5511911112222", "id": id, "timestamp": "1795482600", "type": "text",
                       "text": { "body": "oi" } }],
    }}]}]})
    .to_string()
}

#[tokio::test]
async fn the_same_webhook_five_times_at_once_and_after_a_restart() {
    let stage = Stage::after_hours().start().await;
    // The simulated world must know of the customer, or it would refuse a reply outside the window.
    stage.simulator.set_webhook_url("http://127.0.0.1:9/nowhere").unwrap();
    let id = stage.simulator.customer("5511911112222").writes("oi").await;
    stage.simulator.set_webhook_url(&stage.webhook).unwrap();

    let body = webhook(id.as_str());
    let answers = join_all((0..5).map(|_| stage.post(&body))).await;
    assert_eq!(answers, [200; 5]);
    stage.rest().await;
    let stage = stage.restart().await;
    assert_eq!(stage.post(&body).await, 200);
    stage.rest().await;

    assert_eq!(stage.simulator.customer("5511911112222").inbox().len(), 1, "one reply");
    assert_eq!(stage.store().runs(10).await.unwrap().len(), 1, "one run");
    assert_eq!(stage.sends().await.len(), 1, "one row in the outbox");
}

#[tokio::test]
async fn a_reply_goes_all_the_way_from_queued_to_read() {
    let stage = Stage::after_hours().start().await;
    let customer = stage.simulator.customer("5511911112222");
    customer.writes("oi").await;
    stage.rest().await;
    customer.reads().await;
    let read = |entry: &ponte_simulator::Entry| matches!(entry.what, What::Status { status: "read", .. });
    stage.simulator.wait_for(read, Duration::from_secs(10)).await.unwrap();
    stage.rest().await;
    let row = stage.sends().await.remove(0);
    assert_eq!((row.state, row.attempts), (SendState::Read, 1));
    assert!(stage.simulator.refusals().is_empty(), "{:?}", stage.simulator.refusals());
}

#[tokio::test]
async fn what_cannot_be_verified_or_read_is_refused_and_everything_else_is_kept() {
    let stage = Stage::after_hours().start().await;
    let unsigned = reqwest::Client::new().post(&stage.webhook).body(webhook("wamid.X")).send().await.unwrap();
    assert_eq!(unsigned.status(), 401);
    assert_eq!(stage.post("not json").await, 400);
    assert_eq!(stage.post("{\"object\":\"something else\"}").await, 200, "kept as unrecognized");
    stage.rest().await;
    assert_eq!(stage.store().backlog().await.unwrap().inbox, 0);
}
