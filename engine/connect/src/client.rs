//! The HTTP client of flows. Each request has a connection of its own to an address that was judged for it.

use std::error::Error as _;
use std::net::IpAddr;
use std::sync::Arc;
use std::time::Duration;

use ponte_model::{HttpHeader, HttpMethod, HttpResponse, Refusal};
use reqwest::header::{ACCEPT_ENCODING, CONTENT_ENCODING, HeaderValue, LOCATION};
use reqwest::{Method, Response};
use url::{Host, Url};

use crate::answers::as_if_sent;
use crate::resolve::{AddressRefused, Guarded};
use crate::{Answers, Grant, Grants, PrivateHosts, Resolve, Scheme, SecretSet, SystemResolver, headers, limits};

/// What the client is made of.
#[derive(Clone)]
pub struct ClientSettings {
    /// Looks names up.
    pub resolver: Arc<dyn Resolve>,
    /// Hosts of the shop's own network.
    pub private: PrivateHosts,
    /// Who answers in place of the network, if nothing is to leave.
    pub answers: Option<Arc<dyn Answers>>,
    /// What is sent as `User-Agent`.
    pub user_agent: String,
    /// Until an answer that a run waits for is there.
    pub inline: Duration,
    /// Until the answer to a request after a run is there.
    pub later: Duration,
}

impl Default for ClientSettings {
    fn default() -> Self {
        Self {
            resolver: Arc::new(SystemResolver),
            private: PrivateHosts::default(),
            answers: None,
            user_agent: format!("ponte/{}", env!("CARGO_PKG_VERSION")),
            inline: limits::INLINE,
            later: limits::LATER,
        }
    }
}

/// Goes out for flows. Cheap to clone.
#[derive(Clone)]
pub struct Client {
    way: Way,
    private: Arc<PrivateHosts>,
    inline: Duration,
    later: Duration,
}

/// Where requests go.
#[derive(Clone)]
enum Way {
    Network(reqwest::Client),
    /// There is nothing that could open a connection.
    Instead(Arc<dyn Answers>),
}

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failed {
    /// It may not be asked, or the answer may not be taken; it would be the same again.
    Refused(Refusal),
    /// Nobody answered: worth another try.
    Unreachable(String),
}

impl Failed {
    /// What a run that waits is told.
    pub fn into_refusal(self) -> Refusal {
        match self {
            Self::Refused(refusal) => refusal,
            Self::Unreachable(why) => Refusal::Other { why },
        }
    }
}

impl From<Refusal> for Failed {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

fn refused(why: String) -> Failed {
    Failed::Refused(Refusal::Other { why: format!("http: {why}") })
}

impl Client {
    /// Makes one.
    ///
    /// # Errors
    /// The TLS library cannot be set up.
    pub fn new(settings: ClientSettings) -> Result<Self, String> {
        let private = Arc::new(settings.private);
        let way = match settings.answers {
            Some(answers) => Way::Instead(answers),
            None => Way::Network(network(settings.resolver, Arc::clone(&private), settings.user_agent)?),
        };
        Ok(Self { way, private, inline: settings.inline, later: settings.later })
    }

    /// Whether a request may be made; nothing leaves.
    ///
    /// # Errors
    /// Why not.
    pub fn check(
        &self,
        grants: &Grants,
        secrets: &SecretSet,
        (method, url): (HttpMethod, &str),
        headers: &[HttpHeader],
        body: &[u8],
    ) -> Result<String, Refusal> {
        let (url, _) = self.checked(grants, secrets, (method, url), headers, body)?;
        Ok(url.host_str().unwrap_or_default().to_owned())
    }

    fn checked<'g>(
        &self,
        grants: &'g Grants,
        secrets: &SecretSet,
        (method, url): (HttpMethod, &str),
        headers: &[HttpHeader],
        body: &[u8],
    ) -> Result<(Url, &'g Grant), Refusal> {
        let (url, grant) = grants.check(method, url)?;
        headers::check(headers)?;
        secrets.check(grant, &url, headers, body)?;
        let host = url.host_str().unwrap_or_default();
        let literal: Option<IpAddr> = match url.host() {
            Some(Host::Ipv4(four)) => Some(four.into()),
            Some(Host::Ipv6(six)) => Some(six.into()),
            _ => None,
        };
        if let Some(address) = literal {
            // No name is looked up for it, so it is judged here.
            let judged = self.private.judge(host, address);
            judged.map_err(|AddressRefused(why)| Refusal::Other { why: format!("http: {why}") })?;
        }
        let in_the_clear = grant.scheme == Scheme::Http && !self.private.has(host);
        let query = url.query().unwrap_or_default().as_bytes();
        if in_the_clear
            && (secrets.stands_in(query)
                || secrets.stands_in(body)
                || headers.iter().any(|header| secrets.stands_in(header.value.as_bytes())))
        {
            return Err(Refusal::invalid("url", "a secret does not go over http:// in the clear; use https://"));
        }
        Ok((url, grant))
    }

    /// Reads something, following redirects as far as they are granted.
    ///
    /// # Errors
    /// Why there is no answer. No secret is in the words.
    pub async fn get(
        &self,
        grants: &Grants,
        secrets: &SecretSet,
        url: &str,
        headers: &[HttpHeader],
    ) -> Result<HttpResponse, Failed> {
        let (url, _) = self.checked(grants, secrets, (HttpMethod::Get, url), headers, &[])?;
        let host = url.host_str().unwrap_or_default().to_owned();
        let walk = self.walk(grants, secrets, url, headers);
        let answer = match ponte_clock::within(self.inline, walk).await {
            Ok(answer) => answer,
            Err(_) => Err(Failed::Unreachable(format!("http: no whole answer from {host} within {:?}", self.inline))),
        };
        cleaned(secrets, answer)
    }

    async fn walk(
        &self,
        grants: &Grants,
        secrets: &SecretSet,
        mut url: Url,
        headers: &[HttpHeader],
    ) -> Result<HttpResponse, Failed> {
        // With stand-ins, so that each address on the way is asked whether it may have those secrets.
        let mut headers = headers.to_vec();
        secrets.fill_query(&mut url);
        for _ in 0..=limits::REDIRECTS {
            let filled = secrets.fill_headers(&headers);
            let response = self.exchange(HttpMethod::Get, &url, &filled, None, Vec::new()).await?;
            let Some(next) = redirect(&response, &url)? else { return take(response, &url).await };
            if next.origin() != url.origin() {
                // Somebody else's: what was meant for the first host does not go there.
                headers.retain(|header| !secrets.stands_in(header.value.as_bytes()));
                if secrets.shows_in(next.as_str().as_bytes()) {
                    return Err(refused("a redirect to another host would carry a secret there".to_owned()));
                }
            }
            let checked = self.checked(grants, secrets, (HttpMethod::Get, next.as_str()), &headers, &[]);
            let (next, grant) = checked.map_err(|refusal| match refusal {
                Refusal::Denied { permission } => refused(format!("redirected to what is not granted: {permission}")),
                other => refused(format!("redirected: {}", other.to_string().trim_start_matches("http: "))),
            })?;
            if secrets.shows_beyond(grant, next.as_str().as_bytes()) {
                return Err(refused("a redirect would carry a secret to a path that may not have it".to_owned()));
            }
            url = next;
        }
        Err(refused(format!("more than {} redirects", limits::REDIRECTS)))
    }

    /// Makes a request after a run, once. `key` is its idempotency key. Redirects are answers.
    ///
    /// # Errors
    /// Why there is no answer. No secret is in the words.
    pub async fn send(
        &self,
        grants: &Grants,
        secrets: &SecretSet,
        request: &ponte_model::HttpRequest,
        key: &str,
    ) -> Result<HttpResponse, Failed> {
        let (method, body) = (request.method, &request.body);
        let (mut url, _) = self.checked(grants, secrets, (method, &request.url), &request.headers, body)?;
        secrets.fill_query(&mut url);
        let headers = secrets.fill_headers(&request.headers);
        let body = secrets.fill_body(&request.headers, body);
        let exchange = async {
            let response = self.exchange(method, &url, &headers, Some(key), body).await?;
            take(response, &url).await
        };
        let answer = match ponte_clock::within(self.later, exchange).await {
            Ok(answer) => answer,
            Err(_) => {
                let host = url.host_str().unwrap_or_default();
                Err(Failed::Unreachable(format!("http: no whole answer from {host} within {:?}", self.later)))
            }
        };
        cleaned(secrets, answer)
    }

    async fn exchange(
        &self,
        method: HttpMethod,
        url: &Url,
        headers: &[HttpHeader],
        key: Option<&str>,
        body: Vec<u8>,
    ) -> Result<Response, Failed> {
        let mut map = headers::wire(headers)?;
        let http = match &self.way {
            Way::Network(http) => http,
            Way::Instead(answers) => return answers.answer(method, url).and_then(as_if_sent),
        };
        let method = match method {
            HttpMethod::Get => Method::GET,
            HttpMethod::Post => Method::POST,
            HttpMethod::Put => Method::PUT,
            HttpMethod::Patch => Method::PATCH,
            HttpMethod::Delete => Method::DELETE,
        };
        map.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        if let Some(key) = key.and_then(|key| HeaderValue::from_str(key).ok()) {
            map.insert("idempotency-key", key);
        }
        let mut request = http.request(method.clone(), url.clone()).headers(map);
        if method != Method::GET {
            request = request.body(body);
        }
        request.send().await.map_err(|error| failed(&error, url))
    }
}

/// A client that opens connections: to addresses that were judged, and to nobody else.
fn network(
    resolver: Arc<dyn Resolve>,
    private: Arc<PrivateHosts>,
    user_agent: String,
) -> Result<reqwest::Client, String> {
    reqwest::Client::builder()
        .dns_resolver(Arc::new(Guarded { resolver, private }))
        // Each of these would be a way around the checks, or a way to send twice.
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .retry(reqwest::retry::never())
        .referer(false)
        // A connection that is kept was judged for another moment.
        .pool_max_idle_per_host(0)
        // One framing, whose limits are known: 100 headers.
        .http1_only()
        .connect_timeout(limits::CONNECT)
        .user_agent(user_agent)
        .build()
        .map_err(|error| error.to_string())
}

/// Where an answer sends on to, if it does.
fn redirect(response: &Response, from: &Url) -> Result<Option<Url>, Failed> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let Some(location) = response.headers().get(LOCATION) else { return Ok(None) };
    let location = location.to_str().map_err(|_| refused("redirected to what is no address".to_owned()))?;
    from.join(location).map(Some).map_err(|error| refused(format!("redirected to what is no address: {error}")))
}

/// Reads an answer, counting.
async fn take(mut response: Response, url: &Url) -> Result<HttpResponse, Failed> {
    let host = url.host_str().unwrap_or_default();
    let headers = response.headers();
    let bytes: usize = headers.iter().map(|(name, value)| name.as_str().len() + value.len()).sum();
    if headers.len() > limits::RESPONSE_HEADERS || bytes > limits::RESPONSE_HEADER_BYTES {
        let (most, room) = (limits::RESPONSE_HEADERS, limits::RESPONSE_HEADER_BYTES);
        return Err(refused(format!(
            "{host} sent {} headers of {bytes} bytes; at most {most} of {room}",
            headers.len()
        )));
    }
    if let Some(encoding) = headers.get(CONTENT_ENCODING).filter(|encoding| encoding.as_bytes() != b"identity") {
        let encoding = String::from_utf8_lossy(encoding.as_bytes()).chars().take(40).collect::<String>();
        return Err(refused(format!(
            "{host} answered compressed ({encoding}), which was not asked for and is not taken"
        )));
    }
    let most = limits::RESPONSE_BYTES;
    let large = || refused(format!("{host} sent more than {most} bytes"));
    if response.content_length().is_some_and(|length| length > most as u64) {
        return Err(large());
    }
    let (status, told) = (response.status().as_u16(), headers::told(headers));
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failed(&error, url))? {
        if body.len() + chunk.len() > most {
            return Err(large());
        }
        body.extend_from_slice(&chunk);
    }
    Ok(HttpResponse { status, headers: told, body })
}

/// What went wrong, without the address, which may hold a secret.
fn failed(error: &reqwest::Error, url: &Url) -> Failed {
    let host = url.host_str().unwrap_or_default();
    let mut words = Vec::new();
    let mut source = error.source();
    while let Some(cause) = source {
        if let Some(AddressRefused(why)) = cause.downcast_ref() {
            return refused(why.clone());
        }
        words.push(cause.to_string());
        source = cause.source();
    }
    let last = words.last().map(|last| format!(": {last}")).unwrap_or_default();
    let all = words.join(" ").to_ascii_lowercase();
    if all.contains("too many headers") || all.contains("message head is too large") {
        return refused(format!("{host} sent more headers than are taken ({})", limits::RESPONSE_HEADERS));
    }
    let what = match () {
        () if error.is_timeout() => "takes too long to connect to",
        () if error.is_connect() => "cannot be reached",
        () => "broke off",
    };
    Failed::Unreachable(format!("http: {host} {what}{last}"))
}

/// Whatever repeats a secret shows its stand-in.
fn cleaned(secrets: &SecretSet, answer: Result<HttpResponse, Failed>) -> Result<HttpResponse, Failed> {
    match answer {
        Ok(response) => Ok(HttpResponse {
            status: response.status,
            headers: response
                .headers
                .iter()
                .map(|header| HttpHeader {
                    name: secrets.hide_text(&header.name),
                    value: secrets.hide_text(&header.value),
                })
                .collect(),
            body: secrets.hide(&response.body),
        }),
        Err(Failed::Unreachable(why)) => Err(Failed::Unreachable(secrets.hide_text(&why))),
        Err(Failed::Refused(Refusal::Other { why })) => {
            Err(Failed::Refused(Refusal::Other { why: secrets.hide_text(&why) }))
        }
        Err(other) => Err(other),
    }
}
