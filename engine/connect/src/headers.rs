//! Which headers a flow may set, and which it is told.

use ponte_model::{HttpHeader, Refusal};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};

/// What the host sets itself, or what would change where a request goes and how it is framed.
const OURS: &[&str] = &[
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "forwarded",
    "host",
    "idempotency-key",
    "keep-alive",
    "te",
    "trailer",
    "transfer-encoding",
    "upgrade",
    "via",
];

/// A family of names that are ours too.
const OUR_FAMILIES: &[&str] = &["proxy-", "sec-", "x-forwarded-"];

/// Checks headers of a flow.
///
/// # Errors
/// The first that it may not set, or that is none.
pub(crate) fn check(headers: &[HttpHeader]) -> Result<(), Refusal> {
    headers.iter().enumerate().try_for_each(|(index, header)| one(index, header).map(drop))
}

/// Headers for the wire.
///
/// # Errors
/// As [`check`].
pub(crate) fn wire(headers: &[HttpHeader]) -> Result<HeaderMap, Refusal> {
    let mut map = HeaderMap::new();
    for (index, header) in headers.iter().enumerate() {
        let (name, value) = one(index, header)?;
        map.append(name, value);
    }
    Ok(map)
}

fn one(index: usize, header: &HttpHeader) -> Result<(HeaderName, HeaderValue), Refusal> {
    let invalid = |part: &str, why: String| Refusal::invalid(format!("headers[{index}].{part}"), why);
    let name = HeaderName::from_bytes(header.name.as_bytes())
        .map_err(|_| invalid("name", format!("{:?} is no name of a header", header.name)))?;
    let lower = name.as_str();
    if OURS.contains(&lower) || OUR_FAMILIES.iter().any(|family| lower.starts_with(family)) {
        return Err(invalid("name", format!("`{lower}` is set by the host")));
    }
    // Never the value itself: it may hold a secret.
    let mut value = HeaderValue::from_bytes(header.value.as_bytes())
        .map_err(|_| invalid("value", "it has a line break or another control character".to_owned()))?;
    value.set_sensitive(true);
    Ok((name, value))
}

/// The headers of an answer, as a flow is told them.
pub(crate) fn told(headers: &HeaderMap) -> Vec<HttpHeader> {
    let header = |(name, value): (&HeaderName, &HeaderValue)| HttpHeader {
        name: name.as_str().to_owned(),
        value: String::from_utf8_lossy(value.as_bytes()).into_owned(),
    };
    headers.iter().map(header).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flow_cannot_reframe_a_request() {
        let refused = |name: &str, value: &str| {
            check(&[HttpHeader { name: name.into(), value: value.into() }]).map_err(|refusal| refusal.to_string())
        };
        for (name, value, words) in [
            ("Host", "evil.org", "set by the host"),
            ("Transfer-Encoding", "chunked", "set by the host"),
            ("Content-Length", "3", "set by the host"),
            ("Proxy-Authorization", "x", "set by the host"),
            ("X-Forwarded-For", "10.0.0.1", "set by the host"),
            ("Idempotency-Key", "mine", "set by the host"),
            ("X-A", "a\r\nHost: evil.org", "line break"),
            ("X-A", "a\nb", "line break"),
            ("X-A\r\nHost", "b", "no name"),
            ("", "b", "no name"),
        ] {
            let error = refused(name, value).unwrap_err();
            assert!(error.contains(words) && error.contains("headers[0]"), "{name:?}: {error}");
        }
        assert_eq!(refused("Authorization", "Bearer ponte_secret_1"), Ok(()));
    }
}
