//! What goes in and out of the store.

mod admin;
mod inbox;
mod money;
mod outbox;
mod state;

pub use admin::*;
pub use inbox::*;
pub use money::*;
pub use outbox::*;
pub use state::*;
