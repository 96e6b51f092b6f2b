//! The outbox: statuses only move forward, echoes stop sends, doubt is settled.

mod common;

use std::sync::Arc;

use common::{NUMBER, at, echo, event, new_send, open, status, text};
use ponte_model::consent::{Change, Entry, Purpose, Source, Statement};
use ponte_model::{Body, Contact, ConversationId, DeliveryState, Lane, Origin};
use ponte_store::{
    Began, BeginSend, ConsentSeen, Finish, Finished, HeldFor, Leave, Listeners, NewSend, Released, SendOutcome,
    SendState, Settle, SqliteStore, StatusUpdate, Store,
};
use proptest::prelude::*;

async fn queue(store: &SqliteStore, id: &str) -> ConversationId {
    let stored =
        store.ingest(vec![text(&format!("wamid.{id}"), Contact::by_phone("5511"))], at(0)).await.unwrap().remove(0);
    let conversation = ConversationId { number: NUMBER.into(), contact: stored.contact.unwrap() };
    let sends = vec![new_send(id, &conversation)];
    store.finish(Finish { seq: stored.seq.unwrap(), sends, ..Finish::default() }).await.unwrap();
    conversation
}

fn begin(id: &str, echo_seq: i64, yields_to_echo: bool) -> BeginSend {
    BeginSend {
        id: id.into(),
        leave: Leave { echo_seq, yields_to_echo, consent: None, initiates: false, at: at(1) },
        charge: None,
    }
}

async fn settle(store: &SqliteStore, id: &str, outcome: SendOutcome) {
    store.settle_send(Settle { id: id.into(), outcome, at: at(2), consent: None }).await.unwrap();
}

async fn apply(store: &SqliteStore, key: &str, wamid: &str, state: DeliveryState, send: Option<&str>) -> bool {
    let status = status(wamid, state, send);
    let incoming = event(key, Origin::Api, Lane::Status, None, Body::Status(status.clone()));
    let Some(seq) = store.ingest(vec![incoming], at(3)).await.unwrap()[0].seq else { return false };
    let listeners: Listeners = Arc::default();
    let update = StatusUpdate { seq, status, at: at(3), consent: None };
    store.apply_status(update, &listeners, |_, _| None).await.unwrap().moved
}

async fn state(store: &SqliteStore) -> SendState {
    store.sends(None, 1).await.unwrap()[0].state
}

#[tokio::test]
async fn a_message_leaves_once() {
    let (_dir, store) = open().await;
    queue(&store, "s1").await;
    let (a, b) = tokio::join!(store.begin_send(begin("s1", 0, true)), store.begin_send(begin("s1", 0, true)));
    let went = [a.unwrap(), b.unwrap()].iter().filter(|began| **began == Began::Go).count();
    assert_eq!(went, 1);
    settle(&store, "s1", SendOutcome::Accepted { message_id: Some("wamid.out".into()) }).await;
    assert_eq!(state(&store).await, SendState::Accepted);
    assert_eq!(store.begin_send(begin("s1", 0, true)).await.unwrap(), Began::Stale);
}

#[tokio::test]
async fn an_echo_that_the_verdict_did_not_know_stops_automation_and_nothing_else() {
    let (_dir, store) = open().await;
    queue(&store, "auto").await;
    let conversation = queue(&store, "human").await;
    store.ingest(vec![echo("wamid.echo", Contact::by_phone("5511"))], at(1)).await.unwrap();
    assert_eq!(store.begin_send(begin("auto", 0, true)).await.unwrap(), Began::Stale);
    assert_eq!(store.begin_send(begin("human", 0, false)).await.unwrap(), Began::Go);
    let known = store.conversation(&conversation).await.unwrap().echo_seq;
    assert_eq!(store.begin_send(begin("auto", known, true)).await.unwrap(), Began::Go);
}

#[tokio::test]
async fn what_was_being_sent_when_the_process_ended_is_in_doubt_until_a_status_tells() {
    let (dir, store) = open().await;
    queue(&store, "s1").await;
    store.begin_send(begin("s1", 0, true)).await.unwrap();
    store.close().await;
    drop(store);

    let store = SqliteStore::open(dir.path()).await.unwrap();
    assert_eq!(store.doubt_unfinished_sends().await.unwrap(), 1);
    assert_eq!(state(&store).await, SendState::InDoubt);
    assert!(store.queued(&NUMBER.into(), 3, at(99), 10).await.unwrap().is_empty(), "never sent again blindly");
    // The status carries our id, and brings Meta's.
    assert!(apply(&store, "k1", "wamid.out", DeliveryState::Delivered, Some("s1")).await);
    let row = store.sends(None, 1).await.unwrap().remove(0);
    assert_eq!((row.state, row.message_id.unwrap().as_str()), (SendState::Delivered, "wamid.out"));
}

#[tokio::test]
async fn a_status_may_come_before_the_response() {
    let (_dir, store) = open().await;
    queue(&store, "s1").await;
    store.begin_send(begin("s1", 0, true)).await.unwrap();
    apply(&store, "k1", "wamid.out", DeliveryState::Sent, Some("s1")).await;
    settle(&store, "s1", SendOutcome::Accepted { message_id: Some("wamid.out".into()) }).await;
    assert_eq!(state(&store).await, SendState::Sent);
}

#[tokio::test]
async fn a_send_that_surely_did_not_leave_waits_its_turn_again() {
    let (_dir, store) = open().await;
    queue(&store, "s1").await;
    store.begin_send(begin("s1", 0, true)).await.unwrap();
    let requeue = SendOutcome::Requeue { not_before: at(60), code: None, reason: "130429".into(), counts: true };
    settle(&store, "s1", requeue).await;
    assert_eq!(store.queued(&NUMBER.into(), 3, at(59), 10).await.unwrap()[0].not_before, at(60));
    assert_eq!(store.queued(&NUMBER.into(), 3, at(60), 10).await.unwrap()[0].attempts, 1);
}

#[tokio::test]
async fn a_stop_that_the_verdict_did_not_know_stops_automation_and_nothing_else() {
    let (_dir, store) = open().await;
    let conversation = queue(&store, "auto").await;
    queue(&store, "human").await;
    let knowing = |id: &str, seq, suppressed| {
        let leave = Leave { consent: Some(ConsentSeen { seq, suppressed }), ..begin(id, 0, false).leave };
        BeginSend { leave, ..begin(id, 0, false) }
    };
    let statement = |key: &str, change| Statement {
        key: key.into(),
        purpose: Purpose::Any,
        change,
        source: Source::Chat,
        text: None,
        version: None,
        at: at(1),
    };
    let contact = conversation.contact.clone();
    let entry = |key: &str, change| Entry { contact: contact.clone(), statement: statement(key, change) };
    store.add_consent(vec![entry("yes", Change::Given), entry("no", Change::Withdrawn)]).await.unwrap();
    assert_eq!(store.begin_send(knowing("auto", 0, false)).await.unwrap(), Began::Stale);
    // An agreement stops nothing; a person is stopped by nothing.
    assert_eq!(store.begin_send(begin("human", 0, false)).await.unwrap(), Began::Go);
    let known = store.standing(&contact, at(0)).await.unwrap().consent;
    store.suppress(&contact, Some("asked by letter"), at(2)).await.unwrap();
    assert_eq!(store.begin_send(knowing("auto", known.seq, false)).await.unwrap(), Began::Stale);
    assert_eq!(store.begin_send(knowing("auto", known.seq, true)).await.unwrap(), Began::Go);

    // The same for what leaves in the transaction that writes it.
    let stored = store.ingest(vec![text("wamid.more", Contact::by_phone("5511"))], at(3)).await.unwrap().remove(0);
    let leaving = |id: &str, seq, suppressed| NewSend {
        leave: Some(knowing(id, seq, suppressed).leave),
        ..new_send(id, &conversation)
    };
    let sends = vec![leaving("old", 0, true), leaving("blind", known.seq, false), leaving("knows", known.seq, true)];
    let finish = Finish { seq: stored.seq.unwrap(), sends, ..Finish::default() };
    assert_eq!(store.finish(finish).await.unwrap(), Finished::Done { leaving: vec!["knows".into()] });
}

#[tokio::test]
async fn a_lane_is_read_with_what_waits_before_it_for_the_same_person() {
    let (_dir, store) = open().await;
    let stored = store.ingest(vec![text("wamid.in", Contact::by_phone("5511"))], at(0)).await.unwrap().remove(0);
    let here = ConversationId { number: NUMBER.into(), contact: stored.contact.unwrap() };
    let elsewhere = ConversationId { contact: "somebody else".into(), ..here.clone() };
    let send = |id: &str, conversation, lane| NewSend { lane, ..new_send(id, conversation) };
    let sends = vec![
        send("offer", &here, 4),
        send("another's offer", &elsewhere, 4),
        send("held", &here, 4),
        send("code", &here, 0),
        send("later offer", &here, 4),
    ];
    store.finish(Finish { seq: stored.seq.unwrap(), sends, ..Finish::default() }).await.unwrap();
    let hold = SendOutcome::Held { until: at(60), what_for: HeldFor::Template, code: None, reason: "paused".into() };
    settle(&store, "held", hold).await;
    let of = async |lane, secs| -> Vec<String> {
        let queued = store.queued(&NUMBER.into(), lane, at(secs), 10).await.unwrap();
        queued.into_iter().map(|send| send.id.to_string()).collect()
    };
    assert_eq!(of(0, 1).await, ["offer", "code"]);
    assert_eq!(of(0, 60).await, ["offer", "held", "code"]);
    assert_eq!(of(4, 1).await, ["offer", "another's offer", "code", "later offer"]);
    assert_eq!(store.release_held(Released::Window(here)).await.unwrap(), 0);
    assert_eq!(store.release_held(Released::Templates { told: false }).await.unwrap(), 1);
    assert_eq!(of(0, 1).await, ["offer", "held", "code"]);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, ..ProptestConfig::default() })]

    /// Whatever the order and however often: the state is that of the furthest status, and never goes back.
    #[test]
    fn statuses_move_forward_only(order in proptest::collection::vec(0usize..4, 1..8)) {
        let states = [DeliveryState::Sent, DeliveryState::Delivered, DeliveryState::Read, DeliveryState::Failed];
        let ranks = [SendState::Sent, SendState::Delivered, SendState::Read, SendState::Failed];
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        runtime.block_on(async {
            let (_dir, store) = open().await;
            queue(&store, "s1").await;
            store.begin_send(begin("s1", 0, true)).await.unwrap();
            settle(&store, "s1", SendOutcome::Accepted { message_id: Some("wamid.out".into()) }).await;
            let mut furthest = SendState::Accepted;
            for (step, which) in order.iter().enumerate() {
                apply(&store, &format!("k{step}"), "wamid.out", states[*which].clone(), None).await;
                if ranks[*which].rank() > furthest.rank() {
                    furthest = ranks[*which];
                }
                assert_eq!(state(&store).await, furthest);
            }
        });
    }
}

#[tokio::test]
async fn a_message_may_leave_in_the_transaction_that_writes_it() {
    let (_dir, store) = open().await;
    let stored = store.ingest(vec![text("wamid.in", Contact::by_phone("5511"))], at(0)).await.unwrap().remove(0);
    let conversation = ConversationId { number: NUMBER.into(), contact: stored.contact.unwrap() };
    let echo_seq = store.ingest(vec![echo("wamid.echo", Contact::by_phone("5511"))], at(1)).await.unwrap()[0].seq;
    let leaving = |id: &str, echo_seq, yields_to_echo| {
        let leave = Some(Leave { echo_seq, yields_to_echo, consent: None, initiates: false, at: at(1) });
        NewSend { leave, ..new_send(id, &conversation) }
    };
    let sends = vec![
        leaving("knew", echo_seq.unwrap(), true),
        leaving("did not know", 0, true),
        leaving("does not mind", 0, false),
        new_send("waits", &conversation),
    ];
    let finish = || Finish { seq: stored.seq.unwrap(), sends: sends.clone(), ..Finish::default() };
    let Finished::Done { leaving } = store.finish(finish()).await.unwrap() else { panic!("a conflict") };
    assert_eq!(leaving, ["knew".into(), "does not mind".into()]);
    let queued: Vec<_> =
        store.queued(&NUMBER.into(), 3, at(2), 9).await.unwrap().into_iter().map(|send| send.id).collect();
    assert_eq!(queued, ["did not know".into(), "waits".into()]);
    // What stands as being sent leaves once, however often it is written.
    assert_eq!(store.finish(finish()).await.unwrap(), Finished::Done { leaving: Vec::new() });
    assert_eq!(store.doubt_unfinished_sends().await.unwrap(), 2);
}
