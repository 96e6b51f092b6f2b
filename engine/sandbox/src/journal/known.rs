//! What every recording has, whether the run asked or not: a plugin that is tried later may ask for it.

use ponte_model::{Body, Event, MessageId};
use serde::{Deserialize, Serialize};

use crate::{AutomaticTexts, Broker, ConversationFacts, PastMessage, PhoneView};

/// The facts as the run began.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Known {
    pub(super) conversation: Option<ConversationFacts>,
    pub(super) automatic: AutomaticTexts,
    pub(super) phone: PhoneView,
    /// `None`: the event's own message alone.
    pub(super) burst: Option<Vec<PastMessage>>,
}

impl Known {
    pub(super) fn of(broker: &dyn Broker, event: &Event) -> Self {
        Self {
            conversation: broker.conversation(),
            automatic: broker.automatic(),
            phone: broker.phone(),
            burst: Some(broker.burst()).filter(|burst| *burst != own(event)),
        }
    }

    pub(super) fn burst(&self, event: &Event) -> Vec<PastMessage> {
        self.burst.clone().unwrap_or_else(|| own(event))
    }
}

/// The event's own message, where it is one.
fn own(event: &Event) -> Vec<PastMessage> {
    let Body::Message(message) = &event.body else { return Vec::new() };
    let id = event.message_id.clone().unwrap_or_else(|| MessageId::new(String::new()));
    vec![PastMessage { id, at: event.at, origin: event.origin, content: message.content.clone() }]
}

/// An answer that may be the one of the beginning, as most are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(untagged)]
pub(super) enum Now<T> {
    /// `[answer]`.
    Other((T,)),
    /// `null`.
    AsKnown,
}
