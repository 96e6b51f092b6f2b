//! What the histories are checked against, as seen from outside: by Meta, by the customers, by the owner.

mod counted;
mod echoes;
mod listed;
mod orders;
mod wishes;

use std::collections::HashMap;
use std::time::Duration;

use counted::Counted;
pub(crate) use echoes::Echoes;
pub(crate) use listed::Listed;
pub(crate) use orders::Orders;
use ponte_model::consent::Category;
use ponte_model::{ConversationId, Phone, Timestamp};
use ponte_simulator::{Entry, What};
use ponte_tests::{NUMBER, Stage};
pub(crate) use wishes::Wishes;

use crate::rig::{PATIENCE, Rig};

/// What a sender who knows the rules is never told, whatever they know of the world. (That a number has just left,
/// Meta knows first.)
const AVOIDABLE: [(i64, &str); 6] = [
    (131_047, "the customer-service window is closed"),
    (131_056, "the pair rate"),
    (130_429, "the throughput"),
    (132_000, "the number of parameters"),
    (132_005, "the length of a template"),
    (132_012, "the form of a parameter"),
];

/// What a sender is told of a template who does not know how it stands.
const TEMPLATE: [i64; 3] = [132_001, 132_015, 132_016];

/// The customer stopped marketing.
const STOPPED: i64 = 131_050;

/// A chat's window, with what its clocks may differ by.
const WINDOW: Duration = Duration::from_secs(24 * 3600 + 120);

pub(crate) struct World {
    pub(crate) rig: Rig,
    pub(crate) echoes: Echoes,
    pub(crate) wishes: Wishes,
    pub(crate) listed: Listed,
    pub(crate) orders: Orders,
    counted: Counted,
    /// Since when webhooks arrive at once; `None` while some do not.
    pub(crate) told_since: Option<Timestamp>,
    /// When each customer wrote what Ponte knows of, and since when it surely does; of the first, as soon as it
    /// says anything.
    known: HashMap<Phone, Vec<(Timestamp, Timestamp)>>,
    /// When each customer last wrote.
    wrote: HashMap<Phone, Timestamp>,
    /// Up to here the transcript was read.
    seen: u64,
}

impl World {
    pub(crate) fn new(rig: Rig) -> Self {
        Self {
            rig,
            echoes: Echoes::default(),
            wishes: Wishes::default(),
            listed: Listed::default(),
            orders: Orders::default(),
            counted: Counted::default(),
            told_since: Some(Timestamp::EPOCH),
            known: HashMap::new(),
            wrote: HashMap::new(),
            seen: 0,
        }
    }

    /// Whether anything happened that must not.
    pub(crate) async fn check(&mut self, stage: &Stage) -> Result<(), String> {
        let entries = stage.simulator.transcript_since(self.seen);
        for entry in &entries {
            self.seen = entry.seq + 1;
            match (&entry.what, &entry.customer) {
                (What::Inbound { .. }, Some(who)) => {
                    self.wrote.insert(who.clone(), entry.at);
                    self.known.entry(who.clone()).or_insert_with(|| vec![(entry.at, entry.at)]);
                }
                (What::Sent { .. }, Some(who)) => self.sent(stage, entry, who).await?,
                // Of what Meta turns away at the door the transcript does not say for whom it was.
                (What::Refused { code, .. }, who) => {
                    self.refused(entry, who.as_ref(), *code)?;
                    self.counted.uncount(entry);
                }
                _ => {}
            }
        }
        // After the judgement: what is known only now excuses what left before.
        self.echoes.learn(stage).await;
        // An echo counts from the moment it is stored; everything else, once it is handled.
        if stage.runtime.waiting() == 0 {
            let now = stage.runtime.now();
            for (who, wrote) in &self.wrote {
                let known = self.known.entry(who.clone()).or_default();
                if known.last().is_none_or(|(last, _)| last < wrote) {
                    known.push((*wrote, now));
                }
            }
            self.wishes.learn(stage).await;
            self.listed.learn(stage).await;
            self.orders.learn(stage).await;
        }
        Ok(())
    }

    fn refused(&self, entry: &Entry, who: Option<&Phone>, code: i64) -> Result<(), String> {
        let knew = match code {
            STOPPED => {
                let who = who.map_or("", Phone::as_str);
                self.listed.known_by(entry.at) && self.wishes.preference_known(who, entry.at)
            }
            _ if TEMPLATE.contains(&code) => self.listed.known_by(entry.at),
            _ => AVOIDABLE.iter().any(|(known, _)| *known == code),
        };
        if knew { Err(format!("Meta had to refuse: {:?} at {}", entry.what, entry.at)) } else { Ok(()) }
    }

    /// Judges a message by when Meta saw it; and what is suspicious, by when Ponte let it out.
    async fn sent(&mut self, stage: &Stage, entry: &Entry, who: &Phone) -> Result<(), String> {
        let category = self.listed.category(&entry.what);
        let outside = self.wrote.get(who).is_none_or(|wrote| entry.at.since(*wrote) > WINDOW);
        if self.objection(entry, who, entry.at).is_some() {
            let left = left_at(stage, entry, who).await.unwrap_or(entry.at);
            if let Some(why) = self.objection(entry, who, left) {
                return Err(format!(
                    "{:?} left for {who} at {left}: {why}\n\nPonte knew: {}",
                    entry.what,
                    known(stage, who).await
                ));
            }
        }
        // Of one that Meta has just moved, nobody can say as what Ponte counted it.
        if let Some(category) = category.filter(|_| self.listed.known_by(entry.at)) {
            // Clocks jump while a request is on its way, so what counts is when it was let out.
            let at = left_at(stage, entry, who).await.unwrap_or(entry.at);
            self.counted.count(entry, who.as_str(), category, outside, at);
        }
        Ok(())
    }

    fn objection(&self, entry: &Entry, who: &Phone, at: Timestamp) -> Option<String> {
        let category = self.listed.category(&entry.what);
        if let Some(why) = self.orders.objection(category, at) {
            return Some(why);
        }
        let Some(category) = category else {
            return self.echoes.objection(who.as_str(), at).or_else(|| self.early(entry, who, at));
        };
        if !self.listed.known_by(at) {
            return None;
        }
        if category == Category::Marketing
            && let Some(why) = self.wishes.objection(who.as_str(), at)
        {
            return Some(why);
        }
        let outside = self.wrote.get(who).is_none_or(|wrote| at.since(*wrote) > WINDOW);
        self.counted.objection(&self.rig, who.as_str(), category, outside, at)
    }

    /// Where the phone's answers are not seen, it comes first for a while.
    fn early(&self, entry: &Entry, who: &Phone, at: Timestamp) -> Option<String> {
        let known = self.known.get(who)?.iter().rev().find(|(_, since)| *since < at)?.0;
        let told = self.told_since.is_some_and(|since| since < known);
        let patience = Duration::from_secs(u64::from(PATIENCE) * 60);
        let early = self.rig.blind && told && !from_host(&entry.what) && at.since(known) < patience;
        early.then(|| "before the phone had its time".to_owned())
    }
}

/// The host's own words about a wish are no flow's.
fn from_host(what: &What) -> bool {
    matches!(what, What::Sent { text, .. } if !text.starts_with(['a', 'b', 'c', 'l', 't']))
}

/// When Ponte let a message out.
async fn left_at(stage: &Stage, entry: &Entry, who: &Phone) -> Option<Timestamp> {
    let What::Sent { callback: Some(id), .. } = &entry.what else { return None };
    let contact = stage.store().contact_by_phone(&"shop".into(), who).await.ok()??;
    let conversation = ConversationId { number: NUMBER.into(), contact };
    let rows = stage.store().conversation_sends(&conversation, 10_000).await.ok()?;
    rows.into_iter().find(|row| row.id.as_str() == id)?.left_at
}

/// What Ponte knows of a conversation, and the last messages in it.
async fn known(stage: &Stage, who: &Phone) -> String {
    let Ok(Some(contact)) = stage.store().contact_by_phone(&"shop".into(), who).await else { return String::new() };
    let conversation = ConversationId { number: NUMBER.into(), contact };
    let facts = stage.store().conversation(&conversation).await.map(|row| row.facts.to_string());
    let sends = stage.store().conversation_sends(&conversation, 5).await.unwrap_or_default();
    format!("{}\n{sends:#?}", facts.unwrap_or_default())
}

/// The end of what happened, for a failure's report.
pub(crate) fn tail(stage: &Stage) -> String {
    let entries = stage.simulator.transcript();
    let told = entries.iter().filter(|entry| !matches!(entry.what, What::Status { .. }));
    let last: Vec<_> =
        told.rev().take(25).map(|entry| format!("{} {:?} {:?}", entry.at, entry.customer, entry.what)).collect();
    last.into_iter().rev().collect::<Vec<_>>().join("\n")
}
