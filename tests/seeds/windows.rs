//! 3.6: what is written on the phone touches neither the windows of the API nor its bill.

use std::time::Duration;

use ponte_policy::Facts;
use ponte_tests::{NUMBER, Stage, StageBuilder, guests};

const ANA: &str = "5511911112222";

async fn facts(stage: &Stage) -> Facts {
    let row = stage.store().conversation(&stage.conversation(ANA).await).await.unwrap();
    serde_json::from_value(row.facts).expect("the policy's own")
}

async fn bill(stage: &Stage) -> Vec<ponte_store::ChargeTotal> {
    stage.store().charge_totals("2026-01-01", "2099-12-31", Duration::ZERO).await.unwrap()
}

#[tokio::test]
async fn s2_ten_messages_from_the_phone_leave_the_window_and_the_bill_as_they_were() {
    let stage = StageBuilder::default().guest("echo", &guests::echoing(), NUMBER).start().await;
    let (ana, phone) = (stage.simulator.customer(ANA), stage.simulator.business_phone(NUMBER).unwrap());
    ana.writes("oi").await;
    stage.rest().await;
    let (before, owed) = (facts(&stage).await, bill(&stage).await);
    assert!(before.window_until.is_some() && owed.iter().map(|total| total.messages).sum::<u64>() == 1);
    for nth in 0..10 {
        stage.clock.advance(Duration::from_secs(3600));
        phone.writes(ANA, &format!("mensagem {nth}")).await;
    }
    stage.rest().await;
    let after = facts(&stage).await;
    assert!(after.last_app_at > before.last_app_at, "they were heard");
    assert_eq!(after.window_until, before.window_until, "neither opened, extended nor closed");
    let amounts = |all: &[ponte_store::ChargeTotal]| {
        all.iter().map(|total| (total.messages, total.amount, total.held)).collect::<Vec<_>>()
    };
    let (now, then) = (amounts(&bill(&stage).await), amounts(&owed));
    assert_eq!(now.iter().map(|total| total.0).sum::<u64>(), then.iter().map(|total| total.0).sum::<u64>());
    assert_eq!(now.iter().map(|total| total.1).sum::<i64>(), then.iter().map(|total| total.1).sum::<i64>());
    assert_eq!(ana.inbox().len(), 11, "the flow's answer, and what the owner wrote");
}
