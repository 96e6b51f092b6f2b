//! What a flow may reach outside, as its manifest declares it. To install the flow is to agree to it.

use ponte_model::HttpMethod;
use serde::{Deserialize, Serialize};

/// A web service: a table `[[http]]`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HttpDeclared {
    /// The host, or `*.example.com` for every host one label below.
    pub host: String,
    /// `https`, or `http` for what is in the shop's own network.
    #[serde(default, skip_serializing_if = "HttpScheme::is_default")]
    pub scheme: HttpScheme,
    /// The port, if it is not the scheme's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub port: Option<u16>,
    /// What is done there; reading, unless it says more.
    #[serde(default = "reading")]
    pub methods: Vec<HttpMethod>,
    /// What the paths begin with.
    #[serde(default = "everything")]
    pub path: String,
    /// Names of the secrets that may go there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secrets: Vec<String>,
}

fn reading() -> Vec<HttpMethod> {
    vec![HttpMethod::Get]
}

fn everything() -> String {
    "/".to_owned()
}

/// How to go there.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum HttpScheme {
    /// With TLS.
    #[default]
    Https,
    /// In the clear.
    Http,
}

impl HttpScheme {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What the flow does without a model: a table `[ai]`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AiDeclared {
    /// The key of the text that stands in for an answer where no model is set up, or the day's money is spent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub fallback: Option<String>,
}

impl AiDeclared {
    pub(crate) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}
