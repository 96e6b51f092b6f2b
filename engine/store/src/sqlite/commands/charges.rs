//! The ledger: written with what leaves, changed by statuses, and marked where the phone wrote soon after.

use ponte_model::{Charge, DeliveryStatus, Owner, Stage, Timestamp};
use serde::Serialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{Row as _, SqliteConnection};

use super::json;
use crate::{Settler, StoreError};

/// A line as it is written.
#[derive(Serialize)]
pub(in crate::sqlite) struct Row<'a> {
    #[serde(flatten)]
    charge: &'a Charge,
    /// In milliseconds, unlike the line's own.
    left_at: i64,
    quote_json: String,
}

impl<'a> Row<'a> {
    pub(super) fn of(charge: &'a Charge) -> Result<Self, sqlx::Error> {
        Ok(Self { charge, left_at: charge.at.as_millis(), quote_json: json(&charge.quote)? })
    }
}

// Of what did not leave after all nothing is written. What leaves again after a try that came to nothing has a new price.
pub(super) const CHARGES: &str = "INSERT INTO charges (send_id, tenant, number_id, contact_id, installation, account,
                                        market, category, free, currency, quote, hold, amount, stage, owner, day, at)
    SELECT value ->> 'send', value ->> 'tenant', value ->> 'number', value ->> 'contact', value ->> 'installation',
           value ->> 'account', value ->> 'market', value ->> 'category', value ->> 'free', value ->> 'currency',
           value ->> 'quote_json', value ->> 'hold', value ->> 'amount', value ->> 'stage', value ->> 'owner',
           value ->> 'day', value ->> 'left_at'
      FROM jsonb_each(?)
      JOIN outbox o ON o.send_id = value ->> 'send' AND o.state = 'sending'
     WHERE true
    ON CONFLICT (send_id) DO UPDATE SET market = excluded.market, category = excluded.category, free = excluded.free,
        currency = excluded.currency, quote = excluded.quote, hold = excluded.hold, amount = excluded.amount,
        stage = excluded.stage, owner = excluded.owner, day = excluded.day, at = excluded.at
    WHERE stage <> 'settled'";

/// Whatever is written from the phone within a day of a message is noted with it, once. The platform tells whole seconds,
/// so an echo may seem to be of before the message by less than one.
pub(super) const PHONE: &str = "UPDATE charges SET phone_at = b.at
     FROM (SELECT value ->> 'number' AS number, value ->> 'contact' AS contact, value ->> 'at' AS at
             FROM jsonb_each(?)) b
    WHERE charges.contact_id = b.contact AND charges.number_id = b.number AND charges.phone_at IS NULL
      AND charges.at < b.at + 1000 AND charges.at > b.at - 86400000";

/// The columns of a line beside those that the outbox has as well.
pub(super) const COLUMNS: &str =
    "c.tenant, c.account, c.market, c.category, c.free, c.currency, c.quote, c.hold, c.amount, c.stage, c.owner, c.day,
     c.at, c.told";

/// Reads a line from a row that has [`COLUMNS`] and the ids.
pub(in crate::sqlite) fn read(row: &SqliteRow) -> Result<Charge, StoreError> {
    let corrupt = |why: String| StoreError::Corrupt { what: "a charge".into(), why };
    let word = |column: &str| row.get::<String, _>(column);
    let told = row.get::<Option<String>, _>("told").map(|told| serde_json::from_str(&told)).transpose();
    Ok(Charge {
        send: word("send_id").into(),
        tenant: word("tenant").into(),
        number: word("number_id").into(),
        contact: word("contact_id").into(),
        installation: row.get::<Option<String>, _>("installation").map(Into::into),
        account: word("account"),
        market: row.get("market"),
        category: row.get("category"),
        free: row.get("free"),
        currency: row.get::<Option<&str>, _>("currency").and_then(ponte_model::Currency::parse),
        quote: serde_json::from_str(row.get("quote")).map_err(|error| corrupt(error.to_string()))?,
        hold: row.get("hold"),
        amount: row.get("amount"),
        stage: Stage::parse(row.get("stage")).ok_or_else(|| corrupt(format!("stage {:?}", word("stage"))))?,
        owner: Owner::parse(row.get("owner")).ok_or_else(|| corrupt(format!("owner {:?}", word("owner"))))?,
        day: word("day"),
        at: Timestamp::from_millis(row.get("at")),
        told: told.map_err(|error| corrupt(error.to_string()))?,
    })
}

/// Changes a line as a status asks for, if it does. `row` has [`COLUMNS`] and the ids.
pub(super) async fn settle(
    connection: &mut SqliteConnection,
    row: &SqliteRow,
    status: &DeliveryStatus,
    settler: Settler,
) -> Result<Option<(Charge, Charge)>, sqlx::Error> {
    // What left before the ledger was kept, and read receipts, have no line.
    if row.get::<Option<&str>, _>("stage").is_none() {
        return Ok(None);
    }
    let before = match read(row) {
        Ok(before) => before,
        Err(error) => {
            // The delivery is to be known all the same.
            tracing::error!(%error, "a line of the ledger is left as it is");
            return Ok(None);
        }
    };
    let Some(after) = settler(&before, status) else { return Ok(None) };
    let told = after.told.as_ref().map(json).transpose()?;
    sqlx::query("UPDATE charges SET category = ?2, free = ?3, amount = ?4, stage = ?5, told = ?6 WHERE send_id = ?1")
        .bind(after.send.as_str())
        .bind(&after.category)
        .bind(&after.free)
        .bind(after.amount)
        .bind(after.stage.as_str())
        .bind(told)
        .execute(connection)
        .await?;
    Ok(Some((before, after)))
}

/// A message ended without having been taken: it costs nothing.
pub(super) async fn free(connection: &mut SqliteConnection, send: &str) -> Result<(), sqlx::Error> {
    sqlx::query("UPDATE charges SET stage = 'freed' WHERE send_id = ?1 AND stage = 'reserved'")
        .bind(send)
        .execute(connection)
        .await
        .map(drop)
}
