//! Events: something that happened, normalized.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{
    AccountUpdate, AppContact, Call, Contact, Control, ControlOrder, DeliveryStatus, EventKey, HandOffTarget, Handover,
    HistoryItem, HistoryProgress, IdentityChange, Message, MessageId, NumberId, NumberUpdate, PlatformError,
    Preference, StoreOrder, TemplateUpdate, Timestamp, WabaId,
};

/// Something that happened. Timers, schedules and a shop's webhooks are events like any other.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// What makes it one; redeliveries have the same key.
    pub key: EventKey,
    /// Who caused it.
    pub origin: Origin,
    /// Which queue it waits in.
    pub lane: Lane,
    /// The account, where the platform names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waba_id: Option<WabaId>,
    /// The business number, where the platform names one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number_id: Option<NumberId>,
    /// The person on the other side.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contact: Option<Contact>,
    /// The message it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message_id: Option<MessageId>,
    /// When it happened, by the clock of whoever reports it (for webhooks: Meta's).
    pub at: Timestamp,
    /// What happened.
    pub body: Body,
}

impl Event {
    /// Whether it takes the conversation away from automation at the moment it is stored, before anybody handles it:
    /// somebody did something on the phone, another app has the thread, or an operator takes it. What the app writes by
    /// itself does not, and neither does a keyword that gives the conversation back.
    pub fn claims(&self) -> bool {
        if self.lane != Lane::Message {
            return false;
        }
        match (&self.body, self.origin) {
            (Body::Echo(message), Origin::App) => message.echo.is_none(),
            (_, Origin::App) | (Body::Standby(_) | Body::Handover(_), _) => true,
            (Body::Control(control), _) => matches!(control.order, ControlOrder::Take(_)),
            _ => false,
        }
    }
}

/// Who caused an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Origin {
    /// The customer.
    Customer,
    /// The business, from the WhatsApp Business app on the phone.
    App,
    /// Something sent over the API, by us or by another partner.
    Api,
    /// The platform or Ponte itself.
    System,
}

/// The queue an event waits in. Lanes never wait for each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Lane {
    /// What belongs to a conversation: serial in it, and the only lane that runs flows.
    Message,
    /// Delivery statuses.
    Status,
    /// History and address book: never starts a flow, opens a window or counts as consent.
    Import,
    /// Accounts, numbers, templates, preferences, and whatever could not be decoded.
    Lifecycle,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", content = "content", rename_all = "snake_case")]
pub enum Body {
    /// A customer wrote.
    Message(Message),
    /// The business wrote from the phone.
    Echo(Message),
    /// A message was edited, by the event's origin.
    Edit {
        /// The message that changed.
        original: MessageId,
        /// What it says now.
        message: Message,
    },
    /// A message was deleted for everyone, by the event's origin.
    Revoke {
        /// The message that is gone.
        original: MessageId,
    },
    /// How far an outgoing message got.
    Status(DeliveryStatus),
    /// An imported message.
    History(HistoryItem),
    /// How far the import got.
    HistoryProgress(HistoryProgress),
    /// The owner did not share the history, or the import failed.
    HistoryRefused(PlatformError),
    /// A change in the phone's address book.
    AppContact(AppContact),
    /// The person's phone number or BSUID changed.
    IdentityChange(IdentityChange),
    /// A call rang, ended or changed state.
    Call(Call),
    /// The person stopped or resumed marketing messages in WhatsApp's own interface.
    Preference(Preference),
    /// The account changed.
    Account(AccountUpdate),
    /// The number, its name, its quality or its limits changed.
    Number(NumberUpdate),
    /// A template's status, quality, category or text changed.
    Template(TemplateUpdate),
    /// Control of the thread went from one responder to another.
    Handover(Handover),
    /// Something said in a thread that another responder controls. Never to be answered.
    Standby(Box<Body>),
    /// A known webhook field that Ponte keeps and does not interpret: groups, flows, payments …
    Notice {
        /// The platform's name of the field.
        field: String,
        /// The value as it came.
        json: Value,
    },
    /// The platform reports a problem that belongs to no message.
    Error(PlatformError),
    /// A one-off timer set by a flow came due.
    Timer(Timer),
    /// A flow's cron schedule came due.
    Schedule(Schedule),
    /// A store told of an order.
    Order(Box<StoreOrder>),
    /// What became of a request that a flow asked for in an earlier run.
    HttpReply(Box<crate::HttpReply>),
    /// Lines of the customer's that waited for more are due to be answered together.
    BurstEnd,
    /// An operator took the conversation, or gave it back.
    Control(Control),
    /// Ponte gives the conversation to people.
    HandOff {
        /// To whom.
        to: HandOffTarget,
        /// What they should know.
        note: String,
    },
    /// Could not be decoded; kept as it came.
    Unrecognized {
        /// The webhook field it came on; empty where there is none.
        field: String,
        /// What is wrong.
        why: String,
        /// The item as it came.
        json: Value,
    },
}

impl Body {
    /// The word for it: the `kind` in JSON, in logs and in metrics.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Message(_) => "message",
            Self::Echo(_) => "echo",
            Self::Edit { .. } => "edit",
            Self::Revoke { .. } => "revoke",
            Self::Status(_) => "status",
            Self::History(_) => "history",
            Self::HistoryProgress(_) => "history_progress",
            Self::HistoryRefused(_) => "history_refused",
            Self::AppContact(_) => "app_contact",
            Self::IdentityChange(_) => "identity_change",
            Self::Call(_) => "call",
            Self::Preference(_) => "preference",
            Self::Account(_) => "account",
            Self::Number(_) => "number",
            Self::Template(_) => "template",
            Self::Handover(_) => "handover",
            Self::Standby(_) => "standby",
            Self::Notice { .. } => "notice",
            Self::Error(_) => "error",
            Self::Timer(_) => "timer",
            Self::Schedule(_) => "schedule",
            Self::Order(_) => "order",
            Self::HttpReply(_) => "http_reply",
            Self::BurstEnd => "burst_end",
            Self::Control(_) => "control",
            Self::HandOff { .. } => "hand_off",
            Self::Unrecognized { .. } => "unrecognized",
        }
    }
}

/// A one-off timer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timer {
    /// The installation that set it, and the only one that hears it.
    pub installation: crate::InstallationId,
    /// The flow's name for it.
    pub name: String,
    /// What the flow wants to be told.
    #[serde(default)]
    pub payload: String,
}

/// A cron schedule.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// The installation whose manifest declares it.
    pub installation: crate::InstallationId,
    /// The schedule's name in the manifest.
    pub name: String,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Content;

    #[test]
    fn kind_is_the_word_in_json() {
        let body = Body::Revoke { original: "wamid.A".into() };
        let json = serde_json::to_value(&body).unwrap();
        assert_eq!(json["kind"], body.kind());
        let body = Body::Message(Message::of(Content::Welcome));
        let json = serde_json::to_value(&body).unwrap();
        assert_eq!(
            (json["kind"].as_str(), json["content"]["content"]["type"].as_str()),
            (Some("message"), Some("welcome"))
        );
        assert_eq!(serde_json::from_value::<Body>(json).unwrap(), body);
    }
}
