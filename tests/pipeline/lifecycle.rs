//! Numbers come and go: messages wait, customers see no error.

use std::time::Duration;

use ponte_simulator::Odds;
use ponte_tests::{NUMBER, Stage};

async fn suspended(stage: &Stage, expected: bool) {
    let changed = async {
        loop {
            let numbers = stage.store().numbers().await.unwrap();
            let number = numbers.iter().find(|number| number.id.as_str() == NUMBER).unwrap();
            if number.config.suspended.is_some() == expected {
                return;
            }
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), changed).await.expect("the number's state changes");
}

#[tokio::test]
async fn an_offboarded_number_keeps_its_messages_and_sends_them_once_when_it_is_back() {
    let stage = Stage::after_hours().start().await;
    let phone = stage.simulator.business_phone(NUMBER).unwrap();
    // The reply is held back by Meta's pace first, and then the link breaks.
    stage.simulator.faults(|plan| plan.sends.error = (Odds::Next(1), 130_429));
    stage.simulator.customer("5511911112222").writes("oi").await;
    let tried = async {
        while stage.sends().await.first().is_none_or(|row| row.attempts == 0) {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), tried).await.unwrap();
    phone.offboard().await;
    suspended(&stage, true).await;
    stage.clock.advance(Duration::from_secs(600));
    assert!(stage.simulator.customer("5511911112222").inbox().is_empty());

    phone.reconnect().await;
    suspended(&stage, false).await;
    stage.rest().await;
    assert_eq!(stage.simulator.customer("5511911112222").inbox().len(), 1);
}
