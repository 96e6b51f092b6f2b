//! What is known of a number's life.

use std::fmt;

use ponte_model::{EventKey, Restriction, Timestamp};
use serde::{Deserialize, Serialize};

use super::Raised;

/// Everything known of a number's life. Kept as JSON by the store, understood here alone. The default is a number of
/// which nothing was heard: linked, and nothing wrong with it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Life {
    /// The link between phone and API.
    pub link: Facet<Link>,
    /// Why the platform closed the account, if it did.
    pub lock: Facet<Option<Mark>>,
    /// What the account may not do, and until when.
    pub restrictions: Facet<Vec<Restriction>>,
    /// What the platform warned of, if it did.
    pub flag: Facet<Option<Mark>>,
    /// Why the operator paused the number, if so.
    pub pause: Facet<Option<Mark>>,
    /// Whether the operator left the number to the phone alone: events are recorded, nothing is automated.
    pub app_only: Facet<bool>,
    /// When the number was linked to the API, where the platform said so.
    pub onboarded_at: Option<Timestamp>,
    /// When an update last proved that the phone is in use.
    pub proven_at: Option<Timestamp>,
    /// The last transitions, oldest first.
    pub transitions: Vec<Transition>,
    /// Alerts that were raised, so that none is raised twice.
    pub raised: Vec<Raised>,
}

/// A part of a life that changes by itself, and since when it stands.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facet<T> {
    /// How it stands.
    pub now: T,
    /// By an update of this moment; an older one changes nothing any more.
    pub since: Timestamp,
}

/// The link between phone and API.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "is", rename_all = "kebab-case")]
pub enum Link {
    /// It stands.
    #[default]
    Up,
    /// The owner changed or reinstalled the phone; it normally returns within minutes.
    Offboarded,
    /// It was ended.
    Removed {
        /// The platform's word for why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<String>,
        /// Who ended it: `USER` or `SYSTEM`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        by: Option<String>,
    },
}

/// A word of the platform or the operator that stands until it is taken back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// The word.
    pub why: String,
}

/// How a number stands, in one word: the gravest that is true.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum State {
    /// Linked, and nothing is wrong.
    Connected,
    /// Linked a short while ago: contacts and history may still come.
    Onboarding,
    /// The platform warned; everything works.
    Flagged,
    /// The account may not do everything.
    Restricted,
    /// The owner changed or reinstalled the phone.
    Offboarded,
    /// The link was ended.
    PartnerRemoved,
    /// The account is closed.
    Locked,
    /// The operator paused it.
    Paused,
}

/// Where a transition came from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Source {
    /// An event of the platform, by its key.
    Platform(EventKey),
    /// A command.
    Operator,
}

/// What made a transition.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cause {
    /// Where it came from.
    pub source: Source,
    /// When.
    pub at: Timestamp,
}

/// A change of a number's life.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transition {
    /// What made it.
    #[serde(flatten)]
    pub cause: Cause,
    /// In a word: the platform's, or the command's.
    pub what: String,
    /// How the number stood before.
    pub from: State,
    /// How it stood after.
    pub to: State,
}

/// So many transitions are remembered.
const REMEMBERED: usize = 20;

impl Life {
    pub(super) fn remember(&mut self, transition: Transition) {
        self.transitions.push(transition);
        let excess = self.transitions.len().saturating_sub(REMEMBERED);
        self.transitions.drain(..excess);
    }
}

impl<T: PartialEq> Facet<T> {
    /// Takes a newer word; `None` if what stands is newer, else whether anything changed.
    pub(super) fn take(&mut self, now: T, at: Timestamp) -> Option<bool> {
        if at < self.since {
            return None;
        }
        self.since = at;
        let changed = self.now != now;
        self.now = now;
        Some(changed)
    }
}

impl State {
    /// The word used in the store, in logs and in JSON.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Connected => "connected",
            Self::Onboarding => "onboarding",
            Self::Flagged => "flagged",
            Self::Restricted => "restricted",
            Self::Offboarded => "offboarded",
            Self::PartnerRemoved => "partner-removed",
            Self::Locked => "locked",
            Self::Paused => "paused",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
