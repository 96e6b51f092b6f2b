//! Automation and a person talked at the same time, because the platform told late of the person.

use std::time::Duration;

use ponte_model::Timestamp;

/// The platform tells whole seconds, so what seems to be of before a message by less than this may be an answer to it.
const CLOCK: Duration = Duration::from_secs(1);

/// What automation said after a person had spoken, and before it could know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Collision {
    /// So many messages.
    pub messages: usize,
    /// So long it took until the person's word was known, at least to the first of them.
    pub late: Duration,
}

/// The collision, if there was one. `written` is when the person wrote, `known` when that was handled, `left` when
/// messages of automation left in this conversation.
#[must_use]
pub fn collision(written: Timestamp, known: Timestamp, left: &[Timestamp]) -> Option<Collision> {
    let messages = left.iter().filter(|left| **left >= written.plus(CLOCK) && **left <= known).count();
    (messages > 0).then(|| Collision { messages, late: known.since(written) })
}

impl Collision {
    /// For people.
    pub fn words(&self) -> String {
        let Self { messages, late } = self;
        let plural = if *messages == 1 { "message" } else { "messages" };
        format!("known {} s after it was written; {messages} {plural} of Ponte left in between", late.as_secs())
    }
}

/// Whether something that somebody did at `at` lies before `moment`, for sure.
pub(crate) fn surely_before(at: Timestamp, moment: Timestamp) -> bool {
    at.plus(CLOCK) <= moment
}
