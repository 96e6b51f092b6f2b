//! Runs and their recordings.

use ponte_model::{RunId, Timestamp};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::SqliteStore;
use super::reads::{parse, send_row, text, time};
use crate::{RecordingsKept, Result, RunFilter, RunRecord, RunRow, SendRow};

/// So many recordings are deleted in one transaction, so that no sweep keeps webhooks waiting.
const CHUNK: u32 = 1_000;

pub(super) fn record(row: &SqliteRow) -> Result<RunRecord> {
    Ok(RunRecord {
        id: text(row, "run_id").into(),
        event: text(row, "event_key").into(),
        installation: text(row, "installation").into(),
        version: row.get("version"),
        digest: text(row, "digest").into(),
        number: row.get::<Option<String>, _>("number_id").map(Into::into),
        contact: row.get::<Option<String>, _>("contact_id").map(Into::into),
        at: time(row, "at"),
        rule: row.get("rule"),
        outcome: row.get("outcome"),
        report: parse("a run", row.get("report"))?,
    })
}

fn run_row(row: &SqliteRow) -> Result<RunRow> {
    Ok(RunRow { run: record(row)?, recording: row.get::<Option<i64>, _>("size").map(i64::cast_unsigned) })
}

impl SqliteStore {
    pub(super) async fn read_find_runs(&self, filter: &RunFilter, limit: u32) -> Result<Vec<RunRow>> {
        let rows = sqlx::query(
            "SELECT runs.*, recordings.size FROM runs LEFT JOIN recordings USING (run_id)
              WHERE (?1 IS NULL OR installation = ?1) AND (?2 IS NULL OR number_id = ?2)
                AND (?3 IS NULL OR contact_id = ?3) AND (?4 IS NULL OR outcome = ?4)
                AND (NOT ?5 OR recordings.size IS NOT NULL)
              ORDER BY runs.at DESC, seq DESC LIMIT ?6",
        )
        .bind(filter.installation.as_ref().map(|id| id.as_str().to_owned()))
        .bind(filter.conversation.as_ref().map(|id| id.number.as_str().to_owned()))
        .bind(filter.conversation.as_ref().map(|id| id.contact.as_str().to_owned()))
        .bind(filter.outcome.clone())
        .bind(filter.recorded)
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(run_row).collect()
    }

    /// Ids begin with when they were and end with what they are: either end may be left out.
    pub(super) async fn read_runs_named(&self, part: &str, limit: u32) -> Result<Vec<RunRow>> {
        let rows = sqlx::query(
            "SELECT runs.*, recordings.size FROM runs LEFT JOIN recordings USING (run_id)
              WHERE substr(run_id, 1, length(?1)) = ?1 OR substr(run_id, -length(?1)) = ?1
                 OR substr(run_id, 5, length(?1)) = ?1
              ORDER BY runs.at DESC LIMIT ?2",
        )
        .bind(part)
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(run_row).collect()
    }

    pub(super) async fn read_recording(&self, run: &RunId) -> Result<Option<Vec<u8>>> {
        let body = sqlx::query_scalar("SELECT body FROM recordings WHERE run_id = ?1").bind(run.as_str());
        Ok(body.fetch_optional(&self.readers).await?)
    }

    pub(super) async fn read_recordings_kept(&self) -> Result<RecordingsKept> {
        let row =
            sqlx::query("SELECT count(*) AS count, coalesce(sum(size), 0) AS bytes, min(at) AS oldest FROM recordings")
                .fetch_one(&self.readers)
                .await?;
        Ok(RecordingsKept {
            count: row.get::<i64, _>("count").cast_unsigned(),
            bytes: row.get::<i64, _>("bytes").cast_unsigned(),
            oldest: row.get::<Option<i64>, _>("oldest").map(Timestamp::from_millis),
        })
    }

    /// The moment from which on recordings fit into so many bytes, the newest first; `None` if all do.
    pub(super) async fn read_recordings_over(&self, most: u64) -> Result<Option<Timestamp>> {
        let at: Option<i64> = sqlx::query_scalar(
            "SELECT at FROM (SELECT at, sum(size) OVER (ORDER BY at DESC) AS total FROM recordings)
              WHERE total > ?1 ORDER BY at DESC LIMIT 1",
        )
        .bind(i64::try_from(most).unwrap_or(i64::MAX))
        .fetch_optional(&self.readers)
        .await?;
        Ok(at.map(|at| Timestamp::from_millis(at + 1)))
    }

    /// Components that are neither those of a version that is kept nor those of a run that is. A reader looks, because it may have to look
    /// through all runs, once for each component; the runs of an old one are among the first.
    pub(super) async fn read_orphans(&self) -> Result<Vec<String>> {
        let orphans = sqlx::query_scalar(
            "SELECT digest FROM plugins WHERE digest NOT IN (SELECT digest FROM installation_versions)
                AND NOT EXISTS (SELECT 1 FROM runs WHERE runs.digest = plugins.digest)",
        );
        Ok(orphans.fetch_all(&self.readers).await?)
    }

    /// Ids of messages follow from the id of their run.
    pub(super) async fn read_run_sends(&self, run: &RunId) -> Result<Vec<SendRow>> {
        let rows = sqlx::query("SELECT * FROM outbox WHERE send_id >= ?1 AND send_id < ?2 ORDER BY seq")
            .bind(format!("snd_{}-", run.as_str().trim_start_matches("run_")))
            .bind(format!("snd_{}.", run.as_str().trim_start_matches("run_")))
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(send_row).collect()
    }
}

/// Deletes recordings that were made before a moment, oldest first.
pub(super) async fn sweep(connection: &mut SqliteConnection, before: i64) -> std::result::Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM recordings WHERE run_id IN (SELECT run_id FROM recordings WHERE at < ?1 ORDER BY at LIMIT ?2)",
    )
    .bind(before)
    .bind(CHUNK)
    .execute(&mut *connection)
    .await?;
    Ok(done.rows_affected())
}

/// Takes components away, unless a version has them again.
pub(super) async fn drop_components(
    connection: &mut SqliteConnection,
    digests: &str,
) -> std::result::Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "DELETE FROM plugins WHERE digest IN (SELECT value FROM json_each(?1))
            AND digest NOT IN (SELECT digest FROM installation_versions)",
    );
    Ok(done.bind(digests).execute(connection).await?.rows_affected())
}
