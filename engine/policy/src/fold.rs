//! What an event changes in a conversation's facts.

use ponte_model::{Body, Content, Event, HandOffTarget, Message, Origin, Owner, RunId, Timestamp};

use crate::{Echo, Facts, Ownership, Turns, platform};

/// The facts after `event`, which stands at `seq` in the inbox.
///
/// - A customer's message or call opens the window; edits, deletions and taken-back reactions do not (the platform
///   does not say, so they are not counted).
/// - Whatever is done on the phone gives the conversation to the phone.
/// - Nothing a customer does takes it away from people.
/// - Imported messages and other responders' threads change nothing.
#[must_use]
pub fn fold(mut facts: Facts, event: &Event, seq: i64) -> Facts {
    match (&event.body, event.origin) {
        (Body::Message(message), Origin::Customer) if opens_window(message) => {
            facts.turns.heard(message, event.at, facts.last_customer_at);
            facts.previous_customer_at = facts.last_customer_at;
            facts.last_customer_at = facts.last_customer_at.max(Some(event.at));
            facts.customer_messages = facts.customer_messages.saturating_add(1);
            open_window(&mut facts, event.at);
            if message.referral.as_ref().is_some_and(|referral| is_ad(referral.source_type.as_deref())) {
                facts.entry_at = Some(event.at);
            }
        }
        (Body::Call(call), _) if call.by_customer == Some(true) => open_window(&mut facts, event.at),
        (Body::Echo(_) | Body::Edit { .. } | Body::Revoke { .. }, Origin::App) => {
            facts.echo_seq = facts.echo_seq.max(seq);
            facts.last_app_at = facts.last_app_at.max(Some(event.at));
            let since = facts.ownership.since.max(event.at);
            facts.ownership = Ownership { owner: Owner::App, since, handed_by: None };
            // A person is here.
            facts.turns = Turns::default();
        }
        (Body::HandOff { to, .. }, Origin::System) => return give_to_people(facts, *to, None, event.at),
        _ => {}
    }
    facts
}

/// A flow gave the conversation to people. Who holds it already keeps it.
#[must_use]
pub fn hand_off(facts: Facts, to: HandOffTarget, run: &RunId, now: Timestamp) -> Facts {
    give_to_people(facts, to, Some(run), now)
}

/// Automation and the other side seem to answer each other: people take over, and flows are silent until one speaks or
/// the other side pauses.
#[must_use]
pub fn break_loop(facts: Facts, to: HandOffTarget, now: Timestamp) -> Facts {
    let mut facts = give_to_people(facts, to, None, now);
    facts.turns.broken_at = Some(now);
    facts
}

/// The conversation goes to people. Who holds it already keeps it. What `by` has said before may still leave.
#[must_use]
pub fn give_to_people(mut facts: Facts, to: HandOffTarget, by: Option<&RunId>, now: Timestamp) -> Facts {
    // People who have been silent for too long have let go: then this is a new hand-off.
    if !facts.ownership_at(Echo::default(), now).owner.is_person() {
        let owner = match to {
            HandOffTarget::App => Owner::App,
            HandOffTarget::Team => Owner::Team,
        };
        facts.ownership = Ownership { owner, since: now, handed_by: by.cloned() };
    }
    facts
}

/// A flow gave the conversation back. What a person took by writing is not a flow's to give.
#[must_use]
pub fn release(mut facts: Facts) -> Facts {
    if facts.ownership.owner == Owner::Flow {
        facts.ownership = Ownership::default();
    }
    facts
}

/// A flow sends a message in the conversation at `now`. The first one to somebody who came by an ad, if it is in time,
/// opens the free entry point window; the customer-service window it leaves as it is.
///
/// What is written in the app changes no window. (Should the message then fail, the window stands open here and not at
/// Meta's: the statuses of later messages say so, and their charges follow the statuses.)
#[must_use]
pub fn answered(mut facts: Facts, now: Timestamp) -> Facts {
    facts.turns.answered(now);
    if let Some(at) = facts.entry_at.take()
        && now.since(at) < platform::RULES.entry_answer
    {
        facts.entry_free_until = Some(now.plus(platform::RULES.entry_free));
    }
    facts
}

/// Source: Meta, Pricing, free entry point windows: ads that click to WhatsApp. Posts are not named.
fn is_ad(source_type: Option<&str>) -> bool {
    source_type.is_some_and(|source| source.eq_ignore_ascii_case("ad"))
}

fn opens_window(message: &Message) -> bool {
    let taken_back = matches!(message.content, Content::Reaction { emoji: None, .. });
    message.group_id.is_none() && !taken_back
}

fn open_window(facts: &mut Facts, at: Timestamp) {
    facts.window_until = facts.window_until.max(Some(at.plus(platform::RULES.window)));
}
