//! Stand-ins become secrets on the wire, and secrets become stand-ins in what comes back.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use ponte_model::{HttpHeader, Refusal};
use secrecy::{ExposeSecret as _, SecretString};

use crate::Grant;

/// What stands in a query or a form unchanged (RFC 3986, unreserved).
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A secret of an installation.
#[derive(Clone, Debug)]
pub struct Secret {
    /// The shop's name for it.
    pub name: String,
    /// What flows see in its place.
    pub stand_in: String,
    /// What goes over the wire.
    pub value: SecretString,
}

/// The secrets of an installation. Does not print them.
#[derive(Clone, Default)]
pub struct SecretSet(Vec<Secret>);

impl fmt::Debug for SecretSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.0.iter().map(|secret| &secret.name)).finish()
    }
}

impl FromIterator<Secret> for SecretSet {
    fn from_iter<I: IntoIterator<Item = Secret>>(secrets: I) -> Self {
        Self(secrets.into_iter().collect())
    }
}

/// Where a stand-in stands, and so how its secret is written there.
#[derive(Clone, Copy)]
enum Place {
    Plain,
    Percent,
    Json,
}

impl Place {
    fn write(self, secret: &str) -> String {
        match self {
            Self::Plain => secret.to_owned(),
            Self::Percent => utf8_percent_encode(secret, RESERVED).to_string(),
            Self::Json => {
                let quoted = serde_json::Value::from(secret).to_string();
                quoted[1..quoted.len() - 1].to_owned()
            }
        }
    }

    /// How a body of a content type is written.
    fn of(headers: &[HttpHeader]) -> Self {
        let content = headers.iter().find(|header| header.name.eq_ignore_ascii_case("content-type"));
        let content = content.map(|header| header.value.to_ascii_lowercase()).unwrap_or_default();
        match content.split(';').next().unwrap_or_default().trim() {
            "application/x-www-form-urlencoded" => Self::Percent,
            json if json.ends_with("json") => Self::Json,
            _ => Self::Plain,
        }
    }
}

impl SecretSet {
    /// The stand-in of a secret, if there is such a secret.
    pub fn stand_in(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|secret| secret.name == name).map(|secret| secret.stand_in.as_str())
    }

    /// Whether any stand-in stands in a text.
    pub(crate) fn stands_in(&self, bytes: &[u8]) -> bool {
        self.0.iter().any(|secret| contains(bytes, secret.stand_in.as_bytes()))
    }

    /// Checks that each stand-in of a request is one that may go where it is sent to, and stands where it can be filled in.
    pub(crate) fn check(
        &self,
        grant: &Grant,
        url: &url::Url,
        headers: &[HttpHeader],
        body: &[u8],
    ) -> Result<(), Refusal> {
        let before = url.as_str().split('?').next().unwrap_or_default();
        for secret in &self.0 {
            let stand_in = secret.stand_in.as_bytes();
            if contains(before.as_bytes(), stand_in) {
                let why = format!(
                    "the secret `{}` stands in the path; put it into a header, the query or the body",
                    secret.name
                );
                return Err(Refusal::invalid("url", why));
            }
            if headers.iter().any(|header| contains(header.name.as_bytes(), stand_in)) {
                return Err(Refusal::invalid(
                    "headers",
                    format!("the secret `{}` stands in a header's name", secret.name),
                ));
            }
            let used = contains(url.query().unwrap_or_default().as_bytes(), stand_in)
                || headers.iter().any(|header| contains(header.value.as_bytes(), stand_in))
                || contains(body, stand_in);
            if used && !grant.secrets.contains(&secret.name) {
                let host = url.host_str().unwrap_or_default();
                return Err(Refusal::Denied { permission: format!("secret {} towards {host}", secret.name) });
            }
        }
        Ok(())
    }

    pub(crate) fn fill_query(&self, url: &mut url::Url) {
        if let Some(query) = url.query() {
            let filled = self.fill(query.as_bytes(), Place::Percent);
            url.set_query(Some(&String::from_utf8_lossy(&filled)));
        }
    }

    pub(crate) fn fill_headers(&self, headers: &[HttpHeader]) -> Vec<HttpHeader> {
        let fill = |header: &HttpHeader| {
            let filled = self.fill(header.value.as_bytes(), Place::Plain);
            HttpHeader { name: header.name.clone(), value: String::from_utf8_lossy(&filled).into_owned() }
        };
        headers.iter().map(fill).collect()
    }

    pub(crate) fn fill_body(&self, headers: &[HttpHeader], body: &[u8]) -> Vec<u8> {
        self.fill(body, Place::of(headers))
    }

    fn fill(&self, bytes: &[u8], place: Place) -> Vec<u8> {
        self.0.iter().fold(bytes.to_vec(), |bytes, secret| match contains(&bytes, secret.stand_in.as_bytes()) {
            true => replace(&bytes, secret.stand_in.as_bytes(), place.write(secret.value.expose_secret()).as_bytes()),
            false => bytes,
        })
    }

    /// Puts the stand-ins back wherever a secret stands: as it is, or as servers echo it (percent, JSON, base64).
    pub fn hide(&self, bytes: &[u8]) -> Vec<u8> {
        self.0.iter().fold(bytes.to_vec(), |bytes, secret| {
            forms(secret.value.expose_secret()).iter().fold(bytes, |bytes, form| match contains(&bytes, form) {
                true => replace(&bytes, form, secret.stand_in.as_bytes()),
                false => bytes,
            })
        })
    }

    /// The same for words.
    pub fn hide_text(&self, text: &str) -> String {
        String::from_utf8_lossy(&self.hide(text.as_bytes())).into_owned()
    }

    /// Whether a secret stands in a text in any of its forms.
    pub(crate) fn shows_in(&self, bytes: &[u8]) -> bool {
        self.0.iter().any(|secret| secret.shows_in(bytes))
    }

    /// Whether one does that may not go where the grant leads.
    pub(crate) fn shows_beyond(&self, grant: &Grant, bytes: &[u8]) -> bool {
        self.0.iter().any(|secret| !grant.secrets.contains(&secret.name) && secret.shows_in(bytes))
    }
}

impl Secret {
    fn shows_in(&self, bytes: &[u8]) -> bool {
        forms(self.value.expose_secret()).iter().any(|form| contains(bytes, form))
    }
}

/// How a secret may be written, the longest first.
fn forms(secret: &str) -> Vec<Vec<u8>> {
    let percent = Place::Percent.write(secret);
    let mut forms = vec![
        secret.as_bytes().to_vec(),
        percent.to_ascii_lowercase().into_bytes(),
        percent.replace("%20", "+").into_bytes(),
        percent.into_bytes(),
        Place::Json.write(secret).into_bytes(),
        secret.replace('/', "\\/").into_bytes(),
        STANDARD_NO_PAD.encode(secret).into_bytes(),
        URL_SAFE_NO_PAD.encode(secret).into_bytes(),
        hex::encode(secret).into_bytes(),
    ];
    // A secret in small letters alone is its own small form; anything else would be hidden where it was never told.
    forms.retain(|form| !form.is_empty());
    forms.sort_by_key(|form| std::cmp::Reverse(form.len()));
    forms.dedup();
    forms
}

fn contains(bytes: &[u8], what: &[u8]) -> bool {
    !what.is_empty() && bytes.windows(what.len()).any(|window| window == what)
}

fn replace(bytes: &[u8], what: &[u8], by: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.windows(what.len()).position(|window| window == what) {
        out.extend_from_slice(&rest[..at]);
        out.extend_from_slice(by);
        rest = &rest[at + what.len()..];
    }
    out.extend_from_slice(rest);
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn set(value: &str) -> SecretSet {
        let secret = Secret { name: "key".into(), stand_in: "ponte_secret_ab12".into(), value: value.into() };
        [secret].into_iter().collect()
    }

    #[test]
    fn a_secret_is_written_as_its_place_wants_it() {
        let set = set("a\"b&c d/é");
        let header = |value: &str| vec![HttpHeader { name: "Content-Type".into(), value: value.into() }];
        let filled = |kind| String::from_utf8(set.fill_body(&header(kind), b"x=ponte_secret_ab12!")).unwrap();
        assert_eq!(filled("text/plain"), "x=a\"b&c d/é!");
        assert_eq!(filled("application/json; charset=utf-8"), "x=a\\\"b&c d/é!");
        assert_eq!(filled("application/x-www-form-urlencoded"), "x=a%22b%26c%20d%2F%C3%A9!");
        let mut url = url::Url::parse("https://a.example/?k=ponte_secret_ab12&z=1").unwrap();
        set.fill_query(&mut url);
        assert_eq!(url.as_str(), "https://a.example/?k=a%22b%26c%20d%2F%C3%A9&z=1");
    }

    proptest! {
        #[test]
        fn whatever_echoes_a_secret_shows_the_stand_in(secret in "[ -~]{8,40}", around in "[a-z{}\":, ]{0,20}") {
            let set = set(&secret);
            for form in forms(&secret) {
                let echo = [around.as_bytes(), &form, around.as_bytes()].concat();
                prop_assert!(!contains(&set.hide(&echo), &form));
                prop_assert!(set.shows_in(&echo));
            }
        }
    }
}
