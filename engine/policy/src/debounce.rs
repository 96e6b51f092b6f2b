//! A burst: lines that one customer types one after the other, answered once.
//!
//! A flow may ask to be run only when a customer has been quiet for a while. Its lines wait in the facts of their
//! conversation; each is acknowledged as it comes, and what is durable is the list of lines and the moment at which they
//! are due. The rules here say which lines wait, until when, and what edits and deletions change about them.

use std::time::Duration;

use ponte_model::{Body, Content, Event, InstallationId, MessageId, Origin, Timestamp};
use serde::{Deserialize, Serialize};

use crate::Facts;

/// The shortest quiet time. Ponte's own bound: less is no burst, but a delay.
pub const SHORTEST: Duration = Duration::from_secs(1);

/// The longest. Ponte's own bound: who waits longer than this has been forgotten.
pub const LONGEST: Duration = Duration::from_secs(300);

/// An endless talker is answered after so many quiet times, but never later than [`LONGEST`] after the first line.
const ENDLESS: u32 = 5;

/// So many lines are answered at once, however fast they come: as many as a flow may read back.
pub const MOST_LINES: usize = 50;

/// How long a flow waits for more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Patience {
    /// So long after the last line the burst is over.
    pub quiet: Duration,
    /// So long after the first line in any case.
    pub whole: Duration,
}

impl Patience {
    /// The patience of a flow that waits for so much quiet.
    ///
    /// # Errors
    /// Outside of [`SHORTEST`] to [`LONGEST`]: what would be right.
    pub fn of(quiet: Duration) -> Result<Self, String> {
        if !(SHORTEST..=LONGEST).contains(&quiet) {
            let (least, most) = (SHORTEST.as_secs(), LONGEST.as_secs() / 60);
            return Err(format!("between {least} second and {most} minutes, such as 8s or 2m"));
        }
        Ok(Self { quiet, whole: (quiet * ENDLESS).min(LONGEST) })
    }

    /// Reads `8s` or `2m`; `off` is no patience at all.
    ///
    /// # Errors
    /// What would be right.
    pub fn parse(text: &str) -> Result<Option<Self>, String> {
        if text == "off" {
            return Ok(None);
        }
        let split = text.len() - text.chars().last().map_or(0, char::len_utf8);
        let (digits, unit) = text.split_at(split);
        let unit = match unit {
            "s" => 1,
            "m" => 60,
            _ => return Err("write 8s, 2m or off".to_owned()),
        };
        let number: u64 = digits.parse().map_err(|_| "write 8s, 2m or off".to_owned())?;
        Self::of(Duration::from_secs(number.saturating_mul(unit))).map(Some)
    }
}

/// How a customer's message stands to a burst.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// It may wait for more, and joins what waits.
    Waits,
    /// It wants its answer now, and what waits is answered with it: somebody tapped, filled in a form, sent a cart.
    Closes,
    /// It has nothing to do with what waits, and changes nothing about it: a reaction.
    Passes,
}

/// How an event stands to a burst; [`Manner::Passes`] for whatever is no message of a customer's to the business.
pub fn manner(event: &Event) -> Manner {
    let Body::Message(message) = &event.body else { return Manner::Passes };
    if event.origin != Origin::Customer || event.message_id.is_none() || message.group_id.is_some() {
        return Manner::Passes;
    }
    match &message.content {
        Content::Text { .. }
        | Content::Media(_)
        | Content::Location(_)
        | Content::Contacts { .. }
        // Something came that WhatsApp does not show; often more follows that it does.
        | Content::Unsupported { .. } => Manner::Waits,
        Content::ButtonReply(_)
        | Content::ListReply(_)
        | Content::TemplateReply { .. }
        | Content::FormReply { .. }
        | Content::CallPermission { .. }
        | Content::Order { .. } => Manner::Closes,
        Content::Reaction { .. } | Content::Welcome | Content::MediaPlaceholder | Content::Other { .. } => {
            Manner::Passes
        }
    }
}

/// Lines that wait for more, or for the quiet after them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Burst {
    /// The flow that is to answer.
    pub installation: InstallationId,
    /// Whether a written rule of the policy chose it: then only another written rule chooses another.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub by_rule: bool,
    /// When the first line came.
    pub began: Timestamp,
    /// When they are answered, if nothing more comes.
    pub due: Timestamp,
    /// When the customer wrote before the first line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<Timestamp>,
    /// Whether the first line was the first that was ever heard in the conversation.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub newcomer: bool,
    /// What waits, in order.
    pub lines: Vec<Waiting>,
}

/// A line that waits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Waiting {
    /// Its place in the inbox.
    pub seq: i64,
    /// Its message.
    pub message: MessageId,
    /// The place of the edit that says what it says now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edit: Option<i64>,
}

/// A line that would wait.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// Its place in the inbox.
    pub seq: i64,
    /// Its message.
    pub message: &'a MessageId,
    /// The flow that the rules chose for it.
    pub installation: &'a InstallationId,
    /// Whether a written rule did.
    pub by_rule: bool,
    /// How long that flow waits.
    pub patience: Patience,
    /// Whether nothing was ever heard in the conversation before it.
    pub newcomer: bool,
    /// The moment.
    pub now: Timestamp,
}

/// Puts a line to those that wait. `facts` have its event folded in. Whether it waits: a burst that is full, or has
/// waited long enough, is answered with it instead, and the facts are as they were.
pub fn wait(facts: &mut Facts, line: &Arrival<'_>) -> bool {
    let waiting = Waiting { seq: line.seq, message: line.message.clone(), edit: None };
    let Some(burst) = &mut facts.burst else {
        facts.burst = Some(Box::new(Burst {
            installation: line.installation.clone(),
            by_rule: line.by_rule,
            began: line.now,
            due: line.now.plus(line.patience.quiet),
            before: facts.previous_customer_at,
            newcomer: line.newcomer,
            lines: vec![waiting],
        }));
        return true;
    };
    if line.by_rule || !burst.by_rule {
        burst.installation = line.installation.clone();
        burst.by_rule = line.by_rule;
    }
    if burst.lines.len() + 1 >= MOST_LINES || line.now >= burst.began.plus(line.patience.whole) {
        return false;
    }
    burst.lines.push(waiting);
    burst.prolong(line.patience, line.now);
    true
}

impl Burst {
    /// Something was typed: the quiet begins anew, but the burst does not last for ever.
    fn prolong(&mut self, patience: Patience, now: Timestamp) {
        let latest = self.began.plus(patience.whole);
        self.due = self.due.max(now.plus(patience.quiet).min(latest));
    }

    /// Whether a message waits in it.
    pub fn holds(&self, message: &MessageId) -> bool {
        self.lines.iter().any(|line| line.message == *message)
    }

    /// A line that waits says something else now, by the edit at `seq`. `patience` is that of the flow, if it is still
    /// at work.
    pub fn edited(&mut self, message: &MessageId, seq: i64, patience: Option<Patience>, now: Timestamp) {
        for line in self.lines.iter_mut().filter(|line| line.message == *message) {
            line.edit = Some(seq);
        }
        if let Some(patience) = patience {
            self.prolong(patience, now);
        }
    }

    /// A line was taken back: it is not answered. Its place in the inbox, if it waited.
    pub fn taken_back(&mut self, message: &MessageId) -> Option<i64> {
        let at = self.lines.iter().position(|line| line.message == *message)?;
        Some(self.lines.remove(at).seq)
    }
}
