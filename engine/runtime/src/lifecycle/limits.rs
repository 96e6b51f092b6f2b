//! The platform says how much a number may send: what is set for it follows.

use ponte_model::{Event, NumberUpdate};
use ponte_policy::lifecycle::limits;
use ponte_store::{NumberMode, NumberRow, StoreError};

use crate::core::Core;

/// Changes what is set for the numbers concerned. The tier is the portfolio's: it holds for all numbers of the tenants
/// whose number or account is named. Whether anything changed.
pub(super) async fn follow(
    core: &Core,
    event: &Event,
    update: &NumberUpdate,
    registered: &[NumberRow],
    named: impl Fn(&NumberRow) -> bool,
) -> Result<bool, StoreError> {
    let of_account = |row: &NumberRow| event.waba_id.is_some() && row.waba_id == event.waba_id;
    let by_number = registered.iter().any(&named);
    let concerned = |row: &NumberRow| if by_number { named(row) } else { of_account(row) };
    let tenants: Vec<_> = registered.iter().filter(|row| concerned(row)).map(|row| &row.tenant).collect();
    let mut changed = false;
    for row in registered.iter().filter(|row| tenants.contains(&&row.tenant)) {
        // Older news that arrive late undo nothing, nor do they undo what the operator has set since.
        if row.config.limits_since.is_some_and(|since| event.at < since) {
            continue;
        }
        let said = limits(update, row.config.mode == NumberMode::Coexistence);
        let mut row = row.clone();
        let before = row.config.clone();
        row.config.daily_reach = said.daily_reach.or(row.config.daily_reach);
        if named(&row) {
            row.config.throughput = said.throughput.unwrap_or(row.config.throughput);
        }
        if row.config == before {
            continue;
        }
        row.config.limits_since = Some(event.at);
        tracing::warn!(
            number = %row.id, daily_reach = row.config.daily_reach, throughput = row.config.throughput,
            "the platform changed how much this number may send"
        );
        core.store.put_number(&row, core.clock.now()).await?;
        changed = true;
    }
    Ok(changed)
}
