//! A simulated WhatsApp, a real pipeline, real HTTP between the two, and a clock that can be moved.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, FixedOffset, Offset as _};
use ponte_clock::{Clock as _, ShiftedClock};
use ponte_model::{ConversationId, NumberId, Phone, Timestamp};
use ponte_policy::{Facts, Handed};
use ponte_runtime::{InstallRequest, Runtime, RuntimeSettings, Tokens, WebhookSettings, hooks, router};
use ponte_simulator::{BusinessPhone, Config as SimulatorConfig, Customer, NumberSetup, Simulator, Waba};
use ponte_store::{DecisionRow, NumberConfig, NumberMode, NumberRow, SqliteStore, Store as _};
use ponte_whatsapp::webhook::Signatures;
use tokio::net::TcpListener;

use super::store::{self, Store};
use crate::commands::flow::install;
use crate::config::Config;
use crate::pipeline;

const NUMBER: &str = "106540352242922";
const WABA: &str = "102290129340398";
const BUSINESS: &str = "5511955550100";
const CUSTOMER: &str = "5511987654321";
const SECRET: &str = "demo-app-secret";
const VERIFY: &str = "demo-verify-token";
const TOKEN: &str = "demo-access-token";

/// So long a reply may take, in real time, before it counts as none.
const PATIENCE: Duration = Duration::from_secs(20);

/// How often it is looked whether everything has come to rest.
const LOOK: Duration = Duration::from_millis(10);

pub(super) struct Stage {
    /// Stops when the stage goes.
    simulator: Simulator,
    pub(super) customer: Customer,
    pub(super) phone: BusinessPhone,
    pub(super) clock: ShiftedClock,
    pub(super) flows: Vec<String>,
    store: Store,
    zone: FixedOffset,
    runtime: Runtime,
    /// Thrown away with the stage.
    _scratch: Option<tempfile::TempDir>,
}

impl Stage {
    pub(super) async fn set(flows: &Path, data_dir: Option<&Path>, at: DateTime<FixedOffset>) -> anyhow::Result<Self> {
        let clock = ShiftedClock::starting_at(Timestamp::from(at.to_utc()));
        let scratch = data_dir.is_none().then(tempfile::tempdir).transpose()?;
        let data_dir = match (data_dir, &scratch) {
            (Some(dir), _) => dir.to_owned(),
            (None, Some(scratch)) => scratch.path().to_owned(),
            (None, None) => unreachable!("there is a scratch directory where none is named"),
        };

        let mut setup = SimulatorConfig::new(SECRET, VERIFY)
            .waba(Waba::new(WABA).number(NumberSetup::coexistence(NUMBER, BUSINESS, TOKEN)));
        // Nobody waits a day for the review of a demo: flows that bring templates go live within moments.
        setup.approve_templates = true;
        let simulator = Simulator::start(setup, Arc::new(clock.clone())).await?;

        let store = SqliteStore::open(&data_dir).await?;
        let number = NumberRow {
            id: NUMBER.into(),
            tenant: "default".into(),
            waba_id: Some(WABA.into()),
            display_phone: Some(BUSINESS.into()),
            config: NumberConfig::new(NumberMode::Coexistence, 20),
        };
        store.put_number(&number, clock.now()).await?;
        let packages = packages(flows)?;
        for template in
            packages.iter().map(|package| store::templates(package)).collect::<Result<Vec<_>, _>>()?.concat()
        {
            simulator.put_template(WABA, template);
        }
        let installed = install_all(&store, &data_dir, packages, clock.now()).await?;

        let nothing = |_: &str| None;
        let config =
            Config { data_dir, graph_url: simulator.graph_url().parse()?, ..Config::load_from_nothing(&nothing)? };
        let tokens = Tokens::for_all(TOKEN.into());
        let runtime =
            pipeline::start(&config, RuntimeSettings::default(), store, Arc::new(clock.clone()), tokens).await?;

        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?;
        let webhook = format!("http://{address}/webhooks/whatsapp");
        let settings = WebhookSettings { verify_token: VERIFY.into(), signatures: Signatures::new([SECRET.into()])? };
        let app = router(runtime.clone(), settings, Arc::new(String::new));
        let app = app.merge(hooks(runtime.clone(), [store::source(NUMBER.into())?]));
        tokio::spawn(async move { axum::serve(listener, app).await });
        simulator.set_webhook_url(&webhook)?;
        simulator.verify_webhook().await.context("the webhook handshake failed")?;

        runtime.sync_templates().await;
        let customer = simulator.customer(CUSTOMER);
        customer.is_called("Ana");
        let phone = simulator.business_phone(NUMBER).context("the simulator lost its number")?;
        Ok(Self {
            simulator,
            customer,
            phone,
            clock,
            flows: installed,
            store: Store::at(address),
            zone: at.offset().fix(),
            runtime,
            _scratch: scratch,
        })
    }

    /// Waits until nothing is in hand any more, and no timer is due.
    pub(super) async fn rest(&self) -> anyhow::Result<()> {
        let settled = async {
            // First timers: one that is due is about to become an event.
            while self.timer_is_due().await? || !self.runtime.is_idle() {
                ponte_clock::pause(LOOK).await;
            }
            anyhow::Ok(())
        };
        ponte_clock::within(PATIENCE, settled).await.context("the pipeline does not come to rest")?
    }

    /// The store tells of an order of the customer's.
    pub(super) async fn store_tells(&self, order: &serde_json::Map<String, serde_json::Value>) -> anyhow::Result<()> {
        self.store.tells(order, self.customer.phone().as_str(), self.clock.now()).await
    }

    async fn timer_is_due(&self) -> anyhow::Result<bool> {
        let next = self.runtime.store().next_timer().await?;
        Ok(next.is_some_and(|due| due <= self.clock.now()))
    }

    /// Another customer is the customer from now on.
    pub(super) fn is_now(&mut self, phone: &str) {
        let phone = Phone::typed(phone, None).unwrap_or_else(|| phone.into());
        self.customer = self.simulator.customer(phone);
    }

    /// The last hand-off of the customer's conversation to people.
    pub(super) async fn handed(&self) -> anyhow::Result<Option<Handed>> {
        let Some(conversation) = self.conversation().await? else { return Ok(None) };
        let row = self.runtime.store().conversation(&conversation).await?;
        let facts: Option<Facts> = serde_json::from_value(row.facts)?;
        Ok(facts.and_then(|facts| facts.handed).map(|handed| *handed))
    }

    /// The time on the shop's wall clock.
    pub(super) fn wall(&self) -> DateTime<FixedOffset> {
        self.clock.now().to_utc().with_timezone(&self.zone)
    }

    /// What was decided about the customer's last events, newest first.
    pub(super) async fn decisions(&self, most: u32) -> anyhow::Result<Vec<DecisionRow>> {
        let Some(conversation) = self.conversation().await? else { return Ok(Vec::new()) };
        Ok(self.runtime.store().decisions(&conversation, most).await?)
    }

    /// Why the last message did not leave, if one did not.
    pub(super) async fn last_refusal(&self) -> anyhow::Result<Option<String>> {
        let last = self.runtime.store().sends(Some(&NumberId::from(NUMBER)), 1).await?;
        Ok(last.into_iter().next().and_then(|send| send.reason))
    }

    async fn conversation(&self) -> anyhow::Result<Option<ConversationId>> {
        let contact = self.runtime.store().contact_by_phone(&"default".into(), self.customer.phone()).await?;
        Ok(contact.map(|contact| ConversationId { number: NUMBER.into(), contact }))
    }

    pub(super) async fn strike(self) {
        self.runtime.shutdown().await;
    }
}

/// Every package of a folder, by name.
fn packages(flows: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let folder = std::fs::read_dir(flows)
        .with_context(|| format!("there is no folder {}; name one with --flows", flows.display()))?;
    let mut packages: Vec<PathBuf> = folder
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|dir| dir.join("flow.toml").is_file())
        .collect();
    packages.sort();
    anyhow::ensure!(!packages.is_empty(), "there is no flow in {}", flows.display());
    Ok(packages)
}

/// Installs packages; each is asked after those before it, save those for some people only: the host asks them first
/// among equals.
async fn install_all(
    store: &SqliteStore,
    data_dir: &Path,
    packages: Vec<PathBuf>,
    now: Timestamp,
) -> anyhow::Result<Vec<String>> {
    let compiler = pipeline::compiler(data_dir)?;
    let mut names = Vec::new();
    for package in packages {
        let settings = package.join("settings.example.toml");
        let request = InstallRequest {
            settings: settings.is_file().then_some(settings),
            numbers: vec![NUMBER.into()],
            tenant: "default".into(),
            name: None,
            priority: 0,
            package,
        };
        names.push(install(store, &compiler, request, now).await?.flow.into_string());
    }
    Ok(names)
}
