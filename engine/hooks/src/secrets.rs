//! Secrets, and whether something was signed with one of them.

use std::fmt;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

type Key = Hmac<Sha256>;

/// Why no source can be made of these secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// There is none.
    #[error("no secret is given; without one anybody could tell of orders")]
    None,
    /// One is empty, and an empty secret is one that everybody knows.
    #[error("a secret is empty")]
    Empty,
}

/// Why a request is not believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is no header.
    #[error("the request has no {0} header")]
    Missing(&'static str),
    /// The header is not what it should be.
    #[error("the {header} header is not {form}")]
    Malformed {
        /// Which.
        header: &'static str,
        /// What it should be.
        form: &'static str,
    },
    /// The body was signed with no secret of ours, or was changed on its way.
    #[error("the {0} header does not fit the body; check the secret, and that nothing before us re-encodes the body")]
    Mismatch(&'static str),
    /// It was signed too long ago, or by a clock that is ahead.
    #[error("it was signed {} s away from now, and {} s are allowed; sign each try anew, and check both clocks", .0.as_secs(), .1.as_secs())]
    Stale(Duration, Duration),
}

/// The secrets of a source.
#[derive(Clone)]
pub(crate) struct Secrets(Vec<Key>);

impl Secrets {
    pub(crate) fn new(secrets: &[SecretString]) -> Result<Self, SecretError> {
        let keys: Result<Vec<Key>, SecretError> = secrets
            .iter()
            .map(|secret| match secret.expose_secret() {
                "" => Err(SecretError::Empty),
                secret => Ok(key(secret)),
            })
            .collect();
        keys.and_then(|keys| if keys.is_empty() { Err(SecretError::None) } else { Ok(Self(keys)) })
    }

    /// Whether one of the given digests is that of the parts under one of the secrets. All are tried.
    pub(crate) fn signed(&self, parts: &[&[u8]], given: &[[u8; 32]]) -> bool {
        let fits = self.0.iter().fold(Choice::from(0), |fits, key| {
            let right = digest(key.clone(), parts);
            given.iter().fold(fits, |fits, given| fits | right.ct_eq(given))
        });
        fits.into()
    }
}

/// The digest of the parts, one after the other, under a secret.
pub(crate) fn sign(secret: &SecretString, parts: &[&[u8]]) -> [u8; 32] {
    digest(key(secret.expose_secret()), parts)
}

fn key(secret: &str) -> Key {
    Key::new_from_slice(secret.as_bytes()).expect("HMAC takes keys of every length")
}

fn digest(mut key: Key, parts: &[&[u8]]) -> [u8; 32] {
    parts.iter().for_each(|part| key.update(part));
    key.finalize().into_bytes().into()
}

impl fmt::Debug for Secrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Secrets({})", self.0.len())
    }
}
