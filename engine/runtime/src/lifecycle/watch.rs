//! Looks from time to time whether there is something to tell about a number: a phone that is not opened, echoes that
//! do not come, an import that was forgotten. What was told is written first, so nothing is told twice.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Duration;

use ponte_model::{NumberId, Timestamp};
use ponte_policy::lifecycle::{Subject, due, standing};
use ponte_policy::notices::{Notice, of_number};
use ponte_policy::words::Language;
use ponte_store::{LifeRow, NumberMode, NumberRow, StoreError};

use super::{life_of, subject};
use crate::core::Core;
use crate::flows::notice_row;

/// How often. Days are what matters.
const EVERY: Duration = Duration::from_secs(600);

/// The keys of the notices that are open, by number.
type Told = HashMap<NumberId, BTreeSet<String>>;

pub(crate) async fn run(core: Arc<Core>) {
    let mut told = Told::new();
    loop {
        if let Err(error) = look(&core, &mut told).await {
            tracing::warn!(%error, "how numbers stand could not be looked at");
        }
        if core.stopping.run_until_cancelled(core.clock.sleep(EVERY)).await.is_none() {
            return;
        }
    }
}

async fn look(core: &Core, told: &mut Told) -> Result<(), StoreError> {
    let numbers = core.store.numbers().await?;
    for row in core.store.lives().await? {
        let number = numbers.iter().find(|number| number.id == row.number);
        if let Some(number) = number.filter(|number| number.config.mode == NumberMode::Coexistence) {
            look_at(core, number, &row, told).await?;
        }
    }
    Ok(())
}

async fn look_at(core: &Core, number: &NumberRow, row: &LifeRow, told: &mut Told) -> Result<(), StoreError> {
    let now = core.clock.now();
    let life = life_of(row)?;
    let subject = subject(&life, row, number);
    metrics::gauge!("ponte_phone_quiet_days", "number" => number.id.to_string()).set(subject.quiet_days(now) as f64);
    tell(core, number, &subject, now, told).await?;
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

/// What is true of a number is a notice to its shop, until it is not true any more.
async fn tell(
    core: &Core,
    number: &NumberRow,
    subject: &Subject<'_>,
    now: Timestamp,
    told: &mut Told,
) -> Result<(), StoreError> {
    let notices: Vec<_> =
        standing(subject, now).iter().map(|alert| Notice::number(&number.id, alert, subject, now)).collect();
    let keys: BTreeSet<_> = notices.iter().map(|notice| notice.key.clone()).collect();
    if told.get(&number.id) == Some(&keys) {
        return Ok(());
    }
    let rows: Vec<_> = notices.iter().map(|notice| notice_row(&number.tenant, notice, now)).collect();
    core.store.tell(Some(&of_number(&number.id)), &rows, now).await?;
    told.insert(number.id.clone(), keys);
    Ok(())
}
