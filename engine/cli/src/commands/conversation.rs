//! `ponte conversation show`: why did it (not) answer?

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use ponte_clock::{Clock as _, SystemClock};
use ponte_model::{ConversationId, NumberId, Timestamp};
use ponte_policy::{Echo, Facts, platform, sentence};
use ponte_runtime::{Desk, imagined};
use ponte_store::{DecisionRow, SqliteStore, Store};
use serde_json::json;

use super::{outbox, people, route};
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum Conversation {
    /// Say who speaks in a conversation and until when, what was decided lately, what was sent or not, and why.
    Show {
        /// The business number (phone_number_id).
        number: String,
        /// The customer: a phone number with country code, or Ponte's id of a contact.
        contact: String,
        /// So many of the last decisions and messages.
        #[arg(long, default_value_t = 8)]
        last: u32,
        /// As JSON, for scripts.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(config: &Config, command: Conversation) -> anyhow::Result<ExitCode> {
    let Conversation::Show { number, contact, last, json } = command;
    let store = SqliteStore::attach(&config.data_dir).await?;
    show(&store, &number.into(), &contact, last, json, SystemClock.now()).await?;
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

async fn show(
    store: &dyn Store,
    number: &NumberId,
    named: &str,
    last: u32,
    as_json: bool,
    now: Timestamp,
) -> anyhow::Result<()> {
    let tenant = people::number(store, number).await?.tenant;
    let (person, contact) = people::contact(store, &tenant, named).await?;
    let contact = contact.with_context(|| format!("nothing was ever heard of {named}"))?;
    let about = store.contact(&contact).await?.context("the contact is not stored any more")?;
    let id = ConversationId { number: number.clone(), contact: contact.clone() };
    let row = store.conversation(&id).await?;
    let facts: Facts = match row.facts {
        serde_json::Value::Null => Facts::default(),
        facts => serde_json::from_value(facts)?,
    };
    let ownership = facts.ownership_at(Echo { seq: row.echo_seq, at: row.echo_at }, now);
    let until = ownership.owner.is_person().then(|| ownership.since.plus(platform::RELEASE_AFTER));
    let decisions = store.decisions(&id, last).await?;
    let sends = store.conversation_sends(&id, last).await?;
    let desk = Desk::open(store, &tenant).await?;
    let imagined = imagined(number.clone(), person, "", now);
    let next = desk.explain(store, None, &imagined, Some(&contact), now).await?;

    if as_json {
        let decisions: Vec<_> = decisions
            .iter()
            .map(|row| json!({ "at": row.at, "kind": row.kind, "state": row.state, "rule": row.decision, "why": why(row) }))
            .collect();
        let sends: Vec<_> = sends.iter().map(outbox::as_value).collect();
        let all = json!({
            "number": number, "contact": contact, "tags": about.tags,
            "owner": ownership.owner, "owner_until": until, "routed_to": facts.routed, "loop_since": facts.turns.broken_at,
            "window_open": facts.window_open(now), "window_until": facts.window_until,
            "next": route::as_value(&next), "decisions": decisions, "sends": sends,
        });
        println!("{}", serde_json::to_string_pretty(&all)?);
        return Ok(());
    }
    let name = about.app_name.or(about.name).unwrap_or_default();
    let phone = about.phone.map(|phone| phone.into_string()).unwrap_or_default();
    println!("conversation  {number} with {name} {phone} ({contact})");
    if !about.tags.is_empty() {
        println!("tags          {}", about.tags.join(", "));
    }
    match until {
        Some(until) => println!("owner         {} until {until}: flows are silent", ownership.owner),
        None => println!("owner         {}", ownership.owner),
    }
    if let Some(since) = facts.turns.broken_at {
        println!(
            "loop          since {since} a machine seems to answer: flows are silent until a person speaks or it pauses"
        );
    }
    if let Some(people) = facts.routed {
        println!("routed        the rules gave the last message to {people}: flows are silent");
    }
    match facts.window_until {
        Some(until) if facts.window_open(now) => println!("window        open until {until}"),
        Some(until) => println!("window        closed since {until}: only templates may be sent"),
        None => println!("window        never opened: only templates may be sent"),
    }
    println!("if they write {}", route::sentence(&next));
    println!("\ndecided, newest first");
    for row in &decisions {
        let decision = row.decision.as_deref().unwrap_or(&row.state);
        println!("  {:<24} {:<9} → {decision}: {}", row.at.to_string(), row.kind, why(row));
    }
    println!("\nsent or not, newest first");
    for row in &sends {
        println!("  {}", outbox::line(row, true));
    }
    Ok(())
}

fn why(row: &DecisionRow) -> &str {
    row.why.as_deref().unwrap_or_else(|| row.decision.as_deref().map(sentence).unwrap_or_default())
}
