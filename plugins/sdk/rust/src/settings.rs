//! What the shop filled in, already checked against the flow's settings schema. Permission: none.

use serde::de::DeserializeOwned;

use crate::bindings::ponte::flow::settings as wire;
use crate::{Error, error};

/// A setting, or its default from the schema. Dots go deeper: `sectors.0.title`.
///
/// Ask for an `Option` where the setting may have neither a value nor a default:
///
/// ```no_run
/// # fn main() -> Result<(), ponte_sdk::Error> {
/// use ponte_sdk::settings;
/// let hours: u32 = settings::get("again_after_hours")?;
/// let signature: Option<String> = settings::get("signature")?;
/// # Ok(()) }
/// ```
///
/// # Errors
/// [`Error::Missing`] and [`Error::Unfit`]; both name the setting.
pub fn get<T: DeserializeOwned>(key: &str) -> Result<T, Error> {
    error::read(|| format!("setting `{key}`"), json(key).as_deref().map(str::as_bytes))
}

/// A setting as JSON; none if it has neither a value nor a default.
pub fn json(key: &str) -> Option<String> {
    wire::get(key)
}
