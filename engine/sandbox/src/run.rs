//! One run: from a fresh instance to its report.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt as _;
use ponte_clock::{Elapsed, Stopwatch};
use ponte_model::{ContactId, Effect, Event, LogLine, Refusal, RunId};
use wasmtime::{Store, StoreContextMut, UpdateDeadline};

use crate::bindings::exports::ponte::flow::handler::Failure;
use crate::meter::Meter;
use crate::patience::Patience;
use crate::sandbox::Plugin;
use crate::state::RunState;
use crate::{Broker, PermissionSet, Stop, convert, limits};

/// What a run is about.
#[derive(Clone, Debug)]
pub struct RunRequest {
    /// Its id.
    pub run: RunId,
    /// What happened. Its time is the run's time.
    pub event: Event,
    /// Ponte's id of the event's contact, where it has one.
    pub contact: Option<ContactId>,
    /// How often this event was tried before; 0 the first time.
    pub attempt: u32,
    /// What the guest's dice follow from: the same for the same event and version.
    pub random_seed: [u8; 32],
    /// What the operator granted.
    pub permissions: PermissionSet,
}

/// How a run went.
pub struct RunReport {
    /// How it ended.
    pub outcome: Outcome,
    /// What it asked for; empty unless it is done.
    pub effects: Vec<Effect>,
    /// What it wrote for people, however it ended.
    pub log: Vec<LogLine>,
    /// Whether some of the log is missing because it was too much.
    pub log_cut: bool,
    /// What it was refused: the function, such as `send.text`, and the reason.
    pub refusals: Vec<(String, Refusal)>,
    /// What it used.
    pub usage: Usage,
    /// The broker that was lent to it.
    pub broker: Box<dyn Broker>,
}

/// How a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The handler succeeded.
    Done,
    /// The handler wants the event again later.
    Retry {
        /// How much later, in seconds.
        after_secs: u32,
    },
    /// The handler will not handle the event.
    Rejected {
        /// Its words.
        reason: String,
    },
    /// The sandbox ended the run.
    Stopped(Stop),
}

impl Outcome {
    /// The short word for metrics and for the store.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Retry { .. } => "retry",
            Self::Rejected { .. } => "rejected",
            Self::Stopped(stop) => stop.code(),
        }
    }
}

/// What a run used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Real time, from the fresh instance to the end.
    pub wall: Duration,
    /// CPU time.
    pub cpu: Duration,
    /// Host calls of the world.
    pub host_calls: u32,
    /// Most memory at once, in bytes. Memories never shrink.
    pub peak_memory: usize,
}

/// Runs `plugin` once.
pub(crate) async fn run(plugin: &Plugin, request: RunRequest, broker: Box<dyn Broker>) -> RunReport {
    let watch = Stopwatch::start();
    let meter = Arc::new(Meter::default());
    let limits = plugin.limits();
    let event = convert::event(&request);
    let mut store = Store::new(plugin.engine(), RunState::new(broker, request, Arc::clone(limits)));
    store.limiter(|run| run);
    store.set_hostcall_fuel(limits::HOSTCALL_BYTES);
    store.set_epoch_deadline(1);
    store.epoch_deadline_callback({
        let (meter, limit) = (Arc::clone(&meter), limits.cpu);
        move |run| tick(run, &meter, limit)
    });

    let patience = Arc::clone(&store.data().patience);
    let mut started = false;
    let call = async {
        let flow = plugin.pre().instantiate_async(&mut store).await?;
        started = true;
        flow.ponte_flow_handler().call_on_event(&mut store, &event).await
    };
    // The broker is not ours: if it panics, that is this run's misfortune and nobody else's.
    let call = meter.measure(AssertUnwindSafe(call).catch_unwind());
    let ended = bounded(limits.wall, &watch, &patience, call).await;

    let mut state = store.into_data();
    let outcome = match (state.stop.take(), ended) {
        (Some(stop), _) => Outcome::Stopped(stop),
        (None, Err(Elapsed(limit))) => Outcome::Stopped(Stop::Wall { limit }),
        (None, Ok(Err(panic))) => Outcome::Stopped(Stop::Host(panic_text(panic.as_ref()))),
        (None, Ok(Ok(Err(error)))) => Outcome::Stopped(Stop::of(&error, started)),
        (None, Ok(Ok(Ok(Ok(()))))) => Outcome::Done,
        (None, Ok(Ok(Ok(Err(Failure::Retry(after_secs)))))) => Outcome::Retry { after_secs },
        (None, Ok(Ok(Ok(Err(Failure::Reject(reason)))))) => Outcome::Rejected { reason },
    };
    let (log, log_cut) = state.log.close();
    RunReport {
        effects: if outcome == Outcome::Done { state.effects } else { Vec::new() },
        outcome,
        log,
        log_cut,
        refusals: state.refusals,
        usage: Usage { wall: watch.elapsed(), cpu: meter.spent(), host_calls: state.calls, peak_memory: state.memory },
        broker: state.broker,
    }
}

/// Waits for a run within its real time. What it waited for somebody outside comes on top; those calls have a bound of their
/// own.
async fn bounded<F: Future>(
    wall: Duration,
    watch: &Stopwatch,
    patience: &Patience,
    call: F,
) -> Result<F::Output, Elapsed> {
    let mut call = std::pin::pin!(call);
    let mut left = wall;
    loop {
        match ponte_clock::within(left, call.as_mut()).await {
            Ok(output) => return Ok(output),
            Err(_) => left = (wall + patience.waited()).saturating_sub(watch.elapsed()),
        }
        if left.is_zero() {
            return Err(Elapsed(wall));
        }
        // A wait that has just ended takes the place of one that is shorter than a tick.
        left = left.max(limits::TICK);
    }
}

/// At every tick: enough is enough, or let others have the thread. Tokio's own yield puts the task at the end of
/// the queue; wasmtime's would put it first again, and starve the others.
fn tick(mut run: StoreContextMut<'_, RunState>, meter: &Meter, limit: Duration) -> wasmtime::Result<UpdateDeadline> {
    if meter.so_far() > limit {
        return Err(run.data_mut().stopped(Stop::Deadline { limit }));
    }
    Ok(UpdateDeadline::YieldCustom(1, Box::pin(tokio::task::yield_now())))
}

fn panic_text(panic: &(dyn std::any::Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    text.or_else(|| panic.downcast_ref::<String>().cloned()).unwrap_or_else(|| "a panic without words".to_owned())
}
