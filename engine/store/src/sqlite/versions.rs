//! Versions of installations, side by side: the one in force, and those that conversations go on with.

use ponte_model::{Digest256, InstallationId, Timestamp};
use sqlx::{Row as _, SqliteConnection};

use super::SqliteStore;
use super::reads::{parse, text, time};
use crate::{InstallationRow, Result, VERSION_KEPT, VersionRow};

type Written = std::result::Result<u64, sqlx::Error>;

impl SqliteStore {
    pub(super) async fn read_versions(&self) -> Result<Vec<VersionRow>> {
        let rows = sqlx::query("SELECT * FROM installation_versions ORDER BY installation, installed_at, digest")
            .fetch_all(&self.readers)
            .await?;
        rows.iter()
            .map(|row| {
                Ok(VersionRow {
                    installation: text(row, "installation").into(),
                    version: row.get("version"),
                    digest: text(row, "digest").into(),
                    package: parse("a version", row.get("package"))?,
                    settings: parse("a version", row.get("settings"))?,
                    installed_at: time(row, "installed_at"),
                    needed_until: row.get::<Option<i64>, _>("needed_until").map(Timestamp::from_millis),
                })
            })
            .collect()
    }
}

/// Puts a version in force; the one that was is kept for a while.
pub(super) async fn put(connection: &mut SqliteConnection, row: &InstallationRow) -> Written {
    sqlx::query(
        "UPDATE installation_versions SET needed_until = ?4
          WHERE installation = ?1 AND needed_until IS NULL AND NOT (version = ?2 AND digest = ?3)",
    )
    .bind(row.id.as_str())
    .bind(&row.version)
    .bind(row.digest.as_str())
    .bind(row.created_at.plus(VERSION_KEPT).as_millis())
    .execute(&mut *connection)
    .await?;
    let done = sqlx::query(
        "INSERT INTO installation_versions (installation, version, digest, package, settings, installed_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (installation, version, digest) DO UPDATE SET package = excluded.package,
             settings = excluded.settings, installed_at = excluded.installed_at, needed_until = NULL",
    )
    .bind(row.id.as_str())
    .bind(&row.version)
    .bind(row.digest.as_str())
    .bind(row.package.to_string())
    .bind(row.settings.to_string())
    .bind(row.created_at.as_millis())
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Keeps a version that was replaced at least until a moment.
pub(super) async fn keep(
    connection: &mut SqliteConnection,
    (installation, version, digest): (&InstallationId, &str, &Digest256),
    until: Timestamp,
) -> Written {
    let done = sqlx::query(
        "UPDATE installation_versions SET needed_until = ?4
          WHERE installation = ?1 AND version = ?2 AND digest = ?3 AND needed_until < ?4",
    )
    .bind(installation.as_str())
    .bind(version)
    .bind(digest.as_str())
    .bind(until.as_millis())
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

/// Forgets versions that nothing needs any more. Their components go when no run needs them either.
pub(super) async fn forget(connection: &mut SqliteConnection, now: Timestamp) -> Written {
    let done = sqlx::query("DELETE FROM installation_versions WHERE needed_until <= ?1")
        .bind(now.as_millis())
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}
