//! What an installation may reach outside: said when it is granted, which is at install.

use anyhow::Context as _;
use ponte_flow::{PackageSnapshot, Permission};
use ponte_runtime::granted;
use ponte_store::{InstallationRow, SqliteStore, Store as _};

use crate::commands::secret;

/// What it may reach, a line each; none for most flows.
pub(super) fn lines(row: &InstallationRow) -> anyhow::Result<Vec<String>> {
    let package: PackageSnapshot = serde_json::from_value(row.package.clone())
        .with_context(|| format!("the package of {} cannot be read; install it again", row.id))?;
    let manifest = &package.manifest;
    let grants = granted(&manifest.http).map_err(anyhow::Error::msg)?;
    let mut lines: Vec<String> = grants.0.iter().map(ToString::to_string).collect();
    let asks = |permission| manifest.permissions().any(|asked| asked == permission);
    if asks(Permission::Orders) {
        lines.push("orders, as stores told of them and as the sources in [orders.…] know them".to_owned());
    }
    if asks(Permission::Ai) {
        lines.push("the language model of [ai], within its daily budget".to_owned());
    }
    Ok(lines)
}

/// Says what was granted, and which secrets are missing.
pub(super) async fn tell(store: &SqliteStore, row: &InstallationRow) -> anyhow::Result<()> {
    let lines = lines(row)?;
    if !lines.is_empty() {
        eprintln!("{} may now reach, and nothing else outside:", row.id);
        lines.iter().for_each(|line| eprintln!("  {line}"));
    }
    let set = store.secrets().await?;
    for name in secret::declared(row)? {
        if !set.iter().any(|secret| secret.installation == row.id && secret.name == name) {
            eprintln!("it needs the secret {name}: `ponte secret set {} {name}` reads it from standard input", row.id);
        }
    }
    Ok(())
}
