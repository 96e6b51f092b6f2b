//! Where a person speaks, flows are silent. Templates are let through by their purpose.

use ponte_model::{Owner, Refusal};

use super::{No, Proposal, Purpose, Sender, Situation};

pub(super) fn check(proposal: &Proposal<'_>, situation: &Situation<'_>) -> Result<(), No> {
    let (Sender::Flow(run) | Sender::Host(run)) = proposal.sender else { return Ok(()) };
    let phone = &situation.phone;
    let ownership = situation.facts.ownership_at(situation.echo, situation.now, &situation.release);
    // A flow that took the chat from people who let go as it is concerned frees nothing for others, who are more patient.
    let beneath = ownership.people.filter(|(_, since)| situation.now < situation.release.free_at(*since).0);
    // A switch, an owner, or the routing rules: whoever of them names people first.
    let people = if phone.app_only {
        Some(Owner::App)
    } else if ownership.owner.is_person() {
        let said_before_handing_over = ownership.handed_by.as_ref() == Some(run);
        Some(ownership.owner).filter(|_| !said_before_handing_over)
    } else {
        beneath.map(|(owner, _)| owner).or(situation.facts.routed)
    };
    match people {
        Some(_) if proposal.purpose == Purpose::Template && phone.purposes.allow(phone.category) => Ok(()),
        Some(owner) => Err(Refusal::OwnedByPerson { owner }.into()),
        None => Ok(()),
    }
}
