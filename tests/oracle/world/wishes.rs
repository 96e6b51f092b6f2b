//! Who wants no promotion, and since when Ponte surely knows.

use std::collections::HashMap;
use std::time::Duration;

use ponte_model::Timestamp;
use ponte_model::consent::{Change, Source};
use ponte_tests::Stage;

use crate::rig::agreed;

#[derive(Clone, Copy)]
struct Stopped {
    at: Timestamp,
    known: Option<Timestamp>,
}

/// In a chat, and in WhatsApp's own settings: one does not undo the other at Meta.
#[derive(Default)]
pub(crate) struct Wishes {
    said: HashMap<String, Stopped>,
    preferred: HashMap<String, Stopped>,
    /// Who took a stop back in the chat may have agreed to something by that.
    returned: HashMap<String, Timestamp>,
}

impl Wishes {
    /// A customer said in the chat that they want no more, or want it again.
    pub(crate) fn said(&mut self, who: &str, stops: bool, at: Timestamp) {
        if stops {
            self.said.entry(who.to_owned()).or_insert(Stopped { at, known: None });
            return;
        }
        self.said.remove(who);
        self.returned.insert(who.to_owned(), at);
    }

    /// A customer stopped marketing in WhatsApp's own settings, or let it in again.
    pub(crate) fn preferred(&mut self, who: &str, stops: bool, at: Timestamp) {
        if stops {
            self.preferred.entry(who.to_owned()).or_insert(Stopped { at, known: None });
            return;
        }
        // Who allows it there wants it, whatever they said before.
        self.said.remove(who);
        self.preferred.remove(who);
        self.returned.insert(who.to_owned(), at);
    }

    /// Notes what the ledger has by now.
    pub(super) async fn learn(&mut self, stage: &Stage) {
        let sources = [(Source::Chat, &mut self.said), (Source::Platform, &mut self.preferred)];
        for (source, stops) in sources {
            for (customer, stopped) in stops.iter_mut().filter(|(_, stopped)| stopped.known.is_none()) {
                let contact = stage.store().contact_by_phone(&"shop".into(), &customer.as_str().into()).await;
                let Ok(Some(contact)) = contact else { continue };
                let Ok(standing) = stage.store().standing(&contact, Timestamp::EPOCH).await else { continue };
                // Webhooks show whole seconds.
                let since = stopped.at.minus(Duration::from_secs(2));
                let written = standing
                    .entries
                    .iter()
                    .any(|line| line.source == source && line.change == Change::Withdrawn && line.at >= since);
                if written {
                    stopped.known = Some(stage.runtime.now());
                }
            }
        }
    }

    /// Whether Ponte knew by `at` that Meta refuses promotion to them.
    pub(super) fn preference_known(&self, who: &str, at: Timestamp) -> bool {
        self.preferred.get(who).and_then(|stopped| stopped.known).is_some_and(|known| known < at)
    }

    /// Why no promotion may leave for a customer, if so.
    pub(super) fn objection(&self, who: &str, at: Timestamp) -> Option<String> {
        let known = |stops: &HashMap<String, Stopped>| stops.get(who)?.known.filter(|known| *known < at);
        if let Some(known) = known(&self.said).or_else(|| known(&self.preferred)) {
            return Some(format!("promotion without consent: they stopped it, which was written down by {known}"));
        }
        let never = !agreed(who) && !self.returned.contains_key(who);
        never.then(|| "promotion without consent: they never agreed".to_owned())
    }
}
