//! The ledger: a line is written with what leaves, settled once by what statuses say, and outlives a restart.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use common::{NUMBER, at, echo, event, new_send, open, status, text};
use ponte_model::{
    Body, Budget, Charge, Contact, ConversationId, Currency, DeliveryState, DeliveryStatus, Lane, Origin, Owner, Scope,
    Stage,
};
use ponte_store::{
    Began, BeginSend, Finish, Leave, NewSend, SendOutcome, Settle, SqliteStore, StatusApplied, StatusUpdate, Store,
};

const DAY: &str = "2026-09-21";

fn line(send: &str, conversation: &ConversationId) -> Charge {
    Charge {
        send: send.into(),
        tenant: "shop".into(),
        number: conversation.number.clone(),
        contact: conversation.contact.clone(),
        installation: Some("inst".into()),
        account: "waba".into(),
        market: Some("Brazil".into()),
        category: Some("service".into()),
        free: None,
        currency: Currency::parse("BRL"),
        quote: BTreeMap::from([("service".into(), 50_000)]),
        hold: Some(50_000),
        amount: Some(50_000),
        stage: Stage::Reserved,
        owner: Owner::Nobody,
        day: DAY.into(),
        at: at(1),
        told: None,
    }
}

/// What the tests' policy makes of a status: delivery settles, failure frees.
fn settler(before: &Charge, status: &DeliveryStatus) -> Option<Charge> {
    let stage = match status.state {
        DeliveryState::Delivered => Stage::Settled,
        DeliveryState::Failed if before.stage != Stage::Settled => Stage::Freed,
        _ => return None,
    };
    (before.stage != stage).then(|| Charge { stage, ..before.clone() })
}

fn leave(echo_seq: i64) -> Leave {
    Leave { echo_seq, yields_to_echo: true, consent: None, initiates: false, at: at(1) }
}

/// Queues a message, and lets it out with its line.
async fn send(store: &SqliteStore, id: &str) -> (ConversationId, Began) {
    let stored =
        store.ingest(vec![text(&format!("wamid.{id}"), Contact::by_phone("5511"))], at(0)).await.unwrap().remove(0);
    let conversation = ConversationId { number: NUMBER.into(), contact: stored.contact.unwrap() };
    let sends = vec![new_send(id, &conversation)];
    store.finish(Finish { seq: stored.seq.unwrap(), sends, ..Finish::default() }).await.unwrap();
    let echo_seq = store.conversation(&conversation).await.unwrap().echo_seq;
    let charge = Some(Box::new(line(id, &conversation)));
    let began = store.begin_send(BeginSend { id: id.into(), leave: leave(echo_seq), charge }).await.unwrap();
    (conversation, began)
}

async fn apply(store: &SqliteStore, key: &str, state: DeliveryState, send: &str) -> StatusApplied {
    let status = status("wamid.out", state, Some(send));
    let incoming = event(key, Origin::Api, Lane::Status, None, Body::Status(status.clone()));
    let seq = store.ingest(vec![incoming], at(3)).await.unwrap()[0].seq.unwrap();
    store.apply_status(StatusUpdate { seq, status, at: at(3), consent: None }, &Arc::default(), settler).await.unwrap()
}

async fn ledger(store: &SqliteStore) -> Vec<(Charge, u64)> {
    store.ledger("2026-01-01").await.unwrap()
}

#[tokio::test]
async fn a_line_is_written_with_what_leaves_and_with_nothing_else() {
    let (_dir, store) = open().await;
    let (conversation, _) = send(&store, "a").await;
    assert_eq!(ledger(&store).await.len(), 1);
    // An echo that the verdict did not know of stops the next one.
    store.ingest(vec![echo("wamid.echo", Contact::by_phone("5511"))], at(2)).await.unwrap();
    let stored = store.ingest(vec![text("wamid.in", Contact::by_phone("5511"))], at(2)).await.unwrap().remove(0);
    let leaving = |id: &str, echo_seq| NewSend {
        leave: Some(leave(echo_seq)),
        charge: Some(Box::new(line(id, &conversation))),
        ..new_send(id, &conversation)
    };
    let known = store.conversation(&conversation).await.unwrap().echo_seq;
    let sends = vec![leaving("stays", 0), leaving("leaves", known)];
    store.finish(Finish { seq: stored.seq.unwrap(), sends, ..Finish::default() }).await.unwrap();
    let lines: Vec<_> = ledger(&store).await.into_iter().map(|(line, _)| line.send).collect();
    assert_eq!(lines, ["a".into(), "leaves".into()]);
}

#[tokio::test]
async fn a_late_status_settles_once_and_a_failure_frees() {
    let (dir, store) = open().await;
    for id in ["a", "b", "c"] {
        assert_eq!(send(&store, id).await.1, Began::Go);
    }
    let (before, after) = *apply(&store, "k1", DeliveryState::Delivered, "a").await.charge.unwrap();
    assert_eq!((before.stage, after.stage), (Stage::Reserved, Stage::Settled));
    assert_eq!(before.quote["service"], 50_000, "the line is read back as it was written");
    assert!(apply(&store, "k2", DeliveryState::Delivered, "a").await.charge.is_none());
    assert!(apply(&store, "k3", DeliveryState::Failed, "a").await.charge.is_none());
    assert!(apply(&store, "k4", DeliveryState::Failed, "b").await.charge.is_some());
    let failed = SendOutcome::Failed { code: None, reason: "no".into() };
    store.settle_send(Settle { id: "c".into(), outcome: failed, at: at(2), consent: None }).await.unwrap();
    store.close().await;
    drop(store);

    let store = SqliteStore::open(dir.path()).await.unwrap();
    let lines = ledger(&store).await;
    assert_eq!(lines.len(), 1, "what was freed costs nothing: {lines:?}");
    assert_eq!((lines[0].0.stage, lines[0].0.amount, lines[0].1), (Stage::Settled, Some(50_000), 1));
    let freed = store.charge_totals(DAY, DAY, Duration::ZERO).await.unwrap();
    let freed = freed.iter().find(|total| total.stage == Stage::Freed).unwrap();
    assert_eq!((freed.messages, freed.amount, freed.unknown), (2, 0, 0));
}

#[tokio::test]
async fn an_answer_from_the_phone_is_noted_with_the_messages_before_it() {
    let (_dir, store) = open().await;
    send(&store, "a").await;
    let late = echo("wamid.echo", Contact::by_phone("5511"));
    let mut event = (*late.event).clone();
    event.at = at(601);
    store.ingest(vec![ponte_store::Incoming { event: Arc::new(event), ..late }], at(601)).await.unwrap();
    apply(&store, "k1", DeliveryState::Delivered, "a").await;
    for (minutes, expected) in [(9, 0), (10, 1)] {
        let totals = store.charge_totals(DAY, DAY, Duration::from_secs(60 * minutes)).await.unwrap();
        assert_eq!((totals[0].near_phone, totals[0].near_phone_amount), (expected, 50_000 * expected as i64));
    }
}

#[tokio::test]
async fn budgets_are_set_changed_and_lifted_and_a_running_pipeline_notices() {
    let (_dir, store) = open().await;
    let scope = Scope::Number(NUMBER.into());
    let budget = |hard| Budget { currency: Currency::parse("BRL").unwrap(), soft: None, hard: Some(hard) };
    let version = store.registry_version().await.unwrap();
    store.put_budget(&scope, Some(&budget(1))).await.unwrap();
    store.put_budget(&scope, Some(&budget(2))).await.unwrap();
    assert_eq!(store.budgets().await.unwrap(), [(scope.clone(), budget(2))]);
    store.put_budget(&scope, None).await.unwrap();
    assert!(store.budgets().await.unwrap().is_empty());
    assert_eq!(store.registry_version().await.unwrap(), version + 3);
}
