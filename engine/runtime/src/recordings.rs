//! Keeps what it takes to run a run again, in bounds: how long, how much in all, how much of one run.

use std::time::Duration;

use ponte_model::Timestamp;
use ponte_sandbox::journal::{self, Tape};
use ponte_sandbox::{Broker, Plugin, RunReport, RunRequest};
use ponte_store::{NewRecording, RunRecord};

use crate::core::Core;

/// Where the record of a run says why it was not recorded.
const UNRECORDED: &str = "unrecorded";

/// What is kept of each run, so that it can be run again. It is personal data: what people wrote, names, numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordingSettings {
    /// Whether runs are recorded at all.
    pub on: bool,
    /// So long is a recording kept; the record of a run is kept as long as recordings from before it are.
    pub keep: Duration,
    /// All of them together, in bytes as stored: the oldest go first.
    pub max_bytes: u64,
    /// One of them, in bytes before it is packed; a run that is told more is not recorded, and says so.
    pub largest: usize,
}

impl Default for RecordingSettings {
    fn default() -> Self {
        Self { on: true, keep: Duration::from_secs(7 * 24 * 3600), max_bytes: 1 << 30, largest: 256 << 10 }
    }
}

/// Wraps the broker of a run so that it is recorded.
pub(crate) fn begin(
    core: &Core,
    broker: Box<dyn Broker>,
    request: &RunRequest,
    plugin: &Plugin,
) -> (Box<dyn Broker>, Option<Tape>) {
    let settings = core.settings.recordings;
    if !settings.on {
        return (broker, None);
    }
    let (broker, tape) = journal::record(broker, request, plugin, settings.largest);
    (broker, Some(tape))
}

/// What was recorded, to be written with the run; where it was too much, the run's record says so.
pub(crate) fn end(core: &Core, tape: Option<Tape>, report: &RunReport, record: &mut RunRecord) -> Option<NewRecording> {
    let Some(tape) = tape else {
        record.report[UNRECORDED] = "recording is switched off ([recordings] off)".into();
        return None;
    };
    match tape.close(report) {
        Ok(bytes) => Some(NewRecording { at: core.clock.now(), bytes }),
        Err(too_large) => {
            metrics::counter!("ponte_runs_unrecorded_total").increment(1);
            record.report[UNRECORDED] = too_large.to_string().into();
            None
        }
    }
}

/// Deletes what is too old or too much, and components that only deleted runs needed.
pub(crate) async fn sweep(core: &Core, now: Timestamp) -> ponte_store::Result<()> {
    let settings = core.settings.recordings;
    let made_before = now.minus(settings.keep);
    while core.store.sweep_recordings(made_before, settings.max_bytes).await? > 0 {
        if core.stopping.is_cancelled() {
            return Ok(());
        }
    }
    core.store.drop_orphans().await.map(drop)
}
