//! Webhooks: from the bytes that Meta posts to normalized events.
//!
//! [`verify_subscription`] answers the handshake, [`Signatures`] says whether a body comes from Meta, and
//! [`decode`] turns it into [`Event`](ponte_model::Event)s. Three rules hold throughout:
//!
//! - **The field decides, never the shape.** A list called `messages` is live on the field `messages` and an
//!   import on the field `history`; what comes on `smb_message_echoes` was said by the business.
//! - **Nothing is lost.** Every entry, change and item of a batch gives at least one event. What cannot be read
//!   keeps its JSON in [`Body::Unrecognized`](ponte_model::Body::Unrecognized) and costs its neighbours nothing.
//! - **An event of the message lane always names its number and its person**, so that it can be put into a
//!   conversation. An item that does not is unrecognized.

mod account;
mod calls;
mod content;
mod decode;
mod handshake;
mod history;
mod json;
mod lists;
mod message;
mod people;
mod person;
mod routing;
mod scope;
mod signature;
mod status;

pub use decode::{NotJson, decode};
pub use handshake::{HandshakeError, verify_subscription};
pub use signature::{SecretError, SignatureError, Signatures, sign};
