//! `ponte money`: what was spent, what a message would cost, and what may be spent.

mod budget;
mod estimate;
mod report;

use std::process::ExitCode;

use clap::Subcommand;
use ponte_store::{SqliteStore, Store as _};

use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// What the messages of a month cost, what was free and why, and what the phone could have said for nothing.
    ///
    /// Counts what left over the API and stands in the ledger; what is written in the app costs nothing and is not in it.
    /// Days and months are those of each account's zone.
    ///
    /// PHONE counts charged service messages that were followed by one from the phone within --within minutes, or that
    /// left while the phone held the conversation: somebody was at the phone, and there the same words are free. It is an
    /// upper bound: nobody knows whether that person would have written them; and the app's own greeting and away
    /// messages look like a person's.
    Report(report::Options),
    /// What a message would cost, and why.
    Estimate(estimate::Options),
    /// What may be spent in a day, by tenant, number or flow.
    #[command(subcommand)]
    Budget(budget::Command),
}

pub(crate) async fn run(config: &Config, command: Command) -> anyhow::Result<ExitCode> {
    let store = SqliteStore::attach(&config.data_dir).await?;
    match command {
        Command::Report(options) => report::run(&store, &options).await?,
        Command::Estimate(options) => estimate::run(config, &store, options).await?,
        Command::Budget(command) => budget::run(&store, command).await?,
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}
