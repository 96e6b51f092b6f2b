use ponte_model::{
    ContactId, ConversationId, Digest256, EventKey, InstallationId, NumberId, RunId, StateScope, Timestamp,
};
use serde_json::Value;

/// The full name of a key of a flow.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StateKey {
    /// The flow's installation.
    pub installation: InstallationId,
    /// Whose the key is.
    pub scope: StateScope,
    /// Who that is: `contact/number`, the contact, or nobody for the installation's own.
    pub owner: String,
    /// The key.
    pub key: String,
}

impl StateKey {
    /// The key of a flow that handles `conversation`; `None` if the scope needs a conversation and there is none.
    pub fn new(
        installation: InstallationId,
        scope: StateScope,
        conversation: Option<&ConversationId>,
        key: impl Into<String>,
    ) -> Option<Self> {
        let owner = match scope {
            StateScope::Conversation => conversation.map(|id| format!("{}/{}", id.contact, id.number))?,
            StateScope::Contact => conversation?.contact.to_string(),
            StateScope::Installation => String::new(),
        };
        Some(Self { installation, scope, owner, key: key.into() })
    }

    pub(crate) fn scope_word(&self) -> &'static str {
        match self.scope {
            StateScope::Conversation => "conversation",
            StateScope::Contact => "contact",
            StateScope::Installation => "installation",
        }
    }
}

/// A value with its version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateValue {
    /// The value.
    pub value: Vec<u8>,
    /// Another with each write.
    pub version: i64,
}

/// A key to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateWrite {
    /// Which.
    pub key: StateKey,
    /// The value; `None` deletes.
    pub value: Option<Vec<u8>>,
    /// When it disappears by itself.
    pub expires_at: Option<Timestamp>,
}

/// A key of a shared scope that a run read, and the version that it saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SharedRead {
    /// Which.
    pub key: StateKey,
    /// The version; `None` if there was no value.
    pub version: Option<i64>,
    /// The moment as of which it was read: a key whose time was up by then was not there.
    pub at: Timestamp,
}

/// A timer to set or take away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimerWrite {
    /// The flow's installation.
    pub installation: InstallationId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The flow's name for it.
    pub name: String,
    /// When and with what; `None` takes it away.
    pub due: Option<(Timestamp, String)>,
}

/// A timer that is set.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TimerRow {
    /// The flow's installation.
    pub installation: InstallationId,
    /// The conversation.
    pub conversation: ConversationId,
    /// The flow's name for it.
    pub name: String,
    /// When.
    pub due: Timestamp,
    /// The place of the event that set it: a timer set anew is another timer.
    pub set_by: i64,
    /// What the flow wants to be told.
    pub payload: String,
}

/// A tag to set or take away.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TagWrite {
    /// Whose.
    pub contact: ContactId,
    /// The tag.
    pub tag: String,
    /// Whether it shall be there.
    pub present: bool,
}

/// The record of a run.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRecord {
    /// Its id.
    pub id: RunId,
    /// The event.
    pub event: EventKey,
    /// The installation.
    pub installation: InstallationId,
    /// The flow's version.
    pub version: String,
    /// The plugin.
    pub digest: Digest256,
    /// The number, where there is one.
    pub number: Option<NumberId>,
    /// The person, where there is one.
    pub contact: Option<ContactId>,
    /// When.
    pub at: Timestamp,
    /// The routing rule that chose the flow.
    pub rule: String,
    /// How it ended, in a word.
    pub outcome: String,
    /// The story: sentence, refusals, log, usage, effects.
    pub report: Value,
}
