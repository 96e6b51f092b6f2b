//! Who is who: exact aliases to contacts, with a cache over what is committed.

use std::borrow::Cow;
use std::collections::HashMap;

use ponte_model::{Contact, ContactId, TenantId, Timestamp, UserId};
use serde::Serialize;
use sqlx::{Row as _, SqliteConnection};

use super::json;
use super::script::{Script, Step};

/// So many aliases are remembered; then the cache starts anew. About 20 MiB.
const CACHED_ALIASES: usize = 100_000;

/// In place of a BSUID: the one on record holds no more.
const NO_MORE: &str = "";

type Alias = (TenantId, String);

/// What was last written of a person, so that an unchanged one is not written again.
type Known = (Option<String>, Option<String>, Option<String>, Option<String>);

/// Somebody to be resolved.
#[derive(Clone, Copy)]
pub(in crate::sqlite) struct Named<'a> {
    pub(in crate::sqlite) tenant: &'a TenantId,
    pub(in crate::sqlite) person: &'a Contact,
    /// When the event arrived, in milliseconds.
    pub(in crate::sqlite) received: i64,
    /// Whether these are ids that the person has given up, or that somebody else says they have: a known person's stay.
    pub(in crate::sqlite) former: bool,
    /// Whether the phone number is as people write it, so that the platform may know it by its other spelling.
    pub(in crate::sqlite) typed: bool,
    /// Under which ids the person goes on, and since when.
    pub(in crate::sqlite) becomes: Option<(&'a Contact, i64)>,
}

/// Who somebody is.
pub(in crate::sqlite) struct Resolved {
    pub(in crate::sqlite) id: ContactId,
    /// Whether this is the first that is known of them.
    pub(in crate::sqlite) newcomer: bool,
}

/// Aliases to contacts. Changes of a transaction are kept apart until it is committed.
#[derive(Default)]
pub(in crate::sqlite) struct Directory {
    aliases: HashMap<Alias, ContactId>,
    known: HashMap<ContactId, Known>,
    /// BSUIDs of those who have one.
    user_ids: HashMap<ContactId, String>,
    new_aliases: HashMap<Alias, ContactId>,
    new_known: HashMap<ContactId, Known>,
}

#[derive(Serialize)]
struct ContactRow<'a> {
    id: &'a ContactId,
    tenant: &'a TenantId,
    user_id: Option<&'a str>,
    phone: Option<&'a str>,
    name: Option<&'a str>,
    username: Option<&'a str>,
    at: i64,
}

impl Directory {
    /// The transaction is durable: remember.
    pub(in crate::sqlite) fn keep(&mut self) {
        if self.aliases.len() > CACHED_ALIASES {
            self.clear();
        }
        self.aliases.extend(self.new_aliases.drain());
        self.known.extend(self.new_known.drain());
    }

    /// Somebody else changed who is who: forget everything.
    pub(in crate::sqlite) fn clear(&mut self) {
        self.aliases.clear();
        self.known.clear();
        self.user_ids.clear();
    }

    /// The transaction was rolled back: forget what it added.
    pub(in crate::sqlite) fn forget_uncommitted(&mut self) {
        self.new_aliases.clear();
        self.new_known.clear();
        // May name what was rolled back; it is read again.
        self.user_ids.clear();
        self.aliases.clear();
    }

    fn alias(&self, alias: &Alias) -> Option<&ContactId> {
        self.new_aliases.get(alias).or_else(|| self.aliases.get(alias))
    }

    /// Whether somebody with another BSUID now has what this contact was known by: a phone number is given to others in
    /// time. (When the same person's BSUID changes, the platform says so in a message of its own, and then the contact
    /// goes by both.)
    fn changed_hands(&self, tenant: &TenantId, id: &ContactId, person: &Contact) -> bool {
        let (Some(had), Some(has)) = (self.user_ids.get(id), &person.user_id) else { return false };
        had != has.as_str() && self.alias(&(tenant.clone(), format!("user:{has}"))) != Some(id)
    }

    /// Resolves people to contacts, adding those that are new, and updates what they call themselves.
    pub(in crate::sqlite) async fn resolve(
        &mut self,
        connection: &mut SqliteConnection,
        people: &[Named<'_>],
        script: &mut Script,
    ) -> Result<Vec<Option<Resolved>>, sqlx::Error> {
        self.load(connection, people).await?;
        let mut aliases = Vec::new();
        let mut contacts = Vec::new();
        let mut ids = Vec::with_capacity(people.len());
        let mut same = Vec::new();
        for Named { tenant, person, received: at, former, typed, becomes } in people {
            let theirs: Vec<Alias> = aliases_of(person, *typed).map(|alias| ((*tenant).clone(), alias)).collect();
            let Some(first) = theirs.first() else {
                ids.push(None);
                continue;
            };
            // The strongest alias decides.
            let known_as = theirs
                .iter()
                .find_map(|alias| self.alias(alias).filter(|id| !self.changed_hands(tenant, id, person)).cloned());
            // Nobody's alias so far, so nobody's id either: ids are made of aliases, and aliases are never given up.
            let newcomer = known_as.is_none();
            let id =
                known_as.unwrap_or_else(|| ContactId::first_seen_as(tenant, &first.1, Timestamp::from_millis(*at)));
            if let Some(user_id) = &person.user_id {
                self.user_ids.insert(id.clone(), user_id.as_str().to_owned());
            }
            for alias in theirs {
                // A spelling that somebody else goes by is not this person's.
                let taken = *typed && self.alias(&alias).is_some();
                if !taken && self.alias(&alias) != Some(&id) {
                    aliases.push((alias.0.clone(), alias.1.clone(), id.clone()));
                    self.new_aliases.insert(alias, id.clone());
                }
            }
            let known = (
                person.user_id.as_ref().map(|id| id.as_str().to_owned()),
                person.phone.as_ref().map(|phone| phone.as_str().to_owned()),
                person.name.display.clone(),
                person.name.username.clone(),
            );
            let before = self.new_known.get(&id).or_else(|| self.known.get(&id));
            // What a person was known by does not replace what they are known by now.
            if before != Some(&known) && (newcomer || !former) {
                contacts.push((id.clone(), *tenant, Cow::Borrowed(*person), *at));
                self.new_known.insert(id.clone(), known);
            }
            if let Some((new, since)) = becomes {
                for alias in new.aliases().map(|alias| ((*tenant).clone(), alias)) {
                    let before = self.alias(&alias).filter(|before| **before != id).cloned();
                    if let Some(before) = before
                        && self.is_same_person(connection, &before, new, *since).await?
                    {
                        same.push((before, id.clone()));
                    }
                    aliases.push((alias.0.clone(), alias.1.clone(), id.clone()));
                    self.new_aliases.insert(alias, id.clone());
                }
                let mut row = (*new).clone();
                match &new.user_id {
                    Some(user_id) => drop(self.user_ids.insert(id.clone(), user_id.as_str().to_owned())),
                    // With the phone number the BSUID changes, to one that is not known yet (Meta: BSUIDs).
                    None => {
                        self.user_ids.remove(&id);
                        row.user_id = Some(UserId::new(NO_MORE));
                    }
                }
                contacts.push((id.clone(), *tenant, Cow::Owned(row), *at));
                // What is known is not what they were called before.
                self.known.remove(&id);
                self.new_known.remove(&id);
            }
            ids.push(Some(Resolved { id, newcomer }));
        }
        script.set(Step::Contacts, &contact_rows(&contacts))?;
        script.set(Step::Aliases, &aliases)?;
        script.set(Step::Same, &same)?;
        Ok(ids)
    }

    /// Whether somebody who went by an id that a person has taken is that person: the same BSUID proves it, and so does
    /// that they were first seen after it was taken. Else the id has changed hands, and is only taken over.
    async fn is_same_person(
        &self,
        connection: &mut SqliteConnection,
        before: &ContactId,
        new: &Contact,
        since: i64,
    ) -> Result<bool, sqlx::Error> {
        if let (Some(had), Some(has)) = (self.user_ids.get(before), &new.user_id) {
            return Ok(had == has.as_str());
        }
        let seen: Option<i64> = sqlx::query_scalar("SELECT created_at FROM contacts WHERE contact_id = ?1")
            .bind(before.as_str())
            .fetch_optional(connection)
            .await?;
        // Who is not stored yet came with this very batch.
        Ok(seen.is_none_or(|seen| seen >= since))
    }

    /// Loads the aliases that are not cached.
    async fn load(&mut self, connection: &mut SqliteConnection, people: &[Named<'_>]) -> Result<(), sqlx::Error> {
        let unknown: Vec<Alias> = people
            .iter()
            .flat_map(|named| {
                let new = named.becomes.into_iter().flat_map(|(new, _)| new.aliases());
                aliases_of(named.person, named.typed).chain(new).map(|alias| (named.tenant.clone(), alias))
            })
            .filter(|alias| self.alias(alias).is_none())
            .collect();
        if unknown.is_empty() {
            return Ok(());
        }
        let rows = sqlx::query(
            "SELECT a.tenant, a.alias, a.contact_id, c.user_id
               FROM jsonb_each(?1) j
               JOIN contact_aliases a ON a.tenant = j.value ->> 0 AND a.alias = j.value ->> 1
               LEFT JOIN contacts c ON c.contact_id = a.contact_id",
        )
        .bind(json(&unknown)?)
        .fetch_all(connection)
        .await?;
        for row in rows {
            let alias = (TenantId::new(row.get::<String, _>(0)), row.get::<String, _>(1));
            let id = ContactId::new(row.get::<String, _>(2));
            if let Some(user_id) = row.get::<Option<String>, _>(3) {
                self.user_ids.insert(id.clone(), user_id);
            }
            self.aliases.insert(alias, id);
        }
        Ok(())
    }
}

/// What somebody may be known by. The platform is taken at its word; a number that people wrote may be on record by its
/// other spelling.
fn aliases_of(person: &Contact, typed: bool) -> impl Iterator<Item = String> {
    let others = person.phone.iter().filter(move |_| typed).flat_map(|phone| phone.spellings().into_iter().skip(1));
    person.aliases().chain(others.map(|phone| format!("phone:{phone}")))
}

fn contact_rows<'a>(contacts: &'a [(ContactId, &TenantId, Cow<'_, Contact>, i64)]) -> Vec<ContactRow<'a>> {
    let rows = contacts.iter().map(|(id, tenant, person, at)| ContactRow {
        id,
        tenant,
        user_id: person.user_id.as_ref().map(|id| id.as_str()),
        phone: person.phone.as_ref().map(|phone| phone.as_str()),
        name: person.name.display.as_deref(),
        username: person.name.username.as_deref(),
        at: *at,
    });
    rows.collect()
}

// A webhook that leaves something out takes nothing away; an empty BSUID takes away the one on record.
pub(super) const CONTACTS: &str =
    "INSERT INTO contacts (contact_id, tenant, user_id, phone, name, username, created_at)
    SELECT value ->> 'id', value ->> 'tenant', value ->> 'user_id', value ->> 'phone', value ->> 'name',
           value ->> 'username', value ->> 'at'
      FROM jsonb_each(?) WHERE true
    ON CONFLICT (contact_id) DO UPDATE SET
        user_id = nullif(COALESCE(excluded.user_id, user_id), ''), phone = COALESCE(excluded.phone, phone),
        name = COALESCE(excluded.name, name), username = COALESCE(excluded.username, username)";

pub(super) const ALIASES: &str = "INSERT INTO contact_aliases (tenant, alias, contact_id)
    SELECT value ->> 0, value ->> 1, value ->> 2 FROM jsonb_each(?) WHERE true
    ON CONFLICT (tenant, alias) DO UPDATE SET contact_id = excluded.contact_id";

pub(super) const SAME: &str = "UPDATE contacts SET same_as = s.now
      FROM (SELECT value ->> 0 AS before, value ->> 1 AS now FROM jsonb_each(?)) s
     WHERE contacts.contact_id = s.before";
