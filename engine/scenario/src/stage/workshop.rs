//! What stages share: plugins are compiled once, and everything that takes long is made once.

use std::sync::Arc;

use ponte_sandbox::{Compiler, Sandbox};
use ponte_store::SqliteStore;
use ponte_whatsapp::graph::{GraphClient, GraphSettings};
use tokio::sync::OnceCell;
use url::Url;

use super::{Say as _, StageError};

/// What stages share. Cheap to clone.
#[derive(Clone)]
pub struct Workshop {
    pub(super) sandbox: Sandbox,
    pub(super) compiler: Compiler,
    pub(super) graph: GraphClient,
    blank: Arc<OnceCell<Vec<u8>>>,
}

impl Workshop {
    /// A workshop. There is one sandbox a process; the compiler's cache may be kept, so that plugins are compiled once.
    ///
    /// # Errors
    /// There is no HTTP client on this machine.
    pub fn new(sandbox: Sandbox, compiler: Compiler) -> Result<Self, StageError> {
        // Nothing is ever asked there: requests stay in the process.
        let graph_url = Url::parse("http://simulator.invalid").say()?;
        let graph = GraphClient::new(&GraphSettings { graph_url, ..GraphSettings::default() }).say()?;
        Ok(Self { sandbox, compiler, graph, blank: Arc::default() })
    }

    /// An empty database.
    pub(super) async fn blank(&self) -> Result<&[u8], StageError> {
        let make = async || {
            let scratch = tempfile::tempdir().say()?;
            SqliteStore::blank(scratch.path()).await.say()
        };
        self.blank.get_or_try_init(make).await.map(Vec::as_slice)
    }
}
