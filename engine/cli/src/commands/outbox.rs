//! `ponte outbox`: what was sent, what waits, what was not let out.

use std::process::ExitCode;

use clap::Subcommand;
use ponte_model::NumberId;
use ponte_policy::pacing::Lane;
use ponte_store::{SendRow, SendState, SqliteStore, Store as _};
use serde_json::{Value, json};

use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum Outbox {
    /// List messages, newest first.
    List {
        /// Of this number only (phone_number_id).
        #[arg(long, value_name = "ID")]
        number: Option<String>,
        /// So many.
        #[arg(long, default_value_t = 50)]
        last: u32,
        /// Say why each is where it is.
        #[arg(long)]
        why: bool,
        /// As JSON, for scripts; always says why.
        #[arg(long)]
        json: bool,
    },
}

pub(crate) async fn run(config: &Config, command: Outbox) -> anyhow::Result<ExitCode> {
    let Outbox::List { number, last, why, json } = command;
    let store = SqliteStore::attach(&config.data_dir).await?;
    let rows = store.sends(number.map(NumberId::from).as_ref(), last).await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&rows.iter().map(as_value).collect::<Vec<_>>())?);
    } else {
        for row in &rows {
            println!("{:<20} {:<30} {}", row.number.as_str(), row.contact.as_str(), line(row, why));
        }
        eprintln!("{} messages", rows.len());
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}

/// A message as a line.
pub(crate) fn line(row: &SendRow, with_why: bool) -> String {
    let by = row.installation.as_ref().map_or("a person", |id| id.as_str());
    let line = format!("{:<24} {:<10} {:<9} by {by}", row.queued_at.to_string(), row.kind, row.state.to_string());
    if with_why { format!("{line}: {}", why(row)) } else { line }
}

/// A message for scripts.
pub(crate) fn as_value(row: &SendRow) -> Value {
    let mut value = json!(row);
    value["lane"] = Lane::at(row.lane).as_str().into();
    value["why"] = why(row).into();
    value
}

/// Why a message is where it is.
fn why(row: &SendRow) -> String {
    let plain = match row.state {
        SendState::Queued => "waits for its turn",
        SendState::Sending => "is on its way to Meta",
        SendState::InDoubt => "nobody knows whether it left; a status will tell",
        SendState::Accepted => "Meta took it; nothing is known of its delivery yet",
        SendState::Sent => "left Meta's servers",
        SendState::Failed => "was refused for good",
        SendState::Refused => "Ponte did not let it out",
        SendState::Expired => "did not leave in time",
        SendState::Delivered => "arrived on the customer's device",
        SendState::Read => "was read",
    };
    match (&row.reason, row.code) {
        (Some(reason), Some(code)) => format!("{reason} (Meta's error {code})"),
        (Some(reason), None) => reason.clone(),
        (None, Some(code)) => format!("{plain} (Meta's error {code})"),
        (None, None) => plain.to_owned(),
    }
}
