use ponte_model::{TenantId, Timestamp};
use serde::Serialize;
use serde_json::Value;

use super::Pending;

/// A version of a tenant's routing policy.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct PolicyRow {
    /// Whose it is.
    pub tenant: TenantId,
    /// Counts up from 1; a rollback is a version too.
    pub version: i64,
    /// The policy, as somebody else understands it; null where there is none (any more).
    pub policy: Value,
    /// When it was put into force.
    pub created_at: Timestamp,
}

/// An event of the past, and what was decided about it.
#[derive(Clone, Debug)]
pub struct PastEvent {
    /// The event, as it was handed on when it came.
    pub pending: Pending,
    /// The rule that decided; none while it waits.
    pub decision: Option<String>,
}
