use std::sync::Arc;

use ponte_model::consent::Entry;
use ponte_model::{
    ContactId, ConversationId, EchoMeaning, Event, EventKey, InstallationId, MessageId, Origin, SendId, TenantId,
    Timestamp,
};
use serde::Serialize;
use serde_json::Value;

use super::{NewRecording, NewSend, RunRecord, SharedRead, StateWrite, TagWrite, TimerWrite};

/// An event on its way into the inbox.
#[derive(Clone, Debug)]
pub struct Incoming {
    /// Whose it is.
    pub tenant: TenantId,
    /// The person it is about, where that is known already; else it is found by the aliases that the event names.
    pub contact: Option<ContactId>,
    /// What happened.
    pub event: Arc<Event>,
}

/// What became of an incoming event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stored {
    /// Its place in the inbox; `None` if it had been there before and nothing was changed.
    pub seq: Option<i64>,
    /// The person it is about, if it names one.
    pub contact: Option<ContactId>,
    /// Whether nothing was known of that person before this event: no conversation, no state, no tags.
    pub newcomer: bool,
}

/// An event that waits to be handled.
#[derive(Clone, Debug)]
pub struct Pending {
    /// Its place in the inbox.
    pub seq: i64,
    /// Whose it is.
    pub tenant: TenantId,
    /// The person it is about.
    pub contact: Option<ContactId>,
    /// How often it was tried.
    pub attempts: u32,
    /// Not to be tried before.
    pub not_before: Timestamp,
    /// The installation that sent the message which this status is about, if it wants to hear of it.
    pub listener: Option<InstallationId>,
    /// What happened.
    pub event: Arc<Event>,
}

impl Pending {
    /// The conversation that the event belongs to.
    pub fn conversation(&self) -> Option<ConversationId> {
        let number = self.event.number_id.clone()?;
        Some(ConversationId { number, contact: self.contact.clone()? })
    }
}

/// Everything that handling an event changes; written in one transaction.
#[derive(Debug, Default)]
pub struct Finish {
    /// The event, acknowledged by this.
    pub seq: i64,
    /// The rule that decided who handles it.
    pub decision: Option<String>,
    /// What there is to say about that beyond the rule's name.
    pub why: Option<String>,
    /// What is now to be said of events that were acknowledged before: those that this one answers with it.
    pub also: Vec<Marked>,
    /// The conversation's new facts.
    pub facts: Option<(ConversationId, Value)>,
    /// The run, if a flow was asked.
    pub run: Option<RunRecord>,
    /// What it takes to run it again, if that is kept.
    pub recording: Option<NewRecording>,
    /// Versions of shared keys that the run read. If one has changed, nothing is written.
    pub reads: Vec<SharedRead>,
    /// Keys written.
    pub state: Vec<StateWrite>,
    /// Timers set and taken away.
    pub timers: Vec<TimerWrite>,
    /// Tags set and taken away.
    pub tags: Vec<TagWrite>,
    /// Lines for the ledger of consent.
    pub consent: Vec<Entry>,
    /// Messages for the outbox.
    pub sends: Vec<NewSend>,
    /// Requests to web services, made after this.
    pub requests: Vec<crate::NewRequest>,
}

/// What is to be said of an event that was acknowledged before.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marked {
    /// The event.
    pub seq: i64,
    /// The rule that decided.
    pub decision: String,
    /// What there is to say about that beyond the rule's name.
    pub why: Option<String>,
}

/// What became of a [`Finish`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finished {
    /// Written. Those of its messages that asked to leave at once and may are named: they stand as `sending`.
    Done {
        /// The messages to send now.
        leaving: Vec<SendId>,
    },
    /// A shared key that was read has changed: nothing was written, run again.
    Conflict,
}

/// A conversation as the store keeps it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ConversationRow {
    /// What the fold made of the events handled so far; `{}` at first.
    pub facts: Value,
    /// The last app echo that is stored, handled or not; 0 if none.
    pub echo_seq: i64,
    /// When that echo was written.
    pub echo_at: Timestamp,
}

/// What was decided about an event, for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct DecisionRow {
    /// The event.
    pub event: EventKey,
    /// Its kind.
    pub kind: String,
    /// When it happened.
    pub at: Timestamp,
    /// `pending`, `done` or `parked`.
    pub state: String,
    /// The rule that decided; none while it waits.
    pub decision: Option<String>,
    /// What there is to say about that beyond the rule's name; for a parked event, why it was.
    pub why: Option<String>,
    /// Who caused it.
    pub origin: Origin,
    /// What an echo means, where it is not simply somebody's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub meaning: Option<EchoMeaning>,
}

/// A message of the past.
#[derive(Clone, Debug)]
pub struct PastLine {
    /// Meta's id; our own where the message has none yet.
    pub id: MessageId,
    /// When.
    pub at: Timestamp,
    /// Who wrote it: customer, app, or API (ourselves).
    pub author: Origin,
    /// The message: the `Message` of an event, or the `Outbound` of a send.
    pub body: PastBody,
}

/// The words of a [`PastLine`].
#[derive(Clone, Debug)]
pub enum PastBody {
    /// Came in, or was echoed.
    Message(Box<ponte_model::Message>),
    /// Went out.
    Sent(Box<ponte_model::send::Outbound>),
}
