//! Identifiers. Each is a type of its own, so that a WABA is never passed where a number is meant.

use std::fmt;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::Timestamp;

macro_rules! string_id {
    ($($(#[$doc:meta])* $name:ident)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// Wraps the text as it is; nothing is checked or changed.
            pub fn new(text: impl Into<String>) -> Self {
                Self(text.into())
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }

            /// The text, owned.
            pub fn into_string(self) -> String {
                self.0
            }
        }

        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                Self(text.to_owned())
            }
        }

        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self(text)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    )+};
}

string_id! {
    /// One business; a BSP runs many.
    TenantId
    /// A WhatsApp Business account.
    WabaId
    /// A business phone number, by Meta's `phone_number_id`.
    NumberId
    /// A WhatsApp user's business-scoped id (BSUID), such as `BR.13491208655302741918`.
    UserId
    /// A phone number in digits, without "+".
    Phone
    /// Ponte's own id of a contact: one person in one tenant, whatever aliases they came by.
    ContactId
    /// Meta's message id, `wamid.…`: inbound, outbound, echoes and history share the namespace.
    MessageId
    /// What makes an event one: redeliveries of the same thing have the same key. Also its id.
    EventKey
    /// One execution of a plugin.
    RunId
    /// One outgoing message in the outbox. Travels to Meta as `biz_opaque_callback_data` and back in statuses.
    SendId
    /// A request of a flow to a web service, made after its run. Also its idempotency key.
    RequestId
    /// A flow at work in a tenant.
    InstallationId
    /// The name of a flow package, such as `after-hours`.
    FlowName
    /// The SHA-256 of a plugin's component bytes, in hex.
    Digest256
}

impl EventKey {
    /// Joins the parts of a key. Parts are percent-free identifiers of Meta's, so `|` separates safely.
    pub fn of(parts: &[&str]) -> Self {
        Self(parts.join("|"))
    }

    /// A key for something that carries no id of its own: a hash of what it says.
    pub fn of_content(kind: &str, content: &[u8]) -> Self {
        let hash = Sha256::digest(content);
        Self(format!("{kind}|{}", hex::encode(&hash[..16])))
    }
}

impl RunId {
    /// The run of `event`, which has the place `seq` in the inbox, by `installation`. The same event never runs twice
    /// for one installation, so neither does the id.
    pub fn of(event: &EventKey, seq: i64, installation: &InstallationId) -> Self {
        Self(format!("run_{}{}", ordered(seq), short_hash(&[event.as_str(), installation.as_str()])))
    }
}

impl SendId {
    /// The `ordinal`-th message that `run` sent. Deterministic, so that a run repeated after a crash
    /// cannot put a second copy into the outbox.
    pub fn of(run: &RunId, ordinal: usize) -> Self {
        Self(format!("snd_{}-{ordinal}", run.as_str().trim_start_matches("run_")))
    }
}

impl RequestId {
    /// The `ordinal`-th request that `run` asked for. Deterministic, like [`SendId::of`].
    pub fn of(run: &RunId, ordinal: usize) -> Self {
        Self(format!("req_{}-{ordinal}", run.as_str().trim_start_matches("run_")))
    }
}

impl ContactId {
    /// A new contact, named after the alias it was first seen by, and when.
    pub fn first_seen_as(tenant: &TenantId, alias: &str, at: Timestamp) -> Self {
        Self(format!("con_{}{}", ordered(at.as_millis()), short_hash(&[tenant.as_str(), alias])))
    }
}

impl Digest256 {
    /// Of the given bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(hex::encode(Sha256::digest(bytes)))
    }
}

/// Ids that begin with a growing number are stored beside those that were made just before: a batch of writes touches a
/// few pages of the database instead of one for each row.
fn ordered(number: i64) -> String {
    format!("{:012x}", number.max(0))
}

/// 64 bits of SHA-256 in hex: with the number before it far from any collision, and short in logs.
fn short_hash(parts: &[&str]) -> String {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update((part.len() as u64).to_le_bytes());
        hasher.update(part.as_bytes());
    }
    hex::encode(&hasher.finalize()[..8])
}

/// A conversation: the unit of ordering, ownership, window and state.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct ConversationId {
    /// The business number.
    pub number: NumberId,
    /// The person on the other side.
    pub contact: ContactId,
}

impl fmt::Display for ConversationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.number, self.contact)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_depend_on_every_part_and_nothing_else() {
        let run = |event: &str, seq, installation: &str| RunId::of(&event.into(), seq, &installation.into());
        assert_eq!(run("a", 0, "b"), run("a", 0, "b"));
        assert_ne!(run("a", 0, "b"), run("ab", 0, ""));
        assert_ne!(run("a", 0, "b"), run("a", 1, "b"));
        assert_ne!(SendId::of(&run("a", 0, "b"), 0), SendId::of(&run("a", 0, "b"), 1));
        assert!(run("z", 9, "z") < run("a", 10, "a"), "in the order of the inbox");
    }
}
