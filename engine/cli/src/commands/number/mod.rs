//! `ponte number`: register numbers, change them, list them, tell how they stand, pause them.

pub(crate) mod phone;
mod set;
mod show;

use std::process::ExitCode;

use anyhow::Context as _;
use ponte_clock::{Clock as _, SystemClock};
use ponte_model::{Currency, NumberId};
use ponte_policy::capabilities::{WITHOUT_API, WITHOUT_APP, changes};
use ponte_policy::lifecycle::{Command, Outcome};
use ponte_policy::mode::{Wanted, contradictions, doubts};
use ponte_policy::money::Zone;
use ponte_policy::profile::{PROFILES, Profile};
use ponte_policy::words::Language;
use ponte_runtime::{command_number, life_of};
use ponte_store::{Billing, NumberConfig, NumberMode, NumberRow, SqliteStore, Store};

use crate::args::{Number, Switch};
use crate::config::Config;
pub(crate) use set::Set;
use show::Report;

pub(crate) async fn run(config: &Config, command: Number) -> anyhow::Result<ExitCode> {
    let store = SqliteStore::attach(&config.data_dir).await?;
    let done = act(config, &store, command).await;
    store.close().await;
    done.map(|()| ExitCode::SUCCESS)
}

async fn act(config: &Config, store: &SqliteStore, command: Number) -> anyhow::Result<()> {
    let now = SystemClock.now();
    let environment = |name: &str| std::env::var(name).ok();
    match command {
        Number::Add {
            id,
            waba,
            phone,
            mode,
            throughput,
            profile,
            echo_blind_minutes,
            sector,
            unit,
            currency,
            timezone,
            tenant,
        } => {
            let known = || PROFILES.iter().map(|profile| profile.name).collect::<Vec<_>>().join(", ");
            let found = Profile::named(&profile);
            let found = found.with_context(|| format!("--profile: {profile:?} is none of {}", known()))?;
            fits(&Wanted {
                mode: mode.into(),
                throughput,
                waits_for_phone: echo_blind_minutes.is_some(),
                echo_blind: found.is_echo_blind(),
            })?;
            let currency = currency
                .map(|text| {
                    Currency::parse(&text)
                        .with_context(|| format!("--currency: {text:?} is not three letters such as BRL"))
                })
                .transpose()?;
            if let Some(Err(why)) = timezone.as_deref().map(Zone::parse) {
                anyhow::bail!("--timezone: {why}");
            }
            let billing = Billing { currency, timezone };
            let digits = |text: String| text.chars().filter(char::is_ascii_digit).collect::<String>();
            let id = NumberId::from(id);
            // What the platform told of its limits, or `number set` and `number phone` said, is not taken back by
            // registering it anew.
            let before = store.numbers().await?.into_iter().find(|row| row.id == id).map(|row| row.config);
            let row = NumberRow {
                id,
                tenant: tenant.into(),
                waba_id: waba.map(Into::into),
                display_phone: phone.map(digits).map(Into::into),
                config: NumberConfig {
                    profile,
                    echo_blind_minutes,
                    sector,
                    unit,
                    billing,
                    phone: before.as_ref().map(|before| before.phone.clone()).unwrap_or_default(),
                    daily_reach: before.as_ref().and_then(|before| before.daily_reach),
                    limits_since: before.and_then(|before| before.limits_since),
                    ..NumberConfig::new(mode.into(), throughput)
                },
            };
            store.put_number(&row, now).await?;
            eprintln!("number {} is registered; a running `ponte serve` notices within seconds", row.id);
            if config.token_of(&row.id, &environment)?.is_none() {
                eprintln!(
                    "it has no access token yet: set PONTE_ACCESS_TOKEN_{0} or PONTE_ACCESS_TOKEN, and start `ponte serve` again",
                    row.id
                );
            }
        }
        Number::Set(change) => set::set(store, change, now).await?,
        Number::List { json } => list(store, json).await?,
        Number::Show { id, json, language } => {
            let id = NumberId::from(id);
            let number = store.numbers().await?.into_iter().find(|number| number.id == id);
            let life = store.lives().await?.into_iter().find(|row| row.number == id);
            let (number, life) = number.zip(life).with_context(|| unknown(&id))?;
            let has_token = config.token_of(&id, &environment)?.is_some();
            let report = Report::of(number, &life, has_token, now, language.into())?;
            if json {
                println!("{}", serde_json::to_string_pretty(&report)?);
            } else {
                report.print();
            }
        }
        Number::Changes { id, json, language } => {
            let id = NumberId::from(id);
            let number = store.numbers().await?.into_iter().find(|number| number.id == id);
            tell_changes(&number.with_context(|| unknown(&id))?, json, language.into())?;
        }
        Number::Phone(phone) => phone.run(store, now).await?,
        Number::Pause { id, why } => tell(store, id, Command::Pause { why }, "is paused: its messages wait").await?,
        Number::Resume { id } => tell(store, id, Command::Resume, "is not paused").await?,
        Number::AppOnly { id, switch: Switch::On } => {
            tell(store, id, Command::AppOnly(true), "is left to the phone").await?;
        }
        Number::AppOnly { id, switch: Switch::Off } => {
            tell(store, id, Command::AppOnly(false), "is open to flows").await?;
        }
    }
    Ok(())
}

/// Refuses what contradicts itself, and says what the platform would doubt.
fn fits(wanted: &Wanted) -> anyhow::Result<()> {
    let wrong = contradictions(wanted);
    anyhow::ensure!(wrong.is_empty(), "{}", wrong.join("\n"));
    if let Some(doubt) = doubts(wanted) {
        eprintln!("{doubt}");
    }
    Ok(())
}

/// What changes for the people at the phone.
fn tell_changes(number: &NumberRow, json: bool, language: Language) -> anyhow::Result<()> {
    match number.config.mode {
        NumberMode::Api => println!("{}", WITHOUT_APP.in_language(language)),
        NumberMode::App => println!("{}", WITHOUT_API.in_language(language)),
        NumberMode::Coexistence => {
            let page = changes(Profile::or_careful(&number.config.profile), language);
            match json {
                true => println!("{}", serde_json::to_string_pretty(&page)?),
                false => print!("{page}"),
            }
        }
    }
    Ok(())
}

fn unknown(id: &NumberId) -> String {
    format!("number {id} is not registered: `ponte number list` names those that are, `ponte number add {id}` adds it")
}

/// Gives a command, and says what came of it.
async fn tell(store: &SqliteStore, id: String, command: Command, so: &str) -> anyhow::Result<()> {
    let id = NumberId::from(id);
    let outcome = command_number(store, &id, &command, SystemClock.now()).await?.with_context(|| unknown(&id))?;
    match outcome {
        Outcome::Changed => eprintln!("number {id} {so}; a running `ponte serve` notices within seconds"),
        Outcome::Late => anyhow::bail!("number {id} was given a later command already: is this machine's clock right?"),
        Outcome::Unchanged | Outcome::Irrelevant => eprintln!("number {id} {so} already"),
    }
    Ok(())
}

async fn list(store: &SqliteStore, json: bool) -> anyhow::Result<()> {
    let numbers = store.numbers().await?;
    if json {
        println!("{}", serde_json::to_string_pretty(&numbers)?);
        return Ok(());
    }
    let now = SystemClock.now();
    let lives = store.lives().await?;
    println!("{:<20} {:<12} {:<16} {:>6}  {:<12} STATE", "NUMBER", "MODE", "PHONE", "MSG/S", "TENANT");
    for number in numbers {
        let Some(row) = lives.iter().find(|row| row.number == number.id) else { continue };
        let life = life_of(row)?;
        let state = life.why_at(now).unwrap_or_else(|| "ready".to_owned());
        let app_only = if life.app_only.now { "; app only" } else { "" };
        let sign = show::phone_words(&number, row, now)?.map(|words| format!("; {words}")).unwrap_or_default();
        let phone = number.display_phone.as_ref().map_or("", |phone| phone.as_str());
        println!(
            "{:<20} {:<12} {:<16} {:>6}  {:<12} {state}{app_only}{sign}",
            number.id.as_str(),
            number.config.mode.as_str(),
            phone,
            number.config.throughput,
            number.tenant.as_str(),
        );
    }
    Ok(())
}
