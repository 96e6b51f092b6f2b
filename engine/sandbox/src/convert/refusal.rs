use ponte_model::Refusal;

use super::instant;
use crate::bindings::ponte::flow::types as wit;

/// A refusal in the guest's words.
pub(crate) fn refusal(refusal: &Refusal) -> wit::Refusal {
    match refusal {
        Refusal::Denied { permission } => wit::Refusal::Denied(permission.clone()),
        Refusal::Invalid { field, why } => {
            wit::Refusal::Invalid(wit::Invalid { field: field.clone(), why: why.clone() })
        }
        Refusal::WindowClosed => wit::Refusal::WindowClosed,
        Refusal::OwnedByPerson { .. } => wit::Refusal::OwnedByPerson,
        Refusal::Template { why } => wit::Refusal::Template(why.clone()),
        Refusal::NoConsent => wit::Refusal::NoConsent,
        Refusal::Quota { until } => wit::Refusal::Quota(instant(*until)),
        Refusal::Budget => wit::Refusal::Budget,
        Refusal::RunLimit { limit, .. } => wit::Refusal::RunLimit(*limit),
        Refusal::NumberUnavailable { .. } | Refusal::Other { .. } => wit::Refusal::Other(refusal.to_string()),
    }
}
