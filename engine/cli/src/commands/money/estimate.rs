//! `ponte money estimate`.

use clap::Args;
use ponte_clock::{Clock as _, SystemClock};
use ponte_model::{Money, NumberId, Timestamp};
use ponte_policy::money::{Category, Price, Question, Till, Zone, day_of};
use ponte_policy::pacing::{Plan, plan};
use ponte_policy::platform::DEFAULT_THROUGHPUT;
use ponte_store::{NumberRow, SqliteStore, Store as _};
use serde_json::json;

use crate::config::Config;

#[derive(Args, Debug)]
pub(crate) struct Options {
    /// The recipient's phone number with country code: it decides about the market.
    #[arg(long, value_name = "PHONE")]
    to: String,
    /// marketing, utility, authentication, authentication-international, or service (anything but a template).
    #[arg(long)]
    category: String,
    /// The number it leaves from: it decides about currency, zone, volume tier and allowance. Needed where several are
    /// registered.
    #[arg(long, value_name = "ID")]
    from: Option<String>,
    /// Whether the customer wrote within 24 hours. Service messages can only be sent then.
    #[arg(long)]
    window_open: bool,
    /// Whether the customer came by an ad and was answered within a day, three days ago at most.
    #[arg(long)]
    entry_point: bool,
    /// When it would leave, such as 2026-09-30T12:00:00Z; now, unless given.
    #[arg(long, value_name = "TIME")]
    at: Option<String>,
    /// To how many people, one message each: what all of them cost, and how long it takes at the number's throughput and
    /// its limit of people a day.
    #[arg(long, value_name = "COUNT", value_parser = clap::value_parser!(u64).range(1..))]
    people: Option<u64>,
    /// As JSON, for scripts; amounts are millionths.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: &Config, store: &SqliteStore, options: Options) -> anyhow::Result<()> {
    let book = config.rates()?;
    let category = Category::parse(&options.category).ok_or_else(|| {
        let known: Vec<_> = Category::ALL.iter().map(|category| category.as_str()).collect();
        anyhow::anyhow!("--category: {:?} is none of {}", options.category, known.join(", "))
    })?;
    let phone: String = options.to.chars().filter(char::is_ascii_digit).collect();
    anyhow::ensure!((5..=15).contains(&phone.len()), "--to: {:?} is no phone number with country code", options.to);
    let at = match &options.at {
        None => SystemClock.now(),
        Some(text) => serde_json::from_value::<Timestamp>(text.clone().into())
            .map_err(|error| anyhow::anyhow!("--at: {error}"))?,
    };
    let number = number(store.numbers().await?, options.from.map(Into::into))?;
    let billing = number.as_ref().map(|number| number.config.billing.clone()).unwrap_or_default();
    let zone = billing.timezone.as_deref().and_then(|name| Zone::parse(name).ok()).unwrap_or_default();
    let day = day_of(zone, at);
    let month = day.get(..7).unwrap_or(&day);
    let mut till = Till::default();
    for (line, times) in store.ledger(&format!("{month}-01")).await? {
        till.load(&line, times);
    }
    let account = number.as_ref().map(|number| number.waba_id.as_ref().map_or(number.id.as_str(), |id| id.as_str()));
    let question = Question {
        at,
        zone,
        currency: billing.currency,
        phone: Some(&phone),
        category: Some(category),
        window_open: options.window_open || category == Category::Service,
        entry_point: options.entry_point,
        by_app: false,
        covered: number.as_ref().map_or(0, |number| till.covered(&number.id, month)),
    };
    let charged = |market: &str, of| account.map_or(0, |account| till.charged(account, month, market, of));
    let estimate = book.estimate(&question, &charged);
    let plan = options.people.map(|people| {
        let config = number.as_ref().map(|number| &number.config);
        let throughput = config.map_or(DEFAULT_THROUGHPUT, |config| config.throughput);
        (people, throughput, plan(people, throughput, config.and_then(|config| config.daily_reach)))
    });
    let market = estimate.market.as_deref().unwrap_or("unknown");
    if options.json {
        let micros = match estimate.price {
            Price::Free(_) => Some(0),
            Price::Charged(Money { micros, .. }) => Some(micros),
            Price::Unknown(_) => None,
        };
        let mut told = json!({ "market": market, "category": category.as_str(), "day": day, "price_micros": micros,
            "currency": estimate.currency, "why": estimate.to_string(), "example": book.is_example() });
        if let Some((people, throughput, plan)) = plan {
            told["people"] = json!({ "count": people, "throughput": throughput, "seconds": plan.at_least.as_secs(),
                "days": plan.days, "total_micros": micros.and_then(|micros| micros.checked_mul(people.try_into().ok()?)) });
        }
        println!("{}", serde_json::to_string_pretty(&told)?);
    } else {
        println!("{category} to {market} on {day}: {estimate}");
        if let Some((people, throughput, plan)) = plan {
            println!("{}", words(people, throughput, plan, estimate.price, category));
        }
    }
    if book.is_example() {
        eprintln!("these are example rates, not Meta's");
    }
    Ok(())
}

/// What many people cost and take.
fn words(people: u64, throughput: u32, plan: Plan, price: Price, category: Category) -> String {
    let cost = match price {
        Price::Free(_) => "nothing".to_owned(),
        Price::Charged(Money { micros, currency }) => {
            let all = i64::try_from(people).ok().and_then(|people| micros.checked_mul(people));
            all.map_or_else(|| "too much to count".to_owned(), |micros| Money { micros, currency }.to_string())
        }
        Price::Unknown(_) => "an unknown sum".to_owned(),
    };
    let minutes = plan.at_least.as_secs().div_ceil(60);
    let mut words = format!("{people} people: {cost}; {minutes} min at least, at {throughput} messages a second");
    if category != Category::Service && plan.days > 1 {
        words += &format!(
            "; {} days for those who have not written within 24 hours, by the limit of people a day",
            plan.days
        );
    }
    words
}

/// The number that is asked for, or the only one.
fn number(mut numbers: Vec<NumberRow>, asked: Option<NumberId>) -> anyhow::Result<Option<NumberRow>> {
    match asked {
        Some(id) => numbers
            .into_iter()
            .find(|number| number.id == id)
            .map(Some)
            .ok_or_else(|| anyhow::anyhow!("--from: {id} is not registered; see `ponte number list`")),
        None if numbers.len() > 1 => anyhow::bail!("several numbers are registered: say which by --from"),
        None => Ok(numbers.pop()),
    }
}
