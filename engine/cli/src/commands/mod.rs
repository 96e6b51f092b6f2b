//! The commands.

pub(crate) mod doctor;
pub(crate) mod events;
pub(crate) mod flow;
pub(crate) mod money;
pub(crate) mod number;
pub(crate) mod serve;
