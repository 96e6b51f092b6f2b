//! `ponte money budget`.

use clap::{Args, Subcommand};
use ponte_model::{Budget, Currency, Money, Scope};
use ponte_store::{SqliteStore, Store as _};
use serde_json::json;

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Set what may be spent in a day; it begins anew at 00:00 in the account's zone.
    ///
    /// Passing the soft limit is logged. What would pass the hard limit is refused (`budget`); what costs nothing always
    /// leaves. A price that nobody knows, or that is in another currency, does not pass a hard limit either.
    Set {
        #[command(flatten)]
        owner: Owner,
        /// The account's currency, such as BRL.
        #[arg(long)]
        currency: String,
        /// Warn when the day has cost more than this, such as 5.00.
        #[arg(long, value_name = "AMOUNT", required_unless_present = "hard")]
        soft: Option<String>,
        /// Let nothing out that would pass this.
        #[arg(long, value_name = "AMOUNT")]
        hard: Option<String>,
    },
    /// List the budgets.
    List {
        /// As JSON, for scripts; amounts are millionths.
        #[arg(long)]
        json: bool,
    },
    /// Lift a budget.
    Remove {
        #[command(flatten)]
        owner: Owner,
    },
}

/// Whose money.
#[derive(Args, Debug)]
#[group(required = true, multiple = false)]
pub(crate) struct Owner {
    /// Of a business.
    #[arg(long, value_name = "ID")]
    tenant: Option<String>,
    /// Of a number (phone_number_id).
    #[arg(long, value_name = "ID")]
    number: Option<String>,
    /// Of an installed flow.
    #[arg(long, value_name = "NAME")]
    flow: Option<String>,
}

impl Owner {
    fn scope(self) -> anyhow::Result<Scope> {
        let tenant = self.tenant.map(|id| Scope::Tenant(id.into()));
        let number = self.number.map(|id| Scope::Number(id.into()));
        let flow = self.flow.map(|id| Scope::Flow(id.into()));
        tenant.or(number).or(flow).ok_or_else(|| anyhow::anyhow!("name a --tenant, a --number or a --flow"))
    }
}

/// An amount of an option.
fn amount(option: &str, text: Option<&str>) -> anyhow::Result<Option<i64>> {
    let micros = text.map(Money::parse_micros).transpose();
    micros.map_err(|why| anyhow::anyhow!("--{option}: {why}"))
}

/// Whether there is somebody by that name. A budget for nobody would never stop anything.
async fn known(store: &SqliteStore, scope: &Scope) -> anyhow::Result<bool> {
    Ok(match scope {
        Scope::Tenant(id) => store.numbers().await?.iter().any(|number| number.tenant == *id),
        Scope::Number(id) => store.numbers().await?.iter().any(|number| number.id == *id),
        Scope::Flow(id) => store.installations().await?.iter().any(|installed| installed.id == *id),
    })
}

pub(super) async fn run(store: &SqliteStore, command: Command) -> anyhow::Result<()> {
    match command {
        Command::Set { owner, currency, soft, hard } => {
            let scope = owner.scope()?;
            anyhow::ensure!(
                known(store, &scope).await?,
                "there is no {scope}; see `ponte number list`, `ponte flow list`"
            );
            let currency = Currency::parse(&currency)
                .ok_or_else(|| anyhow::anyhow!("--currency: {currency:?} is not three letters such as BRL"))?;
            let (soft, hard) = (amount("soft", soft.as_deref())?, amount("hard", hard.as_deref())?);
            if let (Some(soft), Some(hard)) = (soft, hard) {
                anyhow::ensure!(soft <= hard, "--soft: it warns before the hard limit, so it must not be above it");
            }
            store.put_budget(&scope, Some(&Budget { currency, soft, hard })).await?;
            eprintln!("the budget of {scope} is set; a running `ponte serve` notices within seconds");
        }
        Command::Remove { owner } => {
            let scope = owner.scope()?;
            let budgets = store.budgets().await?;
            anyhow::ensure!(budgets.iter().any(|(known, _)| *known == scope), "{scope} has no budget");
            store.put_budget(&scope, None).await?;
            eprintln!("the budget of {scope} is lifted");
        }
        Command::List { json } => list(&store.budgets().await?, json)?,
    }
    Ok(())
}

fn list(budgets: &[(Scope, Budget)], as_json: bool) -> anyhow::Result<()> {
    if as_json {
        let rows: Vec<_> = budgets.iter().map(|(scope, budget)| json!({ "of": scope, "a_day": budget })).collect();
        println!("{}", serde_json::to_string_pretty(&rows)?);
        return Ok(());
    }
    println!("{:<36} {:<8} {:>14} {:>14}", "OF", "CURRENCY", "SOFT", "HARD");
    for (scope, budget) in budgets {
        let limit = |micros: Option<i64>| micros.map_or_else(|| "-".to_owned(), Money::decimal);
        println!(
            "{:<36} {:<8} {:>14} {:>14}",
            scope.to_string(),
            budget.currency.as_str(),
            limit(budget.soft),
            limit(budget.hard)
        );
    }
    Ok(())
}
