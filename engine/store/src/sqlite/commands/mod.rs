//! The frequent commands, each over all of its kind in a batch: one statement a table, however many commands, and all
//! statements in one [`script`].

pub(super) mod begin;
pub(super) mod charges;
pub(super) mod consent;
pub(super) mod contacts;
pub(super) mod finish;
pub(super) mod ingest;
pub(super) mod script;
pub(super) mod settle;
pub(super) mod signs;
pub(super) mod statuses;
mod stops;

use serde::Serialize;

/// Rows as the JSON parameter of a statement.
pub(super) fn json<T: Serialize + ?Sized>(rows: &T) -> Result<String, sqlx::Error> {
    serde_json::to_string(rows).map_err(|error| sqlx::Error::Encode(error.into()))
}
