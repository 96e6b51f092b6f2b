//! A template must be approved, and filled in as it was approved. Whoever asks for the verdict looks it up.

use super::{No, Proposal, Situation};

pub(super) fn check(_: &Proposal<'_>, situation: &Situation<'_>) -> Result<(), No> {
    match situation.template {
        Some(no) => Err(no.clone()),
        None => Ok(()),
    }
}
