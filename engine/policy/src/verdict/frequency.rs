//! Nobody gets too many templates of a category: those over the cap wait until there is room.

use super::{No, Proposal, Purpose, Situation, consent::category};

pub(super) fn check(proposal: &Proposal<'_>, situation: &Situation<'_>) -> Result<(), No> {
    if proposal.purpose != Purpose::Template {
        return Ok(());
    }
    let Some(category) = category(proposal, situation) else { return Ok(()) };
    let reach = &situation.reach;
    match reach.rules.room_at(category, &reach.addressee.sent, situation.now) {
        Some(until) => Err(No::Held { until, why: format!("the recipient has had enough of these ({category})") }),
        None => Ok(()),
    }
}
