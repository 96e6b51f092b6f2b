//! A shop with a folder of its own, a simulated WhatsApp, and the real binary.

use std::path::{Path, PathBuf};
use std::process::{Output, Stdio};
use std::sync::Arc;
use std::time::Duration;

use ponte_clock::SystemClock;
use ponte_simulator::{Config, Customer, NumberSetup, Simulator, Waba, Writer};
use ponte_whatsapp::webhook::sign;
use tokio::io::AsyncWriteExt as _;
use tokio::process::{Child, Command};

pub(crate) const NUMBER: &str = "106540352242922";
pub(crate) const WABA: &str = "102290129340398";
pub(crate) const SECRET: &str = "cli-app-secret-5d1f";
pub(crate) const VERIFY: &str = "cli-verify-token-8a3c";
pub(crate) const TOKEN: &str = "cli-access-token-e07b";

/// A shop that is always closed, so that the flow answers whenever the test runs.
pub(crate) const CLOSED: &str = "timezone = \"America/Sao_Paulo\"\nhours = \"never\"\n";

/// So long may anything take.
const PATIENCE: Duration = Duration::from_secs(30);

/// Pause between two looks.
const LOOK: Duration = Duration::from_millis(20);

/// The repository.
pub(crate) fn root() -> PathBuf {
    // Cargo runs the tests of a package in its folder.
    let here = std::env::current_dir().expect("a working directory");
    here.parent().expect("tests/ is in the repository").to_owned()
}

/// A package of the repository, as an argument.
pub(crate) fn flow(name: &str) -> String {
    root().join("flows").join(name).display().to_string()
}

/// Where cargo puts what it compiles for this test: `target/debug`.
pub(crate) fn compiled() -> PathBuf {
    let here = std::env::current_exe().expect("a test knows where it is");
    here.parent().and_then(Path::parent).expect("tests are in target/debug/deps").to_owned()
}

/// The binary beside this test.
fn binary() -> PathBuf {
    let path = compiled().join("ponte");
    assert!(path.is_file(), "build it first: cargo build -p ponte-cli");
    path
}

/// What a command said.
#[derive(Debug)]
pub(crate) struct Said {
    pub(crate) code: Option<i32>,
    pub(crate) out: String,
    pub(crate) err: String,
}

impl Said {
    /// It must have worked.
    pub(crate) fn ok(self) -> Self {
        assert_eq!(self.code, Some(0), "it should work: {self:#?}");
        self
    }

    /// It must have been refused, with all of these words on standard error.
    pub(crate) fn refused(self, words: &[&str]) -> Self {
        assert_eq!(self.code, Some(1), "it should be refused: {self:#?}");
        for word in words {
            assert!(self.err.contains(word), "{word:?} is missing in:\n{}", self.err);
        }
        self
    }

    pub(crate) fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error} in:\n{}", self.out))
    }
}

/// Waits until `look` finds something.
pub(crate) async fn until<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let found = async {
        loop {
            if let Some(found) = look().await {
                return found;
            }
            ponte_clock::pause(LOOK).await;
        }
    };
    ponte_clock::within(PATIENCE, found).await.unwrap_or_else(|_| panic!("it took too long: {what}"))
}

/// What came to a customer over the API.
pub(crate) fn replies(customer: &Customer) -> Vec<String> {
    let inbox = customer.inbox();
    inbox.iter().filter(|message| message.by == Writer::Api).map(|message| message.text.clone()).collect()
}

/// Waits for the first reply.
pub(crate) async fn reply(customer: &Customer) -> String {
    until(&format!("a reply to {}", customer.phone()), async || replies(customer).into_iter().next()).await
}

/// A folder, an address, and the environment of every command; secrets are set, WhatsApp is not there.
pub(crate) struct Shop {
    dir: tempfile::TempDir,
    environment: Vec<(String, String)>,
    address: String,
    http: reqwest::Client,
}

impl Shop {
    pub(crate) fn new() -> Self {
        // Taken and given back: free for the moment, and not given to the next who asks.
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let dir = tempfile::tempdir().expect("a temporary folder");
        let address = format!("127.0.0.1:{port}");
        let data = dir.path().join("data").display().to_string();
        let mut shop = Self { dir, environment: Vec::new(), address: address.clone(), http: reqwest::Client::new() };
        for (name, value) in [
            ("PONTE_DATA_DIR", data.as_str()),
            ("PONTE_LISTEN", &address),
            // Nobody listens on port 9: whoever forgets WhatsApp reaches nobody.
            ("PONTE_GRAPH_URL", "http://127.0.0.1:9"),
            ("PONTE_VERIFY_TOKEN", VERIFY),
            ("PONTE_APP_SECRET", SECRET),
            ("PONTE_ACCESS_TOKEN", TOKEN),
        ] {
            shop.set(name, value);
        }
        shop
    }

    /// A shop with a simulated WhatsApp, whose number is registered.
    pub(crate) async fn on_whatsapp() -> (Self, Simulator) {
        let number = NumberSetup::coexistence(NUMBER, "5511955550100", TOKEN).messages_per_second(10_000);
        let mut config = Config::new(SECRET, VERIFY).waba(Waba::new(WABA).number(number));
        // Meta's patience, in a hurry: what was not acknowledged comes again within moments.
        config.retry.first = Duration::from_millis(100);
        config.retry.longest = Duration::from_millis(300);
        let whatsapp = Simulator::start(config, Arc::new(SystemClock)).await.expect("the simulator starts");
        let mut shop = Self::new();
        shop.set("PONTE_GRAPH_URL", &whatsapp.graph_url());
        whatsapp.set_webhook_url(&shop.url("/webhooks/whatsapp")).expect("an address");
        shop.ponte(&["number", "add", NUMBER, "--waba", WABA, "--throughput", "1000"]).await.ok();
        (shop, whatsapp)
    }

    pub(crate) fn set(&mut self, name: &str, value: &str) {
        self.unset(name);
        self.environment.push((name.to_owned(), value.to_owned()));
    }

    pub(crate) fn unset(&mut self, name: &str) {
        self.environment.retain(|(known, _)| known != name);
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn path(&self, name: &str) -> PathBuf {
        self.dir.path().join(name)
    }

    /// Writes a file into the shop's folder; its path, as an argument.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.path(name);
        std::fs::create_dir_all(path.parent().expect("a file is in a folder")).expect("a folder");
        std::fs::write(&path, text).expect("a file");
        path.display().to_string()
    }

    /// Nothing of the environment of the test but what the shop sets.
    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command.args(args).current_dir(self.dir.path()).env_clear().kill_on_drop(true);
        command.envs(self.environment.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }

    pub(crate) async fn ponte(&self, args: &[&str]) -> Said {
        self.ponte_reads(args, "").await
    }

    /// With words on standard input.
    pub(crate) async fn ponte_reads(&self, args: &[&str], input: &str) -> Said {
        self.ponte_takes(PATIENCE, args, input).await
    }

    /// For what may take longer than anything else: compilers.
    pub(crate) async fn ponte_takes(&self, patience: Duration, args: &[&str], input: &str) -> Said {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let finished = async {
            let mut child = command.spawn().expect("ponte starts");
            let mut stdin = child.stdin.take().expect("standard input is piped");
            // Who does not read its input may be gone already.
            let _ = stdin.write_all(input.as_bytes()).await;
            drop(stdin);
            child.wait_with_output().await.expect("ponte ends")
        };
        let Output { status, stdout, stderr } =
            ponte_clock::within(patience, finished).await.unwrap_or_else(|_| panic!("ponte {args:?} does not end"));
        let text = |bytes| String::from_utf8(bytes).expect("ponte writes UTF-8");
        Said { code: status.code(), out: text(stdout), err: text(stderr) }
    }

    pub(crate) async fn install(&self, name: &str, settings: &str) {
        let settings = self.write(&format!("{name}.toml"), settings);
        self.ponte(&["flow", "install", &flow(name), "--settings", &settings]).await.ok();
    }

    /// What is installed.
    pub(crate) async fn installations(&self) -> serde_json::Value {
        self.ponte(&["flow", "list", "--json"]).await.ok().json()
    }

    /// Waits until the one installation stands so.
    pub(crate) async fn until_state(&self, state: &str) {
        until(state, async || (self.installations().await[0]["state"] == *state).then_some(())).await;
    }

    /// Starts `ponte serve` and waits until it is ready. What it writes goes to a file.
    pub(crate) async fn serve(&self) -> Serving {
        self.serve_with(&["serve"]).await
    }

    pub(crate) async fn serve_with(&self, args: &[&str]) -> Serving {
        let file = std::fs::File::options().create(true).append(true).open(self.path("log")).expect("a log");
        let mut command = self.command(args);
        command.stdout(file.try_clone().expect("a second handle")).stderr(file);
        let mut serving = Serving(command.spawn().expect("ponte starts"));
        until("ponte serve is ready", async || {
            if let Some(status) = serving.0.try_wait().expect("the process can be asked") {
                panic!("ponte serve ended, {status}:\n{}", self.log());
            }
            self.http.get(self.url("/readyz")).send().await.ok().filter(|answer| answer.status().is_success())
        })
        .await;
        serving
    }

    /// What `ponte serve` wrote so far.
    pub(crate) fn log(&self) -> String {
        std::fs::read_to_string(self.path("log")).expect("a log")
    }

    pub(crate) async fn get(&self, path: &str) -> (u16, String) {
        let answer = self.http.get(self.url(path)).send().await.expect("ponte answers");
        (answer.status().as_u16(), answer.text().await.expect("a body"))
    }

    /// Posts a webhook with a signature by `secret`; the status.
    pub(crate) async fn post(&self, body: impl Into<Vec<u8>>, secret: &str) -> u16 {
        let body = body.into();
        let signature = sign(&secret.into(), &body);
        let request = self.http.post(self.url("/webhooks/whatsapp")).header("X-Hub-Signature-256", signature);
        request.body(body).send().await.expect("ponte answers").status().as_u16()
    }

    /// The value of a metric, written with its labels as Prometheus shows it; 0 where it is not there yet.
    pub(crate) async fn metric(&self, name: &str) -> f64 {
        let (_, text) = self.get("/metrics").await;
        let value = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        value.map_or(0.0, |value| value.parse().expect("a number"))
    }

    pub(crate) async fn until_metric(&self, name: &str, at_least: f64) {
        until(name, async || (self.metric(name).await >= at_least).then_some(())).await;
    }
}

/// A running `ponte serve`; killed when dropped.
pub(crate) struct Serving(Child);

impl Serving {
    /// SIGTERM, as service managers send it; the exit code.
    pub(crate) async fn terminate(mut self) -> Option<i32> {
        let pid = self.0.id().expect("it runs").to_string();
        let killed = Command::new("kill").args(["-TERM", &pid]).status().await.expect("there is a kill");
        assert!(killed.success(), "SIGTERM could not be sent");
        let ended = ponte_clock::within(PATIENCE, self.0.wait()).await.expect("ponte ends after SIGTERM");
        ended.expect("its status").code()
    }
}
