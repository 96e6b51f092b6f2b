//! Nobody hears what they did not agree to, or asked to stop.
//!
//! - The operator's suppression list stops everything that is automatic.
//! - Templates need what [`crate::consent::NEEDS`] says for their category, whoever sends them.
//! - Free-form replies are answers to a customer who wrote, and go on after a stop of promotion. After a stop of
//!   everything automation is silent until the customer writes again: then they opened the conversation themselves
//!   (Meta: automation is allowed inside the window that the customer's message opens; every stop must be honoured).

use ponte_model::Refusal;
use ponte_model::consent::Category;

use super::{No, Proposal, Purpose, Sender, Situation};

pub(super) fn check(proposal: &Proposal<'_>, situation: &Situation<'_>) -> Result<(), No> {
    let consent = &situation.reach.addressee.consent;
    let automatic = !matches!(proposal.sender, Sender::Person);
    if automatic && consent.suppressed && proposal.purpose != Purpose::Receipt {
        return Err(Refusal::NoConsent.into());
    }
    let allowed = match proposal.purpose {
        Purpose::Receipt => true,
        Purpose::Template => match category(proposal, situation) {
            Some(category) => consent.allows(category),
            None => consent.stopped_all().is_none(),
        },
        Purpose::FreeForm => {
            let wrote_since = |stopped| situation.facts.last_customer_at.is_some_and(|wrote| wrote > stopped);
            !matches!(proposal.sender, Sender::Flow(_)) || consent.stopped_all().is_none_or(wrote_since)
        }
    };
    if allowed { Ok(()) } else { Err(Refusal::NoConsent.into()) }
}

/// The category to judge a template by.
pub(super) fn category(proposal: &Proposal<'_>, situation: &Situation<'_>) -> Option<Category> {
    let strict = situation.reach.rules.strict && proposal.purpose == Purpose::Template;
    proposal.category.or(strict.then_some(Category::Marketing))
}
