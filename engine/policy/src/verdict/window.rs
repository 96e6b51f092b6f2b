//! Free-form messages need an open customer-service window.

use ponte_model::Refusal;

use super::{No, Proposal, Purpose, Situation};

pub(super) fn check(proposal: &Proposal<'_>, situation: &Situation<'_>) -> Result<(), No> {
    if proposal.purpose == Purpose::FreeForm && !situation.facts.window_open(situation.now) {
        return Err(Refusal::WindowClosed.into());
    }
    Ok(())
}
