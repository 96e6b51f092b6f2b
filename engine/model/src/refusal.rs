//! Why the host says no.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::{Owner, Timestamp};

/// Why the host refused what a plugin asked for. A value, never a trap: the plugin may react.
///
/// The same reasons are given at the call and again at the moment of sending, and are what the
/// outbox row of a message that did not leave says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "reason", rename_all = "kebab-case")]
pub enum Refusal {
    /// The permission was not granted at install.
    Denied {
        /// The permission that is missing.
        permission: String,
    },
    /// The plugin could have known: a field is too long, missing or malformed.
    Invalid {
        /// Where, as a path such as `buttons[2].title`.
        field: String,
        /// What is wrong and what would be right.
        why: String,
    },
    /// The customer-service window is closed: only a template may be sent.
    WindowClosed,
    /// A person speaks in this conversation.
    OwnedByPerson {
        /// Which person: the phone or the team.
        owner: Owner,
    },
    /// Template missing, not approved, paused, or its parameters do not fit.
    Template {
        /// What is wrong with it.
        why: String,
    },
    /// The person has not agreed, or has asked to stop.
    NoConsent,
    /// Spent until the given moment.
    Quota {
        /// When there will be room again.
        until: Timestamp,
    },
    /// A money budget is used up.
    Budget,
    /// This run's own allowance of a thing is used up.
    RunLimit {
        /// Which allowance, such as `effects`.
        what: String,
        /// How many a run may have.
        limit: u32,
    },
    /// The number cannot send now: offboarded, locked, paused.
    NumberUnavailable {
        /// Why.
        why: String,
    },
    /// Anything else, in words.
    Other {
        /// The words.
        why: String,
    },
}

impl Refusal {
    /// A refusal of a field.
    pub fn invalid(field: impl Into<String>, why: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), why: why.into() }
    }

    /// The short code used in metrics, logs and outbox rows.
    pub fn code(&self) -> &'static str {
        match self {
            Self::Denied { .. } => "denied",
            Self::Invalid { .. } => "invalid",
            Self::WindowClosed => "window-closed",
            Self::OwnedByPerson { .. } => "owned-by-person",
            Self::Template { .. } => "template",
            Self::NoConsent => "no-consent",
            Self::Quota { .. } => "quota",
            Self::Budget => "budget",
            Self::RunLimit { .. } => "run-limit",
            Self::NumberUnavailable { .. } => "number-unavailable",
            Self::Other { .. } => "other",
        }
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied { permission } => write!(f, "the permission `{permission}` was not granted"),
            Self::Invalid { field, why } => write!(f, "{field}: {why}"),
            Self::WindowClosed => f.write_str("the customer-service window is closed; a template may be sent"),
            Self::OwnedByPerson { owner } => write!(f, "a person speaks here (owner: {owner})"),
            Self::Template { why } => write!(f, "template: {why}"),
            Self::NoConsent => f.write_str("the contact has not consented"),
            Self::Quota { until } => write!(f, "the quota is spent until {until}"),
            Self::Budget => f.write_str("the budget is used up"),
            Self::RunLimit { what, limit } => write!(f, "a run may have at most {limit} {what}"),
            Self::NumberUnavailable { why } => write!(f, "the number cannot send: {why}"),
            Self::Other { why } => f.write_str(why),
        }
    }
}

impl std::error::Error for Refusal {}
