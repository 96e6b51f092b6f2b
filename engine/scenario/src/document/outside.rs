//! What the world outside answers flows: nothing else is ever answered them.

use std::collections::BTreeMap;

use ponte_model::HttpMethod;
use serde::Deserialize;
use serde_json::Value;
use url::Url;

const METHODS: [HttpMethod; 5] =
    [HttpMethod::Get, HttpMethod::Post, HttpMethod::Put, HttpMethod::Patch, HttpMethod::Delete];

/// Which requests are meant: `GET https://parcels.example/v1/BR1`. A `*` at the end: whatever begins so. Without a `?` the
/// query may be any.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Deserialize)]
#[serde(try_from = "String")]
pub(crate) struct Asked(String);

impl TryFrom<String> for Asked {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        let wrong = || format!("{text:?} is no request; write \"GET https://host.example/path\", at its end * for any");
        let (method, url) = text.split_once(' ').ok_or_else(wrong)?;
        if !METHODS.iter().any(|known| known.as_str() == method) {
            return Err(wrong());
        }
        // As the client writes it: with the path of a bare host, without the port that goes without saying.
        let url = Url::parse(url).ok().filter(|url| url.has_host()).ok_or_else(wrong)?;
        Ok(Self(format!("{method} {url}")))
    }
}

impl Asked {
    /// Whether a request is meant.
    pub(crate) fn fits(&self, method: HttpMethod, url: &Url) -> bool {
        let mut url = url.clone();
        if !self.0.contains('?') {
            url.set_query(None);
        }
        let asked = format!("{} {url}", method.as_str());
        match self.0.strip_suffix('*') {
            Some(beginning) => asked.starts_with(beginning),
            None => asked == self.0,
        }
    }

    /// The longer, the closer is what it means.
    pub(crate) fn closeness(&self) -> usize {
        self.0.len()
    }
}

/// Requests and what they are answered.
pub(crate) type HttpScript = BTreeMap<Asked, HttpAnswer>;

/// What a web service answers.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct HttpAnswer {
    /// 200, unless it is said.
    pub(crate) status: Option<u16>,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    /// A text as it is; everything else as JSON.
    pub(crate) body: Option<Value>,
    /// Nobody answers at all.
    #[serde(default)]
    pub(crate) away: bool,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_is_meant_by_its_address_with_or_without_its_query_or_by_its_beginning() {
        for (written, asked, fits) in [
            ("GET https://a.example/x", "https://a.example/x", true),
            ("GET https://a.example/x", "https://a.example/x?page=2", true),
            ("GET https://a.example/x?page=1", "https://a.example/x?page=2", false),
            ("GET https://a.example/x", "https://a.example/xy", false),
            ("GET https://a.example/x*", "https://a.example/xy/z?page=2", true),
            ("GET https://a.example", "https://a.example/", true),
            ("GET https://a.example:443/x", "https://a.example/x", true),
            ("POST https://a.example/x", "https://a.example/x", false),
        ] {
            let asked = Url::parse(asked).unwrap();
            assert_eq!(Asked::try_from(written.to_owned()).unwrap().fits(HttpMethod::Get, &asked), fits, "{written}");
        }
        for wrong in ["https://a.example/x", "GETT https://a.example/x", "GET /x", ""] {
            assert!(Asked::try_from(wrong.to_owned()).unwrap_err().contains("is no request"), "{wrong}");
        }
    }
}
