//! Identifiers as Meta makes them, but following from the seed.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ponte_model::{MessageId, Phone, UserId};
use sha2::{Digest, Sha256};

/// A new `wamid.…`: base64, so it holds `/` and `+` like Meta's.
pub(crate) fn message_id(rng: &mut fastrand::Rng, phone: &Phone) -> MessageId {
    let mut bytes = phone.as_str().as_bytes().to_vec();
    bytes.extend_from_slice(&rng.u128(..).to_be_bytes());
    MessageId::new(format!("wamid.{}", STANDARD.encode(bytes)))
}

/// The trace id of an error response.
pub(crate) fn trace_id(rng: &mut fastrand::Rng) -> String {
    format!("A{}", base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(rng.u128(..).to_be_bytes()))
}

/// The BSUID of a phone in a portfolio: two letters of a country, a dot, digits (Meta: business-scoped user ids).
pub(crate) fn user_id(portfolio: &str, phone: &Phone) -> UserId {
    let hash = Sha256::new().chain_update(portfolio).chain_update("|").chain_update(phone.as_str()).finalize();
    let digits = hash.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    UserId::new(format!("{}.{digits:020}", country(phone)))
}

/// A stable numeric id for a thing with a name, such as a template.
pub(crate) fn numeric_id(parts: &[&str]) -> String {
    let hash = Sha256::digest(parts.join("|"));
    let number = hash.iter().take(8).fold(0u64, |number, byte| number << 8 | u64::from(*byte));
    // Sixteen digits: above 2^53, as in Meta's examples.
    format!("{}", 9_100_000_000_000_000 + number % 800_000_000_000_000)
}

/// Calling codes whose country letters matter to nobody but the reader; the longest prefix comes first.
const COUNTRIES: &[(&str, &str)] = &[
    ("351", "PT"),
    ("595", "PY"),
    ("598", "UY"),
    ("1", "US"),
    ("34", "ES"),
    ("44", "GB"),
    ("49", "DE"),
    ("51", "PE"),
    ("52", "MX"),
    ("54", "AR"),
    ("55", "BR"),
    ("56", "CL"),
    ("57", "CO"),
    ("91", "IN"),
];

fn country(phone: &Phone) -> &'static str {
    COUNTRIES.iter().find(|(prefix, _)| phone.as_str().starts_with(prefix)).map_or("XX", |(_, letters)| letters)
}
