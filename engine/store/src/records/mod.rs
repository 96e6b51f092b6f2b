//! What goes in and out of the store.

mod admin;
mod consent;
mod flows;
mod inbox;
mod life;
mod money;
mod outbox;
mod outside;
mod owners;
mod policies;
mod runs;
mod state;
mod templates;
mod versions;

pub use admin::*;
pub use consent::*;
pub use flows::*;
pub use inbox::*;
pub use life::*;
pub use money::*;
pub use outbox::*;
pub use outside::*;
pub use owners::*;
pub use policies::*;
pub use runs::*;
pub use state::*;
pub use templates::*;
pub use versions::*;
