//! Writes down what became of attempts to send.

use serde::Serialize;
use sqlx::SqliteConnection;

use super::charges;
use super::consent;
use super::script::{Script, Step};
use crate::{SendOutcome, SendState, Settle};

#[derive(Serialize)]
struct AcceptedRow<'a> {
    id: &'a str,
    wamid: Option<&'a str>,
    at: i64,
}

/// The frequent outcome.
pub(in crate::sqlite) fn plan(settles: &[&Settle], script: &mut Script) -> Result<(), sqlx::Error> {
    let accepted: Vec<_> = settles
        .iter()
        .filter_map(|settle| match &settle.outcome {
            SendOutcome::Accepted { message_id } => Some(AcceptedRow {
                id: settle.id.as_str(),
                wamid: message_id.as_ref().map(|id| id.as_str()),
                at: settle.at.as_millis(),
            }),
            _ => None,
        })
        .collect();
    script.set(Step::Accepted, &accepted)
}

// A status may have come before the response: then the message is further along, and stays there.
pub(super) const ACCEPTED: &str = "UPDATE outbox
      SET wamid = COALESCE(outbox.wamid, b.wamid), accepted_at = b.at,
          state = CASE WHEN rank < 20 THEN 'accepted' ELSE state END, rank = max(rank, 20),
          reason = CASE WHEN rank < 20 THEN NULL ELSE reason END, code = CASE WHEN rank < 20 THEN NULL ELSE code END
     FROM (SELECT value ->> 'id' AS id, value ->> 'wamid' AS wamid, value ->> 'at' AS at FROM jsonb_each(?)) b
    WHERE outbox.send_id = b.id";

/// Whether a settlement is not in the [`plan`].
pub(in crate::sqlite) fn is_rare(settle: &Settle) -> bool {
    !matches!(settle.outcome, SendOutcome::Accepted { .. })
}

/// The rare outcomes.
pub(in crate::sqlite) async fn apply_rare(
    connection: &mut SqliteConnection,
    settles: &[&Settle],
) -> Result<(), sqlx::Error> {
    for settle in settles {
        if let Some(statement) = &settle.consent {
            consent::note(connection, &settle.id, statement).await?;
        }
        match &settle.outcome {
            SendOutcome::Accepted { .. } => {}
            SendOutcome::Failed { code, reason } => {
                end(connection, settle, SendState::Failed, *code, Some(reason)).await?;
            }
            SendOutcome::Refused { reason } => end(connection, settle, SendState::Refused, None, Some(reason)).await?,
            SendOutcome::Expired => end(connection, settle, SendState::Expired, None, None).await?,
            SendOutcome::InDoubt { reason } => {
                sqlx::query(
                    "UPDATE outbox SET state = 'in-doubt', rank = 15, reason = ?2 WHERE send_id = ?1 AND rank = 10",
                )
                .bind(settle.id.as_str())
                .bind(reason)
                .execute(&mut *connection)
                .await?;
            }
            SendOutcome::Held { until, what_for, code, reason } => {
                sqlx::query(
                    "UPDATE outbox SET state = 'queued', rank = 0, held = ?4, not_before = ?2, reason = ?3, code = ?5,
                            sending_at = NULL WHERE send_id = ?1 AND rank <= 10",
                )
                .bind(settle.id.as_str())
                .bind(until.as_millis())
                .bind(reason)
                .bind(what_for.as_i64())
                .bind(code)
                .execute(&mut *connection)
                .await?;
            }
            SendOutcome::Requeue { not_before, code, reason, counts } => {
                sqlx::query(
                    "UPDATE outbox SET state = 'queued', rank = 0, held = 0, not_before = ?2, reason = ?3, sending_at = NULL,
                            code = ?5,
                            attempts = max(0, attempts - CASE WHEN state = 'sending' AND NOT ?4 THEN 1 ELSE 0 END)
                      WHERE send_id = ?1 AND rank <= 10",
                )
                .bind(settle.id.as_str())
                .bind(not_before.as_millis())
                .bind(reason)
                .bind(counts)
                .bind(code)
                .execute(&mut *connection)
                .await?;
            }
        }
    }
    Ok(())
}

/// Ends a message that Meta has not taken.
async fn end(
    connection: &mut SqliteConnection,
    settle: &Settle,
    state: SendState,
    code: Option<i64>,
    reason: Option<&String>,
) -> Result<(), sqlx::Error> {
    let done = sqlx::query(
        "UPDATE outbox SET state = ?2, rank = 35, code = ?3, reason = COALESCE(?4, reason), failed_at = ?5
          WHERE send_id = ?1 AND rank <= 15",
    )
    .bind(settle.id.as_str())
    .bind(state.as_str())
    .bind(code)
    .bind(reason)
    .bind(settle.at.as_millis())
    .execute(&mut *connection)
    .await?;
    // A status that came first knows more.
    if done.rows_affected() > 0 {
        charges::free(connection, settle.id.as_str()).await?;
    }
    Ok(())
}
