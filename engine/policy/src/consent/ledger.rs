//! What the ledger amounts to.

use std::time::Duration;

use ponte_model::consent::{Category, Change, Purpose, Source, Statement};
use ponte_model::{Preference, Timestamp};

use super::{Reading, Wish};

/// What messages of a category need.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Need {
    /// That the person agreed, and has not taken it back since.
    Agreement,
    /// That the person has not asked to stop them.
    NoObjection,
}

/// What each category needs, since 2026-11-22.
///
/// Source: Meta, "Get opt-in" (2026): consent to messages of the business is needed, and is best asked for by
/// category. Promotion is the category that people take back and that laws name (LGPD art. 7, GDPR art. 6 and 21), so
/// it needs an agreement that can be shown; what concerns a person's own order, or a code they asked for, follows from
/// the order and the asking, and stops when they say so.
pub const NEEDS: &[(Category, Need)] = &[
    (Category::Marketing, Need::Agreement),
    (Category::Utility, Need::NoObjection),
    (Category::Authentication, Need::NoObjection),
];

/// Where a person stands. Small, and all that the verdict needs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Consent {
    marketing: Option<(Change, Timestamp)>,
    utility: Option<(Change, Timestamp)>,
    authentication: Option<(Change, Timestamp)>,
    stopped_all: Option<Timestamp>,
    /// Since when WhatsApp itself keeps promotion from them.
    stopped_at_platform: Option<Timestamp>,
    /// Whether the operator has taken the person off everything that is automatic.
    pub suppressed: bool,
}

/// Meta's clock and ours may differ by so much, and Meta's shows whole seconds.
const SKEW: Duration = Duration::from_secs(120);

/// Folds the lines of one person, in the order in which they were written. The last word about each category counts;
/// one that was clearly said before another does not undo it by being written later, as a list that is imported is.
pub fn standing<'a>(entries: impl IntoIterator<Item = &'a Statement>) -> Consent {
    let mut consent = Consent::default();
    entries.into_iter().for_each(|entry| consent.hear(entry));
    consent
}

impl Consent {
    /// Takes one more line into account.
    fn hear(&mut self, said: &Statement) {
        let word = Some((said.change, said.at));
        for (category, place) in [
            (Category::Marketing, &mut self.marketing),
            (Category::Utility, &mut self.utility),
            (Category::Authentication, &mut self.authentication),
        ] {
            if said.purpose.covers(category) && not_before(said.at, place.map(|(_, at)| at)) {
                *place = word;
            }
        }
        if said.source == Source::Platform && not_before(said.at, self.stopped_at_platform) {
            self.stopped_at_platform = (said.change == Change::Withdrawn).then_some(said.at);
        }
        if !not_before(said.at, self.stopped_all) {
            return;
        }
        match (said.purpose, said.change) {
            (Purpose::Any, Change::Withdrawn) => self.stopped_all = Some(said.at),
            // Who agrees to something wants to hear from the business again.
            (_, Change::Given) => self.stopped_all = None,
            _ => {}
        }
    }

    /// The last word about a category, and when it was said.
    pub fn last(&self, category: Category) -> Option<(Change, Timestamp)> {
        match category {
            Category::Marketing => self.marketing,
            Category::Utility => self.utility,
            Category::Authentication => self.authentication,
        }
    }

    /// Whether messages of a category may be sent.
    pub fn allows(&self, category: Category) -> bool {
        if category == Category::Marketing && self.stopped_at_platform.is_some() {
            return false;
        }
        let need = NEEDS.iter().find(|(known, _)| *known == category).map_or(Need::Agreement, |(_, need)| *need);
        match self.last(category) {
            Some((Change::Given, _)) => true,
            Some((Change::Withdrawn, _)) => false,
            None => need == Need::NoObjection,
        }
    }

    /// Since when everything is stopped, if so.
    pub fn stopped_all(&self) -> Option<Timestamp> {
        self.stopped_all
    }

    /// Since when WhatsApp itself keeps promotion from them, if so. Whatever they or the operator say elsewhere, it is
    /// refused until they allow it there again. Source: Meta, error codes, 131050; `user_preferences`, `resume`.
    pub fn stopped_at_platform(&self) -> Option<Timestamp> {
        self.stopped_at_platform
    }

    /// Whether a wish changes anything. To begin again is a wish of those who stopped: a sentence in a chat does not
    /// show what somebody agrees to who never did (the business's name and the kind of message must be clear; Meta,
    /// "Get opt-in"), so from others it is a message like any other.
    pub fn changes(&self, wish: Wish) -> bool {
        let promotion_stopped = matches!(self.marketing, Some((Change::Withdrawn, _)));
        match wish {
            Wish::Stop => !promotion_stopped,
            Wish::StopAll => self.stopped_all.is_none(),
            Wish::Start => promotion_stopped || self.stopped_all.is_some(),
        }
    }
}

fn not_before(at: Timestamp, last: Option<Timestamp>) -> bool {
    last.is_none_or(|last| at.plus(SKEW) >= last)
}

/// What a wish, written in a chat, says in the ledger. `key` tells one message from another.
///
/// Source: Meta, opt-out (2026): every request to stop must be honoured. A bare "stop" is taken to mean promotion, as
/// WhatsApp's own "stop" is (`user_preferences`); who wants nothing at all says so. To begin again takes back what was
/// stopped, and no more.
pub fn of_wish(reading: &Reading, before: &Consent, key: &str, text: &str, at: Timestamp) -> Statement {
    let (purpose, change) = match reading.wish {
        Wish::Stop => (Purpose::Marketing, Change::Withdrawn),
        Wish::StopAll => (Purpose::Any, Change::Withdrawn),
        Wish::Start if before.stopped_all.is_some() => (Purpose::Any, Change::Given),
        Wish::Start => (Purpose::Marketing, Change::Given),
    };
    let text = Some(text.to_owned()).filter(|text| !text.is_empty());
    let version = Some(format!("understood by the words of {}", reading.words));
    Statement { key: key.to_owned(), purpose, change, source: Source::Chat, text, version, at }
}

/// What the person told WhatsApp itself. Values and categories that this version does not know say nothing.
/// Source: Meta, webhooks, `user_preferences`: `stop` and `resume`; `signup` comes from a sign-up link.
pub fn of_preference(preference: &Preference, key: &str, at: Timestamp) -> Option<Statement> {
    let change = match preference.value.as_str() {
        "stop" => Change::Withdrawn,
        "resume" | "signup" => Change::Given,
        _ => return None,
    };
    let known = preference.category == "marketing_messages";
    known.then(|| by_platform(key, change, preference.detail.clone(), at))
}

/// What a failed send tells: the person stopped marketing, in WhatsApp's own interface.
/// Source: Meta, error codes, 131050; until `user_preferences` says `resume`.
pub fn of_refused_send(key: &str, at: Timestamp) -> Statement {
    by_platform(key, Change::Withdrawn, None, at)
}

fn by_platform(key: &str, change: Change, text: Option<String>, at: Timestamp) -> Statement {
    let (purpose, source) = (Purpose::Marketing, Source::Platform);
    Statement { key: key.to_owned(), purpose, change, source, text, version: None, at }
}
