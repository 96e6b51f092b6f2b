//! Who gets enough marketing from all businesses together, as the platform said, is left alone for a day.

use ponte_model::consent::Category;

use super::{No, Proposal, Purpose, Situation, consent::category};

pub(super) fn check(proposal: &Proposal<'_>, situation: &Situation<'_>) -> Result<(), No> {
    let marketing = proposal.purpose == Purpose::Template && category(proposal, situation) == Some(Category::Marketing);
    match situation.reach.addressee.marketing_rests_until {
        Some(until) if marketing && until > situation.now => {
            Err(No::Held { until, why: "the platform says that this person gets enough marketing for now".to_owned() })
        }
        _ => Ok(()),
    }
}
