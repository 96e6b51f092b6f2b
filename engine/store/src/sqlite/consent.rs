//! Reads of the ledger of consent, and people whom only a list names.

use ponte_model::consent::{Change, Purpose, Source, Statement};
use ponte_model::send::Template;
use ponte_model::{Contact, ContactId, NumberId, Phone, TenantId, Timestamp};
use sqlx::Row as _;
use sqlx::sqlite::SqliteRow;

use super::SqliteStore;
use super::committer::Op;
use crate::{ConsentSeen, OutboxItem, Result, StandingRow, StoreError, TemplateSent};

fn word<T>(row: &SqliteRow, column: &str, parse: fn(&str) -> Option<T>) -> Result<T> {
    let word: &str = row.get(column);
    let why = || format!("{column} is {word:?}");
    parse(word).ok_or_else(|| StoreError::Corrupt { what: "a line of the ledger of consent".into(), why: why() })
}

impl SqliteStore {
    pub(super) async fn read_standing(&self, contact: &ContactId, since: Timestamp) -> Result<StandingRow> {
        let lines = sqlx::query(
            "SELECT seq, key, purpose, change, source, text, version, at FROM consent_entries
              WHERE contact_id = ?1 OR contact_id IN (SELECT contact_id FROM contacts WHERE same_as = ?1) ORDER BY seq",
        )
        .bind(contact.as_str())
        .fetch_all(&self.readers)
        .await?;
        let entries = lines.iter().map(|row| {
            Ok(Statement {
                key: row.get("key"),
                purpose: word(row, "purpose", Purpose::parse)?,
                change: word(row, "change", Change::parse)?,
                source: word(row, "source", Source::parse)?,
                text: row.get("text"),
                version: row.get("version"),
                at: Timestamp::from_millis(row.get("at")),
            })
        });
        let entries = entries.collect::<Result<_>>()?;
        let suppressed: Option<String> = sqlx::query_scalar(
            "SELECT reason FROM suppressed
              WHERE contact_id IN (?1, (SELECT same_as FROM contacts WHERE contact_id = ?1))",
        )
        .bind(contact.as_str())
        .fetch_optional(&self.readers)
        .await?;
        let person = self.read_contact(contact).await?;
        let (templates, failed) = self.read_templates_sent(contact, since).await?;
        let (phone, user_id, tags) = person.map(|row| (row.phone, row.user_id, row.tags)).unwrap_or_default();
        let seq = lines.last().map(|row| row.get("seq")).unwrap_or_default();
        let consent = ConsentSeen { seq, suppressed: suppressed.is_some() };
        Ok(StandingRow { entries, suppressed, phone, user_id, tags, templates, failed, consent })
    }

    /// What was refused, has failed or has expired did not reach anybody; what is in doubt may have. Beside it, those
    /// that failed with a code of the platform's.
    async fn read_templates_sent(
        &self,
        contact: &ContactId,
        since: Timestamp,
    ) -> Result<(Vec<TemplateSent>, Vec<(i64, Timestamp)>)> {
        let rows = sqlx::query(
            "SELECT item, COALESCE(sending_at, accepted_at) AS at, iif(state = 'failed', code, NULL) AS code, failed_at
               FROM outbox
              WHERE contact_id = ?1 AND kind = 'template' AND state NOT IN ('queued', 'refused', 'expired')
                AND (state <> 'failed' OR code IS NOT NULL) AND COALESCE(sending_at, accepted_at) > ?2",
        )
        .bind(contact.as_str())
        .bind(since.as_millis())
        .fetch_all(&self.readers)
        .await?;
        let (mut sent, mut failed) = (Vec::with_capacity(rows.len()), Vec::new());
        for row in &rows {
            if let Some(code) = row.get("code") {
                let at: Option<i64> = row.get("failed_at");
                failed.push((code, Timestamp::from_millis(at.unwrap_or_else(|| row.get("at")))));
                continue;
            }
            let item = serde_json::from_str(row.get("item"))
                .map_err(|error| StoreError::Corrupt { what: "a send".into(), why: error.to_string() })?;
            if let Some(Template { name, language, .. }) = OutboxItem::template(&item).cloned() {
                sent.push(TemplateSent { name, language, at: Timestamp::from_millis(row.get("at")) });
            }
        }
        Ok((sent, failed))
    }

    pub(super) async fn read_next_held(&self, number: &NumberId, after: Timestamp) -> Result<Option<Timestamp>> {
        let next: Option<i64> = sqlx::query_scalar(
            "SELECT min(not_before) FROM outbox WHERE state = 'queued' AND number_id = ?1 AND held > 0 AND not_before > ?2",
        )
        .bind(number.as_str())
        .bind(after.as_millis())
        .fetch_one(&self.readers)
        .await?;
        Ok(next.map(Timestamp::from_millis))
    }

    pub(super) async fn find_or_make(&self, tenant: &TenantId, phone: &Phone, now: Timestamp) -> Result<ContactId> {
        let alias = Contact::by_phone(phone.clone()).aliases().next().expect("there is a phone");
        if let Some(id) = self.read_alias(tenant, &alias).await? {
            return Ok(id);
        }
        let id = ContactId::first_seen_as(tenant, &alias, now);
        let (new, tenant_id, phone, name) = (id, tenant.clone(), phone.clone(), alias.clone());
        let make = Op {
            run: Box::new(move |connection| {
                let (id, tenant, phone, alias) = (new.clone(), tenant_id.clone(), phone.clone(), name.clone());
                Box::pin(async move {
                    let taken = sqlx::query(
                        "INSERT INTO contact_aliases (tenant, alias, contact_id) VALUES (?1, ?2, ?3)
                     ON CONFLICT (tenant, alias) DO NOTHING",
                    )
                    .bind(tenant.as_str())
                    .bind(alias)
                    .bind(id.as_str())
                    .execute(&mut *connection)
                    .await?;
                    if taken.rows_affected() > 0 {
                        sqlx::query(
                            "INSERT INTO contacts (contact_id, tenant, phone, created_at) VALUES (?1, ?2, ?3, ?4)",
                        )
                        .bind(id.as_str())
                        .bind(tenant.as_str())
                        .bind(phone.as_str())
                        .bind(now.as_millis())
                        .execute(connection)
                        .await?;
                    }
                    Ok(taken.rows_affected())
                })
            }),
        };
        self.op(make).await?;
        let found = self.read_alias(tenant, &alias).await?;
        found.ok_or_else(|| StoreError::Corrupt { what: format!("contact {alias}"), why: "it was just made".into() })
    }
}
