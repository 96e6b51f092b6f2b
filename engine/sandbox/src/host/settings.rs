use wasmtime::Result;

use crate::bindings::ponte::flow::settings::Host;
use crate::state::RunState;

impl Host for RunState {
    fn get(&mut self, key: String) -> Result<Option<String>> {
        self.count()?;
        Ok(self.broker.setting(&key))
    }

    fn text(&mut self, key: String, language: String) -> Result<Option<String>> {
        self.count()?;
        Ok(self.broker.text(&key, &language))
    }
}
