//! The rules. Pure: no I/O, no async, no clock of its own; everything is a function of what it is given.
//!
//! - [`fold`]: what an event changes in a conversation's [`Facts`].
//! - [`route`]: who handles an event; first match wins, and every decision names its rule.
//! - [`judge`]: whether a message may be sent; asked when the flow asks and again at the moment of sending.
//! - [`pacing`]: when there is room for it.
//! - [`consent`]: what a person wants to hear, how often, and when.
//! - [`hours`]: open and closed periods on a wall clock.

pub mod consent;
mod facts;
mod fold;
pub mod hours;
pub mod pacing;
pub mod platform;
mod routing;
mod verdict;

pub use facts::{Echo, Facts, Ownership};
pub use fold::{fold, hand_off, release};
pub use routing::{Candidate, Decision, Handler, HoursCondition, Trigger, route};
pub use verdict::{No, ORDER, Objection, Proposal, Purpose, Rule, Sender, Situation, judge, judge_by};
