//! Templates come unasked: at night, on the recipient's clock, they wait.

use super::{No, Proposal, Purpose, Situation, consent::category};

pub(super) fn check(proposal: &Proposal<'_>, situation: &Situation<'_>) -> Result<(), No> {
    if proposal.purpose != Purpose::Template {
        return Ok(());
    }
    let Some(category) = category(proposal, situation) else { return Ok(()) };
    let reach = &situation.reach;
    match reach.rules.quiet_until(category, reach.zones(), situation.now) {
        Some(until) => Err(No::Held { until, why: format!("it is late where the recipient lives ({category})") }),
        None => Ok(()),
    }
}
