//! The time on a stage: it stands still between steps, or runs on for people who play by hand.

use std::sync::Arc;
use std::time::Duration;

use ponte_clock::{Clock as _, SharedClock, ShiftedClock, VirtualClock};
use ponte_model::Timestamp;

/// A clock that can be moved.
#[derive(Clone, Debug)]
pub enum StageClock {
    /// Stands still until a step moves it.
    Still(VirtualClock),
    /// Runs like a clock on the wall.
    Running(ShiftedClock),
}

impl StageClock {
    /// The present moment.
    pub fn now(&self) -> Timestamp {
        match self {
            Self::Still(clock) => clock.now(),
            Self::Running(clock) => clock.now(),
        }
    }

    /// Moves to a moment.
    pub fn set(&self, at: Timestamp) {
        match self {
            Self::Still(clock) => clock.set(at),
            Self::Running(clock) => clock.set(at),
        }
    }

    /// Moves forward.
    pub fn advance(&self, by: Duration) {
        self.set(self.now().plus(by));
    }

    /// The next moment that somebody waits for, where that is known.
    pub(super) fn next(&self) -> Option<Timestamp> {
        match self {
            Self::Still(clock) => clock.next_deadline(),
            Self::Running(_) => None,
        }
    }

    pub(super) fn shared(&self) -> SharedClock {
        match self {
            Self::Still(clock) => Arc::new(clock.clone()),
            Self::Running(clock) => Arc::new(clock.clone()),
        }
    }
}
