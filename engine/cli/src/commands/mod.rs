//! The commands.

pub(crate) mod consent;
pub(crate) mod doctor;
pub(crate) mod events;
pub(crate) mod flow;
pub(crate) mod number;
pub(crate) mod serve;
