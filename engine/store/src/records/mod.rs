//! What goes in and out of the store.

mod admin;
mod consent;
mod inbox;
mod outbox;
mod state;

pub use admin::*;
pub use consent::*;
pub use inbox::*;
pub use outbox::*;
pub use state::*;
