//! Recordings are written with their run, bounded in time and size, and keep what they need.

mod common;

use common::{NUMBER, at, new_send, open, text};
use ponte_model::{Contact, ConversationId, Digest256, RunId, SendId, Timestamp};
use ponte_store::{
    Finish, Finished, InstallationRow, InstallationState, NewRecording, RunFilter, RunRecord, SharedRead, SqliteStore,
    StateKey, Store,
};
use serde_json::json;

/// Runs an event of its own, at a moment, recorded in so many bytes.
async fn run(store: &SqliteStore, name: &str, made: i64, bytes: usize) -> RunId {
    let stored = store.ingest(vec![text(name, Contact::by_phone("5511"))], at(made)).await.unwrap();
    let contact = stored[0].contact.clone();
    let run = RunRecord {
        id: RunId::from(format!("run_{name}").as_str()),
        event: name.into(),
        installation: "inst".into(),
        version: "1.0.0".into(),
        digest: Digest256::of(b"plugin"),
        number: Some(NUMBER.into()),
        contact: contact.clone(),
        at: at(made),
        rule: "default".into(),
        outcome: "done".into(),
        report: json!({}),
    };
    let conversation = ConversationId { number: NUMBER.into(), contact: contact.unwrap() };
    let send = new_send(SendId::of(&run.id, 0).as_str(), &conversation);
    let id = run.id.clone();
    let recording = (bytes > 0).then(|| NewRecording { at: at(made), bytes: vec![made as u8; bytes] });
    let finish = Finish {
        seq: stored[0].seq.unwrap(),
        decision: Some("default".into()),
        run: Some(run),
        recording,
        sends: vec![send],
        ..Finish::default()
    };
    store.finish(finish).await.unwrap();
    id
}

async fn kept(store: &SqliteStore) -> Vec<String> {
    let rows = store.find_runs(&RunFilter { recorded: true, ..RunFilter::default() }, 100).await.unwrap();
    rows.into_iter().map(|row| row.run.id.into_string()).collect()
}

async fn sweep(store: &SqliteStore, before: Timestamp, most: u64) {
    while store.sweep_recordings(before, most).await.unwrap() > 0 {}
}

#[tokio::test]
async fn a_recording_is_found_with_its_run_and_the_runs_messages() {
    let (_dir, store) = open().await;
    let first = run(&store, "00a1", 0, 300).await;
    run(&store, "00b2", 1, 0).await;
    assert_eq!(store.recording(&first).await.unwrap().unwrap(), [0; 300]);
    let rows = store.find_runs(&RunFilter::default(), 10).await.unwrap();
    let sizes: Vec<_> = rows.iter().map(|row| (row.run.id.as_str(), row.recording)).collect();
    assert_eq!(sizes, [("run_00b2", None), ("run_00a1", Some(300))]);
    // By the whole id, by its beginning with and without the word, and by its end.
    for (part, found) in [("run_00a1", 1), ("00a1", 1), ("run_00", 2), ("00", 2), ("b2", 1), ("_", 0), ("%", 0)] {
        assert_eq!(store.runs_named(part, 10).await.unwrap().len(), found, "{part}");
    }
    let sends = store.run_sends(&first).await.unwrap();
    assert_eq!(sends.iter().map(|send| send.id.as_str()).collect::<Vec<_>>(), ["snd_00a1-0"]);
    for (filter, found) in [
        (RunFilter { installation: Some("other".into()), ..RunFilter::default() }, 0),
        (RunFilter { outcome: Some("trap".into()), ..RunFilter::default() }, 0),
        (RunFilter { installation: Some("inst".into()), outcome: Some("done".into()), ..RunFilter::default() }, 2),
    ] {
        assert_eq!(store.find_runs(&filter, 10).await.unwrap().len(), found, "{filter:?}");
    }
}

#[tokio::test]
async fn a_run_that_is_repeated_after_a_conflict_leaves_no_recording_of_its_first_try() {
    let (_dir, store) = open().await;
    let stored = store.ingest(vec![text("e", Contact::by_phone("5511"))], at(0)).await.unwrap();
    let key = StateKey::new("inst".into(), ponte_model::StateScope::Installation, None, "k").unwrap();
    let finish = Finish {
        seq: stored[0].seq.unwrap(),
        // Somebody took the key away that this run had read.
        reads: vec![SharedRead { key, version: Some(7), at: at(0) }],
        recording: Some(NewRecording { at: at(0), bytes: vec![1] }),
        ..Finish::default()
    };
    assert_eq!(store.finish(finish).await.unwrap(), Finished::Conflict);
    assert_eq!(store.recordings_kept().await.unwrap().count, 0);
}

#[tokio::test]
async fn the_oldest_go_first_when_they_are_too_old_or_too_much() {
    let (_dir, store) = open().await;
    for (index, bytes) in [100, 200, 300, 400].into_iter().enumerate() {
        run(&store, &format!("0{index}xx"), index as i64, bytes).await;
    }
    let all = store.recordings_kept().await.unwrap();
    assert_eq!((all.count, all.bytes, all.oldest), (4, 1_000, Some(at(0))));
    sweep(&store, at(1), 10_000).await;
    assert_eq!(kept(&store).await, ["run_03xx", "run_02xx", "run_01xx"]);
    sweep(&store, at(0), 900).await;
    assert_eq!(kept(&store).await.len(), 3, "they fit exactly");
    sweep(&store, at(0), 899).await;
    assert_eq!(kept(&store).await, ["run_03xx", "run_02xx"]);
    sweep(&store, at(0), 1).await;
    assert_eq!(kept(&store).await, [""; 0], "one that is larger than all may be is gone too");
}

#[tokio::test]
async fn runs_and_components_stay_as_long_as_recordings_need_them() {
    let (_dir, store) = open().await;
    let row = InstallationRow {
        id: "inst".into(),
        tenant: "shop".into(),
        flow: "flow".into(),
        version: "1.0.0".into(),
        digest: Digest256::of(b"plugin"),
        state: InstallationState::Active,
        priority: 1,
        numbers: Vec::new(),
        package: json!({}),
        settings: json!({}),
        created_at: at(0),
    };
    store.put_installation(&row, Some(b"plugin")).await.unwrap();
    let id = run(&store, "00aa", 10, 100).await;
    // Removed, and older than anything is kept: but it was recorded.
    assert!(store.remove_installation(&"inst".into()).await.unwrap());
    assert!(store.component(&row.digest).await.unwrap().is_some());
    assert_eq!(store.purge(at(1_000), at(1_000)).await.unwrap().runs, 0);
    assert_eq!(store.drop_orphans().await.unwrap(), 0);

    sweep(&store, at(1_000), u64::MAX).await;
    assert_eq!(store.recording(&id).await.unwrap(), None);
    assert_eq!(store.purge(at(1_000), at(1_000)).await.unwrap().runs, 1);
    assert_eq!(store.drop_orphans().await.unwrap(), 1);
    assert!(store.component(&row.digest).await.unwrap().is_none());
}
