//! Reads of what is committed.

use std::sync::Arc;

use ponte_model::{
    ContactId, ConversationId, Digest256, Event, InstallationId, MessageId, NumberId, Origin, RunId, TenantId,
    Timestamp, WhenClosed,
};
use serde::de::DeserializeOwned;
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::SqliteStore;
use crate::{
    BackingOff, Backlog, ContactRow, ConversationRow, DecisionRow, InstallationRow, InstallationState, LeftSend,
    LifeRow, NumberRow, OutboxItem, PastBody, PastLine, Pending, QueuedSend, Result, RunRecord, SendRow, SendState,
    SignsRow, StateKey, StateValue, StoreError, TimerRow,
};

pub(super) fn time(row: &SqliteRow, column: &str) -> Timestamp {
    Timestamp::from_millis(row.get(column))
}

pub(super) fn text(row: &SqliteRow, column: &str) -> String {
    row.get(column)
}

pub(super) fn parse<T: DeserializeOwned>(what: &str, json: &str) -> Result<T> {
    serde_json::from_str(json).map_err(|error| StoreError::Corrupt { what: what.into(), why: error.to_string() })
}

/// One row that cannot be read must not keep all others from being handled: it is named and left where it is.
pub(super) fn readable<T>(row: Result<T>) -> Option<T> {
    row.inspect_err(|error| tracing::error!(%error, "a row is left out")).ok()
}

impl SqliteStore {
    pub(super) async fn read_pending(&self, after: i64, limit: u32) -> Result<Vec<Pending>> {
        let rows = sqlx::query(
            "SELECT seq, tenant, contact_id, attempts, not_before, event FROM inbox
              WHERE state = 'pending' AND seq > ?1 ORDER BY seq LIMIT ?2",
        )
        .bind(after)
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        let pending = rows.iter().map(|row| {
            Ok(Pending {
                seq: row.get("seq"),
                tenant: text(row, "tenant").into(),
                contact: row.get::<Option<String>, _>("contact_id").map(ContactId::new),
                attempts: row.get("attempts"),
                not_before: time(row, "not_before"),
                listener: None,
                event: Arc::new(parse::<Event>("an event", row.get("event"))?),
            })
        });
        Ok(pending.filter_map(readable).collect())
    }

    pub(super) async fn read_conversation(&self, id: &ConversationId) -> Result<ConversationRow> {
        let row =
            sqlx::query("SELECT facts, echo_seq, echo_at FROM conversations WHERE number_id = ?1 AND contact_id = ?2")
                .bind(id.number.as_str())
                .bind(id.contact.as_str())
                .fetch_optional(&self.readers)
                .await?;
        row.map_or_else(|| Ok(ConversationRow::default()), |row| conversation(&row))
    }

    pub(super) async fn read_contact(&self, id: &ContactId) -> Result<Option<ContactRow>> {
        let row = sqlx::query(
            "SELECT user_id, phone, name, username, app_name,
                    (SELECT json_group_array(tag) FROM contact_tags t WHERE t.contact_id = c.contact_id) AS tags
               FROM contacts c WHERE contact_id = ?1",
        )
        .bind(id.as_str())
        .fetch_optional(&self.readers)
        .await?;
        row.map(|row| {
            Ok(ContactRow {
                id: id.clone(),
                user_id: row.get::<Option<String>, _>("user_id").map(Into::into),
                phone: row.get::<Option<String>, _>("phone").map(Into::into),
                name: row.get("name"),
                username: row.get("username"),
                app_name: row.get("app_name"),
                tags: parse("tags", row.get("tags"))?,
            })
        })
        .transpose()
    }

    pub(super) async fn read_alias(&self, tenant: &TenantId, alias: &str) -> Result<Option<ContactId>> {
        let id: Option<String> =
            sqlx::query_scalar("SELECT contact_id FROM contact_aliases WHERE tenant = ?1 AND alias = ?2")
                .bind(tenant.as_str())
                .bind(alias)
                .fetch_optional(&self.readers)
                .await?;
        Ok(id.map(ContactId::new))
    }

    pub(super) async fn read_absorbed(&self, contact: &ContactId) -> Result<Vec<ContactId>> {
        let ids: Vec<String> = sqlx::query_scalar("SELECT contact_id FROM contacts WHERE same_as = ?1")
            .bind(contact.as_str())
            .fetch_all(&self.readers)
            .await?;
        Ok(ids.into_iter().map(ContactId::new).collect())
    }

    pub(super) async fn read_is_waiting(&self, contact: &ContactId) -> Result<bool> {
        let waiting = sqlx::query_scalar(
            "SELECT EXISTS (SELECT 1 FROM inbox WHERE state = 'pending' AND lane = 'message' AND contact_id = ?1)",
        );
        Ok(waiting.bind(contact.as_str()).fetch_one(&self.readers).await?)
    }

    pub(super) async fn read_recent(&self, id: &ConversationId, before: i64, most: u32) -> Result<Vec<PastLine>> {
        let came = sqlx::query(
            "SELECT event FROM inbox WHERE number_id = ?1 AND contact_id = ?2 AND kind IN ('message', 'echo')
                AND seq < ?3 ORDER BY seq DESC LIMIT ?4",
        )
        .bind(id.number.as_str())
        .bind(id.contact.as_str())
        .bind(before)
        .bind(most)
        .fetch_all(&self.readers)
        .await?;
        let went = sqlx::query(
            "SELECT send_id, wamid, accepted_at, item FROM outbox WHERE number_id = ?1 AND contact_id = ?2
                AND accepted_at IS NOT NULL ORDER BY seq DESC LIMIT ?3",
        )
        .bind(id.number.as_str())
        .bind(id.contact.as_str())
        .bind(most)
        .fetch_all(&self.readers)
        .await?;
        let mut lines = Vec::with_capacity(came.len() + went.len());
        // In their order, which those of one second keep when they are sorted.
        for row in came.iter().rev() {
            let event: Event = parse("an event", row.get("event"))?;
            if let (Some(message_id), ponte_model::Body::Message(message) | ponte_model::Body::Echo(message)) =
                (event.message_id, event.body)
            {
                let body = PastBody::Message(Box::new(message));
                lines.push(PastLine { id: message_id, at: event.at, author: event.origin, body });
            }
        }
        for row in went.iter().rev() {
            if let OutboxItem::Message { message } = parse("a send", row.get("item"))? {
                let id = row.get::<Option<String>, _>("wamid").unwrap_or_else(|| row.get("send_id"));
                let at = time(row, "accepted_at");
                lines.push(PastLine { id: MessageId::new(id), at, author: Origin::Api, body: PastBody::Sent(message) });
            }
        }
        lines.sort_by_key(|line| line.at);
        lines.drain(..lines.len().saturating_sub(most as usize));
        Ok(lines)
    }

    pub(super) async fn read_events(&self, seqs: &[i64]) -> Result<Vec<(i64, Event)>> {
        let rows =
            sqlx::query("SELECT seq, event FROM inbox WHERE seq IN (SELECT value FROM json_each(?1)) ORDER BY seq")
                .bind(serde_json::json!(seqs).to_string())
                .fetch_all(&self.readers)
                .await?;
        rows.iter().map(|row| Ok((row.get("seq"), parse("an event", row.get("event"))?))).collect()
    }

    /// The platform tells whole seconds: within one, what was stored later happened later, as far as anybody knows.
    pub(super) async fn read_decisions(&self, id: &ConversationId, most: u32) -> Result<Vec<DecisionRow>> {
        let rows = sqlx::query(
            "SELECT key, kind, at, state, decision, iif(state = 'done', why, reason) AS why, event -> '$.origin' AS origin,
                    event -> '$.body.content.echo' AS meaning
               FROM inbox WHERE number_id = ?1 AND contact_id = ?2
              ORDER BY at / 1000 DESC, seq DESC LIMIT ?3",
        )
        .bind(id.number.as_str())
        .bind(id.contact.as_str())
        .bind(most)
        .fetch_all(&self.readers)
        .await?;
        let decision = |row: &SqliteRow| {
            let meaning = row.get::<Option<&str>, _>("meaning").map(|json| parse("an echo", json));
            Ok(DecisionRow {
                event: text(row, "key").into(),
                kind: row.get("kind"),
                at: time(row, "at"),
                state: row.get("state"),
                decision: row.get("decision"),
                why: row.get("why"),
                origin: parse("an event", row.get("origin"))?,
                meaning: meaning.transpose()?,
            })
        };
        rows.iter().map(decision).collect()
    }

    pub(super) async fn read_registry_version(&self) -> Result<i64> {
        Ok(sqlx::query_scalar("SELECT version FROM registry").fetch_one(&self.readers).await?)
    }

    pub(super) async fn read_state(&self, key: &StateKey, now: Timestamp) -> Result<Option<StateValue>> {
        let row = sqlx::query(
            "SELECT value, version FROM state WHERE installation = ?1 AND scope = ?2 AND owner = ?3 AND key = ?4
                AND (expires_at IS NULL OR expires_at > ?5)",
        )
        .bind(key.installation.as_str())
        .bind(key.scope_word())
        .bind(&key.owner)
        .bind(&key.key)
        .bind(now.as_millis())
        .fetch_optional(&self.readers)
        .await?;
        Ok(row.map(|row| StateValue { value: row.get("value"), version: row.get("version") }))
    }

    pub(super) async fn read_queued(
        &self,
        number: &NumberId,
        lane: i64,
        now: Timestamp,
        limit: u32,
    ) -> Result<Vec<QueuedSend>> {
        // What waits before them for the same people comes along, whatever its lane: nobody's messages change places.
        let rows = sqlx::query(
            "WITH first AS (
                 SELECT contact_id, max(seq) AS last
                   FROM (SELECT contact_id, seq FROM outbox
                          WHERE state = 'queued' AND number_id = ?1 AND lane = ?4 AND (held = 0 OR not_before <= ?2)
                          ORDER BY seq LIMIT ?3)
                  GROUP BY contact_id)
             SELECT o.seq, o.send_id, o.contact_id, o.installation, o.run_id, o.item, o.attempts, o.not_before,
                    o.expires_at, o.lane, o.when_closed
               FROM first JOIN outbox o
                    ON o.contact_id = first.contact_id AND o.number_id = ?1 AND o.seq <= first.last
              WHERE o.state = 'queued' AND (o.held = 0 OR o.not_before <= ?2)
              ORDER BY o.seq",
        )
        .bind(number.as_str())
        .bind(now.as_millis())
        .bind(limit)
        .bind(lane)
        .fetch_all(&self.readers)
        .await?;
        let queued = rows.iter().map(|row| {
            Ok(QueuedSend {
                seq: row.get("seq"),
                id: text(row, "send_id").into(),
                conversation: ConversationId { number: number.clone(), contact: text(row, "contact_id").into() },
                installation: row.get::<Option<String>, _>("installation").map(InstallationId::new),
                run: row.get::<Option<String>, _>("run_id").map(RunId::new),
                item: parse("a send", row.get("item"))?,
                attempts: row.get("attempts"),
                not_before: time(row, "not_before"),
                expires_at: row.get::<Option<i64>, _>("expires_at").map(Timestamp::from_millis),
                lane: row.get("lane"),
                when_closed: match row.get::<Option<&str>, _>("when_closed") {
                    Some(choice) => parse("a send", choice)?,
                    None => WhenClosed::Refuse,
                },
            })
        });
        Ok(queued.filter_map(readable).collect())
    }

    pub(super) async fn read_left_since(&self, since: Timestamp, kind: Option<&str>) -> Result<Vec<LeftSend>> {
        let rows = sqlx::query(
            "SELECT number_id, contact_id, installation, kind, state, initiates, sending_at FROM outbox
              WHERE sending_at IS NOT NULL AND sending_at >= ?1 AND (?2 IS NULL OR kind = ?2) ORDER BY sending_at",
        )
        .bind(since.as_millis())
        .bind(kind)
        .fetch_all(&self.readers)
        .await?;
        let left = rows.iter().map(|row| LeftSend {
            conversation: ConversationId {
                number: text(row, "number_id").into(),
                contact: text(row, "contact_id").into(),
            },
            kind: text(row, "kind"),
            installation: row.get::<Option<String>, _>("installation").map(InstallationId::new),
            failed: row.get::<&str, _>("state") == SendState::Failed.as_str(),
            initiates: row.get("initiates"),
            at: time(row, "sending_at"),
        });
        Ok(left.collect())
    }

    pub(super) async fn read_waiting_for_window(&self) -> Result<Vec<ConversationId>> {
        let rows = sqlx::query("SELECT DISTINCT number_id, contact_id FROM outbox WHERE state = 'queued' AND held = 3")
            .fetch_all(&self.readers)
            .await?;
        let id =
            |row| ConversationId { number: text(row, "number_id").into(), contact: text(row, "contact_id").into() };
        Ok(rows.iter().map(id).collect())
    }

    pub(super) async fn read_backing_off(&self, now: Timestamp) -> Result<Vec<BackingOff>> {
        let rows = sqlx::query(
            "SELECT number_id, code, max(not_before) AS until FROM outbox
              WHERE state = 'queued' AND held = 0 AND code IS NOT NULL AND not_before > ?1 GROUP BY number_id, code",
        )
        .bind(now.as_millis())
        .fetch_all(&self.readers)
        .await?;
        let off = |row| BackingOff {
            number: text(row, "number_id").into(),
            code: row.get("code"),
            until: time(row, "until"),
        };
        Ok(rows.iter().map(off).collect())
    }

    pub(super) async fn read_numbers_with_queue(&self) -> Result<Vec<NumberId>> {
        let ids: Vec<String> = sqlx::query_scalar("SELECT DISTINCT number_id FROM outbox WHERE state = 'queued'")
            .fetch_all(&self.readers)
            .await?;
        Ok(ids.into_iter().map(NumberId::new).collect())
    }

    pub(super) async fn read_sends(&self, number: Option<&NumberId>, limit: u32) -> Result<Vec<SendRow>> {
        let rows = sqlx::query("SELECT * FROM outbox WHERE ?1 IS NULL OR number_id = ?1 ORDER BY seq DESC LIMIT ?2")
            .bind(number.map(|id| id.as_str()))
            .bind(limit)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(send_row).collect()
    }

    pub(super) async fn read_due_timers(&self, now: Timestamp, limit: u32) -> Result<Vec<TimerRow>> {
        let rows = sqlx::query(
            "SELECT installation, number_id, contact_id, name, due, set_by, payload FROM timers WHERE due <= ?1
              ORDER BY due LIMIT ?2",
        )
        .bind(now.as_millis())
        .bind(limit)
        .fetch_all(&self.readers)
        .await?;
        Ok(rows
            .iter()
            .map(|row| TimerRow {
                installation: text(row, "installation").into(),
                conversation: ConversationId {
                    number: text(row, "number_id").into(),
                    contact: text(row, "contact_id").into(),
                },
                name: row.get("name"),
                due: time(row, "due"),
                set_by: row.get("set_by"),
                payload: row.get("payload"),
            })
            .collect())
    }

    pub(super) async fn read_next_timer(&self) -> Result<Option<Timestamp>> {
        let due: Option<i64> = sqlx::query_scalar("SELECT min(due) FROM timers").fetch_one(&self.readers).await?;
        Ok(due.map(Timestamp::from_millis))
    }

    pub(super) async fn read_schedule(&self, installation: &InstallationId, name: &str) -> Result<Option<Timestamp>> {
        let reached: Option<i64> =
            sqlx::query_scalar("SELECT reached FROM schedules WHERE installation = ?1 AND name = ?2")
                .bind(installation.as_str())
                .bind(name)
                .fetch_optional(&self.readers)
                .await?;
        Ok(reached.map(Timestamp::from_millis))
    }

    pub(super) async fn read_numbers(&self) -> Result<Vec<NumberRow>> {
        let rows =
            sqlx::query("SELECT number_id, tenant, waba_id, display_phone, config FROM numbers ORDER BY number_id")
                .fetch_all(&self.readers)
                .await?;
        rows.iter()
            .map(|row| {
                Ok(NumberRow {
                    id: text(row, "number_id").into(),
                    tenant: text(row, "tenant").into(),
                    waba_id: row.get::<Option<String>, _>("waba_id").map(Into::into),
                    display_phone: row.get::<Option<String>, _>("display_phone").map(Into::into),
                    config: parse("a number", row.get("config"))?,
                })
            })
            .collect()
    }

    pub(super) async fn read_lives(&self) -> Result<Vec<LifeRow>> {
        let rows = sqlx::query(
            "SELECT n.number_id, n.created_at, l.life, COALESCE(l.revision, 0) AS revision,
                    s.phone_at, s.echo_at, s.customer_at, s.asked_at, s.contacts_at, s.history_at
               FROM numbers n
               LEFT JOIN number_life l ON l.number_id = n.number_id
               LEFT JOIN number_signs s ON s.number_id = n.number_id
              ORDER BY n.number_id",
        )
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                let time = |column| Timestamp::from_millis(row.get::<Option<i64>, _>(column).unwrap_or_default());
                let life: Option<String> = row.get("life");
                Ok(LifeRow {
                    number: text(row, "number_id").into(),
                    life: life.map(|life| parse("the life of a number", &life)).transpose()?.unwrap_or_default(),
                    revision: row.get("revision"),
                    registered_at: time("created_at"),
                    signs: SignsRow {
                        phone_at: time("phone_at"),
                        echo_at: time("echo_at"),
                        customer_at: time("customer_at"),
                        asked_at: time("asked_at"),
                        contacts_at: time("contacts_at"),
                        history_at: time("history_at"),
                    },
                })
            })
            .collect()
    }

    pub(super) async fn read_installations(&self) -> Result<Vec<InstallationRow>> {
        let rows = sqlx::query("SELECT * FROM installations ORDER BY priority, created_at, installation")
            .fetch_all(&self.readers)
            .await?;
        rows.iter()
            .map(|row| {
                let state = match text(row, "state").as_str() {
                    "active" => InstallationState::Active,
                    "waiting" => InstallationState::Waiting,
                    _ => InstallationState::Paused,
                };
                Ok(InstallationRow {
                    id: text(row, "installation").into(),
                    tenant: text(row, "tenant").into(),
                    flow: text(row, "flow").into(),
                    version: row.get("version"),
                    digest: text(row, "digest").into(),
                    state,
                    priority: row.get("priority"),
                    numbers: parse("an installation", row.get("numbers"))?,
                    package: parse("an installation", row.get("package"))?,
                    settings: parse("an installation", row.get("settings"))?,
                    created_at: time(row, "created_at"),
                })
            })
            .collect()
    }

    pub(super) async fn read_component(&self, digest: &Digest256) -> Result<Option<Vec<u8>>> {
        Ok(sqlx::query_scalar("SELECT component FROM plugins WHERE digest = ?1")
            .bind(digest.as_str())
            .fetch_optional(&self.readers)
            .await?)
    }

    pub(super) async fn read_runs(&self, limit: u32) -> Result<Vec<RunRecord>> {
        let rows = sqlx::query("SELECT * FROM runs ORDER BY at DESC, seq DESC LIMIT ?1")
            .bind(limit)
            .fetch_all(&self.readers)
            .await?;
        rows.iter().map(super::runs::record).collect()
    }

    pub(super) async fn read_backlog(&self) -> Result<Backlog> {
        let row = sqlx::query(
            "SELECT (SELECT count(*) FROM inbox WHERE state = 'pending') AS inbox,
                    (SELECT count(*) FROM outbox WHERE state = 'queued') AS queued,
                    (SELECT count(*) FROM outbox WHERE state = 'in-doubt') AS in_doubt,
                    (SELECT count(*) FROM inbox WHERE state = 'parked') AS parked",
        )
        .fetch_one(&self.readers)
        .await?;
        Ok(Backlog {
            inbox: row.get("inbox"),
            queued: row.get("queued"),
            in_doubt: row.get("in_doubt"),
            parked: row.get("parked"),
        })
    }
}

fn conversation(row: &SqliteRow) -> Result<ConversationRow> {
    Ok(ConversationRow {
        facts: parse("a conversation", row.get("facts"))?,
        echo_seq: row.get("echo_seq"),
        echo_at: time(row, "echo_at"),
    })
}

pub(super) fn send_row(row: &SqliteRow) -> Result<SendRow> {
    let word = text(row, "state");
    let state = SendState::parse(&word)
        .ok_or_else(|| StoreError::Corrupt { what: "a send".into(), why: format!("state {word:?}") })?;
    Ok(SendRow {
        id: text(row, "send_id").into(),
        number: text(row, "number_id").into(),
        contact: text(row, "contact_id").into(),
        installation: row.get::<Option<String>, _>("installation").map(Into::into),
        queued_at: time(row, "queued_at"),
        kind: row.get("kind"),
        state,
        lane: row.get("lane"),
        attempts: row.get("attempts"),
        left_at: row.get::<Option<i64>, _>("sending_at").map(Timestamp::from_millis),
        message_id: row.get::<Option<String>, _>("wamid").map(Into::into),
        code: row.get("code"),
        reason: row.get("reason"),
    })
}
