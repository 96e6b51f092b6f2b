//! Scenario files: what stands in them, and reading them.

mod expect;
mod fault;
mod outside;
mod span;
mod step;
mod text_or;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chrono::{DateTime, FixedOffset, LocalResult, NaiveDateTime, TimeZone as _};
use chrono_tz::Tz;
use ponte_connect::AiLine;
use ponte_model::Timestamp;
use serde::Deserialize;
use serde_json::{Map, Value};

pub(crate) use expect::{Cost, Expect, HandedTo, LogHas, Reply};
pub use fault::ScenarioError;
pub(crate) use outside::{HttpAnswer, HttpScript};
pub use span::Span;
pub(crate) use step::{Api, NumberDoes, PhoneDoes, Saying, StatusIs, Step, TeamDoes, WebhooksAre};
pub(crate) use text_or::{FromText, text_or};

/// Where a shop is that says nothing else.
const ZONE: Tz = Tz::America__Sao_Paulo;

/// A Tuesday morning, when shops are open.
const BEGINNING: &str = "2026-11-24T10:00:00-03:00";

/// A scenario file, as it was written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Document {
    name: Option<String>,
    flow: Option<String>,
    flows: Option<Vec<String>>,
    settings: Option<Map<String, Value>>,
    at: Option<String>,
    timezone: Option<String>,
    customer: Option<Person>,
    number: Option<NumberIs>,
    policy: Option<Value>,
    templates: Option<BTreeMap<String, String>>,
    rates: Option<PathBuf>,
    budget: Option<BudgetIs>,
    http: Option<HttpScript>,
    ai: Option<Vec<AiLine>>,
    #[serde(with = "serde_yaml_ng::with::singleton_map_recursive")]
    steps: Vec<Step>,
}

/// Who writes.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Person {
    pub(crate) name: Option<String>,
    pub(crate) phone: Option<String>,
    /// Told by the store with an order.
    pub(crate) language: Option<String>,
    #[serde(default)]
    pub(crate) tags: Vec<String>,
    /// Hides the phone: the business knows them by an id alone.
    pub(crate) username: Option<String>,
}

/// The business number.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub(crate) struct NumberIs {
    pub(crate) mode: Option<Mode>,
    pub(crate) profile: Option<String>,
    /// Messages a second, in and out.
    pub(crate) throughput: Option<u32>,
    pub(crate) daily_reach: Option<u32>,
    /// Texts that the phone's app sends by itself, as the operator set them.
    #[serde(default)]
    pub(crate) away_texts: Vec<String>,
    #[serde(default)]
    pub(crate) release_keywords: Vec<String>,
    pub(crate) release_after: Option<Span>,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Mode {
    Coexistence,
    Api,
    App,
}

/// What the shop may spend in a day.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct BudgetIs {
    pub(crate) currency: String,
    pub(crate) hard: String,
}

/// A scenario: who writes what when, and what must come of it.
#[derive(Clone, Debug)]
pub struct Scenario {
    pub(crate) name: String,
    pub(crate) path: PathBuf,
    pub(crate) flows: Vec<PathBuf>,
    pub(crate) settings: Map<String, Value>,
    pub(crate) at: Timestamp,
    pub(crate) zone: Tz,
    pub(crate) customer: Person,
    pub(crate) number: NumberIs,
    pub(crate) policy: Option<String>,
    pub(crate) templates: BTreeMap<String, String>,
    pub(crate) rates: Option<PathBuf>,
    pub(crate) budget: Option<BudgetIs>,
    /// What web services answer.
    pub(crate) http: HttpScript,
    /// What the model answers; without it the shop has none.
    pub(crate) ai: Option<Vec<AiLine>>,
    /// Steps with the lines they stand on, where those are known.
    pub(crate) steps: Vec<(Option<usize>, Step)>,
}

impl Scenario {
    /// Reads a scenario. Its flows are those that it names (a folder with a `flow.toml`, from the file's folder, the
    /// name of the package that it is in, or a name that a folder `flows` above it has); without a name it is the package above `scenarios/`.
    ///
    /// # Errors
    /// What is wrong with the file, where, and what would be right.
    pub fn read(path: impl AsRef<Path>) -> Result<Self, ScenarioError> {
        Self::read_with(path, &[])
    }

    /// The same, with these packages where the file names none.
    ///
    /// # Errors
    /// As [`Scenario::read`].
    pub fn read_with(path: impl AsRef<Path>, flows: &[PathBuf]) -> Result<Self, ScenarioError> {
        let path = path.as_ref();
        let text = std::fs::read_to_string(path).map_err(|error| ScenarioError::unreadable(path, &error))?;
        Self::parse(path, &text, flows)
    }

    /// Reads the text of a scenario that stands, or would stand, at `path`.
    ///
    /// # Errors
    /// As [`Scenario::read`].
    pub fn parse(path: impl AsRef<Path>, text: &str, flows: &[PathBuf]) -> Result<Self, ScenarioError> {
        let path = path.as_ref();
        let document: Document =
            serde_yaml_ng::from_str(text).map_err(|error| ScenarioError::malformed(path, &error))?;
        let wrong = |line: Option<usize>, what: String| ScenarioError::of(path, line, what);
        let at_key = |key: &str| fault::line_of_key(text, key);
        if document.steps.is_empty() {
            return Err(wrong(
                at_key("steps"),
                "there are no steps; write what the customer says, and what you expect".into(),
            ));
        }
        let settings = document.settings.unwrap_or_default();
        let named = document.timezone.as_deref().or_else(|| settings.get("timezone").and_then(Value::as_str));
        let zone = match named {
            Some(name) => name.parse::<Tz>().map_err(|_| {
                wrong(at_key("timezone"), format!("{name:?} is no time zone; write one such as America/Sao_Paulo"))
            })?,
            None => ZONE,
        };
        let at = document.at.as_deref().unwrap_or(BEGINNING);
        let at = moment(at, zone).map_err(|what| wrong(at_key("at"), what))?;
        let flows =
            packages(path, document.flow.into_iter().chain(document.flows.unwrap_or_default()).collect(), flows)
                .map_err(|what| wrong(at_key("flow").or(at_key("flows")), what))?;
        let policy = document.policy.map(|policy| toml_of(&policy)).transpose();
        let policy = policy.map_err(|what| wrong(at_key("policy"), what))?;
        let lines = fault::lines_of_steps(text);
        let known = lines.len() == document.steps.len();
        // A model that only a later step gives words to is there from the beginning.
        let later = document.steps.iter().any(|step| matches!(step, Step::Ai(_)));
        let ai = document.ai.or_else(|| later.then(Vec::new));
        let steps = document.steps.into_iter().enumerate();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let folder = path.parent().unwrap_or(Path::new("."));
        Ok(Self {
            name: document.name.unwrap_or(stem),
            path: path.to_owned(),
            flows,
            settings,
            at,
            zone,
            customer: document.customer.unwrap_or_default(),
            number: document.number.unwrap_or_default(),
            policy,
            templates: document.templates.unwrap_or_default(),
            rates: document.rates.map(|rates| folder.join(rates)),
            budget: document.budget,
            http: document.http.unwrap_or_default(),
            ai,
            steps: steps.map(|(index, step)| (known.then(|| lines[index]), step)).collect(),
        })
    }

    /// What it is called: the file's name, unless it says otherwise.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where it stands.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The packages that are at work in it.
    pub fn flows(&self) -> &[PathBuf] {
        &self.flows
    }
}

/// A moment: RFC 3339, or without an offset on the wall clock of the zone.
fn moment(text: &str, zone: Tz) -> Result<Timestamp, String> {
    if let Ok(at) = DateTime::<FixedOffset>::parse_from_rfc3339(text) {
        return Ok(at.to_utc().into());
    }
    let wall = ["%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]
        .into_iter()
        .find_map(|format| NaiveDateTime::parse_from_str(text, format).ok());
    let wall = wall.ok_or_else(|| {
        format!(
            "at: {text:?} is no moment; write 2026-11-23T22:10:00-03:00, or 2026-11-23T22:10 for the shop's wall clock"
        )
    })?;
    match zone.from_local_datetime(&wall) {
        LocalResult::Single(at) | LocalResult::Ambiguous(at, _) => Ok(at.to_utc().into()),
        LocalResult::None => Err(format!("at: there is no {text} in {zone}: the clocks skip it")),
    }
}

fn is_package(dir: &Path) -> bool {
    dir.join("flow.toml").is_file()
}

/// Whether the manifest of the package in a folder gives it this name.
fn is_called(dir: &Path, name: &str) -> bool {
    let manifest = std::fs::read_to_string(dir.join("flow.toml")).unwrap_or_default();
    let manifest: toml::Table = manifest.parse().unwrap_or_default();
    manifest.get("flow").and_then(|flow| flow.get("name")).and_then(toml::Value::as_str) == Some(name)
}

/// The folders of the packages that a file means.
fn packages(path: &Path, named: Vec<String>, otherwise: &[PathBuf]) -> Result<Vec<PathBuf>, String> {
    let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
    if named.is_empty() {
        if !otherwise.is_empty() {
            return Ok(otherwise.to_vec());
        }
        let above = folder.join("..");
        return match is_package(&above) {
            true => Ok(vec![tidy(&above)]),
            false => {
                Err("which flow is this about? Write `flow: ../path/to/package`, or put the file into the package's \
                          folder scenarios/"
                    .to_owned())
            }
        };
    }
    let find = |name: String| {
        let beside = folder.join(&name);
        let whole = std::path::absolute(&folder).unwrap_or(folder.clone());
        // An exported chat names flows as their manifests do, and is put into the package's scenarios/.
        let around = whole.ancestors().find(|dir| is_package(dir)).filter(|dir| is_called(dir, &name));
        let above = whole.ancestors().map(|dir| dir.join("flows").join(&name)).find(|dir| is_package(dir));
        let found = Some(beside).filter(|dir| is_package(dir)).or(around.map(Path::to_owned)).or(above);
        found.map(|dir| tidy(&dir)).ok_or_else(|| {
            format!(
                "there is no flow {name:?}: no {} and no flows/{name} above it has a flow.toml, and this file is in no \
                 package of that name",
                folder.join(&name).display()
            )
        })
    };
    named.into_iter().map(find).collect()
}

/// The same folder without `..`, where it exists.
fn tidy(dir: &Path) -> PathBuf {
    dir.canonicalize().unwrap_or_else(|_| dir.to_owned())
}

/// A policy: TOML in a text, or the same as YAML.
fn toml_of(policy: &Value) -> Result<String, String> {
    match policy {
        Value::String(text) => Ok(text.clone()),
        other => toml::to_string(other).map_err(|error| format!("policy: {error}")),
    }
}
