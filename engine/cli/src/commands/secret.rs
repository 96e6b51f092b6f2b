//! `ponte secret`: keys and passwords of web services, for flows that never see them.

use std::io::Read as _;
use std::process::ExitCode;

use anyhow::{Context as _, bail, ensure};
use clap::Subcommand;
use ponte_clock::{Clock as _, SystemClock};
use ponte_connect::{Vault, check_secret};
use ponte_flow::PackageSnapshot;
use ponte_model::InstallationId;
use ponte_store::{InstallationRow, SqliteStore, Store as _};
use secrecy::SecretString;
use serde_json::json;

use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum Secret {
    /// Set a secret of an installation, or replace it. The value is read from standard input:
    /// `ponte secret set parcels parcel-key < key.txt`
    ///
    /// It is kept sealed in the database; the key to it is `secrets.key` in the data directory: back up both, apart from
    /// each other. The flow never sees it: it is filled in on the wire, towards the hosts that its manifest names for it,
    /// and hidden wherever an answer repeats it.
    Set {
        /// The installation.
        flow: String,
        /// The name, as the manifest of its package has it.
        name: String,
    },
    /// List which secrets are set and which are missing; never what they are.
    List {
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Take a secret away. What needs it is refused from then on.
    Remove {
        /// The installation.
        flow: String,
        /// The name.
        name: String,
    },
}

pub(crate) async fn run(config: &Config, command: Secret) -> anyhow::Result<ExitCode> {
    let store = SqliteStore::attach(&config.data_dir).await?;
    let done = obey(config, &store, command).await;
    store.close().await;
    done
}

async fn obey(config: &Config, store: &SqliteStore, command: Secret) -> anyhow::Result<ExitCode> {
    match command {
        Secret::Set { flow, name } => {
            let row = installed(store, &flow).await?;
            let declared = declared(&row)?;
            ensure!(
                declared.contains(&name),
                "{flow} needs no secret {name:?}; its manifest names {}",
                if declared.is_empty() { "none".to_owned() } else { declared.join(", ") }
            );
            let mut text = String::new();
            std::io::stdin().take(8192).read_to_string(&mut text).context("the secret on standard input is no text")?;
            let text = text.trim_end_matches(['\n', '\r']);
            check_secret(text)?;
            let sealed = Vault::open(&config.data_dir)?.seal(row.id.as_str(), &name, &SecretString::from(text))?;
            store.put_secret(&row.id, &name, Some(sealed), SystemClock.now()).await?;
            eprintln!("{name} of {flow} is set; a running `ponte serve` notices within seconds");
        }
        Secret::Remove { flow, name } => {
            if !store.put_secret(&flow.as_str().into(), &name, None, SystemClock.now()).await? {
                bail!("{flow} has no secret {name:?}; `ponte secret list` tells what is set");
            }
            eprintln!("{name} of {flow} is gone");
        }
        Secret::List { json } => list(store, json).await?,
    }
    Ok(ExitCode::SUCCESS)
}

async fn installed(store: &SqliteStore, name: &str) -> anyhow::Result<InstallationRow> {
    let rows = store.installations().await?;
    let row = rows.into_iter().find(|row| row.id == InstallationId::from(name));
    row.with_context(|| format!("nothing is installed as {name:?}; `ponte flow list` tells what is"))
}

/// The secrets that an installation's manifest names.
pub(super) fn declared(row: &InstallationRow) -> anyhow::Result<Vec<String>> {
    let package: PackageSnapshot = serde_json::from_value(row.package.clone())
        .with_context(|| format!("the package of {} cannot be read; install it again", row.id))?;
    let mut names: Vec<String> = package.manifest.http.iter().flat_map(|one| one.secrets.clone()).collect();
    names.sort();
    names.dedup();
    Ok(names)
}

async fn list(store: &SqliteStore, as_json: bool) -> anyhow::Result<()> {
    let set = store.secrets().await?;
    let mut lines = Vec::new();
    for row in store.installations().await? {
        for name in declared(&row)? {
            let at = set.iter().find(|secret| secret.installation == row.id && secret.name == name);
            lines.push((row.id.clone(), name, at.map(|secret| secret.set_at)));
        }
    }
    for secret in set {
        if !lines.iter().any(|(id, name, _)| *id == secret.installation && *name == secret.name) {
            lines.push((secret.installation, secret.name, Some(secret.set_at)));
        }
    }
    if as_json {
        let rows: Vec<_> =
            lines.iter().map(|(id, name, at)| json!({ "installation": id, "name": name, "set_at": at })).collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    for (id, name, at) in &lines {
        match at {
            Some(at) => println!("{:<20} {name:<24} set {at}", id.as_str()),
            None => println!("{:<20} {name:<24} missing: ponte secret set {id} {name}", id.as_str()),
        }
    }
    eprintln!("{} secrets", lines.len());
    Ok(())
}
