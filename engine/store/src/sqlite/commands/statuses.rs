//! Applies delivery statuses, forward only, and settles sends in doubt by them.

use std::sync::LazyLock;

use ponte_model::{ConversationId, DeliveryState, InstallationId, SendId};
use sqlx::{Row as _, SqliteConnection};

use super::charges;
use crate::{Listeners, SendState, Settler, StatusApplied, StatusUpdate};

/// A status, and who wants to hear of it.
pub(in crate::sqlite) struct Row {
    pub(in crate::sqlite) update: StatusUpdate,
    pub(in crate::sqlite) listeners: Listeners,
    pub(in crate::sqlite) settler: Settler,
}

/// The state that a status puts a message into, and the column of its time.
fn target(state: &DeliveryState) -> Option<SendState> {
    match state {
        DeliveryState::Sent => Some(SendState::Sent),
        DeliveryState::Delivered => Some(SendState::Delivered),
        // Played implies read: a voice message that was heard was seen.
        DeliveryState::Read | DeliveryState::Played => Some(SendState::Read),
        DeliveryState::Failed => Some(SendState::Failed),
        DeliveryState::Other(_) => None,
    }
}

pub(in crate::sqlite) async fn apply(
    connection: &mut SqliteConnection,
    row: &Row,
) -> Result<StatusApplied, sqlx::Error> {
    let applied = move_on(connection, row).await?;
    if applied.listener.is_none() {
        sqlx::query("UPDATE inbox SET state = 'done' WHERE seq = ?1").bind(row.update.seq).execute(connection).await?;
    }
    Ok(applied)
}

/// The message by our id or by Meta's, with its line in the ledger.
static FIND: LazyLock<&'static str> = LazyLock::new(|| {
    let columns = charges::COLUMNS;
    format!(
        "SELECT o.*, {columns}
           FROM (SELECT send_id, number_id, contact_id, installation, rank FROM outbox WHERE send_id = ?1
                  UNION ALL SELECT send_id, number_id, contact_id, installation, rank FROM outbox WHERE wamid = ?2
                  LIMIT 1) o
           LEFT JOIN charges c ON c.send_id = o.send_id"
    )
    .leak()
});

async fn move_on(connection: &mut SqliteConnection, row: &Row) -> Result<StatusApplied, sqlx::Error> {
    let status = &row.update.status;
    let found = sqlx::query(*FIND)
        .bind(status.send_id.as_ref().map(|id| id.as_str()))
        .bind(status.message_id.as_str())
        .fetch_optional(&mut *connection)
        .await?;
    let Some(found) = found else {
        // Sent by somebody else over the same number: not ours to track.
        return Ok(StatusApplied::default());
    };
    let id = SendId::new(found.get::<String, _>(0));
    let installation = found.get::<Option<String>, _>(3).map(InstallationId::new);
    let mut applied = StatusApplied {
        send: Some(id.clone()),
        conversation: Some(ConversationId {
            number: found.get::<String, _>(1).into(),
            contact: found.get::<String, _>(2).into(),
        }),
        moved: false,
        listener: installation.filter(|installation| row.listeners.contains(installation)),
        charge: charges::settle(connection, &found, status, row.settler).await?.map(Box::new),
    };
    if let Some(statement) = &row.update.consent {
        super::consent::note(connection, &id, statement).await?;
    }
    let Some(state) = target(&status.state) else { return Ok(applied) };
    applied.moved = found.get::<i64, _>(4) < state.rank();
    let error = status.errors.first();
    let pricing = status.pricing.as_ref().and_then(|pricing| serde_json::to_string(pricing).ok());
    sqlx::query(
        "UPDATE outbox SET
            wamid = COALESCE(wamid, ?2), accepted_at = COALESCE(accepted_at, ?3), pricing = COALESCE(pricing, ?4),
            sent_at = COALESCE(sent_at, CASE WHEN ?5 = 'sent' THEN ?3 END),
            delivered_at = COALESCE(delivered_at, CASE WHEN ?5 = 'delivered' THEN ?3 END),
            read_at = COALESCE(read_at, CASE WHEN ?5 = 'read' THEN ?3 END),
            failed_at = COALESCE(failed_at, CASE WHEN ?5 = 'failed' THEN ?3 END),
            code = CASE WHEN ?5 = 'failed' THEN ?7 ELSE code END,
            reason = CASE WHEN ?5 = 'failed' THEN ?8 WHEN rank < ?6 THEN NULL ELSE reason END,
            state = CASE WHEN rank < ?6 THEN ?5 ELSE state END, rank = max(rank, ?6)
          WHERE send_id = ?1",
    )
    .bind(id.as_str())
    .bind(status.message_id.as_str())
    .bind(row.update.at.as_millis())
    .bind(pricing)
    .bind(state.as_str())
    .bind(state.rank())
    .bind(error.map(|error| error.code))
    .bind(error.and_then(|error| error.details.as_ref().or(error.message.as_ref()).or(error.title.as_ref())))
    .execute(connection)
    .await?;
    Ok(applied)
}
