//! Events: stored once, in order, with the right person.

mod common;

use common::{NUMBER, at, echo, open, order, text};
use ponte_model::{Contact, ContactName, ConversationId, StateScope};
use ponte_store::{Finish, Finished, Incoming, Marked, SharedRead, SqliteStore, StateKey, StateWrite, Store, Stored};

/// Written, and nothing leaves at once.
const DONE: Finished = Finished::Done { leaving: Vec::new() };

fn conversation(stored: &Stored) -> ConversationId {
    ConversationId { number: NUMBER.into(), contact: stored.contact.clone().unwrap() }
}

#[tokio::test]
async fn the_same_event_five_times_at_once_and_after_a_restart_is_stored_once() {
    let (dir, store) = open().await;
    let one = || store.ingest(vec![text("wamid.A", Contact::by_phone("5511"))], at(1));
    let (a, b, c, d, e) = tokio::join!(one(), one(), one(), one(), one());
    let fresh = [a, b, c, d, e].map(|stored| stored.unwrap()[0].seq.is_some());
    assert_eq!(fresh.iter().filter(|fresh| **fresh).count(), 1);
    store.close().await;
    drop(store);

    let store = SqliteStore::open(dir.path()).await.unwrap();
    let again = store.ingest(vec![text("wamid.A", Contact::by_phone("5511"))], at(2)).await.unwrap();
    assert_eq!(again[0].seq, None);
    assert_eq!(store.pending(0, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_batch_keeps_its_order_and_its_duplicates_count_once() {
    let (_dir, store) = open().await;
    let contact = || Contact::by_phone("5511");
    let stored =
        store.ingest(vec![text("b", contact()), text("a", contact()), text("b", contact())], at(1)).await.unwrap();
    let seqs: Vec<_> = stored.iter().map(|stored| stored.seq).collect();
    assert!(seqs[0] < seqs[1] && seqs[0].is_some());
    assert!(seqs[2].is_none() || seqs[2] == seqs[0]);
    let keys: Vec<_> = store.pending(0, 10).await.unwrap().iter().map(|p| p.event.key.as_str().to_owned()).collect();
    assert_eq!(keys, ["b", "a"]);
}

#[tokio::test]
async fn the_event_that_answers_says_so_of_those_that_it_answers_too() {
    let (_dir, store) = open().await;
    let ana = || Contact::by_phone("5511");
    let stored = store.ingest(vec![text("a", ana()), text("b", ana()), text("c", ana())], at(1)).await.unwrap();
    let seqs: Vec<i64> = stored.iter().filter_map(|stored| stored.seq).collect();
    for seq in &seqs[..2] {
        let finish = Finish { seq: *seq, decision: Some("debounced".into()), ..Finish::default() };
        assert_eq!(store.finish(finish).await.unwrap(), DONE);
    }
    let also = |seq| Marked { seq, decision: "debounced".into(), why: Some("answered together with c".into()) };
    let finish = Finish {
        seq: seqs[2],
        decision: Some("first-match".into()),
        also: vec![also(seqs[0]), also(seqs[1])],
        ..Finish::default()
    };
    assert_eq!(store.finish(finish).await.unwrap(), DONE);
    let rows = store.decisions(&conversation(&stored[0]), 10).await.unwrap();
    let told: Vec<_> =
        rows.iter().map(|row| (row.event.as_str(), row.decision.as_deref(), row.why.as_deref())).collect();
    let with = ("debounced", "answered together with c");
    assert_eq!(
        told,
        [("c", Some("first-match"), None), ("b", Some(with.0), Some(with.1)), ("a", Some(with.0), Some(with.1))]
    );

    // And they can be read again, in order, whatever became of them; what is not there is missing.
    let events = store.events(&[seqs[2], 9_999, seqs[0]]).await.unwrap();
    let keys: Vec<_> = events.iter().map(|(seq, event)| (*seq, event.key.as_str())).collect();
    assert_eq!(keys, [(seqs[0], "a"), (seqs[2], "c")]);
}

#[tokio::test]
async fn people_are_matched_by_exact_aliases() {
    let (_dir, store) = open().await;
    let both = Contact { user_id: Some("BR.1".into()), ..Contact::by_phone("5511") };
    let stored = store
        .ingest(
            vec![
                text("1", Contact::by_phone("5511")),
                text("2", both),
                text("3", Contact::by_user_id("BR.1")),
                text("4", Contact::by_phone("55119")),
            ],
            at(1),
        )
        .await
        .unwrap();
    let ids: Vec<_> = stored.iter().map(|stored| stored.contact.clone().unwrap()).collect();
    assert_eq!(ids[0], ids[1], "a BSUID that comes with a known phone is the same person");
    assert_eq!(ids[1], ids[2], "and is found by the BSUID alone from then on");
    assert_ne!(ids[0], ids[3], "a longer number is somebody else");
    let contact = store.contact(&ids[0]).await.unwrap().unwrap();
    assert_eq!((contact.phone.unwrap().as_str(), contact.user_id.unwrap().as_str()), ("5511", "BR.1"));
}

#[tokio::test]
async fn an_echo_claims_its_conversation_in_the_transaction_that_stores_it() {
    let (_dir, store) = open().await;
    let stored = store.ingest(vec![echo("wamid.E", Contact::by_phone("5511"))], at(1)).await.unwrap();
    let id = ConversationId { number: NUMBER.into(), contact: stored[0].contact.clone().unwrap() };
    let row = store.conversation(&id).await.unwrap();
    assert_eq!((Some(row.echo_seq), row.echo_at), (stored[0].seq, at(0)));
    // A customer's message neither claims nor releases.
    store.ingest(vec![text("wamid.C", Contact::by_phone("5511"))], at(2)).await.unwrap();
    assert_eq!(store.conversation(&id).await.unwrap().echo_seq, row.echo_seq);
}

#[tokio::test]
async fn two_runs_that_read_the_same_shared_key_cannot_both_commit() {
    let (_dir, store) = open().await;
    let stored =
        store.ingest(vec![text("1", Contact::by_phone("1")), text("2", Contact::by_phone("2"))], at(1)).await.unwrap();
    let key = StateKey::new("inst".into(), StateScope::Installation, None, "counter").unwrap();
    let finish = |seq: i64, value: &str, version| Finish {
        seq,
        reads: vec![SharedRead { key: key.clone(), version, at: at(1) }],
        state: vec![StateWrite { key: key.clone(), value: Some(value.into()), expires_at: None }],
        ..Finish::default()
    };
    let (first, second) = (stored[0].seq.unwrap(), stored[1].seq.unwrap());
    let (a, b) = tokio::join!(store.finish(finish(first, "a", None)), store.finish(finish(second, "b", None)));
    let mut answers = [a.unwrap(), b.unwrap()];
    answers.sort_by_key(|answer| *answer == Finished::Conflict);
    assert_eq!(answers, [DONE, Finished::Conflict]);
    assert_eq!(store.pending(0, 10).await.unwrap().len(), 1, "the loser is still to be handled");

    let seen = store.state(&key, at(2)).await.unwrap().unwrap();
    let loser = store.pending(0, 10).await.unwrap()[0].seq;
    assert_eq!(store.finish(finish(loser, "c", Some(seen.version))).await.unwrap(), DONE);
    assert_eq!(store.state(&key, at(2)).await.unwrap().unwrap().value, b"c");
}

#[tokio::test]
async fn a_data_directory_has_one_owner() {
    let (dir, _store) = open().await;
    let error = SqliteStore::open(dir.path()).await.err().unwrap().to_string();
    assert!(error.contains("another ponte process"), "{error}");
}

#[tokio::test]
async fn purge_keeps_what_may_come_again_and_what_waits() {
    let (_dir, store) = open().await;
    let old = store.ingest(vec![text("old", Contact::by_phone("1"))], at(0)).await.unwrap()[0].seq.unwrap();
    store.ingest(vec![text("waiting", Contact::by_phone("1"))], at(0)).await.unwrap();
    let new = store.ingest(vec![text("new", Contact::by_phone("1"))], at(100)).await.unwrap()[0].seq.unwrap();
    for seq in [old, new] {
        store.finish(Finish { seq, ..Finish::default() }).await.unwrap();
    }
    assert_eq!(store.purge(at(50), at(200)).await.unwrap().inbox, 1);
    assert_eq!(store.ingest(vec![text("new", Contact::by_phone("1"))], at(200)).await.unwrap()[0].seq, None);
    assert_eq!(store.pending(0, 10).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_shared_key_whose_time_is_up_counts_as_absent_when_it_is_read_and_when_it_is_judged() {
    let (_dir, store) = open().await;
    let stored =
        store.ingest(vec![text("1", Contact::by_phone("1")), text("2", Contact::by_phone("2"))], at(1)).await.unwrap();
    let key = StateKey::new("inst".into(), StateScope::Contact, Some(&conversation(&stored[0])), "seen").unwrap();
    let write = |value: &str, expires: i64| StateWrite {
        key: key.clone(),
        value: Some(value.into()),
        expires_at: Some(at(expires)),
    };
    let first = Finish { seq: stored[0].seq.unwrap(), state: vec![write("a", 10)], ..Finish::default() };
    assert_eq!(store.finish(first).await.unwrap(), DONE);
    assert_eq!(store.state(&key, at(20)).await.unwrap(), None);
    let second = Finish {
        seq: stored[1].seq.unwrap(),
        reads: vec![SharedRead { key: key.clone(), version: None, at: at(20) }],
        state: vec![write("b", 99)],
        ..Finish::default()
    };
    assert_eq!(store.finish(second).await.unwrap(), DONE);
    assert_eq!(store.state(&key, at(20)).await.unwrap().unwrap().value, b"b");
}

#[tokio::test]
async fn whom_a_store_names_is_found_by_either_spelling_and_keeps_the_name_that_whatsapp_knows() {
    let (_dir, store) = open().await;
    let called = |phone: &str, name: &str| {
        let name = ContactName { display: Some(name.into()), username: None };
        Contact { name, ..Contact::by_phone(phone) }
    };
    let (nine, eight) = ("5511987654321", "551187654321");
    let ingest = async |incoming: Incoming| {
        let stored = store.ingest(vec![incoming], at(0)).await.unwrap();
        (stored[0].contact.clone().unwrap(), stored[0].newcomer)
    };
    let (ana, _) = ingest(text("m1", called(eight, "Aninha"))).await;
    assert_eq!(ingest(order("o1", called(nine, "Ana Souza"))).await, (ana.clone(), false));
    let row = store.contact(&ana).await.unwrap().unwrap();
    assert_eq!((row.name.as_deref(), row.phone.unwrap().as_str()), (Some("Aninha"), eight));
    // What the platform says is taken as it is: from now on either spelling is hers.
    assert_eq!(ingest(text("m2", called(nine, "Aninha"))).await.0, ana);

    // A newcomer by a store, who then writes by the other spelling.
    let (bia, newcomer) = ingest(order("o2", called("5511976543210", "Bia"))).await;
    assert!(newcomer);
    assert_eq!(ingest(text("m3", called("551176543210", "Bia"))).await.0, bia);

    // Both spellings were somebody before: a store's word does not make them one.
    let (one, _) = ingest(text("m4", called("5511965432109", "Um"))).await;
    let (two, _) = ingest(text("m5", called("551165432109", "Dois"))).await;
    assert_ne!(one, two);
    assert_eq!(ingest(order("o3", called("5511965432109", "Um"))).await.0, one);
    assert_eq!(ingest(text("m6", called("551165432109", "Dois"))).await.0, two);
}

#[tokio::test]
async fn a_phone_number_that_changed_hands_is_somebody_else() {
    let (_dir, store) = open().await;
    let with = |user_id: &str| Contact { user_id: Some(user_id.into()), ..Contact::by_phone("5511") };
    let stored = store.ingest(vec![text("1", with("BR.1"))], at(1)).await.unwrap();
    let again = store.ingest(vec![text("2", with("BR.2")), text("3", with("BR.1"))], at(2)).await.unwrap();
    assert_ne!(stored[0].contact, again[0].contact);
    assert_eq!(stored[0].contact, again[1].contact);
}

#[tokio::test]
async fn a_newcomer_is_new_once_under_any_name() {
    let (dir, store) = open().await;
    let both = || Contact { user_id: Some("BR.1".into()), ..Contact::by_phone("5511") };
    let new = async |store: &SqliteStore, key: &str, person: Contact| {
        store.ingest(vec![text(key, person)], at(1)).await.unwrap()[0].newcomer
    };
    assert!(new(&store, "a", Contact::by_phone("5511")).await);
    assert!(!new(&store, "b", both()).await, "the phone was known");
    assert!(!new(&store, "c", Contact { user_id: Some("BR.1".into()), ..Contact::default() }).await);
    // The phone number is somebody else's now.
    assert!(new(&store, "d", Contact { user_id: Some("BR.2".into()), ..Contact::by_phone("5511") }).await);
    store.close().await;
    drop(store);
    let store = SqliteStore::open(dir.path()).await.unwrap();
    assert!(!new(&store, "e", Contact { user_id: Some("BR.2".into()), ..Contact::default() }).await);
}

#[tokio::test]
async fn lines_of_one_second_keep_their_order() {
    let (_dir, store) = open().await;
    let all = ["a", "b", "c"].map(|key| text(key, Contact::by_phone("5511")));
    let stored = store.ingest(all.into(), at(1)).await.unwrap();
    let lines = store.recent(&conversation(&stored[0]), i64::MAX, 10).await.unwrap();
    assert_eq!(lines.iter().map(|line| line.id.as_str()).collect::<Vec<_>>(), ["a", "b", "c"]);
}
