//! A simulated WhatsApp, a real pipeline, real HTTP between the two, and a clock that can be moved.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use chrono::{DateTime, FixedOffset, Offset as _};
use ponte_clock::{Clock as _, ShiftedClock};
use ponte_model::{ConversationId, NumberId, Timestamp};
use ponte_runtime::{InstallRequest, Runtime, RuntimeSettings, Tokens, WebhookSettings, router};
use ponte_simulator::{BusinessPhone, Config as SimulatorConfig, Customer, NumberSetup, Simulator, Waba};
use ponte_store::{DecisionRow, NumberConfig, NumberMode, NumberRow, SqliteStore, Store as _};
use ponte_whatsapp::webhook::Signatures;
use tokio::net::TcpListener;

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
    _simulator: Simulator,
    pub(super) customer: Customer,
    pub(super) phone: BusinessPhone,
    pub(super) clock: ShiftedClock,
    pub(super) flows: Vec<String>,
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
        let installed = install_all(&store, &data_dir, flows, clock.now()).await?;

        let nothing = |_: &str| None;
        let config =
            Config { data_dir, graph_url: simulator.graph_url().parse()?, ..Config::load_from_nothing(&nothing)? };
        let tokens = Tokens::for_all(TOKEN.into());
        let runtime =
            pipeline::start(&config, RuntimeSettings::default(), store, Arc::new(clock.clone()), tokens).await?;

        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let webhook = format!("http://{}/webhooks/whatsapp", listener.local_addr()?);
        let settings = WebhookSettings { verify_token: VERIFY.into(), signatures: Signatures::new([SECRET.into()])? };
        let app = router(runtime.clone(), settings, Arc::new(String::new));
        tokio::spawn(async move { axum::serve(listener, app).await });
        simulator.set_webhook_url(&webhook)?;
        simulator.verify_webhook().await.context("the webhook handshake failed")?;

        let customer = simulator.customer(CUSTOMER);
        customer.is_called("Ana");
        let phone = simulator.business_phone(NUMBER).context("the simulator lost its number")?;
        Ok(Self {
            _simulator: simulator,
            customer,
            phone,
            clock,
            flows: installed,
            zone: at.offset().fix(),
            runtime,
            _scratch: scratch,
        })
    }

    /// Waits until nothing is in hand any more.
    pub(super) async fn rest(&self) -> anyhow::Result<()> {
        let settled = async {
            while !self.runtime.is_idle() {
                ponte_clock::pause(LOOK).await;
            }
        };
        ponte_clock::within(PATIENCE, settled).await.context("the pipeline does not come to rest")
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
        let contact = self.runtime.store().contact_by_phone(&"default".into(), &CUSTOMER.into()).await?;
        Ok(contact.map(|contact| ConversationId { number: NUMBER.into(), contact }))
    }

    pub(super) async fn strike(self) {
        self.runtime.shutdown().await;
    }
}

/// Installs every package of a folder, those for closed hours first.
async fn install_all(
    store: &SqliteStore,
    data_dir: &Path,
    flows: &Path,
    now: Timestamp,
) -> anyhow::Result<Vec<String>> {
    let folder = std::fs::read_dir(flows)
        .with_context(|| format!("there is no folder {}; name one with --flows", flows.display()))?;
    let mut packages: Vec<PathBuf> = folder
        .filter_map(|entry| entry.ok().map(|entry| entry.path()))
        .filter(|dir| dir.join("flow.toml").is_file())
        .collect();
    packages.sort();
    anyhow::ensure!(!packages.is_empty(), "there is no flow in {}", flows.display());
    let compiler = pipeline::compiler(data_dir)?;
    let mut names = Vec::new();
    for package in packages {
        let settings = package.join("settings.example.toml");
        let request = InstallRequest {
            settings: settings.is_file().then_some(settings),
            numbers: vec![NUMBER.into()],
            tenant: "default".into(),
            name: None,
            priority: names.len() as i64 * 10,
            package,
        };
        names.push(install(store, &compiler, request, now).await?.flow.into_string());
    }
    Ok(names)
}
