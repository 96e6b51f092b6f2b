//! Two contacts turn out to be one person: what was promised or forbidden to either holds for both.

use std::time::Duration;

use ponte_model::consent::Change;
use ponte_model::{Body, Timestamp};
use ponte_simulator::What;
use ponte_store::SendState;
use ponte_tests::{NUMBER, Stage, StageBuilder, WABA, guests};
use serde_json::{Value, json};

const ANA: &str = "5511911112222";
const NEW: &str = "5511977770000";

async fn told(stage: &Stage, items: Vec<Value>) {
    let value = json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "5511955550100", "phone_number_id": NUMBER}, "messages": items});
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [
        {"field": "messages", "value": value}]}]});
    assert_eq!(stage.post(&body.to_string()).await, 200);
    stage.rest().await;
}

fn text(from: &str, id: &str, body: &str, at: Timestamp) -> Value {
    json!({"from": from, "id": id, "timestamp": at.as_secs().to_string(), "type": "text", "text": {"body": body}})
}

/// Ana has had the new number for a minute.
async fn meta_tells(stage: &Stage) {
    let since = (stage.runtime.now().as_secs() - 60).to_string();
    let system = json!({"type": "user_changed_number", "wa_id": NEW, "body": "the number changed"});
    told(
        stage,
        vec![json!({"from": ANA, "id": format!("wamid.change.{since}"), "timestamp": since, "type": "system",
            "system": system})],
    )
    .await;
}

#[tokio::test]
async fn a_timer_of_the_absorbed_chat_fires_once_in_the_joined_one() {
    let stage = StageBuilder::default().guest("remind", &guests::reminding(), NUMBER).start().await;
    stage.simulator.business_phone(NUMBER).unwrap().writes(ANA, "bom dia").await;
    stage.rest().await;
    stage.clock.advance(Duration::from_secs(13 * 3600));
    stage.simulator.customer(NEW).writes("me lembra?").await;
    stage.rest().await;
    meta_tells(&stage).await;
    let joined = stage.conversation(ANA).await;
    assert_eq!(stage.conversation(NEW).await, joined);
    // A restart in between forgets nothing.
    let stage = stage.restart().await;
    stage.clock.advance(Duration::from_secs(3_700));
    let fired = async {
        while stage.store().runs(10).await.unwrap().len() < 2 {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), fired).await.expect("the timer fires");
    stage.rest().await;
    let events = stage.store().past_events(&"shop".into(), Timestamp::EPOCH, 0, 100).await.unwrap();
    let timers: Vec<_> = events.iter().filter(|past| matches!(past.pending.event.body, Body::Timer(_))).collect();
    assert_eq!(timers.len(), 1);
    assert_eq!(timers[0].pending.conversation(), Some(joined));
    assert_eq!(stage.simulator.customer(NEW).last().unwrap().text, "lembrete");
}

#[tokio::test]
async fn lines_that_wait_under_the_new_number_are_answered_once_in_the_joined_chat() {
    let stage = StageBuilder::default().package(crate::debounce::patient(), "").start().await;
    stage.simulator.business_phone(NUMBER).unwrap().writes(ANA, "bom dia").await;
    stage.rest().await;
    stage.clock.advance(Duration::from_secs(13 * 3600));
    let customer = stage.simulator.customer(NEW);
    for line in ["oi", "ainda tem?"] {
        customer.writes(line).await;
        stage.rest().await;
    }
    meta_tells(&stage).await;
    stage.pass(Duration::from_secs(70)).await;
    let heard = || customer.inbox().iter().map(|message| message.text.clone()).collect::<Vec<_>>();
    assert_eq!(heard(), ["ainda tem?"]);
    // What was taken in is not taken in again.
    stage.clock.advance(Duration::from_secs(120));
    meta_tells(&stage).await;
    stage.pass(Duration::from_secs(70)).await;
    assert_eq!(heard().len(), 1);
}

#[tokio::test]
async fn what_was_taken_back_under_one_number_is_taken_back_under_the_other() {
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).start().await;
    stage.simulator.customer(ANA).writes("oi").await;
    stage.rest().await;
    told(&stage, vec![text(NEW, "wamid.1", "parar", stage.runtime.now())]).await;
    meta_tells(&stage).await;
    let ana = stage.conversation(ANA).await.contact;
    let standing = stage.store().standing(&ana, Timestamp::EPOCH).await.unwrap();
    let changes: Vec<_> = standing.entries.iter().map(|entry| entry.change).collect();
    assert_eq!(changes, [Change::Withdrawn]);
}

#[tokio::test]
async fn what_waits_for_the_absorbed_contact_does_not_leave_after_the_owners_answer_to_the_joined_one() {
    // One message a second: replies pile up.
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).own_throughput(1).start().await;
    let phone = stage.simulator.business_phone(NUMBER).unwrap();
    stage.simulator.customer(ANA).writes("oi").await;
    stage.rest().await;
    let lines: Vec<_> = (0..6).map(|nth| text(NEW, &format!("wamid.{nth}"), "oi?", stage.runtime.now())).collect();
    let body = json!({"object": "whatsapp_business_account", "entry": [{"id": WABA, "changes": [{"field": "messages",
        "value": {"messaging_product": "whatsapp",
            "metadata": {"display_phone_number": "5511955550100", "phone_number_id": NUMBER}, "messages": lines}}]}]});
    assert_eq!(stage.post(&body.to_string()).await, 200);
    let queued = async {
        while stage.sends().await.len() < 7 {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), queued).await.expect("the replies are queued");
    let since = (stage.runtime.now().as_secs() - 60).to_string();
    let system = json!({"type": "user_changed_number", "wa_id": NEW, "body": "the number changed"});
    let change = json!({"from": ANA, "id": "wamid.change", "timestamp": since, "type": "system", "system": system});
    let value = json!({"messaging_product": "whatsapp",
        "metadata": {"display_phone_number": "5511955550100", "phone_number_id": NUMBER}, "messages": [change]});
    stage.simulator.webhook(WABA, "messages", value).await;
    let ana = stage.conversation(ANA).await.contact;
    let joined = async {
        // The change happened before what was written meanwhile.
        while !decided(&stage, ANA, "identity").await || stage.sends().await.iter().any(|row| row.contact != ana) {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), joined).await.expect("the two become one");
    phone.writes(NEW, "deixa comigo").await;
    let sent = || stage.simulator.transcript().iter().filter(|e| matches!(e.what, What::Sent { .. })).count();
    let before = sent();
    stage.rest().await;
    assert!(sent() <= before + 1, "what had left by then, had left");
    let refused = stage.sends().await.into_iter().filter(|row| row.state == SendState::Refused);
    assert!(refused.count() >= 2, "{:?}", stage.sends().await);
}

/// Whether a rule decided about any of the customer's events.
async fn decided(stage: &Stage, phone: &str, rule: &str) -> bool {
    let decisions = stage.store().decisions(&stage.conversation(phone).await, 50).await.unwrap();
    decisions.iter().any(|row| row.decision.as_deref() == Some(rule))
}
