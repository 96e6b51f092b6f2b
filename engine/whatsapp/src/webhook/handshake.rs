//! The GET handshake that Meta makes whenever a callback URL or its token is edited.

use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Why a handshake is refused. Answer 403.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HandshakeError {
    /// `hub.mode` is not `subscribe`.
    #[error("not a webhook handshake: hub.mode is not \"subscribe\"; Meta alone calls this address with GET")]
    NotASubscription,
    /// `hub.verify_token` is missing or is not ours.
    #[error("the handshake's hub.verify_token is not ours; put the same token into the app dashboard and here")]
    WrongToken,
    /// `hub.challenge` is missing.
    #[error("the handshake has no hub.challenge to answer with")]
    NoChallenge,
}

/// Checks the query of a handshake and returns the challenge, to be answered as the whole body with status 200.
///
/// The comparison takes the same time for every wrong token of whatever length, and an empty expected token
/// matches nothing. Source: Meta, webhooks/create-webhook-endpoint.
///
/// # Errors
/// [`HandshakeError`], if this is not a handshake or the token is not ours.
pub fn verify_subscription<K: AsRef<str>, V: AsRef<str>>(
    query: impl IntoIterator<Item = (K, V)>,
    expected_token: &SecretString,
) -> Result<String, HandshakeError> {
    let (mut mode, mut token, mut challenge) = (None, None, None);
    for (key, value) in query {
        let slot = match key.as_ref() {
            "hub.mode" => &mut mode,
            "hub.verify_token" => &mut token,
            "hub.challenge" => &mut challenge,
            _ => continue,
        };
        *slot = Some(value.as_ref().to_owned());
    }
    if mode.as_deref() != Some("subscribe") {
        return Err(HandshakeError::NotASubscription);
    }
    let expected = expected_token.expose_secret();
    let given = token.unwrap_or_default();
    // Digests have one length, so that the comparison does not tell how long our token is.
    let same = Sha256::digest(expected).ct_eq(&Sha256::digest(&given));
    if expected.is_empty() || !bool::from(same) {
        return Err(HandshakeError::WrongToken);
    }
    challenge.filter(|challenge| !challenge.is_empty()).ok_or(HandshakeError::NoChallenge)
}
