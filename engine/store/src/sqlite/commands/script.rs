//! All frequent statements of a transaction in one call into the database.
//!
//! A call costs more than what most statements do: it wakes SQLite's thread and is woken by it. So the statements are one
//! text, the same for every batch, and the rows of each travel as one JSON parameter (`jsonb_each`), which is empty where
//! a batch has none. sqlx lets a query hold several statements with SQLite alone, and may give that up some day (it calls
//! it deprecated): then this file runs them one by one, and nothing else changes.

use std::sync::LazyLock;

use futures::TryStreamExt as _;
use serde::Serialize;
use sqlx::sqlite::SqliteRow;
use sqlx::{Either, Executor as _, SqliteConnection};

use super::{begin, charges, consent, contacts, finish, ingest, json, settle, signs};

/// The statements, in their order. What waits at the same time is concurrent, so any order is right; this one lets an
/// echo stop a send that wants out in the same batch.
#[derive(Clone, Copy, Debug)]
pub(in crate::sqlite) enum Step {
    Contacts,
    Aliases,
    Same,
    Inbox,
    Conversations,
    Signs,
    Acknowledge,
    Facts,
    Runs,
    Recordings,
    Sends,
    PutState,
    DeleteState,
    SetTimers,
    CancelTimers,
    Tag,
    Untag,
    Consent,
    Accepted,
    Begin,
    Charges,
    Phone,
}

const STEPS: usize = 22;

const STATEMENTS: [&str; STEPS] = [
    contacts::CONTACTS,
    contacts::ALIASES,
    contacts::SAME,
    ingest::INBOX,
    ingest::CONVERSATIONS,
    signs::SIGNS,
    finish::ACKNOWLEDGE,
    finish::FACTS,
    finish::RUNS,
    finish::RECORDINGS,
    finish::SENDS,
    finish::PUT_STATE,
    finish::DELETE_STATE,
    finish::SET_TIMERS,
    finish::CANCEL_TIMERS,
    finish::TAG,
    finish::UNTAG,
    consent::CONSENT,
    settle::ACCEPTED,
    begin::BEGIN,
    charges::CHARGES,
    charges::PHONE,
];

/// Opens the transaction and runs all statements, each of which takes the next parameter.
static OPENING: LazyLock<&'static str> =
    LazyLock::new(|| format!("BEGIN IMMEDIATE;\n{}", STATEMENTS.join(";\n")).leak());

/// The same, and commits.
static WHOLE: LazyLock<&'static str> = LazyLock::new(|| format!("{};\nCOMMIT", *OPENING).leak());

/// Whether the script is the whole transaction.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::sqlite) enum Extent {
    /// It opens the transaction; somebody else commits it.
    Opening,
    /// It commits.
    Whole,
}

/// The rows of each statement.
#[derive(Default)]
pub(in crate::sqlite) struct Script {
    rows: [Option<String>; STEPS],
}

/// What the statements returned.
#[derive(Default)]
pub(in crate::sqlite) struct Returned([Vec<SqliteRow>; STEPS]);

impl Script {
    /// Gives a statement its rows.
    pub(in crate::sqlite) fn set<T: Serialize>(&mut self, step: Step, rows: &[T]) -> Result<(), sqlx::Error> {
        self.rows[step as usize] = (!rows.is_empty()).then(|| json(rows)).transpose()?;
        Ok(())
    }

    pub(in crate::sqlite) async fn run(
        self,
        connection: &mut SqliteConnection,
        extent: Extent,
    ) -> Result<Returned, sqlx::Error> {
        let text = match extent {
            Extent::Opening => *OPENING,
            Extent::Whole => *WHOLE,
        };
        let nothing = || "[]".to_owned();
        let query =
            self.rows.into_iter().fold(sqlx::query(text), |query, rows| query.bind(rows.unwrap_or_else(nothing)));
        let mut returned = Returned::default();
        // The first statement is the `BEGIN`.
        let mut ended = 0;
        let mut results = connection.fetch_many(query);
        while let Some(result) = results.try_next().await? {
            match result {
                Either::Left(_) => ended += 1,
                Either::Right(row) => returned.0[ended - 1].push(row),
            }
        }
        Ok(returned)
    }
}

impl Returned {
    pub(super) fn of(&self, step: Step) -> &[SqliteRow] {
        &self.0[step as usize]
    }
}
