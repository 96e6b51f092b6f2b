//! Servers and names that mean ill. Everything is on loopback; names are whatever the resolver of the test says.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use ponte_connect::{
    Answers, Client, ClientSettings, Failed, Grant, Grants, PrivateHosts, Resolve, Scheme, Secret, SecretSet,
};
use ponte_model::{HttpHeader, HttpMethod, HttpRequest, HttpResponse, Refusal};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpListener;

const KEY: &str = "s3cr3t/key+0001";
const STAND_IN: &str = "ponte_secret_ab12cd34";

/// Says for each question what the test wants, in turn; the last goes on for ever.
struct Names(Mutex<VecDeque<Vec<IpAddr>>>, AtomicUsize);

#[async_trait]
impl Resolve for Names {
    async fn resolve(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        self.1.fetch_add(1, Ordering::SeqCst);
        let mut answers = self.0.lock().unwrap();
        let answer = answers.front().cloned().unwrap_or_default();
        if answers.len() > 1 {
            answers.pop_front();
        }
        Ok(answer)
    }
}

/// A server that answers each connection with the next of these bytes, and keeps what it was asked.
struct Server {
    port: u16,
    asked: Arc<Mutex<Vec<String>>>,
}

enum Says {
    /// This, and the connection ends.
    Bytes(Vec<u8>),
    /// This, and then more and more of that, with a pause before each.
    Forever(Vec<u8>, Vec<u8>, Duration),
    /// What it was asked, headers and body, as its own body.
    Echo,
}

async fn server(answers: Vec<Says>) -> Server {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::new(Mutex::new(Vec::new()));
    let seen = Arc::clone(&asked);
    tokio::spawn(async move {
        for says in answers {
            let Ok((mut socket, _)) = listener.accept().await else { return };
            let mut bytes = Vec::new();
            let mut buffer = [0; 65_536];
            loop {
                let read = socket.read(&mut buffer).await.unwrap_or(0);
                bytes.extend_from_slice(&buffer[..read]);
                let text = String::from_utf8_lossy(&bytes).into_owned();
                let Some((head, body)) = text.split_once("\r\n\r\n") else { if read == 0 { break } else { continue } };
                let length = head.lines().find_map(|line| line.strip_prefix("content-length: ")?.parse::<usize>().ok());
                if read == 0 || body.len() >= length.unwrap_or(0) {
                    break;
                }
            }
            let request = String::from_utf8_lossy(&bytes).into_owned();
            seen.lock().unwrap().push(request.clone());
            match says {
                Says::Bytes(bytes) => drop(socket.write_all(&bytes).await),
                Says::Echo => {
                    let head = format!(
                        "HTTP/1.1 200 OK\r\nX-Echo: {KEY}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
                        request.len()
                    );
                    drop(socket.write_all((head + &request).as_bytes()).await);
                }
                Says::Forever(head, more, pause) => {
                    tokio::spawn(async move {
                        let _ = socket.write_all(&head).await;
                        loop {
                            ponte_clock::pause(pause).await;
                            if socket.write_all(&more).await.is_err() {
                                return;
                            }
                        }
                    });
                }
            }
        }
    });
    Server { port, asked }
}

fn answer(head: &str, body: &str) -> Says {
    let length = body.len();
    Says::Bytes(format!("HTTP/1.1 {head}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}").into_bytes())
}

/// A client for which `api.test` and `other.test` are hosts of the shop's own network at 127.0.0.1, and `far.test` is none.
fn client(names: Vec<Vec<&str>>) -> (Client, Arc<Names>) {
    let parse = |list: Vec<&str>| list.into_iter().map(|text| text.parse().unwrap()).collect();
    let names = Arc::new(Names(Mutex::new(names.into_iter().map(parse).collect()), AtomicUsize::new(0)));
    let mut private = PrivateHosts::default();
    for host in ["api.test", "other.test", "127.0.0.1"] {
        private.allow(host, &["127.0.0.1".to_owned()]).unwrap();
    }
    let settings = ClientSettings {
        resolver: Arc::clone(&names) as Arc<dyn Resolve>,
        private,
        inline: Duration::from_millis(1500),
        later: Duration::from_millis(1500),
        ..ClientSettings::default()
    };
    (Client::new(settings).unwrap(), names)
}

fn grant(host: &str, port: u16, secrets: &[&str]) -> Grant {
    let methods = [HttpMethod::Get, HttpMethod::Post];
    Grant::new(Scheme::Http, host, Some(port), methods, "/", secrets.iter().map(ToString::to_string)).unwrap()
}

fn secrets() -> SecretSet {
    [Secret { name: "key".into(), stand_in: STAND_IN.into(), value: KEY.into() }].into_iter().collect()
}

fn header(name: &str, value: &str) -> Vec<HttpHeader> {
    vec![HttpHeader { name: name.into(), value: value.into() }]
}

/// Asks `http://api.test/x` of a server on loopback.
async fn ask(says: Says) -> Result<HttpResponse, Failed> {
    let server = server(vec![says]).await;
    let (client, _) = client(vec![vec!["127.0.0.1"]]);
    let grants = Grants(vec![grant("api.test", server.port, &[])]);
    client.get(&grants, &SecretSet::default(), &format!("http://api.test:{}/x", server.port), &[]).await
}

fn why(answer: Result<HttpResponse, Failed>) -> String {
    answer.unwrap_err().into_refusal().to_string()
}

/// Answers with what it was asked, and is no network.
struct Instead;

impl Answers for Instead {
    fn answer(&self, method: HttpMethod, url: &url::Url) -> Result<HttpResponse, Failed> {
        if url.path() == "/large" {
            return Ok(HttpResponse { status: 200, headers: Vec::new(), body: vec![b'x'; (1 << 20) + 1] });
        }
        let headers = header("X-A", "b");
        Ok(HttpResponse { status: 201, headers, body: format!("{} {url}", method.as_str()).into_bytes() })
    }
}

#[tokio::test]
async fn with_answers_in_place_of_the_network_no_name_is_looked_up_no_address_reached_and_every_bound_holds() {
    let server = server(vec![answer("200 OK", "the network")]).await;
    let port = server.port;
    let names = Arc::new(Names(Mutex::default(), AtomicUsize::new(0)));
    let mut private = PrivateHosts::default();
    private.allow("127.0.0.1", &["127.0.0.1".to_owned()]).unwrap();
    let resolver = Arc::clone(&names) as Arc<dyn Resolve>;
    let settings = ClientSettings { resolver, private, answers: Some(Arc::new(Instead)), ..ClientSettings::default() };
    let client = Client::new(settings).unwrap();
    let grants = Grants(["127.0.0.1", "far.test"].map(|host| grant(host, port, &[])).to_vec());
    let get = async |url: String| client.get(&grants, &SecretSet::default(), &url, &[]).await;
    for host in ["127.0.0.1", "far.test"] {
        let response = get(format!("http://{host}:{port}/x")).await.unwrap();
        assert_eq!(response.status, 201);
        assert_eq!(response.body, format!("GET http://{host}:{port}/x").into_bytes());
        assert!(response.headers.iter().any(|header| header.name == "x-a" && header.value == "b"));
    }
    assert!(why(get(format!("http://far.test:{port}/large")).await).contains("more than"));
    assert!(why(get("http://other.test/x".to_owned()).await).contains("http GET"), "what is not granted is not asked");
    assert_eq!(names.1.load(Ordering::SeqCst), 0);
    assert!(server.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn an_honest_server_is_heard() {
    let response = ask(answer("404 Not Found\r\nX-A: b", "nope")).await.unwrap();
    assert_eq!((response.status, response.body.as_slice()), (404, b"nope".as_slice()));
    assert!(response.headers.iter().any(|header| header.name == "x-a" && header.value == "b"));
}

#[tokio::test]
async fn a_name_that_leads_into_a_private_network_is_refused_and_so_is_one_bad_address_among_good_ones() {
    for (addresses, words) in [
        (vec!["10.0.0.5"], "10.0.0.5, which far.test leads to, is a private address"),
        (vec!["127.0.0.1"], "this machine"),
        (vec!["169.254.169.254"], "metadata"),
        (vec!["::ffff:169.254.169.254"], "metadata"),
        (vec!["64:ff9b::a00:5"], "NAT64"),
        (vec!["fe80::1"], "link-local"),
        (vec!["fd00::1"], "unique local"),
        (vec!["8.8.8.8", "192.168.0.1"], "192.168.0.1"),
        (vec!["::1"], "this machine"),
    ] {
        let (client, _) = client(vec![addresses]);
        let grants = Grants(vec![grant("far.test", 80, &[])]);
        let why = why(client.get(&grants, &SecretSet::default(), "http://far.test/", &[]).await);
        assert!(why.starts_with("http: ") && why.contains(words), "{why}");
    }
}

#[tokio::test]
async fn dns_that_turns_private_between_check_and_connect_finds_nothing_between_them() {
    let server = server(vec![answer("200 OK", "a"), answer("200 OK", "b")]).await;
    // Each request looks the name up once, and goes where that answer was judged.
    let (client, names) = client(vec![vec!["127.0.0.1"], vec!["10.0.0.5"], vec!["169.254.169.254"]]);
    let grants = Grants(vec![grant("api.test", server.port, &[])]);
    let url = format!("http://api.test:{}/", server.port);
    assert_eq!(client.get(&grants, &SecretSet::default(), &url, &[]).await.unwrap().body, b"a");
    assert_eq!(names.1.load(Ordering::SeqCst), 1);
    let second = why(client.get(&grants, &SecretSet::default(), &url, &[]).await);
    assert!(second.contains("10.0.0.5"), "{second}");
    let third = why(client.get(&grants, &SecretSet::default(), &url, &[]).await);
    assert!(third.contains("169.254.169.254"), "{third}");
    assert_eq!((names.1.load(Ordering::SeqCst), server.asked.lock().unwrap().len()), (3, 1));
}

#[tokio::test]
async fn addresses_instead_of_names_are_judged_too() {
    let (client, _) = client(vec![vec!["8.8.8.8"]]);
    for (host, words) in [("10.0.0.5", "RFC 1918"), ("169.254.169.254", "metadata"), ("127.0.0.2", "this machine")] {
        let grants = Grants(vec![grant(host, 80, &[])]);
        let why = why(client.get(&grants, &SecretSet::default(), &format!("http://{host}/"), &[]).await);
        assert!(why.contains(words), "{why}");
    }
}

#[tokio::test]
async fn redirects_are_followed_only_as_far_as_they_are_granted() {
    for (location, words) in [
        ("http://169.254.169.254/latest/meta-data/", "not granted: http GET http://169.254.169.254"),
        ("https://api.test/", "not granted"),
        ("http://user@api.test/", "user"),
        ("//evil.example/", "not granted"),
        ("file:///etc/passwd", "only https"),
        ("http://[fe80::1%25eth0]/", "no address"),
    ] {
        let why = why(ask(answer(&format!("302 Found\r\nLocation: {location}"), "")).await);
        assert!(why.contains("redirected") && why.contains(words), "{location}: {why}");
    }
    // A name that is granted, and leads to a metadata address.
    let server = server(vec![answer("302 Found\r\nLocation: http://far.test/", "")]).await;
    let (client, _) = client(vec![vec!["127.0.0.1"], vec!["169.254.169.254"]]);
    let grants = Grants(vec![grant("api.test", server.port, &[]), grant("far.test", 80, &[])]);
    let url = format!("http://api.test:{}/", server.port);
    let why = why(client.get(&grants, &SecretSet::default(), &url, &[]).await);
    assert!(why.contains("169.254.169.254") && why.contains("metadata"), "{why}");
}

#[tokio::test]
async fn a_circle_of_redirects_ends() {
    let server = server((0..10).map(|_| answer("307 T\r\nLocation: /again", "")).collect()).await;
    let (client, _) = client(vec![vec!["127.0.0.1"]]);
    let grants = Grants(vec![grant("api.test", server.port, &[])]);
    let url = format!("http://api.test:{}/", server.port);
    let why = why(client.get(&grants, &SecretSet::default(), &url, &[]).await);
    assert!(why.contains("more than 5 redirects"), "{why}");
}

#[tokio::test]
async fn secrets_stay_with_their_host_when_a_redirect_leaves_it() {
    let last = server(vec![answer("200 OK", "fine")]).await;
    let location = format!("302 Found\r\nLocation: http://other.test:{}/", last.port);
    let first = server(vec![answer(&location, "")]).await;
    let (client, _) = client(vec![vec!["127.0.0.1"]]);
    let grants = Grants(vec![grant("api.test", first.port, &["key"]), grant("other.test", last.port, &[])]);
    let mut headers = header("Authorization", &format!("Bearer {STAND_IN}"));
    headers.extend(header("X-Plain", "stays"));
    let url = format!("http://api.test:{}/", first.port);
    client.get(&grants, &secrets(), &url, &headers).await.unwrap();
    assert!(first.asked.lock().unwrap()[0].contains(&format!("authorization: Bearer {KEY}")));
    let there = last.asked.lock().unwrap()[0].clone();
    assert!(there.contains("x-plain: stays") && !there.contains("authorization"), "{there}");
    // In the address itself.
    let leak = format!("302 Found\r\nLocation: http://other.test:{}/?k={}", last.port, "s3cr3t%2Fkey%2B0001");
    let first = server(vec![answer(&leak, "")]).await;
    let grants = Grants(vec![grant("api.test", first.port, &["key"]), grant("other.test", last.port, &[])]);
    let url = format!("http://api.test:{}/?k={STAND_IN}", first.port);
    let why = why(client.get(&grants, &secrets(), &url, &[]).await);
    assert!(why.contains("would carry a secret"), "{why}");
}

#[tokio::test]
async fn a_secret_stays_with_its_path_when_a_redirect_leaves_that_and_not_the_host() {
    let leak = format!("302 Found\r\nLocation: /open?k={}", "s3cr3t%2Fkey%2B0001");
    let plain = "302 Found\r\nLocation: /open";
    let below = "302 Found\r\nLocation: /v1/below";
    let answers = [plain, &leak, below, "200 OK"].map(|head| answer(head, "")).into_iter().collect();
    let server = server(answers).await;
    let (client, _) = client(vec![vec!["127.0.0.1"]]);
    let at = |path: &str, secrets: &[&str]| Grant { path: path.to_owned(), ..grant("api.test", server.port, secrets) };
    let grants = Grants(vec![at("/v1", &["key"]), at("/open", &[])]);
    let (url, bearer) = (format!("http://api.test:{}/v1", server.port), header("Authorization", STAND_IN));
    let denied = why(client.get(&grants, &secrets(), &url, &bearer).await);
    assert!(denied.contains("not granted: secret key towards api.test"), "{denied}");
    let address = why(client.get(&grants, &secrets(), &format!("{url}?k={STAND_IN}"), &[]).await);
    assert!(address.contains("would carry a secret"), "{address}");
    client.get(&grants, &secrets(), &url, &bearer).await.unwrap();
    let asked = server.asked.lock().unwrap().clone();
    assert_eq!(asked.len(), 4);
    assert!(asked[3].starts_with("GET /v1/below") && asked[3].contains(KEY), "{}", asked[3]);
}

#[tokio::test]
async fn bodies_that_are_too_large_or_never_end_are_given_up() {
    let announced = Says::Bytes(b"HTTP/1.1 200 OK\r\nContent-Length: 999999999999\r\n\r\n".to_vec());
    assert!(why(ask(announced).await).contains("more than 1048576 bytes"));
    let head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n".to_vec();
    let chunk = [b"8000\r\n".to_vec(), vec![b'x'; 0x8000], b"\r\n".to_vec()].concat();
    let endless = Says::Forever(head, chunk, Duration::ZERO);
    assert!(why(ask(endless).await).contains("more than 1048576 bytes"));
    let unbounded = Says::Forever(b"HTTP/1.1 200 OK\r\n\r\n".to_vec(), vec![b'x'; 0x8000], Duration::ZERO);
    assert!(why(ask(unbounded).await).contains("more than 1048576 bytes"));
}

#[tokio::test]
async fn slow_drips_are_given_up() {
    let drip = Duration::from_millis(100);
    let body = Says::Forever(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n".to_vec(), b"x".to_vec(), drip);
    assert!(why(ask(body).await).contains("no whole answer from api.test within 1.5s"));
    let head = Says::Forever(b"HTTP/1.1 200 OK\r\nX-A: ".to_vec(), b"x".to_vec(), drip);
    assert!(why(ask(head).await).contains("no whole answer"));
}

#[tokio::test]
async fn bombs_are_not_taken() {
    let gzip = ask(answer("200 OK\r\nContent-Encoding: gzip", "\u{1f}bomb")).await;
    assert!(why(gzip).contains("compressed (gzip)"));
    let many: String = (0..200).map(|n| format!("\r\nX-{n}: y")).collect();
    let headers = why(ask(answer(&format!("200 OK{many}"), "")).await);
    assert!(headers.contains("more headers than are taken"), "{headers}");
    let wide = why(ask(answer(&format!("200 OK\r\nX-A: {}", "y".repeat(60_000)), "")).await);
    assert!(wide.contains("headers of"), "{wide}");
    let huge = Says::Forever(b"HTTP/1.1 200 OK\r\nX-A: ".to_vec(), vec![b'y'; 0x8000], Duration::ZERO);
    let huge = why(ask(huge).await);
    assert!(huge.contains("more headers than are taken"), "{huge}");
}

#[tokio::test]
async fn what_is_no_http_is_an_error_in_words() {
    for says in [b"SSH-2.0-OpenSSH\r\n".to_vec(), Vec::new(), b"HTTP/1.1 abc\r\n\r\n".to_vec()] {
        let why = why(ask(Says::Bytes(says)).await);
        assert!(why.starts_with("http: api.test "), "{why}");
    }
}

#[tokio::test]
async fn headers_cannot_be_smuggled() {
    let (client, names) = client(vec![vec!["127.0.0.1"]]);
    let grants = Grants(vec![grant("api.test", 80, &[])]);
    for headers in [header("Host", "evil"), header("X-A", "a\r\nHost: evil"), header("X-A\r\nHost", "evil")] {
        let refused = client.get(&grants, &SecretSet::default(), "http://api.test/", &headers).await;
        assert_eq!(refused.unwrap_err().into_refusal().code(), "invalid");
    }
    assert_eq!(names.1.load(Ordering::SeqCst), 0, "nothing was even looked up");
}

#[tokio::test]
async fn a_secret_goes_out_and_never_comes_back() {
    let server = server(vec![Says::Echo, Says::Echo]).await;
    let (client, _) = client(vec![vec!["127.0.0.1"]]);
    let grants = Grants(vec![grant("api.test", server.port, &["key"])]);
    let url = format!("http://api.test:{}/x?token={STAND_IN}", server.port);
    let got = client.get(&grants, &secrets(), &url, &header("Authorization", STAND_IN)).await.unwrap();
    let request = HttpRequest {
        name: "lead".into(),
        method: HttpMethod::Post,
        url,
        headers: header("Content-Type", "application/json"),
        body: format!("{{\"k\":\"{STAND_IN}\"}}").into_bytes(),
    };
    let sent = client.send(&grants, &secrets(), &request, "req_1-0").await.unwrap();
    for (index, response) in [got, sent].into_iter().enumerate() {
        let asked = server.asked.lock().unwrap()[index].clone();
        assert!(asked.contains(KEY) && asked.contains("token=s3cr3t%2Fkey%2B0001"), "{asked}");
        assert!(!asked.contains(STAND_IN));
        assert_eq!(asked.contains("idempotency-key: req_1-0"), index == 1);
        let told = format!("{response:?} {}", String::from_utf8_lossy(&response.body));
        assert!(told.contains(STAND_IN) && !told.contains("s3cr3t"), "{told}");
    }
}

#[tokio::test]
async fn a_secret_goes_only_where_it_may() {
    let (client, names) = client(vec![vec!["8.8.8.8"]]);
    let public = |secrets: &[&str]| Grants(vec![grant("far.test", 80, secrets)]);
    let bearer = header("Authorization", STAND_IN);
    let denied = client.get(&public(&[]), &secrets(), "http://far.test/", &bearer).await.unwrap_err().into_refusal();
    assert_eq!(denied, Refusal::Denied { permission: "secret key towards far.test".into() });
    let clear = why(client.get(&public(&["key"]), &secrets(), "http://far.test/", &bearer).await);
    assert!(clear.contains("in the clear"), "{clear}");
    let path = format!("http://far.test/{STAND_IN}");
    let path = why(client.get(&public(&["key"]), &secrets(), &path, &[]).await);
    assert!(path.contains("stands in the path"), "{path}");
    assert_eq!(names.1.load(Ordering::SeqCst), 0);
}

#[tokio::test]
async fn errors_hold_no_secret() {
    let server = server(vec![Says::Bytes(Vec::new())]).await;
    let (client, _) = client(vec![vec!["127.0.0.1"]]);
    let grants = Grants(vec![grant("api.test", server.port, &["key"])]);
    let url = format!("http://api.test:{}/?k={STAND_IN}", server.port);
    let failed = client.get(&grants, &secrets(), &url, &[]).await.unwrap_err();
    let words = format!("{failed:?}");
    assert!(matches!(failed, Failed::Unreachable(_)) && !words.contains("s3cr3t") && !words.contains("?k="), "{words}");
}
