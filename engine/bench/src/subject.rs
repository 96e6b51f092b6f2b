//! Ponte with everything on: signature, durable inbox, policy, sandbox, durable outbox.

use std::path::Path;
use std::sync::Arc;

use ponte_clock::{Clock as _, SystemClock};
use ponte_model::Timestamp;
use ponte_runtime::{InstallRequest, Parts, Runtime, RuntimeSettings, Tokens, WebhookSettings, install, router};
use ponte_sandbox::{Compiler, Sandbox, SandboxConfig};
use ponte_store::{Billing, NumberConfig, NumberMode, NumberRow, SqliteStore, Store as _};
use ponte_whatsapp::graph::{GraphClient, GraphSettings};
use ponte_whatsapp::webhook::Signatures;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

use crate::load::{NUMBERS, StandIn};

pub(crate) const SECRET: &str = "bench-secret";
pub(crate) const TOKEN: &str = "bench-token";

/// What is measured.
pub(crate) struct Subject {
    pub(crate) webhook: String,
    pub(crate) now: Timestamp,
    pub(crate) runtime: Option<Runtime>,
    pub(crate) server: JoinHandle<()>,
    pub(crate) _scratch: Option<tempfile::TempDir>,
}

impl Subject {
    pub(crate) async fn stop(self) {
        self.server.abort();
        if let Some(runtime) = self.runtime {
            runtime.shutdown().await;
        }
    }
}

pub(crate) async fn ponte(flows: &Path, stand_in: &StandIn) -> anyhow::Result<Subject> {
    let scratch = tempfile::tempdir()?;
    let store = SqliteStore::open(scratch.path()).await?;
    let now = SystemClock.now();
    for index in 0..NUMBERS {
        let row = NumberRow {
            id: (1_000 + index).to_string().into(),
            tenant: "default".into(),
            waba_id: None,
            display_phone: None,
            config: NumberConfig {
                mode: NumberMode::Coexistence,
                throughput: 1_000,
                suspended: None,
                billing: Billing::default(),
            },
        };
        store.put_number(&row, now).await?;
    }
    // A shop that never opens answers every customer once.
    let settings = scratch.path().join("settings.toml");
    std::fs::write(&settings, "timezone = \"America/Sao_Paulo\"\nhours = \"never\"\n")?;
    let compiler = Compiler::in_process(scratch.path().join("plugins"))?;
    let request = InstallRequest {
        package: flows.join("after-hours"),
        settings: Some(settings),
        numbers: Vec::new(),
        tenant: "default".into(),
        name: None,
        priority: 0,
    };
    install(&store, &compiler, request, now).await?;

    let graph = GraphSettings { graph_url: stand_in.url.parse()?, ..GraphSettings::default() };
    let runtime = Runtime::start(Parts {
        settings: RuntimeSettings::default(),
        store: Arc::new(store),
        clock: Arc::new(SystemClock),
        graph: GraphClient::new(&graph)?,
        tokens: Tokens::for_all(TOKEN.into()),
        sandbox: Sandbox::new(SandboxConfig::default())?,
        compiler,
    })
    .await?;
    let settings = WebhookSettings { verify_token: "bench".into(), signatures: Signatures::new([SECRET.into()])? };
    let app = router(runtime.clone(), settings, Arc::new(String::new));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let webhook = format!("http://{}/webhooks/whatsapp", listener.local_addr()?);
    let server = tokio::spawn(async move {
        let _ = axum::serve(listener, app).await;
    });
    Ok(Subject { webhook, now, runtime: Some(runtime), server, _scratch: Some(scratch) })
}
