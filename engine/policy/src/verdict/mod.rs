//! Whether a message may be sent.
//!
//! [`ORDER`] is the list of the rules; each is a function of a [`Proposal`] and a [`Situation`], in a file of its own.
//! They are asked in turn and the first that says no decides. Asked twice with the same words: when the flow asks, so
//! that it can react, and at the moment of sending, because the world may have changed meanwhile.

mod budget;
mod consent;
mod echo_blind;
mod frequency;
mod loops;
mod number;
mod owner;
mod per_user_limit;
mod quiet_hours;
mod template;
mod window;

use std::fmt;

use ponte_model::consent::Category;
use ponte_model::{Refusal, RunId, Timestamp};

use crate::consent::Reach;
use crate::lifecycle::Sending;
use crate::money::Stop;
use crate::{Echo, Facts, PhoneTerms, Release};
pub use echo_blind::{ECHO_BLIND_PATIENCE, EchoBlind, Shop};

/// A message that somebody wants to send.
#[derive(Clone, Copy, Debug)]
pub struct Proposal<'a> {
    /// What for.
    pub purpose: Purpose,
    /// Who wants to.
    pub sender: Sender<'a>,
    /// The category of a template; `None` where it is unknown, and of everything else.
    pub category: Option<Category>,
}

/// What a message is for, as far as the rules care.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// Anything but a template: needs an open window.
    FreeForm,
    /// An approved template: may be sent at any time.
    Template,
    /// A read receipt: no message, needs no window.
    Receipt,
}

/// Who wants to send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sender<'a> {
    /// A flow, in a run.
    Flow(&'a RunId),
    /// Ponte itself, in answer to what a customer asked of it: yields to people as a flow does.
    Host(&'a RunId),
    /// A person on the API side.
    Person,
}

/// Everything that the rules look at.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'a> {
    /// The moment for which the verdict is asked.
    pub now: Timestamp,
    /// What may leave the number.
    pub number: &'a Sending,
    /// Set where answers from the phone are not seen.
    pub echo_blind: Option<EchoBlind>,
    /// The conversation.
    pub facts: &'a Facts,
    /// The last app echo that is stored, folded into the facts or not.
    pub echo: Echo,
    /// What is wrong with the template that the message uses, as [`crate::template`] says, if anything.
    pub template: Option<&'a No>,
    /// What may be sent where the chat belongs to the phone.
    pub phone: PhoneTerms,
    /// When people who hold the conversation have let go, as the sender is concerned.
    pub release: Release<'a>,
    /// The hard limit that the message would pass, if so.
    pub budget: Option<&'a Stop>,
    /// Whom the message is for, and what the tenant set about reaching them.
    pub reach: Reach<'a>,
}

/// A rule's no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum No {
    /// Never: the message ends here, with the reason.
    Refused(Refusal),
    /// Not now: the message keeps its place and is judged again then.
    Held {
        /// When there may be room; not before.
        until: Timestamp,
        /// Why, in words for people.
        why: String,
    },
}

impl From<Refusal> for No {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

/// A no, and the rule that said it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Objection {
    /// The name of the rule in [`ORDER`].
    pub rule: &'static str,
    /// What it said.
    pub no: No,
}

/// What may let a held message go before its time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Awaits {
    /// Nothing: it is a matter of time.
    Time,
    /// News of its template.
    Template,
    /// The customer's next message.
    Customer,
}

impl Objection {
    /// What a message that is held waits for.
    pub fn awaits(&self) -> Awaits {
        match self.rule {
            "template" => Awaits::Template,
            "window" => Awaits::Customer,
            _ => Awaits::Time,
        }
    }

    /// Whether a free-form message found the customer-service window closed.
    pub fn is_closed_window(&self) -> bool {
        matches!(self.no, No::Refused(Refusal::WindowClosed))
    }

    /// As a value of the contract: what is held is a quota that is spent until a moment.
    pub fn into_refusal(self) -> Refusal {
        match self.no {
            No::Refused(refusal) => refusal,
            No::Held { until, .. } => Refusal::Quota { until },
        }
    }
}

impl fmt::Display for Objection {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.no {
            No::Refused(refusal) => write!(f, "{}: {refusal}", self.rule),
            No::Held { until, why } => write!(f, "{}: {why}, until {until}", self.rule),
        }
    }
}

/// A rule: its name, and the question.
pub type Rule = (&'static str, fn(&Proposal<'_>, &Situation<'_>) -> Result<(), No>);

/// The rules in the order in which they are asked.
pub const ORDER: &[Rule] = &[
    ("number", number::check),
    ("loop", loops::check),
    ("owner", owner::check),
    ("consent", consent::check),
    ("window", window::check),
    ("template", template::check),
    ("echo-blind", echo_blind::check),
    ("quiet-hours", quiet_hours::check),
    ("frequency", frequency::check),
    ("per-user-limit", per_user_limit::check),
    ("budget", budget::check),
];

/// Says whether the message may leave.
///
/// # Errors
/// What the first rule said that says no.
pub fn judge(proposal: &Proposal<'_>, situation: &Situation<'_>) -> Result<(), Objection> {
    judge_by(ORDER, proposal, situation)
}

/// As [`judge`], by other rules: tests take one out to see that it is missed.
///
/// # Errors
/// As [`judge`].
pub fn judge_by(rules: &[Rule], proposal: &Proposal<'_>, situation: &Situation<'_>) -> Result<(), Objection> {
    rules.iter().try_for_each(|&(rule, check)| check(proposal, situation).map_err(|no| Objection { rule, no }))
}
