use ponte_model::{OutsideAnswer, OutsideCall};

use super::outside::mistaken;
use crate::Permission;
use crate::bindings::ponte::flow::secrets::Host;
use crate::state::{Answer, RunState};

impl Host for RunState {
    async fn reference(&mut self, name: String) -> Answer<String> {
        let result = self.ask_outside(Permission::Secrets, OutsideCall::Secret { name }).await?;
        let result = result.and_then(|answer| match answer {
            OutsideAnswer::Secret(stand_in) => Ok(stand_in),
            _ => Err(mistaken("secrets.reference")),
        });
        self.answer("secrets.reference", result)
    }
}
