//! Installs a flow package: everything is checked before anything is stored.

use std::path::PathBuf;

use ponte_flow::{PackageError, SettingsError};
use ponte_model::{InstallationId, NumberId, TenantId, Timestamp};
use ponte_sandbox::{CompileError, Compiler};
use ponte_store::{InstallationRow, InstallationState, Store, StoreError};

use crate::common::check_settings;
use crate::flows;

/// What to install, and how.
#[derive(Clone, Debug)]
pub struct InstallRequest {
    /// The folder with the package's `flow.toml`.
    pub package: PathBuf,
    /// The shop's settings, TOML or JSON; without it every setting takes its default.
    pub settings: Option<PathBuf>,
    /// On which numbers; empty: on every number of the tenant.
    pub numbers: Vec<NumberId>,
    /// Whose it is.
    pub tenant: TenantId,
    /// What to call the installation; the flow's name where none is given.
    pub name: Option<String>,
    /// Lower is asked first.
    pub priority: i64,
}

/// Why a package was not installed. Nothing was stored.
#[derive(Debug, thiserror::Error)]
pub enum InstallError {
    /// The package is not right.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The settings do not fit.
    #[error(transparent)]
    Settings(#[from] SettingsError),
    /// A file cannot be read.
    #[error("cannot read {}: {error}", path.display())]
    Read {
        /// Which.
        path: PathBuf,
        /// Why.
        error: std::io::Error,
    },
    /// The plugin cannot run here.
    #[error("{}: {error}", path.display())]
    Plugin {
        /// The component.
        path: PathBuf,
        /// Why, in the author's words.
        error: CompileError,
    },
    /// It could not be stored.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// What else may be said of an installation.
#[derive(Clone, Copy, Debug, Default)]
pub struct InstallOptions {
    /// The package's templates are left for somebody else to submit.
    pub no_submit: bool,
}

/// [`install_with`] the usual options.
///
/// # Errors
/// Everything that is wrong, with its place.
pub async fn install(
    store: &dyn Store,
    compiler: &Compiler,
    request: InstallRequest,
    now: Timestamp,
) -> Result<InstallationRow, InstallError> {
    install_with(store, compiler, request, InstallOptions::default(), now).await
}

/// Checks a package and the shop's settings, compiles the plugin (so that one that cannot run is refused here and not
/// at the first message), and stores all of it. An installation whose templates are not approved waits for them.
///
/// # Errors
/// Everything that is wrong, with its place.
pub async fn install_with(
    store: &dyn Store,
    compiler: &Compiler,
    request: InstallRequest,
    options: InstallOptions,
    now: Timestamp,
) -> Result<InstallationRow, InstallError> {
    let read = |path: &PathBuf| std::fs::read(path).map_err(|error| InstallError::Read { path: path.clone(), error });
    let package = flows::open_package(&request.package)?;
    let (name, text) = match &request.settings {
        Some(path) => (path.display().to_string(), String::from_utf8_lossy(&read(path)?).into_owned()),
        None => ("(no settings file)".to_owned(), String::new()),
    };
    let settings = package.check_settings_with(&name, &text, &check_settings)?;
    let component = read(&package.plugin)?;
    compiler
        .compile(component.clone())
        .await
        .map_err(|error| InstallError::Plugin { path: package.plugin.clone(), error })?;

    let about = &package.manifest().flow;
    let brings = !package.snapshot.templates.is_empty();
    let mut row = InstallationRow {
        id: InstallationId::new(request.name.unwrap_or_else(|| about.name.as_str().to_owned())),
        tenant: request.tenant,
        flow: about.name.clone(),
        version: about.version.to_string(),
        digest: package.snapshot.plugin.clone(),
        state: InstallationState::Active,
        priority: request.priority,
        numbers: request.numbers,
        package: serde_json::to_value(&package.snapshot).expect("a package is plain data"),
        settings: settings.as_json().clone(),
        created_at: now,
    };
    let (state, look) = flows::begin(store, &row.id, brings, options.no_submit).await?;
    row.state = state;
    store.put_installation(&row, Some(&component)).await?;
    if look {
        row.state = flows::settle(store, &row.id, now).await?.unwrap_or(row.state);
    }
    Ok(row)
}
