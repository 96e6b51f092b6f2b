//! Acknowledges events together with everything that handling them changed.

use std::collections::{HashMap, HashSet};

use ponte_model::{Charge, SendId, WhenClosed};
use serde::Serialize;
use sqlx::{Row as _, SqliteConnection};

use super::script::{Returned, Script, Step};
use super::stops::nothing_newer;
use super::{charges, consent, json};
use crate::{Finish, Finished, Marked, SendState, SharedRead, StateKey};

/// A [`Finish`] encoded by the caller.
pub(in crate::sqlite) struct Rows {
    handled: HandledRow,
    also: Vec<HandledRow>,
    facts: Option<FactsRow>,
    run: Option<RunRow>,
    recording: Option<RecordingRow>,
    reads: Vec<SharedRead>,
    state: Vec<(StateKey, StateRow)>,
    timers: Vec<TimerRow>,
    tags: Vec<TagRow>,
    consent: Vec<consent::Row>,
    sends: Vec<SendRow>,
    charges: Vec<Charge>,
    requests: Vec<super::super::outside::Row>,
}

#[derive(Serialize)]
struct HandledRow {
    seq: i64,
    decision: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    why: Option<String>,
}

impl From<Marked> for HandledRow {
    fn from(Marked { seq, decision, why }: Marked) -> Self {
        Self { seq, decision: Some(decision), why }
    }
}

#[derive(Serialize)]
struct FactsRow {
    number: String,
    contact: String,
    facts: String,
}

#[derive(Serialize)]
struct RunRow {
    run: String,
    seq: i64,
    event: String,
    installation: String,
    version: String,
    digest: String,
    number: Option<String>,
    contact: Option<String>,
    at: i64,
    rule: String,
    outcome: String,
    report: String,
}

#[derive(Serialize)]
struct RecordingRow {
    run: String,
    at: i64,
    size: usize,
    /// Hex: JSON has no bytes.
    body: String,
}

#[derive(Serialize)]
struct StateRow {
    installation: String,
    scope: &'static str,
    owner: String,
    key: String,
    /// Hex: JSON has no bytes. `None` deletes.
    value: Option<String>,
    /// The place of the event that wrote it: never the same twice, even after a key was deleted.
    version: i64,
    expires_at: Option<i64>,
}

#[derive(Serialize)]
struct TimerRow {
    installation: String,
    number: String,
    contact: String,
    name: String,
    /// `None` takes the timer away.
    due: Option<i64>,
    /// The place of the event that set it.
    set_by: i64,
    payload: Option<String>,
}

#[derive(Serialize)]
struct TagRow {
    contact: String,
    tag: String,
    present: bool,
}

#[derive(Serialize)]
struct SendRow {
    id: String,
    number: String,
    contact: String,
    installation: Option<String>,
    run: Option<String>,
    item: String,
    kind: &'static str,
    expires_at: Option<i64>,
    lane: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    when_closed: Option<String>,
    at: i64,
    leave: Option<LeaveRow>,
}

#[derive(Serialize)]
struct LeaveRow {
    echo_seq: i64,
    yields: bool,
    consent_seq: Option<i64>,
    suppressed: bool,
    initiates: bool,
    at: i64,
}

impl Rows {
    pub(in crate::sqlite) fn encode(finish: Finish) -> Result<Self, serde_json::Error> {
        let facts = finish.facts.map(|(id, facts)| FactsRow {
            number: id.number.into_string(),
            contact: id.contact.into_string(),
            facts: facts.to_string(),
        });
        let recording = finish.run.as_ref().zip(finish.recording).map(|(run, recording)| RecordingRow {
            run: run.id.as_str().to_owned(),
            at: recording.at.as_millis(),
            size: recording.bytes.len(),
            body: digits(&recording.bytes),
        });
        let run = finish.run.map(|run| RunRow {
            run: run.id.into_string(),
            seq: finish.seq,
            event: run.event.into_string(),
            installation: run.installation.into_string(),
            version: run.version,
            digest: run.digest.into_string(),
            number: run.number.map(|id| id.into_string()),
            contact: run.contact.map(|id| id.into_string()),
            at: run.at.as_millis(),
            rule: run.rule,
            outcome: run.outcome,
            report: run.report.to_string(),
        });
        let state = finish.state.into_iter().map(|write| {
            let row = StateRow {
                installation: write.key.installation.as_str().to_owned(),
                scope: write.key.scope_word(),
                owner: write.key.owner.clone(),
                key: write.key.key.clone(),
                value: write.value.map(hex::encode),
                version: finish.seq,
                expires_at: write.expires_at.map(|at| at.as_millis()),
            };
            (write.key, row)
        });
        let timers = finish.timers.into_iter().map(|timer| {
            let (due, payload) = timer.due.map(|(due, payload)| (due.as_millis(), payload)).unzip();
            TimerRow {
                installation: timer.installation.into_string(),
                number: timer.conversation.number.into_string(),
                contact: timer.conversation.contact.into_string(),
                name: timer.name,
                due,
                set_by: finish.seq,
                payload,
            }
        });
        let tags = finish.tags.into_iter().map(|write| TagRow {
            contact: write.contact.into_string(),
            tag: write.tag,
            present: write.present,
        });
        let mut charges = Vec::new();
        let sends = finish.sends.into_iter().map(|send| {
            charges.extend(send.charge.filter(|_| send.leave.is_some()).map(|charge| *charge));
            Ok(SendRow {
                id: send.id.into_string(),
                number: send.conversation.number.into_string(),
                contact: send.conversation.contact.into_string(),
                installation: send.installation.map(|id| id.into_string()),
                run: send.run.map(|id| id.into_string()),
                kind: send.item.kind(),
                item: serde_json::to_string(&send.item)?,
                expires_at: send.expires_at.map(|at| at.as_millis()),
                lane: send.lane,
                when_closed: closed(&send.when_closed)?,
                at: send.at.as_millis(),
                leave: send.leave.map(|leave| LeaveRow {
                    echo_seq: leave.echo_seq,
                    yields: leave.yields_to_echo,
                    consent_seq: leave.consent.map(|seen| seen.seq),
                    suppressed: leave.consent.is_some_and(|seen| seen.suppressed),
                    initiates: leave.initiates,
                    at: leave.at.as_millis(),
                }),
            })
        });
        let sends = sends.collect::<Result<_, serde_json::Error>>()?;
        Ok(Self {
            handled: HandledRow { seq: finish.seq, decision: finish.decision, why: finish.why },
            also: finish.also.into_iter().map(HandledRow::from).collect(),
            facts,
            run,
            recording,
            reads: finish.reads,
            state: state.collect(),
            timers: timers.collect(),
            tags: tags.collect(),
            consent: finish.consent.into_iter().map(consent::Row::from).collect(),
            sends,
            charges,
            requests: finish.requests.into_iter().map(super::super::outside::Row::encode).collect::<Result<_, _>>()?,
        })
    }
}

/// As `hex::encode`, in a fifth of the time.
fn digits(bytes: &[u8]) -> String {
    let mut digits = vec![0; bytes.len() * 2];
    hex::encode_to_slice(bytes, &mut digits).expect("two digits a byte");
    String::from_utf8(digits).expect("digits are ASCII")
}

/// What is refused anyway need not be written.
fn closed(choice: &WhenClosed) -> Result<Option<String>, serde_json::Error> {
    (*choice != WhenClosed::Refuse).then(|| serde_json::to_string(choice)).transpose()
}

/// Returns which of the commands are stale.
pub(in crate::sqlite) async fn plan(
    connection: &mut SqliteConnection,
    all: &[&Rows],
    script: &mut Script,
) -> Result<Vec<bool>, sqlx::Error> {
    let stale = stale(connection, all).await?;
    let good: Vec<&Rows> = all.iter().zip(&stale).filter(|(_, stale)| !**stale).map(|(rows, _)| *rows).collect();
    let (puts, deletes) = gather(&good, |rows| rows.state.iter().map(|(_, row)| row))
        .into_iter()
        .partition::<Vec<_>, _>(|row| row.value.is_some());
    let (set, cancel) =
        gather(&good, |rows| rows.timers.iter()).into_iter().partition::<Vec<_>, _>(|row| row.due.is_some());
    let (tag, untag) = gather(&good, |rows| rows.tags.iter()).into_iter().partition::<Vec<_>, _>(|row| row.present);

    script.set(Step::Acknowledge, &gather(&good, |rows| std::iter::once(&rows.handled).chain(&rows.also)))?;
    script.set(Step::Facts, &gather(&good, |rows| rows.facts.iter()))?;
    script.set(Step::Runs, &gather(&good, |rows| rows.run.iter()))?;
    script.set(Step::Recordings, &gather(&good, |rows| rows.recording.iter()))?;
    script.set(Step::Sends, &gather(&good, |rows| rows.sends.iter()))?;
    script.set(Step::PutState, &puts)?;
    script.set(Step::DeleteState, &deletes)?;
    script.set(Step::SetTimers, &set)?;
    script.set(Step::CancelTimers, &cancel)?;
    script.set(Step::Tag, &tag)?;
    script.set(Step::Untag, &untag)?;
    script.set(Step::Consent, &gather(&good, |rows| rows.consent.iter()))?;
    Ok(stale)
}

/// What goes into the ledger if it leaves.
pub(in crate::sqlite) fn charges<'a>(all: &[&'a Rows], stale: &[bool]) -> Result<Vec<charges::Row<'a>>, sqlx::Error> {
    let good = all.iter().zip(stale).filter(|(_, stale)| !**stale);
    good.flat_map(|(rows, _)| &rows.charges).map(charges::Row::of).collect()
}

/// Requests to web services, of the commands that are good. Most batches have none.
pub(in crate::sqlite) fn requests<'a>(all: &[&'a Rows], stale: &[bool]) -> Vec<&'a super::super::outside::Row> {
    let good = all.iter().zip(stale).filter(|(_, stale)| !**stale);
    good.flat_map(|(rows, _)| &rows.requests).collect()
}

pub(in crate::sqlite) fn answers(all: &[&Rows], stale: &[bool], returned: &Returned) -> Vec<Finished> {
    let written = returned.of(Step::Sends).iter();
    let leaving = written.filter(|row| row.get::<&str, _>(1) == SendState::Sending.as_str());
    let mut leaving: HashSet<&str> = leaving.map(|row| row.get(0)).collect();
    let answers = all.iter().zip(stale).map(|(rows, stale)| {
        if *stale {
            return Finished::Conflict;
        }
        let left = rows.sends.iter().filter(|send| leaving.remove(send.id.as_str()));
        Finished::Done { leaving: left.map(|send| SendId::from(send.id.as_str())).collect() }
    });
    answers.collect()
}

fn gather<'a, T, I: Iterator<Item = &'a T>>(all: &[&'a Rows], rows: impl Fn(&'a Rows) -> I) -> Vec<&'a T> {
    all.iter().flat_map(|one| rows(one)).collect()
}

/// Which commands read shared keys that have changed since, in the store or earlier in this batch.
async fn stale(connection: &mut SqliteConnection, all: &[&Rows]) -> Result<Vec<bool>, sqlx::Error> {
    if all.iter().all(|rows| rows.reads.is_empty()) {
        return Ok(vec![false; all.len()]);
    }
    let reads: Vec<_> = all
        .iter()
        .flat_map(|rows| &rows.reads)
        .map(|read| {
            let StateKey { installation, owner, key, .. } = &read.key;
            (installation.as_str(), read.key.scope_word(), owner, key, read.at.as_millis())
        })
        .collect();
    let rows = sqlx::query(
        "SELECT j.key, s.version FROM jsonb_each(?1) j
           JOIN state s ON s.installation = j.value ->> 0 AND s.scope = j.value ->> 1
                       AND s.owner = j.value ->> 2 AND s.key = j.value ->> 3
                       AND (s.expires_at IS NULL OR s.expires_at > j.value ->> 4)",
    )
    .bind(json(&reads)?)
    .fetch_all(connection)
    .await?;
    let versions: HashMap<i64, i64> = rows.iter().map(|row| (row.get(0), row.get(1))).collect();

    let mut position = 0;
    let mut written: HashSet<&StateKey> = HashSet::new();
    let mut answers = Vec::with_capacity(all.len());
    for rows in all {
        let mut conflict = false;
        for read in &rows.reads {
            conflict |= versions.get(&position).copied() != read.version || written.contains(&read.key);
            position += 1;
        }
        if !conflict {
            written.extend(rows.state.iter().map(|(key, _)| key));
        }
        answers.push(conflict);
    }
    Ok(answers)
}

pub(super) const ACKNOWLEDGE: &str = "UPDATE inbox SET state = 'done', decision = b.decision, why = b.why
    FROM (SELECT value ->> 'seq' AS seq, value ->> 'decision' AS decision, value ->> 'why' AS why FROM jsonb_each(?)) b
   WHERE inbox.seq = b.seq";

pub(super) const FACTS: &str = "INSERT INTO conversations (number_id, contact_id, facts)
    SELECT value ->> 'number', value ->> 'contact', value ->> 'facts' FROM jsonb_each(?) WHERE true
    ON CONFLICT (number_id, contact_id) DO UPDATE SET facts = excluded.facts";

// A run that is repeated (a conflict, a crash before the commit) replaces nothing: its first commit was the only one.
pub(super) const RUNS: &str =
    "INSERT INTO runs (run_id, seq, event_key, installation, version, digest, number_id, contact_id, at,
                                     rule, outcome, report)
    SELECT value ->> 'run', value ->> 'seq', value ->> 'event', value ->> 'installation', value ->> 'version',
           value ->> 'digest', value ->> 'number', value ->> 'contact', value ->> 'at', value ->> 'rule',
           value ->> 'outcome', value ->> 'report'
      FROM jsonb_each(?) WHERE true
    ON CONFLICT (run_id) DO NOTHING";

pub(super) const RECORDINGS: &str = "INSERT INTO recordings (run_id, at, size, body)
    SELECT value ->> 'run', value ->> 'at', value ->> 'size', unhex(value ->> 'body') FROM jsonb_each(?) WHERE true
    ON CONFLICT (run_id) DO NOTHING";

pub(super) const SENDS: &str = concat!(
    "INSERT INTO outbox (send_id, number_id, contact_id, installation, run_id, item, kind, expires_at, lane,
                         when_closed, queued_at, state, rank, attempts, sending_at, initiates)
    SELECT value ->> 'id', value ->> 'number', value ->> 'contact', value ->> 'installation', value ->> 'run',
           value ->> 'item', value ->> 'kind', value ->> 'expires_at', value ->> 'lane', value ->> 'when_closed',
           value ->> 'at',
           iif(leaves, 'sending', 'queued'), iif(leaves, 10, 0), iif(leaves, 1, 0),
           iif(leaves, value ->> '$.leave.at', NULL), iif(leaves, value ->> '$.leave.initiates', 0)
      FROM (SELECT value, value -> '$.leave.at' IS NOT NULL AND ",
    nothing_newer!(
        "value ->> 'number'",
        "value ->> 'contact'",
        "value ->> '$.leave.yields'",
        "value ->> '$.leave.echo_seq'",
        "value ->> '$.leave.consent_seq'",
        "value ->> '$.leave.suppressed'"
    ),
    " AS leaves FROM jsonb_each(?)) WHERE true
    ON CONFLICT (send_id) DO NOTHING
    RETURNING send_id, state"
);

pub(super) const PUT_STATE: &str = "INSERT INTO state (installation, scope, owner, key, value, version, expires_at)
    SELECT value ->> 'installation', value ->> 'scope', value ->> 'owner', value ->> 'key',
           unhex(value ->> 'value'), value ->> 'version', value ->> 'expires_at'
      FROM jsonb_each(?) WHERE true
    ON CONFLICT (installation, scope, owner, key) DO UPDATE SET
        value = excluded.value, version = excluded.version, expires_at = excluded.expires_at";

pub(super) const DELETE_STATE: &str = "DELETE FROM state WHERE (installation, scope, owner, key) IN (
    SELECT value ->> 'installation', value ->> 'scope', value ->> 'owner', value ->> 'key' FROM jsonb_each(?))";

pub(super) const SET_TIMERS: &str =
    "INSERT INTO timers (installation, number_id, contact_id, name, due, set_by, payload)
    SELECT value ->> 'installation', value ->> 'number', value ->> 'contact', value ->> 'name', value ->> 'due',
           value ->> 'set_by', value ->> 'payload'
      FROM jsonb_each(?) WHERE true
    ON CONFLICT (installation, number_id, contact_id, name) DO UPDATE SET
        due = excluded.due, set_by = excluded.set_by, payload = excluded.payload";

pub(super) const CANCEL_TIMERS: &str = "DELETE FROM timers WHERE (installation, number_id, contact_id, name) IN (
    SELECT value ->> 'installation', value ->> 'number', value ->> 'contact', value ->> 'name' FROM jsonb_each(?))";

pub(super) const TAG: &str = "INSERT INTO contact_tags (contact_id, tag)
    SELECT value ->> 'contact', value ->> 'tag' FROM jsonb_each(?) WHERE true
    ON CONFLICT (contact_id, tag) DO NOTHING";

pub(super) const UNTAG: &str = "DELETE FROM contact_tags WHERE (contact_id, tag) IN (
    SELECT value ->> 'contact', value ->> 'tag' FROM jsonb_each(?))";
