//! What a template may have, as dated data.

use std::fmt;

use super::places::length;

/// How much of something a template may have.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limit {
    pub(super) max: usize,
    /// What is counted: `characters`, `buttons` …
    unit: &'static str,
    /// Who says so, and as of when.
    source: &'static str,
}

const fn limit(max: usize, unit: &'static str, source: &'static str) -> Limit {
    Limit { max, unit, source }
}

pub(super) const NAME: Limit = limit(512, "characters", "Meta: templates overview, 2025-12");
pub(super) const BODY: Limit = limit(1024, "characters", "Meta: template components, 2025-12");
pub(super) const HEADER: Limit = limit(60, "characters", "Meta: template components, 2025-12");
pub(super) const FOOTER: Limit = limit(60, "characters", "Meta: template components, 2025-12");
pub(super) const BUTTONS: Limit = limit(10, "buttons", "Meta: template components, 2025-12");
pub(super) const URL_BUTTONS: Limit = limit(2, "URL buttons", "Meta: template components, 2025-12");
pub(super) const PHONE_BUTTONS: Limit = limit(1, "phone buttons", "Meta: template components, 2025-12");
pub(super) const COPY_BUTTONS: Limit = limit(1, "copy-code buttons", "Meta: template components, 2025-12");
pub(super) const LABEL: Limit = limit(25, "characters", "Meta: template components, 2025-12");
pub(super) const CALL_LABEL: Limit = limit(20, "characters", "Meta: template components, voice call buttons, 2025-12");
pub(super) const URL: Limit = limit(2000, "characters", "Meta: template components, 2025-12");
pub(super) const PHONE: Limit = limit(20, "characters", "Meta: template components, 2025-12");
pub(super) const COUPON: Limit = limit(20, "characters", "Meta: coupon code templates, 2025-12");
pub(super) const CODE: Limit = limit(15, "characters", "Meta: authentication templates, 2025-12");
pub(super) const OFFER_TEXT: Limit = limit(16, "characters", "Meta: limited-time offer templates, 2025-12");
pub(super) const OFFER_BODY: Limit = limit(600, "characters", "Meta: limited-time offer templates, 2025-12");
pub(super) const CARDS: Limit = limit(10, "cards", "Meta: carousel templates, 2025-12");
pub(super) const CARD_BODY: Limit = limit(160, "characters", "Meta: carousel templates, 2025-12");
pub(super) const CARD_BUTTONS: Limit = limit(2, "buttons a card", "Meta: carousel templates, 2025-12");

/// The fewest cards of a carousel. (Meta: carousel templates, 2025-12.)
pub(super) const FEWEST_CARDS: usize = 2;
/// What vendors see enforced for marketing and utility, with error 2388040, though Meta's page says 1,024. (Bird,
/// Wazzup, 2026.)
pub(super) const BODY_IN_PRACTICE: Limit = limit(550, "characters", "vendors, error 2388040, 2026-09");
/// As above.
pub(super) const EMOJI_IN_PRACTICE: Limit = limit(10, "emoji", "vendors, error 2388040, 2026-09");
/// Buttons that are shown; the rest is behind "see all options". (Meta: template components, 2026-03.)
pub(super) const BUTTONS_SHOWN: usize = 3;
/// How long a one-time code may be good, in minutes. (Meta: authentication templates, 2025-12.)
pub(super) const CODE_MINUTES: std::ops::RangeInclusive<i64> = 1..=90;
/// Meta publishes no figure for "too many variables for the length" (error 2388293): Ponte asks for three words a place.
pub(super) const WORDS_A_PLACE: usize = 3;

impl Limit {
    /// What is wrong with so many, if anything.
    pub(super) fn exceeded(&self, found: usize) -> Option<String> {
        (found > self.max).then(|| format!("has {found} {}; at most {} ({})", self.unit, self.max, self.source))
    }

    pub(super) fn exceeded_by(&self, text: &str) -> Option<String> {
        self.exceeded(length(text))
    }
}

impl fmt::Display for Limit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} ({})", self.max, self.unit, self.source)
    }
}
