//! What messages cost: rate cards and rules as dated data, estimates, budgets, and the settling of charges by what the
//! platform says.
//!
//! An unknown price is unknown, never zero: it is shown as such, and a hard budget does not let it pass.

mod book;
mod calendar;
mod category;
mod estimate;
mod market;
mod merge;
mod period;
mod settle;
mod till;

pub use book::{BookError, RateBook};
pub use calendar::{Zone, day_end, day_of};
pub use category::Category;
pub use estimate::{Estimate, Free, Price, Question, Unknown};
pub use merge::merge_bubbles;
pub use settle::settle;
pub use till::{Stop, Till, Warning};
