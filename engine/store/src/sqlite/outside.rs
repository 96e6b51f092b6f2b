//! Requests of flows to web services, their secrets, what stores told of orders, and what models cost.

use ponte_model::{Body, ContactId, Event, InstallationId, RequestId, TenantId, Timestamp};
use serde::Serialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::SqliteStore;
use super::commands::json;
use super::reads::{parse, readable, text, time};
use crate::{
    Busy, NewRequest, OrdersBy, QueuedRequest, RequestFate, RequestRow, Result, SecretRow, SpendRow, ToldOrder,
};

type Written = std::result::Result<u64, sqlx::Error>;

/// So many tellings of orders are looked through: each flow that takes orders is told by an event of its own.
const TELLINGS: u32 = 400;

/// A [`NewRequest`] encoded by the caller.
#[derive(Serialize)]
pub(super) struct Row {
    id: String,
    tenant: String,
    installation: String,
    run: String,
    number: Option<String>,
    contact: Option<String>,
    host: String,
    request: String,
    expires_at: i64,
    at: i64,
}

impl Row {
    pub(super) fn encode(new: NewRequest) -> std::result::Result<Self, serde_json::Error> {
        Ok(Self {
            id: new.id.into_string(),
            tenant: new.tenant.into_string(),
            installation: new.installation.into_string(),
            run: new.run.into_string(),
            number: new.number.map(|id| id.into_string()),
            contact: new.contact.map(|id| id.into_string()),
            host: new.host,
            request: serde_json::to_string(&new.request)?,
            expires_at: new.expires_at.as_millis(),
            at: new.at.as_millis(),
        })
    }
}

/// A run that is repeated asks for the same again: the first time counts.
pub(super) async fn insert(connection: &mut SqliteConnection, rows: &[&Row]) -> std::result::Result<(), sqlx::Error> {
    if rows.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO requests (request_id, tenant, installation, run_id, number_id, contact_id, host, request,
                               expires_at, queued_at)
         SELECT value ->> 'id', value ->> 'tenant', value ->> 'installation', value ->> 'run', value ->> 'number',
                value ->> 'contact', value ->> 'host', value ->> 'request', value ->> 'expires_at', value ->> 'at'
           FROM jsonb_each(?1) WHERE true
         ON CONFLICT (request_id) DO NOTHING",
    )
    .bind(json(rows)?)
    .execute(connection)
    .await
    .map(drop)
}

/// Forward only: what is settled stays so.
pub(super) async fn settle(
    connection: &mut SqliteConnection,
    id: &RequestId,
    fate: &RequestFate,
    now: Timestamp,
) -> Written {
    let (state, status, reason, not_before) = match fate {
        RequestFate::Again { not_before, status, reason } => ("queued", *status, Some(reason), *not_before),
        RequestFate::Answered { status } => ("answered", Some(*status), None, now),
        RequestFate::Failed { reason } => ("failed", None, Some(reason), now),
        RequestFate::Expired { reason, .. } => ("expired", None, Some(reason), now),
    };
    let tried = !matches!(fate, RequestFate::Expired { tried: false, .. });
    let done = sqlx::query(
        "UPDATE requests SET state = ?2, status = coalesce(?3, status), reason = ?4, not_before = ?5,
                settled_at = iif(?2 = 'queued', NULL, ?6), attempts = attempts + ?7
          WHERE request_id = ?1 AND state = 'queued'",
    )
    .bind(id.as_str())
    .bind(state)
    .bind(status)
    .bind(reason)
    .bind(not_before.as_millis())
    .bind(now.as_millis())
    .bind(tried)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

pub(super) async fn put_secret(
    connection: &mut SqliteConnection,
    installation: &InstallationId,
    name: &str,
    sealed: Option<Vec<u8>>,
    now: Timestamp,
) -> Written {
    let done = match sealed {
        Some(sealed) => {
            sqlx::query(
                "INSERT INTO secrets (installation, name, sealed, set_at) VALUES (?1, ?2, ?3, ?4)
                 ON CONFLICT (installation, name) DO UPDATE SET sealed = excluded.sealed, set_at = excluded.set_at",
            )
            .bind(installation.as_str())
            .bind(name)
            .bind(sealed)
            .bind(now.as_millis())
            .execute(connection)
            .await?
        }
        None => {
            let delete = sqlx::query("DELETE FROM secrets WHERE installation = ?1 AND name = ?2");
            delete.bind(installation.as_str()).bind(name).execute(connection).await?
        }
    };
    Ok(done.rows_affected())
}

/// One statement decides: two questions at once cannot both take the last of the money.
pub(super) async fn reserve(
    connection: &mut SqliteConnection,
    installation: &InstallationId,
    day: &str,
    micros: i64,
    most: i64,
) -> Written {
    let done = sqlx::query(
        "INSERT INTO ai_spend (installation, day, spent, calls) SELECT ?1, ?2, ?3, 1 WHERE ?3 <= ?4
         ON CONFLICT (day, installation) DO UPDATE SET spent = spent + excluded.spent, calls = calls + 1
          WHERE spent + excluded.spent <= ?4",
    )
    .bind(installation.as_str())
    .bind(day)
    .bind(micros)
    .bind(most)
    .execute(connection)
    .await?;
    Ok(done.rows_affected())
}

pub(super) async fn correct(
    connection: &mut SqliteConnection,
    installation: &InstallationId,
    day: &str,
    delta: i64,
) -> Written {
    let update = sqlx::query("UPDATE ai_spend SET spent = max(0, spent + ?3) WHERE installation = ?1 AND day = ?2");
    Ok(update.bind(installation.as_str()).bind(day).bind(delta).execute(connection).await?.rows_affected())
}

impl SqliteStore {
    pub(super) async fn read_queued_requests(
        &self,
        now: Timestamp,
        running: &[InstallationId],
        busy: &Busy,
        limit: u32,
    ) -> Result<Vec<QueuedRequest>> {
        // Of each host as many as it has room for: a host with thousands waiting takes nobody's place. At a host the
        // installations take turns, and what is on its way was a turn: so neither does an installation with thousands.
        let rows = sqlx::query(
            "WITH due AS MATERIALIZED (
                 SELECT seq, host, installation, request_id IN (SELECT value FROM json_each(?2)) AS leaving
                   FROM requests
                  WHERE state = 'queued' AND not_before <= ?1 AND installation IN (SELECT value FROM json_each(?6))),
             turns AS (
                 SELECT *, row_number() OVER (PARTITION BY host, installation ORDER BY leaving DESC, seq) AS turn
                   FROM due),
             places AS (
                 SELECT *, row_number() OVER (PARTITION BY host ORDER BY turn, seq) AS place FROM turns
                  WHERE NOT leaving)
             SELECT requests.* FROM places JOIN requests USING (seq)
              WHERE place <= ?4 - coalesce((SELECT value FROM json_each(?3) WHERE key = places.host), 0)
              ORDER BY turn, seq LIMIT ?5",
        )
        .bind(now.as_millis())
        .bind(json(&busy.requests)?)
        .bind(json(&busy.hosts)?)
        .bind(i64::try_from(busy.most).unwrap_or(i64::MAX))
        .bind(limit)
        .bind(json(&running)?)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows.iter().map(queued).filter_map(readable).collect())
    }

    pub(super) async fn read_next_request(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        let next: Option<i64> =
            sqlx::query_scalar("SELECT min(not_before) FROM requests WHERE state = 'queued' AND not_before > ?1")
                .bind(now.as_millis())
                .fetch_one(&self.readers)
                .await?;
        Ok(next.map(Timestamp::from_millis))
    }

    pub(super) async fn read_requests(
        &self,
        installation: Option<&InstallationId>,
        limit: u32,
    ) -> Result<Vec<RequestRow>> {
        let rows =
            sqlx::query("SELECT * FROM requests WHERE ?1 IS NULL OR installation = ?1 ORDER BY seq DESC LIMIT ?2")
                .bind(installation.map(|id| id.as_str().to_owned()))
                .bind(limit)
                .fetch_all(&self.readers)
                .await?;
        let row = |row: &SqliteRow| {
            Ok(RequestRow {
                id: text(row, "request_id").into(),
                installation: text(row, "installation").into(),
                run: text(row, "run_id").into(),
                request: parse("a request", row.get("request"))?,
                state: text(row, "state"),
                attempts: row.get("attempts"),
                not_before: time(row, "not_before"),
                status: row.get("status"),
                reason: row.get("reason"),
                queued_at: time(row, "queued_at"),
            })
        };
        rows.iter().map(row).collect()
    }

    pub(super) async fn read_secrets(&self) -> Result<Vec<SecretRow>> {
        let rows = sqlx::query("SELECT * FROM secrets ORDER BY installation, name").fetch_all(&self.readers).await?;
        let row = |row: &SqliteRow| SecretRow {
            installation: text(row, "installation").into(),
            name: text(row, "name"),
            sealed: row.get("sealed"),
            set_at: time(row, "set_at"),
        };
        Ok(rows.iter().map(row).collect())
    }

    pub(super) async fn read_told_orders(&self, tenant: &TenantId, by: &OrdersBy) -> Result<Vec<ToldOrder>> {
        let query = match by {
            OrdersBy::Contact(contact) => sqlx::query(
                "SELECT event, contact_id FROM inbox
                  WHERE kind = 'order' AND tenant = ?1 AND contact_id IN
                        (SELECT ?2 UNION SELECT contact_id FROM contacts WHERE same_as = ?2)
                  ORDER BY seq DESC LIMIT ?3",
            )
            .bind(tenant.as_str())
            .bind(contact.as_str()),
            OrdersBy::Number(number) => sqlx::query(
                "SELECT event, contact_id FROM inbox
                  WHERE kind = 'order' AND tenant = ?1
                    AND ltrim(event ->> '$.body.content.number', '#') = ltrim(?2, '#') COLLATE NOCASE
                  ORDER BY seq DESC LIMIT ?3",
            )
            .bind(tenant.as_str())
            .bind(number),
        };
        let rows = query.bind(TELLINGS).fetch_all(&self.readers).await?;
        let told = rows.iter().filter_map(|row| {
            let event: Event = readable(parse("an event", row.get("event")))?;
            let Body::Order(order) = event.body else { return None };
            Some(ToldOrder { order: *order, contact: row.get::<Option<String>, _>("contact_id").map(ContactId::new) })
        });
        Ok(told.collect())
    }

    pub(super) async fn read_spent(&self, since_day: &str) -> Result<Vec<SpendRow>> {
        let rows = sqlx::query("SELECT * FROM ai_spend WHERE day >= ?1 ORDER BY day DESC, installation")
            .bind(since_day)
            .fetch_all(&self.readers)
            .await?;
        let row = |row: &SqliteRow| SpendRow {
            installation: text(row, "installation").into(),
            day: text(row, "day"),
            micros: row.get("spent"),
            calls: row.get("calls"),
        };
        Ok(rows.iter().map(row).collect())
    }
}

fn queued(row: &SqliteRow) -> Result<QueuedRequest> {
    Ok(QueuedRequest {
        id: text(row, "request_id").into(),
        tenant: text(row, "tenant").into(),
        installation: text(row, "installation").into(),
        run: text(row, "run_id").into(),
        number: row.get::<Option<String>, _>("number_id").map(Into::into),
        contact: row.get::<Option<String>, _>("contact_id").map(ContactId::new),
        host: text(row, "host"),
        request: parse("a request", row.get("request"))?,
        attempts: row.get("attempts"),
        expires_at: time(row, "expires_at"),
        reason: row.get("reason"),
    })
}
