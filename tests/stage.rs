//! A simulated WhatsApp on one side, the pipeline on the other, real HTTP and signatures between the two.

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ponte_clock::{SharedClock, ShiftedClock};
use ponte_model::{ContactId, ConversationId, Timestamp};
use ponte_policy::RoutingPolicy;
use ponte_runtime::{InstallRequest, Parts, Runtime, RuntimeSettings, Tokens, WebhookSettings, hooks, install, router};
use ponte_sandbox::{Compiler, Sandbox, SandboxConfig};
use ponte_simulator::{Config, NumberSetup, Simulator, Waba};
use ponte_store::{Billing, NumberConfig, NumberMode, NumberRow, PhoneConfig, SendRow, SqliteStore, Store};
use ponte_whatsapp::graph::{GraphClient, GraphSettings};
use ponte_whatsapp::webhook::Signatures;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

/// The business number.
pub const NUMBER: &str = "106540352242922";
/// A second number of the same shop.
pub const OTHER_NUMBER: &str = "106540352242923";
/// Its account.
pub const WABA: &str = "102290129340398";
/// The app secret.
pub const SECRET: &str = "test-app-secret";
/// The verify token.
pub const VERIFY: &str = "test-verify-token";
/// The access token.
pub const TOKEN: &str = "test-access-token";

const PHONE: &str = "5511955550100";
const OTHER_PHONE: &str = "5511955550101";

/// So long may anything take before a test gives up.
const PATIENCE: Duration = Duration::from_secs(60);

/// The repository.
pub fn root() -> PathBuf {
    // Cargo runs the tests of a package in its folder.
    let here = std::env::current_dir().expect("a working directory");
    here.parent().expect("tests is a folder of the repository").to_owned()
}

/// A pipeline and the world around it.
pub struct Stage {
    /// The world.
    pub simulator: Simulator,
    /// The pipeline.
    pub runtime: Runtime,
    /// The time of both.
    pub clock: ShiftedClock,
    /// Where webhooks go.
    pub webhook: String,
    builder: StageBuilder,
    dir: Arc<tempfile::TempDir>,
    server: JoinHandle<()>,
}

/// What a stage is made of.
#[derive(Clone)]
pub struct StageBuilder {
    at: Timestamp,
    throughput: u32,
    own_throughput: Option<u32>,
    daily_reach: Option<u32>,
    settings: RuntimeSettings,
    request_timeout: Duration,
    account: Option<&'static str>,
    flows: Vec<InstallRequest>,
    sector: Option<String>,
    phone: PhoneConfig,
    policy: Option<String>,
    compiled: Option<PathBuf>,
}

impl Default for StageBuilder {
    fn default() -> Self {
        Self {
            // A Monday, 22:10 in São Paulo.
            at: Timestamp::from_secs(1_795_482_600),
            throughput: 1_000,
            own_throughput: None,
            daily_reach: None,
            settings: RuntimeSettings::default(),
            request_timeout: Duration::from_secs(5),
            account: Some(WABA),
            flows: Vec::new(),
            sector: None,
            phone: PhoneConfig::default(),
            policy: None,
            compiled: None,
        }
    }
}

impl StageBuilder {
    /// The number's throughput, on both sides; far more than Meta allows, unless a test is about pace.
    #[must_use]
    pub fn throughput(mut self, throughput: u32) -> Self {
        self.throughput = throughput;
        self
    }

    /// What Ponte believes of the number's throughput, where that differs.
    #[must_use]
    pub fn own_throughput(mut self, throughput: u32) -> Self {
        self.own_throughput = Some(throughput);
        self
    }

    /// To how many people a day the numbers may write outside the window.
    #[must_use]
    pub fn daily_reach(mut self, people: u32) -> Self {
        self.daily_reach = Some(people);
        self
    }

    /// When the story begins; a Monday, 22:10 in São Paulo, unless a test is about the time of day.
    #[must_use]
    pub fn at(mut self, at: Timestamp) -> Self {
        self.at = at;
        self
    }

    /// How big and patient the pipeline is.
    #[must_use]
    pub fn settings(mut self, change: impl FnOnce(&mut RuntimeSettings)) -> Self {
        change(&mut self.settings);
        self
    }

    /// The sector of the shop's numbers.
    #[must_use]
    pub fn sector(mut self, sector: &str) -> Self {
        self.sector = Some(sector.to_owned());
        self
    }

    /// What the phone's part in the shop's chats means; its zone is São Paulo.
    #[must_use]
    pub fn phone(mut self, change: impl FnOnce(&mut PhoneConfig)) -> Self {
        change(&mut self.phone);
        self
    }

    /// The shop's routing policy, as TOML.
    #[must_use]
    pub fn policy(mut self, toml: &str) -> Self {
        self.policy = Some(toml.to_owned());
        self
    }

    /// Keeps compiled components in a folder that outlives the stage: for those that take seconds.
    #[must_use]
    pub fn compiled_in(mut self, folder: PathBuf) -> Self {
        self.compiled = Some(folder);
        self
    }

    /// How long a request to Meta may take.
    #[must_use]
    pub fn request_timeout(mut self, limit: Duration) -> Self {
        self.request_timeout = limit;
        self
    }

    /// Registers the numbers without saying which account they belong to.
    #[must_use]
    pub fn without_account(mut self) -> Self {
        self.account = None;
        self
    }

    /// Installs one of the repository's flows with settings as TOML.
    #[must_use]
    pub fn flow(self, name: &str, settings: &str) -> Self {
        let package = root().join("flows").join(name);
        assert!(
            package.join("plugin.wasm").is_file(),
            "{} has no plugin.wasm: `cargo xtask plugins` builds it",
            package.display()
        );
        self.package(package, settings)
    }

    /// Installs a package with settings as TOML.
    #[must_use]
    pub fn package(mut self, package: PathBuf, settings: &str) -> Self {
        let file = std::env::temp_dir().join(format!("ponte-settings-{}-{}.toml", std::process::id(), unique()));
        std::fs::write(&file, settings).expect("the temporary folder can be written");
        self.flows.push(InstallRequest {
            package,
            settings: Some(file),
            numbers: vec![NUMBER.into()],
            tenant: "shop".into(),
            name: None,
            priority: self.flows.len() as i64,
        });
        self
    }

    /// Gives all flows so far the same priority.
    #[must_use]
    pub fn same_priority(mut self) -> Self {
        self.flows.iter_mut().for_each(|request| request.priority = 100);
        self
    }

    /// Installs a guest of [`crate::guests`] on a number.
    #[must_use]
    pub fn guest(self, name: &str, component: &[u8], number: &str) -> Self {
        self.guest_with(name, component, number, "skip", "")
    }

    /// The same, with what a failure leads to and more of a manifest.
    #[must_use]
    pub fn guest_with(mut self, name: &str, component: &[u8], number: &str, failure: &str, more: &str) -> Self {
        let dir = std::env::temp_dir().join(format!("ponte-guest-{}-{}", std::process::id(), unique()));
        let package = crate::guests::package(&dir, name, component, failure, more);
        self = self.package(package, "");
        if let Some(request) = self.flows.last_mut() {
            request.numbers = vec![number.into()];
        }
        self
    }

    /// Gives the last installation settings, as TOML.
    #[must_use]
    pub fn with_settings(mut self, settings: &str) -> Self {
        let request = self.flows.pop().expect("something is installed");
        let numbers = request.numbers.clone();
        self = self.package(request.package, settings);
        if let Some(request) = self.flows.last_mut() {
            request.numbers = numbers;
        }
        self
    }

    /// Starts.
    pub async fn start(self) -> Stage {
        let clock = ShiftedClock::starting_at(self.at);
        let number = |id, phone| NumberSetup::coexistence(id, phone, TOKEN).messages_per_second(self.throughput);
        let waba = Waba::new(WABA).number(number(NUMBER, PHONE)).number(number(OTHER_NUMBER, OTHER_PHONE));
        let config = Config::new(SECRET, VERIFY).waba(waba);
        let simulator = Simulator::start(config, Arc::new(clock.clone())).await.expect("the simulator starts");
        let dir = Arc::new(tempfile::tempdir().expect("a temporary folder"));
        let stage = Stage::over(self, simulator, clock, dir, true).await;
        stage.simulator.verify_webhook().await.expect("the handshake succeeds");
        stage
    }
}

/// A policy as the store keeps it.
fn policy(toml: &str) -> serde_json::Value {
    let policy = RoutingPolicy::from_toml(toml).unwrap_or_else(|error| panic!("{error}"));
    serde_json::to_value(policy).expect("a policy is plain data")
}

fn unique() -> u64 {
    use std::sync::atomic::{AtomicU64, Ordering};
    static NEXT: AtomicU64 = AtomicU64::new(0);
    NEXT.fetch_add(1, Ordering::Relaxed)
}

impl Stage {
    /// The after-hours flow at night.
    pub fn after_hours() -> StageBuilder {
        StageBuilder::default()
            .flow("after-hours", "timezone = \"America/Sao_Paulo\"\nhours = \"mon-fri 09:00-18:00\"\n")
    }

    async fn over(
        builder: StageBuilder,
        simulator: Simulator,
        clock: ShiftedClock,
        dir: Arc<tempfile::TempDir>,
        fresh: bool,
    ) -> Self {
        let store = Self::open(&dir).await;
        let compiled = builder.compiled.clone().unwrap_or_else(|| dir.path().join("plugins"));
        let compiler = Compiler::in_process(compiled).expect("a compiler");
        if fresh {
            for (id, phone) in [(NUMBER, PHONE), (OTHER_NUMBER, OTHER_PHONE)] {
                let throughput = builder.own_throughput.unwrap_or(builder.throughput);
                let base = NumberConfig::new(NumberMode::Coexistence, throughput);
                let billing = match builder.phone.release_daily {
                    Some(_) => Billing { timezone: Some("America/Sao_Paulo".into()), ..Billing::default() },
                    None => Billing::default(),
                };
                let (sector, part) = (builder.sector.clone(), builder.phone.clone());
                let config = NumberConfig { daily_reach: builder.daily_reach, sector, phone: part, billing, ..base };
                let number = NumberRow {
                    id: id.into(),
                    tenant: "shop".into(),
                    waba_id: builder.account.map(Into::into),
                    display_phone: Some(phone.into()),
                    config,
                };
                store.put_number(&number, builder.at).await.expect("the number is stored");
            }
            if let Some(toml) = &builder.policy {
                store.put_policy(&"shop".into(), &policy(toml), builder.at).await.expect("the policy is stored");
            }
            for request in builder.flows.clone() {
                install(&store, &compiler, request, builder.at).await.expect("the flow installs");
            }
        }
        let graph = GraphSettings {
            graph_url: simulator.graph_url().parse().expect("an address"),
            request_timeout: builder.request_timeout,
            ..GraphSettings::default()
        };
        let shared: SharedClock = Arc::new(clock.clone());
        let runtime = Runtime::start(Parts {
            settings: builder.settings.clone(),
            store: Arc::new(store),
            clock: shared,
            graph: GraphClient::new(&graph).expect("a client"),
            tokens: Tokens::for_all(TOKEN.into()),
            sandbox: Sandbox::new(SandboxConfig::default()).expect("a sandbox"),
            compiler,
        })
        .await
        .expect("the pipeline starts");
        let settings = WebhookSettings {
            verify_token: VERIFY.into(),
            signatures: Signatures::new([SECRET.into()]).expect("a secret"),
        };
        let app = router(runtime.clone(), settings, Arc::new(String::new));
        let app = app.merge(hooks(runtime.clone(), crate::store::sources()));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let webhook = format!("http://{}/webhooks/whatsapp", listener.local_addr().expect("an address"));
        let server = tokio::spawn(async move {
            let _ = axum::serve(listener, app).await;
        });
        simulator.set_webhook_url(&webhook).expect("an address");
        Self { simulator, runtime, clock, webhook, builder, dir, server }
    }

    /// Tasks of a pipeline that has just ended may hold its store for a moment.
    async fn open(dir: &tempfile::TempDir) -> SqliteStore {
        let opened = async {
            loop {
                match SqliteStore::open(dir.path()).await {
                    Ok(store) => return store,
                    Err(error) if error.to_string().contains("another ponte process") => {
                        ponte_clock::pause(Duration::from_millis(5)).await;
                    }
                    Err(error) => panic!("the store does not open: {error}"),
                }
            }
        };
        ponte_clock::within(PATIENCE, opened).await.expect("the pipeline before lets go of its store")
    }

    /// Ends the pipeline and starts another over the same data; the world goes on.
    pub async fn restart(self) -> Self {
        self.restart_after(|| {}).await
    }

    /// The same, and something happens while no pipeline runs.
    pub async fn restart_after(self, meanwhile: impl FnOnce()) -> Self {
        self.server.abort();
        self.runtime.shutdown().await;
        drop(self.runtime);
        meanwhile();
        Self::over(self.builder, self.simulator, self.clock, self.dir, false).await
    }

    /// Waits until nothing is in hand any more.
    pub async fn rest(&self) {
        let settled = async {
            while !self.runtime.is_idle() {
                ponte_clock::pause(Duration::from_millis(5)).await;
            }
        };
        ponte_clock::within(PATIENCE, settled).await.expect("the pipeline comes to rest");
    }

    /// Lets time pass, and waits until every timer that came due has been heard.
    pub async fn pass(&self, time: Duration) {
        self.clock.advance(time);
        let heard = async {
            while self.store().next_timer().await.expect("timers are read").is_some_and(|due| due <= self.runtime.now())
            {
                ponte_clock::pause(Duration::from_millis(5)).await;
            }
        };
        ponte_clock::within(PATIENCE, heard).await.expect("timers that are due become events");
        self.rest().await;
    }

    /// Puts another routing policy into force, as `ponte route set` does.
    pub async fn set_policy(&self, toml: &str) {
        self.store().put_policy(&"shop".into(), &policy(toml), self.runtime.now()).await.expect("it is stored");
        self.runtime.reload().await.expect("it is read");
    }

    /// Takes the last change of the policy back, as `ponte route rollback` does.
    pub async fn roll_back_policy(&self) {
        let row = self.store().roll_back_policy(&"shop".into(), self.runtime.now()).await.expect("it is stored");
        assert!(row.is_some(), "there was a policy");
        self.runtime.reload().await.expect("it is read");
    }

    /// The store.
    pub fn store(&self) -> &Arc<dyn Store> {
        self.runtime.store()
    }

    /// Everything in the outbox, newest first.
    pub async fn sends(&self) -> Vec<SendRow> {
        self.store().sends(None, 10_000).await.expect("the outbox is read")
    }

    /// The conversation with a customer.
    pub async fn conversation(&self, phone: &str) -> ConversationId {
        let contact: Option<ContactId> =
            self.store().contact_by_phone(&"shop".into(), &phone.into()).await.expect("contacts are read");
        ConversationId { number: NUMBER.into(), contact: contact.expect("the customer is known") }
    }

    /// The rule that decided about the customer's last event.
    pub async fn last_rule(&self, phone: &str) -> String {
        let conversation = self.conversation(phone).await;
        let decisions = self.store().decisions(&conversation, 1).await.expect("decisions are read");
        decisions.into_iter().next().and_then(|row| row.decision).unwrap_or_default()
    }

    /// Posts a webhook as Meta would, and says what was answered.
    pub async fn post(&self, body: &str) -> u16 {
        let signature = ponte_whatsapp::webhook::sign(&SECRET.into(), body.as_bytes());
        let request =
            reqwest::Client::new().post(&self.webhook).header("x-hub-signature-256", signature).body(body.to_owned());
        request.send().await.expect("the webhook is answered").status().as_u16()
    }
}
