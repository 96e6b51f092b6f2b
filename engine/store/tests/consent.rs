//! The ledger of consent, the suppression list, and what a rule holds.

mod common;

use std::sync::Arc;

use common::{NUMBER, at, event, new_send, open, status, text};
use ponte_model::consent::{Change, Entry, Purpose, Source, Statement};
use ponte_model::send::{Outbound, Payload, Recipient, Template};
use ponte_model::{Body, Contact, ContactId, ConversationId, DeliveryState, Lane, Origin, Timestamp};
use ponte_store::{
    BeginSend, Finish, HeldFor, Leave, NewSend, OutboxItem, SendOutcome, Settle, SqliteStore, StatusUpdate, Store,
};

fn statement(key: &str, change: Change) -> Statement {
    Statement {
        key: key.into(),
        purpose: Purpose::Marketing,
        change,
        source: Source::Chat,
        text: Some("parar".into()),
        version: None,
        at: at(7),
    }
}

async fn person(store: &SqliteStore) -> (i64, ConversationId) {
    let stored = store.ingest(vec![text("wamid.1", Contact::by_phone("5511"))], at(0)).await.unwrap().remove(0);
    (stored.seq.unwrap(), ConversationId { number: NUMBER.into(), contact: stored.contact.unwrap() })
}

async fn keys(store: &SqliteStore, contact: &ContactId) -> Vec<String> {
    let standing = store.standing(contact, Timestamp::EPOCH).await.unwrap();
    standing.entries.into_iter().map(|entry| entry.key).collect()
}

fn template(id: &str, conversation: &ConversationId) -> NewSend {
    let payload = Payload::Template(Template::positional("oferta", "pt_BR", ["Ana"]));
    let message = Outbound { to: Recipient::Phone("5511".into()), reply_to: None, payload };
    NewSend { item: OutboxItem::Message { message: Box::new(message) }, ..new_send(id, conversation) }
}

#[tokio::test]
async fn lines_are_written_once_with_the_event_with_a_status_or_with_a_settlement() {
    let (_dir, store) = open().await;
    let (seq, conversation) = person(&store).await;
    let contact = &conversation.contact;
    let entry = |key: &str| Entry { contact: contact.clone(), statement: statement(key, Change::Withdrawn) };
    let sends = vec![new_send("s1", &conversation), new_send("s2", &conversation)];
    store.finish(Finish { seq, consent: vec![entry("a")], sends, ..Finish::default() }).await.unwrap();
    assert_eq!(store.add_consent(vec![entry("a"), entry("b")]).await.unwrap(), 1, "one of the two was there");

    let failed = SendOutcome::Failed { code: Some(131_050), reason: "stopped".into() };
    let consent = Some(statement("c", Change::Withdrawn));
    store.settle_send(Settle { id: "s1".into(), outcome: failed, at: at(2), consent }).await.unwrap();

    let status = status("wamid.out", DeliveryState::Failed, Some("s2"));
    let incoming = event("st", Origin::Api, Lane::Status, None, Body::Status(status.clone()));
    let seq = store.ingest(vec![incoming], at(3)).await.unwrap()[0].seq.unwrap();
    let consent = Some(statement("d", Change::Withdrawn));
    let applied = store
        .apply_status(StatusUpdate { seq, status, at: at(3), consent }, &Arc::default(), |_, _| None)
        .await
        .unwrap();
    assert_eq!(applied.conversation.as_ref(), Some(&conversation));

    assert_eq!(keys(&store, contact).await, ["a", "b", "c", "d"]);
    let read = store.standing(contact, Timestamp::EPOCH).await.unwrap();
    assert_eq!(read.entries[0], statement("a", Change::Withdrawn), "nothing is lost on the way");
    assert_eq!(read.phone, Some("5511".into()));
}

#[tokio::test]
async fn somebody_whom_only_a_list_names_is_known_when_they_write() {
    let (_dir, store) = open().await;
    let met = store.meet(&"shop".into(), &"5511".into(), at(0)).await.unwrap();
    assert_eq!(store.meet(&"shop".into(), &"5511".into(), at(1)).await.unwrap(), met);
    assert_ne!(
        store.meet(&"other".into(), &"5511".into(), at(1)).await.unwrap(),
        met,
        "another tenant, another person"
    );
    store.add_consent(vec![Entry { contact: met.clone(), statement: statement("a", Change::Given) }]).await.unwrap();
    let (_, conversation) = person(&store).await;
    assert_eq!(conversation.contact, met);
    assert_eq!(keys(&store, &conversation.contact).await, ["a"]);
}

#[tokio::test]
async fn the_suppression_list_is_kept_with_its_reason_and_a_pipeline_notices() {
    let (_dir, store) = open().await;
    let (_, conversation) = person(&store).await;
    let contact = &conversation.contact;
    let before = store.registry_version().await.unwrap();
    assert!(store.suppress(contact, Some("court order"), at(1)).await.unwrap());
    assert!(!store.suppress(contact, Some("again"), at(2)).await.unwrap(), "the first reason stays");
    let standing = store.standing(contact, Timestamp::EPOCH).await.unwrap();
    assert_eq!(standing.suppressed.as_deref(), Some("court order"));
    assert!(store.registry_version().await.unwrap() > before);
    assert!(store.suppress(contact, None, at(3)).await.unwrap());
    assert_eq!(store.standing(contact, Timestamp::EPOCH).await.unwrap().suppressed, None);
}

#[tokio::test]
async fn templates_that_left_or_may_have_are_counted() {
    let (_dir, store) = open().await;
    let (seq, conversation) = person(&store).await;
    let ids = ["waits", "left", "failed", "doubt"];
    let sends = ids.iter().map(|id| template(id, &conversation)).chain([new_send("text", &conversation)]).collect();
    store.finish(Finish { seq, sends, ..Finish::default() }).await.unwrap();
    for (secs, id, outcome) in [
        (1, "left", SendOutcome::Accepted { message_id: Some("wamid.a".into()) }),
        (2, "failed", SendOutcome::Failed { code: None, reason: "no".into() }),
        (3, "doubt", SendOutcome::InDoubt { reason: "?".into() }),
        (4, "text", SendOutcome::Accepted { message_id: Some("wamid.b".into()) }),
    ] {
        let leave = Leave { echo_seq: 0, yields_to_echo: false, consent: None, initiates: false, at: at(secs) };
        store.begin_send(BeginSend { id: id.into(), leave, charge: None }).await.unwrap();
        store.settle_send(Settle { id: id.into(), outcome, at: at(secs), consent: None }).await.unwrap();
    }
    let times = async |since| {
        let sent = store.standing(&conversation.contact, since).await.unwrap().templates;
        sent.iter().map(|sent| sent.at).collect::<Vec<_>>()
    };
    assert_eq!(times(at(0)).await, [at(1), at(3)]);
    assert_eq!(times(at(1)).await, [at(3)]);
}

#[tokio::test]
async fn what_a_rule_holds_is_overtaken_and_comes_back_when_it_is_due() {
    let (_dir, store) = open().await;
    let (seq, conversation) = person(&store).await;
    let sends = vec![template("held", &conversation), new_send("text", &conversation)];
    store.finish(Finish { seq, sends, ..Finish::default() }).await.unwrap();
    let held = SendOutcome::Held {
        until: at(60),
        what_for: HeldFor::Time,
        code: None,
        reason: "held: it is late (rule: quiet-hours)".into(),
    };
    store.settle_send(Settle { id: "held".into(), outcome: held, at: at(1), consent: None }).await.unwrap();
    let waiting = async |now| {
        let queued = store.queued(&NUMBER.into(), 3, now, 10).await.unwrap();
        queued.into_iter().map(|send| send.id.into_string()).collect::<Vec<_>>()
    };
    assert_eq!(waiting(at(59)).await, ["text"]);
    assert_eq!(store.next_held(&NUMBER.into(), at(59)).await.unwrap(), Some(at(60)));
    assert_eq!(store.next_held(&NUMBER.into(), at(60)).await.unwrap(), None);
    assert_eq!(waiting(at(60)).await, ["held", "text"]);
}
