//! The platform adapter: the only crate that spells a field name of Meta's.
//!
//! - [`webhook`]: from the bytes of a webhook to normalized events.
//! - [`outbound`]: from a message to the JSON of a send, its fields checked against [`limits`].
//! - [`template`]: templates as Meta lists them and takes them.
//! - [`errors`]: what Meta's error codes mean for a retry.
//! - [`graph`]: the HTTP client.

pub mod errors;
pub mod graph;
pub mod limits;
pub mod outbound;
pub mod template;
pub mod webhook;
