//! What a provider passes on of a number's life on the phone, as dated data.
//!
//! Meta itself mirrors what is said on the phone; some providers in between do not pass it on. Where answers from the
//! phone are not seen, "the phone wins" cannot be kept by looking, and stricter rules hold: see the rule `echo-blind`.

use serde::Serialize;

/// Whether a provider can do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Can {
    /// It can.
    Yes,
    /// It cannot.
    No,
    /// Nobody has said.
    Unknown,
}

impl Can {
    /// Whether it surely can.
    pub fn is_yes(self) -> bool {
        self == Self::Yes
    }
}

/// What a provider passes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Profile {
    /// The name in a number's configuration.
    pub name: &'static str,
    /// For people.
    pub title: &'static str,
    /// The day of the source.
    pub since: &'static str,
    /// Where it is written.
    pub source: &'static str,
    /// Answers written on the phone come as echoes.
    pub echoes: Can,
    /// So do chats that were begun on the phone.
    pub app_chats: Can,
    /// The history of the phone may be imported.
    pub history: Can,
    /// So may its address book.
    pub contacts: Can,
    /// It says why a number was disconnected.
    pub lifecycle_reason: Can,
    /// Edits and deletions made on the phone are passed on.
    pub edits: Can,
    /// Templates can be read and written over the API.
    pub templates: Can,
}

/// The name of the profile of numbers that say nothing else.
pub const DEFAULT_PROFILE: &str = "meta";

/// The profile of which nothing is sure: the most careful rules hold.
const UNKNOWN: Profile = Profile {
    name: "unknown",
    title: "a provider of which nothing is known",
    since: "2026-09-11",
    source: "none: the most careful rules hold",
    echoes: Can::Unknown,
    app_chats: Can::Unknown,
    history: Can::Unknown,
    contacts: Can::Unknown,
    lifecycle_reason: Can::Unknown,
    edits: Can::Unknown,
    templates: Can::Unknown,
};

/// The profiles that Ponte knows.
pub const PROFILES: &[Profile] = &[
    Profile {
        name: DEFAULT_PROFILE,
        title: "Meta directly, or a provider that passes everything on",
        since: "2026-09-11",
        source: "Meta: onboarding-business-app-users, account_update",
        echoes: Can::Yes,
        app_chats: Can::Yes,
        history: Can::Yes,
        contacts: Can::Yes,
        lifecycle_reason: Can::Yes,
        edits: Can::Yes,
        templates: Can::Yes,
    },
    Profile {
        name: "zenvia-like",
        title: "a provider that passes on neither echoes, history nor contacts",
        since: "2026-01-22",
        source: "Zenvia's help pages on Coexistence: chats begun in the app, earlier history and contacts do not reach \
                 the platform",
        echoes: Can::No,
        app_chats: Can::No,
        history: Can::No,
        contacts: Can::No,
        lifecycle_reason: Can::Unknown,
        edits: Can::No,
        templates: Can::Yes,
    },
    UNKNOWN,
];

impl Profile {
    /// The profile with this name, if Ponte knows it.
    pub fn named(name: &str) -> Option<&'static Self> {
        PROFILES.iter().find(|profile| profile.name == name)
    }

    /// The same, or the most careful one: a name that only a newer Ponte knows must loosen nothing.
    pub fn or_careful(name: &str) -> &'static Self {
        Self::named(name).unwrap_or(const { &UNKNOWN })
    }

    /// Whether something that is said on the phone may not be seen.
    pub fn is_echo_blind(&self) -> bool {
        !self.echoes.is_yes() || !self.app_chats.is_yes()
    }
}
