//! Lists the templates of all accounts: at the start, from time to time, and when asked.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::Duration;

use ponte_clock::Clock;
use ponte_model::WabaId;
use ponte_model::template::Registered;
use ponte_store::{NumberRow, Store, TemplateBook};
use ponte_whatsapp::graph::GraphClient;
use secrecy::SecretString;

use super::Templates;
use super::news::recategorized;
use crate::core::{Core, Tokens};
use crate::flows;

/// How often. Webhooks tell of changes at once; this is for those that were lost.
const EVERY: Duration = Duration::from_secs(6 * 3600);

/// How soon after a failure.
const RETRY: Duration = Duration::from_secs(300);

/// What became of an account's sync.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SyncedAccount {
    /// The account.
    pub waba: WabaId,
    /// How many templates it has, or why that is not known.
    pub outcome: Result<usize, String>,
}

/// Lists the templates of every account that a number belongs to, or of `only` one, and stores them. A running pipeline
/// notices by [`Store::registry_version`].
///
/// # Errors
/// When the store cannot be read. What is wrong with one account stands in its own outcome.
pub async fn sync_templates(
    store: &dyn Store,
    graph: &GraphClient,
    tokens: &Tokens,
    clock: &dyn Clock,
    only: Option<&WabaId>,
) -> ponte_store::Result<Vec<SyncedAccount>> {
    let mut all = Vec::new();
    let mut accounts = accounts(store.numbers().await?.iter(), tokens);
    accounts.retain(|waba, _| only.is_none_or(|only| only == waba));
    for (waba, token) in accounts {
        let outcome = match list(graph, &waba, token, clock).await {
            Ok(book) => keep(store, book).await.map_err(|error| error.to_string()),
            Err(why) => Err(why),
        };
        all.push(SyncedAccount { waba, outcome });
    }
    Ok(all)
}

/// Keeps the pipeline's templates up to date until it stops.
pub(crate) async fn run(core: Arc<Core>) {
    core.stopping.run_until_cancelled(keep_up(&core)).await;
}

async fn keep_up(core: &Core) {
    loop {
        // All are listed now, whoever was asked for.
        core.templates.take_asked();
        let well = sync_all(core).await.iter().all(|account| account.outcome.is_ok());
        let due = core.clock.sleep(if well { EVERY } else { RETRY });
        tokio::pin!(due);
        loop {
            tokio::select! {
                () = &mut due => break,
                () = core.templates.asking.notified() => {
                    for waba in core.templates.take_asked() {
                        sync_one(core, &waba).await;
                    }
                }
            }
        }
    }
}

/// Lists every account now.
pub(crate) async fn sync_all(core: &Core) -> Vec<SyncedAccount> {
    let mut all = Vec::new();
    for waba in accounts(numbers(core).iter().map(|row| &**row), &core.tokens).into_keys() {
        all.push(sync_one(core, &waba).await);
    }
    all
}

fn numbers(core: &Core) -> Vec<Arc<NumberRow>> {
    core.registry.now().numbers().map(|number| Arc::clone(&number.row)).collect()
}

pub(crate) async fn sync_one(core: &Core, waba: &WabaId) -> SyncedAccount {
    let Templates { syncing, changing, .. } = &*core.templates;
    let _syncing = syncing.lock().await;
    let token = accounts(numbers(core).iter().map(|row| &**row), &core.tokens).remove(waba).flatten();
    let outcome = async {
        let book = list(&core.graph, waba, token, &*core.clock).await?;
        let _changing = changing.lock().await;
        let count = keep(&*core.store, book).await.map_err(|error| error.to_string())?;
        core.templates.reload_account(&*core.store, waba).await.map_err(|error| error.to_string())?;
        core.outbox.templates_changed(core, false).await.map_err(|error| error.to_string())?;
        Ok(count)
    };
    let outcome: Result<usize, String> = outcome.await;
    match &outcome {
        Ok(count) => {
            tracing::debug!(%waba, count, "templates were listed");
            flows::refresh_or_warn(core).await;
        }
        Err(why) => tracing::warn!(%waba, why, "templates could not be listed; what was known of them stays"),
    }
    SyncedAccount { waba: waba.clone(), outcome }
}

async fn list(
    graph: &GraphClient,
    waba: &WabaId,
    token: Option<&SecretString>,
    clock: &dyn Clock,
) -> Result<TemplateBook, String> {
    let token = token.ok_or("none of its numbers has an access token")?;
    // Before it is asked: what a webhook says meanwhile is newer.
    let read_at = clock.now();
    let templates = graph.list_templates(waba, token).await.map_err(|error| error.to_string())?;
    Ok(TemplateBook { waba: waba.clone(), read_at, templates })
}

/// Stores what was listed, and reports categories that changed unheard.
async fn keep(store: &dyn Store, mut book: TemplateBook) -> ponte_store::Result<usize> {
    let key = |template: &Registered| (template.definition.name.clone(), template.definition.language.clone());
    let before = store.templates(Some(&book.waba)).await?.into_iter().flat_map(|book| book.templates);
    let before: HashMap<_, _> = before.map(|old| (key(&old), old)).collect();
    for new in &mut book.templates {
        let Some(old) = before.get(&key(new)) else { continue };
        let (from, to) = (&old.definition.category, &new.definition.category);
        if from != to {
            recategorized(&book.waba, new, from, to);
            new.previous_category = Some(from.clone());
        } else if new.previous_category.is_none() {
            new.previous_category.clone_from(&old.previous_category);
        }
    }
    store.put_templates(&book).await?;
    Ok(book.templates.len())
}

/// Every account with a token of one of its numbers, if any has one.
fn accounts<'n, 't>(
    numbers: impl Iterator<Item = &'n NumberRow>,
    tokens: &'t Tokens,
) -> BTreeMap<WabaId, Option<&'t SecretString>> {
    let mut accounts = BTreeMap::new();
    for number in numbers {
        if let Some(waba) = &number.waba_id {
            let token = accounts.entry(waba.clone()).or_insert(None);
            *token = token.or_else(|| tokens.of(&number.id));
        }
    }
    accounts
}
