//! Whether a request is believed. The digests were computed with openssl and with Python:
//! `openssl dgst -sha256 -hmac SECRET` over the payload, and over the time, a point and the payload.

use std::time::Duration;

use ponte_hooks::{Kind, Request, SecretError, Settings, SignatureError, Source, SourceError, TOLERANCE, sign_json};
use ponte_model::Timestamp;
use secrecy::SecretString;

const SHOPIFY: &[u8] = include_bytes!("payloads/shopify-paid.json");
const SHOPIFY_SECRET: &str = "shpss_ponte_vector_1";
const SHOPIFY_DIGEST: &str = "I+qPQYcGsVc3b/e2x2sqxoLJmkif1o9lfNEfgWITk6I=";

const SIGNED: &[u8] = include_bytes!("payloads/signed-paid.json");
const SIGNED_SECRET: &str = "ponte_vector_2";
const SIGNED_AT: i64 = 1_795_482_600;
const SIGNED_DIGEST: &str = "0a9489065e2d158b1d7dfb76998ac8a2a1a5dc7b72c8883c36b2d384d51b9420";

fn source(kind: Kind, secrets: &[&str]) -> Result<Source, SourceError> {
    Source::new(Settings {
        name: "loja".into(),
        kind,
        secrets: secrets.iter().map(|secret| SecretString::from(*secret)).collect(),
        number: "1".into(),
        country: None,
        test_orders: false,
    })
}

fn verify(source: &Source, name: &str, value: Option<&str>, body: &[u8], now: Timestamp) -> Result<(), SignatureError> {
    let header = |asked: &str| value.filter(|_| asked == name);
    source.verify(Request { header: &header, body }, now)
}

fn shopify(secrets: &[&str], digest: Option<&str>, body: &[u8]) -> Result<(), SignatureError> {
    let source = source(Kind::Shopify, secrets).unwrap();
    verify(&source, "x-shopify-hmac-sha256", digest, body, Timestamp::EPOCH)
}

fn signed(secrets: &[&str], header: Option<&str>, body: &[u8], now: i64) -> Result<(), SignatureError> {
    let source = source(Kind::SignedJson, secrets).unwrap();
    verify(&source, "x-ponte-signature", header, body, Timestamp::from_secs(now))
}

#[test]
fn shopifys_signature_is_that_of_the_very_bytes_under_one_of_the_secrets() {
    assert_eq!(shopify(&[SHOPIFY_SECRET], Some(SHOPIFY_DIGEST), SHOPIFY), Ok(()));
    assert_eq!(shopify(&["new", SHOPIFY_SECRET], Some(SHOPIFY_DIGEST), SHOPIFY), Ok(()), "while it is changed");
    let mismatch = Err(SignatureError::Mismatch("X-Shopify-Hmac-Sha256"));
    assert_eq!(shopify(&["new"], Some(SHOPIFY_DIGEST), SHOPIFY), mismatch);
    // The same JSON, written by somebody else.
    let again = serde_json::to_vec(&serde_json::from_slice::<serde_json::Value>(SHOPIFY).unwrap()).unwrap();
    assert_eq!(shopify(&[SHOPIFY_SECRET], Some(SHOPIFY_DIGEST), &again), mismatch);
    assert!(matches!(shopify(&["x"], None, SHOPIFY), Err(SignatureError::Missing(_))));
    for digest in ["", "…", "AAAA", SIGNED_DIGEST] {
        assert!(matches!(shopify(&["x"], Some(digest), SHOPIFY), Err(SignatureError::Malformed { .. })), "{digest}");
    }
}

#[test]
fn a_signed_request_is_believed_for_five_minutes() {
    let header = format!("t={SIGNED_AT},v1={SIGNED_DIGEST}");
    let at = |now| signed(&[SIGNED_SECRET], Some(&header), SIGNED, now);
    let most = i64::try_from(TOLERANCE.as_secs()).unwrap();
    for away in [0, most, -most] {
        assert_eq!(at(SIGNED_AT + away), Ok(()), "{away}");
    }
    for away in [most + 1, -most - 1] {
        let stale = SignatureError::Stale(TOLERANCE + Duration::from_secs(1), TOLERANCE);
        assert_eq!(at(SIGNED_AT + away), Err(stale));
    }
    // Another time in the header does not make it new.
    let later = format!("t={},v1={SIGNED_DIGEST}", SIGNED_AT + 3600);
    let mismatch = Err(SignatureError::Mismatch("X-Ponte-Signature"));
    assert_eq!(signed(&[SIGNED_SECRET], Some(&later), SIGNED, SIGNED_AT + 3600), mismatch);
    assert_eq!(signed(&["other"], Some(&header), SIGNED, SIGNED_AT), mismatch);
    assert_eq!(signed(&["other", SIGNED_SECRET], Some(&header), SIGNED, SIGNED_AT), Ok(()));
    let two = format!("t={SIGNED_AT}, v1={}, v1={SIGNED_DIGEST}, v2=x", "0".repeat(64));
    assert_eq!(signed(&[SIGNED_SECRET], Some(&two), SIGNED, SIGNED_AT), Ok(()));
    assert!(matches!(signed(&["x"], None, SIGNED, 0), Err(SignatureError::Missing(_))));
    for header in ["", "t=1", "v1=00", &format!("v1={SIGNED_DIGEST}"), &format!("t=now,v1={SIGNED_DIGEST}")] {
        assert!(matches!(signed(&["x"], Some(header), SIGNED, 0), Err(SignatureError::Malformed { .. })), "{header}");
    }
    assert_eq!(sign_json(&SIGNED_SECRET.into(), SIGNED, Timestamp::from_secs(SIGNED_AT)), header_of());
}

fn header_of() -> String {
    format!("t={SIGNED_AT},v1={SIGNED_DIGEST}")
}

#[test]
fn a_source_without_a_secret_cannot_be() {
    assert_eq!(source(Kind::Shopify, &[]).unwrap_err(), SourceError::Secret(SecretError::None));
    assert_eq!(source(Kind::Shopify, &["x", ""]).unwrap_err(), SourceError::Secret(SecretError::Empty));
    let hushed = format!("{:?}", source(Kind::Shopify, &["hush"]).unwrap());
    assert!(!hushed.contains("hush"), "{hushed}");
}
