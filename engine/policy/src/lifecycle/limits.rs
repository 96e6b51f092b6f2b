//! What the platform's news say of how much a number may send. Source: Meta, phone_number_quality_update,
//! business_capability_update (2026-09).

use ponte_model::NumberUpdate;

use crate::platform::RULES;

/// Different people a day where there is no limit.
pub const UNLIMITED_REACH: u32 = u32::MAX;

/// What an update says; nothing where it says nothing of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Limits {
    /// Different people a day outside the window, for the whole portfolio.
    pub daily_reach: Option<u32>,
    /// Messages a second.
    pub throughput: Option<u32>,
}

/// Reads an update about a number; `on_phone`: it lives on the phone too, and its throughput is fixed.
pub fn limits(update: &NumberUpdate, on_phone: bool) -> Limits {
    let people = update.daily_limit.map(|people| u32::try_from(people).unwrap_or(UNLIMITED_REACH));
    let upgraded = !on_phone && update.event.as_deref() == Some("THROUGHPUT_UPGRADE");
    Limits {
        daily_reach: if update.unlimited { Some(UNLIMITED_REACH) } else { people.filter(|people| *people > 0) },
        throughput: upgraded.then_some(RULES.upgraded_throughput),
    }
}
