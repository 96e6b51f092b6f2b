//! The version of a flow that a conversation goes on with: a dialog ends on the version that it began with.

use ponte_model::{Body, Digest256, InstallationId, Owner, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Facts;

/// A version of an installation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Version {
    /// As its package says.
    pub version: String,
    /// Its plugin. Two builds may say the same version.
    pub digest: Digest256,
}

/// The flow that holds the conversation goes on with this version of it. Nothing, if it does not hold it.
#[must_use]
pub fn pin(mut facts: Facts, holder: &InstallationId, version: Version) -> Facts {
    let ownership = &mut facts.ownership;
    if ownership.owner == Owner::Flow && ownership.holder.as_ref() == Some(holder) {
        ownership.version = Some(Box::new(version));
    }
    facts
}

/// A version of the installation ran. If it is another than the one that held the conversation, that is over, and what comes
/// due from now on is for the one that ran.
#[must_use]
pub fn unpin(mut facts: Facts, ran: &InstallationId, version: &Version) -> Facts {
    let held = &mut facts.ownership;
    if held.holder.as_ref() == Some(ran) && held.version.as_deref().is_some_and(|pinned| pinned != version) {
        held.version = None;
    }
    facts
}

impl Facts {
    /// The version that an installation is to be asked with, where it is not simply the one in force.
    ///
    /// What a customer does is for the version that holds the conversation, as long as it does. The flow's own timers, the
    /// fate of its messages and answers to what it asked for are for that version also when its time is up, until another
    /// version has run ([`unpin`]): a question times out at the very moment at which its hold ends.
    pub fn pinned(&self, installation: &InstallationId, body: &Body, now: Timestamp) -> Option<&Version> {
        let held = &self.ownership;
        let version = held.version.as_deref().filter(|_| held.holder.as_ref() == Some(installation))?;
        let own = matches!(body, Body::Timer(_) | Body::Status(_) | Body::HttpReply(_));
        (own || held.until.is_some_and(|until| now < until)).then_some(version)
    }

    /// Until when an installation holds the conversation, or held it.
    pub fn held_until(&self, installation: &InstallationId) -> Option<Timestamp> {
        self.ownership.until.filter(|_| self.ownership.holder.as_ref() == Some(installation))
    }
}
