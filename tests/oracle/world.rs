//! What the histories are checked against: who spoke last, as seen from outside.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use ponte_clock::Clock as _;
use ponte_model::{ContactId, ConversationId, SendId, Timestamp};
use ponte_simulator::What;
use ponte_store::SendState;
use ponte_tests::{NUMBER, Stage};

/// So long does a conversation stay with the phone. Written here anew: the test must be able to disagree.
const RELEASE: Duration = Duration::from_secs(12 * 3600);

/// Echoes of one chat: when the owner wrote, and when Ponte surely knew.
#[derive(Clone, Copy)]
struct Echoed {
    written: Timestamp,
    known: Timestamp,
}

/// What a sender who knows the rules is never told. (That a number has just left, Meta knows first.)
const AVOIDABLE: [(i64, &str); 4] = [
    (131_047, "the customer-service window is closed"),
    (131_056, "the pair rate"),
    (130_429, "the throughput"),
    (131_050, "the customer stopped marketing"),
];

/// So many of the newest messages are looked at after each step.
const LOOKED_AT: u32 = 300;

#[derive(Default)]
pub(crate) struct World {
    /// Customers to whom the owner wrote, and Ponte may not know it yet.
    expected: HashSet<String>,
    echoes: HashMap<ContactId, Vec<Echoed>>,
    /// What the store said last of a chat's echo.
    seen: HashMap<ContactId, i64>,
    refusals: usize,
    checked: HashSet<SendId>,
}

impl World {
    /// Whether anything happened that must not.
    pub(crate) async fn check(&mut self, stage: &Stage) -> Result<(), String> {
        let refusals = stage.simulator.refusals();
        let avoidable = |what: &What| matches!(what, What::Refused { code, .. } if AVOIDABLE.iter().any(|(known, _)| known == code));
        if let Some(refused) = refusals[self.refusals..].iter().find(|entry| avoidable(&entry.what)) {
            return Err(format!("Meta had to refuse: {:?} at {}", refused.what, refused.at));
        }
        self.refusals = refusals.len();
        self.look(stage).await;
        let rows = stage.store().sends(None, LOOKED_AT).await.map_err(|error| error.to_string())?;
        for row in rows {
            let left = !matches!(row.state, SendState::Queued | SendState::Refused | SendState::Expired);
            let (true, Some(left_at)) = (left, row.left_at) else { continue };
            if !self.checked.insert(row.id.clone()) {
                continue;
            }
            let echoes = self.echoes.get(&row.contact).map_or(&[][..], Vec::as_slice);
            // Those that were let out before Ponte knew had left.
            let owned = echoes.iter().find(|echo| left_at > echo.known && left_at.since(echo.written) < RELEASE);
            if let Some(Echoed { known, written }) = owned {
                return Err(format!(
                    "{row:?} left at {left_at}, after the owner's answer of {written}, which was stored by {known}"
                ));
            }
        }
        Ok(())
    }

    /// The owner wrote: from now on the store is asked whether it knows.
    pub(crate) fn expect_echo(&mut self, customer: &str) {
        self.expected.insert(customer.to_owned());
    }

    /// Notes echoes that the store has by now.
    async fn look(&mut self, stage: &Stage) {
        for customer in self.expected.clone() {
            let contact = stage.store().contact_by_phone(&"shop".into(), &customer.as_str().into()).await;
            let Ok(Some(contact)) = contact else { continue };
            let conversation = ConversationId { number: NUMBER.into(), contact: contact.clone() };
            let Ok(row) = stage.store().conversation(&conversation).await else { continue };
            let seen = self.seen.entry(contact.clone()).or_default();
            if row.echo_seq > *seen {
                *seen = row.echo_seq;
                let echo = Echoed { written: row.echo_at, known: stage.clock.now() };
                self.echoes.entry(contact).or_default().push(echo);
                self.expected.remove(&customer);
            }
        }
    }
}

/// The end of what happened, for a failure's report.
pub(crate) fn tail(stage: &Stage) -> String {
    let entries = stage.simulator.transcript();
    let told = entries.iter().filter(|entry| !matches!(entry.what, What::Status { .. }));
    let last: Vec<_> =
        told.rev().take(25).map(|entry| format!("{} {:?} {:?}", entry.at, entry.customer, entry.what)).collect();
    last.into_iter().rev().collect::<Vec<_>>().join("\n")
}
