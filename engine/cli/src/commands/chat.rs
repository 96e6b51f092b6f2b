//! `ponte chat`: conversations as scenarios.

use std::process::ExitCode;

use anyhow::Context as _;
use clap::Subcommand;
use ponte_model::ConversationId;
use ponte_scenario::{ExportOptions, export};
use ponte_store::{SqliteStore, Store};

use super::people;
use crate::config::Config;

#[derive(Debug, Subcommand)]
pub(crate) enum Chat {
    /// Write a stored conversation as a scenario, with personal data masked: `ponte chat export … > scenario.yaml`.
    ///
    /// Names, phones, e-mails and numbers of documents become others of the same shape, and so does every word that people
    /// wrote, unless the flows' own settings or texts have it. Times stay relative, what flows said becomes what is
    /// expected. Read it before you give it away: no machine knows all that may tell of a person.
    Export {
        /// NUMBER/CONTACT: the business number (phone_number_id), and the customer by phone number or Ponte's id.
        conversation: String,
        /// Keep what people wrote; names, phones, e-mails and long numbers are masked all the same.
        #[arg(long)]
        keep_text: bool,
    },
}

pub(crate) async fn run(config: &Config, command: Chat) -> anyhow::Result<ExitCode> {
    let store = SqliteStore::attach(&config.data_dir).await?;
    let Chat::Export { conversation, keep_text } = command;
    let done = write(&store, &conversation, ExportOptions { keep_text }).await;
    store.close().await;
    print!("{}", done?);
    Ok(ExitCode::SUCCESS)
}

async fn write(store: &dyn Store, named: &str, options: ExportOptions) -> anyhow::Result<String> {
    let (number, contact) = named.split_once('/').with_context(|| {
        format!("{named:?} is no conversation; write NUMBER/CONTACT, such as 106540352242922/+5511987654321")
    })?;
    let tenant = people::number(store, &number.into()).await?.tenant;
    let (_, found) = people::contact(store, &tenant, contact).await?;
    let contact = found.with_context(|| format!("nothing was ever heard of {contact}"))?;
    let id = ConversationId { number: number.into(), contact };
    Ok(export(store, &id, options).await?)
}
