//! Adds lines to the ledger of consent. What is there already is left alone.

use ponte_model::SendId;
use ponte_model::consent::{Entry, Statement};
use sqlx::SqliteConnection;

use super::json;

pub(super) const CONSENT: &str =
    "INSERT INTO consent_entries (key, contact_id, purpose, change, source, text, version, at)
    SELECT value ->> 'key', value ->> 'contact', value ->> 'purpose', value ->> 'change', value ->> 'source',
           value ->> 'text', value ->> 'version', value ->> 'millis'
      FROM jsonb_each(?) WHERE true
    ON CONFLICT (key) DO NOTHING";

/// A line as the statement takes it.
#[derive(serde::Serialize)]
pub(super) struct Row {
    #[serde(flatten)]
    entry: Entry,
    millis: i64,
}

impl From<Entry> for Row {
    fn from(entry: Entry) -> Self {
        Self { millis: entry.statement.at.as_millis(), entry }
    }
}

/// Returns how many were new.
pub(in crate::sqlite) async fn add(connection: &mut SqliteConnection, entries: Vec<Entry>) -> Result<u64, sqlx::Error> {
    let rows: Vec<Row> = entries.into_iter().map(Row::from).collect();
    Ok(sqlx::query(CONSENT).bind(json(&rows)?).execute(connection).await?.rows_affected())
}

/// What the fate of a message tells of its recipient.
pub(super) async fn note(
    connection: &mut SqliteConnection,
    send: &SendId,
    statement: &Statement,
) -> Result<(), sqlx::Error> {
    let contact: Option<String> = sqlx::query_scalar("SELECT contact_id FROM outbox WHERE send_id = ?1")
        .bind(send.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    if let Some(contact) = contact {
        add(connection, vec![Entry { contact: contact.into(), statement: statement.clone() }]).await?;
    }
    Ok(())
}
