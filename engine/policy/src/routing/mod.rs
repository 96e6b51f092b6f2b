//! Who handles an event.
//!
//! A tenant's [`RoutingPolicy`] is an ordered list of rules as data; [`Routing`] is the same, ready to be asked. The
//! first rule that holds wins, and [`Decision`] names it and says why. Some questions come before any rule: what can
//! start no flow, and what is switched to the phone alone. And one comes after: where people speak, flows are silent,
//! whatever a rule says.

mod bucket;
mod compile;
mod condition;
mod decide;
mod document;
mod moment;
mod question;
mod trigger;
mod words;

pub use bucket::bucket;
pub use compile::{PolicyError, PolicyProblem, Routing};
pub use decide::{AskedRule, Decision, Handler, RuleName, route, sentence};
pub use document::{
    Acquaintance, AppOnly, Calendar, Fallback, OnPhone, OpenOrClosed, RoutingPolicy, RuleEntry, Stage, Target, When,
};
pub use question::{NumberTraits, Person, Question};
pub use trigger::{Candidate, HoursCondition, People, Trigger};
