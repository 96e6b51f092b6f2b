//! What the simulated WhatsApp tells the business.

pub(crate) mod bodies;
pub(crate) mod courier;
pub(crate) mod escape;
pub(crate) mod pen;
pub(crate) mod statuses;
