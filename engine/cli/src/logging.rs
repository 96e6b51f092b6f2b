//! Structured logs. Secrets and message texts are never handed to the log in the first place; `tests/` checks that.

use tracing_subscriber::EnvFilter;

use crate::config::Log;

/// What is logged where nothing is set. Libraries are heard when something is odd.
const DEFAULT: &str = "warn,ponte=info,ponte_runtime=info,ponte_store=info,ponte_sandbox=info,ponte_whatsapp=info";

/// Starts logging to standard error.
pub(crate) fn start(log: &Log) -> anyhow::Result<()> {
    let level = log.level.as_deref().unwrap_or(DEFAULT);
    let filter = EnvFilter::try_new(level).map_err(|error| anyhow::anyhow!("log level {level:?}: {error}"))?;
    let lines = tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr);
    match log.format.as_deref() {
        None | Some("text") => lines.init(),
        Some("json") => lines.json().init(),
        Some(other) => anyhow::bail!("log format {other:?}: write `text` or `json`"),
    }
    Ok(())
}
