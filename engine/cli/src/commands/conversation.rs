//! `ponte conversation`: why did it (not) answer? And who shall.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::{Subcommand, ValueEnum};
use ponte_clock::{Clock as _, SystemClock};
use ponte_model::{Control, ControlOrder, ConversationId, HandOffTarget, NumberId, Timestamp};
use ponte_policy::{Echo, Facts};
use ponte_runtime::{Desk, imagined};
use ponte_store::{SqliteStore, Store};
use serde_json::json;

use super::timeline::{self, who, why};
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
    /// Give a conversation back: flows may answer again, whoever held it.
    ///
    /// Takes its turn among what happens in the conversation, and is recorded with who ordered it. What somebody writes on
    /// the phone afterwards takes it again.
    Release {
        /// The business number (phone_number_id).
        number: String,
        /// The customer: a phone number with country code, or Ponte's id of a contact.
        contact: String,
        /// Who orders it, for the record.
        #[arg(long, env = "USER", default_value = "operator")]
        by: String,
    },
    /// Take a conversation from the flows, as if somebody had answered.
    ///
    /// It is given back like any other: in time, or with `release`.
    Take {
        /// The business number (phone_number_id).
        number: String,
        /// The customer: a phone number with country code, or Ponte's id of a contact.
        contact: String,
        /// For whom.
        #[arg(long = "for", value_enum, default_value_t = People::Team)]
        people: People,
        /// Who orders it, for the record.
        #[arg(long, env = "USER", default_value = "operator")]
        by: String,
    },
}

/// People who can hold a conversation.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum People {
    /// The person on the phone.
    App,
    /// People on the API side.
    Team,
}

pub(crate) async fn run(config: &Config, command: Conversation) -> anyhow::Result<ExitCode> {
    let store = SqliteStore::attach(&config.data_dir).await?;
    let now = SystemClock.now();
    let done = match command {
        Conversation::Show { number, contact, last, json } => {
            show(&store, &number.into(), &contact, last, json, now).await
        }
        Conversation::Release { number, contact, by } => {
            let control = Control { order: ControlOrder::Release, by };
            order(&store, number.into(), &contact, control, now).await
        }
        Conversation::Take { number, contact, people, by } => {
            let target = match people {
                People::App => HandOffTarget::App,
                People::Team => HandOffTarget::Team,
            };
            order(&store, number.into(), &contact, Control { order: ControlOrder::Take(target), by }, now).await
        }
    };
    store.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn order(
    store: &dyn Store,
    number: NumberId,
    named: &str,
    control: Control,
    now: Timestamp,
) -> anyhow::Result<()> {
    let tenant = people::number(store, &number).await?.tenant;
    let (_, contact) = people::contact(store, &tenant, named).await?;
    let contact = contact.with_context(|| format!("nothing was ever heard of {named}"))?;
    let conversation = ConversationId { number, contact };
    store.put_control(&conversation, &control, now).await?;
    let what = match control.order {
        ControlOrder::Release => "is to be given back",
        ControlOrder::Take(HandOffTarget::App) => "is to be the phone's",
        ControlOrder::Take(HandOffTarget::Team) => "is to be the team's",
    };
    eprintln!("{conversation} {what}; a running `ponte serve` does it within seconds, else the next one at its start");
    Ok(())
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
    let decisions = store.decisions(&id, last).await?;
    let sends = store.conversation_sends(&id, last).await?;
    let desk = Desk::open(store, &tenant).await?;
    let release = desk.release_of(number);
    let ownership = facts.ownership_at(Echo { seq: row.echo_seq, at: row.echo_at }, now, &release);
    // Another app that has control keeps it, whatever the clock says.
    let free = (ownership.owner.is_person() && !facts.is_elsewhere()).then(|| release.free_at(ownership.since));
    let until = free.map(|(until, _)| until).or(ownership.until);
    let imagined = imagined(number.clone(), person, "", now);
    let next = desk.explain(store, None, &imagined, Some(&contact), now).await?;

    if as_json {
        let decisions: Vec<_> = decisions
            .iter()
            .map(|row| {
                json!({ "at": row.at, "kind": row.kind, "by": who(row), "state": row.state, "rule": row.decision,
                    "why": why(row) })
            })
            .collect();
        let sends: Vec<_> = sends.iter().map(outbox::as_value).collect();
        let all = json!({
            "number": number, "contact": contact, "tags": about.tags,
            "handed": facts.handed, "waiting": facts.burst,
            "owner": ownership.owner, "owner_until": until, "owner_since": ownership.since,
            "free_by": free.map(|(_, by)| by.words()), "held_by": ownership.holder, "held_version": ownership.version, "elsewhere": facts.is_elsewhere(),
            "away_text_at": facts.away_at, "routed_to": facts.routed,
            "loop_since": facts.turns.broken_at,
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
    match (free, &ownership.holder, ownership.until) {
        (Some((until, by)), ..) => {
            println!("owner         {} until {until}: flows are silent ({})", ownership.owner, by.words());
        }
        (None, Some(flow), Some(until)) => {
            let version = ownership.version.as_ref().map(|version| format!(" {}", version.version)).unwrap_or_default();
            println!("owner         flow {flow}{version} until {until}: others are not asked");
        }
        _ if facts.is_elsewhere() => println!("owner         another app has control of the thread: flows are silent"),
        _ => println!("owner         {}", ownership.owner),
    }
    if let Some(at) = facts.away_at {
        println!("away text     the app last sent its own at {at}");
    }
    if let Some(since) = facts.turns.broken_at {
        println!(
            "loop          since {since} a machine seems to answer: flows are silent until a person speaks or it pauses"
        );
    }
    if let Some(people) = facts.routed {
        println!("routed        the rules gave the last message to {people}: flows are silent");
    }
    if let Some(handed) = &facts.handed {
        println!("handed        to {} by {} at {}: {}", handed.to, handed.by, handed.at, handed.note);
    }
    if let Some(burst) = &facts.burst {
        let (lines, due) = (burst.lines.len(), burst.due);
        println!(
            "waiting       {lines} line(s) for {}, which answers at {due} if nothing more comes",
            burst.installation
        );
    }
    match facts.window_until {
        Some(until) if facts.window_open(now) => println!("window        open until {until}"),
        Some(until) => println!("window        closed since {until}: only templates may be sent"),
        None => println!("window        never opened: only templates may be sent"),
    }
    println!("if they write {}", route::sentence(&next));
    println!("\nwhat happened, newest first");
    for line in timeline::lines(&decisions, &sends) {
        println!("  {line}");
    }
    Ok(())
}
