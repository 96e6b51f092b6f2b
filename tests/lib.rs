//! What the end-to-end tests share: a stage with a simulated WhatsApp, a real pipeline over real HTTP, and a clock.

pub mod built;
pub mod first;
pub mod guests;
pub mod rates;
pub mod released;
mod stage;
pub mod store;

pub use stage::{NUMBER, OTHER_NUMBER, SECRET, Stage, StageBuilder, TOKEN, VERIFY, WABA, root};
