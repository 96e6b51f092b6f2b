//! The data directory is its owner's alone.

#![cfg(unix)]

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use ponte_store::{SqliteStore, Store as _};

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap_or_else(|error| panic!("{}: {error}", path.display())).permissions().mode() & 0o777
}

fn is_private(dir: &Path) {
    assert_eq!(mode(dir), 0o700);
    let files: Vec<_> = fs::read_dir(dir).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert!(files.iter().any(|file| file.ends_with("ponte.db")), "{files:?}");
    for file in files {
        assert_eq!(mode(&file), 0o600, "{}", file.display());
    }
}

#[tokio::test]
async fn what_customers_wrote_is_nobody_elses_to_read() {
    let scratch = tempfile::tempdir().unwrap();
    let dir = scratch.path().join("deep/data");
    let store = SqliteStore::open(&dir).await.unwrap();
    is_private(&dir);
    store.close().await;
    drop(store);

    // Of a ponte before, or of an administrator.
    fs::set_permissions(&dir, Permissions::from_mode(0o755)).unwrap();
    for entry in fs::read_dir(&dir).unwrap() {
        fs::set_permissions(entry.unwrap().path(), Permissions::from_mode(0o644)).unwrap();
    }
    let store = SqliteStore::attach(&dir).await.unwrap();
    is_private(&dir);
    store.close().await;
}
