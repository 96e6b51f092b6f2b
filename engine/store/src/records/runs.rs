use ponte_model::{ConversationId, InstallationId, Timestamp};

use super::RunRecord;

/// What is needed to run a run again, as the sandbox wrote it; nobody else understands it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewRecording {
    /// When it was made.
    pub at: Timestamp,
    /// What was written.
    pub bytes: Vec<u8>,
}

/// Which runs are asked for. Everything that is set must hold.
#[derive(Clone, Debug, Default)]
pub struct RunFilter {
    /// Of this installation.
    pub installation: Option<InstallationId>,
    /// In this conversation.
    pub conversation: Option<ConversationId>,
    /// Ended so, in a word.
    pub outcome: Option<String>,
    /// Only those that can be replayed.
    pub recorded: bool,
}

/// A run, and whether it can be run again.
#[derive(Clone, Debug, PartialEq)]
pub struct RunRow {
    /// The run.
    pub run: RunRecord,
    /// How large its recording is, in bytes; `None` where there is none.
    pub recording: Option<u64>,
}

/// What recordings take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RecordingsKept {
    /// How many there are.
    pub count: u64,
    /// How many bytes they have.
    pub bytes: u64,
    /// When the oldest was made.
    pub oldest: Option<Timestamp>,
}
