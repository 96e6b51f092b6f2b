//! The life of a business number: linked to its phone or not, locked, restricted, flagged, paused by the operator.
//!
//! [`Life`] is folded from what the platform reports ([`account`], [`number`]) and from what the operator says
//! ([`operator`]). Each of its facets remembers since when it stands, so that an older update that arrives late undoes
//! nothing. What it means for sending and routing follows at any moment ([`Life::sending_at`], [`Life::state_at`]):
//! a restriction that ends by a date ends by itself.

mod alerts;
mod apply;
mod checklist;
mod life;
mod limits;
mod meaning;
mod meant;

pub use alerts::{Alert, AlertKind, PHONE_RULES, PhoneRules, Raised, Signs, Subject, due, quiet_words, standing};
pub use apply::{Command, Outcome, account, number, operator};
pub use checklist::{Answer, CHECKLIST, Item, Known, Line, checklist};
pub use life::{Cause, Facet, Life, Link, Mark, Source, State, Transition};
pub use limits::{Limits, UNLIMITED_REACH, limits};
pub use meaning::{BARS, Bars, Sending};
pub use meant::{Candidate, meant};
