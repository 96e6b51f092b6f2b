//! The owner's answers: when they were written, and when Ponte surely knew.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use ponte_model::{ConversationId, Timestamp};
use ponte_tests::{NUMBER, Stage};

/// So long does a conversation stay with the phone. Written here anew: the test must be able to disagree.
const RELEASE: Duration = Duration::from_secs(12 * 3600);

#[derive(Clone, Copy)]
struct Echoed {
    written: Timestamp,
    known: Timestamp,
}

#[derive(Default)]
pub(crate) struct Echoes {
    /// Customers to whom the owner wrote, and Ponte may not know it yet.
    expected: HashSet<String>,
    of: HashMap<String, Vec<Echoed>>,
    /// What the store said last of a chat's echo.
    seen: HashMap<String, i64>,
}

impl Echoes {
    /// The owner wrote: from now on the store is asked whether it knows.
    pub(crate) fn expect(&mut self, customer: &str) {
        self.expected.insert(customer.to_owned());
    }

    /// Notes what the store has by now.
    pub(super) async fn learn(&mut self, stage: &Stage) {
        for customer in self.expected.clone() {
            let contact = stage.store().contact_by_phone(&"shop".into(), &customer.as_str().into()).await;
            let Ok(Some(contact)) = contact else { continue };
            let conversation = ConversationId { number: NUMBER.into(), contact };
            let Ok(row) = stage.store().conversation(&conversation).await else { continue };
            let seen = self.seen.entry(customer.clone()).or_default();
            if row.echo_seq > *seen {
                *seen = row.echo_seq;
                let echo = Echoed { written: row.echo_at, known: stage.runtime.now() };
                self.of.entry(customer.clone()).or_default().push(echo);
                self.expected.remove(&customer);
            }
        }
    }

    /// Why nothing automatic may leave for a customer, if so.
    pub(super) fn objection(&self, customer: &str, at: Timestamp) -> Option<String> {
        let echoes = self.of.get(customer)?;
        let owns = |echo: &&Echoed| at > echo.known && at.since(echo.written) < RELEASE;
        let Echoed { written, known } = echoes.iter().find(owns)?;
        Some(format!("after the owner's answer of {written}, which was stored by {known}"))
    }
}
