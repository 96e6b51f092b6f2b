//! `ponte serve`.

use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use metrics_exporter_prometheus::PrometheusBuilder;
use ponte_clock::SystemClock;
use ponte_runtime::{Runtime, RuntimeSettings, WebhookSettings, hooks, router};
use ponte_store::{SqliteStore, Store as _};
use ponte_whatsapp::webhook::Signatures;
use tokio::net::TcpListener;

use crate::config::Config;
use crate::{logging, pipeline};

/// How often a running pipeline looks whether numbers or installations were changed from outside.
const LOOK: Duration = Duration::from_secs(2);

pub(crate) async fn run(config: &Config) -> anyhow::Result<ExitCode> {
    logging::start(&config.log)?;
    let verify_token = config
        .verify_token
        .clone()
        .context("no verify token: set PONTE_VERIFY_TOKEN or verify_token_file to the words you gave Meta")?;
    anyhow::ensure!(
        !config.app_secrets.is_empty(),
        "no app secret: set PONTE_APP_SECRET or app_secret_files; without it nobody can tell Meta's webhooks from forged ones"
    );
    let signatures = Signatures::new(config.app_secrets.iter().cloned())?;
    let metrics = PrometheusBuilder::new().install_recorder().context("cannot start the metrics")?;

    let store = SqliteStore::open(&config.data_dir).await?;
    let tokens = pipeline::tokens(config, &store).await?;
    let defaults = RuntimeSettings::default();
    let mut settings = RuntimeSettings {
        max_pending: config.max_pending.unwrap_or(defaults.max_pending),
        template_fallbacks: config.template_fallbacks.clone(),
        app_id: config.app_id.clone(),
        rates: Arc::new(config.rates()?),
        consent: config.consent.clone(),
        template_categories: config.templates.clone(),
        recordings: config.recordings,
        outside: config.outside.clone(),
        ..defaults
    };
    for hook in &config.hooks {
        let number = hook.source.number();
        if !store.numbers().await?.iter().any(|row| row.id == *number) {
            tracing::warn!(source = hook.source.name(), %number,
                "the number that speaks for a store is not registered; `ponte number add {number}` registers it");
        }
    }
    config.pace.set(&mut settings);
    // Before anything is read from it: what changes from here on is noticed.
    let version = store.registry_version().await?;
    let runtime = pipeline::start(config, settings, store, Arc::new(SystemClock), tokens).await?;

    let listener =
        TcpListener::bind(config.listen).await.with_context(|| format!("cannot listen on {}", config.listen))?;
    tracing::info!(address = %listener.local_addr()?, data = %config.data_dir.display(), "ponte serves");
    tokio::spawn(keep_up(runtime.clone(), version));
    let upkeep = metrics.clone();
    tokio::spawn(async move {
        loop {
            ponte_clock::pause(Duration::from_secs(5)).await;
            upkeep.run_upkeep();
        }
    });
    let webhooks = WebhookSettings { verify_token, signatures };
    let app = router(runtime.clone(), webhooks, Arc::new(move || metrics.render()));
    let app = app.merge(hooks(runtime.clone(), config.hooks.iter().cloned()));
    axum::serve(listener, app).with_graceful_shutdown(stop_signal()).await?;
    tracing::info!("shutting down: finishing what is in hand");
    runtime.shutdown().await;
    tracing::info!("done");
    Ok(ExitCode::SUCCESS)
}

/// Reads numbers and installations anew when somebody changed them since `seen`; again and again, should that fail.
async fn keep_up(runtime: Runtime, mut seen: i64) {
    loop {
        ponte_clock::pause(LOOK).await;
        let Ok(version) = runtime.store().registry_version().await else { continue };
        if version == seen {
            continue;
        }
        match runtime.reload().await {
            Ok(broken) => {
                tracing::info!(broken = broken.len(), "numbers and flows were read anew");
                seen = version;
            }
            Err(error) => tracing::error!(%error, "numbers and flows could not be read anew"),
        }
    }
}

async fn stop_signal() {
    use tokio::signal::unix::{SignalKind, signal};
    let terminated = async {
        match signal(SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        () = terminated => {}
    }
}
