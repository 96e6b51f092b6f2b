//! The way out for flows. A flow asks for an address; this crate decides whether it may, and is the only one that goes there.
//!
//! ```text
//! url ── Grants ──► host resolved by us ── every address judged ──► connected to exactly those ── answer bounded, secrets
//!        declared                          `addresses`, dated                                      put back as stand-ins
//! ```
//!
//! Nothing here knows of conversations or of the store. What a refusal says is meant for the flow's author and never holds a
//! secret.

pub mod addresses;
mod ai;
mod answers;
mod client;
mod grant;
mod headers;
pub mod limits;
mod resolve;
mod secrets;
mod vault;

pub use ai::{
    AiError, AiFile, AiLine, Chat, ChatSettings, Completion, Model, Prices, Scripted, Usage, ask, fits_schema,
};
pub use answers::Answers;
pub use client::{Client, ClientSettings, Failed};
pub use grant::{Grant, GrantError, Grants, HostPattern, Scheme};
pub use resolve::{PrivateHosts, Resolve, SystemResolver};
pub use secrets::{Secret, SecretSet};
pub use vault::{SecretError, Vault, VaultError, check_secret};
