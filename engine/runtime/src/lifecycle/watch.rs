//! Looks from time to time whether there is something to tell about a number: a phone that is not opened, echoes that
//! do not come, an import that was forgotten. What was told is written first, so nothing is told twice.

use std::sync::Arc;
use std::time::Duration;

use ponte_policy::lifecycle::due;
use ponte_policy::words::Language;
use ponte_store::{LifeRow, NumberMode, NumberRow, StoreError};

use super::{life_of, subject};
use crate::core::Core;

/// How often. Days are what matters.
const EVERY: Duration = Duration::from_secs(600);

pub(crate) async fn run(core: Arc<Core>) {
    loop {
        if let Err(error) = look(&core).await {
            tracing::warn!(%error, "how numbers stand could not be looked at");
        }
        if core.stopping.run_until_cancelled(core.clock.sleep(EVERY)).await.is_none() {
            return;
        }
    }
}

async fn look(core: &Core) -> Result<(), StoreError> {
    let numbers = core.store.numbers().await?;
    for row in core.store.lives().await? {
        let number = numbers.iter().find(|number| number.id == row.number);
        if let Some(number) = number.filter(|number| number.config.mode == NumberMode::Coexistence) {
            look_at(core, number, &row).await?;
        }
    }
    Ok(())
}

async fn look_at(core: &Core, number: &NumberRow, row: &LifeRow) -> Result<(), StoreError> {
    let now = core.clock.now();
    let life = life_of(row)?;
    let subject = subject(&life, row, number);
    metrics::gauge!("ponte_phone_quiet_days", "number" => number.id.to_string()).set(subject.quiet_days(now) as f64);
    let (alerts, raised) = due(&subject, now);
    if alerts.is_empty() {
        return Ok(());
    }
    let mut said = life.clone();
    said.raised = raised;
    let json = serde_json::to_value(&said).expect("a life is plain data");
    // Whoever was quicker changed something: the next look sees it.
    if !core.store.put_life(&number.id, &json, row.revision).await? {
        return Ok(());
    }
    for alert in alerts {
        let kind = alert.kind.as_str();
        metrics::counter!("ponte_number_alerts_total", "alert" => kind).increment(1);
        tracing::warn!(number = %number.id, alert = kind, "{}", alert.words(&subject, now, Language::En));
    }
    Ok(())
}
