//! The one way out of a run, and what it costs: calls are counted, and how long their answers take is too.

use ponte_model::{OutsideAnswer, OutsideCall, Refusal};

use crate::state::{Refusable, RunState};
use crate::{Permission, limits};

impl RunState {
    /// Asks somebody outside, within what is left of the run's patience. CPU time does not pass meanwhile.
    pub(super) async fn ask_outside(
        &mut self,
        permission: Permission,
        call: OutsideCall,
    ) -> wasmtime::Result<Refusable<OutsideAnswer>> {
        if let Err(refusal) = self.begin(permission)? {
            return Ok(Err(refusal));
        }
        let limit = limits::OUTSIDE_CALLS;
        if self.outside_calls >= limit {
            return Ok(Err(Refusal::RunLimit { what: "questions to somebody outside".to_owned(), limit }));
        }
        self.outside_calls += 1;
        let patience = self.limits.wait;
        let left = patience.saturating_sub(self.patience.waited());
        self.patience.begin();
        let asked = ponte_clock::within(left, self.broker.outside(call.clone())).await;
        self.patience.end();
        Ok(asked.unwrap_or_else(|_| {
            let name = call.name();
            let why = format!(
                "{name}: no answer; a run waits {patience:?} in all, and a manifest may ask for more ([limits] wait_seconds)"
            );
            let refusal = Refusal::Other { why };
            self.broker.gave_up(&call, &refusal);
            Err(refusal)
        }))
    }
}

/// A broker answered with another kind of thing than what was asked for: a mistake of the host's.
pub(super) fn mistaken(call: &str) -> Refusal {
    Refusal::Other { why: format!("{call}: the host's answer is of the wrong kind; please report it") }
}
