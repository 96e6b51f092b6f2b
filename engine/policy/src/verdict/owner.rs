//! Where a person speaks, flows are silent. Templates are routed by their purpose, not by who speaks.

use ponte_model::Refusal;

use super::{No, Proposal, Purpose, Sender, Situation};

pub(super) fn check(proposal: &Proposal<'_>, situation: &Situation<'_>) -> Result<(), No> {
    let (Sender::Flow(run) | Sender::Host(run)) = proposal.sender else { return Ok(()) };
    if proposal.purpose == Purpose::Template {
        return Ok(());
    }
    let ownership = situation.facts.ownership_at(situation.echo, situation.now);
    let said_before_handing_over = ownership.handed_by.as_ref() == Some(run);
    if ownership.owner.is_person() && !said_before_handing_over {
        return Err(Refusal::OwnedByPerson { owner: ownership.owner }.into());
    }
    Ok(())
}
