//! What updates and commands change in a number's life.

use ponte_model::{AccountUpdate, NumberUpdate};

use super::life::{Cause, Life, Link, Mark, Transition};

/// What became of an update.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The number stands otherwise than before.
    Changed,
    /// It stood so already.
    Unchanged,
    /// Something newer is known: it changes nothing.
    Late,
    /// It says nothing about a number's life.
    Irrelevant,
}

/// What an update does.
#[derive(Clone, Copy)]
enum Change {
    Link(fn(&AccountUpdate) -> Link),
    Lock,
    Unlock,
    Flag,
    Restrict,
}

/// What each update of an account does: its event, the reason that it must have, and the change. First match wins.
/// Source: Meta, webhooks/reference/account_update and reconnect-offboarded-coexistence-clients (September 2026).
const ACCOUNT: &[(&str, Option<&str>, Change)] = &[
    ("ACCOUNT_OFFBOARDED", None, Change::Link(|_| Link::Offboarded)),
    ("ACCOUNT_RECONNECTED", None, Change::Link(|_| Link::Up)),
    ("PARTNER_ADDED", None, Change::Link(|_| Link::Up)),
    (
        "PARTNER_REMOVED",
        None,
        Change::Link(|update| Link::Removed { reason: update.reason.clone(), by: update.initiated_by.clone() }),
    ),
    ("ACCOUNT_DELETED", None, Change::Lock),
    ("DISABLED_UPDATE", Some("DISABLE"), Change::Lock),
    ("DISABLED_UPDATE", Some("REINSTATE"), Change::Unlock),
    ("DISABLED_UPDATE", Some("SCHEDULE_FOR_DISABLE"), Change::Flag),
    ("ACCOUNT_VIOLATION", None, Change::Flag),
    ("ACCOUNT_RESTRICTION", None, Change::Restrict),
];

/// Whether an update of an account is about the link to a phone, and not about the whole account.
pub(super) fn is_about_link(update: &AccountUpdate) -> bool {
    matches!(change_of(update), Some(Change::Link(_)))
}

fn change_of(update: &AccountUpdate) -> Option<Change> {
    let fits = |reason: Option<&str>| reason.is_none() || reason == update.reason.as_deref();
    ACCOUNT.iter().find(|(event, reason, _)| *event == update.event && fits(*reason)).map(|(_, _, change)| *change)
}

/// Applies what the platform reports about the account of a number.
pub fn account(life: &mut Life, update: &AccountUpdate, cause: Cause) -> Outcome {
    let Some(change) = change_of(update) else { return Outcome::Irrelevant };
    let mark = || {
        let reason = update.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        Some(Mark { why: format!("{}{reason}", update.event) })
    };
    let at = cause.at;
    shift(life, &update.event, cause, |life| match change {
        Change::Link(link) => {
            let link = link(update);
            if link == Link::Up {
                // Only a phone that is in use is linked.
                life.proven_at = life.proven_at.max(Some(at));
            }
            let onboarded = update.event == "PARTNER_ADDED" && life.onboarded_at < Some(at);
            if onboarded {
                life.onboarded_at = Some(at);
            }
            match (life.link.take(link, at), onboarded) {
                // Late or not: when it was linked is news.
                (_, true) => Some(true),
                (taken, false) => taken,
            }
        }
        Change::Lock => life.lock.take(mark(), at),
        Change::Unlock => life.lock.take(None, at),
        Change::Flag => life.flag.take(mark(), at),
        // Without restrictions it is only a warning (Meta: account_update, `violation_info` alone).
        Change::Restrict if update.restrictions.is_empty() => life.flag.take(mark(), at),
        Change::Restrict => life.restrictions.take(update.restrictions.clone(), at),
    })
}

/// Applies what the platform reports about the number itself. Source: Meta, phone_number_quality_update.
pub fn number(life: &mut Life, update: &NumberUpdate, cause: Cause) -> Outcome {
    let event = update.event.as_deref().unwrap_or_default();
    let flag = match (update.what.as_str(), event) {
        ("quality", "FLAGGED") => Some(Mark { why: "FLAGGED: the quality of its messages is low".to_owned() }),
        ("quality", "UNFLAGGED") => None,
        _ => return Outcome::Irrelevant,
    };
    let at = cause.at;
    shift(life, event, cause, |life| life.flag.take(flag, at))
}

/// What an operator says about a number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Command {
    /// Send nothing until further notice.
    Pause {
        /// Why, in words.
        why: String,
    },
    /// Send again. The platform's own locks and restrictions stay.
    Resume,
    /// Leave the number to the phone, or take it back.
    AppOnly(bool),
}

/// Applies what an operator says.
pub fn operator(life: &mut Life, command: &Command, cause: Cause) -> Outcome {
    let at = cause.at;
    let what = match command {
        Command::Pause { .. } => "pause",
        Command::Resume => "resume",
        Command::AppOnly(true) => "app-only on",
        Command::AppOnly(false) => "app-only off",
    };
    shift(life, what, cause, |life| match command {
        Command::Pause { why } => life.pause.take(Some(Mark { why: why.clone() }), at),
        Command::Resume => life.pause.take(None, at),
        Command::AppOnly(on) => life.app_only.take(*on, at),
    })
}

fn shift(life: &mut Life, what: &str, cause: Cause, change: impl FnOnce(&mut Life) -> Option<bool>) -> Outcome {
    let from = life.state_at(cause.at);
    match change(life) {
        None => Outcome::Late,
        Some(false) => Outcome::Unchanged,
        Some(true) => {
            let to = life.state_at(cause.at);
            life.remember(Transition { cause, what: what.to_owned(), from, to });
            Outcome::Changed
        }
    }
}
