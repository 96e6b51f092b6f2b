use wasmtime::{Result, format_err};

use crate::bindings::ponte::flow::run::Host;
use crate::state::RunState;
use crate::{convert, limits};

impl Host for RunState {
    fn now(&mut self) -> Result<u64> {
        self.count()?;
        Ok(convert::instant(self.request.event.at))
    }

    /// The contract has no refusal here, so asking for too much is a programming error, and ends the run.
    fn random(&mut self, len: u32) -> Result<Vec<u8>> {
        self.count()?;
        if len > limits::RANDOM_BYTES {
            return Err(format_err!("run.random: {len} bytes; at most {} a call", limits::RANDOM_BYTES));
        }
        Ok(self.random(len as usize))
    }

    fn event_json(&mut self) -> Result<String> {
        self.count()?;
        Ok(serde_json::to_string(&self.request.event)?)
    }
}
