//! What a flow said when it gave a conversation to people, and whether it may hand it on.

use ponte_model::{HandOffTarget, InstallationId, Owner, RunId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Facts, Ownership, Release, hand_off};

/// The last hand-off of a conversation to people: kept for whoever takes it up, also after they have.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Handed {
    /// To whom.
    pub to: Owner,
    /// The flow that did it.
    pub by: InstallationId,
    /// In which run.
    pub run: RunId,
    /// What they should know.
    pub note: String,
    /// When.
    pub at: Timestamp,
}

/// A flow gives the conversation to people, with a note. Who holds it already keeps it, with one exception: what this
/// same flow handed over and nobody has taken up since, it may hand on (from the phone to the team, say), and so it may
/// speak once more in the run that does so. From the first line that a person writes, that is over.
#[must_use]
pub fn hand_on(
    mut facts: Facts,
    to: HandOffTarget,
    note: &str,
    (by, run): (&InstallationId, &RunId),
    now: Timestamp,
    release: &Release<'_>,
) -> Facts {
    let untouched = facts
        .handed
        .as_ref()
        .is_some_and(|handed| handed.by == *by && facts.ownership.handed_by.as_ref() == Some(&handed.run));
    if untouched {
        facts.ownership = Ownership::default();
    }
    facts = hand_off(facts, to, run, now, release);
    if facts.ownership.handed_by.as_ref() == Some(run) {
        let to = facts.ownership.owner;
        let handed = Handed { to, by: by.clone(), run: run.clone(), note: note.to_owned(), at: now };
        facts.handed = Some(Box::new(handed));
    }
    facts
}
