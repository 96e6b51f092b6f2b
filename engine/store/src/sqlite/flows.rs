//! How installations stand, what was submitted for them, and what the shop is told.

use std::time::Duration;

use ponte_model::{InstallationId, Timestamp, WabaId};
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::SqliteStore;
use super::reads::{parse, text, time};
use crate::{FlowLifeRow, NoticeRow, Result, SubmissionOutcome, SubmissionRow};

type Written = std::result::Result<u64, sqlx::Error>;

impl SqliteStore {
    pub(super) async fn read_installation_lives(&self) -> Result<Vec<FlowLifeRow>> {
        let rows =
            sqlx::query("SELECT installation, life, revision FROM installation_life").fetch_all(&self.readers).await?;
        rows.iter()
            .map(|row| {
                Ok(FlowLifeRow {
                    installation: text(row, "installation").into(),
                    life: parse("the life of an installation", row.get("life"))?,
                    revision: row.get("revision"),
                })
            })
            .collect()
    }

    pub(super) async fn read_submissions(&self) -> Result<Vec<SubmissionRow>> {
        let rows =
            sqlx::query("SELECT * FROM submissions ORDER BY waba_id, name, language").fetch_all(&self.readers).await?;
        Ok(rows.iter().map(submission).collect())
    }

    pub(super) async fn read_notices(&self, closed_since: Timestamp) -> Result<Vec<NoticeRow>> {
        let rows = sqlx::query("SELECT * FROM notices WHERE closed_at IS NULL OR closed_at >= ?1 ORDER BY since, seq")
            .bind(closed_since.as_millis())
            .fetch_all(&self.readers)
            .await?;
        rows.iter()
            .map(|row| {
                let moment = |column| row.get::<Option<i64>, _>(column).map(Timestamp::from_millis);
                Ok(NoticeRow {
                    seq: row.get("seq"),
                    key: text(row, "key"),
                    tenant: text(row, "tenant").into(),
                    kind: text(row, "kind"),
                    words: parse("a notice", row.get("words"))?,
                    since: time(row, "since"),
                    until: moment("until"),
                    closed_at: moment("closed_at"),
                })
            })
            .collect()
    }
}

fn submission(row: &SqliteRow) -> SubmissionRow {
    let why = || row.get::<Option<String>, _>("why").unwrap_or_default();
    SubmissionRow {
        waba: text(row, "waba_id").into(),
        name: text(row, "name"),
        language: text(row, "language"),
        claimed_at: time(row, "claimed_at"),
        outcome: match row.get::<Option<&str>, _>("outcome") {
            Some("submitted") => Some(SubmissionOutcome::Submitted),
            Some(_) => Some(SubmissionOutcome::Refused { why: why() }),
            None => None,
        },
    }
}

pub(super) async fn put_life(
    connection: &mut SqliteConnection,
    installation: &InstallationId,
    life: &str,
    state: &str,
    revision: i64,
) -> Written {
    let done = sqlx::query(
        "INSERT INTO installation_life (installation, life, revision) VALUES (?1, ?2, ?3 + 1)
         ON CONFLICT (installation) DO UPDATE SET life = excluded.life, revision = excluded.revision
          WHERE revision = ?3",
    )
    .bind(installation.as_str())
    .bind(life)
    .bind(revision)
    .execute(&mut *connection)
    .await?;
    if done.rows_affected() > 0 {
        sqlx::query("UPDATE installations SET state = ?2 WHERE installation = ?1")
            .bind(installation.as_str())
            .bind(state)
            .execute(connection)
            .await?;
    }
    Ok(done.rows_affected())
}

pub(super) async fn claim(
    connection: &mut SqliteConnection,
    (waba, name, language): (&WabaId, &str, &str),
    now: Timestamp,
    lapse: Duration,
    again: bool,
) -> Written {
    let done = sqlx::query(
        "INSERT INTO submissions (waba_id, name, language, claimed_at) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (waba_id, name, language)
         DO UPDATE SET claimed_at = excluded.claimed_at, outcome = NULL, why = NULL
          WHERE CASE WHEN outcome IS NULL THEN claimed_at <= ?5 ELSE ?6 END",
    )
    .bind(waba.as_str())
    .bind(name)
    .bind(language)
    .bind(now.as_millis())
    .bind(now.minus(lapse).as_millis())
    .bind(again)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

pub(super) async fn settle(
    connection: &mut SqliteConnection,
    (waba, name, language): (&WabaId, &str, &str),
    outcome: Option<&SubmissionOutcome>,
) -> Written {
    let statement = match outcome {
        None => sqlx::query("DELETE FROM submissions WHERE waba_id = ?1 AND name = ?2 AND language = ?3"),
        Some(_) => sqlx::query(
            "UPDATE submissions SET outcome = ?4, why = ?5 WHERE waba_id = ?1 AND name = ?2 AND language = ?3",
        ),
    };
    let (word, why) = match outcome {
        Some(SubmissionOutcome::Refused { why }) => ("refused", Some(why.as_str())),
        _ => ("submitted", None),
    };
    let mut statement = statement.bind(waba.as_str()).bind(name).bind(language);
    if outcome.is_some() {
        statement = statement.bind(word).bind(why);
    }
    Ok(statement.execute(connection).await?.rows_affected())
}

/// Closes what is over, and opens what is not open.
pub(super) async fn tell(
    connection: &mut SqliteConnection,
    under: Option<&str>,
    notices: &[NoticeRow],
    now: Timestamp,
) -> Written {
    if let Some(under) = under {
        let keys: Vec<_> = notices.iter().map(|notice| notice.key.as_str()).collect();
        let keys = serde_json::to_string(&keys).map_err(|error| sqlx::Error::Encode(error.into()))?;
        sqlx::query(
            "UPDATE notices SET closed_at = ?3
              WHERE closed_at IS NULL AND substr(key, 1, length(?1)) = ?1
                AND key NOT IN (SELECT value FROM json_each(?2))",
        )
        .bind(under)
        .bind(keys)
        .bind(now.as_millis())
        .execute(&mut *connection)
        .await?;
    }
    let mut new = 0;
    for notice in notices {
        // What has ended already is news: said once, whatever became of the key since.
        let done = sqlx::query(
            "INSERT INTO notices (key, tenant, kind, words, since, until, closed_at)
             SELECT ?1, ?2, ?3, ?4, ?5, ?6, ?7
              WHERE NOT EXISTS (SELECT 1 FROM notices WHERE key = ?1 AND (closed_at IS NULL OR ?7 IS NOT NULL))",
        )
        .bind(&notice.key)
        .bind(notice.tenant.as_str())
        .bind(&notice.kind)
        .bind(notice.words.to_string())
        .bind(notice.since.as_millis())
        .bind(notice.until.map(Timestamp::as_millis))
        .bind(notice.closed_at.map(Timestamp::as_millis))
        .execute(&mut *connection)
        .await?;
        new += done.rows_affected();
    }
    Ok(new)
}
