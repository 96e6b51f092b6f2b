//! Versions of an installation, side by side: conversations that are held go on with the one that holds them.

use std::sync::Arc;

use ponte_model::{Body, InstallationId, Timestamp};
use ponte_policy::Facts;
use ponte_store::{InstallationRow, VersionRow};

use super::{Installed, Snapshot};

/// Versions that were replaced, as installations: theirs are the package and the settings, everything else is the present
/// installation's.
pub(super) fn replaced(present: &[InstallationRow], versions: Vec<VersionRow>) -> Vec<InstallationRow> {
    let of = |version: VersionRow| {
        let row = present.iter().find(|row| row.id == version.installation)?;
        let VersionRow { version, digest, package, settings, .. } = version;
        Some(InstallationRow { version, digest, package, settings, ..row.clone() })
    };
    versions.into_iter().filter(|version| version.needed_until.is_some()).filter_map(of).collect()
}

impl Snapshot {
    /// The version of an installation that an event is for: the one that the conversation is pinned to, as long as it is kept;
    /// else the one in force.
    pub(crate) fn serving(
        &self,
        id: &InstallationId,
        facts: &Facts,
        body: &Body,
        now: Timestamp,
    ) -> Option<&Arc<Installed>> {
        let present = self.installation(id)?;
        let pinned = facts.pinned(id, body, now).filter(|version| !present.is(version));
        let Some(version) = pinned else { return Some(present) };
        let kept = self.replaced.iter().find(|installed| installed.id == *id && installed.is(version));
        if kept.is_none() {
            tracing::warn!(installation = %id, version = version.version, present = present.version,
                "a conversation began with a version that is not kept any more; it goes on with the present one");
        }
        Some(kept.unwrap_or(present))
    }

    /// Puts the pinned version in the place of the one in force, among those who are asked.
    pub(crate) fn go_on<'a>(&'a self, asked: &mut [&'a Arc<Installed>], facts: &Facts, body: &Body, now: Timestamp) {
        if facts.ownership.version.is_none() || self.replaced.is_empty() {
            return;
        }
        for installed in asked {
            *installed = self.serving(&installed.id, facts, body, now).unwrap_or(installed);
        }
    }

    /// Those in force, and those that were replaced.
    pub(super) fn every_version(&self) -> impl Iterator<Item = &Arc<Installed>> {
        self.installations.iter().chain(&self.replaced)
    }
}
