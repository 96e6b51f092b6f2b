//! `ponte doctor`: checks everything that can be checked without a message, and says what to do.

use std::collections::BTreeMap;
use std::process::ExitCode;

use ponte_clock::{Clock as _, SystemClock};
use ponte_model::Timestamp;
use ponte_policy::lifecycle::{Life, Sending};
use ponte_runtime::{check_settings, life_of};
use ponte_sandbox::{Sandbox, SandboxConfig};
use ponte_store::{InstallationState, NumberMode, NumberRow, SqliteStore, Store as _};
use ponte_whatsapp::graph::{GraphClient, GraphSettings};

use crate::config::Config;
use crate::pipeline;

/// Prints findings and counts those that are wrong.
#[derive(Default)]
struct Findings {
    wrong: u32,
}

impl Findings {
    fn good(&self, what: &str, detail: impl std::fmt::Display) {
        println!("  ✓ {what:<16} {detail}");
    }

    fn note(&self, what: &str, detail: impl std::fmt::Display) {
        println!("  · {what:<16} {detail}");
    }

    fn bad(&mut self, what: &str, detail: impl std::fmt::Display) {
        self.wrong += 1;
        println!("  ✗ {what:<16} {detail}");
    }
}

pub(crate) async fn run(config: anyhow::Result<Config>) -> anyhow::Result<ExitCode> {
    let mut findings = Findings::default();
    match config {
        Ok(config) => examine(&config, &mut findings).await?,
        Err(error) => findings.bad("configuration", format!("{error:#}")),
    }
    if findings.wrong == 0 {
        println!("\nall is well");
        Ok(ExitCode::SUCCESS)
    } else {
        println!("\n{} to be mended", findings.wrong);
        Ok(ExitCode::FAILURE)
    }
}

async fn examine(config: &Config, findings: &mut Findings) -> anyhow::Result<()> {
    println!("Configuration");
    findings.good("listen", config.listen);
    match &config.verify_token {
        Some(_) => findings.good("verify token", "set"),
        None => findings.bad("verify token", "missing: set PONTE_VERIFY_TOKEN or verify_token_file"),
    }
    match config.app_secrets.len() {
        0 => findings.bad("app secret", "missing: set PONTE_APP_SECRET or app_secret_files"),
        count => findings.good("app secret", format!("{count} set")),
    }
    findings.good("Graph API", format!("{} {}", config.graph_url, config.graph_version));
    match config.rates() {
        Ok(book) if book.is_example() => findings.note("rates", "examples, not Meta's: write your account's rate card"),
        Ok(book) if book.has_prices() => findings.good("rates", "set"),
        Ok(_) => findings.note("rates", "none: prices are unknown; set PONTE_RATES or [money] rates"),
        Err(error) => findings.bad("rates", format!("{error:#}")),
    }

    println!("Sandbox");
    match Sandbox::new(SandboxConfig::default()) {
        Ok(sandbox) => {
            let pool =
                if sandbox.is_pooled() { "pooled" } else { "on demand: address space is short, runs are slower" };
            findings.good("instances", pool);
            for knob in sandbox.inspect() {
                findings.note(knob.name, format!("{:<14} {}", knob.value, knob.reason));
            }
        }
        Err(error) => findings.bad("instances", error),
    }

    println!("Data");
    let store = match SqliteStore::attach(&config.data_dir).await {
        Ok(store) => store,
        Err(error) => {
            findings.bad("database", error);
            return Ok(());
        }
    };
    let backlog = store.backlog().await?;
    findings.good("database", config.data_dir.display());
    findings.note("waiting", format!("{} events, {} messages", backlog.inbox, backlog.queued));
    if backlog.in_doubt > 0 {
        findings.note("in doubt", format!("{} messages whose fate only a status can tell", backlog.in_doubt));
    }
    if backlog.parked > 0 {
        findings.bad("parked", format!("{} events were given up; the log says why", backlog.parked));
    }

    println!("Numbers");
    let numbers = store.numbers().await?;
    if numbers.is_empty() {
        findings.bad("numbers", "none: `ponte number add PHONE_NUMBER_ID` registers one");
    }
    let graph = GraphSettings {
        graph_url: config.graph_url.clone(),
        graph_version: config.graph_version.clone(),
        ..GraphSettings::default()
    };
    let graph = GraphClient::new(&graph)?;
    let lives = store.lives().await?;
    for number in &numbers {
        let life = lives.iter().find(|row| row.number == number.id).map(life_of).transpose()?.unwrap_or_default();
        examine_number(config, &graph, number, &life, findings).await?;
    }

    println!("Flows");
    let compiler = pipeline::compiler(&config.data_dir)?;
    let installations = store.installations().await?;
    if installations.is_empty() {
        findings.note("flows", "none: `ponte flow install flows/after-hours --settings FILE` installs one");
    }
    for row in installations {
        let name = row.id.as_str().to_owned();
        if let Some((pointer, why)) = check_settings(&row.settings).into_iter().next() {
            findings.bad(&name, format!("setting {pointer}: {why}"));
            continue;
        }
        match store.component(&row.digest).await? {
            None => findings.bad(&name, "its component is not in the database: install it again"),
            Some(component) => match compiler.compile(component).await {
                Ok(_) => {
                    let line = format!("{} {} ({})", row.flow, row.version, row.state.as_str());
                    match row.state {
                        InstallationState::Active => findings.good(&name, line),
                        _ => findings.note(&name, format!("{line}: `ponte flow show {name}` says why")),
                    }
                }
                Err(error) => findings.bad(&name, error),
            },
        }
    }
    println!("Notices");
    let notices = store.notices(Timestamp::from_millis(i64::MAX)).await?;
    let mut kinds = BTreeMap::new();
    for notice in &notices {
        *kinds.entry(notice.kind.as_str()).or_insert(0_u32) += 1;
    }
    match kinds.is_empty() {
        true => findings.good("notices", "none is open"),
        false => {
            let counts: Vec<_> = kinds.iter().map(|(kind, count)| format!("{count} {kind}")).collect();
            findings.note("notices", format!("{}: `ponte notices` tells", counts.join(", ")));
        }
    }
    findings.note("checked at", SystemClock.now());
    store.close().await;
    Ok(())
}

async fn examine_number(
    config: &Config,
    graph: &GraphClient,
    number: &NumberRow,
    life: &Life,
    findings: &mut Findings,
) -> anyhow::Result<()> {
    let name = number.id.as_str();
    match life.sending_at(SystemClock.now()) {
        Sending::Free => {}
        Sending::NoTemplates { why } => findings.bad(name, format!("no templates are sent: {why}")),
        Sending::Held { why, .. } => findings.bad(name, format!("nothing is sent: {why}")),
    }
    let environment = |name: &str| std::env::var(name).ok();
    let Some(token) = config.token_of(&number.id, &environment)? else {
        findings.bad(name, format!("no access token: set PONTE_ACCESS_TOKEN_{name} or PONTE_ACCESS_TOKEN"));
        return Ok(());
    };
    let info = match graph.get_number(&number.id, &token).await {
        Ok(info) => info,
        Err(error) => {
            findings.bad(name, format!("the Graph API does not answer for it: {error}"));
            return Ok(());
        }
    };
    let on_phone = info.is_on_biz_app.unwrap_or(false);
    let mode = number.config.mode;
    if on_phone != (mode == NumberMode::Coexistence) && mode != NumberMode::App {
        let lives = if on_phone { "on a phone too" } else { "on the API alone" };
        findings.bad(
            name,
            format!(
                "registered as {}, but Meta says that it lives {lives}: `ponte number add {name} --mode …`",
                mode.as_str()
            ),
        );
    } else {
        let quality = info.quality_rating.as_deref().unwrap_or("unknown");
        findings.good(
            name,
            format!("{}, quality {quality}, {} messages a second", mode.as_str(), number.config.throughput),
        );
    }
    Ok(())
}
