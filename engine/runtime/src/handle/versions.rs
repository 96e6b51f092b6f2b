//! A version that was replaced is kept as long as it holds a conversation.

use std::time::Duration;

use ponte_policy::Facts;
use ponte_store::StoreError;

use crate::core::Core;
use crate::registry::Installed;

/// A question times out when its hold ends, and that may be heard late.
const AFTERWARDS: Duration = Duration::from_secs(24 * 3600);

/// To be called before the run of a replaced version is committed: to keep it for too long does no harm.
pub(super) async fn keep(core: &Core, installed: &Installed, facts: &Facts) -> Result<(), StoreError> {
    let Some(until) = facts.held_until(&installed.id) else { return Ok(()) };
    let version = (installed.version.as_str(), &installed.digest);
    core.store.keep_version(&installed.id, version, until.plus(AFTERWARDS)).await
}
