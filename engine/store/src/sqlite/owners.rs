//! Who speaks: orders of operators that wait to become events, what left after a moment, and what was learned of the
//! app's own texts.

use ponte_model::{ConversationId, NumberId, Timestamp};
use serde_json::Value;
use sqlx::Row as _;

use super::SqliteStore;
use super::reads::{parse, readable, text, time};
use crate::{ControlRow, Result};

impl SqliteStore {
    pub(super) async fn read_controls(&self) -> Result<Vec<ControlRow>> {
        let rows = sqlx::query("SELECT id, number_id, contact_id, control, at FROM controls ORDER BY id")
            .fetch_all(&self.readers)
            .await?;
        let controls = rows.iter().map(|row| {
            Ok(ControlRow {
                id: row.get("id"),
                conversation: ConversationId {
                    number: text(row, "number_id").into(),
                    contact: text(row, "contact_id").into(),
                },
                control: parse("an order about a conversation", row.get("control"))?,
                at: time(row, "at"),
            })
        });
        Ok(controls.filter_map(readable).collect())
    }

    pub(super) async fn read_spoke_since(&self, id: &ConversationId, since: Timestamp) -> Result<Vec<Timestamp>> {
        let left: Vec<i64> = sqlx::query_scalar(
            "SELECT sending_at FROM outbox WHERE contact_id = ?1 AND number_id = ?2 AND sending_at >= ?3
                AND kind NOT IN ('template', 'seen') AND state NOT IN ('queued', 'failed', 'refused', 'expired')
              ORDER BY sending_at",
        )
        .bind(id.contact.as_str())
        .bind(id.number.as_str())
        .bind(since.as_millis())
        .fetch_all(&self.readers)
        .await?;
        Ok(left.into_iter().map(Timestamp::from_millis).collect())
    }

    pub(super) async fn read_learned_texts(&self) -> Result<Vec<(NumberId, Value)>> {
        let rows = sqlx::query("SELECT number_id, learned FROM phone_texts").fetch_all(&self.readers).await?;
        let learned =
            rows.iter().map(|row| Ok((text(row, "number_id").into(), parse("learned texts", row.get("learned"))?)));
        Ok(learned.filter_map(readable).collect())
    }
}
