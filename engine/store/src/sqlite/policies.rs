//! Routing policies: every version is kept, the last one is in force.

use std::sync::Arc;

use ponte_model::{ConversationId, Event, MessageId, TenantId, Timestamp};
use sqlx::Row as _;
use sqlx::SqliteConnection;

use super::SqliteStore;
use super::reads::{parse, send_row, text, time};
use crate::{OutboxItem, PastEvent, Pending, PolicyRow, Result, SendRow};

/// Adds a version. Returns its number.
pub(super) async fn put(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    policy: &str,
    now: Timestamp,
) -> std::result::Result<i64, sqlx::Error> {
    sqlx::query_scalar(
        "INSERT INTO routing_policies (tenant, version, policy, created_at)
         SELECT ?1, coalesce(max(version), 0) + 1, ?2, ?3 FROM routing_policies WHERE tenant = ?1
         RETURNING version",
    )
    .bind(tenant.as_str())
    .bind(policy)
    .bind(now.as_millis())
    .fetch_one(connection)
    .await
}

/// Adds the version before the last one once more; none at all if the last one was the first. Returns its number, or 0
/// if there is nothing to take back.
pub(super) async fn roll_back(
    connection: &mut SqliteConnection,
    tenant: &TenantId,
    now: Timestamp,
) -> std::result::Result<i64, sqlx::Error> {
    let last: Vec<String> =
        sqlx::query_scalar("SELECT policy FROM routing_policies WHERE tenant = ?1 ORDER BY version DESC LIMIT 2")
            .bind(tenant.as_str())
            .fetch_all(&mut *connection)
            .await?;
    match last.as_slice() {
        [] => Ok(0),
        [_] => put(connection, tenant, "null", now).await,
        [_, before, ..] => put(connection, tenant, before, now).await,
    }
}

impl SqliteStore {
    pub(super) async fn read_policies(&self, tenant: Option<&TenantId>, most: u32) -> Result<Vec<PolicyRow>> {
        let rows = sqlx::query(
            "SELECT tenant, version, policy, created_at FROM
                    (SELECT *, row_number() OVER (PARTITION BY tenant ORDER BY version DESC) AS age
                       FROM routing_policies WHERE ?1 IS NULL OR tenant = ?1)
              WHERE age <= ?2 ORDER BY tenant, version DESC",
        )
        .bind(tenant.map(|tenant| tenant.as_str()))
        .bind(most)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                Ok(PolicyRow {
                    tenant: text(row, "tenant").into(),
                    version: row.get("version"),
                    policy: parse("a routing policy", row.get("policy"))?,
                    created_at: time(row, "created_at"),
                })
            })
            .collect()
    }

    pub(super) async fn read_past_events(
        &self,
        tenant: &TenantId,
        since: Timestamp,
        after: i64,
        most: u32,
    ) -> Result<Vec<PastEvent>> {
        let rows = sqlx::query(
            "SELECT seq, contact_id, attempts, not_before, event, decision FROM inbox
              WHERE received_at >= ?2 AND tenant = ?1 AND lane = 'message' AND seq > ?3 ORDER BY seq LIMIT ?4",
        )
        .bind(tenant.as_str())
        .bind(since.as_millis())
        .bind(after)
        .bind(most)
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                let pending = Pending {
                    seq: row.get("seq"),
                    tenant: tenant.clone(),
                    contact: row.get::<Option<String>, _>("contact_id").map(Into::into),
                    attempts: row.get("attempts"),
                    not_before: time(row, "not_before"),
                    listener: None,
                    event: Arc::new(parse::<Event>("an event", row.get("event"))?),
                };
                Ok(PastEvent { pending, decision: row.get("decision") })
            })
            .collect()
    }

    pub(super) async fn read_conversation_sends(&self, id: &ConversationId, most: u32) -> Result<Vec<SendRow>> {
        let rows =
            sqlx::query("SELECT * FROM outbox WHERE contact_id = ?1 AND number_id = ?2 ORDER BY seq DESC LIMIT ?3")
                .bind(id.contact.as_str())
                .bind(id.number.as_str())
                .bind(most)
                .fetch_all(&self.readers)
                .await?;
        rows.iter().map(send_row).collect()
    }

    pub(super) async fn read_sent(&self, message: &MessageId) -> Result<Option<OutboxItem>> {
        let item: Option<String> = sqlx::query_scalar("SELECT item FROM outbox WHERE wamid = ?1")
            .bind(message.as_str())
            .fetch_optional(&self.readers)
            .await?;
        item.map(|item| parse("a send", &item)).transpose()
    }
}
