//! How much CPU time a run takes: counted only while it is polled.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::time::Duration;

use ponte_clock::thread_cpu_time;

/// The CPU time of one run. Waiting for the store, or for other runs to give the thread back, costs nothing.
#[derive(Debug, Default)]
pub(crate) struct Meter {
    /// Nanoseconds of the polls that have ended.
    spent: AtomicU64,
    /// The thread's CPU time when the present poll began.
    began: AtomicU64,
}

impl Meter {
    /// CPU time up to the end of the last poll.
    pub(crate) fn spent(&self) -> Duration {
        Duration::from_nanos(self.spent.load(Relaxed))
    }

    /// CPU time up to this moment; only meaningful on the thread that polls, during the poll.
    pub(crate) fn so_far(&self) -> Duration {
        self.spent() + Duration::from_nanos(nanos().saturating_sub(self.began.load(Relaxed)))
    }

    /// Measures `future`.
    pub(crate) async fn measure<F: Future>(&self, future: F) -> F::Output {
        let mut future = pin!(future);
        poll_fn(|cx| {
            self.began.store(nanos(), Relaxed);
            let poll = future.as_mut().poll(cx);
            let spent = nanos().saturating_sub(self.began.load(Relaxed));
            self.spent.fetch_add(spent, Relaxed);
            poll
        })
        .await
    }
}

fn nanos() -> u64 {
    u64::try_from(thread_cpu_time().as_nanos()).unwrap_or(u64::MAX)
}
