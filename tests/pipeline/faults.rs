//! The network and Meta at their worst: nothing is sent twice, nothing is given up that may be sent.

use std::time::Duration;

use ponte_simulator::Odds;
use ponte_store::SendState;
use ponte_tests::{Stage, StageBuilder};

fn night() -> StageBuilder {
    Stage::after_hours().request_timeout(Duration::from_millis(500))
}

async fn one_message(stage: &Stage) -> ponte_store::SendRow {
    stage.simulator.customer("5511911112222").writes("oi").await;
    stage.rest().await;
    stage.sends().await.remove(0)
}

#[tokio::test]
async fn a_response_that_is_lost_leaves_doubt_which_a_status_settles() {
    let stage = night().start().await;
    stage.simulator.faults(|plan| plan.sends.drop_response = Odds::Next(1));
    one_message(&stage).await;
    // The simulator took the message and tells of its fate, with our id.
    let told = async {
        while stage.sends().await[0].state != SendState::Delivered {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), told).await.expect("a status settles the doubt");
    let row = stage.sends().await.remove(0);
    assert_eq!(row.attempts, 1);
    assert!(row.message_id.is_some(), "the status brought Meta's id");
    assert_eq!(stage.simulator.customer("5511911112222").inbox().len(), 1);
}

#[tokio::test]
async fn a_request_that_is_lost_stays_in_doubt_and_is_never_sent_again_blindly() {
    let stage = night().start().await;
    stage.simulator.faults(|plan| plan.sends.drop_request = Odds::Next(1));
    assert_eq!(one_message(&stage).await.state, SendState::InDoubt);
    let stage = stage.restart().await;
    stage.clock.advance(Duration::from_secs(3600));
    stage.rest().await;
    let row = stage.sends().await.remove(0);
    assert_eq!((row.state, row.attempts), (SendState::InDoubt, 1));
    assert!(stage.simulator.customer("5511911112222").inbox().is_empty());
}

#[tokio::test]
async fn too_fast_means_later() {
    let stage = night().start().await;
    stage.simulator.faults(|plan| plan.sends.error = (Odds::Next(2), 130_429));
    stage.simulator.customer("5511911112222").writes("oi").await;
    let sent = async {
        while stage.simulator.customer("5511911112222").inbox().is_empty() {
            stage.clock.advance(Duration::from_secs(1));
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), sent).await.expect("it is sent later");
    stage.rest().await;
    assert_eq!(stage.sends().await[0].attempts, 3);
    assert_eq!(stage.simulator.customer("5511911112222").inbox().len(), 1);
}

#[tokio::test]
async fn a_permanent_error_is_final_and_says_why() {
    let stage = night().start().await;
    stage.simulator.faults(|plan| plan.sends.error = (Odds::Next(1), 131_026));
    let row = one_message(&stage).await;
    assert_eq!((row.state, row.code, row.attempts), (SendState::Failed, Some(131_026), 1));
}

#[tokio::test]
async fn meta_cannot_be_reached_for_a_while() {
    let stage = night().start().await;
    // A token that Meta does not take stops the number; nothing is lost.
    stage.simulator.set_token(ponte_tests::NUMBER, "another");
    stage.simulator.customer("5511911112222").writes("oi").await;
    let tried = async {
        while stage.sends().await.first().is_none_or(|row| row.attempts == 0) {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(10), tried).await.expect("it was tried");
    stage.simulator.set_token(ponte_tests::NUMBER, ponte_tests::TOKEN);
    let sent = async {
        while stage.simulator.customer("5511911112222").inbox().is_empty() {
            stage.clock.advance(Duration::from_secs(30));
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), sent).await.expect("it is sent when the token is right again");
}
