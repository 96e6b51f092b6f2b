//! Gathers what the rules look at, and asks them. The same for a flow that asks and for a message that wants out.

use ponte_model::{ConversationId, InstallationId, RunId, SendId, Timestamp};
use ponte_policy::consent::{Addressee, Reach, zones};
use ponte_policy::money::Stop;
use ponte_policy::pacing::Lane;
use ponte_policy::{Category, Echo, Facts, Objection, Proposal, Purpose, Sender, Situation, judge_by};
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
    /// Whether it is about to leave; else a flow only asks.
    pub(crate) leaving: bool,
}

impl<'a> From<&'a NewSend> for Asking<'a> {
    fn from(send: &'a NewSend) -> Self {
        Self {
            id: &send.id,
            conversation: &send.conversation,
            installation: send.installation.as_ref(),
            run: send.run.as_ref(),
            item: &send.item,
            leaving: true,
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
            leaving: true,
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

    /// Whether it is a template outside the window, by which the shop begins a conversation: those go to so many people a
    /// day.
    pub(crate) fn initiates(&self, facts: &Facts, now: Timestamp) -> bool {
        self.purpose() == Purpose::Template && !facts.window_open(now)
    }

    fn sender(&self) -> Sender<'_> {
        match (self.run, self.installation) {
            (Some(run), Some(_)) => Sender::Flow(run),
            (Some(run), None) => Sender::Host(run),
            (None, _) => Sender::Person,
        }
    }
}

/// How urgent a message is.
pub(crate) fn lane_of(core: &Core, registry: &Snapshot, asking: &Asking<'_>) -> Lane {
    Lane::of(asking.purpose(), asking.sender(), category_of(core, registry, asking))
}

/// The category of the template in a message, if it is one: as Meta has it, else as the operator declares it.
pub(crate) fn category_of(core: &Core, registry: &Snapshot, asking: &Asking<'_>) -> Option<Category> {
    let template = asking.item.template()?;
    let listed = core.templates.category_of(registry, &asking.conversation.number, asking.item);
    listed.or_else(|| core.addressees.category(&template.name))
}

/// The verdict as things stand at `now`. `budget` is the hard limit that the message would pass.
pub(crate) fn judge(
    core: &Core,
    registry: &Snapshot,
    asking: &Asking<'_>,
    (facts, echo): (&Facts, Echo),
    addressee: &Addressee,
    budget: Option<&Stop>,
    now: Timestamp,
) -> Result<(), Objection> {
    let id = &asking.conversation.number;
    let installed = asking.installation.and_then(|id| registry.installation(id));
    let standing = registry.standing(id, installed.map(|installed| &**installed), now);
    let category = category_of(core, registry, asking);
    let template = core.templates.objection_to(registry, asking, now);
    // Free-form messages are answers: no clock matters to them.
    let number = asking.item.template().and_then(|_| registry.number(id));
    let home = zones([], number.and_then(|number| number.row.display_phone.as_ref()), None);
    let proposal = Proposal { purpose: asking.purpose(), sender: asking.sender(), category };
    let situation = Situation {
        now,
        number: &standing.sending,
        echo_blind: standing.echo_blind,
        facts,
        echo,
        template: template.as_ref(),
        budget,
        phone: registry.phone_terms(id, category),
        release: registry.release(id, installed.map(|installed| &**installed)),
        reach: Reach { addressee, home: &home, rules: &core.addressees.rules },
    };
    judge_by(core.settings.rules, &proposal, &situation)
}
