use std::time::{SystemTime, UNIX_EPOCH};

use ponte_model::Timestamp;

use crate::{Clock, Sleep};

/// The operating system's clock.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this crate is where real time comes from")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_millis(i64::try_from(since.as_millis()).unwrap_or(i64::MAX))
    }

    #[expect(clippy::disallowed_methods, reason = "this crate is where real time comes from")]
    fn sleep_until(&self, deadline: Timestamp) -> Sleep {
        let clock = *self;
        // Short naps, so that a stepped wall clock is noticed within a minute.
        const NAP: std::time::Duration = std::time::Duration::from_secs(60);
        Box::pin(async move {
            loop {
                let left = deadline.since(clock.now());
                if left.is_zero() {
                    return;
                }
                tokio::time::sleep(left.min(NAP)).await;
            }
        })
    }
}
