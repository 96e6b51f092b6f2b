//! Where answers from the phone are not seen, flows do not answer at once while the shop is open: somebody may be
//! typing, or may have written first.

use std::time::Duration;

use ponte_model::Timestamp;

use super::{No, Proposal, Purpose, Sender, Situation};

/// How long a customer's message stays with the phone, unless a number says otherwise. Ponte's own default.
pub const ECHO_BLIND_PATIENCE: Duration = Duration::from_secs(15 * 60);

/// A number whose phone is not mirrored, and its shop at the moment of the verdict.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EchoBlind {
    /// How long a customer's message stays with the phone.
    pub patience: Duration,
    /// Whether the shop is open.
    pub shop: Shop,
}

/// Whether a shop is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shop {
    /// Nobody sits at the phone: flows may speak.
    Closed,
    /// Somebody may. Where no hours are set, a shop counts as open.
    Open {
        /// When it closes, where that is known.
        until: Option<Timestamp>,
    },
}

pub(super) fn check(proposal: &Proposal<'_>, situation: &Situation<'_>) -> Result<(), No> {
    let Some(EchoBlind { patience, shop: Shop::Open { until: closes } }) = situation.echo_blind else { return Ok(()) };
    let (Sender::Flow(_), Purpose::FreeForm) = (proposal.sender, proposal.purpose) else { return Ok(()) };
    let Some(asked) = situation.facts.last_customer_at else { return Ok(()) };
    let patient_until = asked.plus(patience);
    if situation.now >= patient_until {
        return Ok(());
    }
    let why = "answers from the phone are not seen on this number: it is left to the person there for a while";
    Err(No::Held { until: closes.map_or(patient_until, |closes| closes.min(patient_until)), why: why.to_owned() })
}
