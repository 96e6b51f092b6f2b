//! When people who hold a conversation have let go of it, without a word.

use std::time::Duration;

use ponte_model::Timestamp;

use crate::hours::{Daily, Hours};
use crate::platform;

/// When a conversation that people hold is free again, by itself. Whatever comes first counts.
#[derive(Clone, Copy, Debug)]
pub struct Release<'a> {
    /// So long after the last human message or hand-off.
    pub after: Duration,
    /// At this time of the day.
    pub daily: Option<Daily>,
    /// When the shop closes.
    pub closing: Option<&'a Hours>,
}

impl Default for Release<'_> {
    fn default() -> Self {
        Self { after: platform::RELEASE_AFTER, daily: None, closing: None }
    }
}

/// What sets a conversation free.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReleasedBy {
    /// Nobody wrote for long enough.
    Silence,
    /// The time of the day.
    Daily,
    /// The shop closed.
    Closing,
}

impl ReleasedBy {
    /// For people.
    pub fn words(self) -> &'static str {
        match self {
            Self::Silence => "nobody wrote from there for long enough",
            Self::Daily => "the time of day at which chats are given back",
            Self::Closing => "the shop closes",
        }
    }
}

impl Release<'_> {
    /// The first moment at which a conversation is free that people hold since `since`. A pure function of the settings:
    /// asked again with other settings it may answer otherwise.
    pub fn free_at(&self, since: Timestamp) -> (Timestamp, ReleasedBy) {
        let mut first = (since.plus(self.after), ReleasedBy::Silence);
        let mut offer = |at: Option<Timestamp>, by| {
            if let Some(at) = at.filter(|at| *at < first.0) {
                first = (at, by);
            }
        };
        offer(self.daily.map(|daily| daily.next_after(since)), ReleasedBy::Daily);
        offer(self.closing.and_then(|hours| next_closing(hours, since)), ReleasedBy::Closing);
        first
    }
}

/// When the shop next closes after `at`.
fn next_closing(hours: &Hours, at: Timestamp) -> Option<Timestamp> {
    let now = hours.period_at(at);
    if now.open { now.until } else { hours.period_at(now.until?).until }
}

/// The shortest time after which people may be taken to have let go, and the longest. Ponte's own.
const BOUNDS: (Duration, Duration) = (Duration::from_secs(60), Duration::from_secs(30 * 24 * 3600));

/// Reads how long people keep a conversation: `90m`, `12h`, `2d`.
///
/// # Errors
/// What to write instead.
pub fn parse_release_after(text: &str) -> Result<Duration, String> {
    let wrong = || format!("{text:?} is not a length of time between a minute and 30 days; write `90m`, `12h` or `2d`");
    let text = text.trim();
    let unit = match text.chars().last() {
        Some('m') => 60,
        Some('h') => 3600,
        Some('d') => 24 * 3600,
        _ => return Err(wrong()),
    };
    let digits = &text[..text.len() - 1];
    let count: u64 = digits.trim_end().parse().map_err(|_| wrong())?;
    let length = count.checked_mul(unit).map(Duration::from_secs).ok_or_else(wrong)?;
    if length < BOUNDS.0 || length > BOUNDS.1 { Err(wrong()) } else { Ok(length) }
}
