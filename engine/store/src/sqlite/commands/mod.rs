//! The frequent commands, each over all of its kind in a batch: one statement a table, however many commands.
//!
//! Rows travel to SQLite as one JSON parameter (`json_each`), because a call into the database costs more than the
//! rows of it.

pub(super) mod begin;
pub(super) mod contacts;
pub(super) mod finish;
pub(super) mod ingest;
pub(super) mod settle;
pub(super) mod statuses;

use serde::Serialize;

/// Rows as the JSON parameter of a statement.
pub(super) fn json<T: Serialize>(rows: &T) -> Result<String, sqlx::Error> {
    serde_json::to_string(rows).map_err(|error| sqlx::Error::Encode(error.into()))
}
