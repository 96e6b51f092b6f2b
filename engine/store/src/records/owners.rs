use ponte_model::{Control, ConversationId, Timestamp};

/// An operator's order about a conversation, on its way to the running pipeline.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ControlRow {
    /// Its place; never used again.
    pub id: i64,
    /// The conversation.
    pub conversation: ConversationId,
    /// What is ordered, and by whom.
    pub control: Control,
    /// When.
    pub at: Timestamp,
}
