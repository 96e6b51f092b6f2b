//! Nothing leaves a number that cannot send; what its account may not send is refused.

use ponte_model::Refusal;

use super::{No, Proposal, Purpose, Situation};
use crate::lifecycle::Sending;

pub(super) fn check(proposal: &Proposal<'_>, situation: &Situation<'_>) -> Result<(), No> {
    match situation.number {
        // Where nobody knows until when: as soon as the number may send again. Its line stands still meanwhile.
        Sending::Held { why, until } => Err(No::Held { until: until.unwrap_or(situation.now), why: why.clone() }),
        Sending::NoTemplates { why } if proposal.purpose == Purpose::Template => {
            Err(Refusal::NumberUnavailable { why: why.clone() }.into())
        }
        Sending::NoTemplates { .. } | Sending::Free => Ok(()),
    }
}
