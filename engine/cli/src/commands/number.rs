//! `ponte number`: register numbers, list them.

use std::process::ExitCode;

use ponte_clock::{Clock as _, SystemClock};
use ponte_model::Currency;
use ponte_policy::money::Zone;
use ponte_store::{Billing, NumberConfig, NumberRow, SqliteStore, Store as _};

use crate::args::Number;
use crate::config::Config;

pub(crate) async fn run(config: &Config, command: Number) -> anyhow::Result<ExitCode> {
    let store = SqliteStore::attach(&config.data_dir).await?;
    match command {
        Number::Add { id, waba, phone, mode, throughput, currency, timezone, tenant } => {
            anyhow::ensure!(throughput > 0, "--throughput: at least 1 message a second");
            let currency = currency
                .map(|text| {
                    Currency::parse(&text)
                        .ok_or_else(|| anyhow::anyhow!("--currency: {text:?} is not three letters such as BRL"))
                })
                .transpose()?;
            if let Some(Err(why)) = timezone.as_deref().map(Zone::parse) {
                anyhow::bail!("--timezone: {why}");
            }
            let billing = Billing { currency, timezone };
            let digits = |text: String| text.chars().filter(char::is_ascii_digit).collect::<String>();
            let row = NumberRow {
                id: id.into(),
                tenant: tenant.into(),
                waba_id: waba.map(Into::into),
                display_phone: phone.map(digits).map(Into::into),
                config: NumberConfig { mode: mode.into(), throughput, suspended: None, billing },
            };
            store.put_number(&row, SystemClock.now()).await?;
            eprintln!("number {} is registered; a running `ponte serve` notices within seconds", row.id);
            let environment = |name: &str| std::env::var(name).ok();
            if config.token_of(&row.id, &environment)?.is_none() {
                eprintln!(
                    "it has no access token yet: set PONTE_ACCESS_TOKEN_{0} or PONTE_ACCESS_TOKEN, and start `ponte serve` again",
                    row.id
                );
            }
        }
        Number::List { json } => {
            let numbers = store.numbers().await?;
            if json {
                println!("{}", serde_json::to_string_pretty(&numbers)?);
            } else {
                println!("{:<20} {:<12} {:<16} {:>6}  {:<12} STATE", "NUMBER", "MODE", "PHONE", "MSG/S", "TENANT");
                for number in numbers {
                    let phone = number.display_phone.map(|phone| phone.into_string()).unwrap_or_default();
                    let state = number.config.suspended.unwrap_or_else(|| "ready".to_owned());
                    println!(
                        "{:<20} {:<12} {:<16} {:>6}  {:<12} {state}",
                        number.id.as_str(),
                        number.config.mode.as_str(),
                        phone,
                        number.config.throughput,
                        number.tenant.as_str(),
                    );
                }
            }
        }
    }
    store.close().await;
    Ok(ExitCode::SUCCESS)
}
