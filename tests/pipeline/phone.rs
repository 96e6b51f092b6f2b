//! The phone always wins.

use std::time::Duration;

use ponte_simulator::What;
use ponte_store::SendState;
use ponte_tests::{NUMBER, Stage, StageBuilder, guests};

#[tokio::test]
async fn an_answer_from_the_phone_silences_the_flow_until_twelve_silent_hours_have_passed() {
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).start().await;
    let (ana, phone) = (stage.simulator.customer("5511911112222"), stage.simulator.business_phone(NUMBER).unwrap());
    ana.writes("oi").await;
    stage.rest().await;
    assert_eq!(ana.last().unwrap().text, "oi");

    phone.writes("5511911112222", "aqui é a dona").await;
    ana.writes("que bom").await;
    stage.rest().await;
    assert_eq!(ana.inbox().len(), 2, "the reply of the flow, and that of the owner");
    assert_eq!(stage.last_rule("5511911112222").await, "owned-by-app");

    // What a customer writes never releases; neither does a restart.
    let stage = stage.restart().await;
    stage.clock.advance(Duration::from_secs(11 * 3600));
    ana.writes("ainda aí?").await;
    stage.rest().await;
    assert_eq!(stage.last_rule("5511911112222").await, "owned-by-app");
    stage.clock.advance(Duration::from_secs(3600));
    ana.writes("e agora?").await;
    stage.rest().await;
    assert_eq!(ana.last().unwrap().text, "e agora?");
}

#[tokio::test]
async fn a_chat_that_the_owner_began_is_the_owners() {
    let stage = Stage::after_hours().start().await;
    let (ana, phone) = (stage.simulator.customer("5511911112222"), stage.simulator.business_phone(NUMBER).unwrap());
    phone.writes("5511911112222", "seu pedido chegou").await;
    ana.writes("obrigada!").await;
    stage.rest().await;
    assert_eq!(ana.inbox().len(), 1, "only what the owner wrote");
}

#[tokio::test]
async fn a_reply_that_is_already_queued_does_not_leave_after_the_owners_answer() {
    // One message a second: replies pile up.
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).throughput(2).start().await;
    let (ana, phone) = (stage.simulator.customer("5511911112222"), stage.simulator.business_phone(NUMBER).unwrap());
    for line in ["1", "2", "3", "4", "5", "6"] {
        ana.writes(line).await;
    }
    phone.writes("5511911112222", "deixa comigo").await;
    let echo = stage
        .simulator
        .transcript()
        .iter()
        .rposition(|entry| matches!(entry.what, What::Echo { .. }))
        .expect("the owner wrote");
    stage.rest().await;

    let after: Vec<_> = stage.simulator.transcript().split_off(echo);
    let sent = after.iter().filter(|entry| matches!(entry.what, What::Sent { .. })).count();
    // The echo is stored a moment after it is written; what had left by then, had left.
    let refused: Vec<_> = stage.sends().await.into_iter().filter(|row| row.state == SendState::Refused).collect();
    assert!(!refused.is_empty(), "replies were waiting: {:?}", stage.sends().await);
    assert!(sent <= 1, "{sent} left after the owner's answer");
    for row in &refused {
        assert!(row.reason.as_deref().unwrap_or_default().starts_with("owned-by-person"), "{row:?}");
    }
}
