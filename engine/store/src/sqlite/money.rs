//! Reads of the ledger and of budgets.

use std::time::Duration;

use ponte_model::{Budget, Charge, Currency, Scope, Stage};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::SqliteStore;
use super::commands::charges;
use crate::{ChargeTotal, Result, StoreError};

/// The two columns that name an owner.
pub(super) fn columns(scope: &Scope) -> (&'static str, &str) {
    match scope {
        Scope::Tenant(id) => ("tenant", id.as_str()),
        Scope::Number(id) => ("number", id.as_str()),
        Scope::Flow(id) => ("flow", id.as_str()),
    }
}

fn corrupt(what: &str, why: String) -> StoreError {
    StoreError::Corrupt { what: what.into(), why }
}

fn currency(row: &SqliteRow) -> Option<Currency> {
    row.get::<Option<&str>, _>("currency").and_then(Currency::parse)
}

fn count(row: &SqliteRow, column: &str) -> u64 {
    row.get::<i64, _>(column).unsigned_abs()
}

impl SqliteStore {
    pub(super) async fn read_budgets(&self) -> Result<Vec<(Scope, Budget)>> {
        let rows = sqlx::query("SELECT scope, owner, currency, soft, hard FROM budgets ORDER BY scope, owner")
            .fetch_all(&self.readers)
            .await?;
        rows.iter()
            .map(|row| {
                let (scope, owner) = (row.get::<&str, _>("scope"), row.get::<String, _>("owner"));
                let scope = match scope {
                    "tenant" => Scope::Tenant(owner.into()),
                    "number" => Scope::Number(owner.into()),
                    "flow" => Scope::Flow(owner.into()),
                    other => return Err(corrupt("a budget", format!("scope {other:?}"))),
                };
                let currency = currency(row).ok_or_else(|| corrupt("a budget", "its currency".into()))?;
                Ok((scope, Budget { currency, soft: row.get("soft"), hard: row.get("hard") }))
            })
            .collect()
    }

    /// Lines that are open one by one; settled ones that are alike as one, with the sum of their amounts.
    pub(super) async fn read_ledger(&self, from_day: &str) -> Result<Vec<(Charge, u64)>> {
        let rows = sqlx::query(
            "SELECT max(send_id) AS send_id, tenant, number_id, max(contact_id) AS contact_id, installation, account,
                    market, category, free, currency, '{}' AS quote, sum(hold) AS hold, sum(amount) AS amount, stage,
                    'nobody' AS owner, day, max(at) AS at, NULL AS told, count(*) AS times
               FROM charges WHERE day >= ?1 AND stage <> 'freed'
              GROUP BY tenant, number_id, installation, account, market, category, free, currency, stage, day,
                       iif(stage = 'reserved', send_id, '')",
        )
        .bind(from_day)
        .fetch_all(&self.readers)
        .await?;
        rows.iter().map(|row| Ok((charges::read(row)?, count(row, "times")))).collect()
    }

    pub(super) async fn read_totals(&self, from: &str, to: &str, soon: Duration) -> Result<Vec<ChargeTotal>> {
        let rows = sqlx::query(
            "SELECT day, tenant, number_id, installation, market, category, free, currency, stage, count(*) AS messages,
                    sum(iif(stage <> 'freed' AND amount IS NULL, 1, 0)) AS unknown,
                    sum(iif(stage = 'settled', COALESCE(amount, 0), 0)) AS amount,
                    sum(iif(stage = 'reserved', COALESCE(hold, 0), 0)) AS held,
                    sum(near) AS near, sum(iif(near AND stage = 'settled', COALESCE(amount, 0), 0)) AS near_amount
               FROM (SELECT *, owner = 'app' OR COALESCE(phone_at - at <= ?3, 0) AS near FROM charges
                      WHERE day >= ?1 AND day <= ?2)
              GROUP BY day, tenant, number_id, installation, market, category, free, currency, stage
              ORDER BY day, number_id, installation, category",
        )
        .bind(from)
        .bind(to)
        .bind(i64::try_from(soon.as_millis()).unwrap_or(i64::MAX))
        .fetch_all(&self.readers)
        .await?;
        rows.iter()
            .map(|row| {
                let stage = row.get::<&str, _>("stage");
                Ok(ChargeTotal {
                    day: row.get("day"),
                    tenant: row.get::<String, _>("tenant").into(),
                    number: row.get::<String, _>("number_id").into(),
                    installation: row.get::<Option<String>, _>("installation").map(Into::into),
                    market: row.get("market"),
                    category: row.get("category"),
                    free: row.get("free"),
                    currency: currency(row),
                    stage: Stage::parse(stage).ok_or_else(|| corrupt("a charge", format!("stage {stage:?}")))?,
                    messages: count(row, "messages"),
                    unknown: count(row, "unknown"),
                    amount: row.get("amount"),
                    held: row.get("held"),
                    near_phone: count(row, "near"),
                    near_phone_amount: row.get("near_amount"),
                })
            })
            .collect()
    }
}
