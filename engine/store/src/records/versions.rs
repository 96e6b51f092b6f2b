use std::time::Duration;

use ponte_model::{Digest256, InstallationId, Timestamp};
use serde_json::Value;

/// How long a version that was replaced is kept: a conversation can be held for seven days (`HOLD_LONGEST` of the sandbox),
/// and a timer may be heard late. A version that holds one again meanwhile is kept for longer, by
/// [`Store::keep_version`](crate::Store::keep_version).
pub const VERSION_KEPT: Duration = Duration::from_secs(8 * 24 * 3600);

/// A version of an installation: the one in force, or one that was, as long as something may go on with it.
#[derive(Clone, Debug, PartialEq)]
pub struct VersionRow {
    /// Whose.
    pub installation: InstallationId,
    /// As its package says.
    pub version: String,
    /// Its plugin.
    pub digest: Digest256,
    /// The package as it was installed.
    pub package: Value,
    /// The settings that were checked against that package's schema.
    pub settings: Value,
    /// When it was last installed.
    pub installed_at: Timestamp,
    /// Until when it is kept at least; `None` for the one in force.
    pub needed_until: Option<Timestamp>,
}
