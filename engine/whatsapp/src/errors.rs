//! What Meta's error codes mean for a retry, as dated data. (Meta: error codes, September 2026, with the older page of
//! December 2025 for codes that the newer one dropped.)
//!
//! Only the code decides. HTTP statuses differ between Meta's own pages, and titles are to be withdrawn.

use std::time::Duration;

/// What an error means for the message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Class {
    /// Passing, and the message surely did not leave.
    Transient,
    /// Passing, and the message **may have left**: never to be sent again blindly.
    TransientUnknown,
    /// Good again once something changes: a window opens, a template is released.
    Wait,
    /// This request will never succeed.
    Permanent,
    /// The account, the number or the token is in trouble: stop the number.
    Account,
    /// Stop sending this kind of message to this person.
    StopRecipient,
}

/// A code, or a run of codes, of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Code {
    /// The first code.
    pub first: i64,
    /// The last; mostly the same.
    pub last: i64,
    /// What it means for the message.
    pub class: Class,
    /// What it means, in words.
    pub meaning: &'static str,
}

/// How long to wait before trying again: `first`, then `factor` times as long each time, never more than `cap`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backoff {
    /// The wait after the first failure.
    pub first: Duration,
    /// How much longer each further wait is.
    pub factor: u32,
    /// The longest wait.
    pub cap: Duration,
}

impl Backoff {
    /// For a platform that cannot be reached at all.
    pub const UNREACHABLE: Self = Self::new(1_000, 2, 60_000);

    const fn new(first_ms: u64, factor: u32, cap_ms: u64) -> Self {
        Self { first: Duration::from_millis(first_ms), factor, cap: Duration::from_millis(cap_ms) }
    }

    /// The wait after so many failures; 0 asks for the first.
    pub fn delay(&self, attempt: u32) -> Duration {
        self.first.saturating_mul(self.factor.saturating_pow(attempt)).min(self.cap)
    }
}

/// The person stopped marketing messages, in WhatsApp's own interface. (Meta: error codes, September 2026.)
pub const MARKETING_STOPPED: i64 = 131_050;

/// The person gets enough marketing from all businesses together. (Meta: error codes; per-user marketing limits.)
pub const MARKETING_LIMIT: i64 = 131_049;

/// Too many messages to one person: nobody else is concerned. (Meta: error codes; pair rate limits.)
pub const PAIR_RATE: i64 = 131_056;

/// The template is paused: good again once that ends. (Meta: template pausing.)
pub const TEMPLATE_PAUSED: i64 = 132_015;

/// The template is disabled for good. (Meta: template pausing.)
pub const TEMPLATE_DISABLED: i64 = 132_016;

/// The codes after which surely nothing left, so that the very same message may be sent again.
const SAFE_TO_REPLAY: &[(i64, Backoff)] = &[
    // Calls of the app, of the account: counted by the hour.
    (4, Backoff::new(60_000, 2, 3_600_000)),
    (80007, Backoff::new(60_000, 2, 3_600_000)),
    // Throughput is counted by the second.
    (130429, Backoff::new(500, 2, 30_000)),
    // Meta: wait 4^X seconds, X = 0, 1, 2 … The cap is what 100 messages take at one per 6 s.
    (131056, Backoff::new(1_000, 4, 600_000)),
    // A throughput upgrade takes up to a minute.
    (131057, Backoff::new(60_000, 2, 600_000)),
    // Ten sends an hour.
    (132069, Backoff::new(360_000, 2, 3_600_000)),
    (133015, Backoff::new(300_000, 2, 3_600_000)),
    (134101, Backoff::new(600_000, 2, 3_600_000)),
];

/// For the other transient codes, of which Meta says no time: they come from calls that are not sends.
const OTHERWISE: Backoff = Backoff::new(60_000, 2, 3_600_000);

/// What an error code means for the message. A code that is not in the table is taken for
/// [`Class::TransientUnknown`], since nothing says that the message did not leave.
pub fn classify(code: i64) -> Class {
    lookup(code).map_or(Class::TransientUnknown, |known| known.class)
}

/// The row of the table for a code: the code's own where there is one, else that of the run it lies in.
pub fn lookup(code: i64) -> Option<&'static Code> {
    let around = |row: &&Code| (row.first..=row.last).contains(&code);
    CODES.iter().filter(around).min_by_key(|row| row.last - row.first)
}

/// Whether the very same message may be sent again after this code. Narrower than [`Class::Transient`].
pub fn safe_to_replay(code: i64) -> bool {
    backoff(code).is_some()
}

/// How long to wait before trying again after this code, `attempt` (from 0) failures in; nothing where waiting is
/// not the cure. Whether trying again is *safe* is for [`safe_to_replay`] to say.
pub fn retry_delay(code: i64, attempt: u32) -> Option<Duration> {
    let rule = backoff(code).or((classify(code) == Class::Transient).then_some(OTHERWISE))?;
    Some(rule.delay(attempt))
}

fn backoff(code: i64) -> Option<Backoff> {
    SAFE_TO_REPLAY.iter().find(|(known, _)| *known == code).map(|(_, rule)| *rule)
}

macro_rules! codes {
    ($($first:literal $(..=$last:literal)? $class:ident $meaning:literal;)+) => {
        /// The whole table, by code.
        pub static CODES: &[Code] = &[$(
            Code { first: $first, last: codes!(@last $first $($last)?), class: Class::$class, meaning: $meaning },
        )+];
    };
    (@last $first:literal) => { $first };
    (@last $first:literal $last:literal) => { $last };
}

// Codes that only ever tell of incoming messages (131052, 131060) are `Permanent`: there is nothing to send again.
codes! {
    0 Account "the app user cannot be authenticated: a new token is needed";
    1 TransientUnknown "unknown: a malformed request or a fault at Meta's";
    2 TransientUnknown "the service is down or overloaded";
    3 Account "a capability or permission is missing";
    4 Transient "the app made too many calls";
    10 Account "a permission is missing, or the account is not eligible";
    33 Account "the number was deleted or its id is wrong";
    100 Permanent "a parameter is wrong, unknown or too long, or the feature is not enabled";
    104 Account "the token is missing or invalid";
    190 Account "the token has expired or was revoked";
    200..=299 Account "a permission is missing";
    368 Account "the account is restricted or disabled for breaking a policy";
    613 Transient "too many calls to the permission endpoint";
    80007 Transient "the account made too many calls";
    130403 StopRecipient "the business has blocked this person";
    130429 Transient "the number sends too fast";
    130472 StopRecipient "this person is part of an experiment and gets no marketing";
    130497 Permanent "the account may not write to this country";
    131000 TransientUnknown "failed for an unknown reason";
    131005 Account "access denied";
    131008 Permanent "a parameter is missing";
    131009 Permanent "a parameter has an invalid value";
    131016 TransientUnknown "the service is unavailable";
    131020 Permanent "the group cannot take this";
    131021 Permanent "the number cannot write to itself";
    131026 Permanent "cannot be delivered: not on WhatsApp, an old version, or terms not accepted";
    131030 Permanent "a test number may write to its listed recipients only";
    131031 Account "the account is locked";
    131037 Account "the display name is not approved";
    131041 Permanent "the group cannot take this";
    131042 Account "there is a problem with payment";
    131044 Account "there is a problem with payment for calls";
    131045 Account "the number is not properly registered";
    131047 Wait "the customer-service window is closed: only a template may be sent";
    131048 Account "too many of this number's messages were taken for spam";
    131049 StopRecipient "this person gets enough marketing for now";
    131050 StopRecipient "this person has stopped marketing from this business";
    131051 Permanent "this type of message is not supported";
    131052 Permanent "a file that came in cannot be downloaded";
    131053 Permanent "the file cannot be used: type, codec, size or a dead link";
    131055 Permanent "only marketing templates are allowed here";
    131056 Transient "too many messages to this person in a short time";
    131057 Transient "the number is in maintenance for about a minute";
    131059 Permanent "the group cannot take this";
    131060 Permanent "the message exists only in the app";
    131062 Permanent "this kind of message needs a phone number, not a user id";
    131063 Permanent "marketing templates are switched off for this way of sending";
    131064 Wait "a cap on messages after misuse of template categories";
    131200..=131299 Permanent "the group cannot take this";
    131208 Transient "the groups endpoint was called too often";
    131214 Permanent "the account may not create groups for now";
    132000 Permanent "the number of parameters differs from the template's";
    132001 Permanent "the template does not exist in this language or is not approved";
    132005 Permanent "the filled template is too long";
    132007 Permanent "the content breaks a policy";
    132008 Permanent "a parameter has an invalid value";
    132012 Permanent "a parameter does not have the template's format";
    132015 Wait "the template is paused";
    132016 Permanent "the template is disabled";
    132018 Permanent "the template's parameters are not valid";
    132068 Permanent "the form is blocked";
    132069 Transient "the form is throttled: ten sends an hour";
    133000 Account "an earlier deregistration has not finished";
    133004 TransientUnknown "the server is unavailable";
    133005 Account "the PIN is wrong";
    133006 Account "the number must be verified first";
    133008 Account "the PIN was guessed too often";
    133009 Account "the PIN was entered too fast";
    133010 Account "the number is not registered";
    133015 Transient "the number was deleted just now: wait five minutes";
    133016 Wait "the number was registered and deregistered too often: wait 72 hours";
    134011 Account "the terms for payments are not accepted";
    134100 Permanent "not a marketing template";
    134101 Transient "the template is still being synced: wait ten minutes";
    134102 Permanent "the template cannot be sent this way";
    135000 Permanent "a parameter is wrong";
    136024 Account "the verification code cannot be requested";
    136025 Account "the verification code cannot be requested";
    137000 Wait "the person has a new identity key: confirm who they are";
    138000..=138018 Permanent "the call is not possible";
    139000..=139004 Permanent "the form cannot be managed this way";
    139100..=139103 Permanent "the block list cannot be changed this way";
    139102 Transient "the block list is being changed elsewhere";
    139200 Permanent "sending without a template is not possible here";
    147001..=147005 Permanent "the business username cannot be changed this way";
    200005..=200007 Permanent "there are no insights for this template";
    1752041 Permanent "this onboarding was requested before";
    2388012 Account "the number cannot be moved";
    2388019 Permanent "there are too many templates";
    2388039 Wait "the template cannot be edited in its present status";
    2388040 Permanent "a part of the template is too long";
    2388047 Permanent "the header is malformed";
    2388072 Permanent "the body is malformed";
    2388073 Permanent "the footer is malformed";
    2388091 Account "the number cannot be moved";
    2388093 Account "the number cannot be moved";
    2388103 Account "the number cannot be moved";
    2388293 Permanent "there are too many places for the length of the text";
    2388299 Permanent "a place stands first or last in the text";
    2388318 Permanent "sending without a template is not possible here";
    2388330 Permanent "sending without a template is not possible here";
    2494100 Transient "the number is in maintenance for some minutes";
    2593107 Permanent "the phone's data was synchronized before";
    2593108 Permanent "the phone's data can be synchronized within 24 hours only";
    2593109 Permanent "the owner does not share the history";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_found_by_its_own_codes_and_rows_are_in_order() {
        for row in CODES {
            assert!(row.first <= row.last, "{row:?}");
            assert_eq!(lookup(row.first), Some(row), "hidden by another row");
            assert_eq!(lookup(row.last), Some(row), "hidden by another row");
        }
        assert!(CODES.is_sorted_by_key(|row| row.first));
    }

    #[test]
    fn codes_mean_what_the_sheet_says() {
        use Class::*;
        let table: &[(Class, &[i64])] = &[
            (Transient, &[4, 613, 80007, 130429, 131056, 131057, 131208, 132069, 133015, 134101, 139102, 2494100]),
            (TransientUnknown, &[1, 2, 131000, 131016, 133004]),
            (Wait, &[131047, 131064, 132015, 133016, 137000, 2388039]),
            (Permanent, &[100, 131021, 131026, 131200, 131214, 131299, 132001, 138000, 138018, 139004, 139101, 200006]),
            (Account, &[0, 3, 10, 33, 104, 190, 200, 250, 299, 368, 131031, 131042, 131048, 133010, 2388103]),
            (StopRecipient, &[130403, 130472, 131049, 131050]),
        ];
        for (class, codes) in table {
            for &code in *codes {
                assert_eq!(classify(code), *class, "{code}");
            }
        }
    }

    #[test]
    fn unknown_codes_leave_the_outcome_open() {
        for code in [-1, 5, 300, 131300, 138019, 999_999, i64::MAX, i64::MIN] {
            assert_eq!(lookup(code), None);
            assert_eq!(classify(code), Class::TransientUnknown, "{code}");
            assert!(!safe_to_replay(code));
            assert_eq!(retry_delay(code, 0), None);
        }
    }

    #[test]
    fn only_the_listed_codes_are_safe_to_replay() {
        let safe: Vec<i64> = CODES.iter().map(|row| row.first).filter(|&code| safe_to_replay(code)).collect();
        assert_eq!(safe, [4, 80007, 130429, 131056, 131057, 132069, 133015, 134101]);
        assert_eq!(safe.len(), SAFE_TO_REPLAY.len());
        assert!(safe.iter().all(|&code| classify(code) == Class::Transient));
    }

    #[test]
    fn waits_follow_the_platforms_words_and_are_capped() {
        let waits = |code, attempts: &[u32]| -> Vec<u128> {
            attempts.iter().map(|&attempt| retry_delay(code, attempt).unwrap().as_millis()).collect()
        };
        assert_eq!(waits(131056, &[0, 1, 2, 3, 4, 5]), [1_000, 4_000, 16_000, 64_000, 256_000, 600_000]);
        assert_eq!(waits(130429, &[0, 1, 2, 10]), [500, 1_000, 2_000, 30_000]);
        assert_eq!(waits(131057, &[0]), [60_000]);
        assert_eq!(waits(133015, &[0]), [300_000]);
        assert_eq!(waits(134101, &[0]), [600_000]);
        for row in CODES {
            let first = retry_delay(row.first, 0);
            assert_eq!(first.is_some(), row.class == Class::Transient, "{row:?}");
            let longest = retry_delay(row.first, u32::MAX);
            assert!(longest >= first && longest <= Some(Duration::from_secs(3_600)), "{row:?}");
        }
    }
}
