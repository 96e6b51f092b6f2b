//! The only crate of Ponte that asks the operating system for the time or sleeps.
//!
//! Everybody else is handed a [`Clock`]. `clippy.toml` bans the rest, so that the whole pipeline runs on a
//! [`VirtualClock`] in scenarios and simulations: a test that waits 25 hours takes no time.

mod shifted;
mod system;
mod ticker;
mod virtual_clock;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use ponte_model::Timestamp;

pub use shifted::ShiftedClock;
pub use system::SystemClock;
pub use ticker::{every, thread_cpu_time};
pub use virtual_clock::VirtualClock;

/// A sleep; drop it to cancel.
pub type Sleep = Pin<Box<dyn Future<Output = ()> + Send>>;

/// Tells the time and sleeps.
pub trait Clock: Send + Sync + 'static {
    /// The present moment.
    fn now(&self) -> Timestamp;

    /// Ends when [`Clock::now`] has reached `deadline`; at once if it has.
    fn sleep_until(&self, deadline: Timestamp) -> Sleep;

    /// Ends after `duration`.
    fn sleep(&self, duration: Duration) -> Sleep {
        self.sleep_until(self.now().plus(duration))
    }
}

/// A clock that many tasks share.
pub type SharedClock = Arc<dyn Clock>;

/// Measures how long something takes in real time. For metrics and benchmarks only: nothing that Ponte
/// decides may depend on it.
#[derive(Clone, Copy, Debug)]
pub struct Stopwatch(std::time::Instant);

impl Stopwatch {
    /// Starts measuring.
    #[expect(clippy::disallowed_methods, reason = "this crate is where real time comes from")]
    pub fn start() -> Self {
        Self(std::time::Instant::now())
    }

    /// The real time since the start.
    pub fn elapsed(&self) -> Duration {
        self.0.elapsed()
    }
}

/// Waits for `future` for at most `limit` of **real** time. For calls that leave the process or enter a guest:
/// a virtual clock must not stop them early, and a stuck one must not hang a test.
///
/// # Errors
/// [`Elapsed`] when the time is up; the future is dropped.
#[expect(clippy::disallowed_methods, reason = "this crate is where real time comes from")]
pub async fn within<F: Future>(limit: Duration, future: F) -> Result<F::Output, Elapsed> {
    tokio::time::timeout(limit, future).await.map_err(|_| Elapsed(limit))
}

/// Sleeps for real time, whatever clock the pipeline runs on: for pauses between attempts to reach something
/// outside the process.
#[expect(clippy::disallowed_methods, reason = "this crate is where real time comes from")]
pub async fn pause(duration: Duration) {
    tokio::time::sleep(duration).await;
}

/// A time limit ran out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Elapsed(pub Duration);

impl std::fmt::Display for Elapsed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "no end within {:?}", self.0)
    }
}

impl std::error::Error for Elapsed {}
