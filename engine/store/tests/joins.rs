//! Somebody turns out to be another: what was kept for the one is the other's.

mod common;

use std::sync::Arc;

use common::{NUMBER, at, event, new_send, open, text};
use ponte_model::consent::{Change, Entry, Purpose, Source, Statement};
use ponte_model::{Body, Contact, ContactId, ConversationId, IdentityChange, Lane, Origin, StateScope, Timestamp};
use ponte_store::{
    Began, BeginSend, ConsentSeen, Finish, Finished, Leave, NewSend, SqliteStore, StateKey, StateWrite, Store,
    TagWrite, TimerWrite,
};

const OLD: &str = "5511";
const NEW: &str = "5522";

fn of(contact: &ContactId) -> ConversationId {
    ConversationId { number: NUMBER.into(), contact: contact.clone() }
}

/// Whoever had the old number has the new one.
fn moved() -> Body {
    Body::IdentityChange(IdentityChange {
        what: "user_changed_number".into(),
        phone: Some(NEW.into()),
        user_id: None,
        previous_user_id: None,
        parent_user_id: None,
        text: None,
    })
}

/// What a run keeps for a conversation.
async fn kept(store: &SqliteStore, seq: i64, contact: &ContactId, word: &str) {
    let conversation = of(contact);
    let key = |scope, key| StateKey::new("inst".into(), scope, Some(&conversation), key).unwrap();
    let write = |key| StateWrite { key, value: Some(word.into()), expires_at: None };
    let timer = |name: &str| TimerWrite {
        installation: "inst".into(),
        conversation: conversation.clone(),
        name: name.into(),
        due: Some((at(60), word.into())),
    };
    let tag = TagWrite { contact: contact.clone(), tag: word.into(), present: true };
    let finish = Finish {
        seq,
        state: vec![
            write(key(StateScope::Conversation, "both")),
            write(key(StateScope::Contact, "both")),
            write(key(StateScope::Conversation, word)),
        ],
        timers: vec![timer("both"), timer(word)],
        tags: vec![tag],
        sends: vec![new_send(word, &conversation)],
        ..Finish::default()
    };
    store.finish(finish).await.unwrap();
}

/// Two people, of whom the second turns out to be the first; each has what a run keeps.
async fn two() -> (tempfile::TempDir, SqliteStore, ContactId, ContactId) {
    let (dir, store) = open().await;
    let stored = store.ingest(vec![text("1", Contact::by_phone(OLD))], at(1)).await.unwrap();
    let ours = stored[0].contact.clone().unwrap();
    kept(&store, stored[0].seq.unwrap(), &ours, "ours").await;
    let stored = store.ingest(vec![text("2", Contact::by_phone(NEW))], at(10)).await.unwrap();
    let theirs = stored[0].contact.clone().unwrap();
    kept(&store, stored[0].seq.unwrap(), &theirs, "theirs").await;
    let said = Statement {
        key: "stop".into(),
        purpose: Purpose::Marketing,
        change: Change::Withdrawn,
        source: Source::Chat,
        text: Some("parar".into()),
        version: None,
        at: at(11),
    };
    store.add_consent(vec![Entry { contact: theirs.clone(), statement: said }]).await.unwrap();
    store.suppress(&theirs, Some("asked by letter"), at(11)).await.unwrap();
    let mut change = event("3", Origin::System, Lane::Message, Some(Contact::by_phone(OLD)), moved());
    Arc::get_mut(&mut change.event).unwrap().at = at(5);
    store.ingest(vec![change], at(12)).await.unwrap();
    assert_eq!(store.absorbed(&ours).await.unwrap(), std::slice::from_ref(&theirs));
    store.follow(&theirs, &ours).await.unwrap();
    (dir, store, ours, theirs)
}

#[tokio::test]
async fn what_was_stopped_under_another_id_stops_what_leaves_with_its_commit_as_it_stops_what_waited() {
    let (_dir, store, ours, _) = two().await;
    // The verdict knew the ledger as it stood before the stop.
    let consent = Some(ConsentSeen { seq: 0, suppressed: true });
    let leave = Leave { echo_seq: 0, yields_to_echo: false, consent, initiates: false, at: at(13) };
    let stored = store.ingest(vec![text("4", Contact::by_phone(NEW))], at(13)).await.unwrap();
    let send = NewSend { leave: Some(leave), ..new_send("at once", &of(&ours)) };
    let finish = Finish { seq: stored[0].seq.unwrap(), sends: vec![send], ..Finish::default() };
    assert_eq!(store.finish(finish).await.unwrap(), Finished::Done { leaving: Vec::new() });
    let begin = BeginSend { id: "at once".into(), leave, charge: None };
    assert_eq!(store.begin_send(begin).await.unwrap(), Began::Stale);
}

#[tokio::test]
async fn timers_state_tags_and_messages_that_wait_follow_and_the_later_of_two_is_kept() {
    let (_dir, store, ours, theirs) = two().await;
    // To do it again changes nothing.
    store.follow(&theirs, &ours).await.unwrap();
    let mut timers: Vec<_> = store.due_timers(at(60), 10).await.unwrap();
    timers.sort_by(|one, other| one.name.cmp(&other.name));
    assert!(timers.iter().all(|timer| timer.conversation == of(&ours)), "{timers:?}");
    let timers: Vec<_> = timers.iter().map(|timer| (timer.name.as_str(), timer.payload.as_str())).collect();
    assert_eq!(timers, [("both", "theirs"), ("ours", "ours"), ("theirs", "theirs")]);

    let state = async |contact: &ContactId, scope, key: &str| {
        let key = StateKey::new("inst".into(), scope, Some(&of(contact)), key).unwrap();
        let value = store.state(&key, at(20)).await.unwrap();
        value.map(|value| String::from_utf8(value.value).unwrap())
    };
    for (scope, key, expected) in [
        (StateScope::Conversation, "both", "theirs"),
        (StateScope::Contact, "both", "theirs"),
        (StateScope::Conversation, "ours", "ours"),
        (StateScope::Conversation, "theirs", "theirs"),
    ] {
        assert_eq!(state(&ours, scope, key).await.as_deref(), Some(expected), "{scope:?} {key}");
        assert_eq!(state(&theirs, scope, key).await, None, "{scope:?} {key}");
    }
    let person = store.contact(&ours).await.unwrap().unwrap();
    assert_eq!(person.tags, ["ours", "theirs"]);
    let queued = store.queued(&NUMBER.into(), 3, at(20), 10).await.unwrap();
    let queued: Vec<_> = queued.iter().map(|send| (send.id.as_str(), &send.conversation.contact)).collect();
    assert_eq!(queued, [("ours", &ours), ("theirs", &ours)]);
    let lines = store.recent(&of(&ours), i64::MAX, 10).await.unwrap();
    assert!(lines.len() >= 2, "what both wrote is one chat: {lines:?}");
}

#[tokio::test]
async fn what_one_of_two_took_back_is_taken_back_and_the_ledger_stays_as_it_was_written() {
    let (_dir, store, ours, theirs) = two().await;
    for contact in [&ours, &theirs] {
        let standing = store.standing(contact, Timestamp::EPOCH).await.unwrap();
        let keys: Vec<_> = standing.entries.iter().map(|entry| entry.key.as_str()).collect();
        assert_eq!(keys, ["stop"], "{contact}");
        assert_eq!(standing.suppressed.as_deref(), Some("asked by letter"));
    }
    // What is said of the old contact later, by something that was late, counts as well.
    let late = Statement {
        key: "late".into(),
        purpose: Purpose::Any,
        change: Change::Withdrawn,
        source: Source::Platform,
        text: None,
        version: None,
        at: at(13),
    };
    store.add_consent(vec![Entry { contact: theirs, statement: late }]).await.unwrap();
    assert_eq!(store.standing(&ours, Timestamp::EPOCH).await.unwrap().entries.len(), 2);
}

#[tokio::test]
async fn a_timer_that_became_an_event_just_before_is_not_fired_again() {
    let (_dir, store) = open().await;
    let stored =
        store.ingest(vec![text("1", Contact::by_phone(OLD)), text("2", Contact::by_phone(NEW))], at(1)).await.unwrap();
    let [ours, theirs] = [0, 1].map(|nth: usize| stored[nth].contact.clone().unwrap());
    kept(&store, stored[1].seq.unwrap(), &theirs, "theirs").await;
    let due = store.due_timers(at(60), 10).await.unwrap();
    let person = Some(Contact::by_phone(OLD));
    store.ingest(vec![event("3", Origin::System, Lane::Message, person, moved())], at(2)).await.unwrap();
    store.follow(&theirs, &ours).await.unwrap();
    for timer in &due {
        store.drop_timer(timer).await.unwrap();
    }
    assert_eq!(store.due_timers(at(60), 10).await.unwrap(), []);
}
