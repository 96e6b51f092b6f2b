//! `ponte route`: who handles what; change it, take the change back, and see beforehand what it would change.

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, anyhow};
use clap::Subcommand;
use ponte_clock::{Clock as _, SystemClock};
use ponte_model::{Event, NumberId, TenantId, Timestamp};
use ponte_policy::{Routing, RoutingPolicy};
use ponte_runtime::{Desk, DryRun, Explained, imagined};
use ponte_store::{SqliteStore, Store};
use ponte_whatsapp::webhook;
use serde_json::json;

use super::people;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum Route {
    /// Print the policy in force.
    Show {
        /// Whose.
        #[arg(long, default_value = "default")]
        tenant: String,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Put a policy into force; see examples/policy.toml. A running `ponte serve` follows within seconds.
    ///
    /// Everything that is wrong in the file is said, and then nothing is changed.
    Set {
        /// The policy, TOML.
        file: PathBuf,
        /// Whose.
        #[arg(long, default_value = "default")]
        tenant: String,
    },
    /// Take the last change back. Given twice, it is where it was.
    Rollback {
        /// Whose.
        #[arg(long, default_value = "default")]
        tenant: String,
    },
    /// Say who would handle a message now, which rules were asked, and which condition failed in each.
    Explain {
        /// A webhook's JSON body; its first event is asked about.
        #[arg(long, value_name = "FILE", conflicts_with_all = ["message", "contact", "number", "at"])]
        event: Option<PathBuf>,
        /// What somebody might write.
        #[arg(long, value_name = "TEXT", required_unless_present = "event")]
        message: Option<String>,
        /// Who: a phone number with country code, or Ponte's id of a contact.
        #[arg(long, required_unless_present = "event")]
        contact: Option<String>,
        /// On which number (phone_number_id).
        #[arg(long, value_name = "ID", required_unless_present = "event")]
        number: Option<String>,
        /// When, such as 2026-10-01T22:00:00-03:00; now, if not given.
        #[arg(long, value_name = "TIME")]
        at: Option<String>,
        /// Another policy than the one in force.
        #[arg(long, value_name = "FILE")]
        policy: Option<PathBuf>,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
    /// Say what another policy would have changed: decides the messages of the past anew.
    ///
    /// Nothing is changed and nothing is sent. Who spoke then is told from the stored events (they stay ten days); tags
    /// and installed flows are those of now.
    DryRun {
        /// The other policy, TOML.
        file: PathBuf,
        /// Since when: how long ago (24h, 30m, 7d), or a time.
        #[arg(long, default_value = "24h")]
        since: String,
        /// Whose.
        #[arg(long, default_value = "default")]
        tenant: String,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(config: &Config, command: Route) -> anyhow::Result<ExitCode> {
    let store = SqliteStore::attach(&config.data_dir).await?;
    let now = SystemClock.now();
    match command {
        Route::Show { tenant, json } => show(&store, &tenant.into(), json).await?,
        Route::Set { file, tenant } => set(&store, &file, &tenant.into(), now).await?,
        Route::Rollback { tenant } => {
            let row = store.roll_back_policy(&tenant.as_str().into(), now).await?;
            let row = row.with_context(|| format!("{tenant} never had a policy: there is nothing to take back"))?;
            let what =
                if row.policy.is_null() { "no policy: flows are asked in their priority" } else { "the one before" };
            eprintln!("version {} is in force: {what}; `ponte route rollback` undoes this", row.version);
        }
        Route::Explain { event, message, contact, number, at, policy, json } => {
            let at = at.map_or(Ok(now), |at| people::moment(&at, now))?;
            let event = match (event, message, contact, number) {
                (Some(file), ..) => first_event(&file, now)?,
                (None, Some(message), Some(contact), Some(number)) => {
                    let number = NumberId::from(number);
                    let tenant = people::number(&store, &number).await?.tenant;
                    let (person, _) = people::contact(&store, &tenant, &contact).await?;
                    imagined(number, person, &message, at)
                }
                _ => unreachable!("clap requires them"),
            };
            let policy = policy.map(|file| read(&file)).transpose()?;
            explain(&store, policy.as_ref().map(|(_, routing)| routing), &event, json).await?;
        }
        Route::DryRun { file, since, tenant, json } => {
            let since = people::moment(&since, now)?;
            let (_, other) = read(&file)?;
            let desk = Desk::open(&store, &tenant.into()).await?;
            let result = desk.dry_run(&store, &other, since).await?;
            if json {
                println!("{}", serde_json::to_string_pretty(&result)?);
            } else {
                print_dry_run(&result, since);
            }
        }
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

fn read(file: &Path) -> anyhow::Result<(RoutingPolicy, Routing)> {
    let text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    let wrong = |error| anyhow!("{}: the policy is not right\n{error}", file.display());
    let policy = RoutingPolicy::from_toml(&text).map_err(wrong)?;
    let routing = Routing::compile(&policy).map_err(wrong)?;
    Ok((policy, routing))
}

async fn show(store: &dyn Store, tenant: &TenantId, as_json: bool) -> anyhow::Result<()> {
    let row = store.policies(Some(tenant), 1).await?.pop();
    let policy = Desk::open(store, tenant).await?.policy().clone();
    if as_json {
        let version = row.as_ref().map_or(0, |row| row.version);
        let since = row.map(|row| row.created_at);
        println!("{}", serde_json::to_string_pretty(&json!({ "version": version, "since": since, "policy": policy }))?);
        return Ok(());
    }
    match row {
        Some(row) if !row.policy.is_null() => {
            println!("# version {} of {tenant}, in force since {}\n{}", row.version, row.created_at, policy.to_toml());
        }
        _ => println!("# {tenant} has no policy: flows are asked in their priority"),
    }
    Ok(())
}

async fn set(store: &dyn Store, file: &Path, tenant: &TenantId, now: Timestamp) -> anyhow::Result<()> {
    let (policy, routing) = read(file)?;
    for flow in Desk::open(store, tenant).await?.missing(&routing) {
        eprintln!("note: no flow is active as {flow}; rules that name it lead to nobody until one is");
    }
    let version = store.put_policy(tenant, &serde_json::to_value(&policy)?, now).await?;
    eprintln!(
        "version {version} is in force; a running `ponte serve` follows within seconds, `ponte route rollback` undoes it"
    );
    Ok(())
}

fn first_event(file: &Path, now: Timestamp) -> anyhow::Result<Event> {
    let body = std::fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
    let events = webhook::decode(&body, now)?;
    events.into_iter().next().with_context(|| format!("{} holds no event", file.display()))
}

async fn explain(store: &dyn Store, routing: Option<&Routing>, event: &Event, as_json: bool) -> anyhow::Result<()> {
    let number = event.number_id.as_ref().context("the event names no number")?;
    let tenant = people::number(store, number).await?.tenant;
    let contact = match &event.contact {
        Some(person) => known(store, &tenant, person).await?,
        None => None,
    };
    let desk = Desk::open(store, &tenant).await?;
    let explained = desk.explain(store, routing, event, contact.as_ref(), SystemClock.now()).await?;
    if as_json {
        println!("{}", serde_json::to_string_pretty(&as_value(&explained))?);
        return Ok(());
    }
    if contact.is_none() {
        println!("the contact is not known yet; which share (percent) they fall into is settled when they first write");
    }
    for rule in &explained.asked {
        let held = if rule.held { "yes" } else { "no" };
        println!("{:>3}  {:<24} → {:<20} {held:<4} {}", rule.index, rule.name, rule.to.to_string(), rule.why);
    }
    println!("{}", sentence(&explained));
    Ok(())
}

async fn known(
    store: &dyn Store,
    tenant: &TenantId,
    person: &ponte_model::Contact,
) -> anyhow::Result<Option<ponte_model::ContactId>> {
    for alias in person.aliases() {
        if let Some(id) = store.contact_by_alias(tenant, &alias).await? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// Who would handle it, in a line.
pub(crate) fn sentence(explained: &Explained) -> String {
    let decision = &explained.decision;
    format!("{}, by rule {}: {}", explained.who(), decision.rule, decision.why())
}

/// The same for scripts.
pub(crate) fn as_value(explained: &Explained) -> serde_json::Value {
    let decision = &explained.decision;
    json!({
        "handler": explained.who(), "rule": decision.rule.to_string(), "why": decision.why(), "asked": explained.asked,
    })
}

fn print_dry_run(result: &DryRun, since: Timestamp) {
    println!("{} events since {since}; {} would be handled by somebody else", result.events, result.changed.len());
    if result.changed.is_empty() {
        return;
    }
    println!("{:<24} {:<20} {:<30} {:<24} → {:<24} BECAUSE", "AT", "NUMBER", "CONTACT", "NOW", "THEN");
    for one in &result.changed {
        println!(
            "{:<24} {:<20} {:<30} {:<24} → {:<24} {}: {}",
            one.at.to_string(),
            one.number.as_ref().map_or("", |id| id.as_str()),
            one.contact.as_ref().map_or("", |id| id.as_str()),
            one.before,
            one.after,
            one.rule,
            one.why,
        );
    }
}
