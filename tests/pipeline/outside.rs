//! Flows that ask somebody outside: the example's connector against a carrier on loopback, orders, and a model.

use std::net::IpAddr;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::extract::{Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use ponte_connect::{AiFile, Prices, PrivateHosts, Resolve, Scripted, Vault};
use ponte_runtime::{AiSettings, RuntimeSettings, pause_flow, resume_flow};
use ponte_store::{InstallationRow, RequestRow};
use ponte_tests::store::{SOURCE, order};
use ponte_tests::{NUMBER, OTHER_NUMBER, Stage, StageBuilder, guests, root};
use serde_json::json;
use tokio::sync::Semaphore;

const ANA: &str = "5511911112222";
const CODE: &str = "BR123456789BR";
const KEY: &str = "s3cr3t-of-the-shop-0001";

/// Path, authorization and idempotency key of each request.
type Asked = Arc<Mutex<Vec<(String, String, Option<String>)>>>;

/// A carrier, and what it was asked.
struct Carrier {
    port: u16,
    asked: Asked,
    /// What it answers to the next posts; 200 when there is nothing left.
    posts: Arc<Mutex<Vec<u16>>>,
    /// So many posts it answers, and so many other questions; then it thinks.
    ready: Arc<Semaphore>,
    looks: Arc<Semaphore>,
}

#[derive(Clone)]
struct Desk {
    asked: Asked,
    posts: Arc<Mutex<Vec<u16>>>,
    ready: Arc<Semaphore>,
    looks: Arc<Semaphore>,
}

/// Path and authorization of a request, which is noted down.
fn note(desk: &Desk, request: &Request) -> (String, String) {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (path, bearer) = (request.uri().path().to_owned(), header("authorization").unwrap_or_default());
    desk.asked.lock().unwrap().push((path.clone(), bearer.clone(), header("idempotency-key")));
    (path, bearer)
}

async fn answer(State(desk): State<Desk>, request: Request) -> Response {
    let (path, bearer) = note(&desk, &request);
    drop(request);
    if path == "/v1/watch" {
        desk.ready.acquire().await.unwrap().forget();
        let next = desk.posts.lock().unwrap().pop();
        let status = StatusCode::from_u16(next.unwrap_or(200)).unwrap();
        // More than an event keeps.
        return if status.is_server_error() {
            (status, "x".repeat(200 << 10)).into_response()
        } else {
            status.into_response()
        };
    }
    desk.looks.acquire().await.unwrap().forget();
    if !path.ends_with(CODE) {
        return StatusCode::NOT_FOUND.into_response();
    }
    // It repeats what it was sent: the key among it.
    axum::Json(json!({ "status": "in-transit", "place": format!("Campinas [{bearer}]") })).into_response()
}

async fn carrier() -> Carrier {
    let (asked, posts): (Asked, Arc<Mutex<Vec<u16>>>) = Default::default();
    let [ready, looks] = [(); 2].map(|()| Arc::new(Semaphore::new(1_000)));
    let desk = Desk { asked: asked.clone(), posts: posts.clone(), ready: ready.clone(), looks: looks.clone() };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let app = Router::new().fallback(answer).with_state(desk);
    tokio::spawn(async move { axum::serve(listener, app).await });
    Carrier { port, asked, posts, ready, looks }
}

/// Every name leads to one address.
struct To(IpAddr);

#[async_trait]
impl Resolve for To {
    async fn resolve(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        Ok(vec![self.0])
    }
}

/// The example's package, with the carrier at a port of this machine.
fn package(port: u16) -> PathBuf {
    let from = root().join("examples/http-rust");
    assert!(from.join("plugin.wasm").is_file(), "`cargo xtask plugins http-rust` builds it");
    let to = tempfile::tempdir().unwrap().keep();
    copy(&from, &to);
    let manifest = std::fs::read_to_string(to.join("flow.toml")).unwrap();
    let local = format!("host = \"api.parcels.example\"\nscheme = \"http\"\nport = {port}\n");
    let manifest = manifest.replace("host = \"api.parcels.example\"\n", &local);
    std::fs::write(to.join("flow.toml"), manifest).unwrap();
    to
}

fn copy(from: &Path, to: &Path) {
    for name in ["flow.toml", "plugin.wasm", "settings.schema.json"] {
        std::fs::copy(from.join(name), to.join(name)).unwrap();
    }
    std::fs::create_dir_all(to.join("texts")).unwrap();
    for entry in from.join("texts").read_dir().unwrap() {
        let entry = entry.unwrap();
        std::fs::copy(entry.path(), to.join("texts").join(entry.file_name())).unwrap();
    }
}

/// Where names lead, and where the key of the secrets is.
fn outside(settings: &mut RuntimeSettings, address: &str, keys: &Path) {
    let mut private = PrivateHosts::default();
    private.allow("api.parcels.example", &["127.0.0.1".to_owned()]).unwrap();
    settings.outside.client.private = private;
    settings.outside.client.resolver = Arc::new(To(address.parse().unwrap()));
    settings.outside.data_dir = Some(keys.to_owned());
}

async fn stage_at(port: u16, address: &str, keys: &Path) -> Stage {
    stage_with(port, address, keys, |_| {}).await
}

async fn stage_with(port: u16, address: &str, keys: &Path, more: impl FnOnce(&mut RuntimeSettings)) -> Stage {
    let settings = format!("base_url = \"http://api.parcels.example:{port}\"\n");
    let builder = StageBuilder::default().package(package(port), &settings);
    let stage = builder.settings(|settings| outside(settings, address, keys)).settings(more).start().await;
    give_key(&stage, keys).await;
    stage
}

/// The shop's key at the carrier.
async fn give_key(stage: &Stage, keys: &Path) {
    let sealed = Vault::open(keys).unwrap().seal("parcels", "parcel-key", &KEY.into()).unwrap();
    let (store, now) = (stage.store(), stage.runtime.now());
    store.put_secret(&"parcels".into(), "parcel-key", Some(sealed), now).await.unwrap();
    stage.runtime.reload().await.unwrap();
}

/// What the customer read so far.
fn read(stage: &Stage) -> Vec<String> {
    stage.simulator.customer(ANA).inbox().iter().map(|message| message.text.clone()).collect()
}

async fn says(stage: &Stage, words: &str) {
    stage.simulator.customer(ANA).writes(words).await;
    stage.rest().await;
}

async fn requests(stage: &Stage) -> Vec<RequestRow> {
    stage.store().requests(None, 10).await.unwrap()
}

/// Lets time pass until the request is at the given try, or settled.
async fn until(stage: &Stage, state: &str, attempts: u32) -> RequestRow {
    let there = async {
        loop {
            let row = requests(stage).await.into_iter().next().expect("something was asked for");
            if row.state == state && row.attempts == attempts {
                return row;
            }
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    match ponte_clock::within(Duration::from_secs(20), there).await {
        Ok(row) => row,
        Err(_) => panic!("it does not become {state} after {attempts} tries: {:?}", requests(stage).await),
    }
}

#[tokio::test]
async fn a_flow_asks_a_service_with_a_key_that_it_never_sees() {
    let (carrier, keys) = (carrier().await, tempfile::tempdir().unwrap());
    let stage = stage_at(carrier.port, "127.0.0.1", keys.path()).await;
    says(&stage, "onde está br123456789br?").await;
    until(&stage, "answered", 1).await;
    stage.rest().await;

    let asked = carrier.asked.lock().unwrap().clone();
    assert_eq!(asked[0], (format!("/v1/parcels/{CODE}"), format!("Bearer {KEY}"), None));
    let row = &requests(&stage).await[0];
    assert_eq!(asked[1], ("/v1/watch".into(), format!("Bearer {KEY}"), Some(row.id.to_string())));
    let read = read(&stage);
    assert_eq!(read.len(), 2, "{read:?}");
    assert!(read[0].starts_with("BR123456789BR está a caminho: Campinas [Bearer ponte_secret_"), "{read:?}");
    assert_eq!(read[1], "Aviso você quando algo mudar.");

    // Wherever one looks there is the stand-in, and the key is nowhere.
    let runs = stage.store().runs(10).await.unwrap();
    assert_eq!(runs.len(), 2, "the message, and the reply");
    let told: String = runs.iter().map(|run| run.report.to_string()).collect();
    assert!(told.contains("ponte_secret_"), "{told}");
    let mut seen = vec![told, format!("{row:?}"), serde_json::to_string(row).unwrap(), format!("{read:?}")];
    for (_, event) in stage.store().events(&(1..50).collect::<Vec<_>>()).await.unwrap() {
        seen.push(serde_json::to_string(&event).unwrap());
    }
    for text in seen {
        assert!(!text.contains(KEY), "{text}");
    }
    let folder = stage.data_dir();
    for file in ["ponte.db", "ponte.db-wal"].map(|name| folder.join(name)) {
        let bytes = std::fs::read(&file).unwrap_or_default();
        assert!(!bytes.windows(KEY.len()).any(|window| window == KEY.as_bytes()), "{}", file.display());
    }
    assert!(std::fs::read_dir(&folder).unwrap().count() > 1, "there was something to look through");
}

#[tokio::test]
async fn who_waits_for_somebody_outside_is_busy_until_the_answer_is_there() {
    let (carrier, keys) = (carrier().await, tempfile::tempdir().unwrap());
    let stage = stage_at(carrier.port, "127.0.0.1", keys.path()).await;
    assert!(!stage.runtime.is_busy());
    carrier.looks.forget_permits(usize::MAX);
    carrier.ready.forget_permits(usize::MAX);
    stage.simulator.customer(ANA).writes(CODE).await;
    asked(&carrier, 1).await;
    assert!(stage.runtime.is_busy(), "a run waits for the parcel");
    carrier.looks.add_permits(1);
    asked(&carrier, 2).await;
    until(&stage, "queued", 0).await;
    let only_the_request = async {
        while stage.runtime.waiting() > 0 {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), only_the_request).await.expect("the run ends");
    assert!(stage.runtime.is_busy(), "a request after the run is on its way");
    carrier.ready.add_permits(1);
    until(&stage, "answered", 1).await;
}

/// Waits until the carrier was asked so often.
async fn asked(carrier: &Carrier, times: usize) {
    let there = async {
        while carrier.asked.lock().unwrap().len() < times {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), there).await.expect("the carrier is asked");
}

#[tokio::test]
async fn a_request_is_made_again_with_the_same_key_until_it_is_answered_also_over_a_restart() {
    let (carrier, keys) = (carrier().await, tempfile::tempdir().unwrap());
    // Taken from the end: 503, 429, and then it goes well.
    carrier.posts.lock().unwrap().extend([429, 503]);
    let stage = stage_at(carrier.port, "127.0.0.1", keys.path()).await;
    says(&stage, CODE).await;
    let first = until(&stage, "queued", 1).await;
    assert_eq!((first.status, first.not_before > stage.runtime.now()), (Some(503), true));
    assert!(first.reason.as_deref().is_some_and(|why| why.contains("answered 503")), "{first:?}");
    stage.clock.advance(Duration::from_secs(6));
    until(&stage, "queued", 2).await;

    let stage = stage.restart().await;
    assert_eq!(requests(&stage).await[0].state, "queued", "not before its time");
    stage.clock.advance(Duration::from_secs(11));
    until(&stage, "answered", 3).await;
    stage.rest().await;
    let keys: Vec<_> = carrier.asked.lock().unwrap().iter().filter_map(|(_, _, key)| key.clone()).collect();
    assert_eq!(keys, vec![first.id.to_string(); 3]);
    let told: Vec<_> = read(&stage).into_iter().filter(|text| text.starts_with("Aviso")).collect();
    assert_eq!(told.len(), 1, "the flow is told once: {told:?}");
    assert_eq!(stage.last_rule(ANA).await, "own-request");
}

#[tokio::test]
async fn a_request_that_nobody_takes_is_given_up_after_a_day_and_the_flow_is_told() {
    let (carrier, keys) = (carrier().await, tempfile::tempdir().unwrap());
    carrier.posts.lock().unwrap().extend([500; 3]);
    let stage = stage_at(carrier.port, "127.0.0.1", keys.path()).await;
    says(&stage, CODE).await;
    until(&stage, "queued", 1).await;
    // Too late for another try after this one.
    stage.clock.advance(Duration::from_secs(24 * 3600 - 8));
    let row = until(&stage, "expired", 2).await;
    assert!(row.reason.as_deref().is_some_and(|why| why.contains("500")), "{row:?}");
    stage.rest().await;
    // The window is closed by then: what the flow says waits for nobody, and that is on record.
    assert_eq!(stage.store().runs(10).await.unwrap().len(), 2);
    let events = stage.store().events(&(1..50).collect::<Vec<_>>()).await.unwrap();
    let replies: Vec<_> = events.iter().map(|(_, event)| serde_json::to_string(event).unwrap()).collect();
    let reply = replies.iter().find(|text| text.contains("http_reply")).expect("the flow is told");
    assert!(reply.contains("x-ponte-body") && reply.len() < 10_000, "no event keeps so much: {} bytes", reply.len());
}

#[tokio::test]
async fn a_request_that_is_found_overdue_is_not_made_once_more_and_the_flow_is_told() {
    let (carrier, keys) = (carrier().await, tempfile::tempdir().unwrap());
    carrier.posts.lock().unwrap().push(500);
    let stage = stage_at(carrier.port, "127.0.0.1", keys.path()).await;
    says(&stage, CODE).await;
    until(&stage, "queued", 1).await;
    stage.clock.advance(Duration::from_secs(48 * 3600));
    let row = until(&stage, "expired", 1).await;
    assert!(row.reason.as_deref().is_some_and(|why| why.contains("500")), "{row:?}");
    stage.rest().await;
    assert_eq!((posted(&carrier), stage.store().runs(10).await.unwrap().len()), (1, 2));
}

/// How many requests after runs the carrier got.
fn posted(carrier: &Carrier) -> usize {
    carrier.asked.lock().unwrap().iter().filter(|(_, _, key)| key.is_some()).count()
}

/// Waits until something is so.
async fn soon(what: &str, is: impl Fn() -> bool) {
    let so = async {
        while !is() {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(20), so).await.unwrap_or_else(|_| panic!("{what}"));
}

#[tokio::test]
async fn a_request_that_is_on_its_way_when_the_pipeline_ends_is_not_made_again() {
    let (carrier, keys) = (carrier().await, tempfile::tempdir().unwrap());
    carrier.ready.forget_permits(1_000);
    let stage = stage_at(carrier.port, "127.0.0.1", keys.path()).await;
    stage.simulator.customer(ANA).writes(CODE).await;
    soon("it leaves", || posted(&carrier) == 1).await;
    // Answered only after the pipeline was told to end.
    let (ready, runtime) = (Arc::clone(&carrier.ready), stage.runtime.clone());
    tokio::spawn(async move {
        while runtime.readiness().await.is_ok() {
            ponte_clock::pause(Duration::from_millis(5)).await;
        }
        ready.add_permits(10);
    });
    let stage = stage.restart().await;
    until(&stage, "answered", 1).await;
    stage.rest().await;
    assert_eq!(posted(&carrier), 1);
    assert_eq!(read(&stage).last().map(String::as_str), Some("Aviso você quando algo mudar."));
}

#[tokio::test]
async fn an_answer_finds_room_in_a_full_inbox() {
    let (carrier, keys) = (carrier().await, tempfile::tempdir().unwrap());
    carrier.ready.forget_permits(1_000);
    let stage = stage_with(carrier.port, "127.0.0.1", keys.path(), |settings| settings.max_pending = 1).await;
    stage.simulator.customer(ANA).writes(CODE).await;
    soon("it leaves", || posted(&carrier) == 1 && stage.runtime.waiting() == 0).await;
    // Somebody else's question takes the only place, and keeps it.
    carrier.looks.forget_permits(1_000);
    stage.simulator.customer("5511933334444").writes(CODE).await;
    soon("it waits", || stage.runtime.waiting() == 1).await;
    carrier.ready.add_permits(10);
    until(&stage, "answered", 1).await;
    ponte_clock::pause(Duration::from_millis(1500)).await;
    assert_eq!(posted(&carrier), 1, "an answered request is not made again for want of room");
    carrier.looks.add_permits(10);
    soon("the other's request leaves too", || posted(&carrier) == 2).await;
    stage.rest().await;
    let last = read(&stage).pop();
    assert_eq!(last.as_deref(), Some("Aviso você quando algo mudar."));
}

#[tokio::test]
async fn a_paused_flows_requests_wait_until_it_goes_on() {
    let (carrier, keys) = (carrier().await, tempfile::tempdir().unwrap());
    carrier.posts.lock().unwrap().push(503);
    let stage = stage_at(carrier.port, "127.0.0.1", keys.path()).await;
    says(&stage, CODE).await;
    until(&stage, "queued", 1).await;
    let (store, id) = (stage.store(), "parcels".into());
    pause_flow(&**store, &id, "férias", stage.runtime.now()).await.unwrap();
    stage.runtime.reload().await.unwrap();
    stage.clock.advance(Duration::from_secs(60));
    ponte_clock::pause(Duration::from_millis(300)).await;
    assert_eq!((posted(&carrier), requests(&stage).await[0].state.as_str()), (1, "queued"));
    resume_flow(&**store, &id, false, stage.runtime.now()).await.unwrap();
    stage.runtime.reload().await.unwrap();
    until(&stage, "answered", 2).await;
    stage.rest().await;
    assert_eq!(read(&stage).last().map(String::as_str), Some("Aviso você quando algo mudar."));
}

#[tokio::test]
async fn requests_of_an_installation_that_cannot_run_for_a_while_wait_until_it_can() {
    let (carrier, keys) = (carrier().await, tempfile::tempdir().unwrap());
    carrier.posts.lock().unwrap().push(503);
    let stage = stage_at(carrier.port, "127.0.0.1", keys.path()).await;
    says(&stage, CODE).await;
    until(&stage, "queued", 1).await;
    let good = stage.store().installations().await.unwrap().remove(0);
    let bad = InstallationRow { package: json!("nothing that can be read"), ..good.clone() };
    stage.store().put_installation(&bad, None).await.unwrap();
    assert_eq!(stage.runtime.reload().await.unwrap().len(), 1);
    stage.clock.advance(Duration::from_secs(60));
    ponte_clock::pause(Duration::from_millis(300)).await;
    assert_eq!((posted(&carrier), requests(&stage).await[0].state.as_str()), (1, "queued"));
    stage.store().put_installation(&good, None).await.unwrap();
    assert!(stage.runtime.reload().await.unwrap().is_empty());
    until(&stage, "answered", 2).await;
    stage.rest().await;
    assert_eq!(read(&stage).last().map(String::as_str), Some("Aviso você quando algo mudar."));
}

#[tokio::test]
async fn a_name_that_leads_into_a_private_network_is_refused_and_recorded() {
    let (carrier, keys) = (carrier().await, tempfile::tempdir().unwrap());
    let stage = stage_at(carrier.port, "169.254.169.254", keys.path()).await;
    says(&stage, CODE).await;
    assert_eq!(read(&stage), ["A transportadora não responde agora. Tente daqui a pouco, por favor."]);
    let run = &stage.store().runs(1).await.unwrap()[0];
    let refusal = run.report["refusals"][0].to_string();
    assert!(refusal.contains("http.get") && refusal.contains("metadata"), "{refusal}");
    assert!(carrier.asked.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_the_manifest_does_not_name_is_denied_and_a_missing_secret_is_told() {
    let (carrier, keys) = (carrier().await, tempfile::tempdir().unwrap());
    let settings = "base_url = \"http://elsewhere.example\"\n";
    let builder = StageBuilder::default().package(package(carrier.port), settings);
    let stage = builder.settings(|settings| outside(settings, "127.0.0.1", keys.path())).start().await;
    says(&stage, CODE).await;
    let run = stage.store().runs(1).await.unwrap().remove(0);
    assert_eq!(run.outcome, "rejected");
    assert!(run.report["sentence"].as_str().unwrap().contains("ponte secret set parcels parcel-key"), "{}", run.report);

    let sealed = Vault::open(keys.path()).unwrap().seal("parcels", "parcel-key", &KEY.into()).unwrap();
    let now = stage.runtime.now();
    stage.store().put_secret(&"parcels".into(), "parcel-key", Some(sealed), now).await.unwrap();
    stage.runtime.reload().await.unwrap();
    says(&stage, CODE).await;
    let run = stage.store().runs(1).await.unwrap().remove(0);
    let refusal = run.report["refusals"][0].to_string();
    assert!(refusal.contains("denied") && refusal.contains("http GET http://elsewhere.example"), "{refusal}");
    assert!(carrier.asked.lock().unwrap().is_empty());
}

const ASKS: &str = "[permissions.orders]\npt-BR = \"Teste.\"\nes = \"Prueba.\"\nen = \"Test.\"\n";

/// Nobody answers.
struct Silence;

#[async_trait]
impl Resolve for Silence {
    async fn resolve(&self, _: &str) -> std::io::Result<Vec<IpAddr>> {
        std::future::pending().await
    }
}

#[tokio::test]
async fn a_service_that_does_not_answer_keeps_no_other_flow_waiting() {
    let keys = tempfile::tempdir().unwrap();
    let settings = "base_url = \"http://api.parcels.example:1\"\n";
    let builder = StageBuilder::default().package(package(1), settings).guest("echo", &guests::echoing(), OTHER_NUMBER);
    let stage = builder.settings(|settings| {
        outside(settings, "127.0.0.1", keys.path());
        settings.outside.client.resolver = Arc::new(Silence);
        settings.in_hand = 2;
    });
    let stage = stage.start().await;
    give_key(&stage, keys.path()).await;
    // More than are in hand at once.
    for waiting in 0..5 {
        stage.simulator.customer(format!("55119333344{waiting:02}")).writes(CODE).await;
    }
    let ana = stage.simulator.customer(ANA);
    ana.on(OTHER_NUMBER).writes("oi").await;
    let answered = async {
        while ana.inbox().is_empty() {
            ponte_clock::pause(Duration::from_millis(10)).await;
        }
    };
    ponte_clock::within(Duration::from_secs(5), answered).await.expect("she is answered while others wait");
    assert_eq!(stage.simulator.counts().sends, 1, "nobody else is, yet");
}

#[tokio::test]
async fn orders_that_a_store_told_of_are_found() {
    let guest = guests::asking_for_orders();
    let stage = StageBuilder::default().guest_with("orders", &guest, NUMBER, "skip", ASKS).start().await;
    says(&stage, "tem pedido meu?").await;
    assert!(read(&stage).is_empty());
    assert_eq!(stage.store_tells(SOURCE, &order(&stage, ANA, "ev-1", "paid")).await, 200);
    says(&stage, "e agora?").await;
    assert_eq!(read(&stage), ["tem"]);
    // A neighbour's order is not the customer's.
    let other = "5511933334444";
    stage.simulator.customer(other).writes("e o meu?").await;
    stage.rest().await;
    assert!(stage.simulator.customer(other).inbox().is_empty());
}

/// A model that answers from a script, at a price of a millionth for each token.
fn model(settings: &mut RuntimeSettings, most_a_day: i64) {
    let script: AiFile =
        serde_json::from_value(json!({ "answers": [{ "contains": "preço", "text": "custa 10" }, { "text": "oi!" }] }))
            .unwrap();
    let prices = Prices { input: 1_000_000, output: 1_000_000 };
    settings.outside.ai = Some(AiSettings { model: Arc::new(Scripted::new(script)), prices, most_a_day });
}

const MODEL: &str = "[permissions.ai]\npt-BR = \"Teste.\"\nes = \"Prueba.\"\nen = \"Test.\"\n";

#[tokio::test]
async fn a_model_answers_until_the_days_money_is_spent_and_the_next_day_again() {
    let guest = guests::asking_a_model();
    let builder = StageBuilder::default().guest_with("model", &guest, NUMBER, "skip", MODEL);
    // A question may cost about 50 (its bytes and 20 tokens), and comes to about 5.
    let stage = builder.settings(|settings| model(settings, 55)).start().await;
    says(&stage, "qual o preço?").await;
    let spent = stage.store().spent("2026-01-01").await.unwrap();
    assert!((1..20).contains(&spent[0].micros), "what was set aside is corrected by what it came to: {spent:?}");
    for _ in 0..6 {
        says(&stage, "bom dia").await;
    }
    let read_now = read(&stage);
    assert_eq!(read_now.first().map(String::as_str), Some("custa 10"));
    assert_eq!(read_now.last().map(String::as_str), Some("sem modelo"), "{read_now:?}");
    let run = &stage.store().runs(1).await.unwrap()[0];
    assert_eq!(run.report["refusals"][0]["refusal"]["reason"], "budget");
    let spent = stage.store().spent("2026-01-01").await.unwrap();
    assert!(spent[0].micros <= 55, "{spent:?}");
    stage.clock.advance(Duration::from_secs(24 * 3600));
    says(&stage, "bom dia").await;
    assert_eq!(read(&stage).last().map(String::as_str), Some("oi!"));
}

#[tokio::test]
async fn without_a_model_the_declared_text_stands_in() {
    let guest = guests::asking_a_model();
    let stage = StageBuilder::default().guest_with("model", &guest, NUMBER, "skip", MODEL).start().await;
    says(&stage, "oi").await;
    assert_eq!(read(&stage), ["sem modelo"]);
    let run = &stage.store().runs(1).await.unwrap()[0];
    assert_eq!(run.report["refusals"][0]["refusal"]["why"], "ai-absent");
    let declared = format!("{MODEL}\n[ai]\nfallback = \"sorry\"\n");
    let stage = StageBuilder::default().guest_with("model", &guest, NUMBER, "skip", &declared).start().await;
    says(&stage, "oi").await;
    assert_eq!(read(&stage), ["Desculpe"]);
}
