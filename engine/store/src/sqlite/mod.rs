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

    /// Opens the database beside a process that may own it, to look at it or to change numbers and installations; the
    /// owner notices by [`crate::Store::registry_version`].
    ///
    /// # Errors
    /// As [`SqliteStore::open`], save that another owner is no error.
    pub async fn attach(dir: impl Into<PathBuf>) -> Result<Self> {
        open::open(dir.into(), false).await
    }
}
