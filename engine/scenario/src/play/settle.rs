//! Waiting for the answer where time goes on by itself.

use std::time::Duration;

use ponte_clock::Stopwatch;

use crate::stage::Stage;

/// Between looks.
const LOOK: Duration = Duration::from_millis(20);

/// So often in a row nothing may be found to do: longer together than the pipeline pauses (50 ms) before it looks again.
const LOOKS: u32 = 5;

/// So long an answer is waited for; flows that wait for the customer's next line take some seconds.
const PATIENCE: Duration = Duration::from_secs(30);

impl Stage {
    /// Waits until what was said is handled, on a stage whose clock runs. Gives up after half a minute: what comes later,
    /// such as a message that waits for the morning, is not waited for.
    pub async fn settles(&self) {
        let (watch, mut still) = (Stopwatch::start(), 0);
        while still < LOOKS && watch.elapsed() < PATIENCE {
            still = if self.runtime().is_still() && self.simulator.is_quiet() { still + 1 } else { 0 };
            ponte_clock::pause(LOOK).await;
        }
    }
}
