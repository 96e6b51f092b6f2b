use ponte_model::{InstallationId, Timestamp, WabaId};
use serde_json::Value;

/// How an installation stands.
#[derive(Clone, Debug, PartialEq)]
pub struct FlowLifeRow {
    /// Which installation.
    pub installation: InstallationId,
    /// What the policy made of it.
    pub life: Value,
    /// Grows with each write of the life.
    pub revision: i64,
}

/// A template that was submitted for an installation, or is about to be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubmissionRow {
    /// The account.
    pub waba: WabaId,
    /// The template.
    pub name: String,
    /// Its language.
    pub language: String,
    /// When somebody set out to submit it.
    pub claimed_at: Timestamp,
    /// What became of it; `None` while nobody knows.
    pub outcome: Option<SubmissionOutcome>,
}

/// What became of a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SubmissionOutcome {
    /// The platform took it for review.
    Submitted,
    /// The platform did not take it.
    Refused {
        /// What it said.
        why: String,
    },
}

/// A notice to the shop.
#[derive(Clone, Debug, PartialEq)]
pub struct NoticeRow {
    /// Its number; 0 for one that is not stored yet.
    pub seq: i64,
    /// What it is about: a key has one open notice at most.
    pub key: String,
    /// Whose it is.
    pub tenant: ponte_model::TenantId,
    /// The sort of notice.
    pub kind: String,
    /// What it says, as somebody else understands it.
    pub words: Value,
    /// Since when it is so.
    pub since: Timestamp,
    /// When it ends by itself.
    pub until: Option<Timestamp>,
    /// When it ended; `None` while it is open.
    pub closed_at: Option<Timestamp>,
}
