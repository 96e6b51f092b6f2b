//! SQLite: one file, one writer, many readers.
//!
//! All writes go through one task, the [`committer`], which gathers whatever commands are waiting into one
//! transaction. With `synchronous=FULL` an fsync costs milliseconds; shared by a batch it costs next to nothing.

mod commands;
mod committer;
mod consent;
mod flows;
mod joins;
mod money;
mod open;
mod outside;
mod owners;
mod policies;
mod private;
mod reads;
mod runs;
mod store;
mod templates;
mod versions;

use std::path::PathBuf;
use std::sync::Arc;

use sqlx::SqlitePool;

use crate::Result;
use committer::Committer;

/// The store in a SQLite file. Cheap to clone.
#[derive(Clone)]
pub struct SqliteStore {
    committer: Committer,
    readers: SqlitePool,
    /// Held as long as the store lives: one process owns a data directory.
    _lock: Option<Arc<std::fs::File>>,
}

impl SqliteStore {
    /// Opens or creates the database in a directory, and brings it up to date.
    ///
    /// # Errors
    /// When the directory cannot be written, another process has it open, or the database is of a newer version.
    pub async fn open(dir: impl Into<PathBuf>) -> Result<Self> {
        open::open(dir.into(), true).await
    }

    /// Opens or creates a database that need not survive a power cut: for scenarios, which throw it away. `blank` is what
    /// [`SqliteStore::blank`] made; a database that is there already is left as it is.
    ///
    /// # Errors
    /// As [`SqliteStore::open`].
    pub async fn volatile(dir: impl Into<PathBuf>, blank: &[u8]) -> Result<Self> {
        open::volatile(dir.into(), blank).await
    }

    /// An empty database, brought up to date, as the bytes of its file. `dir` is scratch.
    ///
    /// # Errors
    /// When the directory cannot be written.
    pub async fn blank(dir: impl Into<PathBuf>) -> Result<Vec<u8>> {
        open::blank(dir.into()).await
    }

    /// Ends it, and gives the file of the database as bytes, for [`SqliteStore::volatile`]. `dir` is where it is.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub async fn into_bytes(self, dir: &std::path::Path) -> Result<Vec<u8>> {
        open::into_bytes(self, dir).await
    }

    /// Whether a command waits or is being written, or somebody reads.
    pub fn is_busy(&self) -> bool {
        self.committer.is_busy() || self.readers.num_idle() < self.readers.size() as usize
    }

    /// Opens the database beside a process that may own it, to look at it or to change numbers and installations; the
    /// owner notices by [`crate::Store::registry_version`].
    ///
    /// # Errors
    /// As [`SqliteStore::open`], save that another owner is no error.
    pub async fn attach(dir: impl Into<PathBuf>) -> Result<Self> {
        open::open(dir.into(), false).await
    }
}
