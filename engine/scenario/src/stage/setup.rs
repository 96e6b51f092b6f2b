//! Setting a stage.

use std::path::{Path, PathBuf};

use chrono_tz::Tz;
use ponte_clock::{ShiftedClock, VirtualClock};
use ponte_connect::AiLine;
use ponte_model::{Budget, Currency, Money, Phone, Scope, Timestamp};
use ponte_policy::RoutingPolicy;
use ponte_policy::money::RateBook;
use ponte_runtime::{InstallError, InstallRequest, RuntimeSettings, install};
use ponte_simulator::{Config, NumberSetup, Simulator, Waba};
use ponte_store::{Billing, Finish, NumberConfig, NumberMode, NumberRow, SqliteStore, Store as _, TagWrite};
use serde_json::{Map, Value};

use super::outside::{Script, make_up_secrets};
use super::{
    BUSINESS, CUSTOMER, NUMBER, PATIENCE, SECRET, Say as _, Stage, StageClock, StageError, TENANT, TOKEN, VERIFY, WABA,
    Workshop, settings, start, store,
};
use crate::document::{BudgetIs, HttpScript, Mode, NumberIs, Person, Scenario};

/// Messages a second on coexistence, as Meta's page says. (Meta: throughput.)
const THROUGHPUT: u32 = 20;

/// What a stage is made of.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The packages at work.
    pub flows: Vec<PathBuf>,
    /// When it begins.
    pub at: Timestamp,
    /// The shop's wall clock.
    pub zone: Tz,
    /// Whether time goes on by itself.
    pub running: bool,
    /// Where data is kept; thrown away with the stage where nothing is said.
    pub data_dir: Option<PathBuf>,
    pub(crate) settings: Map<String, Value>,
    pub(crate) customer: Person,
    pub(crate) number: NumberIs,
    pub(crate) policy: Option<String>,
    pub(crate) templates: std::collections::BTreeMap<String, String>,
    pub(crate) rates: Option<PathBuf>,
    pub(crate) budget: Option<BudgetIs>,
    pub(crate) http: HttpScript,
    pub(crate) ai: Option<Vec<AiLine>>,
}

impl Setup {
    /// A shop with these flows, and nothing special about it.
    pub fn new(flows: Vec<PathBuf>, at: Timestamp, zone: Tz) -> Self {
        Self {
            flows,
            at,
            zone,
            running: false,
            data_dir: None,
            settings: Map::new(),
            customer: Person { name: Some("Ana".to_owned()), ..Person::default() },
            number: NumberIs::default(),
            policy: None,
            templates: Default::default(),
            rates: None,
            budget: None,
            http: Default::default(),
            ai: None,
        }
    }

    /// What a scenario asks for.
    pub(crate) fn of(scenario: &Scenario) -> Self {
        let mut customer = scenario.customer.clone();
        customer.name.get_or_insert_with(|| "Ana".to_owned());
        Self {
            settings: scenario.settings.clone(),
            customer,
            number: scenario.number.clone(),
            policy: scenario.policy.clone(),
            templates: scenario.templates.clone(),
            rates: scenario.rates.clone(),
            budget: scenario.budget.clone(),
            http: scenario.http.clone(),
            ai: scenario.ai.clone(),
            ..Self::new(scenario.flows.clone(), scenario.at, scenario.zone)
        }
    }

    fn number_row(&self) -> NumberRow {
        let spec = &self.number;
        let mode = match spec.mode.unwrap_or(Mode::Coexistence) {
            Mode::Coexistence => NumberMode::Coexistence,
            Mode::Api => NumberMode::Api,
            Mode::App => NumberMode::App,
        };
        let mut config = NumberConfig::new(mode, spec.throughput.unwrap_or(THROUGHPUT));
        config.daily_reach = spec.daily_reach;
        config.profile = spec.profile.clone().unwrap_or(config.profile);
        config.phone.away_texts.clone_from(&spec.away_texts);
        config.phone.release_keywords.clone_from(&spec.release_keywords);
        config.phone.release_after_minutes = spec.release_after.map(|span| (span.0.as_secs() / 60) as u32);
        config.billing = Billing { timezone: Some(self.zone.name().to_owned()), ..Billing::default() };
        NumberRow {
            id: NUMBER.into(),
            tenant: TENANT.into(),
            waba_id: Some(WABA.into()),
            display_phone: Some(BUSINESS.into()),
            config,
        }
    }
}

impl Stage {
    /// Sets a stage. Must be called, and used, within a Tokio runtime of one thread where its clock stands still: that is
    /// how it knows that all is done.
    ///
    /// # Errors
    /// What is wrong, and what to do.
    pub async fn set(workshop: &Workshop, setup: Setup) -> Result<Self, StageError> {
        let clock = match setup.running {
            true => StageClock::Running(ShiftedClock::starting_at(setup.at)),
            false => StageClock::Still(VirtualClock::at(setup.at)),
        };
        let scratch = setup.data_dir.is_none().then(scratch).transpose()?;
        let dir = match (&setup.data_dir, &scratch) {
            (Some(dir), _) => dir.clone(),
            (None, Some(scratch)) => scratch.path().to_owned(),
            (None, None) => unreachable!("there is a scratch directory where none is named"),
        };
        let keep = setup.data_dir.is_some();
        let throughput = setup.number.throughput.unwrap_or(THROUGHPUT);
        let number = match setup.number.mode {
            Some(Mode::Api) => NumberSetup::api_only(NUMBER, BUSINESS, TOKEN),
            _ => NumberSetup::coexistence(NUMBER, BUSINESS, TOKEN),
        };
        let waba = Waba::new(WABA).number(number.messages_per_second(throughput));
        let mut config = Config::new(SECRET, VERIFY).waba(waba);
        // Nobody waits a day for a review here: flows that bring templates go live within moments.
        config.approve_templates = true;
        let simulator = Simulator::inside(config, clock.shared()).say()?;
        for package in &setup.flows {
            for mut template in store::templates(package)? {
                if let Some(status) = setup.templates.get(&template.name) {
                    template.status.clone_from(status);
                }
                simulator.put_template(WABA, template);
            }
        }

        let shop = workshop.shop(&setup).await?;
        let (store, flows) = match keep {
            true => {
                let store = SqliteStore::open(&dir).await.say()?;
                let flows = furnish(workshop, &store, &setup, &dir).await?;
                (store, flows)
            }
            false => (SqliteStore::volatile(&dir, &shop.database).await.say()?, shop.flows.clone()),
        };

        let phone = setup.customer.phone.as_deref().unwrap_or(CUSTOMER);
        let phone = Phone::typed(phone, None).unwrap_or_else(|| phone.into());
        let customer = simulator.customer(phone.clone());
        customer.is_called(setup.customer.name.as_deref().unwrap_or("Ana"));
        if let Some(username) = &setup.customer.username {
            customer.goes_by_username(username);
        }
        if !setup.customer.tags.is_empty() {
            let contact = store.meet(&TENANT.into(), &phone, setup.at).await.say()?;
            let tag = |tag: &String| TagWrite { contact: contact.clone(), tag: tag.clone(), present: true };
            let tags = setup.customer.tags.iter().map(tag).collect();
            store.finish(Finish { tags, ..Finish::default() }).await.say()?;
        }

        make_up_secrets(&store, &dir, setup.at).await?;
        let outside = Script::default();
        outside.services(setup.http);
        let model = setup.ai.is_some();
        outside.model(setup.ai.unwrap_or_default());
        let mut runtime_settings = RuntimeSettings {
            default_tenant: TENANT.into(),
            patience: PATIENCE,
            outside: outside.settings(&dir, model),
            ..RuntimeSettings::default()
        };
        if let Some(path) = &setup.rates {
            let wrong = |why: String| StageError(format!("rates: {}: {why}", path.display()));
            let text = std::fs::read_to_string(path).map_err(|error| wrong(error.to_string()))?;
            runtime_settings.rates = RateBook::parse(&text).map_err(|error| wrong(error.to_string()))?.into();
        }
        let (runtime, app) = start(workshop, &simulator, &clock, runtime_settings.clone(), store.clone()).await?;
        runtime.sync_templates().await;
        Ok(Self {
            customer,
            phone: simulator.business_phone(NUMBER),
            clock,
            flows,
            simulator,
            person: setup.customer,
            packages: setup.flows,
            zone: setup.zone,
            workshop: workshop.clone(),
            runtime_settings,
            store,
            runtime,
            app,
            dir,
            outside,
            settings: setup.settings,
            keep,
            _scratch: scratch,
        })
    }
}

/// Registers the number, puts policy and budget into force, and installs the flows.
pub(super) async fn furnish(
    workshop: &Workshop,
    store: &SqliteStore,
    setup: &Setup,
    dir: &Path,
) -> Result<Vec<String>, StageError> {
    store.put_number(&setup.number_row(), setup.at).await.say()?;
    if let Some(toml) = &setup.policy {
        let policy = RoutingPolicy::from_toml(toml).map_err(|error| StageError(format!("policy: {error}")))?;
        store.put_policy(&TENANT.into(), &serde_json::to_value(policy).say()?, setup.at).await.say()?;
    }
    if let Some(budget) = &setup.budget {
        store.put_budget(&Scope::Tenant(TENANT.into()), Some(&parsed(budget)?)).await.say()?;
    }
    install_all(workshop, store, &setup.flows, &setup.settings, dir, setup.at).await
}

/// A folder that is thrown away, in memory where the machine has such a place.
pub(super) fn scratch() -> Result<tempfile::TempDir, StageError> {
    let memory = Path::new("/dev/shm");
    let dir = if memory.is_dir() { tempfile::tempdir_in(memory).ok() } else { None };
    dir.map_or_else(|| tempfile::tempdir().say(), Ok)
}

fn parsed(budget: &BudgetIs) -> Result<Budget, StageError> {
    let currency = Currency::parse(&budget.currency).ok_or_else(|| {
        StageError(format!("budget: {:?} is no currency; write three letters, such as BRL", budget.currency))
    })?;
    let hard = Money::parse_micros(&budget.hard).map_err(|why| StageError(format!("budget: {why}")))?;
    Ok(Budget { currency, soft: None, hard: Some(hard) })
}

/// Installs packages; all have the same priority, so that those for some people only are asked first.
pub(super) async fn install_all(
    workshop: &Workshop,
    store: &SqliteStore,
    packages: &[PathBuf],
    over: &Map<String, Value>,
    dir: &Path,
    now: Timestamp,
) -> Result<Vec<String>, StageError> {
    let mut names = Vec::new();
    for package in packages {
        let request = InstallRequest {
            settings: settings::file(package, over, packages.len() > 1, dir)?,
            numbers: vec![NUMBER.into()],
            tenant: TENANT.into(),
            name: None,
            priority: 0,
            package: package.clone(),
        };
        let row = install(store, &workshop.compiler, request, now).await.map_err(|error| refused(package, error))?;
        names.push(row.flow.into_string());
    }
    Ok(names)
}

/// Everything that is wrong with a package or its settings, a line each.
fn refused(package: &Path, error: InstallError) -> StageError {
    let lines = |problems: &[ponte_flow::Problem]| {
        problems.iter().map(|problem| format!("\n  {}", problem.one_line())).collect::<String>()
    };
    StageError(match error {
        InstallError::Package(error) => format!("{} cannot be installed:{}", package.display(), lines(&error.problems)),
        InstallError::Settings(error) => {
            format!("the settings do not fit {}:{}", package.display(), lines(&error.problems))
        }
        InstallError::Read { path, error } if path.ends_with("plugin.wasm") => {
            format!("cannot read {}: {error}; build the plugin first", path.display())
        }
        other => other.to_string(),
    })
}
