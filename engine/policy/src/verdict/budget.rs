//! What would pass a hard limit does not leave.

use ponte_model::Refusal;

use super::{No, Proposal, Situation};
use crate::money::Stop;

pub(super) fn check(_: &Proposal<'_>, situation: &Situation<'_>) -> Result<(), No> {
    match situation.budget {
        None => Ok(()),
        Some(Stop::Spent { .. }) => Err(Refusal::Budget.into()),
        Some(stop @ Stop::Unknown { .. }) => Err(Refusal::Other { why: stop.to_string() }.into()),
    }
}
