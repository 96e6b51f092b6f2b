//! How often, and when: as data.

use std::borrow::Cow;
use std::sync::LazyLock;
use std::time::Duration;

use chrono::Timelike as _;
use chrono_tz::Tz;
use ponte_model::consent::Category;
use ponte_model::{Timestamp, first_instant};

use super::Consent;

/// What a tenant sets about consent. The default is what Ponte suggests; times and counts are its own, not Meta's,
/// save where a source is named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConsentRules {
    /// Whether a template of unknown category is taken for marketing. Otherwise it is taken for none: it is sent
    /// unless everything is stopped, and neither capped nor held at night.
    pub strict: bool,
    /// Whether a customer who stops, or begins again, is told that it was understood.
    pub confirm: bool,
    /// At most so many.
    pub caps: Vec<Cap>,
    /// Not at night.
    pub quiet: Vec<Quiet>,
}

/// At most so many of a category to one person in so long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cap {
    /// Of which messages.
    pub category: Category,
    /// How many.
    pub most: usize,
    /// In how long.
    pub within: Duration,
}

/// Hours in which messages of a category wait, on the recipient's clock.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Quiet {
    /// Which messages.
    pub category: Category,
    /// The first minute of the day that is quiet, from 0 to 1439.
    pub from: u16,
    /// The first that is not. Smaller than `from` where the quiet lasts over midnight.
    pub until: u16,
}

/// The longest time, in days, over which messages may be counted: rows of the outbox are kept for ten days.
pub const MOST_DAYS: u64 = 9;

impl Default for ConsentRules {
    fn default() -> Self {
        Self {
            strict: false,
            confirm: true,
            // Two a week: Meta counts marketing across all businesses and does not say the number.
            caps: vec![Cap { category: Category::Marketing, most: 2, within: Duration::from_secs(7 * 24 * 3600) }],
            // From 21:00 to 8:00: 47 CFR 64.1200(c)(1), the telemarketing hours of the United States, taken for everywhere.
            quiet: vec![Quiet { category: Category::Marketing, from: 21 * 60, until: 8 * 60 }],
        }
    }
}

impl ConsentRules {
    /// When there is room for one more, if there is none at `now`. `sent` is what was sent before, in any order.
    pub fn room_at(&self, category: Category, sent: &[(Category, Timestamp)], now: Timestamp) -> Option<Timestamp> {
        let caps = self.caps.iter().filter(|cap| cap.category == category);
        caps.filter_map(|cap| {
            let since = now.minus(cap.within);
            let mut counted: Vec<_> =
                sent.iter().filter(|(what, at)| *what == category && *at > since).map(|(_, at)| *at).collect();
            counted.sort_unstable();
            // The message that has to grow old before there are fewer than `most`.
            let oldest = counted.len().checked_sub(cap.most.max(1)).map(|index| counted[index]);
            oldest.map(|at| at.plus(cap.within))
        })
        .max()
    }

    /// When the quiet ends, if `now` is quiet. Where more than one zone comes into question, it is quiet if it is so in
    /// any: nobody is woken for want of an area code.
    pub fn quiet_until(&self, category: Category, zones: &[Tz], now: Timestamp) -> Option<Timestamp> {
        let quiet: Vec<_> = self.quiet.iter().filter(|quiet| quiet.category == category).collect();
        let until = |zones: &[Tz]| {
            let mut at = now;
            // Each step ends one zone's quiet. Zones so far apart that they are never awake together end the search.
            for _ in 0..MOST_STEPS {
                let next = quiet.iter().flat_map(|quiet| zones.iter().filter_map(|zone| quiet.until(*zone, at))).max();
                match next {
                    Some(next) => at = next,
                    None => return Some(at),
                }
            }
            None
        };
        let free = until(zones).or_else(|| until(zones.get(..1)?))?;
        (free > now).then_some(free)
    }
}

const MOST_STEPS: usize = 6;

impl Quiet {
    /// When it ends, if `at` lies in it.
    fn until(&self, zone: Tz, at: Timestamp) -> Option<Timestamp> {
        let local = at.to_utc().with_timezone(&zone);
        let minute = (local.hour() * 60 + local.minute()) as u16;
        let inside = match self.from <= self.until {
            true => (self.from..self.until).contains(&minute),
            false => minute >= self.from || minute < self.until,
        };
        if !inside {
            return None;
        }
        let tomorrow = minute >= self.until;
        let day = local.date_naive().succ_opt().filter(|_| tomorrow).unwrap_or(local.date_naive());
        let end = day.and_hms_opt(u32::from(self.until / 60) % 24, u32::from(self.until % 60), 0)?;
        Some(first_instant(zone, end)).filter(|end| *end > at)
    }
}

/// What is known of a person whom a message is for.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Addressee {
    /// Where they stand.
    pub consent: Consent,
    /// The zones that come into question for their clock; none if nothing is known.
    pub zones: Cow<'static, [Tz]>,
    /// Templates that were sent to them of late.
    pub sent: Vec<(Category, Timestamp)>,
    /// Until when the platform lets no marketing through to them ([`crate::platform::PlatformRules::marketing_rest`]).
    pub marketing_rests_until: Option<Timestamp>,
    /// The place of the last line of the ledger that this was made of.
    pub consent_seq: i64,
}

/// What the rules about consent look at.
#[derive(Clone, Copy, Debug)]
pub struct Reach<'a> {
    /// Whom the message is for.
    pub addressee: &'a Addressee,
    /// The zones of the sending number: the recipient's clock, where nothing is known of theirs.
    pub home: &'a [Tz],
    /// What the tenant set.
    pub rules: &'a ConsentRules,
}

impl Reach<'_> {
    /// The recipient's zones, as far as anybody can tell; UTC at last.
    pub fn zones(&self) -> &[Tz] {
        match (&self.addressee.zones[..], self.home) {
            ([], []) => &[Tz::UTC],
            ([], home) => home,
            (theirs, _) => theirs,
        }
    }
}

/// Somebody of whom nothing is known, under the default rules.
impl Default for Reach<'static> {
    fn default() -> Self {
        static NOBODY: LazyLock<Addressee> = LazyLock::new(Addressee::default);
        static RULES: LazyLock<ConsentRules> = LazyLock::new(ConsentRules::default);
        Self { addressee: &NOBODY, home: &[], rules: &RULES }
    }
}
