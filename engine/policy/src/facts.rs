//! What is known of a conversation.

use ponte_model::{Owner, RunId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{Turns, platform};

/// What is known of a conversation after the events handled so far. Kept as JSON by the store, understood here alone.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Facts {
    /// Who speaks, and since when.
    #[serde(skip_serializing_if = "Ownership::is_default")]
    pub ownership: Ownership,
    /// The people to whom the routing rules gave the last event that they were asked about, if they did: then flows are
    /// silent, whatever they were about to say. The next event's rules say anew.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub routed: Option<Owner>,
    /// Until when free-form messages may be sent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub window_until: Option<Timestamp>,
    /// When the customer last wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_customer_at: Option<Timestamp>,
    /// When the customer wrote before that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub previous_customer_at: Option<Timestamp>,
    /// When somebody last wrote from the phone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub last_app_at: Option<Timestamp>,
    /// How many messages the customer wrote.
    pub customer_messages: u32,
    /// When the customer came by an ad, as long as nothing was answered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_at: Option<Timestamp>,
    /// Until when every message is free, because somebody who came by an ad was answered in time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub entry_free_until: Option<Timestamp>,
    /// The last app echo that was folded in, by its place in the inbox.
    pub echo_seq: i64,
    /// Who seems to have taken the last turns: a person, or a machine.
    #[serde(skip_serializing_if = "Turns::is_default")]
    pub turns: Turns,
}

/// Who speaks, and since when.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Ownership {
    /// Who.
    pub owner: Owner,
    /// The last human message or hand-off: release is counted from here.
    pub since: Timestamp,
    /// The run that handed the conversation over, if one did: what that run said before may still leave.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handed_by: Option<RunId>,
}

/// The last app echo that is stored, folded in or not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Echo {
    /// Its place in the inbox; 0 if there is none.
    pub seq: i64,
    /// When it was written.
    pub at: Timestamp,
}

impl Ownership {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Facts {
    /// Who speaks at `now`. An echo that is stored but not yet folded in counts; people who have been silent for
    /// [`platform::RELEASE_AFTER`] do not.
    pub fn ownership_at(&self, echo: Echo, now: Timestamp) -> Ownership {
        let mut ownership = self.ownership.clone();
        if echo.seq > self.echo_seq {
            ownership = Ownership { owner: Owner::App, since: ownership.since.max(echo.at), handed_by: None };
        }
        if ownership.owner.is_person() && now.since(ownership.since) >= platform::RELEASE_AFTER {
            ownership = Ownership::default();
        }
        ownership
    }

    /// Whether a message that leaves at `now` is in an open free entry point window, or opens one by being the answer.
    pub fn entry_point(&self, now: Timestamp) -> bool {
        let answers = self.entry_at.is_some_and(|at| now.since(at) < platform::RULES.entry_answer);
        answers || self.entry_free_until.is_some_and(|until| now < until)
    }

    /// Whether free-form messages may be sent at `now`, a margin before the platform would refuse them.
    pub fn window_open(&self, now: Timestamp) -> bool {
        self.window_until.is_some_and(|until| now.plus(platform::RULES.window_margin) < until)
    }
}
