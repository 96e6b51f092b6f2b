//! The edge cases that every flow must survive, whatever it says: things happen around it, and what must never happen is
//! looked for.

mod survived;

use std::path::{Path, PathBuf};
use std::sync::{Arc, LazyLock};
use std::time::Duration;

use ponte_clock::Stopwatch;
use ponte_runtime::open_package;
use serde::Deserialize;

use crate::document::{BudgetIs, NumberIs, Person, Scenario, Span, Step};
use crate::play::{self, Played};
use crate::report::{Broken, MISSED, Miss, Report};
use crate::runner::Runner;
use crate::stage::{Setup, Stage, StageError, Workshop};

/// A case, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Document {
    name: String,
    about: String,
    at: Option<String>,
    /// So many messages to the customers at most; one for each of theirs unless given.
    most: Option<usize>,
    /// The owner wrote in the middle of something, or unheard: what left then is no fault.
    #[serde(default)]
    race: bool,
    /// What left may stay in doubt.
    #[serde(default)]
    in_doubt: bool,
    customer: Option<Person>,
    number: Option<NumberIs>,
    budget: Option<BudgetIs>,
    #[serde(with = "serde_yaml_ng::with::singleton_map_recursive")]
    steps: Vec<Step>,
}

static CASES: LazyLock<Vec<Arc<Document>>> = LazyLock::new(|| {
    let cases: Vec<Document> = serde_yaml_ng::from_str(include_str!("cases.yaml")).expect("the cases are well formed");
    cases.into_iter().map(Arc::new).collect()
});

/// Shops are open then, in most settings;
const BY_DAY: &str = "2026-11-24T10:00:00-03:00";
/// and closed then.
const BY_NIGHT: &str = "2026-11-23T22:10:00-03:00";

/// So much time passes at the end, in which everything that waits must come to its end.
const AFTERWARDS: Duration = Duration::from_secs(2 * 24 * 3600);

/// All cases for a package.
#[derive(Clone, Debug)]
pub struct Suite {
    about: Arc<About>,
}

/// What of a package decides how it is tried.
#[derive(Debug)]
struct About {
    package: PathBuf,
    orders: bool,
    /// The customer that it serves, where it serves some people only.
    phone: Option<String>,
    debounces: bool,
}

/// One case for a package.
#[derive(Clone, Debug)]
pub struct Case {
    about: Arc<About>,
    document: Arc<Document>,
    /// When it begins, in a word and as a moment.
    when: (&'static str, String),
}

impl Suite {
    /// The cases for the package in a folder.
    ///
    /// # Errors
    /// What is wrong with the package.
    pub fn of(package: &Path) -> Result<Self, StageError> {
        let opened = open_package(package).map_err(|error| {
            let lines: String = error.problems.iter().map(|problem| format!("\n  {}", problem.one_line())).collect();
            StageError(format!("{} is no package that could run:{lines}", package.display()))
        })?;
        let manifest = opened.manifest();
        let example = std::fs::read_to_string(package.join("settings.example.toml")).unwrap_or_default();
        let example: toml::Table = example.parse().unwrap_or_default();
        let listed = manifest.trigger.contacts.as_deref().and_then(|key| example.get(key)?.as_array()?.first());
        let about = About {
            package: package.to_owned(),
            orders: manifest.trigger.events.iter().any(|kind| matches!(kind, ponte_flow::TriggerEvent::Order)),
            phone: listed.and_then(toml::Value::as_str).map(str::to_owned),
            debounces: manifest.trigger.debounce.is_some(),
        };
        Ok(Self { about: Arc::new(about) })
    }

    /// Each case once by day and once by night, in order.
    pub fn cases(&self) -> Vec<Case> {
        let cases = CASES.iter().flat_map(|document| {
            let moments = match &document.at {
                Some(at) => vec![("", at.clone())],
                None => vec![("by day", BY_DAY.to_owned()), ("by night", BY_NIGHT.to_owned())],
            };
            moments.into_iter().map(|when| Case {
                about: Arc::clone(&self.about),
                document: Arc::clone(document),
                when,
            })
        });
        cases.collect()
    }
}

impl Case {
    /// What it is called, with the time of day.
    pub fn name(&self) -> String {
        match self.when.0 {
            "" => self.document.name.clone(),
            when => format!("{}, {when}", self.document.name),
        }
    }

    /// What happens in it, in a sentence.
    pub fn about(&self) -> &str {
        &self.document.about
    }

    /// As a scenario.
    fn scenario(&self) -> Result<Scenario, StageError> {
        let head = format!("at: {}\nsteps:\n  - restart\n", self.when.1);
        let flows = [self.about.package.clone()];
        let mut scenario =
            Scenario::parse(&self.about.package, &head, &flows).map_err(|error| StageError(error.to_string()))?;
        let document = &*self.document;
        scenario.name = self.name();
        scenario.customer = document.customer.clone().unwrap_or_default();
        if scenario.customer.username.is_none() {
            scenario.customer.phone.clone_from(&self.about.phone);
        }
        scenario.number = document.number.clone().unwrap_or_default();
        scenario.budget = document.budget.clone();
        let before = [Step::Order(serde_json::Map::new()), Step::Advance(Span(Duration::from_secs(120)))];
        let before = before.into_iter().filter(|_| self.about.orders && document.budget.is_none());
        scenario.steps = before.chain(document.steps.iter().cloned()).map(|step| (None, step)).collect();
        Ok(scenario)
    }
}

impl Runner {
    /// Puts a package through a case. Never fails: what went wrong is in the report.
    pub async fn survive(&self, case: &Case) -> Report {
        let (workshop, tried) = (self.workshop().clone(), case.clone());
        let done = self.on_a_thread(move || async move { whole(&workshop, &tried).await }).await;
        let (outcome, took) = match done {
            Ok((outcome, took)) => (outcome, took),
            Err(error) => (Err(error), Duration::ZERO),
        };
        let mut report = Report {
            name: case.name(),
            path: case.about.package.clone(),
            told: Vec::new(),
            met: 0,
            missed: Vec::new(),
            failed: Vec::new(),
            broken: None,
            took,
        };
        match outcome {
            Ok((played, wrong)) => {
                report.met = survived::COUNT - wrong.len().min(survived::COUNT);
                let chat: Vec<String> = played.told.iter().map(ToString::to_string).collect();
                let step = played.told.len();
                let miss = |(expected, came): (&str, String)| Miss {
                    step,
                    line: None,
                    expected: expected.to_owned(),
                    came,
                    rule: None,
                    failed: Vec::new(),
                    chat: chat.clone(),
                };
                report.missed = wrong.into_iter().map(miss).collect();
                (report.told, report.failed, report.broken) = (played.told, played.failed, played.broken);
            }
            Err(StageError(why)) => report.broken = Some(Broken { step: None, line: None, why, unread: false }),
        }
        report
    }
}

type Outcome = Result<(Played, Vec<survived::Wrong>), StageError>;

async fn whole(workshop: &Workshop, case: &Case) -> (Outcome, Duration) {
    let watch = Stopwatch::start();
    let outcome = async {
        let scenario = case.scenario()?;
        let mut stage = Stage::set(workshop, Setup::of(&scenario)).await?;
        let mut played = play::play(&mut stage, &scenario).await;
        let ended = async {
            if let Some(broken) = &played.broken {
                return Err(StageError(format!("step {}: {}", broken.step.unwrap_or_default(), broken.why)));
            }
            stage.pass(AFTERWARDS).await?;
            stage.rest().await?;
            survived::look(&stage, case).await
        };
        let wrong = ended.await;
        played.end(&stage);
        // Which runs may fail here is not said by expectations; it is looked for at the end.
        played.told.retain(|told| told.who != MISSED);
        stage.strike().await;
        Ok((played, wrong?))
    };
    (outcome.await, watch.elapsed())
}
