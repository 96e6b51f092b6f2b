//! Whether a message may be sent.

use ponte_model::{Refusal, RunId, Timestamp};

use crate::{Echo, Facts};

/// A message that somebody wants to send.
#[derive(Clone, Copy, Debug)]
pub struct Proposal<'a> {
    /// What for.
    pub purpose: Purpose,
    /// Who wants to.
    pub sender: Sender<'a>,
}

/// What a message is for, as far as the rules care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Anything but a template: needs an open window.
    FreeForm,
    /// An approved template: may be sent at any time.
    Template,
    /// A read receipt: no message, needs no window.
    Receipt,
}

/// Who wants to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender<'a> {
    /// A flow, in a run.
    Flow(&'a RunId),
    /// A person on the API side.
    Person,
}

/// Says whether the message may leave at `now`. The first refusal wins.
///
/// Asked twice with the same words: when the flow asks, so that it can react, and at the moment of sending, because
/// a person may have answered meanwhile.
///
/// # Errors
/// The refusal, which names the rule.
pub fn judge(
    proposal: Proposal<'_>,
    facts: &Facts,
    echo: Echo,
    number_suspended: Option<&str>,
    now: Timestamp,
) -> Result<(), Refusal> {
    if let Some(why) = number_suspended {
        return Err(Refusal::NumberUnavailable { why: why.to_owned() });
    }
    if let Sender::Flow(run) = proposal.sender
        && proposal.purpose != Purpose::Template
    {
        let ownership = facts.ownership_at(echo, now);
        let said_before_handing_over = ownership.handed_by.as_ref() == Some(run);
        if ownership.owner.is_person() && !said_before_handing_over {
            return Err(Refusal::OwnedByPerson { owner: ownership.owner });
        }
    }
    if proposal.purpose == Purpose::FreeForm && !facts.window_open(now) {
        return Err(Refusal::WindowClosed);
    }
    Ok(())
}
