//! How numbers stand with their phones and accounts: updates of the platform and commands of the operator are folded
//! by the policy and kept in the store; sends pause and resume by it.

mod limits;
mod watch;

use std::sync::Arc;

use ponte_model::{AccountUpdate, Event, EventKey, NumberId, NumberUpdate, Timestamp};
use ponte_policy::lifecycle::{self, Candidate, Cause, Command, Life, Outcome, Signs, Source, Subject};
use ponte_policy::profile::Profile;
use ponte_store::{LifeRow, NumberMode, NumberRow, Pending, Store, StoreError};

use crate::core::Core;
pub(crate) use watch::run as watch;

/// A number's life, read.
///
/// # Errors
/// When it was written by a newer version.
pub fn life_of(row: &LifeRow) -> Result<Life, StoreError> {
    if row.life.is_null() {
        return Ok(Life::default());
    }
    serde_json::from_value(row.life.clone())
        .map_err(|error| StoreError::Corrupt { what: format!("the life of {}", row.number), why: error.to_string() })
}

/// What alerts and the checklist look at.
pub fn subject<'a>(life: &'a Life, row: &LifeRow, number: &NumberRow) -> Subject<'a> {
    let signs = Signs {
        phone: row.signs.phone_at,
        echo: row.signs.echo_at,
        customer: row.signs.customer_at,
        asked: row.signs.asked_at,
        contacts: row.signs.contacts_at,
        history: row.signs.history_at,
    };
    let profile = Profile::or_careful(&number.config.profile);
    Subject { life, signs, registered_at: row.registered_at, profile }
}

/// Applies an operator's command to a number; a running pipeline notices. `None` where no such number is registered.
///
/// # Errors
/// When the store cannot be read or written.
pub async fn command_number(
    store: &dyn Store,
    number: &NumberId,
    command: &Command,
    now: Timestamp,
) -> Result<Option<Outcome>, StoreError> {
    change(store, number, |life| {
        let cause = Cause { source: Source::Operator, at: now };
        lifecycle::operator(life, command, cause)
    })
    .await
}

/// Changes a life, again if somebody else was quicker. `None` where no such number is registered.
async fn change(
    store: &dyn Store,
    number: &NumberId,
    apply: impl Fn(&mut Life) -> Outcome,
) -> Result<Option<Outcome>, StoreError> {
    loop {
        let Some(row) = store.lives().await?.into_iter().find(|row| row.number == *number) else { return Ok(None) };
        let before = life_of(&row)?;
        let mut life = before.clone();
        let outcome = apply(&mut life);
        if life == before {
            return Ok(Some(outcome));
        }
        let json = serde_json::to_value(&life).expect("a life is plain data");
        if store.put_life(number, &json, row.revision).await? {
            return Ok(Some(outcome));
        }
    }
}

/// Handles what the platform reports about an account.
pub(crate) async fn account(core: &Arc<Core>, pending: &Pending, update: &AccountUpdate) -> Result<(), StoreError> {
    let (numbers, lives) = (core.store.numbers().await?, core.store.lives().await?);
    let lives = lives.iter().map(life_of).collect::<Result<Vec<_>, _>>()?;
    let candidates: Vec<_> = numbers
        .iter()
        .zip(&lives)
        .map(|(row, life)| Candidate {
            id: &row.id,
            waba: row.waba_id.as_ref(),
            phone: row.display_phone.as_ref(),
            on_phone: row.config.mode == NumberMode::Coexistence,
            life,
        })
        .collect();
    let meant = lifecycle::meant(update, &pending.event, &candidates);
    apply(core, pending, &meant, &update.event, |life, cause| lifecycle::account(life, update, cause)).await
}

/// Handles what the platform reports about a number.
pub(crate) async fn number(core: &Arc<Core>, pending: &Pending, update: &NumberUpdate) -> Result<(), StoreError> {
    let event = &pending.event;
    let registered = core.store.numbers().await?;
    let named = |row: &&NumberRow| match &event.number_id {
        Some(id) => row.id == *id,
        None => row.display_phone.is_some() && row.display_phone == update.display_phone,
    };
    let meant: Vec<_> = registered.iter().filter(named).map(|row| &row.id).collect();
    if limits::follow(core, event, update, &registered, |row| named(&row)).await? {
        core.reload().await?;
    }
    apply(core, pending, &meant, &update.what, |life, cause| lifecycle::number(life, update, cause)).await
}

async fn apply(
    core: &Arc<Core>,
    pending: &Pending,
    meant: &[&NumberId],
    what: &str,
    fold: impl Fn(&mut Life, Cause) -> Outcome,
) -> Result<(), StoreError> {
    let Event { key, at, .. } = &*pending.event;
    let mut decision = if meant.is_empty() { "number-not-registered" } else { "no-change" };
    let mut changed = false;
    for number in meant {
        let cause = || Cause { source: Source::Platform(EventKey::clone(key)), at: *at };
        match change(&*core.store, number, |life| fold(life, cause())).await? {
            Some(Outcome::Changed) => {
                changed = true;
                decision = "number-changed";
                metrics::counter!("ponte_number_changes_total", "what" => what.to_owned()).increment(1);
                tracing::warn!(%number, what, "how the number stands has changed: `ponte number show {number}`");
            }
            Some(Outcome::Late) if !changed => decision = "late-update",
            _ => {}
        }
    }
    if changed {
        core.reload().await?;
    }
    core.acknowledge(pending.seq, decision).await
}
