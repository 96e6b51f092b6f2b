//! What every part of the simulator shares.

use std::future::Future;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use ponte_clock::SharedClock;
use ponte_model::Timestamp;
use tokio_util::sync::CancellationToken;

use crate::agenda::Agenda;
use crate::config::{Config, StatusPlan};
use crate::faults::Faults;
use crate::transcript::Transcript;
use crate::webhooks::courier::Courier;
use crate::world::World;

/// What every part of the simulator shares. Locks are held for a few lines and never over an `await`; the world is
/// locked before the transcript, never after.
pub(crate) struct Hub {
    pub(crate) clock: SharedClock,
    pub(crate) config: Config,
    pub(crate) transcript: Transcript,
    pub(crate) courier: Courier,
    pub(crate) stop: CancellationToken,
    pub(crate) agenda: Agenda,
    world: Mutex<World>,
    faults: Mutex<Faults>,
    statuses: Mutex<StatusPlan>,
}

impl Hub {
    pub(crate) fn new(config: Config, clock: SharedClock, world: World, courier: Courier) -> Arc<Self> {
        Arc::new(Self {
            clock,
            transcript: Transcript::new(config.keep),
            courier,
            stop: CancellationToken::new(),
            agenda: Agenda::default(),
            world: Mutex::new(world),
            faults: Mutex::new(Faults::new(config.seed)),
            statuses: Mutex::new(config.statuses),
            config,
        })
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub(crate) fn world(&self) -> MutexGuard<'_, World> {
        locked(&self.world)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        locked(&self.faults)
    }

    pub(crate) fn statuses(&self) -> MutexGuard<'_, StatusPlan> {
        locked(&self.statuses)
    }

    /// Runs `work` in the background until it ends or the simulator stops. Whatever `work` first waits for on the
    /// clock is made before: a clock that moves before the task begins must not put it off.
    pub(crate) fn spawn(&self, work: impl Future<Output = ()> + Send + 'static) {
        tokio::spawn(self.stop.clone().run_until_cancelled_owned(work));
    }
}

pub(crate) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
