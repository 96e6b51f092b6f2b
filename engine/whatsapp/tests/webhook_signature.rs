//! Signatures and the handshake.

use ponte_whatsapp::webhook::{HandshakeError, SecretError, SignatureError, Signatures, sign, verify_subscription};
use proptest::prelude::*;
use secrecy::SecretString;

/// Computed with OpenSSL: `printf '%s' "$body" | openssl dgst -sha256 -hmac "$secret"`.
const VECTORS: &[(&str, &str, &str)] = &[
    (
        "app-secret-of-a-test",
        r#"{"object":"whatsapp_business_account","entry":[]}"#,
        "afd7b5e6a221ef497bc688b27678ab68490909e3dad96e99ac8b04f6df5ba9dc",
    ),
    (
        "2f1e0d9c8b7a69584736251403f2e1d0",
        r#"{"text":{"body":"Ol\u00e1 \ud83d\udc4b, veja https:\/\/exemplo.com\/a"}}"#,
        "220cf672c7940595d8d12b6deb7bdde5d77760750b7f1bc2c6e2da5e5cc34c93",
    ),
    ("x", r#""#, "f27e6527d6b8408430a666b746070c307f542bb54ee7e6dcb303f3e52c0b09fb"),
    (
        "a secret that is longer than one block of the hash, sixty-four bytes, so that it is hashed first",
        r#"{"text":{"body":"Olá, não escapado"}}"#,
        "958d9195d1f0fcf412c8f290886a1a2e7b99c5f95f98988c481717ab1a043854",
    ),
];

fn secret(text: &str) -> SecretString {
    text.to_owned().into()
}

fn signatures(secrets: &[&str]) -> Signatures {
    Signatures::new(secrets.iter().map(|text| secret(text))).unwrap()
}

#[test]
fn known_signatures_hold_over_the_very_bytes() {
    for (key, body, digest) in VECTORS {
        let header = format!("sha256={digest}");
        assert_eq!(sign(&secret(key), body.as_bytes()), header);
        assert_eq!(signatures(&[key]).verify(Some(&header), body.as_bytes()), Ok(()));
        assert_eq!(
            signatures(&[key]).verify(Some(&header.to_uppercase().replace("SHA", "sha")), body.as_bytes()),
            Ok(())
        );
    }
    // The same JSON without its escapes is another body.
    let (key, body, digest) = VECTORS[1];
    let rewritten = serde_json::from_str::<serde_json::Value>(body).unwrap().to_string();
    assert_ne!(rewritten, body);
    let verdict = signatures(&[key]).verify(Some(&format!("sha256={digest}")), rewritten.as_bytes());
    assert_eq!(verdict, Err(SignatureError::Mismatch));
}

#[test]
fn every_secret_counts_during_a_rotation() {
    let both = signatures(&["old", "new"]);
    for key in ["old", "new"] {
        assert_eq!(both.verify(Some(&sign(&secret(key), b"{}")), b"{}"), Ok(()));
    }
    assert_eq!(both.verify(Some(&sign(&secret("older"), b"{}")), b"{}"), Err(SignatureError::Mismatch));
    assert_eq!(Signatures::new([]).unwrap_err(), SecretError::None);
    assert_eq!(Signatures::new([secret("a"), secret("")]).unwrap_err(), SecretError::Empty);
    assert_eq!(format!("{both:?}"), "Signatures(2 secrets)");
}

#[test]
fn a_header_of_another_form_is_refused() {
    let ours = signatures(&["s"]);
    let good = sign(&secret("s"), b"{}");
    assert_eq!(ours.verify(None, b"{}"), Err(SignatureError::Missing));
    let hex = good.strip_prefix("sha256=").unwrap();
    for header in [
        "",
        "sha256=",
        hex,
        &format!("sha1={hex}"),
        &good[..good.len() - 1],
        &format!("{good}0"),
        &format!("sha256={}", "g".repeat(64)),
        "sha256=é",
    ] {
        assert_eq!(ours.verify(Some(header), b"{}"), Err(SignatureError::Malformed), "{header}");
    }
}

proptest! {
    #[test]
    fn one_changed_bit_is_noticed(body in proptest::collection::vec(any::<u8>(), 1..300), at in any::<prop::sample::Index>(), bit in 0u8..8) {
        let ours = signatures(&["secret"]);
        let header = sign(&secret("secret"), &body);
        prop_assert_eq!(ours.verify(Some(&header), &body), Ok(()));
        let mut changed = body.clone();
        changed[at.index(body.len())] ^= 1 << bit;
        prop_assert_eq!(ours.verify(Some(&header), &changed), Err(SignatureError::Mismatch));
    }
}

#[test]
fn the_handshake_gives_back_the_challenge() {
    let query = |mode: &'static str, token: &'static str, challenge: &'static str| {
        [("hub.mode", mode), ("hub.challenge", challenge), ("hub.verify_token", token)]
            .into_iter()
            .filter(|(_, value)| *value != "-")
    };
    let cases = [
        (query("subscribe", "token", "1158201444"), "token", Ok("1158201444".to_owned())),
        (query("subscribe", "Token", "1158201444"), "token", Err(HandshakeError::WrongToken)),
        (query("subscribe", "token1", "1158201444"), "token", Err(HandshakeError::WrongToken)),
        (query("subscribe", "-", "1158201444"), "token", Err(HandshakeError::WrongToken)),
        (query("subscribe", "", "1158201444"), "", Err(HandshakeError::WrongToken)),
        (query("unsubscribe", "token", "1158201444"), "token", Err(HandshakeError::NotASubscription)),
        (query("-", "token", "1158201444"), "token", Err(HandshakeError::NotASubscription)),
        (query("subscribe", "token", "-"), "token", Err(HandshakeError::NoChallenge)),
        (query("subscribe", "token", ""), "token", Err(HandshakeError::NoChallenge)),
    ];
    for (query, expected, answer) in cases {
        assert_eq!(verify_subscription(query.clone(), &secret(expected)), answer, "{:?}", query.collect::<Vec<_>>());
    }
}
