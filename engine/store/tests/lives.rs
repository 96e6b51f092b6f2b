//! How numbers stand, and what was last heard of them.

mod common;

use std::time::Duration;

use common::{NUMBER, at, echo, event, open, text};
use ponte_model::{AppContact, Body, Contact, HistoryProgress, Lane, Origin, Timestamp};
use ponte_store::{Incoming, LifeRow, NumberConfig, NumberMode, NumberRow, SignsRow, SqliteStore, Store as _};
use serde_json::json;

async fn registered() -> (tempfile::TempDir, SqliteStore) {
    let (dir, store) = open().await;
    let number = NumberRow {
        id: NUMBER.into(),
        tenant: "shop".into(),
        waba_id: None,
        display_phone: None,
        config: NumberConfig::new(NumberMode::Coexistence, 5),
    };
    store.put_number(&number, at(0)).await.unwrap();
    (dir, store)
}

async fn life(store: &SqliteStore) -> LifeRow {
    store.lives().await.unwrap().remove(0)
}

fn when(mut incoming: Incoming, moment: Timestamp) -> Incoming {
    let mut event = (*incoming.event).clone();
    event.at = moment;
    incoming.event = event.into();
    incoming
}

#[tokio::test]
async fn who_writes_a_life_must_have_read_the_last_one() {
    let (_dir, store) = registered().await;
    assert_eq!(life(&store).await.registered_at, at(0));
    let version = store.registry_version().await.unwrap();
    assert!(store.put_life(&NUMBER.into(), &json!({"a": 1}), 0).await.unwrap());
    assert!(!store.put_life(&NUMBER.into(), &json!({"b": 2}), 0).await.unwrap(), "somebody was quicker");
    let row = life(&store).await;
    assert_eq!((row.life, row.revision), (json!({"a": 1}), 1));
    assert_eq!(store.registry_version().await.unwrap(), version + 1, "a running pipeline notices");
    // Registering the number anew lifts nothing.
    let number = store.numbers().await.unwrap().remove(0);
    store.put_number(&number, at(9)).await.unwrap();
    assert_eq!(life(&store).await.revision, 1);
}

#[tokio::test]
async fn signs_of_the_phone_are_noted_with_the_events_that_tell_of_them() {
    let (_dir, store) = registered().await;
    let ana = || Contact::by_phone("5511911112222");
    let minutes = |minutes: u64| at(0).plus(Duration::from_secs(minutes * 60));
    let ingest = async |events: Vec<Incoming>, received: Timestamp| {
        store.ingest(events, received).await.unwrap();
        life(&store).await.signs
    };
    let none = SignsRow::default();
    assert_eq!(life(&store).await.signs, none);

    let signs = ingest(vec![when(text("m1", ana()), minutes(1))], minutes(1)).await;
    assert_eq!(signs, SignsRow { customer_at: minutes(1), asked_at: minutes(1), ..none }, "no sign of the phone");
    let signs = ingest(vec![when(text("m2", ana()), minutes(10))], minutes(10)).await;
    assert_eq!((signs.customer_at, signs.asked_at), (minutes(10), minutes(1)), "asked since the first");
    let signs = ingest(vec![when(echo("e1", ana()), minutes(11))], minutes(11)).await;
    assert_eq!((signs.phone_at, signs.echo_at, signs.asked_at), (minutes(11), minutes(11), Timestamp::EPOCH));

    // A question and its answer within a minute of what is on record are still told apart.
    let signs = ingest(vec![when(text("m3", ana()), minutes(11).plus(Duration::from_secs(5)))], minutes(12)).await;
    assert_eq!(signs.asked_at, minutes(11).plus(Duration::from_secs(5)));
    let answer = minutes(11).plus(Duration::from_secs(9));
    let signs = ingest(vec![when(echo("e2", ana()), answer)], minutes(12)).await;
    assert_eq!((signs.echo_at, signs.asked_at), (answer, Timestamp::EPOCH));

    // A redelivered echo, or a late one, makes nothing newer.
    let again = ingest(vec![when(echo("e1", ana()), minutes(11))], minutes(600)).await;
    assert_eq!(again, signs);

    let contact = Body::AppContact(AppContact { present: true, full_name: None, first_name: None });
    let contact = event("c1", Origin::System, Lane::Import, Some(ana()), contact);
    let signs = ingest(vec![when(contact, minutes(20))], minutes(30)).await;
    assert_eq!((signs.phone_at, signs.contacts_at), (minutes(20), minutes(30)));
    let progress = Body::HistoryProgress(HistoryProgress { phase: 0, chunk: 1, percent: 100, messages: 0 });
    let progress = event("h1", Origin::System, Lane::Import, None, progress);
    let signs = ingest(vec![when(progress, minutes(40))], minutes(41)).await;
    assert_eq!((signs.phone_at, signs.history_at), (minutes(40), minutes(41)));
}
