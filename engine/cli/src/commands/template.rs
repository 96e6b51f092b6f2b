//! `ponte template`: list templates, check them before Meta does, submit them.

use std::io::Read as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use ponte_clock::{Clock as _, SystemClock};
use ponte_model::template::{Definition, Registered};
use ponte_model::{Timestamp, WabaId};
use ponte_policy::template::{Finding, Severity, duplicates, lint};
use ponte_runtime::sync_templates;
use ponte_store::{InstallationRow, SqliteStore, Store, TemplateUseRow};
use ponte_whatsapp::template::definition;
use serde_json::{Value, json};

use crate::args::Template;
use crate::config::Config;
use crate::pipeline;

/// `config` is asked for only by what needs it.
pub(crate) async fn run(
    config: impl FnOnce() -> anyhow::Result<Config>,
    command: Template,
) -> anyhow::Result<ExitCode> {
    if let Template::Check { file, json } = command {
        return check(&file, json);
    }
    let config = config()?;
    let store = SqliteStore::attach(&config.data_dir).await?;
    let code = match command {
        Template::Sync => sync(&config, &store, None).await,
        Template::List { json } => list(&store, json).await,
        Template::Submit { file, waba } => submit(&config, &store, &file, waba.map(Into::into)).await,
        Template::Check { .. } => unreachable!("needs no store"),
    };
    store.close().await;
    code
}

async fn sync(config: &Config, store: &SqliteStore, only: Option<&WabaId>) -> anyhow::Result<ExitCode> {
    let tokens = pipeline::tokens(config, store).await?;
    let accounts = sync_templates(store, &pipeline::graph(config)?, &tokens, &SystemClock, only).await?;
    if accounts.is_empty() {
        bail!("no number has an account; `ponte number add ID --waba ID` says which it belongs to");
    }
    let mut code = ExitCode::SUCCESS;
    for account in accounts {
        match account.outcome {
            Ok(count) => {
                eprintln!("account {}: {count} templates; a running `ponte serve` notices within seconds", account.waba)
            }
            Err(why) => {
                eprintln!("ponte: account {}: {why}; what was known of its templates stays", account.waba);
                code = ExitCode::FAILURE;
            }
        }
    }
    Ok(code)
}

async fn known(store: &SqliteStore) -> anyhow::Result<Vec<Registered>> {
    Ok(store.templates(None).await?.into_iter().flat_map(|book| book.templates).collect())
}

/// A template that was not sent for so long is worth a thought: Meta archives what is idle. Ponte's own choice.
const IDLE: Duration = Duration::from_secs(90 * 24 * 3600);

/// The installations that bring a template, and how much it is used.
struct Use {
    flows: Vec<String>,
    sent: i64,
    last_at: Option<Timestamp>,
}

impl Use {
    fn of(template: &Registered, installed: &[InstallationRow], uses: &[TemplateUseRow]) -> Self {
        let name = &template.definition.name;
        let brings = |row: &&InstallationRow| {
            let templates = row.package.get("templates").and_then(Value::as_array).into_iter().flatten();
            templates.into_iter().any(|one| one["name"] == **name)
        };
        let used = uses.iter().find(|one| one.waba == template.waba && one.name == *name);
        Self {
            flows: installed.iter().filter(brings).map(|row| row.id.to_string()).collect(),
            sent: used.map_or(0, |one| one.sent),
            last_at: used.map(|one| one.last_at),
        }
    }

    /// What there is to say of it.
    fn note(&self, now: Timestamp) -> Option<String> {
        match self.last_at {
            Some(last) if now.since(last) >= IDLE => Some(format!("not sent since {last}: still needed?")),
            _ => None,
        }
    }
}

async fn list(store: &SqliteStore, as_json: bool) -> anyhow::Result<ExitCode> {
    let templates = known(store).await?;
    let (installed, uses) = (store.installations().await?, store.template_uses().await?);
    let usage = |template: &Registered| Use::of(template, &installed, &uses);
    if as_json {
        let all: Result<Vec<_>, _> = templates
            .iter()
            .map(|template| {
                let Use { flows, sent, last_at } = usage(template);
                let mut json = serde_json::to_value(template)?;
                json["flows"] = json!(flows);
                json["sent"] = json!(sent);
                json["last_sent_at"] = json!(last_at);
                Ok::<_, serde_json::Error>(json)
            })
            .collect();
        println!("{}", serde_json::to_string_pretty(&all?)?);
        return Ok(ExitCode::SUCCESS);
    }
    println!(
        "{:<32} {:<8} {:<16} {:<14} {:<8} {:<20} {:<20} {:>6} NOTE",
        "TEMPLATE", "LANGUAGE", "STATUS", "CATEGORY", "QUALITY", "ACCOUNT", "FLOWS", "SENT"
    );
    let now = SystemClock.now();
    for template in templates {
        let about = &template.definition;
        let usage = usage(&template);
        let notes: Vec<_> = [note(&template), usage.note(now).unwrap_or_default()].into_iter().collect();
        let notes: Vec<_> = notes.iter().filter(|note| !note.is_empty()).map(String::as_str).collect();
        println!(
            "{:<32} {:<8} {:<16} {:<14} {:<8} {:<20} {:<20} {:>6} {}",
            about.name,
            about.language,
            template.status,
            about.category,
            template.quality,
            template.waba.as_str(),
            if usage.flows.is_empty() { "-".to_owned() } else { usage.flows.join(",") },
            usage.sent,
            notes.join("; "),
        );
    }
    Ok(ExitCode::SUCCESS)
}

fn note(template: &Registered) -> String {
    let becomes = template.correct_category.as_ref().map(|to| format!("becomes {to}"));
    let was = template.previous_category.as_ref().map(|from| format!("was {from}"));
    [template.reason.clone(), becomes, was].into_iter().flatten().collect::<Vec<_>>().join("; ")
}

/// A template in Meta's own JSON, as read and as understood.
fn read(file: &Path) -> anyhow::Result<(Value, Definition)> {
    let mut text = String::new();
    if file == Path::new("-") {
        std::io::stdin().read_to_string(&mut text).context("cannot read standard input")?;
    } else {
        text = std::fs::read_to_string(file).with_context(|| format!("cannot read {}", file.display()))?;
    }
    let json: Value = serde_json::from_str(&text).with_context(|| format!("{} is not JSON", file.display()))?;
    let definition = definition(&json).map_err(|why| anyhow!("{}: {why}", file.display()))?;
    Ok((json, definition))
}

fn check(file: &Path, as_json: bool) -> anyhow::Result<ExitCode> {
    let (_, definition) = read(file)?;
    let findings = lint(&definition);
    if as_json {
        println!("{}", serde_json::to_string_pretty(&json!({ "findings": findings }))?);
    } else {
        findings.iter().for_each(|finding| println!("{}", line(finding)));
    }
    let errors = errors(&findings);
    let advice = findings.len() - errors;
    eprintln!("{} ({}): {errors} errors, {advice} pieces of advice", definition.name, definition.language);
    Ok(if errors == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

fn errors(findings: &[Finding]) -> usize {
    findings.iter().filter(|finding| finding.severity == Severity::Error).count()
}

fn line(finding: &Finding) -> String {
    let word = match finding.severity {
        Severity::Error => "error",
        Severity::Advice => "advice",
    };
    format!("{word}[{}] {} {}", finding.rule, finding.at, finding.why)
}

async fn submit(config: &Config, store: &SqliteStore, file: &Path, waba: Option<WabaId>) -> anyhow::Result<ExitCode> {
    let (json, definition) = read(file)?;
    let waba = account(store, waba).await?;
    let known = known(store).await?;
    let mut findings = lint(&definition);
    findings.extend(duplicates(&definition, known.iter().filter(|template| template.waba == waba)));
    findings.iter().for_each(|finding| eprintln!("{}", line(finding)));
    if errors(&findings) > 0 {
        bail!("Meta would reject {}; nothing was submitted", definition.name);
    }
    let tokens = pipeline::tokens(config, store).await?;
    let numbers = store.numbers().await?;
    let mut ours = numbers.iter().filter(|number| number.waba_id.as_ref() == Some(&waba));
    let token = ours
        .find_map(|number| tokens.of(&number.id))
        .with_context(|| format!("no number of account {waba} has an access token; set PONTE_ACCESS_TOKEN"))?;
    let submitted = pipeline::graph(config)?.create_template(&waba, token, &json).await?;
    eprintln!(
        "{} ({}) is submitted: {}, {}",
        definition.name, definition.language, submitted.status, submitted.category
    );
    if submitted.category != definition.category {
        eprintln!(
            "Meta made it {} where you asked for {}: its price is that of the former",
            submitted.category, definition.category
        );
    }
    // So that what is sent meanwhile is refused with the right words.
    sync(config, store, Some(&waba)).await
}

/// The account to submit to: the one that is named, or the only one there is.
async fn account(store: &SqliteStore, named: Option<WabaId>) -> anyhow::Result<WabaId> {
    let mut accounts: Vec<_> = store.numbers().await?.into_iter().filter_map(|number| number.waba_id).collect();
    accounts.sort();
    accounts.dedup();
    match (named, accounts.as_slice()) {
        (Some(named), all) if all.contains(&named) => Ok(named),
        (Some(named), _) => bail!("no number belongs to account {named}; `ponte number list --json` shows accounts"),
        (None, [only]) => Ok(only.clone()),
        (None, []) => bail!("no number has an account; `ponte number add ID --waba ID` says which it belongs to"),
        (None, several) => {
            let names: Vec<_> = several.iter().map(WabaId::as_str).collect();
            bail!("there are several accounts; say which with --waba: {}", names.join(", "))
        }
    }
}
