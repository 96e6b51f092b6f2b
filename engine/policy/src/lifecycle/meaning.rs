//! What a number's life means for sending.

use ponte_model::{Restriction, Timestamp};

use super::PHONE_RULES;
use super::life::{Life, Link, State};

/// What may leave a number.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Sending {
    /// Everything.
    #[default]
    Free,
    /// No templates: they are refused, answers may go.
    NoTemplates {
        /// Why, in words.
        why: String,
    },
    /// Nothing: messages wait, none is lost, and customers see no error.
    Held {
        /// Why, in words.
        why: String,
        /// Until when, where that is known; else until something changes.
        until: Option<Timestamp>,
    },
}

/// What a restriction takes away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bars {
    /// Every message.
    Everything,
    /// Messages to whom has not written: templates.
    Templates,
    /// Nothing that Ponte sends by these rules: calls, more numbers, one category of templates.
    Nothing,
}

/// What each restriction of the platform takes away; unknown ones take nothing, and are shown.
/// Source: Meta, webhooks/reference/account_update, `restriction_type` (September 2026).
pub const BARS: &[(&str, Bars)] = &[
    ("RESTRICTED_CUSTOMER_INITIATED_MESSAGING", Bars::Everything),
    ("RESTRICTED_BIZ_INITIATED_MESSAGING", Bars::Templates),
    ("RESTRICTED_UTILITY_TEMPLATES", Bars::Nothing),
    ("RESTRICTED_DIRECT_SEND_UTILITY_TEMPLATES", Bars::Nothing),
    ("RESTRICTED_ADD_PHONE_NUMBER_ACTION", Bars::Nothing),
    ("RESTRICTED_BIZ_INITIATED_AND_USER_INITIATED_CALLING", Bars::Nothing),
    ("RESTRICTED_BUSINESS_INITIATED_CALLING", Bars::Nothing),
    ("RESTRICTED_USER_INITIATED_CALLING", Bars::Nothing),
    ("RESTRICTED_USER_INITIATED_CALLING_CALL_BUTTON_HIDDEN", Bars::Nothing),
];

fn bars(restriction: &Restriction) -> Bars {
    BARS.iter().find(|(kind, _)| *kind == restriction.kind).map_or(Bars::Nothing, |(_, bars)| *bars)
}

impl Life {
    /// The restrictions in force at `now`.
    pub fn restrictions_at(&self, now: Timestamp) -> impl Iterator<Item = &Restriction> {
        self.restrictions.now.iter().filter(move |restriction| restriction.until.is_none_or(|until| now < until))
    }

    /// How the number stands at `now`: the gravest word that is true.
    pub fn state_at(&self, now: Timestamp) -> State {
        let onboarding = self.onboarded_at.is_some_and(|at| now.since(at) < PHONE_RULES.sync_deadline);
        let held_here = self.pause.now.is_some();
        let truths = [
            (State::Paused, held_here),
            (State::Locked, self.lock.now.is_some()),
            (State::PartnerRemoved, matches!(self.link.now, Link::Removed { .. })),
            (State::Offboarded, self.link.now == Link::Offboarded),
            (State::Restricted, self.restrictions_at(now).next().is_some()),
            (State::Flagged, self.flag.now.is_some()),
            (State::Onboarding, onboarding),
        ];
        truths.into_iter().find(|(_, true_now)| *true_now).map_or(State::Connected, |(state, _)| state)
    }

    /// Why it stands so, in words; `None` where there is nothing to say.
    pub fn why_at(&self, now: Timestamp) -> Option<String> {
        match self.state_at(now) {
            State::Paused => self.pause.now.as_ref().map(|mark| format!("paused by the operator: {}", mark.why)),
            State::Locked => {
                self.lock.now.as_ref().map(|mark| format!("the platform closed the account: {}", mark.why))
            }
            State::PartnerRemoved | State::Offboarded => self.link_words(),
            State::Restricted => Some(self.restriction_words(now)),
            State::Flagged => self.flag.now.as_ref().map(|mark| format!("the platform warns: {}", mark.why)),
            State::Onboarding | State::Connected => None,
        }
    }

    fn link_words(&self) -> Option<String> {
        match &self.link.now {
            Link::Up => None,
            Link::Offboarded => {
                Some("offboarded: the link to the phone is broken; it normally returns by itself in minutes".to_owned())
            }
            Link::Removed { reason, .. } => {
                Some(format!("disconnected by the platform: {}", reason.as_deref().unwrap_or("no reason given")))
            }
        }
    }

    fn restriction_words(&self, now: Timestamp) -> String {
        let words = |restriction: &Restriction| match restriction.until {
            Some(until) => format!("{} until {until}", restriction.kind),
            None => restriction.kind.clone(),
        };
        let all: Vec<_> = self.restrictions_at(now).map(words).collect();
        format!("restricted by the platform: {}", all.join(", "))
    }

    /// What may leave at `now`.
    pub fn sending_at(&self, now: Timestamp) -> Sending {
        let closed = self.pause.now.is_some() || self.lock.now.is_some() || self.link.now != Link::Up;
        if closed && let Some(why) = self.why_at(now) {
            return Sending::Held { why, until: None };
        }
        let barred = |what: Bars| self.restrictions_at(now).filter(move |restriction| bars(restriction) == what);
        if barred(Bars::Everything).next().is_some() {
            // Until the last of them ends; none that has no end.
            let ends: Option<Vec<_>> = barred(Bars::Everything).map(|restriction| restriction.until).collect();
            let until = ends.and_then(|ends| ends.into_iter().max());
            return Sending::Held { why: self.restriction_words(now), until };
        }
        match barred(Bars::Templates).next() {
            Some(_) => Sending::NoTemplates { why: self.restriction_words(now) },
            None => Sending::Free,
        }
    }

    /// The routing rule by which nobody handles what comes in, if there is one.
    pub fn stops_routing(&self) -> Option<&'static str> {
        if self.app_only.now {
            return Some("app-only");
        }
        self.lock.now.is_some().then_some("number-locked")
    }
}
