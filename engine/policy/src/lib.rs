//! The rules. Pure: no I/O, no async, no clock of its own; everything is a function of what it is given.
//!
//! - [`fold`]: what an event changes in a conversation's [`Facts`].
//! - [`route`]: who handles an event by a tenant's [`RoutingPolicy`]; first match wins, and every decision names its rule.
//! - [`judge`]: whether a message may be sent; asked when the flow asks and again at the moment of sending.
//! - [`pacing`]: when there is room for it.
//! - [`template`]: whether a message fits its template, and what the review would reject.
//! - [`lifecycle`]: how a number stands with its phone and its account, and what that means for sending.
//! - [`profile`]: what a provider passes on.
//! - [`consent`]: what a person wants to hear, how often, and when.
//! - [`hours`]: open and closed periods on a wall clock.
//! - [`money`]: what messages cost, and what may be spent.

pub mod consent;
mod facts;
mod fold;
pub mod hours;
pub mod lifecycle;
mod loops;
mod merge;
pub mod money;
mod on_phone;
pub mod pacing;
pub mod platform;
pub mod profile;
mod routing;
pub mod template;
mod verdict;
pub mod words;

pub use facts::{Echo, Facts, Ownership};
pub use fold::{answered, break_loop, fold, give_to_people, hand_off, release};
pub use loops::{LOOP, LoopRules, Turns};
pub use merge::merge;
pub use on_phone::{Category, PhoneTerms, Purposes};
pub use routing::{
    Acquaintance, AppOnly, AskedRule, Calendar, Candidate, Decision, Fallback, Handler, HoursCondition, NumberTraits,
    OnPhone, OpenOrClosed, Person, PolicyError, PolicyProblem, Question, Routing, RoutingPolicy, RuleEntry, RuleName,
    Stage, Target, Trigger, When, bucket, route, sentence,
};
pub use verdict::{
    Awaits, ECHO_BLIND_PATIENCE, EchoBlind, No, ORDER, Objection, Proposal, Purpose, Rule, Sender, Shop, Situation,
    judge, judge_by,
};
