//! Templates: replaced by what is listed, changed by what webhooks say.

use std::collections::BTreeMap;

use ponte_model::template::Registered;
use ponte_model::{Timestamp, WabaId};
use sqlx::{Row as _, SqliteConnection};

use super::SqliteStore;
use super::reads::{parse, readable, text, time};
use crate::{Result, TemplateBook, TemplateUseRow};

impl SqliteStore {
    pub(super) async fn read_templates(&self, waba: Option<&WabaId>) -> Result<Vec<TemplateBook>> {
        let rows = sqlx::query(
            "SELECT b.waba_id, b.read_at, t.template FROM template_books b
               LEFT JOIN templates t ON t.waba_id = b.waba_id
              WHERE ?1 IS NULL OR b.waba_id = ?1
              ORDER BY b.waba_id, t.name, t.language",
        )
        .bind(waba.map(WabaId::as_str))
        .fetch_all(&self.readers)
        .await?;
        let mut books = BTreeMap::new();
        for row in &rows {
            let waba = WabaId::from(text(row, "waba_id"));
            let book = books.entry(waba.clone()).or_insert_with(|| TemplateBook {
                waba,
                read_at: time(row, "read_at"),
                templates: Vec::new(),
            });
            if let Some(json) = row.get::<Option<&str>, _>("template") {
                book.templates.extend(readable(parse("a template", json)));
            }
        }
        Ok(books.into_values().collect())
    }
}

impl SqliteStore {
    pub(super) async fn read_template_uses(&self) -> Result<Vec<TemplateUseRow>> {
        let rows = sqlx::query(
            "SELECT waba_id, name, sum(sent) AS sent, max(last_at) AS last_at FROM (
                 SELECT waba_id, name, sent, last_at FROM template_uses
                 UNION ALL
                 SELECT n.waba_id, o.item ->> '$.message.payload.name', 1, o.sending_at
                   FROM outbox o JOIN numbers n ON n.number_id = o.number_id
                  WHERE o.kind = 'template' AND o.sending_at IS NOT NULL AND n.waba_id IS NOT NULL
             ) GROUP BY waba_id, name",
        )
        .fetch_all(&self.readers)
        .await?;
        let row = |row| TemplateUseRow {
            waba: text(row, "waba_id").into(),
            name: text(row, "name"),
            sent: row.get("sent"),
            last_at: time(row, "last_at"),
        };
        Ok(rows.iter().map(row).collect())
    }
}

/// Deletes settled messages that were queued and left before a moment, a thousand at most, and notes when templates among them were
/// sent.
pub(super) async fn forget_sent(
    connection: &mut SqliteConnection,
    before: i64,
) -> std::result::Result<u64, sqlx::Error> {
    // What waited for long and left lately still counts, and its statuses are yet to come.
    const OLD: &str = "SELECT seq FROM outbox
          WHERE queued_at < ?1 AND rank >= 20 AND coalesce(sending_at, 0) < ?1 AND coalesce(failed_at, 0) < ?1
          ORDER BY seq LIMIT 1000";
    sqlx::query(sqlx::AssertSqlSafe(format!(
        "INSERT INTO template_uses (waba_id, name, sent, last_at)
         SELECT n.waba_id, o.item ->> '$.message.payload.name', count(*), max(o.sending_at)
           FROM outbox o JOIN numbers n ON n.number_id = o.number_id
          WHERE o.seq IN ({OLD}) AND o.kind = 'template' AND o.sending_at IS NOT NULL AND n.waba_id IS NOT NULL
          GROUP BY 1, 2
         ON CONFLICT (waba_id, name) DO UPDATE SET sent = sent + excluded.sent, last_at = max(last_at, excluded.last_at)"
    )))
    .bind(before)
    .execute(&mut *connection)
    .await?;
    let done = sqlx::query(sqlx::AssertSqlSafe(format!("DELETE FROM outbox WHERE seq IN ({OLD})")))
        .bind(before)
        .execute(connection)
        .await?;
    Ok(done.rows_affected())
}

/// `rows` is the JSON list of the templates.
pub(super) async fn replace(
    connection: &mut SqliteConnection,
    waba: &WabaId,
    read_at: Timestamp,
    rows: &str,
) -> std::result::Result<u64, sqlx::Error> {
    sqlx::query(
        "INSERT INTO template_books (waba_id, read_at) VALUES (?1, ?2)
         ON CONFLICT (waba_id) DO UPDATE SET read_at = excluded.read_at",
    )
    .bind(waba.as_str())
    .bind(read_at.as_millis())
    .execute(&mut *connection)
    .await?;
    sqlx::query("DELETE FROM templates WHERE waba_id = ?1 AND told_at < ?2")
        .bind(waba.as_str())
        .bind(read_at.as_millis())
        .execute(&mut *connection)
        .await?;
    let done = sqlx::query(
        "INSERT INTO templates (waba_id, name, language, told_at, template)
         SELECT ?1, value ->> 'name', value ->> 'language', 0, value FROM json_each(?2) WHERE true
         ON CONFLICT (waba_id, name, language) DO NOTHING",
    )
    .bind(waba.as_str())
    .bind(rows)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

pub(super) async fn put(
    connection: &mut SqliteConnection,
    template: &Registered,
    told_at: Timestamp,
    row: String,
) -> std::result::Result<u64, sqlx::Error> {
    let done = sqlx::query(
        "INSERT INTO templates (waba_id, name, language, told_at, template) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (waba_id, name, language) DO UPDATE SET told_at = excluded.told_at, template = excluded.template",
    )
    .bind(template.waba.as_str())
    .bind(&template.definition.name)
    .bind(&template.definition.language)
    .bind(told_at.as_millis())
    .bind(row)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}
