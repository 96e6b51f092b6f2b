//! Consent: what a person wants to hear, how often, and when.
//!
//! - [`wish`]: whether what a customer wrote asks to stop, or to begin again.
//! - [`standing`]: what the ledger amounts to for each category.
//! - [`ConsentRules`]: frequency caps and quiet hours, as data.
//! - [`zones`](fn@zones): which clock the recipient lives by.

mod ledger;
mod pattern;
mod plain;
mod rules;
mod texts;
mod wish;
mod words;
mod zones;

pub use ledger::{Consent, NEEDS, Need, of_preference, of_refused_send, of_wish, standing};
pub use rules::{Addressee, Cap, ConsentRules, MOST_DAYS, Quiet, Reach};
pub use texts::confirmation;
pub use wish::{Reading, Wish, read, wish, wish_in};
pub use zones::{language, zones};
