//! Does what takes time: submits templates, stops flows whose budget is used up and lets them go the next day, tells of
//! budgets, and closes notices that end by themselves.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use ponte_model::{Budget, Money, Scope, Timestamp};
use ponte_policy::flows::Absent;
use ponte_policy::notices::{BUDGETS, limit_key};
use ponte_store::{NoticeRow, StoreError};

use super::submit::{Submitted, submit, token};
use super::{look, refresh};
use crate::core::Core;
use crate::templates;

/// How soon what did not succeed is tried again.
const RETRY: Duration = Duration::from_secs(300);

/// How often it looks without a reason.
const EVERY: Duration = Duration::from_secs(3600);

pub(crate) async fn run(core: Arc<Core>) {
    core.stopping.run_until_cancelled(keep(&core)).await;
}

/// Templates that could not be submitted, and when they are tried again.
type Tried = BTreeMap<Absent, Timestamp>;

async fn keep(core: &Core) {
    let mut tried = Tried::new();
    loop {
        let next = match round(core, &mut tried).await {
            Ok(next) => next,
            Err(error) => {
                tracing::warn!(%error, "installations could not be kept; trying again");
                core.flows.money().fresh = true;
                core.clock.now().plus(RETRY)
            }
        };
        tokio::select! {
            // A day ended, or a template is tried again.
            () = core.clock.sleep_until(next) => core.flows.money().fresh = true,
            () = core.flows.changed.notified() => {}
        }
    }
}

/// One round; when the next is due.
async fn round(core: &Core, tried: &mut Tried) -> Result<Timestamp, StoreError> {
    if core.flows.money().fresh {
        refresh(core, false).await?;
    }
    let told = std::mem::take(&mut core.flows.money().notices);
    let now = core.clock.now();
    let rows: Vec<_> = told.iter().map(|(tenant, notice)| look::notice_row(tenant, notice, now)).collect();
    if !rows.is_empty() {
        core.store.tell(None, &rows, now).await?;
    }
    submit_absent(core, tried, now).await?;
    let ends = close_ended(core, now).await?;
    let halts = core.flows.halted();
    let ends = ends.into_iter().chain(halts.values().filter_map(|halt| halt.until)).chain(tried.values().copied());
    let every = now.plus(EVERY);
    Ok(ends.filter(|end| *end > now).min().map_or(every, |end| end.min(every)))
}

/// Submits what is absent, save what was tried a moment ago.
async fn submit_absent(core: &Core, tried: &mut Tried, now: Timestamp) -> Result<(), StoreError> {
    let absent = core.flows.take_absent();
    tried.retain(|_, again| *again > now);
    let due: Vec<_> = absent.into_iter().filter(|one| !tried.contains_key(one)).collect();
    // Until it stands otherwise: a list that comes meanwhile says once more that it is absent.
    tried.extend(due.iter().map(|one| (one.clone(), now.plus(RETRY))));
    for waba in due.iter().map(|one| one.waba.clone()).collect::<BTreeSet<_>>() {
        let scene = core.flows.scene();
        let Some(token) = token(&scene, &core.tokens, &waba) else {
            tracing::warn!(%waba, "flows wait for templates of an account whose numbers have no access token");
            continue;
        };
        // What was submitted elsewhere meanwhile is there already.
        if templates::sync_one(core, &waba).await.outcome.is_err() {
            continue;
        }
        let missing = |one: &&Absent| one.waba == waba && !core.templates.has(&waba, &one.name, &one.language);
        let (mut submitted, mut refused) = (false, false);
        for one in due.iter().filter(missing) {
            let Some(file) = scene.file(one) else { continue };
            match submit(&*core.store, &core.graph, token, &*core.clock, one, file, false).await? {
                Submitted::Taken { .. } => submitted = true,
                Submitted::Refused { .. } => refused = true,
                Submitted::Elsewhere | Submitted::Later { .. } => {}
            }
        }
        if submitted {
            templates::sync_one(core, &waba).await;
        }
        if refused {
            // The flow says so from now on.
            refresh(core, false).await?;
        }
    }
    Ok(())
}

/// Closes notices whose time is up, and those of limits that are not set any more. When the others end.
async fn close_ended(core: &Core, now: Timestamp) -> Result<Vec<Timestamp>, StoreError> {
    let open = core.store.notices(Timestamp::from_millis(i64::MAX)).await?;
    let budgets = core.store.budgets().await?;
    let over = |row: &&NoticeRow| {
        let ended = row.until.is_some_and(|until| until <= now);
        ended || (row.key.starts_with(BUDGETS) && !limits(&budgets).any(|limit| row.key.starts_with(&limit)))
    };
    let closed: Vec<_> = open.iter().filter(over).map(|row| row.seq).collect();
    if !closed.is_empty() {
        core.store.close_notices(&closed, now).await?;
    }
    Ok(open.iter().filter_map(|row| row.until).collect())
}

/// The keys of notices about limits that are set.
fn limits(budgets: &[(Scope, Budget)]) -> impl Iterator<Item = String> {
    budgets.iter().flat_map(|(scope, budget)| {
        [("soft", budget.soft), ("hard", budget.hard)].into_iter().filter_map(move |(kind, micros)| {
            Some(limit_key(kind, scope, Money { micros: micros?, currency: budget.currency }))
        })
    })
}
