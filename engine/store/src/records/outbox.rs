use std::fmt;

use ponte_model::consent::Statement;
use ponte_model::send::{Outbound, Payload, Template};
use ponte_model::{
    Charge, ContactId, ConversationId, DeliveryStatus, InstallationId, MessageId, NumberId, RunId, SendId, Timestamp,
    WhenClosed,
};
use serde::{Deserialize, Serialize};

/// What waits in the outbox.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "item", rename_all = "snake_case")]
pub enum OutboxItem {
    /// A message.
    Message {
        /// The message.
        message: Box<Outbound>,
    },
    /// A read receipt, with a typing bubble if wished.
    Seen {
        /// The customer's message.
        message_id: MessageId,
        /// Whether to show the bubble.
        typing: bool,
    },
}

impl OutboxItem {
    /// The kind of a template.
    pub const TEMPLATE: &'static str = "template";
    /// The kind of a read receipt.
    pub const SEEN: &'static str = "seen";

    /// The template in it, if it is one.
    pub fn template(&self) -> Option<&Template> {
        match self {
            Self::Message { message } => match &message.payload {
                Payload::Template(template) => Some(template),
                _ => None,
            },
            Self::Seen { .. } => None,
        }
    }

    /// The word for it in logs and metrics.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Message { message } => message.payload.kind(),
            Self::Seen { .. } => Self::SEEN,
        }
    }
}

/// A message for the outbox.
#[derive(Clone, Debug, PartialEq)]
pub struct NewSend {
    /// Its id; a second row with the same id is not written.
    pub id: SendId,
    /// Where it belongs.
    pub conversation: ConversationId,
    /// The flow that asked for it.
    pub installation: Option<InstallationId>,
    /// The run that asked for it.
    pub run: Option<RunId>,
    /// What to send.
    pub item: OutboxItem,
    /// Drop it unsent after that.
    pub expires_at: Option<Timestamp>,
    /// How urgent it is: lower leaves first. What the numbers mean is for the policy to say.
    pub lane: i64,
    /// What becomes of it if it finds the window closed.
    pub when_closed: WhenClosed,
    /// When it was asked for.
    pub at: Timestamp,
    /// Lets it out in the transaction that writes it, where the line is free; otherwise it waits for its turn.
    pub leave: Option<Leave>,
    /// What it is expected to cost: goes into the ledger if it leaves in this transaction.
    pub charge: Option<Box<Charge>>,
}

/// What a message needs to be let out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Leave {
    /// The last app echo that the verdict knew of ([`ConversationRow::echo_seq`]).
    ///
    /// [`ConversationRow::echo_seq`]: crate::ConversationRow::echo_seq
    pub echo_seq: i64,
    /// Whether a newer echo stops it: free-form messages of automation.
    pub yields_to_echo: bool,
    /// How far the verdict knew the person's consent ([`StandingRow::consent`]), if something newer stops it: all that
    /// is automatic.
    ///
    /// [`StandingRow::consent`]: crate::StandingRow::consent
    pub consent: Option<ConsentSeen>,
    /// Whether it is a template outside the window: those count against the people of a day.
    pub initiates: bool,
    /// Now.
    pub at: Timestamp,
}

/// How far somebody has read what is written of a person's consent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ConsentSeen {
    /// The place of the last line of the ledger; 0 if there is none.
    pub seq: i64,
    /// Whether they are suppressed.
    pub suppressed: bool,
}

/// Where an outgoing message is on its way. Statuses only move it forward.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum SendState {
    /// Waits for its turn.
    Queued,
    /// The request may have left.
    Sending,
    /// The request may or may not have arrived; a status will tell. Never sent again blindly.
    InDoubt,
    /// Meta took it. Proves nothing about delivery.
    Accepted,
    /// Left Meta's servers.
    Sent,
    /// Meta or the network said no for good.
    Failed,
    /// Ponte did not let it out.
    Refused,
    /// Did not leave in time.
    Expired,
    /// Reached a device.
    Delivered,
    /// Was displayed.
    Read,
}

impl SendState {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::Queued,
        Self::Sending,
        Self::InDoubt,
        Self::Accepted,
        Self::Sent,
        Self::Failed,
        Self::Refused,
        Self::Expired,
        Self::Delivered,
        Self::Read,
    ];

    /// The word in the store, in logs and in metrics.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sending => "sending",
            Self::InDoubt => "in-doubt",
            Self::Accepted => "accepted",
            Self::Sent => "sent",
            Self::Failed => "failed",
            Self::Refused => "refused",
            Self::Expired => "expired",
            Self::Delivered => "delivered",
            Self::Read => "read",
        }
    }

    /// Reads [`SendState::as_str`] back.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.as_str() == word)
    }

    /// How far along this is. `Failed` stands before `Delivered`: a person with several devices may have one
    /// that fails and one that does not, and then the message has arrived.
    pub fn rank(self) -> i64 {
        match self {
            Self::Queued => 0,
            Self::Sending => 10,
            Self::InDoubt => 15,
            Self::Accepted => 20,
            Self::Sent => 30,
            Self::Failed | Self::Refused | Self::Expired => 35,
            Self::Delivered => 40,
            Self::Read => 50,
        }
    }
}

impl fmt::Display for SendState {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A message that waits for its turn.
#[derive(Clone, Debug)]
pub struct QueuedSend {
    /// Its place in the outbox.
    pub seq: i64,
    /// Its id.
    pub id: SendId,
    /// Where it belongs.
    pub conversation: ConversationId,
    /// The flow that asked for it; `None` for sends that a person asked for.
    pub installation: Option<InstallationId>,
    /// The run that asked for it.
    pub run: Option<RunId>,
    /// What to send.
    pub item: OutboxItem,
    /// How often it was tried.
    pub attempts: u32,
    /// Not to be sent before.
    pub not_before: Timestamp,
    /// Drop it unsent after that.
    pub expires_at: Option<Timestamp>,
    /// How urgent it is.
    pub lane: i64,
    /// What becomes of it if it finds the window closed.
    pub when_closed: WhenClosed,
}

/// What a held message waits for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HeldFor {
    /// A moment.
    Time,
    /// News of its template, or a moment.
    Template,
    /// The customer, or a moment.
    Window,
}

impl HeldFor {
    pub(crate) fn as_i64(self) -> i64 {
        match self {
            Self::Time => 1,
            Self::Template => 2,
            Self::Window => 3,
        }
    }
}

/// Whose held messages wait no longer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Released {
    /// Those that wait for news of a template.
    Templates {
        /// Also those that the platform itself has sent back.
        told: bool,
    },
    /// Those of a conversation that wait for the customer.
    Window(ConversationId),
    /// Those of a flow that goes on.
    Flow(InstallationId),
}

/// Asks to let a message out.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BeginSend {
    /// Which one.
    pub id: SendId,
    /// On what grounds.
    pub leave: Leave,
    /// What it is expected to cost: goes into the ledger if it leaves.
    pub charge: Option<Box<Charge>>,
}

/// Whether a message may leave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Began {
    /// It stands as `sending`, durably: send it now.
    Go,
    /// It is not queued any more, or an echo came that the verdict did not know: judge again.
    Stale,
}

/// What became of an attempt.
#[derive(Clone, Debug, PartialEq)]
pub enum SendOutcome {
    /// Meta took it.
    Accepted {
        /// Meta's id; none for read receipts.
        message_id: Option<MessageId>,
    },
    /// It will not be sent.
    Failed {
        /// Meta's error code, if Meta said so.
        code: Option<i64>,
        /// Why.
        reason: String,
    },
    /// Nobody knows whether it left.
    InDoubt {
        /// Why.
        reason: String,
    },
    /// Ponte did not let it out.
    Refused {
        /// The refusal's code and sentence.
        reason: String,
    },
    /// It did not leave in time.
    Expired,
    /// A rule holds it. Others to the same person may overtake it.
    Held {
        /// Until when, at the longest.
        until: Timestamp,
        /// What for.
        what_for: HeldFor,
        /// Meta's error code, if that is why.
        code: Option<i64>,
        /// Why.
        reason: String,
    },
    /// It surely did not leave and may be tried again.
    Requeue {
        /// Not before.
        not_before: Timestamp,
        /// Meta's error code, if that is why.
        code: Option<i64>,
        /// Why.
        reason: String,
        /// Whether this counts as an attempt.
        counts: bool,
    },
}

/// What became of an attempt at a message.
#[derive(Clone, Debug, PartialEq)]
pub struct Settle {
    /// Which message.
    pub id: SendId,
    /// What became of it.
    pub outcome: SendOutcome,
    /// When.
    pub at: Timestamp,
    /// What it tells of the person's consent.
    pub consent: Option<Statement>,
}

/// A status to apply.
#[derive(Clone, Debug, PartialEq)]
pub struct StatusUpdate {
    /// The event's place in the inbox, acknowledged by this.
    pub seq: i64,
    /// The status.
    pub status: DeliveryStatus,
    /// When it happened.
    pub at: Timestamp,
    /// What it tells of the person's consent, if the message is ours.
    pub consent: Option<Statement>,
}

/// A message that left, or may have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LeftSend {
    /// Where it belongs.
    pub conversation: ConversationId,
    /// What kind of message: `seen` is none.
    pub kind: String,
    /// The flow that asked for it.
    pub installation: Option<InstallationId>,
    /// Whether it is known to have failed.
    pub failed: bool,
    /// Whether it was a template outside the window ([`Leave::initiates`]).
    pub initiates: bool,
    /// When it was let out.
    pub at: Timestamp,
}

/// A message that waits for another try after an error of the platform's.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackingOff {
    /// The number.
    pub number: NumberId,
    /// Meta's error code.
    pub code: i64,
    /// When it is tried again.
    pub until: Timestamp,
}

/// One row of the outbox, for people.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct SendRow {
    /// Its id.
    pub id: SendId,
    /// The number it goes out from.
    pub number: NumberId,
    /// To whom.
    pub contact: ContactId,
    /// The flow that asked for it; none where a person did.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub installation: Option<InstallationId>,
    /// When it was asked for.
    pub queued_at: Timestamp,
    /// What kind of message.
    pub kind: String,
    /// Where it is.
    pub state: SendState,
    /// How urgent it is.
    pub lane: i64,
    /// How often it was tried.
    pub attempts: u32,
    /// When it was last let out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_at: Option<Timestamp>,
    /// Meta's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// Meta's error code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<i64>,
    /// Why it is where it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}
