//! What goes in and out of the store.

mod admin;
mod inbox;
mod outbox;
mod policies;
mod state;

pub use admin::*;
pub use inbox::*;
pub use outbox::*;
pub use policies::*;
pub use state::*;
