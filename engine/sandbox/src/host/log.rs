use ponte_model::LogLevel;
use wasmtime::Result;

use crate::bindings::ponte::flow::log::{Host, Level};
use crate::state::RunState;

impl Host for RunState {
    fn write(&mut self, level: Level, message: String) -> Result<()> {
        self.count()?;
        let level = match level {
            Level::Trace => LogLevel::Trace,
            Level::Debug => LogLevel::Debug,
            Level::Info => LogLevel::Info,
            Level::Warn => LogLevel::Warn,
            Level::Error => LogLevel::Error,
        };
        self.log.write(level, &message);
        Ok(())
    }
}
