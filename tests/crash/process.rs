//! The real binary as a process.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

use ponte_simulator::Simulator;
use tokio::process::{Child, Command};

pub(crate) const NUMBER: &str = "106540352242922";
pub(crate) const SECRET: &str = "crash-app-secret";
pub(crate) const VERIFY: &str = "crash-verify-token";
pub(crate) const TOKEN: &str = "crash-access-token";

/// So long may a start take.
const START: Duration = Duration::from_secs(30);

/// A configured Ponte.
pub(crate) struct Ponte {
    dir: tempfile::TempDir,
    address: String,
    graph_url: String,
}

/// A running one.
pub(crate) struct Process(Child);

impl Process {
    /// `kill -9`.
    pub(crate) async fn kill(&mut self) {
        self.0.kill().await.expect("the process is killed");
    }
}

impl Ponte {
    /// Registers a number and installs a flow that answers every customer once.
    pub(crate) async fn prepare(simulator: &Simulator) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let dir = tempfile::tempdir().expect("a temporary folder");
        let ponte = Self { dir, address: format!("127.0.0.1:{port}"), graph_url: simulator.graph_url() };
        let settings = ponte.dir.path().join("settings.toml");
        std::fs::write(&settings, "timezone = \"America/Sao_Paulo\"\nhours = \"never\"\n").expect("settings");
        let flow = ponte_tests::root().join("flows/after-hours");
        ponte.run(&["number", "add", NUMBER, "--throughput", "100000"]).await;
        let settings = settings.display().to_string();
        ponte.run(&["flow", "install", &flow.display().to_string(), "--settings", &settings]).await;
        ponte
    }

    /// Registers a number and installs a package that is made in a folder, without settings.
    pub(crate) async fn prepare_with(simulator: &Simulator, package: impl FnOnce(&Path) -> PathBuf) -> Self {
        let port = std::net::TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("an address").port();
        let dir = tempfile::tempdir().expect("a temporary folder");
        let ponte = Self { dir, address: format!("127.0.0.1:{port}"), graph_url: simulator.graph_url() };
        let package = package(ponte.dir.path());
        ponte.run(&["number", "add", NUMBER, "--throughput", "100000"]).await;
        ponte.run(&["flow", "install", &package.display().to_string()]).await;
        ponte
    }

    pub(crate) fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    pub(crate) fn webhook(&self) -> String {
        format!("http://{}/webhooks/whatsapp", self.address)
    }

    async fn run(&self, args: &[&str]) {
        let output = self.command(args).output().await.expect("ponte runs");
        assert!(output.status.success(), "ponte {args:?}: {}", String::from_utf8_lossy(&output.stderr));
    }

    /// Starts `ponte serve` and waits until it is ready.
    pub(crate) async fn serve(&self) -> Process {
        let child = self.command(&["serve"]).kill_on_drop(true).spawn().expect("ponte starts");
        let mut process = Process(child);
        let client = reqwest::Client::new();
        let url = format!("http://{}/readyz", self.address);
        let ready = async {
            loop {
                if client.get(&url).send().await.is_ok_and(|answer| answer.status().is_success()) {
                    return;
                }
                if let Some(status) = process.0.try_wait().expect("the process can be asked") {
                    panic!("ponte serve ended: {status}");
                }
                ponte_clock::pause(Duration::from_millis(10)).await;
            }
        };
        ponte_clock::within(START, ready).await.expect("ponte serve is ready in time");
        process
    }

    fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(binary());
        command
            .args(args)
            .current_dir(self.dir.path())
            .env_clear()
            .env("PONTE_DATA_DIR", self.data_dir())
            .env("PONTE_LISTEN", &self.address)
            .env("PONTE_GRAPH_URL", &self.graph_url)
            .env("PONTE_VERIFY_TOKEN", VERIFY)
            .env("PONTE_APP_SECRET", SECRET)
            .env("PONTE_ACCESS_TOKEN", TOKEN)
            .env("PONTE_LOG", "error")
            .stdin(Stdio::null())
            .stdout(Stdio::null());
        command
    }
}

/// The binary beside this test.
fn binary() -> PathBuf {
    let here = std::env::current_exe().expect("a test knows where it is");
    let debug = here.parent().and_then(Path::parent).expect("tests are in target/debug/deps");
    let path = debug.join("ponte");
    assert!(path.is_file(), "build it first: cargo build -p ponte-cli");
    path
}
