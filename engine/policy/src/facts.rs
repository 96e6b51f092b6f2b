//! What is known of a conversation.

use ponte_model::{InstallationId, MessageId, Owner, RunId, Timestamp};
use serde::{Deserialize, Serialize};

use crate::debounce::Burst;
use crate::{Handed, Release, Turns, Version, platform};

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
    /// The flow that wrote last, of those that want to hear what is said to that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub heard: Option<FollowUp>,
    /// Lines of the customer's that wait to be answered together.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub burst: Option<Box<Burst>>,
    /// The last hand-off to people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handed: Option<Box<Handed>>,
    /// The last event that took the conversation from automation and was folded in, by its place in the inbox: an app
    /// echo, mostly.
    pub echo_seq: i64,
    /// When the conversation was last given back with a word: by keyword or by an operator. What was written on the phone
    /// before that takes it no more, however late it comes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released_at: Option<Timestamp>,
    /// The keyword's message: to delete it takes nothing either.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub released_by: Option<MessageId>,
    /// When the app last wrote by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub automatic_at: Option<Timestamp>,
    /// When it last wrote what may be its away text.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub away_at: Option<Timestamp>,
    /// Whether another app has control of the thread, as far as was told.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thread: Option<Thread>,
    /// Who seems to have taken the last turns: a person, or a machine.
    #[serde(skip_serializing_if = "Turns::is_default")]
    pub turns: Turns,
}

/// Who has control of the thread, as Meta's conversation routing tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Thread {
    /// Whether it is another app.
    pub elsewhere: bool,
    /// When that was last told.
    pub since: Timestamp,
}

/// A flow wrote to the person, and for a while what they say may be meant for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// Which.
    pub flow: InstallationId,
    /// Until when.
    pub until: Timestamp,
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
    /// The flow that holds it, where a flow does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub holder: Option<InstallationId>,
    /// Until when it does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// With which of its versions: the one that it goes on with, whatever is installed meanwhile.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<Box<Version>>,
    /// The people who held it before, and since when: they may have let go as the holder is concerned, and not yet as others
    /// are.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub people: Option<(Owner, Timestamp)>,
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
    /// People hold it.
    pub(crate) fn of_people(owner: Owner, since: Timestamp) -> Self {
        Self { owner, since, ..Self::default() }
    }

    /// The same after somebody wrote from the phone at `at`. What comes late is reconciled: it counts from its own time,
    /// and does not take from the team what the team took later.
    pub(crate) fn taken_by_phone(&self, at: Timestamp) -> Self {
        if self.owner.is_person() && self.since > at {
            return Self::of_people(self.owner, self.since);
        }
        Self::of_people(Owner::App, at)
    }

    /// The same when the flow that holds it has let go.
    pub(crate) fn without_holder(&self) -> Self {
        self.people.map_or_else(Self::default, |(owner, since)| Self::of_people(owner, since))
    }

    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Facts {
    /// Who speaks at `now`. An echo that is stored but not yet folded in counts; people who have let go by the terms of
    /// `release` do not, nor does a flow whose time is up. Where another app has control of the thread, the team speaks:
    /// that ends by no clock.
    pub fn ownership_at(&self, echo: Echo, now: Timestamp, release: &Release<'_>) -> Ownership {
        let mut ownership = self.ownership.clone();
        if echo.seq > self.echo_seq {
            ownership = ownership.taken_by_phone(echo.at);
        }
        if ownership.owner == Owner::Flow && ownership.until.is_none_or(|until| now >= until) {
            ownership = ownership.without_holder();
        }
        if ownership.owner.is_person() && now >= release.free_at(ownership.since).0 {
            ownership = Ownership::default();
        }
        if let Some(Thread { elsewhere: true, since }) = self.thread
            && !ownership.owner.is_person()
        {
            ownership = Ownership::of_people(Owner::Team, since);
        }
        ownership
    }

    /// The flow that the person may be answering with what they do at `at`.
    pub fn heard_last(&self, at: Timestamp) -> Option<&InstallationId> {
        self.heard.as_ref().filter(|heard| at < heard.until).map(|heard| &heard.flow)
    }

    /// Whether another app has control of the thread.
    pub fn is_elsewhere(&self) -> bool {
        self.thread.is_some_and(|thread| thread.elsewhere)
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
