//! What the operator does to installations, and how they stand. A running pipeline notices.

use ponte_model::template::Category;
use ponte_model::{InstallationId, Timestamp};
use ponte_policy::flows::{Accepted, FlowLife, Short};
use ponte_store::{InstallationState, Store, StoreError};

use super::look::{lives, settle_one, state_of, write};

/// How an installation stands.
#[derive(Clone, Debug)]
pub struct FlowReport {
    /// Which.
    pub installation: InstallationId,
    /// Whether it runs, waits or is paused.
    pub state: InstallationState,
    /// What stops it, and since when.
    pub life: FlowLife,
    /// Languages of its templates that may not be sent, whether they stop it or not.
    pub short: Vec<Short>,
}

/// How installations stand: all of them, or one. What was found is as current as what is known of the accounts.
///
/// # Errors
/// When the store cannot be read.
pub async fn report_flows(
    store: &dyn Store,
    only: Option<&InstallationId>,
    now: Timestamp,
) -> Result<Vec<FlowReport>, StoreError> {
    let mut short = std::collections::HashMap::new();
    if let Some(id) = only {
        short = settle_one(store, id, now).await?.short;
    }
    let mut lives = lives(store).await?;
    let rows = store.installations().await?.into_iter().filter(|row| only.is_none_or(|only| *only == row.id));
    Ok(rows
        .map(|row| {
            let life = lives.remove(&row.id).map(|(life, _)| life).unwrap_or_default();
            let short = short.remove(&row.id).unwrap_or_default();
            FlowReport { state: state_of(&life), installation: row.id, life, short }
        })
        .collect())
}

/// Changes a life, again if somebody else was quicker. `None` where nothing is installed as that.
async fn change<T>(
    store: &dyn Store,
    id: &InstallationId,
    apply: impl Fn(&mut FlowLife) -> T,
) -> Result<Option<T>, StoreError> {
    if !store.installations().await?.iter().any(|row| row.id == *id) {
        return Ok(None);
    }
    loop {
        let (before, revision) = lives(store).await?.remove(id).unwrap_or_default();
        let mut life = before.clone();
        let done = apply(&mut life);
        if life == before || write(store, id, &life, revision).await? {
            return Ok(Some(done));
        }
    }
}

/// Pauses an installation until somebody resumes it. Whether it was not paused by somebody before; `None` where nothing
/// is installed as that.
///
/// # Errors
/// When the store cannot be read or written.
pub async fn pause_flow(
    store: &dyn Store,
    id: &InstallationId,
    why: &str,
    now: Timestamp,
) -> Result<Option<bool>, StoreError> {
    let paused = change(store, id, |life| life.pause(why, now)).await?;
    if paused.is_some() {
        settle_one(store, id, now).await?;
    }
    Ok(paused)
}

/// Lets an installation run again that somebody paused, and agrees to the categories of its templates, if asked to. What
/// was agreed to; `None` where nothing is installed as that. What the host stopped stays, and [`report_flows`] tells it.
///
/// # Errors
/// When the store cannot be read or written.
pub async fn resume_flow(
    store: &dyn Store,
    id: &InstallationId,
    accept: bool,
    now: Timestamp,
) -> Result<Option<Vec<(String, Category)>>, StoreError> {
    let resumed = change(store, id, |life| {
        life.resume();
        if accept { life.accept() } else { Vec::new() }
    })
    .await?;
    if resumed.is_some() {
        settle_one(store, id, now).await?;
    }
    let pair = |accepted: Accepted| (accepted.name, accepted.category);
    Ok(resumed.map(|all| all.into_iter().map(pair).collect()))
}

/// Before an installation is stored: an operator's pause and what they agreed to stay, everything else begins anew. One
/// that brings nothing and never stood any other way than running has no life. Its state until somebody has looked, and
/// whether somebody must.
pub(crate) async fn begin(
    store: &dyn Store,
    id: &InstallationId,
    brings_templates: bool,
    no_submit: bool,
) -> Result<(InstallationState, bool), StoreError> {
    loop {
        let (before, revision) = lives(store).await?.remove(id).unwrap_or_default();
        let mut life = before.clone();
        life.no_submit = no_submit;
        if brings_templates {
            life.live_at = None;
        }
        if life == before || write(store, id, &life, revision).await? {
            let state = match state_of(&life) {
                InstallationState::Active if brings_templates => InstallationState::Waiting,
                state => state,
            };
            return Ok((state, brings_templates || life != FlowLife::default()));
        }
    }
}

/// After an installation was stored: how it stands. `None` where nothing can stop it.
pub(crate) async fn settle(
    store: &dyn Store,
    id: &InstallationId,
    now: Timestamp,
) -> Result<Option<InstallationState>, StoreError> {
    settle_one(store, id, now).await?;
    Ok(lives(store).await?.remove(id).map(|(life, _)| state_of(&life)))
}
