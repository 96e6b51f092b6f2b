//! Gathers what the rules look at, and asks them. The same for a flow that asks and for a message that wants out.

use ponte_model::{ConversationId, InstallationId, RunId, SendId, Timestamp};
use ponte_policy::money::Stop;
use ponte_policy::{Echo, Facts, Objection, Proposal, Purpose, Sender, Situation, judge_by};
use ponte_store::{NewSend, OutboxItem};

use crate::core::Core;
use crate::outbox::Waiting;
use crate::registry::Snapshot;

/// A message that somebody wants to send.
#[derive(Clone, Copy)]
pub(crate) struct Asking<'a> {
    pub(crate) id: &'a SendId,
    pub(crate) conversation: &'a ConversationId,
    /// The flow that asks for it.
    pub(crate) installation: Option<&'a InstallationId>,
    /// The run that asks for it; a person, if none does.
    pub(crate) run: Option<&'a RunId>,
    pub(crate) item: &'a OutboxItem,
}

impl<'a> From<&'a NewSend> for Asking<'a> {
    fn from(send: &'a NewSend) -> Self {
        Self {
            id: &send.id,
            conversation: &send.conversation,
            installation: send.installation.as_ref(),
            run: send.run.as_ref(),
            item: &send.item,
        }
    }
}

impl<'a> From<&'a Waiting> for Asking<'a> {
    fn from(waiting: &'a Waiting) -> Self {
        Self {
            id: &waiting.id,
            conversation: &waiting.conversation,
            installation: waiting.installation.as_ref(),
            run: waiting.run.as_ref(),
            item: &waiting.item,
        }
    }
}

impl Asking<'_> {
    pub(crate) fn purpose(&self) -> Purpose {
        match self.item {
            OutboxItem::Message { message } if message.payload.is_free_form() => Purpose::FreeForm,
            OutboxItem::Message { .. } => Purpose::Template,
            OutboxItem::Seen { .. } => Purpose::Receipt,
        }
    }
}

/// The verdict as things stand at `now`. `budget` is the hard limit that the message would pass.
pub(crate) fn judge(
    core: &Core,
    registry: &Snapshot,
    asking: &Asking<'_>,
    facts: &Facts,
    echo: Echo,
    budget: Option<&Stop>,
    now: Timestamp,
) -> Result<(), Objection> {
    let installed = asking.installation.and_then(|id| registry.installation(id));
    let standing = registry.standing(&asking.conversation.number, installed.map(|installed| &**installed), now);
    let category = core.templates.category_of(registry, &asking.conversation.number, asking.item);
    let template = core.templates.objection_to(registry, &asking.conversation.number, asking.item);
    let proposal = Proposal { purpose: asking.purpose(), sender: asking.run.map_or(Sender::Person, Sender::Flow) };
    let situation = Situation {
        now,
        number: &standing.sending,
        echo_blind: standing.echo_blind,
        facts,
        echo,
        template: template.as_ref(),
        budget,
        phone: registry.phone_terms(&asking.conversation.number, category),
    };
    judge_by(core.settings.rules, &proposal, &situation)
}
