//! Templates: whether a message fits the one it names, what webhooks change, and what the review would reject.
//!
//! - [`variant`]: which language of a template a message gets.
//! - [`check`]: whether the message may use it, field by field.
//! - [`apply`]: what the platform's news change.
//! - [`lint`]: what is wrong with a template before it is submitted.
//! - [`disagreements`], [`same_text`]: templates beside each other.

mod check;
mod limits;
mod lint;
mod places;
mod shape;
mod update;
mod value;
mod variant;

pub use check::{at_leaving, check, check_recipient};
pub use lint::{Finding, Severity, duplicates, lint};
pub use shape::{disagreements, same_text};
pub use update::{Applied, apply};
pub use value::as_value;
pub use variant::variant;
