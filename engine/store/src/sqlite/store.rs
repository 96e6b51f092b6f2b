//! The narrow interface over SQLite.

use std::time::Duration;

use async_trait::async_trait;
use ponte_model::consent::Entry;
use ponte_model::template::Registered;
use ponte_model::{
    Budget, Charge, ContactId, Control, ConversationId, Digest256, Event, InstallationId, MessageId, NumberId, Phone,
    RequestId, RunId, Scope, SendId, TenantId, Timestamp, WabaId,
};
use serde_json::Value;
use sqlx::SqliteConnection;

use super::SqliteStore;
use super::commands::{consent, finish, ingest, statuses};
use super::committer::{Command, Op};
use super::{flows, money, outside, policies, runs, templates, versions};
use crate::{
    BackingOff, Backlog, Began, BeginSend, Busy, ChargeTotal, ContactRow, ControlRow, ConversationRow, DecisionRow,
    Finish, Finished, FlowLifeRow, Incoming, InstallationRow, InstallationState, LeftSend, LifeRow, Listeners,
    NoticeRow, NumberRow, OrdersBy, OutboxItem, PastEvent, PastLine, Pending, PolicyRow, Purged, QueuedRequest,
    QueuedSend, RecordingsKept, Released, RequestFate, RequestRow, Result, RunFilter, RunRecord, RunRow, SecretRow,
    SendRow, Settle, Settler, SpendRow, StandingRow, StateKey, StateValue, StatusApplied, StatusUpdate, Store,
    StoreError, Stored, SubmissionOutcome, SubmissionRow, TemplateBook, TemplateUseRow, TimerRow, ToldOrder,
    VersionRow,
};

/// So long is the ledger kept: a report about the same month of last year can be made.
const LEDGER_KEPT: Duration = Duration::from_secs(400 * 24 * 3600);

fn unencodable(error: serde_json::Error) -> StoreError {
    StoreError::Database(std::sync::Arc::new(sqlx::Error::Encode(error.into())))
}

/// Wraps statements over owned values as a rare command.
macro_rules! op {
    ($connection:ident, [$($value:ident),*] $body:block) => {{
        Op {
            run: Box::new(move |$connection: &mut SqliteConnection| {
                $(let $value = $value.clone();)*
                Box::pin(async move { $body })
            }),
        }
    }};
}

/// Lets a running pipeline know that numbers or installations changed.
async fn bump(connection: &mut SqliteConnection) -> std::result::Result<(), sqlx::Error> {
    sqlx::query("UPDATE registry SET version = version + 1").execute(connection).await.map(drop)
}

impl SqliteStore {
    pub(super) async fn op(&self, op: Op) -> Result<u64> {
        self.committer.submit(Command::Op, op).await
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn ingest(&self, events: Vec<Incoming>, received_at: Timestamp) -> Result<Vec<Stored>> {
        let rows = events.into_iter().map(|event| ingest::Row::encode(event, received_at));
        let rows = rows.collect::<std::result::Result<Vec<_>, _>>().map_err(unencodable)?;
        self.committer.submit(Command::Ingest, rows).await
    }

    async fn pending(&self, after: i64, limit: u32) -> Result<Vec<Pending>> {
        self.read_pending(after, limit).await
    }

    async fn finish(&self, finish: Finish) -> Result<Finished> {
        let rows = finish::Rows::encode(finish).map_err(unencodable)?;
        self.committer.submit(Command::Finish, Box::new(rows)).await
    }

    async fn postpone(&self, seq: i64, not_before: Timestamp, reason: &str) -> Result<()> {
        let reason = reason.to_owned();
        let op = op!(connection, [reason] {
            let done = sqlx::query(
                "UPDATE inbox SET attempts = attempts + 1, not_before = ?2, reason = ?3 WHERE seq = ?1",
            )
            .bind(seq).bind(not_before.as_millis()).bind(reason).execute(connection).await?;
            Ok(done.rows_affected())
        });
        self.op(op).await.map(drop)
    }

    async fn park(&self, seq: i64, reason: &str) -> Result<()> {
        let reason = reason.to_owned();
        let op = op!(connection, [reason] {
            let done = sqlx::query("UPDATE inbox SET state = 'parked', reason = ?2 WHERE seq = ?1")
                .bind(seq).bind(reason).execute(connection).await?;
            Ok(done.rows_affected())
        });
        self.op(op).await.map(drop)
    }

    async fn apply_status(
        &self,
        update: StatusUpdate,
        listeners: &Listeners,
        settler: Settler,
    ) -> Result<StatusApplied> {
        let row = Box::new(statuses::Row { update, listeners: listeners.clone(), settler });
        self.committer.submit(Command::Status, row).await
    }

    async fn name_contact(
        &self,
        seq: i64,
        contact: Option<ContactId>,
        app_name: Option<String>,
        at: Timestamp,
    ) -> Result<()> {
        let op = op!(connection, [contact, app_name] {
            if let Some(contact) = contact {
                sqlx::query("UPDATE contacts SET app_name = ?2, app_name_at = ?3 WHERE contact_id = ?1 AND app_name_at <= ?3")
                    .bind(contact.as_str()).bind(app_name).bind(at.as_millis()).execute(&mut *connection).await?;
            }
            let done = sqlx::query("UPDATE inbox SET state = 'done' WHERE seq = ?1")
                .bind(seq).execute(connection).await?;
            Ok(done.rows_affected())
        });
        self.op(op).await.map(drop)
    }

    async fn conversation(&self, id: &ConversationId) -> Result<ConversationRow> {
        self.read_conversation(id).await
    }

    async fn contact(&self, id: &ContactId) -> Result<Option<ContactRow>> {
        self.read_contact(id).await
    }

    async fn contact_by_phone(&self, tenant: &TenantId, phone: &Phone) -> Result<Option<ContactId>> {
        for spelling in phone.spellings() {
            if let Some(contact) = self.read_alias(tenant, &format!("phone:{spelling}")).await? {
                return Ok(Some(contact));
            }
        }
        Ok(None)
    }

    async fn absorbed(&self, contact: &ContactId) -> Result<Vec<ContactId>> {
        self.read_absorbed(contact).await
    }

    async fn follow(&self, absorbed: &ContactId, contact: &ContactId) -> Result<()> {
        SqliteStore::follow(self, absorbed, contact).await
    }

    async fn forget_facts(&self, conversation: &ConversationId) -> Result<()> {
        let id = conversation.clone();
        let op = op!(connection, [id] {
            sqlx::query("UPDATE conversations SET facts = '{}' WHERE contact_id = ?1 AND number_id = ?2")
                .bind(id.contact.as_str()).bind(id.number.as_str()).execute(connection).await?;
            Ok(0)
        });
        self.op(op).await.map(drop)
    }

    async fn is_waiting(&self, contact: &ContactId) -> Result<bool> {
        self.read_is_waiting(contact).await
    }

    async fn contact_by_alias(&self, tenant: &TenantId, alias: &str) -> Result<Option<ContactId>> {
        self.read_alias(tenant, alias).await
    }

    async fn recent(&self, id: &ConversationId, before: i64, most: u32) -> Result<Vec<PastLine>> {
        self.read_recent(id, before, most).await
    }

    async fn events(&self, seqs: &[i64]) -> Result<Vec<(i64, Event)>> {
        self.read_events(seqs).await
    }

    async fn decisions(&self, id: &ConversationId, most: u32) -> Result<Vec<DecisionRow>> {
        self.read_decisions(id, most).await
    }

    async fn spoke_since(&self, id: &ConversationId, since: Timestamp) -> Result<Vec<Timestamp>> {
        self.read_spoke_since(id, since).await
    }

    async fn put_control(&self, conversation: &ConversationId, control: &Control, at: Timestamp) -> Result<()> {
        let control = serde_json::to_string(control).map_err(unencodable)?;
        let conversation = conversation.clone();
        let op = op!(connection, [conversation, control] {
            bump(connection).await?;
            let statement = "INSERT INTO controls (number_id, contact_id, control, at)
                 VALUES (?1, coalesce((SELECT same_as FROM contacts WHERE contact_id = ?2), ?2), ?3, ?4)";
            let done = sqlx::query(statement)
                .bind(conversation.number.as_str()).bind(conversation.contact.as_str())
                .bind(control).bind(at.as_millis()).execute(connection).await?;
            Ok(done.rows_affected())
        });
        self.op(op).await.map(drop)
    }

    async fn controls(&self) -> Result<Vec<ControlRow>> {
        self.read_controls().await
    }

    async fn drop_control(&self, id: i64) -> Result<()> {
        let op = op!(connection, [] {
            let done = sqlx::query("DELETE FROM controls WHERE id = ?1").bind(id).execute(connection).await?;
            Ok(done.rows_affected())
        });
        self.op(op).await.map(drop)
    }

    async fn learned_texts(&self) -> Result<Vec<(NumberId, Value)>> {
        self.read_learned_texts().await
    }

    async fn put_learned_texts(&self, number: &NumberId, learned: &Value) -> Result<()> {
        let (number, learned) = (number.clone(), learned.to_string());
        let op = op!(connection, [number, learned] {
            let done = sqlx::query(
                "INSERT INTO phone_texts (number_id, learned) VALUES (?1, ?2)
                 ON CONFLICT (number_id) DO UPDATE SET learned = excluded.learned",
            )
            .bind(number.as_str()).bind(learned).execute(connection).await?;
            Ok(done.rows_affected())
        });
        self.op(op).await.map(drop)
    }

    async fn state(&self, key: &StateKey, now: Timestamp) -> Result<Option<StateValue>> {
        self.read_state(key, now).await
    }

    async fn queued(&self, number: &NumberId, lane: i64, now: Timestamp, limit: u32) -> Result<Vec<QueuedSend>> {
        self.read_queued(number, lane, now, limit).await
    }

    async fn release_held(&self, whose: Released) -> Result<u64> {
        let op = op!(connection, [whose] {
            let statement = match &whose {
                Released::Templates { told } => sqlx::query(
                    "UPDATE outbox SET held = 0, not_before = 0
                      WHERE state = 'queued' AND held = 2 AND (?1 OR code IS NULL)",
                )
                .bind(told),
                Released::Window(id) => sqlx::query(
                    "UPDATE outbox SET held = 0, not_before = 0
                      WHERE state = 'queued' AND held = 3 AND contact_id = ?1 AND number_id = ?2",
                )
                .bind(id.contact.as_str()).bind(id.number.as_str()),
                Released::Flow(id) => sqlx::query(
                    "UPDATE outbox SET held = 0, not_before = 0
                      WHERE state = 'queued' AND held > 0 AND (held <> 2 OR code IS NULL) AND installation = ?1",
                )
                .bind(id.as_str()),
            };
            Ok(statement.execute(connection).await?.rows_affected())
        });
        self.op(op).await
    }

    async fn waiting_for_window(&self) -> Result<Vec<ConversationId>> {
        self.read_waiting_for_window().await
    }

    async fn backing_off(&self, now: Timestamp) -> Result<Vec<BackingOff>> {
        self.read_backing_off(now).await
    }

    async fn replace_item(&self, id: &SendId, item: &OutboxItem, lane: i64, reason: &str) -> Result<bool> {
        let json = serde_json::to_string(item).map_err(unencodable)?;
        let (id, kind, reason) = (id.clone(), item.kind(), reason.to_owned());
        let op = op!(connection, [id, json, reason] {
            let done = sqlx::query(
                "UPDATE outbox SET item = ?2, kind = ?3, lane = ?4, reason = ?5, when_closed = NULL
                  WHERE send_id = ?1 AND state = 'queued'",
            )
            .bind(id.as_str()).bind(json).bind(kind).bind(lane).bind(reason).execute(connection).await?;
            Ok(done.rows_affected())
        });
        Ok(self.op(op).await? > 0)
    }

    async fn left_since(&self, since: Timestamp, kind: Option<&str>) -> Result<Vec<LeftSend>> {
        self.read_left_since(since, kind).await
    }

    async fn next_held(&self, number: &NumberId, after: Timestamp) -> Result<Option<Timestamp>> {
        self.read_next_held(number, after).await
    }

    async fn begin_send(&self, begin: BeginSend) -> Result<Began> {
        self.committer.submit(Command::Begin, begin).await
    }

    async fn settle_send(&self, settle: Settle) -> Result<()> {
        self.committer.submit(Command::Settle, settle).await
    }

    async fn doubt_unfinished_sends(&self) -> Result<u64> {
        let op = op!(connection, [] {
            // Read receipts change nothing when repeated: they simply go again.
            sqlx::query("UPDATE outbox SET state = 'queued', rank = 0 WHERE state = 'sending' AND kind = 'seen'")
                .execute(&mut *connection).await?;
            let done = sqlx::query(
                "UPDATE outbox SET state = 'in-doubt', rank = 15, failed_at = NULL,
                        reason = 'the process ended while this was being sent'
                  WHERE state = 'sending'",
            )
            .execute(connection).await?;
            Ok(done.rows_affected())
        });
        self.op(op).await
    }

    async fn numbers_with_queue(&self) -> Result<Vec<NumberId>> {
        self.read_numbers_with_queue().await
    }

    async fn sends(&self, number: Option<&NumberId>, limit: u32) -> Result<Vec<SendRow>> {
        self.read_sends(number, limit).await
    }

    async fn put_budget(&self, scope: &Scope, budget: Option<&Budget>) -> Result<()> {
        let (scope, budget) = (scope.clone(), budget.copied());
        let op = op!(connection, [scope] {
            bump(connection).await?;
            let (word, owner) = money::columns(&scope);
            let statement = match budget {
                None => sqlx::query("DELETE FROM budgets WHERE scope = ?1 AND owner = ?2").bind(word).bind(owner),
                Some(budget) => sqlx::query(
                    "INSERT INTO budgets (scope, owner, currency, soft, hard) VALUES (?1, ?2, ?3, ?4, ?5)
                     ON CONFLICT (scope, owner) DO UPDATE SET currency = excluded.currency, soft = excluded.soft,
                         hard = excluded.hard",
                )
                .bind(word).bind(owner).bind(budget.currency.to_string()).bind(budget.soft).bind(budget.hard),
            };
            Ok(statement.execute(connection).await?.rows_affected())
        });
        self.op(op).await.map(drop)
    }

    async fn budgets(&self) -> Result<Vec<(Scope, Budget)>> {
        self.read_budgets().await
    }

    async fn ledger(&self, from_day: &str) -> Result<Vec<(Charge, u64)>> {
        self.read_ledger(from_day).await
    }

    async fn charge_totals(&self, from_day: &str, to_day: &str, soon: Duration) -> Result<Vec<ChargeTotal>> {
        self.read_totals(from_day, to_day, soon).await
    }

    async fn due_timers(&self, now: Timestamp, limit: u32) -> Result<Vec<TimerRow>> {
        self.read_due_timers(now, limit).await
    }

    async fn next_timer(&self) -> Result<Option<Timestamp>> {
        self.read_next_timer().await
    }

    async fn drop_timer(&self, timer: &TimerRow) -> Result<()> {
        let timer = timer.clone();
        let op = op!(connection, [timer] {
            let done = sqlx::query(
                // Its person may have turned out to be another since it was read, and it with them.
                "DELETE FROM timers WHERE installation = ?1 AND number_id = ?2 AND name = ?4 AND set_by = ?5
                    AND contact_id IN (?3, (SELECT same_as FROM contacts WHERE contact_id = ?3))",
            )
            .bind(timer.installation.as_str()).bind(timer.conversation.number.as_str())
            .bind(timer.conversation.contact.as_str()).bind(&timer.name).bind(timer.set_by)
            .execute(connection).await?;
            Ok(done.rows_affected())
        });
        self.op(op).await.map(drop)
    }

    async fn schedule_reached(
        &self,
        installation: &InstallationId,
        name: &str,
        first_seen: Timestamp,
    ) -> Result<Timestamp> {
        if let Some(reached) = self.read_schedule(installation, name).await? {
            return Ok(reached);
        }
        self.reach_schedule(installation, name, first_seen).await?;
        Ok(first_seen)
    }

    async fn reach_schedule(&self, installation: &InstallationId, name: &str, reached: Timestamp) -> Result<()> {
        let (installation, name) = (installation.clone(), name.to_owned());
        let op = op!(connection, [installation, name] {
            let done = sqlx::query(
                "INSERT INTO schedules (installation, name, reached) VALUES (?1, ?2, ?3)
                 ON CONFLICT (installation, name) DO UPDATE SET reached = max(reached, excluded.reached)",
            )
            .bind(installation.as_str()).bind(name).bind(reached.as_millis()).execute(connection).await?;
            Ok(done.rows_affected())
        });
        self.op(op).await.map(drop)
    }

    async fn templates(&self, waba: Option<&WabaId>) -> Result<Vec<TemplateBook>> {
        self.read_templates(waba).await
    }

    async fn put_templates(&self, book: &TemplateBook) -> Result<()> {
        let rows = serde_json::to_string(&book.templates).map_err(unencodable)?;
        let (waba, read_at) = (book.waba.clone(), book.read_at);
        let op = op!(connection, [waba, rows] {
            bump(connection).await?;
            templates::replace(connection, &waba, read_at, &rows).await
        });
        self.op(op).await.map(drop)
    }

    async fn put_template(&self, template: &Registered, told_at: Timestamp) -> Result<()> {
        let row = serde_json::to_string(template).map_err(unencodable)?;
        let template = template.clone();
        let op = op!(connection, [template, row] { templates::put(connection, &template, told_at, row).await });
        self.op(op).await.map(drop)
    }

    async fn template_uses(&self) -> Result<Vec<TemplateUseRow>> {
        self.read_template_uses().await
    }

    async fn claim_submission(
        &self,
        (waba, name, language): (&WabaId, &str, &str),
        now: Timestamp,
        lapse: Duration,
        again: bool,
    ) -> Result<bool> {
        let (waba, name, language) = (waba.clone(), name.to_owned(), language.to_owned());
        let op = op!(connection, [waba, name, language] {
            flows::claim(connection, (&waba, &name, &language), now, lapse, again).await
        });
        Ok(self.op(op).await? > 0)
    }

    async fn settle_submission(
        &self,
        (waba, name, language): (&WabaId, &str, &str),
        outcome: Option<&SubmissionOutcome>,
    ) -> Result<()> {
        let (waba, name, language) = (waba.clone(), name.to_owned(), language.to_owned());
        let outcome = outcome.cloned();
        let op = op!(connection, [waba, name, language, outcome] {
            flows::settle(connection, (&waba, &name, &language), outcome.as_ref()).await
        });
        self.op(op).await.map(drop)
    }

    async fn submissions(&self) -> Result<Vec<SubmissionRow>> {
        self.read_submissions().await
    }

    async fn tell(&self, under: Option<&str>, notices: &[NoticeRow], now: Timestamp) -> Result<u64> {
        let (under, notices) = (under.map(str::to_owned), notices.to_vec());
        let op = op!(connection, [under, notices] {
            flows::tell(connection, under.as_deref(), &notices, now).await
        });
        self.op(op).await
    }

    async fn close_notices(&self, seqs: &[i64], now: Timestamp) -> Result<u64> {
        let seqs = serde_json::to_string(seqs).map_err(unencodable)?;
        let op = op!(connection, [seqs] {
            let done = sqlx::query(
                "UPDATE notices SET closed_at = ?2
                  WHERE closed_at IS NULL AND seq IN (SELECT value FROM json_each(?1))",
            )
            .bind(seqs).bind(now.as_millis()).execute(connection).await?;
            Ok(done.rows_affected())
        });
        self.op(op).await
    }

    async fn notices(&self, closed_since: Timestamp) -> Result<Vec<NoticeRow>> {
        self.read_notices(closed_since).await
    }

    async fn standing(&self, contact: &ContactId, since: Timestamp) -> Result<StandingRow> {
        self.read_standing(contact, since).await
    }

    async fn meet(&self, tenant: &TenantId, phone: &Phone, now: Timestamp) -> Result<ContactId> {
        self.find_or_make(tenant, phone, now).await
    }

    async fn add_consent(&self, entries: Vec<Entry>) -> Result<u64> {
        let op = op!(connection, [entries] {
            bump(connection).await?;
            consent::add(connection, entries).await
        });
        self.op(op).await
    }

    async fn suppress(&self, contact: &ContactId, reason: Option<&str>, now: Timestamp) -> Result<bool> {
        let (contact, reason) = (contact.clone(), reason.map(str::to_owned));
        let op = op!(connection, [contact, reason] {
            bump(connection).await?;
            let statement = match reason {
                // Under whichever id: it is the person who is meant.
                Some(_) => "INSERT INTO suppressed (contact_id, reason, at)
                            VALUES (coalesce((SELECT same_as FROM contacts WHERE contact_id = ?1), ?1), ?2, ?3)
                            ON CONFLICT (contact_id) DO NOTHING",
                None => "DELETE FROM suppressed
                          WHERE contact_id = coalesce((SELECT same_as FROM contacts WHERE contact_id = ?1), ?1)",
            };
            let done = sqlx::query(statement)
                .bind(contact.as_str()).bind(reason).bind(now.as_millis()).execute(connection).await?;
            Ok(done.rows_affected())
        });
        Ok(self.op(op).await? > 0)
    }

    async fn registry_version(&self) -> Result<i64> {
        self.read_registry_version().await
    }

    async fn put_number(&self, number: &NumberRow, now: Timestamp) -> Result<()> {
        let config = serde_json::to_string(&number.config).map_err(unencodable)?;
        let number = number.clone();
        let op = op!(connection, [number, config] {
            bump(connection).await?;
            let done = sqlx::query(
                "INSERT INTO numbers (number_id, tenant, waba_id, display_phone, config, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6)
                 ON CONFLICT (number_id) DO UPDATE SET tenant = excluded.tenant, waba_id = excluded.waba_id,
                     display_phone = excluded.display_phone, config = excluded.config",
            )
            .bind(number.id.as_str()).bind(number.tenant.as_str())
            .bind(number.waba_id.as_ref().map(|id| id.as_str().to_owned()))
            .bind(number.display_phone.as_ref().map(|phone| phone.as_str().to_owned()))
            .bind(config).bind(now.as_millis()).execute(connection).await?;
            Ok(done.rows_affected())
        });
        self.op(op).await.map(drop)
    }

    async fn numbers(&self) -> Result<Vec<NumberRow>> {
        self.read_numbers().await
    }

    async fn lives(&self) -> Result<Vec<LifeRow>> {
        self.read_lives().await
    }

    async fn put_life(&self, number: &NumberId, life: &serde_json::Value, revision: i64) -> Result<bool> {
        let (number, life) = (number.clone(), life.to_string());
        let op = op!(connection, [number, life] {
            let done = sqlx::query(
                "INSERT INTO number_life (number_id, life, revision) VALUES (?1, ?2, ?3 + 1)
                 ON CONFLICT (number_id) DO UPDATE SET life = excluded.life, revision = excluded.revision
                  WHERE revision = ?3",
            )
            .bind(number.as_str()).bind(life).bind(revision).execute(&mut *connection).await?;
            if done.rows_affected() > 0 {
                bump(connection).await?;
            }
            Ok(done.rows_affected())
        });
        Ok(self.op(op).await? > 0)
    }

    async fn put_installation(&self, installation: &InstallationRow, component: Option<&[u8]>) -> Result<()> {
        let numbers = serde_json::to_string(&installation.numbers).map_err(unencodable)?;
        let (row, component) = (installation.clone(), component.map(<[u8]>::to_vec));
        let op = op!(connection, [row, numbers, component] {
            bump(connection).await?;
            if let Some(component) = component {
                sqlx::query("INSERT INTO plugins (digest, component, created_at) VALUES (?1, ?2, ?3)
                             ON CONFLICT (digest) DO NOTHING")
                    .bind(row.digest.as_str()).bind(component).bind(row.created_at.as_millis())
                    .execute(&mut *connection).await?;
            }
            versions::put(connection, &row).await?;
            let done = sqlx::query(
                "INSERT INTO installations (installation, tenant, flow, version, digest, state, priority, numbers,
                                            package, settings, created_at)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                 ON CONFLICT (installation) DO UPDATE SET version = excluded.version, digest = excluded.digest,
                     state = excluded.state, priority = excluded.priority, numbers = excluded.numbers,
                     package = excluded.package, settings = excluded.settings",
            )
            .bind(row.id.as_str()).bind(row.tenant.as_str()).bind(row.flow.as_str()).bind(&row.version)
            .bind(row.digest.as_str()).bind(row.state.as_str()).bind(row.priority).bind(numbers)
            .bind(row.package.to_string()).bind(row.settings.to_string()).bind(row.created_at.as_millis())
            .execute(connection).await?;
            Ok(done.rows_affected())
        });
        self.op(op).await.map(drop)
    }

    async fn installation_lives(&self) -> Result<Vec<FlowLifeRow>> {
        self.read_installation_lives().await
    }

    async fn put_installation_life(
        &self,
        installation: &InstallationId,
        life: &serde_json::Value,
        state: InstallationState,
        revision: i64,
    ) -> Result<bool> {
        let (installation, life) = (installation.clone(), life.to_string());
        let op = op!(connection, [installation, life] {
            bump(connection).await?;
            flows::put_life(connection, &installation, &life, state.as_str(), revision).await
        });
        Ok(self.op(op).await? > 0)
    }

    async fn installations(&self) -> Result<Vec<InstallationRow>> {
        self.read_installations().await
    }

    async fn versions(&self) -> Result<Vec<VersionRow>> {
        self.read_versions().await
    }

    async fn keep_version(
        &self,
        installation: &InstallationId,
        (version, digest): (&str, &Digest256),
        until: Timestamp,
    ) -> Result<()> {
        let (installation, version, digest) = (installation.clone(), version.to_owned(), digest.clone());
        let op = op!(connection, [installation, version, digest] {
            versions::keep(connection, (&installation, &version, &digest), until).await
        });
        self.op(op).await.map(drop)
    }

    async fn remove_installation(&self, id: &InstallationId) -> Result<bool> {
        let id = id.clone();
        let op = op!(connection, [id] {
            bump(connection).await?;
            for statement in [
                "DELETE FROM state WHERE installation = ?1",
                "DELETE FROM timers WHERE installation = ?1",
                "DELETE FROM schedules WHERE installation = ?1",
                "DELETE FROM installation_life WHERE installation = ?1",
                "DELETE FROM secrets WHERE installation = ?1",
                "DELETE FROM requests WHERE installation = ?1 AND state = 'queued'",
                "DELETE FROM installation_versions WHERE installation = ?1",
                "DELETE FROM budgets WHERE scope = 'flow' AND owner = ?1",
            ] {
                sqlx::query(statement).bind(id.as_str()).execute(&mut *connection).await?;
            }
            let done = sqlx::query("DELETE FROM installations WHERE installation = ?1")
                .bind(id.as_str()).execute(&mut *connection).await?;
            Ok(done.rows_affected())
        });
        Ok(self.op(op).await? > 0)
    }

    async fn put_policy(&self, tenant: &TenantId, policy: &serde_json::Value, now: Timestamp) -> Result<i64> {
        let (tenant, policy) = (tenant.clone(), policy.to_string());
        let op = op!(connection, [tenant, policy] {
            bump(connection).await?;
            policies::put(connection, &tenant, &policy, now).await.map(i64::cast_unsigned)
        });
        self.op(op).await.map(u64::cast_signed)
    }

    async fn roll_back_policy(&self, tenant: &TenantId, now: Timestamp) -> Result<Option<PolicyRow>> {
        let op = {
            let tenant = tenant.clone();
            op!(connection, [tenant] {
                bump(connection).await?;
                policies::roll_back(connection, &tenant, now).await.map(i64::cast_unsigned)
            })
        };
        if self.op(op).await? == 0 {
            return Ok(None);
        }
        Ok(self.read_policies(Some(tenant), 1).await?.pop())
    }

    async fn queued_requests(
        &self,
        now: Timestamp,
        running: &[InstallationId],
        busy: &Busy,
        limit: u32,
    ) -> Result<Vec<QueuedRequest>> {
        self.read_queued_requests(now, running, busy, limit).await
    }

    async fn next_request(&self, now: Timestamp) -> Result<Option<Timestamp>> {
        self.read_next_request(now).await
    }

    async fn settle_request(&self, id: &RequestId, fate: &RequestFate, now: Timestamp) -> Result<()> {
        let (id, fate) = (id.clone(), fate.clone());
        let op = op!(connection, [id, fate] { outside::settle(connection, &id, &fate, now).await });
        self.op(op).await.map(drop)
    }

    async fn requests(&self, installation: Option<&InstallationId>, limit: u32) -> Result<Vec<RequestRow>> {
        self.read_requests(installation, limit).await
    }

    async fn put_secret(
        &self,
        installation: &InstallationId,
        name: &str,
        sealed: Option<Vec<u8>>,
        now: Timestamp,
    ) -> Result<bool> {
        let (installation, name) = (installation.clone(), name.to_owned());
        let op = op!(connection, [installation, name, sealed] {
            bump(connection).await?;
            outside::put_secret(connection, &installation, &name, sealed, now).await
        });
        Ok(self.op(op).await? > 0)
    }

    async fn secrets(&self) -> Result<Vec<SecretRow>> {
        self.read_secrets().await
    }

    async fn told_orders(&self, tenant: &TenantId, by: &OrdersBy) -> Result<Vec<ToldOrder>> {
        self.read_told_orders(tenant, by).await
    }

    async fn reserve_spend(&self, installation: &InstallationId, day: &str, micros: i64, most: i64) -> Result<bool> {
        let (installation, day) = (installation.clone(), day.to_owned());
        let op = op!(connection, [installation, day] {
            outside::reserve(connection, &installation, &day, micros, most).await
        });
        Ok(self.op(op).await? > 0)
    }

    async fn correct_spend(&self, installation: &InstallationId, day: &str, delta: i64) -> Result<()> {
        let (installation, day) = (installation.clone(), day.to_owned());
        let op = op!(connection, [installation, day] {
            outside::correct(connection, &installation, &day, delta).await
        });
        self.op(op).await.map(drop)
    }

    async fn spent(&self, since_day: &str) -> Result<Vec<SpendRow>> {
        self.read_spent(since_day).await
    }

    async fn policies(&self, tenant: Option<&TenantId>, most: u32) -> Result<Vec<PolicyRow>> {
        self.read_policies(tenant, most).await
    }

    async fn past_events(&self, tenant: &TenantId, since: Timestamp, after: i64, most: u32) -> Result<Vec<PastEvent>> {
        self.read_past_events(tenant, since, after, most).await
    }

    async fn conversation_sends(&self, id: &ConversationId, most: u32) -> Result<Vec<SendRow>> {
        self.read_conversation_sends(id, most).await
    }

    async fn sent(&self, message: &MessageId) -> Result<Option<OutboxItem>> {
        self.read_sent(message).await
    }

    async fn component(&self, digest: &Digest256) -> Result<Option<Vec<u8>>> {
        self.read_component(digest).await
    }

    async fn runs(&self, limit: u32) -> Result<Vec<RunRecord>> {
        self.read_runs(limit).await
    }

    async fn find_runs(&self, filter: &RunFilter, limit: u32) -> Result<Vec<RunRow>> {
        self.read_find_runs(filter, limit).await
    }

    async fn runs_named(&self, part: &str, limit: u32) -> Result<Vec<RunRow>> {
        self.read_runs_named(part, limit).await
    }

    async fn run_sends(&self, run: &RunId) -> Result<Vec<SendRow>> {
        self.read_run_sends(run).await
    }

    async fn recording(&self, run: &RunId) -> Result<Option<Vec<u8>>> {
        self.read_recording(run).await
    }

    async fn recordings_kept(&self) -> Result<RecordingsKept> {
        self.read_recordings_kept().await
    }

    async fn sweep_recordings(&self, made_before: Timestamp, most_bytes: u64) -> Result<u64> {
        let over = self.read_recordings_over(most_bytes).await?;
        let before = over.map_or(made_before, |over| over.max(made_before)).as_millis();
        self.op(op!(connection, [] { runs::sweep(connection, before).await })).await
    }

    async fn drop_orphans(&self) -> Result<u64> {
        let orphans = self.read_orphans().await?;
        if orphans.is_empty() {
            return Ok(0);
        }
        let digests = serde_json::to_string(&orphans).map_err(unencodable)?;
        self.op(op!(connection, [digests] { runs::drop_components(connection, &digests).await })).await
    }

    async fn backlog(&self) -> Result<Backlog> {
        self.read_backlog().await
    }

    async fn purge(&self, settled_before: Timestamp, now: Timestamp) -> Result<Purged> {
        let before = settled_before.as_millis();
        let delete = |statement: &'static str, bound: i64| {
            self.op(op!(connection, [] {
                Ok(sqlx::query(statement).bind(bound).execute(connection).await?.rows_affected())
            }))
        };
        delete("DELETE FROM notices WHERE closed_at < ?1", before).await?;
        delete("DELETE FROM requests WHERE settled_at < ?1", before).await?;
        delete("DELETE FROM ai_spend WHERE day < date(?1 / 1000, 'unixepoch')", now.minus(LEDGER_KEPT).as_millis())
            .await?;
        self.op(op!(connection, [] { versions::forget(connection, now).await })).await?;
        // Chunked, so that no purge keeps webhooks waiting.
        Ok(Purged {
            inbox: delete(
                "DELETE FROM inbox WHERE seq IN (SELECT seq FROM inbox WHERE received_at < ?1 AND state = 'done' LIMIT 1000)",
                before,
            )
            .await?,
            outbox: self.op(op!(connection, [] { templates::forget_sent(connection, before).await })).await?,
            // Those that were recorded stay as long as the recordings do.
            runs: delete(
                "DELETE FROM runs WHERE run_id IN (SELECT run_id FROM runs
                  WHERE at < min(?1, coalesce((SELECT min(at) FROM recordings), ?1)) LIMIT 1000)",
                before,
            )
            .await?,
            charges: delete(
                "DELETE FROM charges WHERE send_id IN
                    (SELECT send_id FROM charges WHERE day < date(?1 / 1000, 'unixepoch') LIMIT 1000)",
                now.minus(LEDGER_KEPT).as_millis(),
            )
            .await?,
            state: delete("DELETE FROM state WHERE expires_at <= ?1", now.as_millis()).await?,
        })
    }

    async fn close(&self) {
        self.committer.close().await;
        self.readers.close().await;
    }
}
