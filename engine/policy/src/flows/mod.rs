//! Whether an installation runs, and what stops it: the operator, a template that it needs, its budget.
//!
//! - [`judge`]: how the templates of a package stand in the accounts of the numbers that an installation serves.
//! - [`FlowLife`]: what stops an installation, and since when. What the host stopped goes on by itself when the reason is
//!   gone; what the operator stopped does not.

mod life;
mod need;
mod words;

pub use life::{Accepted, FlowLife, News, Reason, State, Stop};
pub use need::{Absent, Account, Answer, Question, Short, Trouble, judge};
pub(crate) use words::template;
