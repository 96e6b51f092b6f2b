use std::fmt;

use crate::bindings::ponte::flow::types as wire;
use crate::{Instant, Invalid};

/// Why the host said no. A value, never a trap; the host records it either way.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum Refusal {
    /// The permission was not granted when the flow was installed.
    Denied(String),
    /// A field does not fit: something the flow could have known.
    Invalid(Invalid),
    /// The customer wrote too long ago: only a template may be sent now.
    WindowClosed,
    /// A person speaks in this conversation, on the phone or in the team.
    OwnedByPerson,
    /// The template is missing, not approved, or its parameters do not fit.
    Template(String),
    /// The contact has not agreed, or asked to stop.
    NoConsent,
    /// Spent until then.
    Quota(Instant),
    /// The money budget is used up.
    Budget,
    /// This run's allowance is used up; the number is the allowance.
    RunLimit(u32),
    /// Anything else, in words.
    Other(String),
}

impl Refusal {
    /// A refusal that the SDK knows of before the host is asked.
    pub(crate) fn invalid(field: &str, why: &str) -> Self {
        Self::Invalid(Invalid { field: field.into(), why: why.into() })
    }
}

impl fmt::Display for Refusal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Denied(permission) => write!(f, "the permission `{permission}` was not granted"),
            Self::Invalid(invalid) => write!(f, "{}: {}", invalid.field, invalid.why),
            Self::WindowClosed => f.write_str("the customer-service window is closed; a template may be sent"),
            Self::OwnedByPerson => f.write_str("a person speaks in this conversation"),
            Self::Template(why) => write!(f, "template: {why}"),
            Self::NoConsent => f.write_str("the contact has not consented"),
            Self::Quota(until) => write!(f, "the quota is spent until {until}"),
            Self::Budget => f.write_str("the budget is used up"),
            Self::RunLimit(limit) => write!(f, "this run's allowance of {limit} is used up"),
            Self::Other(why) => f.write_str(why),
        }
    }
}

impl std::error::Error for Refusal {}

impl From<wire::Refusal> for Refusal {
    fn from(refusal: wire::Refusal) -> Self {
        match refusal {
            wire::Refusal::Denied(permission) => Self::Denied(permission),
            wire::Refusal::Invalid(invalid) => Self::Invalid(invalid),
            wire::Refusal::WindowClosed => Self::WindowClosed,
            wire::Refusal::OwnedByPerson => Self::OwnedByPerson,
            wire::Refusal::Template(why) => Self::Template(why),
            wire::Refusal::NoConsent => Self::NoConsent,
            wire::Refusal::Quota(until) => Self::Quota(until),
            wire::Refusal::Budget => Self::Budget,
            wire::Refusal::RunLimit(limit) => Self::RunLimit(limit),
            wire::Refusal::Other(why) => Self::Other(why),
        }
    }
}
