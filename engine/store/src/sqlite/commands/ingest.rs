//! Stores events. What was there before is left alone; an app echo (and what else [`Event::claims`]) claims its
//! conversation.

use std::collections::{HashMap, HashSet};

use ponte_model::{Body, Contact, ContactId, Event, Lane, Origin, TenantId, Timestamp};
use serde::Serialize;
use sqlx::{Row as _, SqliteConnection};

use super::contacts::{Directory, Named, Resolved};
use super::script::{Returned, Script, Step};
use super::signs::{Heard, Sign};
use crate::{Incoming, Stored};

/// An event as it goes into the inbox, encoded by the caller so that the committer does not have to.
pub(in crate::sqlite) struct Row {
    tenant: TenantId,
    known: Option<ContactId>,
    person: Option<Contact>,
    /// The ids under which the person goes on.
    becomes: Option<Contact>,
    /// Whether a store named the person, and not the platform.
    hearsay: bool,
    claims: bool,
    /// Whether a person claims it from the phone.
    by_phone: bool,
    joins: bool,
    sign: Sign,
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
        let mut person = event.contact.clone().filter(|person| unknown && !person.is_anonymous());
        // What the shop calls somebody is not what they call themselves: `name_contact` keeps it.
        if let (Body::AppContact(_), Some(person)) = (&event.body, &mut person) {
            person.name.display = None;
        }
        let becomes = match &event.body {
            Body::IdentityChange(change) => {
                let new =
                    Contact { user_id: change.user_id.clone(), phone: change.phone.clone(), ..Contact::default() };
                (!new.is_anonymous()).then_some(new)
            }
            _ => None,
        };
        let joins = event.lane == Lane::Message && event.number_id.is_some();
        let claims = joins && event.claims();
        let by_phone = claims && event.origin == Origin::App;
        Ok(Self {
            tenant: incoming.tenant,
            known: incoming.contact,
            person,
            becomes,
            hearsay: matches!(event.body, Body::Order(_)),
            claims,
            by_phone,
            joins,
            sign: Sign::of(event, received_at),
            received_at,
            columns,
        })
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
    key: &'a str,
    claims: bool,
    by_phone: bool,
    at: i64,
}

/// The person of each event, if there is one.
pub(in crate::sqlite) type People = Vec<Option<Resolved>>;

pub(in crate::sqlite) async fn plan(
    connection: &mut SqliteConnection,
    directory: &mut Directory,
    heard: &mut Heard,
    batches: &[&Vec<Row>],
    script: &mut Script,
) -> Result<People, sqlx::Error> {
    let rows = || batches.iter().flat_map(|batch| batch.iter());
    let changed = known_changes(connection, rows()).await?;
    let people = resolve(connection, directory, rows(), &changed, script).await?;

    let mut seen = HashSet::new();
    let fresh = rows().zip(&people).filter(|(row, _)| seen.insert(row.columns.key.as_str()));
    let (mut inbox, mut conversations) = (Vec::new(), Vec::new());
    for (row, person) in fresh {
        let (contact, columns) = (person.as_ref().map(|person| &person.id), &row.columns);
        inbox.push(InboxRow { contact, columns });
        if let (true, Some(number), Some(contact)) = (row.joins, columns.number.as_deref(), contact) {
            conversations.push(ConversationRow {
                number,
                contact,
                key: &columns.key,
                claims: row.claims,
                by_phone: row.by_phone,
                at: columns.at,
            });
        }
    }
    heard.plan(rows().filter_map(|row| Some((row.columns.number.as_deref()?, row.sign))), script)?;
    let phone: Vec<_> = conversations.iter().filter(|row| row.by_phone).collect();
    script.set(Step::Phone, &phone)?;
    script.set(Step::Inbox, &inbox)?;
    script.set(Step::Conversations, &conversations)?;
    Ok(people)
}

pub(in crate::sqlite) fn answers(batches: &[&Vec<Row>], people: People, returned: &Returned) -> Vec<Vec<Stored>> {
    let inserted = returned.of(Step::Inbox).iter();
    let mut fresh: HashMap<&str, i64> = inserted.map(|row| (row.get(1), row.get(0))).collect();
    let mut people = people.into_iter();
    let mut stored = |row: &Row| {
        let (contact, newcomer) = match people.next().flatten() {
            Some(person) => (Some(person.id), person.newcomer),
            None => (None, false),
        };
        // The first of two with the same key is the one that was stored.
        Stored { seq: fresh.remove(row.columns.key.as_str()), contact, newcomer }
    };
    batches.iter().map(|batch| batch.iter().map(&mut stored).collect()).collect()
}

/// Changes of ids that were delivered before: they were applied then, and others may have followed.
async fn known_changes<'a>(
    connection: &mut SqliteConnection,
    rows: impl Iterator<Item = &'a Row>,
) -> Result<HashSet<String>, sqlx::Error> {
    let keys: Vec<_> = rows.filter(|row| row.becomes.is_some()).map(|row| row.columns.key.as_str()).collect();
    if keys.is_empty() {
        return Ok(HashSet::new());
    }
    let known = sqlx::query_scalar("SELECT key FROM inbox WHERE key IN (SELECT value FROM jsonb_each(?1))");
    Ok(known.bind(super::json(&keys)?).fetch_all(connection).await?.into_iter().collect())
}

async fn resolve<'a>(
    connection: &mut SqliteConnection,
    directory: &mut Directory,
    rows: impl Iterator<Item = &'a Row> + Clone,
    known_changes: &HashSet<String>,
    script: &mut Script,
) -> Result<People, sqlx::Error> {
    let named = rows.clone().filter_map(|row| {
        let becomes = row.becomes.as_ref().filter(|_| !known_changes.contains(&row.columns.key));
        Some(Named {
            tenant: &row.tenant,
            person: row.person.as_ref()?,
            received: row.received_at.as_millis(),
            former: row.becomes.is_some() || row.hearsay,
            typed: row.hearsay,
            becomes: becomes.map(|new| (new, row.columns.at)),
        })
    });
    let mut found = directory.resolve(connection, &named.collect::<Vec<_>>(), script).await?.into_iter();
    let people = rows.map(|row| match &row.person {
        Some(_) => found.next().flatten(),
        None => row.known.clone().map(|id| Resolved { id, newcomer: false }),
    });
    Ok(people.collect())
}

pub(super) const INBOX: &str = "INSERT INTO inbox (key, lane, kind, tenant, number_id, contact_id, message_id, at,
                                                   received_at, event)
    SELECT value ->> 'key', value ->> 'lane', value ->> 'kind', value ->> 'tenant', value ->> 'number',
           value ->> 'contact', value ->> 'message', value ->> 'at', value ->> 'received', value ->> 'event'
      FROM jsonb_each(?) WHERE true
    ON CONFLICT (key) DO NOTHING
    RETURNING seq, key";

// Opens conversations, and gives those with an app echo to the phone. One that was delivered before gives nothing new.
pub(super) const CONVERSATIONS: &str = "INSERT INTO conversations (number_id, contact_id, echo_seq, echo_at)
    SELECT value ->> 'number', value ->> 'contact',
           iif(value ->> 'claims', (SELECT seq FROM inbox WHERE key = value ->> 'key'), 0),
           iif(value ->> 'claims', value ->> 'at', 0)
      FROM jsonb_each(?) WHERE true
    ON CONFLICT (number_id, contact_id) DO UPDATE SET
        echo_seq = max(echo_seq, excluded.echo_seq), echo_at = max(echo_at, excluded.echo_at)
    WHERE excluded.echo_seq > 0";
