//! Delivery statuses of outgoing messages.

use serde::{Deserialize, Serialize};

use crate::{MessageId, PlatformError, SendId};

/// How far a message got, by Meta's word.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum DeliveryState {
    /// Left Meta's servers.
    Sent,
    /// Reached a device of the person.
    Delivered,
    /// Was displayed.
    Read,
    /// A voice message was played for the first time.
    Played,
    /// Could not be sent or delivered.
    Failed,
    /// A state this version does not know, kept as written. The enumeration is open.
    Other(String),
}

/// One status webhook item.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DeliveryStatus {
    /// The message, as Meta names it.
    pub message_id: MessageId,
    /// How far it got.
    pub state: DeliveryState,
    /// Our own id of the send, if it came back: settles sends in doubt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub send_id: Option<SendId>,
    /// The group, if the message went to one; then statuses come per participant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group_id: Option<String>,
    /// What it costs, as far as the platform says here.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pricing: Option<Pricing>,
    /// Only for conversations priced the old way, or in a free entry point window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub conversation: Option<PricedConversation>,
    /// Why it failed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub errors: Vec<PlatformError>,
}

/// What a message costs: the conversation model until 30 June 2025, per message since.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pricing {
    /// `CBP` (by conversation) or `PMP` (per message); open.
    pub model: String,
    /// `marketing`, `utility`, `authentication`, `service`, `referral_conversion` …; open.
    pub category: String,
    /// `regular`, `free_customer_service`, `free_entry_point`; absent in the old model.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<String>,
    /// Whether it is charged. Announced as deprecated: derive from `kind` and `category` where they are present.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub billable: Option<bool>,
}

/// The conversation object of old statuses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PricedConversation {
    /// Meta's id.
    pub id: String,
    /// What opened it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<String>,
    /// When it ends; only on `sent`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<crate::Timestamp>,
}

impl DeliveryState {
    /// The word used in the store, in keys and in logs.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed => "failed",
            Self::Other(word) => word,
        }
    }
}
