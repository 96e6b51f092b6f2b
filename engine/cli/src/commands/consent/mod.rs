//! `ponte consent`: who agreed to what.

pub(crate) mod args;
mod list;

use std::path::Path;
use std::process::ExitCode;

use anyhow::{anyhow, ensure};
use ponte_clock::{Clock as _, SystemClock};
use ponte_model::consent::{Category, Change, Entry, Purpose, Source, Statement};
use ponte_model::{ContactId, EventKey, TenantId, Timestamp};
use ponte_policy::consent::standing;
use ponte_store::{SqliteStore, StandingRow, Store};
use serde_json::{Value, json};

use crate::config::Config;
use args::{Consent, What, Who};

pub(crate) async fn run(config: &Config, command: Consent) -> anyhow::Result<ExitCode> {
    let store = SqliteStore::attach(&config.data_dir).await?;
    let done = obey(&store, command, SystemClock.now()).await;
    store.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn obey(store: &dyn Store, command: Consent, now: Timestamp) -> anyhow::Result<()> {
    match command {
        Consent::Show { who, json } => {
            let contact = known(store, &who).await?;
            let row = store.standing(&contact, Timestamp::EPOCH).await?;
            if json { print(&told(&contact, &row)) } else { table(&contact, &row) }
        }
        Consent::Give { who, what, text, json } => {
            ensure!(!text.trim().is_empty(), "--text: is empty; consent needs its proof");
            write(store, &who, &what, (Change::Given, Some(text)), now, json).await
        }
        Consent::Withdraw { who, what, text, json } => {
            write(store, &who, &what, (Change::Withdrawn, text), now, json).await
        }
        Consent::Import { file, tenant, check, json } => import(store, &file, &tenant.into(), check, now, json).await,
        Consent::Suppress { who, reason, json } => suppress(store, &who, Some(&reason), now, json).await,
        Consent::Unsuppress { who, json } => suppress(store, &who, None, now, json).await,
    }
}

/// A person of whom something is known.
async fn known(store: &dyn Store, who: &Who) -> anyhow::Result<ContactId> {
    if who.who.starts_with("con_") {
        let id = ContactId::from(who.who.as_str());
        ensure!(store.contact(&id).await?.is_some(), "there is no contact {id}");
        return Ok(id);
    }
    let phone = list::phone(&who.who).map_err(|why| anyhow!(why))?;
    let found = store.contact_by_phone(&who.tenant.as_str().into(), &phone).await?;
    found.ok_or_else(|| anyhow!("nobody with the phone number {phone} is known to tenant {}", who.tenant))
}

/// The same, or somebody new.
async fn anybody(store: &dyn Store, who: &Who, now: Timestamp) -> anyhow::Result<ContactId> {
    if who.who.starts_with("con_") {
        return known(store, who).await;
    }
    let phone = list::phone(&who.who).map_err(|why| anyhow!(why))?;
    Ok(store.meet(&who.tenant.as_str().into(), &phone, now).await?)
}

async fn write(
    store: &dyn Store,
    who: &Who,
    what: &What,
    (change, text): (Change, Option<String>),
    now: Timestamp,
    as_json: bool,
) -> anyhow::Result<()> {
    let contact = anybody(store, who, now).await?;
    let purpose = Purpose::from(what.purpose);
    let said = [contact.as_str(), purpose.as_str(), change.as_str(), &now.as_millis().to_string()].join("\n");
    let key = EventKey::of_content("operator", said.as_bytes()).into_string();
    let version = what.text_version.clone();
    let statement = Statement { key, purpose, change, source: Source::Operator, text, version, at: now };
    store.add_consent(vec![Entry { contact: contact.clone(), statement }]).await?;
    eprintln!("{contact}: {purpose} {change}; a running `ponte serve` notices within seconds");
    after(store, &contact, as_json).await
}

async fn suppress(
    store: &dyn Store,
    who: &Who,
    reason: Option<&str>,
    now: Timestamp,
    as_json: bool,
) -> anyhow::Result<()> {
    let contact = anybody(store, who, now).await?;
    let changed = store.suppress(&contact, reason, now).await?;
    match (reason, changed) {
        (Some(_), true) => eprintln!("{contact} is suppressed: nothing automatic reaches them"),
        (Some(_), false) => eprintln!("{contact} was suppressed before; nothing was changed"),
        (None, true) => eprintln!("{contact} is suppressed no more: what they agreed to counts again"),
        (None, false) => eprintln!("{contact} was not suppressed; nothing was changed"),
    }
    after(store, &contact, as_json).await
}

/// For scripts: where the person stands now.
async fn after(store: &dyn Store, contact: &ContactId, as_json: bool) -> anyhow::Result<()> {
    if !as_json {
        return Ok(());
    }
    print(&told(contact, &store.standing(contact, Timestamp::EPOCH).await?))
}

async fn import(
    store: &dyn Store,
    file: &Path,
    tenant: &TenantId,
    check: bool,
    now: Timestamp,
    as_json: bool,
) -> anyhow::Result<()> {
    let lines = list::read(file, now)?;
    let read = lines.len();
    let mut new = 0;
    if !check {
        let mut entries = Vec::with_capacity(read);
        for (phone, statement) in lines {
            entries.push(Entry { contact: store.meet(tenant, &phone, now).await?, statement });
        }
        new = store.add_consent(entries).await?;
        eprintln!("{read} lines were read, {new} were new; a running `ponte serve` notices within seconds");
    } else {
        eprintln!("{read} lines were read, and are right; nothing was written");
    }
    if as_json { print(&json!({ "read": read, "new": new })) } else { Ok(()) }
}

fn told(contact: &ContactId, row: &StandingRow) -> Value {
    let consent = standing(&row.entries);
    let allowed = |category: &Category| {
        let allowed = row.suppressed.is_none() && consent.allows(*category);
        (category.to_string(), Value::from(allowed))
    };
    json!({
        "contact": contact,
        "phone": row.phone,
        "suppressed": row.suppressed,
        "stopped_all_at": consent.stopped_all(),
        "allowed": Category::ALL.iter().map(allowed).collect::<serde_json::Map<_, _>>(),
        "entries": row.entries,
    })
}

fn print(value: &Value) -> anyhow::Result<()> {
    println!("{}", serde_json::to_string_pretty(value)?);
    Ok(())
}

fn table(contact: &ContactId, row: &StandingRow) -> anyhow::Result<()> {
    let consent = standing(&row.entries);
    println!("{contact} {}", row.phone.as_ref().map_or("", |phone| phone.as_str()));
    if let Some(reason) = &row.suppressed {
        println!("suppressed: {reason}");
    }
    for category in Category::ALL {
        let allowed = row.suppressed.is_none() && consent.allows(*category);
        println!("{:<16} {}", category.as_str(), if allowed { "may be sent" } else { "may not be sent" });
    }
    println!("\n{:<24} {:<16} {:<10} {:<10} TEXT", "AT", "PURPOSE", "CHANGE", "SOURCE");
    for entry in &row.entries {
        println!(
            "{:<24} {:<16} {:<10} {:<10} {}",
            entry.at.to_string(),
            entry.purpose.as_str(),
            entry.change.as_str(),
            entry.source.as_str(),
            entry.text.as_deref().unwrap_or_default().replace('\n', " "),
        );
    }
    Ok(())
}
