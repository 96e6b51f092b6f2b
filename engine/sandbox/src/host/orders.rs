use ponte_model::{FoundOrder, OutsideAnswer, OutsideCall, Refusal};

use super::outside::mistaken;
use crate::bindings::ponte::flow::orders::{Found, Host};
use crate::state::{Answer, Refusable, RunState, name};
use crate::{Permission, convert, limits};

impl Host for RunState {
    async fn find(&mut self, number: String) -> Answer<Vec<Found>> {
        let result = match name("number", &number, limits::NAME_BYTES) {
            Ok(()) => self.ask_outside(Permission::Orders, OutsideCall::OrdersFind { number }).await?,
            Err(refusal) => self.begin(Permission::Orders)?.and(Err(refusal)),
        };
        self.answer("orders.find", result.and_then(|answer| found("orders.find", answer)))
    }

    async fn of_contact(&mut self) -> Answer<Vec<Found>> {
        let result = match self.needs_contact() {
            Ok(()) => self.ask_outside(Permission::Orders, OutsideCall::OrdersOfContact).await?,
            Err(refusal) => self.begin(Permission::Orders)?.and(Err(refusal)),
        };
        self.answer("orders.of-contact", result.and_then(|answer| found("orders.of-contact", answer)))
    }
}

fn found(call: &str, answer: OutsideAnswer) -> Refusable<Vec<Found>> {
    let OutsideAnswer::Orders(orders) = answer else { return Err::<_, Refusal>(mistaken(call)) };
    let one = |FoundOrder { order, own }: FoundOrder| Found { order: convert::order(&order), theirs: own };
    Ok(orders.into_iter().map(one).collect())
}
