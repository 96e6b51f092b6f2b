//! Runs scenarios, each on a stage of its own, as many at once as pay.

use std::path::PathBuf;
use std::sync::Arc;

use ponte_clock::Stopwatch;
use ponte_sandbox::{Compiler, Sandbox};
use tokio::sync::{Semaphore, oneshot};

use crate::document::Scenario;
use crate::play;
use crate::report::{Broken, Report};
use crate::stage::{Setup, Stage, StageError, Workshop};

/// Runs scenarios. Cheap to clone.
#[derive(Clone)]
pub struct Runner {
    workshop: Workshop,
    /// Each scenario has a thread. They wait for the database as often as they compute, so there may be more than cores.
    places: Arc<Semaphore>,
}

/// So many scenarios run at once for each core.
const A_CORE: usize = 3;

impl Runner {
    /// A runner. There is one sandbox a process; the compiler's cache may be kept, so that plugins are compiled once.
    ///
    /// # Errors
    /// This machine has no HTTP client.
    pub fn new(sandbox: Sandbox, compiler: Compiler) -> Result<Self, StageError> {
        let cores = std::thread::available_parallelism().map_or(2, usize::from);
        let workshop = Workshop::new(sandbox, compiler)?;
        Ok(Self { workshop, places: Arc::new(Semaphore::new(A_CORE * cores)) })
    }

    /// The same, with so many scenarios at once.
    #[must_use]
    pub fn at_once(mut self, most: usize) -> Self {
        self.places = Arc::new(Semaphore::new(most.max(1)));
        self
    }

    /// What stages are made with.
    pub fn workshop(&self) -> &Workshop {
        &self.workshop
    }

    /// Plays a scenario to its end. Never fails: whatever went wrong is in the report.
    pub async fn run(&self, scenario: &Scenario) -> Report {
        self.run_in(scenario, None).await
    }

    /// The same, and the data is kept in this folder, as `ponte serve` would keep it.
    pub async fn run_in(&self, scenario: &Scenario, data_dir: Option<PathBuf>) -> Report {
        let scenario = Arc::new(scenario.clone());
        let workshop = self.workshop.clone();
        let told = Arc::clone(&scenario);
        let played = self.on_a_thread(move || async move { whole(&workshop, &scenario, data_dir).await }).await;
        played.unwrap_or_else(|why| report_of(&told, Err(why), std::time::Duration::ZERO))
    }

    /// Does something on a thread with a runtime of its own. When it ends, so does everything that it began.
    pub(crate) async fn on_a_thread<T, F>(&self, work: impl FnOnce() -> F + Send + 'static) -> Result<T, StageError>
    where
        T: Send + 'static,
        F: Future<Output = T>,
    {
        // The semaphore is never closed; were it, there would only be more threads.
        let place = Arc::clone(&self.places).acquire_owned().await.ok();
        let (done, result) = oneshot::channel();
        let run = move || {
            let _place = place;
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            let outcome = runtime.map(|runtime| runtime.block_on(work()));
            let _ = done.send(outcome);
        };
        let thread = std::thread::Builder::new().name("ponte-scenario".to_owned()).spawn(run);
        thread.map_err(|error| StageError(format!("there is no thread for a scenario: {error}")))?;
        match result.await {
            Ok(Ok(outcome)) => Ok(outcome),
            Ok(Err(error)) => Err(StageError(format!("a scenario cannot be run: {error}"))),
            Err(_) => Err(StageError("Ponte panicked over this scenario; please report it".to_owned())),
        }
    }
}

async fn whole(workshop: &Workshop, scenario: &Scenario, data_dir: Option<PathBuf>) -> Report {
    let watch = Stopwatch::start();
    let mut stage = match Stage::set(workshop, Setup { data_dir, ..Setup::of(scenario) }).await {
        Ok(stage) => stage,
        Err(error) => return report_of(scenario, Err(error), watch.elapsed()),
    };
    let played = play::play(&mut stage, scenario).await;
    stage.strike().await;
    report_of(scenario, Ok(played), watch.elapsed())
}

fn report_of(scenario: &Scenario, played: Result<play::Played, StageError>, took: std::time::Duration) -> Report {
    let (name, path) = (scenario.name().to_owned(), scenario.path().to_owned());
    match played {
        Ok(played) => Report {
            name,
            path,
            told: played.told,
            met: played.met,
            missed: played.missed,
            failed: played.failed,
            broken: played.broken,
            took,
        },
        Err(StageError(why)) => {
            let broken = Some(Broken { step: None, line: None, why, unread: false });
            Report { name, path, told: Vec::new(), met: 0, missed: Vec::new(), failed: Vec::new(), broken, took }
        }
    }
}
