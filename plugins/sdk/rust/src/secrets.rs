//! Keys and passwords of web services. Permission: `secrets`. They never come into a flow.

use crate::Refusal;
use crate::bindings::ponte::flow::secrets as wire;

/// A stand-in for a secret that the manifest names in `[[http]]`. Put it into a header, the query or the body: the host
/// fills the secret in on the wire, towards the hosts that may have it, and hides it wherever the answer repeats it.
///
/// # Errors
/// [`Refusal::Denied`] where the manifest does not name it, [`Refusal::Other`] while the shop has not set it.
pub fn reference(name: &str) -> Result<String, Refusal> {
    Ok(wire::reference(name)?)
}
