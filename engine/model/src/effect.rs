//! What a run asks for.

use serde::{Deserialize, Serialize};

use crate::send::Outbound;
use crate::{ContactId, Timestamp, WhenClosed};

/// What a run asked for. Effects are collected while the plugin runs and written in one transaction
/// with the acknowledgement of the event; nothing happens before.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "effect", rename_all = "snake_case")]
pub enum Effect {
    /// Put a message into the outbox.
    Send {
        /// To whom; the message says how to reach them.
        contact: ContactId,
        /// The message.
        message: Box<Outbound>,
        /// Drop it unsent if it has not left by then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Timestamp>,
        /// What becomes of it if it finds the window closed; as the flow's manifest says, unless it is said here.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        when_closed: Option<WhenClosed>,
    },
    /// Mark the customer's message as read, with a typing bubble if wished. No message, no price.
    MarkRead {
        /// The message; every earlier one of the chat is marked too.
        message_id: crate::MessageId,
        /// Whether to show the typing bubble, which goes after 25 s or with the next message.
        typing: bool,
    },
    /// Give the conversation to people.
    HandOff {
        /// To whom.
        to: HandOffTarget,
        /// What they should know.
        note: String,
    },
    /// Give the conversation back: nobody owns it.
    Release,
    /// Keep the conversation for this flow: others are not asked.
    Hold {
        /// Until then, at most.
        until: Timestamp,
    },
    /// Write a key.
    PutState {
        /// Where.
        scope: StateScope,
        /// The key.
        key: String,
        /// The value; `None` deletes. Hex in JSON, which has no bytes.
        #[serde(with = "crate::bytes")]
        value: Option<Vec<u8>>,
        /// When it disappears by itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        expires_at: Option<Timestamp>,
    },
    /// Set or replace the named timer of this conversation.
    SetTimer {
        /// The flow's name for it.
        name: String,
        /// When.
        due: Timestamp,
        /// What the flow wants to be told.
        payload: String,
    },
    /// Take the named timer away.
    CancelTimer {
        /// The flow's name for it.
        name: String,
    },
    /// Put a tag on the contact.
    Tag {
        /// The tag.
        tag: String,
    },
    /// Ask a web service for something after the commit.
    HttpLater {
        /// What, with stand-ins for secrets.
        request: Box<crate::HttpRequest>,
    },
    /// Take a tag off the contact.
    Untag {
        /// The tag.
        tag: String,
    },
}

/// Who a conversation is handed to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum HandOffTarget {
    /// The person on the phone.
    App,
    /// People on the API side.
    Team,
}

/// Whose a key is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StateScope {
    /// This conversation's: one writer, always exact.
    Conversation,
    /// This contact's, on every number of the tenant.
    Contact,
    /// The installation's: shared by all its conversations.
    Installation,
}

/// One line that a plugin wrote.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogLine {
    /// How loud.
    pub level: LogLevel,
    /// The words.
    pub text: String,
}

/// How loud a log line is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogLevel {
    /// Every step.
    Trace,
    /// For the author.
    Debug,
    /// For the operator.
    Info,
    /// Something odd.
    Warn,
    /// Something wrong.
    Error,
}
