//! Puts a pipeline together from the configuration.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::Context as _;
use ponte_clock::SharedClock;
use ponte_model::NumberId;
use ponte_runtime::{Parts, Runtime, RuntimeSettings, Tokens};
use ponte_sandbox::{Compiler, Sandbox, SandboxConfig};
use ponte_scenario::Runner;
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

/// Plays scenarios. Plugins are compiled once for all: the cache is this user's.
pub(crate) fn scenarios() -> anyhow::Result<Runner> {
    let set = |name: &str| std::env::var_os(name).filter(|value| !value.is_empty()).map(PathBuf::from);
    let cache = set("XDG_CACHE_HOME").or_else(|| set("HOME").map(|home| home.join(".cache")));
    let cache = cache.unwrap_or_else(std::env::temp_dir).join("ponte").join(PLUGIN_CACHE);
    let sandbox = Sandbox::new(SandboxConfig::default()).context("cannot start the sandbox")?;
    let program = std::env::current_exe().context("cannot tell where this program is")?;
    Ok(Runner::new(sandbox, Compiler::child(cache, program, ["compile-component"])?)?)
}

/// The way to Meta.
pub(crate) fn graph(config: &Config) -> anyhow::Result<GraphClient> {
    let settings = GraphSettings {
        graph_url: config.graph_url.clone(),
        graph_version: config.graph_version.clone(),
        ..GraphSettings::default()
    };
    GraphClient::new(&settings).context("cannot make the Graph client")
}

/// Starts a pipeline over the store in the data directory.
pub(crate) async fn start(
    config: &Config,
    settings: RuntimeSettings,
    store: SqliteStore,
    clock: SharedClock,
    tokens: Tokens,
) -> anyhow::Result<Runtime> {
    let parts = Parts {
        settings,
        store: Arc::new(store),
        clock,
        graph: graph(config)?,
        tokens,
        sandbox: Sandbox::new(SandboxConfig::default()).context("cannot start the sandbox")?,
        compiler: compiler(&config.data_dir)?,
    };
    Ok(Runtime::start(parts).await?)
}

/// What stands before a number in the name of its variable.
const TOKEN_OF: &str = "PONTE_ACCESS_TOKEN_";

/// All access tokens that are configured, whether their numbers are registered yet or not.
pub(crate) async fn tokens(config: &Config, store: &dyn Store) -> anyhow::Result<Tokens> {
    let environment = |name: &str| std::env::var(name).ok();
    let mut tokens = config.access_token.clone().map(Tokens::for_all).unwrap_or_default();
    let named = std::env::vars().filter_map(|(name, _)| {
        let number = name.strip_prefix(TOKEN_OF)?;
        Some(NumberId::from(number.strip_suffix("_FILE").unwrap_or(number)))
    });
    for number in config.access_tokens.keys().cloned().chain(named) {
        if let Some(token) = config.token_of(&number, &environment)? {
            tokens = tokens.with(number, token);
        }
    }
    for number in store.numbers().await?.iter().filter(|number| tokens.of(&number.id).is_none()) {
        tracing::warn!(number = %number.id, "no access token: its messages wait; set {TOKEN_OF}{} and start again", number.id);
    }
    Ok(tokens)
}
