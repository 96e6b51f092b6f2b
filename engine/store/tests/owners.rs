//! What takes a conversation as it is stored, and what operators order.

mod common;

use common::{NUMBER, at, echo, event, new_send, open, text};
use ponte_model::{
    AutomaticKind, Body, Contact, Content, Control, ControlOrder, ConversationId, EchoMeaning, HandOffTarget, Lane,
    Message, Origin,
};
use ponte_store::{Began, BeginSend, ControlRow, Finish, Incoming, Leave, SqliteStore, Store as _};
use serde_json::json;

fn somebody() -> Contact {
    Contact::by_phone("5511")
}

/// Puts a message of automation into the outbox.
async fn queue(store: &SqliteStore, id: &str) -> ConversationId {
    let stored = store.ingest(vec![text(&format!("wamid.{id}"), somebody())], at(0)).await.unwrap().remove(0);
    let conversation = ConversationId { number: NUMBER.into(), contact: stored.contact.unwrap() };
    let sends = vec![new_send(id, &conversation)];
    store.finish(Finish { seq: stored.seq.unwrap(), sends, ..Finish::default() }).await.unwrap();
    conversation
}

fn begin(id: &str, echo_seq: i64, yields_to_echo: bool) -> BeginSend {
    BeginSend {
        id: id.into(),
        leave: Leave { echo_seq, yields_to_echo, at: at(1), consent: None, initiates: false },
        charge: None,
    }
}

fn meaning(key: &str, meaning: EchoMeaning) -> Incoming {
    let message = Message { echo: Some(Box::new(meaning)), ..Message::of(Content::Text { body: "x".into() }) };
    event(key, Origin::App, Lane::Message, Some(somebody()), Body::Echo(message))
}

fn order(key: &str, order: ControlOrder) -> Incoming {
    let body = Body::Control(Control { order, by: "ana".into() });
    event(key, Origin::System, Lane::Message, Some(somebody()), body)
}

#[tokio::test]
async fn what_takes_a_conversation_stops_what_is_about_to_leave_and_nothing_else_does() {
    let standby = Body::Standby(Box::new(Body::Message(Message::of(Content::Text { body: "x".into() }))));
    let table = [
        ("a person", echo("k", somebody()), Began::Stale),
        ("a customer", text("k", somebody()), Began::Go),
        (
            "the app by itself",
            meaning("k", EchoMeaning::Automatic { kind: AutomaticKind::Away, why: "why".into() }),
            Began::Go,
        ),
        ("a keyword", meaning("k", EchoMeaning::Release { keyword: "#bot".into() }), Began::Go),
        ("an operator who takes", order("k", ControlOrder::Take(HandOffTarget::Team)), Began::Stale),
        ("an operator who gives back", order("k", ControlOrder::Release), Began::Go),
        ("another app", event("k", Origin::Customer, Lane::Message, Some(somebody()), standby), Began::Stale),
    ];
    for (name, incoming, expected) in table {
        let (_dir, store) = open().await;
        queue(&store, "s1").await;
        store.ingest(vec![incoming], at(1)).await.unwrap();
        assert_eq!(store.begin_send(begin("s1", 0, true)).await.unwrap(), expected, "{name}");
    }
}

#[tokio::test]
async fn orders_wait_over_a_restart_until_they_are_dropped_and_are_noticed() {
    let (dir, store) = open().await;
    let conversation = queue(&store, "s1").await;
    let version = store.registry_version().await.unwrap();
    let control = |order| Control { order, by: "ana".into() };
    for (secs, order) in [(1, ControlOrder::Release), (2, ControlOrder::Take(HandOffTarget::App))] {
        store.put_control(&conversation, &control(order), at(secs)).await.unwrap();
    }
    assert!(store.registry_version().await.unwrap() > version);
    store.close().await;
    drop(store);
    let store = SqliteStore::open(dir.path()).await.unwrap();
    let rows = store.controls().await.unwrap();
    let first = ControlRow { id: 1, conversation, control: control(ControlOrder::Release), at: at(1) };
    assert_eq!((rows.len(), &rows[0]), (2, &first));
    store.drop_control(rows[1].id).await.unwrap();
    store.put_control(&first.conversation, &first.control, at(3)).await.unwrap();
    let ids: Vec<_> = store.controls().await.unwrap().iter().map(|row| row.id).collect();
    assert_eq!(ids, [1, 3], "a place is never used again: events are known by it");
}

#[tokio::test]
async fn what_automation_said_since_a_moment_is_known_and_what_was_learned_is_kept() {
    let (_dir, store) = open().await;
    let conversation = queue(&store, "s1").await;
    queue(&store, "waits").await;
    assert_eq!(store.spoke_since(&conversation, at(0)).await.unwrap(), []);
    store.begin_send(begin("s1", 0, true)).await.unwrap();
    let left = store.spoke_since(&conversation, at(0)).await.unwrap();
    assert_eq!(left.len(), 1, "what has left, on its way or not");
    assert_eq!(store.spoke_since(&conversation, left[0].plus(std::time::Duration::from_millis(1))).await.unwrap(), []);

    assert_eq!(store.learned_texts().await.unwrap(), []);
    for learned in [json!({"texts": []}), json!({"texts": [1]})] {
        store.put_learned_texts(&NUMBER.into(), &learned).await.unwrap();
        assert_eq!(store.learned_texts().await.unwrap(), [(NUMBER.into(), learned)]);
    }
}
