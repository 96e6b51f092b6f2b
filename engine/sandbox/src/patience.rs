//! How long a run waited for somebody outside: that time is not its own.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use ponte_clock::Stopwatch;

/// The waits of one run.
#[derive(Debug, Default)]
pub(crate) struct Patience(Mutex<(Duration, Option<Stopwatch>)>);

impl Patience {
    fn lock(&self) -> std::sync::MutexGuard<'_, (Duration, Option<Stopwatch>)> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A wait begins.
    pub(crate) fn begin(&self) {
        self.lock().1 = Some(Stopwatch::start());
    }

    /// The wait is over.
    pub(crate) fn end(&self) {
        let mut waits = self.lock();
        if let Some(watch) = waits.1.take() {
            waits.0 += watch.elapsed();
        }
    }

    /// All waits so far, the present one included.
    pub(crate) fn waited(&self) -> Duration {
        let waits = self.lock();
        waits.0 + waits.1.map_or(Duration::ZERO, |watch| watch.elapsed())
    }
}
