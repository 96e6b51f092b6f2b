//! The rules. Pure: no I/O, no async, no clock of its own; everything is a function of what it is given.
//!
//! - [`fold`]: what an event changes in a conversation's [`Facts`]; [`Release`]: when people have let go of it.
//! - [`PhoneWords`], [`Learned`]: what an echo means that is not simply somebody's word.
//! - [`route`]: who handles an event by a tenant's [`RoutingPolicy`]; first match wins, and every decision names its rule.
//! - [`judge`]: whether a message may be sent; asked when the flow asks and again at the moment of sending.
//! - [`pacing`]: when there is room for it.
//! - [`template`]: whether a message fits its template, and what the review would reject.
//! - [`lifecycle`]: how a number stands with its phone and its account, and what that means for sending.
//! - [`profile`]: what a provider passes on; [`capabilities`]: what that changes for people; [`mode`]: where a number lives.
//! - [`flows`]: whether an installation runs, waits for its templates or is paused, and why.
//! - [`notices`]: what the shop is told.
//! - [`profile`]: what a provider passes on.
//! - [`consent`]: what a person wants to hear, how often, and when.
//! - [`debounce`]: which lines of a customer are answered together, and when.
//! - [`hours`]: open and closed periods on a wall clock.
//! - [`money`]: what messages cost, and what may be spent.

pub mod capabilities;
mod collision;
pub mod consent;
pub mod debounce;
mod facts;
pub mod flows;
mod fold;
mod handed;
pub mod hours;
pub mod lifecycle;
mod loops;
mod merge;
pub mod mode;
pub mod money;
pub mod notices;
mod on_phone;
pub mod pacing;
mod phone;
mod pin;
pub mod platform;
pub mod profile;
mod release;
mod routing;
pub mod template;
mod verdict;
pub mod words;

pub use collision::{Collision, collision};
pub use facts::{Echo, Facts, FollowUp, Ownership, Thread};
pub use fold::{answered, break_loop, fold, hand_off, hold, not_taken, release};
pub use handed::{Handed, hand_on};
pub use loops::{LOOP, LoopRules, Turns};
pub use merge::merge;
pub use on_phone::{Category, PhoneTerms, Purposes};
pub use phone::{Heard, Learned, PhoneWords, Sighting};
pub use pin::{Version, pin, unpin};
pub use release::{Release, ReleasedBy, parse_release_after};
pub use routing::{
    Acquaintance, AppOnly, AskedRule, Calendar, Candidate, Decision, Fallback, Handler, HoursCondition, NumberTraits,
    OnPhone, OpenOrClosed, People, Person, PolicyError, PolicyProblem, Question, Routing, RoutingPolicy, RuleEntry,
    RuleName, Stage, Target, Trigger, When, bucket, route, sentence,
};
pub use verdict::{
    Awaits, ECHO_BLIND_PATIENCE, EchoBlind, No, ORDER, Objection, Proposal, Purpose, Rule, Sender, Shop, Situation,
    judge, judge_by,
};
