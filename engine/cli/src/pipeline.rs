//! Puts a pipeline together from the configuration.

use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use ponte_clock::SharedClock;
use ponte_runtime::{Parts, Runtime, RuntimeSettings, Tokens};
use ponte_sandbox::{Compiler, Sandbox, SandboxConfig};
use ponte_store::{SqliteStore, Store};
use ponte_whatsapp::graph::{GraphClient, GraphSettings};

use crate::config::Config;

/// Where compiled plugins are kept, in the data directory.
const PLUGIN_CACHE: &str = "plugins";

/// The compiler: this program again, as a child with limits of its own.
pub(crate) fn compiler(data_dir: &Path) -> anyhow::Result<Compiler> {
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    Ok(Compiler::child(data_dir.join(PLUGIN_CACHE), program, ["compile-component"])?)
}

/// Starts a pipeline over the store in the data directory.
pub(crate) async fn start(
    config: &Config,
    settings: RuntimeSettings,
    store: SqliteStore,
    clock: SharedClock,
    tokens: Tokens,
) -> anyhow::Result<Runtime> {
    let graph = GraphSettings {
        graph_url: config.graph_url.clone(),
        graph_version: config.graph_version.clone(),
        ..GraphSettings::default()
    };
    let parts = Parts {
        settings,
        store: Arc::new(store),
        clock,
        graph: GraphClient::new(&graph).context("cannot make the Graph client")?,
        tokens,
        sandbox: Sandbox::new(SandboxConfig::default()).context("cannot start the sandbox")?,
        compiler: compiler(&config.data_dir)?,
    };
    Ok(Runtime::start(parts).await?)
}

/// Access tokens of all registered numbers.
pub(crate) async fn tokens(config: &Config, store: &dyn Store) -> anyhow::Result<Tokens> {
    let environment = |name: &str| std::env::var(name).ok();
    let mut tokens = config.access_token.clone().map(Tokens::for_all).unwrap_or_default();
    for number in store.numbers().await? {
        match config.token_of(&number.id, &environment)? {
            Some(token) => tokens = tokens.with(number.id, token),
            None => tracing::warn!(number = %number.id, "no access token: its messages wait; set PONTE_ACCESS_TOKEN"),
        }
    }
    Ok(tokens)
}
