//! Deletes what is settled and too old to come again.

use std::sync::Arc;
use std::time::Duration;

use ponte_store::Purged;

use crate::core::Core;
use crate::recordings;

/// How often.
const EVERY: Duration = Duration::from_secs(600);

/// Pause between the chunks of one round.
const BREATH: Duration = Duration::from_millis(200);

pub(crate) async fn run(core: Arc<Core>) {
    loop {
        let pause = match purge(&core).await {
            Ok(Purged { inbox: 0, outbox: 0, runs: 0, .. }) => core.clock.sleep(EVERY),
            Ok(_) => Box::pin(ponte_clock::pause(BREATH)),
            Err(error) => {
                tracing::warn!(%error, "old rows could not be deleted");
                core.clock.sleep(EVERY)
            }
        };
        if core.stopping.run_until_cancelled(pause).await.is_none() {
            return;
        }
    }
}

async fn purge(core: &Core) -> ponte_store::Result<Purged> {
    let now = core.clock.now();
    core.purse.forget_old(now);
    recordings::sweep(core, now).await?;
    core.store.purge(now.minus(core.settings.retention), now).await
}
