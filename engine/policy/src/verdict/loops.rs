//! Where a machine seems to answer a machine, flows are silent until a person speaks or the other side pauses.

use ponte_model::Refusal;

use super::{No, Proposal, Purpose, Sender, Situation};

pub(super) fn check(proposal: &Proposal<'_>, situation: &Situation<'_>) -> Result<(), No> {
    // Templates are no part of it: they come for reasons of their own, and people speak here now (rule `owner`).
    let Some(since) = situation.facts.turns.broken_at.filter(|_| proposal.purpose == Purpose::FreeForm) else {
        return Ok(());
    };
    match proposal.sender {
        Sender::Person => Ok(()),
        Sender::Flow(_) | Sender::Host(_) => {
            let why = format!("a machine seems to answer here: automation is silent since {since}");
            Err(Refusal::Other { why }.into())
        }
    }
}
