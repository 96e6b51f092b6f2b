//! What a status means for a charge. Meta's word counts where there is one; it is not always there.

use ponte_model::{Charge, DeliveryState, DeliveryStatus, Pricing, Stage};

use super::{Category, Free};

/// The charge after a status, if it changes anything.
///
/// - Only what is delivered is charged (Meta, Pricing); a failure frees, unless another device of the person got it.
/// - The first `pricing` that a message's statuses bring counts, whichever status it stands on (fact sheet, disagreement
///   15). It may come after the delivery and then corrects it.
/// - No source says how a status shows one of a number's free service messages. So where our own count says that the
///   allowance covers a message, it stays free though the status calls it a regular service message.
pub fn settle(charge: &Charge, status: &DeliveryStatus) -> Option<Charge> {
    let mut after = charge.clone();
    if after.told.is_none() {
        after.told.clone_from(&status.pricing);
    }
    match status.state {
        DeliveryState::Delivered | DeliveryState::Read | DeliveryState::Played => after.stage = Stage::Settled,
        DeliveryState::Failed if charge.stage != Stage::Settled => after.stage = Stage::Freed,
        _ => {}
    }
    if after.stage == Stage::Settled
        && let Some(told) = after.told.clone()
        && (charge.stage != Stage::Settled || charge.told.is_none())
    {
        apply(&mut after, &told);
    }
    (after != *charge).then_some(after)
}

fn apply(charge: &mut Charge, told: &Pricing) {
    let free = match told.kind.as_deref() {
        Some("free_customer_service") => Some(Free::Window.as_str().to_owned()),
        Some("free_entry_point") => Some(Free::EntryPoint.as_str().to_owned()),
        // A word that this version does not know: it is free by name.
        Some(kind) if kind.starts_with("free") => Some(kind.replace('_', "-")),
        Some(_) => None,
        None => (told.billable == Some(false)).then(|| "not-billable".to_owned()),
    };
    // In a free entry point window the category is that of the window, not of the message.
    if told.category != "referral_conversion" && !told.category.is_empty() {
        let known = Category::parse(&told.category).map(|category| category.as_str().to_owned());
        charge.category = Some(known.unwrap_or_else(|| told.category.clone()));
    }
    let covered = charge.free.as_deref() == Some(Free::Allowance.as_str())
        && charge.category.as_deref() == Some(Category::Service.as_str());
    charge.amount = match &free {
        Some(_) => Some(0),
        None if covered => Some(0),
        None => charge.category.as_ref().and_then(|category| charge.quote.get(category).copied()),
    };
    if free.is_some() || !covered {
        charge.free = free;
    }
}
