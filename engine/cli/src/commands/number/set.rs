//! `ponte number set`: change what is set for a number, and nothing else.

use anyhow::Context as _;
use clap::Args;
use ponte_model::{NumberId, Timestamp};
use ponte_policy::lifecycle::UNLIMITED_REACH;
use ponte_store::{SqliteStore, Store as _};

use super::unknown;

#[derive(Debug, Args)]
pub(crate) struct Set {
    /// Meta's phone_number_id.
    id: String,
    /// Messages a second, inbound and outbound added.
    #[arg(long, value_name = "N")]
    throughput: Option<u32>,
    /// To how many different people a day templates may go outside the window: the portfolio's messaging limit, as
    /// WhatsApp Manager shows it (250, 2000, 10000, 100000), or `unlimited`. It is set for all numbers of the tenant,
    /// which share it. The platform's webhooks change it too.
    #[arg(long, value_name = "PEOPLE")]
    daily_reach: Option<String>,
    /// The sector that answers on it, for routing rules; empty: none.
    #[arg(long, value_name = "NAME")]
    sector: Option<String>,
    /// The unit that it belongs to, for routing rules; empty: none.
    #[arg(long, value_name = "NAME")]
    unit: Option<String>,
}

pub(super) async fn set(store: &SqliteStore, set: Set, now: Timestamp) -> anyhow::Result<()> {
    let Set { id, throughput, daily_reach, sector, unit } = set;
    let id = NumberId::from(id);
    let numbers = store.numbers().await?;
    let mut row = numbers.iter().find(|row| row.id == id).cloned().with_context(|| unknown(&id))?;
    let reach = daily_reach.as_deref().map(people).transpose()?;
    anyhow::ensure!(throughput != Some(0), "--throughput: at least 1 message a second");
    anyhow::ensure!(
        throughput.is_some() || reach.is_some() || sector.is_some() || unit.is_some(),
        "nothing to set: name at least one of --throughput, --daily-reach, --sector, --unit"
    );
    row.config.throughput = throughput.unwrap_or(row.config.throughput);
    let name = |name: String| (!name.is_empty()).then_some(name);
    if let Some(sector) = sector {
        row.config.sector = name(sector);
    }
    if let Some(unit) = unit {
        row.config.unit = name(unit);
    }
    if throughput.is_some() || reach.is_some() {
        row.config.limits_since = Some(now);
    }
    row.config.daily_reach = reach.or(row.config.daily_reach);
    store.put_number(&row, now).await?;
    if reach.is_some() {
        for mut other in numbers.into_iter().filter(|other| other.tenant == row.tenant && other.id != id) {
            other.config.daily_reach = reach;
            other.config.limits_since = Some(now);
            store.put_number(&other, now).await?;
        }
    }
    eprintln!("number {id} is changed; a running `ponte serve` notices within seconds");
    Ok(())
}

fn people(words: &str) -> anyhow::Result<u32> {
    if words == "unlimited" {
        return Ok(UNLIMITED_REACH);
    }
    let people = words.parse().ok().filter(|people| *people > 0);
    people
        .with_context(|| format!("--daily-reach: {words:?} is neither a number of people such as 2000 nor `unlimited`"))
}
