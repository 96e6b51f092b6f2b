//! Business hours, from the installation's settings `timezone`, `hours` and `holidays`. Permission: none.

use crate::bindings::ponte::flow::calendar as wire;
use crate::{Instant, Refusal};

pub use wire::{LocalTime, Period};

/// The open or closed period around a moment.
pub fn at(moment: Instant) -> Result<Period, Refusal> {
    Ok(wire::at(moment)?)
}

/// The shop's wall clock at a moment.
pub fn local(moment: Instant) -> Result<LocalTime, Refusal> {
    Ok(wire::local(moment)?)
}
