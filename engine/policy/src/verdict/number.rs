//! Nothing leaves a number that cannot send.

use ponte_model::Refusal;

use super::{No, Proposal, Situation};

pub(super) fn check(_: &Proposal<'_>, situation: &Situation<'_>) -> Result<(), No> {
    match situation.number_suspended {
        Some(why) => Err(Refusal::NumberUnavailable { why: why.to_owned() }.into()),
        None => Ok(()),
    }
}
