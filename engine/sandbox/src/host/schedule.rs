use std::time::Duration;

use ponte_model::{Effect, Timestamp};

use crate::bindings::ponte::flow::schedule::Host;
use crate::state::{Answer, Refusable, RunState, name};
use crate::{Permission, convert, limits};

impl Host for RunState {
    fn at(&mut self, name: String, due: u64, payload: String) -> Answer<()> {
        self.host_call("schedule.at", Permission::Schedule, |run| {
            let due = convert::timestamp("due", due)?;
            run.set_timer(name, due, payload)
        })
    }

    fn after(&mut self, name: String, delay: u32, payload: String) -> Answer<()> {
        self.host_call("schedule.after", Permission::Schedule, |run| {
            let due = run.request.event.at.plus(Duration::from_secs(delay.into()));
            run.set_timer(name, due, payload)
        })
    }

    fn cancel(&mut self, timer: String) -> Answer<()> {
        self.host_call("schedule.cancel", Permission::Schedule, |run| {
            name("name", &timer, limits::NAME_BYTES)?;
            run.needs_conversation()?;
            run.collect(Effect::CancelTimer { name: timer }).map(drop)
        })
    }
}

impl RunState {
    fn set_timer(&mut self, timer: String, due: Timestamp, payload: String) -> Refusable<()> {
        name("name", &timer, limits::NAME_BYTES)?;
        self.needs_conversation()?;
        self.collect(Effect::SetTimer { name: timer, due, payload }).map(drop)
    }
}
