//! Versions of an installation, side by side.

mod common;

use common::{at, open};
use ponte_model::{Digest256, Timestamp};
use ponte_store::{InstallationRow, InstallationState, SqliteStore, Store as _, VERSION_KEPT};
use serde_json::json;

fn row(version: &str, secs: i64) -> (InstallationRow, Vec<u8>) {
    let component = format!("component {version}").into_bytes();
    let row = InstallationRow {
        id: "booking".into(),
        tenant: "shop".into(),
        flow: "booking".into(),
        version: version.into(),
        digest: Digest256::of(&component),
        state: InstallationState::Active,
        priority: 0,
        numbers: Vec::new(),
        package: json!({ "is": version }),
        settings: json!({ "days": 2 }),
        created_at: at(secs),
    };
    (row, component)
}

async fn put(store: &SqliteStore, version: &str, secs: i64) {
    let (row, component) = row(version, secs);
    store.put_installation(&row, Some(&component)).await.unwrap();
}

/// Version, and until when it is kept.
async fn kept(store: &SqliteStore) -> Vec<(String, Option<Timestamp>)> {
    store.versions().await.unwrap().into_iter().map(|row| (row.version, row.needed_until)).collect()
}

async fn has_component(store: &SqliteStore, version: &str) -> bool {
    store.component(&row(version, 0).0.digest).await.unwrap().is_some()
}

#[tokio::test]
async fn a_version_that_is_replaced_is_kept_as_long_as_something_may_go_on_with_it() {
    let (_dir, store) = open().await;
    put(&store, "1", 0).await;
    assert_eq!(kept(&store).await, [("1".to_owned(), None)]);
    put(&store, "2", 100).await;
    let first = at(100).plus(VERSION_KEPT);
    assert_eq!(kept(&store).await, [("1".to_owned(), Some(first)), ("2".to_owned(), None)]);
    assert_eq!(store.installations().await.unwrap()[0].version, "2", "one is in force");

    // It holds a conversation still, and later one for a shorter time.
    let (id, digest) = ("booking".into(), row("1", 0).0.digest);
    let later = first.plus(VERSION_KEPT);
    store.keep_version(&id, ("1", &digest), later).await.unwrap();
    store.keep_version(&id, ("1", &digest), first).await.unwrap();
    assert_eq!(kept(&store).await[0].1, Some(later));
    // The one in force needs no such word.
    store.keep_version(&id, ("2", &row("2", 0).0.digest), later).await.unwrap();
    assert_eq!(kept(&store).await[1].1, None);

    store.purge(at(0), first).await.unwrap();
    assert_eq!(kept(&store).await.len(), 2);
    assert!(has_component(&store, "1").await);
    store.purge(at(0), later).await.unwrap();
    assert_eq!(kept(&store).await, [("2".to_owned(), None)]);
    store.drop_orphans().await.unwrap();
    assert!(!has_component(&store, "1").await && has_component(&store, "2").await);
}

#[tokio::test]
async fn a_version_that_comes_back_is_in_force_again_and_the_same_one_takes_new_settings() {
    let (_dir, store) = open().await;
    for (version, secs) in [("1", 0), ("2", 100), ("1", 200)] {
        put(&store, version, secs).await;
    }
    assert_eq!(kept(&store).await, [("2".to_owned(), Some(at(200).plus(VERSION_KEPT))), ("1".to_owned(), None)]);
    let (mut again, _) = row("1", 300);
    again.settings = json!({ "days": 3 });
    store.put_installation(&again, None).await.unwrap();
    let versions = store.versions().await.unwrap();
    assert_eq!((versions.len(), &versions[1].settings), (2, &json!({ "days": 3 })));

    assert!(store.remove_installation(&"booking".into()).await.unwrap());
    assert!(kept(&store).await.is_empty());
    store.drop_orphans().await.unwrap();
    assert!(!has_component(&store, "1").await && !has_component(&store, "2").await);
}
