//! The Graph client against a server on loopback: what each answer, and each lack of one, means for the message.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Path, Query, Request};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::serve::ListenerExt;
use ponte_model::NumberId;
use ponte_whatsapp::errors::{Class, safe_to_replay};
use ponte_whatsapp::graph::{GraphClient, GraphSettings, NumberInfo, SendError, SetupError};
use ponte_whatsapp::outbound::mark_read;
use secrecy::SecretString;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

const TOKEN: &str = "EAAG-very-secret";

fn client_with(url: &str, change: impl FnOnce(&mut GraphSettings)) -> GraphClient {
    let mut settings = GraphSettings {
        graph_url: url.parse().unwrap(),
        request_timeout: Duration::from_secs(10),
        ..GraphSettings::default()
    };
    change(&mut settings);
    GraphClient::new(&settings).unwrap()
}

fn client(url: &str) -> GraphClient {
    client_with(url, |_| {})
}

async fn send(client: &GraphClient) -> Result<ponte_whatsapp::graph::Accepted, SendError> {
    client.send(&NumberId::new("106540352242922"), &SecretString::from(TOKEN), br#"{"a":1}"#.to_vec()).await
}

/// Serves the routes; returns the address and the count of connections taken.
async fn serve(routes: Router) -> (String, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let connections = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&connections);
    let listener = listener.tap_io(move |_| {
        counter.fetch_add(1, Ordering::SeqCst);
    });
    tokio::spawn(async move { axum::serve(listener, routes).await });
    (url, connections)
}

/// Answers every send alike.
async fn serve_answer(status: u16, body: impl Into<String>) -> String {
    let (status, body) = (StatusCode::from_u16(status).unwrap(), body.into());
    serve(Router::new().fallback(move || std::future::ready((status, body.clone())))).await.0
}

/// A server without manners: hands every connection to `behave`.
async fn serve_raw<F>(behave: impl Fn(TcpStream) -> F + Send + 'static) -> String
where
    F: Future<Output = ()> + Send + 'static,
{
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(behave(stream));
        }
    });
    url
}

/// Reads one request of [`send`] to the end; false if the connection ended before.
async fn read_request(stream: &mut TcpStream) -> bool {
    let mut read = Vec::new();
    while !read.ends_with(br#"{"a":1}"#) {
        if stream.read_buf(&mut read).await.unwrap_or(0) == 0 {
            return false;
        }
    }
    true
}

fn graph_error(code: i64) -> Value {
    json!({ "error": {
        "message": format!("(#{code}) Something"),
        "type": "OAuthException",
        "code": code,
        "error_data": { "messaging_product": "whatsapp", "details": "In this case" },
        "error_subcode": 2_494_055,
        "fbtrace_id": "Az8or2yhqkZfEZ"
    } })
}

fn accepted() -> Value {
    json!({
        "messaging_product": "whatsapp",
        "contacts": [{ "input": "+5511999990000", "wa_id": "551199990000", "user_id": "BR.1349" }],
        "messages": [{ "id": "wamid.OUT", "message_status": "accepted" }]
    })
}

#[tokio::test]
async fn an_accepted_message_is_named() {
    async fn answer(request: Request) -> Response {
        let (head, body) = request.into_parts();
        assert_eq!(head.uri.path(), "/v25.0/106540352242922/messages");
        assert_eq!(head.headers[header::AUTHORIZATION], format!("Bearer {TOKEN}"));
        assert_eq!(head.headers[header::CONTENT_TYPE], "application/json");
        assert_eq!(axum::body::to_bytes(body, 1024).await.unwrap(), r#"{"a":1}"#);
        axum::Json(accepted()).into_response()
    }
    let (url, _) = serve(Router::new().fallback(post(answer))).await;
    let sent = send(&client(&url)).await.unwrap();
    assert_eq!(sent.message_id, "wamid.OUT".into());
    assert_eq!(sent.wa_id, Some("551199990000".into()));
    assert_eq!(sent.user_id, Some("BR.1349".into()));
    assert_eq!(sent.message_status.as_deref(), Some("accepted"));
}

#[tokio::test]
async fn only_the_message_id_is_needed() {
    let url = serve_answer(200, r#"{"messages":[{"id":"wamid.OUT"}]}"#).await;
    let sent = send(&client(&url)).await.unwrap();
    assert_eq!((sent.wa_id, sent.user_id, sent.message_status), (None, None, None));
}

#[tokio::test]
async fn metas_errors_are_classed_by_their_code_whatever_the_http_status() {
    let rejected = [
        (400, 131056, Class::Transient),
        (429, 130429, Class::Transient),
        (200, 80007, Class::Transient),
        (400, 131047, Class::Wait),
        (404, 132001, Class::Permanent),
        (500, 131045, Class::Account),
        (401, 190, Class::Account),
        (400, 131049, Class::StopRecipient),
    ];
    for (status, code, class) in rejected {
        let url = serve_answer(status, graph_error(code).to_string()).await;
        let Err(SendError::Rejected(error)) = send(&client(&url)).await else { panic!("{code} is not rejected") };
        assert_eq!((error.status, error.error.code, error.class), (status, code, class));
        assert_eq!(error.error.message, Some(format!("(#{code}) Something")));
        assert_eq!(error.error.details.as_deref(), Some("In this case"));
        assert_eq!(error.subcode, Some(2_494_055));
        assert_eq!(error.fbtrace_id.as_deref(), Some("Az8or2yhqkZfEZ"));
    }
    assert!(safe_to_replay(131056));
}

#[tokio::test]
async fn errors_after_which_the_message_may_have_left_are_in_doubt() {
    for code in [1, 2, 131000, 131016, 133004, 999_999] {
        let url = serve_answer(400, graph_error(code).to_string()).await;
        let failure = send(&client(&url)).await.unwrap_err();
        assert!(matches!(failure, SendError::InDoubt { .. }), "{code}: {failure}");
        assert_eq!(failure.graph_error().unwrap().error.code, code);
    }
}

#[tokio::test]
async fn answers_that_cannot_be_read_are_in_doubt() {
    let long = format!(r#"{{"messages":[{{"id":"wamid.OUT"}}],"pad":"{}"}}"#, "x".repeat(70_000));
    let table = [
        (500, "<html>oops</html>", "oops"),
        (502, "", "502"),
        (404, "<html>no such page</html>", "404"),
        (302, "", "302"),
        (200, "<html>captive portal</html>", "captive"),
        (200, r#"{"messages":[]}"#, "names no message"),
        (200, r#"{"messages":[{"id":7}]}"#, "invalid type"),
        (200, r#"{"error":{"message":"no code"}}"#, "missing field"),
        (200, &long, "65536"),
    ];
    for (status, body, word) in table {
        let url = serve_answer(status, body).await;
        let failure = send(&client(&url)).await.unwrap_err();
        assert!(matches!(&failure, SendError::InDoubt { error: None, .. }), "{status} {body}: {failure}");
        assert!(failure.to_string().contains(word), "{failure}");
    }
}

#[tokio::test]
async fn a_refused_connection_proves_that_nothing_left() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    drop(listener);
    let failure = send(&client(&url)).await.unwrap_err();
    assert!(matches!(failure, SendError::NotSent { .. }), "{failure}");
}

#[tokio::test]
async fn a_broken_handshake_proves_that_nothing_left() {
    let url = serve_raw(|stream| async move { drop(stream) }).await;
    let failure = send(&client(&url.replace("http:", "https:"))).await.unwrap_err();
    assert!(matches!(failure, SendError::NotSent { .. }), "{failure}");
}

#[tokio::test]
async fn a_token_that_is_none_never_leaves() {
    let url = serve_answer(200, accepted().to_string()).await;
    let number = NumberId::new("1");
    let failure = client(&url).send(&number, &SecretString::from("a\nb"), Vec::new()).await.unwrap_err();
    assert!(matches!(failure, SendError::NotSent { .. }), "{failure}");
}

#[tokio::test]
async fn silence_after_the_request_is_in_doubt() {
    let url = serve_raw(|mut stream| async move {
        read_request(&mut stream).await;
        std::future::pending().await
    })
    .await;
    let hasty = client_with(&url, |settings| settings.request_timeout = Duration::from_millis(200));
    let failure = send(&hasty).await.unwrap_err();
    assert!(matches!(failure, SendError::InDoubt { .. }), "{failure}");
    assert!(failure.to_string().contains("no answer in time"), "{failure}");
}

#[tokio::test]
async fn a_connection_cut_after_the_request_is_in_doubt() {
    let url = serve_raw(|mut stream| async move {
        read_request(&mut stream).await;
    })
    .await;
    let failure = send(&client(&url)).await.unwrap_err();
    assert!(matches!(failure, SendError::InDoubt { .. }), "{failure}");
}

#[tokio::test]
async fn an_answer_cut_short_is_in_doubt() {
    let url = serve_raw(|mut stream| async move {
        read_request(&mut stream).await;
        let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 500\r\n\r\n{\"messages\":[{\"id\":\"wamid").await;
    })
    .await;
    let failure = send(&client(&url)).await.unwrap_err();
    assert!(failure.to_string().contains("broke off"), "{failure}");
    assert!(matches!(failure, SendError::InDoubt { .. }), "{failure}");
}

/// The server closes a kept connection just as the second request arrives: it may have been carried out, so it must
/// not be repeated underneath.
#[tokio::test]
async fn a_kept_connection_that_breaks_is_in_doubt_and_not_tried_again() {
    let seen = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&seen);
    let url = serve_raw(move |mut stream| {
        let counter = Arc::clone(&counter);
        async move {
            while read_request(&mut stream).await {
                if counter.fetch_add(1, Ordering::SeqCst) > 0 {
                    return;
                }
                let body = accepted().to_string();
                let answer = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{body}", body.len());
                stream.write_all(answer.as_bytes()).await.unwrap();
            }
        }
    })
    .await;
    let client = client(&url);
    send(&client).await.unwrap();
    let failure = send(&client).await.unwrap_err();
    assert!(matches!(failure, SendError::InDoubt { .. }), "{failure}");
    assert_eq!(seen.load(Ordering::SeqCst), 2);
}

#[tokio::test]
async fn redirects_are_not_followed() {
    let followed = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&followed);
    let elsewhere = move || {
        counter.fetch_add(1, Ordering::SeqCst);
        std::future::ready(axum::Json(accepted()))
    };
    let redirect = || std::future::ready((StatusCode::TEMPORARY_REDIRECT, [(header::LOCATION, "/elsewhere")]));
    let (url, _) = serve(Router::new().route("/elsewhere", post(elsewhere)).fallback(redirect)).await;
    let failure = send(&client(&url)).await.unwrap_err();
    assert!(matches!(failure, SendError::InDoubt { .. }), "{failure}");
    assert_eq!(followed.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn one_connection_serves_many_sends() {
    let (url, connections) = serve(Router::new().fallback(|| std::future::ready(axum::Json(accepted())))).await;
    let client = client(&url);
    for _ in 0..20 {
        send(&client).await.unwrap();
    }
    assert_eq!(connections.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn a_wait_that_meta_asks_for_is_reported() {
    let answer = || {
        std::future::ready((
            StatusCode::TOO_MANY_REQUESTS,
            [(header::RETRY_AFTER, "7")],
            graph_error(130429).to_string(),
        ))
    };
    let (url, _) = serve(Router::new().fallback(answer)).await;
    let failure = send(&client(&url)).await.unwrap_err();
    assert_eq!(failure.graph_error().unwrap().retry_after, Some(Duration::from_secs(7)));
}

#[tokio::test]
async fn read_marks_are_sent() {
    async fn answer(headers: HeaderMap, body: axum::Json<Value>) -> axum::Json<Value> {
        assert_eq!(headers[header::AUTHORIZATION], format!("Bearer {TOKEN}"));
        assert_eq!(body["status"], "read");
        axum::Json(json!({ "success": true }))
    }
    let (url, _) = serve(Router::new().route("/v25.0/1/messages", post(answer))).await;
    let body = serde_json::to_vec(&mark_read(&"wamid.IN".into(), true)).unwrap();
    client(&url).mark_read(&NumberId::new("1"), &SecretString::from(TOKEN), body).await.unwrap();
    let url = serve_answer(400, graph_error(131009).to_string()).await;
    let failure =
        client(&url).mark_read(&NumberId::new("1"), &SecretString::from(TOKEN), Vec::new()).await.unwrap_err();
    assert!(matches!(failure, SendError::Rejected(_)), "{failure}");
}

#[tokio::test]
async fn numbers_are_read_however_complete() {
    type Fields = Query<std::collections::HashMap<String, String>>;
    async fn answer(Path(number): Path<String>, fields: Fields) -> axum::Json<Value> {
        assert!(fields["fields"].contains("is_on_biz_app"), "{fields:?}");
        axum::Json(match number.as_str() {
            "1" => json!({
                "display_phone_number": "+55 11 99999-0000",
                "verified_name": "Padaria",
                "status": "CONNECTED",
                "quality_rating": "GREEN",
                "platform_type": "CLOUD_API",
                "is_on_biz_app": true,
                "throughput": { "level": "STANDARD" },
                "whatsapp_business_manager_messaging_limit": "TIER_2K",
                "health_status": { "can_send_message": "LIMITED", "entities": [] },
                "id": "1"
            }),
            "2" => json!({ "whatsapp_business_manager_messaging_limit": -1, "throughput": null, "id": "2" }),
            other => panic!("asked for {other:?}"),
        })
    }
    let (url, _) = serve(Router::new().route("/base/v26.0/{number}", get(answer))).await;
    // A base with a path, as behind a proxy, with its slash or without.
    for base in ["/base", "/base/"] {
        let client = client_with(&(url.clone() + base), |settings| settings.graph_version = "v26.0".into());
        let number = async |id: &str| client.get_number(&NumberId::new(id), &SecretString::from(TOKEN)).await.unwrap();
        let text = |text: &str| Some(text.to_owned());
        assert_eq!(
            number("1").await,
            NumberInfo {
                display_phone_number: text("+55 11 99999-0000"),
                verified_name: text("Padaria"),
                status: text("CONNECTED"),
                quality_rating: text("GREEN"),
                platform_type: text("CLOUD_API"),
                is_on_biz_app: Some(true),
                throughput_level: text("STANDARD"),
                messaging_limit: text("TIER_2K"),
                can_send: text("LIMITED"),
            }
        );
        assert_eq!(number("2").await, NumberInfo { messaging_limit: text("-1"), ..NumberInfo::default() });
    }
}

#[tokio::test]
async fn files_are_located() {
    async fn answer(request: Request) -> Response {
        assert_eq!(request.uri().to_string(), "/v25.0/media-1?phone_number_id=1");
        let file = json!({
            "messaging_product": "whatsapp", "url": "https://lookaside.fbsbx.com/x", "mime_type": "image/jpeg",
            "sha256": "abc", "file_size": "303833", "id": "media-1"
        });
        Response::new(Body::from(file.to_string()))
    }
    let (url, _) = serve(Router::new().fallback(get(answer))).await;
    let file = client(&url).media_url("media-1", Some(&NumberId::new("1")), &SecretString::from(TOKEN)).await.unwrap();
    assert_eq!((file.url.as_str(), file.file_size), ("https://lookaside.fbsbx.com/x", Some(303_833)));
}

#[tokio::test]
async fn an_id_cannot_lead_elsewhere() {
    async fn answer(request: Request) -> String {
        assert_eq!(request.uri().path(), "/v25.0/..%2F1%3Fa/messages");
        accepted().to_string()
    }
    let (url, _) = serve(Router::new().fallback(post(answer))).await;
    client(&url).send(&NumberId::new("../1?a"), &SecretString::from(TOKEN), Vec::new()).await.unwrap();
}

#[tokio::test]
async fn nothing_that_prints_shows_the_token() {
    let url = serve_answer(400, graph_error(190).to_string()).await;
    let client = client(&url);
    let failure = send(&client).await.unwrap_err();
    for printed in [format!("{client:?}"), format!("{failure:?}"), failure.to_string()] {
        assert!(!printed.contains(TOKEN), "{printed}");
    }
    assert!(failure.to_string().contains("190"), "{failure}");
    assert!(failure.to_string().contains("Az8or2yhqkZfEZ"), "{failure}");
}

#[test]
fn addresses_that_are_none_are_refused() {
    for address in ["ftp://graph.example", "mailto:graph@example.com"] {
        let settings = GraphSettings { graph_url: address.parse().unwrap(), ..GraphSettings::default() };
        assert!(matches!(GraphClient::new(&settings), Err(SetupError::Address(_))), "{address}");
    }
    assert!(GraphClient::new(&GraphSettings::default()).is_ok());
}
