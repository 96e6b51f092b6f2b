//! Stores events. What was there before is left alone; an app echo claims its conversation.

use std::collections::{HashMap, HashSet};

use ponte_model::{Contact, ContactId, Event, Lane, Origin, TenantId, Timestamp};
use serde::Serialize;
use sqlx::{Row as _, SqliteConnection};

use super::contacts::Directory;
use super::json;
use crate::{Incoming, Stored};

/// An event as it goes into the inbox, encoded by the caller so that the committer does not have to.
pub(in crate::sqlite) struct Row {
    tenant: TenantId,
    known: Option<ContactId>,
    person: Option<Contact>,
    claims: bool,
    joins: bool,
    received_at: Timestamp,
    columns: Columns,
}

#[derive(Serialize)]
struct Columns {
    key: String,
    lane: &'static str,
    kind: &'static str,
    tenant: String,
    number: Option<String>,
    message: Option<String>,
    at: i64,
    received: i64,
    event: String,
}

impl Row {
    pub(in crate::sqlite) fn encode(incoming: Incoming, received_at: Timestamp) -> Result<Self, serde_json::Error> {
        let event: &Event = &incoming.event;
        let columns = Columns {
            key: event.key.as_str().to_owned(),
            lane: lane_word(event.lane),
            kind: event.body.kind(),
            tenant: incoming.tenant.as_str().to_owned(),
            number: event.number_id.as_ref().map(|id| id.as_str().to_owned()),
            message: event.message_id.as_ref().map(|id| id.as_str().to_owned()),
            at: event.at.as_millis(),
            received: received_at.as_millis(),
            event: serde_json::to_string(event)?,
        };
        // Statuses find their conversation through the message they are about.
        let unknown = incoming.contact.is_none() && event.lane != Lane::Status;
        let person = event.contact.clone().filter(|person| unknown && !person.is_anonymous());
        let joins = event.lane == Lane::Message && event.number_id.is_some();
        let claims = joins && event.origin == Origin::App;
        Ok(Self { tenant: incoming.tenant, known: incoming.contact, person, claims, joins, received_at, columns })
    }
}

pub(in crate::sqlite) fn lane_word(lane: Lane) -> &'static str {
    match lane {
        Lane::Message => "message",
        Lane::Status => "status",
        Lane::Import => "import",
        Lane::Lifecycle => "lifecycle",
    }
}

#[derive(Serialize)]
struct InboxRow<'a> {
    contact: Option<&'a ContactId>,
    #[serde(flatten)]
    columns: &'a Columns,
}

#[derive(Serialize)]
struct ConversationRow<'a> {
    number: &'a str,
    contact: &'a ContactId,
    echo_seq: i64,
    echo_at: i64,
}

pub(in crate::sqlite) async fn apply(
    connection: &mut SqliteConnection,
    directory: &mut Directory,
    batches: &[&Vec<Row>],
) -> Result<Vec<Vec<Stored>>, sqlx::Error> {
    if batches.is_empty() {
        return Ok(Vec::new());
    }
    let rows: Vec<&Row> = batches.iter().flat_map(|batch| batch.iter()).collect();
    let contacts = resolve(connection, directory, &rows).await?;
    let mut fresh = insert(connection, &rows, &contacts).await?;

    // The first of two with the same key is the one that was stored.
    let mut stored = rows
        .iter()
        .zip(&contacts)
        .map(|(row, contact)| Stored { seq: fresh.remove(row.columns.key.as_str()), contact: contact.clone() });
    let answers: Vec<Vec<Stored>> = batches.iter().map(|batch| stored.by_ref().take(batch.len()).collect()).collect();
    drop(stored);

    join_conversations(connection, &rows, answers.iter().flatten()).await?;
    Ok(answers)
}

async fn resolve(
    connection: &mut SqliteConnection,
    directory: &mut Directory,
    rows: &[&Row],
) -> Result<Vec<Option<ContactId>>, sqlx::Error> {
    let people: Vec<_> =
        rows.iter().filter_map(|row| Some((&row.tenant, row.person.as_ref()?, row.received_at.as_millis()))).collect();
    let mut ids = directory.resolve(connection, &people).await?.into_iter();
    let found = rows.iter().map(|row| match &row.person {
        Some(_) => ids.next().flatten(),
        None => row.known.clone(),
    });
    Ok(found.collect())
}

async fn insert<'a>(
    connection: &mut SqliteConnection,
    rows: &[&'a Row],
    contacts: &[Option<ContactId>],
) -> Result<HashMap<&'a str, i64>, sqlx::Error> {
    let mut seen = HashSet::new();
    let inbox: Vec<_> = rows
        .iter()
        .zip(contacts)
        .filter(|(row, _)| seen.insert(row.columns.key.as_str()))
        .map(|(row, contact)| InboxRow { contact: contact.as_ref(), columns: &row.columns })
        .collect();
    let inserted = sqlx::query(
        "INSERT INTO inbox (key, lane, kind, tenant, number_id, contact_id, message_id, at, received_at, event)
         SELECT value ->> 'key', value ->> 'lane', value ->> 'kind', value ->> 'tenant', value ->> 'number',
                value ->> 'contact', value ->> 'message', value ->> 'at', value ->> 'received', value ->> 'event'
           FROM json_each(?1) WHERE true
         ON CONFLICT (key) DO NOTHING
         RETURNING seq, key",
    )
    .bind(json(&inbox)?)
    .fetch_all(connection)
    .await?;
    let keys: HashMap<&str, &'a str> =
        rows.iter().map(|row| (row.columns.key.as_str(), row.columns.key.as_str())).collect();
    Ok(inserted.iter().filter_map(|row| Some((*keys.get(row.get::<&str, _>(1))?, row.get::<i64, _>(0)))).collect())
}

/// Opens conversations, and gives those with an app echo to the phone.
async fn join_conversations<'a>(
    connection: &mut SqliteConnection,
    rows: &[&Row],
    stored: impl Iterator<Item = &'a Stored>,
) -> Result<(), sqlx::Error> {
    let mut conversations: HashMap<(&str, &ContactId), ConversationRow<'_>> = HashMap::new();
    for (row, stored) in rows.iter().zip(stored) {
        let (true, Some(number), Some(contact), Some(seq)) =
            (row.joins, row.columns.number.as_deref(), &stored.contact, stored.seq)
        else {
            continue;
        };
        let entry = conversations.entry((number, contact)).or_insert(ConversationRow {
            number,
            contact,
            echo_seq: 0,
            echo_at: 0,
        });
        if row.claims {
            entry.echo_seq = entry.echo_seq.max(seq);
            entry.echo_at = entry.echo_at.max(row.columns.at);
        }
    }
    if conversations.is_empty() {
        return Ok(());
    }
    sqlx::query(
        "INSERT INTO conversations (number_id, contact_id, echo_seq, echo_at)
         SELECT value ->> 'number', value ->> 'contact', value ->> 'echo_seq', value ->> 'echo_at'
           FROM json_each(?1) WHERE true
         ON CONFLICT (number_id, contact_id) DO UPDATE SET
             echo_seq = max(echo_seq, excluded.echo_seq), echo_at = max(echo_at, excluded.echo_at)
         WHERE excluded.echo_seq > 0",
    )
    .bind(json(&conversations.values().collect::<Vec<_>>())?)
    .execute(connection)
    .await?;
    Ok(())
}
