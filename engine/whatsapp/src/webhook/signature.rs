//! `X-Hub-Signature-256`: whether a body comes from Meta.

use std::fmt;

use hmac::{Hmac, KeyInit, Mac};
use secrecy::{ExposeSecret, SecretString};
use sha2::Sha256;
use subtle::{Choice, ConstantTimeEq};

type Key = Hmac<Sha256>;

/// What stands before the hex digits in the header.
const SCHEME: &str = "sha256=";

/// The app secrets whose signatures are accepted: one, or for the time of a rotation the old and the new one.
#[derive(Clone)]
pub struct Signatures {
    /// With the secret already absorbed: saves two of the hash's blocks for each webhook.
    keys: Vec<Key>,
}

/// Why no [`Signatures`] can be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// There is no secret.
    #[error("no app secret is given; take it from the app dashboard, Settings > Basic")]
    None,
    /// One of them is empty, and an empty secret is one that everybody knows.
    #[error("an app secret is empty; take it from the app dashboard, Settings > Basic")]
    Empty,
}

/// Why a body is not believed. Answer with a non-200; Meta will try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignatureError {
    /// There is no header.
    #[error("the request has no X-Hub-Signature-256 header; Meta signs every webhook")]
    Missing,
    /// The header is not `sha256=` and 64 hex digits.
    #[error("the X-Hub-Signature-256 header is not \"sha256=\" followed by 64 hex digits")]
    Malformed,
    /// The body was not signed with any of our secrets, or was changed on its way.
    #[error(
        "the X-Hub-Signature-256 header does not fit the body; check the app secret, and that nothing before us \
         re-serialises or re-encodes the body"
    )]
    Mismatch,
}

impl Signatures {
    /// Accepts bodies signed with any of these secrets.
    ///
    /// # Errors
    /// [`SecretError`], if there is none or one is empty: both would be a door that only looks locked.
    pub fn new(secrets: impl IntoIterator<Item = SecretString>) -> Result<Self, SecretError> {
        let keys = secrets
            .into_iter()
            .map(|secret| match secret.expose_secret() {
                "" => Err(SecretError::Empty),
                secret => Ok(key(secret.as_bytes())),
            })
            .collect::<Result<Vec<_>, _>>()?;
        if keys.is_empty() { Err(SecretError::None) } else { Ok(Self { keys }) }
    }

    /// Whether `raw_body` was signed with one of our secrets. It must be the very bytes that came: bodies carry
    /// `\uXXXX` and `\/` escapes that a re-serialiser changes. Every secret is tried, and the comparison takes
    /// the same time whatever is wrong. Source: Meta, webhooks/create-webhook-endpoint.
    ///
    /// # Errors
    /// [`SignatureError`], if the header is missing, malformed or does not fit.
    pub fn verify(&self, header: Option<&str>, raw_body: &[u8]) -> Result<(), SignatureError> {
        let header = header.ok_or(SignatureError::Missing)?;
        let digits = header.trim().strip_prefix(SCHEME).ok_or(SignatureError::Malformed)?;
        let mut given = [0; 32];
        hex::decode_to_slice(digits, &mut given).map_err(|_| SignatureError::Malformed)?;
        let fits =
            self.keys.iter().fold(Choice::from(0), |fits, key| fits | digest(key.clone(), raw_body).ct_eq(&given));
        if fits.into() { Ok(()) } else { Err(SignatureError::Mismatch) }
    }
}

impl fmt::Debug for Signatures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Signatures({} secrets)", self.keys.len())
    }
}

/// The header that Meta would send with this body. For tests, simulators and tools.
pub fn sign(secret: &SecretString, body: &[u8]) -> String {
    format!("{SCHEME}{}", hex::encode(digest(key(secret.expose_secret().as_bytes()), body)))
}

fn key(secret: &[u8]) -> Key {
    Key::new_from_slice(secret).expect("HMAC takes keys of every length")
}

fn digest(mut key: Key, body: &[u8]) -> [u8; 32] {
    key.update(body);
    key.finalize().into_bytes().into()
}
