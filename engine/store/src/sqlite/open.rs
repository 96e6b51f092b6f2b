use std::path::{Path, PathBuf};
use std::sync::Arc;

use fs4::FileExt;
use sqlx::migrate::Migrator;
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous};
use sqlx::{ConnectOptions, Connection};

use super::{Committer, SqliteStore, private};
use crate::{Result, StoreError};

static MIGRATIONS: Migrator = sqlx::migrate!("migrations/sqlite");

/// The database file in a data directory.
const FILE: &str = "ponte.db";

/// Readers see committed data and never wait for the writer; a few are enough for two cores.
const READERS: u32 = 4;

/// Kept in memory per connection, in KiB (the minus sign is SQLite's).
const CACHE_KIB: &str = "-16384";

/// The log is moved into the database after so many pages (64 MiB): a page that is written often is moved once, and the
/// pauses are fewer and longer than with the default of 1,000.
const CHECKPOINT_PAGES: &str = "16384";

/// Rows on their way from the database's thread.
const ROWS: usize = 1024;

pub(super) async fn open(dir: PathBuf, own: bool) -> Result<SqliteStore> {
    // An acknowledged webhook survives a power cut. Group commit pays for it.
    open_with(dir, own, SqliteSynchronous::Full, READERS).await
}

pub(super) async fn volatile(dir: PathBuf, blank: &[u8]) -> Result<SqliteStore> {
    let failed = |why: String| StoreError::Open { path: dir.display().to_string(), why };
    let file = dir.join(FILE);
    if !file.exists() {
        std::fs::write(&file, blank).map_err(|error| failed(format!("cannot write the database: {error}")))?;
    }
    // Without waiting for the disk; and few threads, because there are many such databases at once.
    // No lock: tasks of a pipeline that was killed may hold it a moment longer.
    open_with(dir, false, SqliteSynchronous::Off, 1).await
}

pub(super) async fn blank(dir: PathBuf) -> Result<Vec<u8>> {
    let store = open_with(dir.clone(), true, SqliteSynchronous::Off, 1).await?;
    into_bytes(store, &dir).await
}

pub(super) async fn into_bytes(store: SqliteStore, dir: &Path) -> Result<Vec<u8>> {
    let failed = |why: String| StoreError::Open { path: dir.display().to_string(), why };
    store.readers.close().await;
    store.committer.close().await;
    // The last connection that closes moves the log into the file.
    std::fs::read(dir.join(FILE)).map_err(|error| failed(error.to_string()))
}

async fn open_with(dir: PathBuf, own: bool, synchronous: SqliteSynchronous, readers: u32) -> Result<SqliteStore> {
    let failed = |why: String| StoreError::Open { path: dir.display().to_string(), why };
    private::prepare(&dir, FILE).map_err(|error| failed(format!("cannot create the data directory: {error}")))?;
    let lock = own.then(|| lock(&dir)).transpose().map_err(failed)?;

    let options = SqliteConnectOptions::new()
        .filename(dir.join(FILE))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(synchronous)
        .foreign_keys(false)
        .busy_timeout(std::time::Duration::from_secs(10))
        .pragma("cache_size", CACHE_KIB)
        .pragma("wal_autocheckpoint", CHECKPOINT_PAGES)
        .pragma("temp_store", "memory")
        .statement_cache_capacity(256)
        // The rows that a batch returns fit, so that the database's thread need not wait for the one that reads them.
        .row_buffer_size(ROWS)
        .disable_statement_logging();

    let mut writer = options.connect().await.map_err(|error| failed(error.to_string()))?;
    MIGRATIONS.run(&mut writer).await.map_err(|error| {
        failed(format!("the database cannot be brought up to date: {error}; is this binary older than the database?"))
    })?;
    writer.ping().await?;

    let readers = SqlitePoolOptions::new()
        .max_connections(readers)
        // A file does not go away: asking each time whether it is there would double the cost of a read.
        .test_before_acquire(false)
        .connect_with(options.create_if_missing(false).read_only(true))
        .await
        .map_err(|error| failed(error.to_string()))?;

    Ok(SqliteStore { committer: Committer::start(writer), readers, _lock: lock.map(Arc::new) })
}

fn lock(dir: &Path) -> std::result::Result<std::fs::File, String> {
    let path = dir.join(private::LOCK);
    let opened = private::touch(&path).and_then(|()| std::fs::OpenOptions::new().write(true).open(&path));
    let file = opened.map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    match FileExt::try_lock(&file) {
        Ok(()) => Ok(file),
        Err(_) => {
            Err("another ponte process has this data directory open; stop it, or choose another directory".into())
        }
    }
}
