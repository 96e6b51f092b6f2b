//! The rules. Pure: no I/O, no async, no clock of its own; everything is a function of what it is given.
//!
//! - [`fold`]: what an event changes in a conversation's [`Facts`].
//! - [`route`]: who handles an event; first match wins, and every decision names its rule.
//! - [`judge`]: whether a message may be sent; asked when the flow asks and again at the moment of sending.
//! - [`pacing`]: when there is room for it.
//! - [`lifecycle`]: how a number stands with its phone and its account, and what that means for sending.
//! - [`profile`]: what a provider passes on.
//! - [`hours`]: open and closed periods on a wall clock.

mod facts;
mod fold;
pub mod hours;
pub mod lifecycle;
mod merge;
pub mod pacing;
pub mod platform;
pub mod profile;
mod routing;
mod verdict;
pub mod words;

pub use facts::{Echo, Facts, Ownership};
pub use fold::{fold, hand_off, release};
pub use merge::merge;
pub use routing::{Candidate, Decision, Handler, HoursCondition, Trigger, route};
pub use verdict::{
    ECHO_BLIND_PATIENCE, EchoBlind, No, ORDER, Objection, Proposal, Purpose, Rule, Sender, Shop, Situation, judge,
    judge_by,
};
