//! Lets messages out, unless an echo came that the verdict did not know of.

use std::collections::HashSet;

use serde::Serialize;
use sqlx::{Row as _, SqliteConnection};

use super::json;
use crate::{Began, BeginSend};

#[derive(Serialize)]
struct Row<'a> {
    id: &'a str,
    echo_seq: i64,
    yields: bool,
    at: i64,
}

pub(in crate::sqlite) async fn apply(
    connection: &mut SqliteConnection,
    begins: &[&BeginSend],
) -> Result<Vec<Began>, sqlx::Error> {
    if begins.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<_> = begins
        .iter()
        .map(|begin| Row {
            id: begin.id.as_str(),
            echo_seq: begin.echo_seq,
            yields: begin.yields_to_echo,
            at: begin.at.as_millis(),
        })
        .collect();
    let begun = sqlx::query(
        "UPDATE outbox SET state = 'sending', rank = 10, attempts = attempts + 1, sending_at = b.at
           FROM (SELECT value ->> 'id' AS id, value ->> 'echo_seq' AS echo_seq, value ->> 'yields' AS yields,
                        value ->> 'at' AS at FROM json_each(?1)) b
          WHERE outbox.send_id = b.id AND outbox.state = 'queued'
            AND (NOT b.yields OR NOT EXISTS (
                SELECT 1 FROM conversations c
                 WHERE c.number_id = outbox.number_id AND c.contact_id = outbox.contact_id
                   AND c.echo_seq > b.echo_seq))
         RETURNING outbox.send_id",
    )
    .bind(json(&rows)?)
    .fetch_all(connection)
    .await?;
    let mut begun: HashSet<&str> = begun.iter().map(|row| row.get::<&str, _>(0)).collect();
    // Of two that ask for the same message in one batch, one may go.
    Ok(begins.iter().map(|begin| if begun.remove(begin.id.as_str()) { Began::Go } else { Began::Stale }).collect())
}
