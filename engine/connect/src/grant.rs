//! What a flow may reach: declared in its manifest, agreed to at install, matched on the parsed address.

use std::collections::BTreeSet;
use std::fmt;

use ponte_model::{HttpMethod, Refusal};
use url::{Host, Url};

/// How to go there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scheme {
    /// With TLS.
    Https,
    /// In the clear. No secrets go this way, except into the shop's own network.
    Http,
}

impl Scheme {
    fn as_str(self) -> &'static str {
        match self {
            Self::Https => "https",
            Self::Http => "http",
        }
    }

    fn port(self) -> u16 {
        match self {
            Self::Https => 443,
            Self::Http => 80,
        }
    }
}

/// A host, or the hosts one label below it: `api.example.com`, `*.example.com`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostPattern {
    wildcard: bool,
    name: String,
}

/// Why something declared is no grant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GrantError {
    /// The host.
    #[error("{0:?} is no host; write a name in small letters such as api.example.com, or *.example.com for one label")]
    Host(String),
    /// The path.
    #[error("{0:?} is no path; it begins with / and has neither .. nor ? nor #")]
    Path(String),
}

impl HostPattern {
    /// Reads one.
    ///
    /// # Errors
    /// [`GrantError::Host`].
    pub fn parse(text: &str) -> Result<Self, GrantError> {
        let wrong = || GrantError::Host(text.to_owned());
        let (wildcard, name) = text.strip_prefix("*.").map_or((false, text), |name| (true, name));
        // As the parser of addresses writes it, or nothing would ever match: wildcards that silently fail are a trap.
        let parsed = Url::parse(&format!("https://{name}/")).map_err(|_| wrong())?;
        let labels = name.split('.').filter(|label| !label.is_empty()).count();
        let plain = parsed.host_str() == Some(name) && !name.ends_with('.') && !name.contains('*');
        let is_name = matches!(parsed.host(), Some(Host::Domain(_)));
        if !plain || parsed.port().is_some() || wildcard && (labels < 2 || !is_name) {
            return Err(wrong());
        }
        Ok(Self { wildcard, name: name.to_owned() })
    }

    /// Whether a host of a parsed address is meant.
    pub fn takes(&self, host: &str) -> bool {
        if !self.wildcard {
            return host == self.name;
        }
        let label = host.strip_suffix(&self.name).and_then(|rest| rest.strip_suffix('.'));
        label.is_some_and(|label| !label.is_empty() && !label.contains('.'))
    }
}

impl fmt::Display for HostPattern {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", if self.wildcard { "*." } else { "" }, self.name)
    }
}

/// One thing that a flow may reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    /// How.
    pub scheme: Scheme,
    /// Where.
    pub host: HostPattern,
    /// On which port.
    pub port: u16,
    /// To do what.
    pub methods: BTreeSet<HttpMethod>,
    /// What the path is or is below of: `/v1` means `/v1` and `/v1/orders`, and not `/v10`.
    pub path: String,
    /// Names of the secrets that may go there.
    pub secrets: BTreeSet<String>,
}

impl Grant {
    /// One with the usual port, or another.
    ///
    /// # Errors
    /// [`GrantError`]: what does not fit.
    pub fn new(
        scheme: Scheme,
        host: &str,
        port: Option<u16>,
        methods: impl IntoIterator<Item = HttpMethod>,
        path: &str,
        secrets: impl IntoIterator<Item = String>,
    ) -> Result<Self, GrantError> {
        if !path.starts_with('/') || path.contains("..") || path.contains(['?', '#', '\\', '%']) {
            return Err(GrantError::Path(path.to_owned()));
        }
        Ok(Self {
            scheme,
            host: HostPattern::parse(host)?,
            port: port.unwrap_or(scheme.port()),
            methods: methods.into_iter().collect(),
            path: path.to_owned(),
            secrets: secrets.into_iter().collect(),
        })
    }

    fn takes(&self, method: HttpMethod, url: &Url) -> bool {
        let host = url.host_str().unwrap_or_default();
        url.scheme() == self.scheme.as_str()
            && url.port_or_known_default() == Some(self.port)
            && self.methods.contains(&method)
            && self.host.takes(host)
            && self.covers(url.path())
    }

    fn covers(&self, path: &str) -> bool {
        let Some(rest) = path.strip_prefix(self.path.as_str()) else { return false };
        let whole = rest.is_empty() || self.path.ends_with('/') || rest.starts_with('/');
        // What a server might take for a way up or out of the path is not below it.
        let lower = path.to_ascii_lowercase();
        whole && (self.path == "/" || !["%2f", "%5c", "%2e"].iter().any(|trick| lower.contains(trick)))
    }
}

impl fmt::Display for Grant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let methods: Vec<_> = self.methods.iter().map(|method| method.as_str()).collect();
        write!(f, "{} {}://{}", methods.join(", "), self.scheme.as_str(), self.host)?;
        if self.port != self.scheme.port() {
            write!(f, ":{}", self.port)?;
        }
        f.write_str(&self.path)?;
        if !self.secrets.is_empty() {
            let names: Vec<_> = self.secrets.iter().map(String::as_str).collect();
            write!(f, " with the secrets {}", names.join(", "))?;
        }
        Ok(())
    }
}

/// Everything that a flow may reach.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Grants(pub Vec<Grant>);

impl Grants {
    /// The address, and the grant that covers it.
    ///
    /// # Errors
    /// It is no address that anybody may ask for, or it is not granted.
    pub fn check(&self, method: HttpMethod, text: &str) -> Result<(Url, &Grant), Refusal> {
        let invalid = |why: &str| Refusal::invalid("url", why.to_owned());
        if text.contains(|c: char| c.is_control() || c.is_whitespace()) || text.contains('\\') {
            return Err(invalid("it has blanks, line breaks or backslashes; encode them"));
        }
        let mut url = Url::parse(text).map_err(|error| invalid(&format!("it is no address: {error}")))?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(invalid("only https:// and http:// can be asked for"));
        }
        if !url.username().is_empty()
            || url.password().is_some()
            || text.split(['/', '?', '#']).nth(2).is_some_and(|host| host.contains('@'))
        {
            return Err(invalid("it names a user; what stands before an @ is refused, use a header"));
        }
        url.set_fragment(None);
        match self.0.iter().find(|grant| grant.takes(method, &url)) {
            Some(grant) => Ok((url, grant)),
            None => {
                let port = url.port().map(|port| format!(":{port}")).unwrap_or_default();
                let host = url.host_str().unwrap_or_default();
                let what = format!("http {} {}://{host}{port}{}", method.as_str(), url.scheme(), url.path());
                Err(Refusal::Denied { permission: what })
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grants(host: &str, path: &str) -> Grants {
        let methods = [HttpMethod::Get];
        Grants(vec![Grant::new(Scheme::Https, host, None, methods, path, ["key".to_owned()]).unwrap()])
    }

    #[test]
    fn what_is_granted_and_what_is_not() {
        let table = [
            ("api.example.com", "/", "https://api.example.com/x?y=1#z", true),
            ("api.example.com", "/", "https://API.EXAMPLE.com/x", true),
            ("api.example.com", "/", "https://api.example.com:443/x", true),
            ("api.example.com", "/", "https://api.example.com:444/x", false),
            ("api.example.com", "/", "http://api.example.com/x", false),
            ("api.example.com", "/", "https://api.example.com.evil.org/", false),
            ("api.example.com", "/", "https://api.example.com./", false),
            ("api.example.com", "/", "https://evil.org/api.example.com", false),
            ("api.example.com", "/", "https://evil.org?api.example.com/", false),
            ("*.example.com", "/", "https://a.example.com/", true),
            ("*.example.com", "/", "https://a.b.example.com/", false),
            ("*.example.com", "/", "https://example.com/", false),
            ("*.example.com", "/", "https://badexample.com/", false),
            ("api.example.com", "/v1", "https://api.example.com/v1", true),
            ("api.example.com", "/v1", "https://api.example.com/v1/a", true),
            ("api.example.com", "/v1", "https://api.example.com/v10", false),
            ("api.example.com", "/v1", "https://api.example.com/v1/../admin", false),
            ("api.example.com", "/v1", "https://api.example.com/v1/%2e%2e/admin", false),
            ("api.example.com", "/v1", "https://api.example.com/v1/..%2fadmin", false),
        ];
        for (host, path, url, granted) in table {
            assert_eq!(grants(host, path).check(HttpMethod::Get, url).is_ok(), granted, "{host}{path} and {url}");
        }
        assert!(grants("api.example.com", "/").check(HttpMethod::Post, "https://api.example.com/").is_err());
    }

    #[test]
    fn tricks_with_addresses_are_seen_through() {
        let table = [
            ("https://api.example.com@evil.org/", "user"),
            ("https://user:pass@api.example.com/", "user"),
            ("https://@api.example.com/", "user"),
            ("https://2130706433/", "http GET https://127.0.0.1/"),
            ("https://0177.0.0.1/", "http GET https://127.0.0.1/"),
            ("https://0x7f.1/", "http GET https://127.0.0.1/"),
            ("https://[::ffff:7f00:1]/", "::ffff:"),
            ("https://[fe80::1%25eth0]/", "no address"),
            ("https://api.example.com\\@evil.org/", "backslashes"),
            ("https://api.example.com/\r\nHost: evil.org", "line breaks"),
            ("ftp://api.example.com/", "only https"),
            ("file:///etc/passwd", "only https"),
            ("https:///x", "http GET https://x/"),
            ("api.example.com", "no address"),
            ("", "no address"),
        ];
        for (url, words) in table {
            let refused = grants("api.example.com", "/").check(HttpMethod::Get, url).unwrap_err().to_string();
            assert!(refused.contains(words), "{url}: {refused}");
        }
    }

    #[test]
    fn what_is_no_grant_is_refused_when_it_is_declared() {
        for host in [
            "",
            "*",
            "*.com",
            "API.example.com",
            "a b",
            "api.example.com:80",
            "api.example.com/",
            "a*.example.com",
            "*.*.example.com",
            "example.com.",
            "*.10.0.0.5",
        ] {
            assert!(HostPattern::parse(host).is_err(), "{host:?}");
        }
        for host in ["localhost", "10.0.0.5", "*.example.com", "xn--loja-0na.example"] {
            assert!(HostPattern::parse(host).is_ok(), "{host:?}");
        }
        for path in ["", "v1", "/a/../b", "/a?b", "/%2e"] {
            assert!(Grant::new(Scheme::Https, "a.example", None, [HttpMethod::Get], path, []).is_err(), "{path:?}");
        }
    }
}
