use ponte_model::{Effect, HttpHeader, HttpMethod, HttpRequest, HttpResponse, OutsideAnswer, OutsideCall, Refusal};

use super::outside::mistaken;
use crate::bindings::ponte::flow::http::{Header, Host, Method, Response};
use crate::state::{Answer, Refusable, RunState, name};
use crate::{Permission, limits};

impl Host for RunState {
    async fn get(&mut self, url: String, headers: Vec<Header>) -> Answer<Response> {
        let result = match check(&url, &headers) {
            Ok(()) => {
                let call = OutsideCall::HttpGet { url, headers: headers.into_iter().map(header).collect() };
                self.ask_outside(Permission::Http, call).await?
            }
            Err(refusal) => self.begin(Permission::Http)?.and(Err(refusal)),
        };
        let result = result.and_then(|answer| match answer {
            OutsideAnswer::Http(told) => Ok(response(told)),
            _ => Err(mistaken("http.get")),
        });
        self.answer("http.get", result)
    }

    async fn send_later(
        &mut self,
        request: String,
        method: Method,
        url: String,
        headers: Vec<Header>,
        body: Vec<u8>,
    ) -> Answer<()> {
        let checked = name("request", &request, limits::NAME_BYTES).and_then(|()| check(&url, &headers));
        let checked = checked.and_then(|()| match body.len() {
            bytes if bytes > limits::REQUEST_BODY_BYTES => {
                let most = limits::REQUEST_BODY_BYTES;
                Err(Refusal::invalid("body", format!("{bytes} bytes long; at most {most}")))
            }
            _ => Ok(()),
        });
        let headers = headers.into_iter().map(header).collect();
        let request = HttpRequest { name: request, method: convert(method), url, headers, body };
        let result = match checked {
            Ok(()) => self.ask_outside(Permission::Http, OutsideCall::HttpLater(request.clone())).await?,
            Err(refusal) => self.begin(Permission::Http)?.and(Err(refusal)),
        };
        let result = result.and_then(|answer| match answer {
            OutsideAnswer::Later => self.collect(Effect::HttpLater { request: Box::new(request) }).map(drop),
            _ => Err(mistaken("http.send-later")),
        });
        self.answer("http.send-later", result)
    }
}

/// What can be seen without knowing what is granted.
fn check(url: &str, headers: &[Header]) -> Refusable<()> {
    if url.len() > limits::URL_BYTES {
        return Err(Refusal::invalid("url", format!("{} bytes long; at most {}", url.len(), limits::URL_BYTES)));
    }
    let bytes: usize = headers.iter().map(|header| header.name.len() + header.value.len()).sum();
    if headers.len() > limits::REQUEST_HEADERS || bytes > limits::REQUEST_HEADER_BYTES {
        let (most, room) = (limits::REQUEST_HEADERS, limits::REQUEST_HEADER_BYTES);
        return Err(Refusal::invalid(
            "headers",
            format!("{} of {bytes} bytes; at most {most} of {room}", headers.len()),
        ));
    }
    Ok(())
}

fn header(Header { name, value }: Header) -> HttpHeader {
    HttpHeader { name, value }
}

fn response(HttpResponse { status, headers, body }: HttpResponse) -> Response {
    let headers = headers.into_iter().map(|HttpHeader { name, value }| Header { name, value }).collect();
    Response { status, headers, body }
}

fn convert(method: Method) -> HttpMethod {
    match method {
        Method::Get => HttpMethod::Get,
        Method::Post => HttpMethod::Post,
        Method::Put => HttpMethod::Put,
        Method::Patch => HttpMethod::Patch,
        Method::Delete => HttpMethod::Delete,
    }
}
