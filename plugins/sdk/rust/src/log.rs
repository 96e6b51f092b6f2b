//! Words for the operator and the author. Bounded: what is too much is cut. Do not write what customers say.
//!
//! Use the macros: [`trace!`](crate::trace!), [`debug!`](crate::debug!), [`info!`](crate::info!),
//! [`warn!`](crate::warn!), [`error!`](crate::error!).

use crate::bindings::ponte::flow::log as wire;

pub use wire::Level;

/// Writes one line.
pub fn write(level: Level, message: &str) {
    wire::write(level, message);
}

/// Logs what only a debugging author wants: `trace!("{} rows", rows.len())`.
#[macro_export]
macro_rules! trace {
    ($($words:tt)+) => { $crate::log::write($crate::log::Level::Trace, &format!($($words)+)) };
}

/// Logs what explains a decision.
#[macro_export]
macro_rules! debug {
    ($($words:tt)+) => { $crate::log::write($crate::log::Level::Debug, &format!($($words)+)) };
}

/// Logs what happened.
#[macro_export]
macro_rules! info {
    ($($words:tt)+) => { $crate::log::write($crate::log::Level::Info, &format!($($words)+)) };
}

/// Logs what is odd and was coped with.
#[macro_export]
macro_rules! warn {
    ($($words:tt)+) => { $crate::log::write($crate::log::Level::Warn, &format!($($words)+)) };
}

/// Logs what somebody must repair.
#[macro_export]
macro_rules! error {
    ($($words:tt)+) => { $crate::log::write($crate::log::Level::Error, &format!($($words)+)) };
}
