//! The away text of the business app on the phone, which may say the same as this flow.

use ponte_sdk::calendar::Period;
use ponte_sdk::conversation::AutomaticTexts;
use ponte_sdk::{Instant, Seconds};

/// The app answers within seconds; its echo takes some more.
pub const WAIT: Seconds = 15;

/// In a shop that is closed for good, the app's word holds as long as this flow's own.
const ENDLESS: Instant = 7 * 24 * 3_600_000;

/// Whether the app tells the customer that the shop is closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AppSays {
    /// Not that anybody knew.
    Nothing,
    /// It usually does, and has not yet: wait for it.
    Perhaps,
    /// It has, in this closed period.
    So,
}

/// Whether the app tells the customer in this closed period, as far as is known at `now`.
pub fn says(period: &Period, automatic: &AutomaticTexts, now: Instant) -> AppSays {
    let since = period.since.unwrap_or_else(|| now.saturating_sub(ENDLESS));
    if automatic.last_away.is_some_and(|at| at >= since) {
        AppSays::So
    } else if automatic.away_expected {
        AppSays::Perhaps
    } else {
        AppSays::Nothing
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: Instant = 3_600_000;

    #[test]
    fn the_apps_own_word_counts_in_its_closed_period() {
        let night = Period { open: false, since: Some(18 * HOUR), until: Some(33 * HOUR) };
        let for_good = Period { open: false, since: None, until: None };
        let week = 7 * 24 * HOUR;
        for (what, period, last_away, away_expected, now, expected) in [
            ("nothing is known", night, None, false, 20 * HOUR, AppSays::Nothing),
            ("it usually does", night, None, true, 20 * HOUR, AppSays::Perhaps),
            ("it did, tonight", night, Some(19 * HOUR), true, 20 * HOUR, AppSays::So),
            ("it did, and was forgotten since", night, Some(19 * HOUR), false, 20 * HOUR, AppSays::So),
            ("at the very moment", night, Some(18 * HOUR), true, 20 * HOUR, AppSays::So),
            ("it did, last night", night, Some(10 * HOUR), true, 20 * HOUR, AppSays::Perhaps),
            ("closed for good, this week", for_good, Some(week + HOUR), true, 2 * week, AppSays::So),
            ("closed for good, long ago", for_good, Some(week - HOUR), true, 2 * week, AppSays::Perhaps),
        ] {
            let automatic = AutomaticTexts { away_expected, last: last_away, last_away };
            assert_eq!(says(&period, &automatic, now), expected, "{what}");
        }
    }
}
