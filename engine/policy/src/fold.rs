//! What an event changes in a conversation's facts.

use ponte_model::{
    AutomaticKind, Body, Content, Control, ControlOrder, EchoMeaning, Event, HandOffTarget, InstallationId, Message,
    MessageId, Origin, Owner, RunId, Timestamp,
};

use crate::collision::surely_before;
use crate::{Echo, Facts, Ownership, Release, Thread, Turns, platform};

/// The facts after `event`, which stands at `seq` in the inbox.
///
/// - A customer's message or call opens the window; edits, deletions and taken-back reactions do not (the platform
///   does not say, so they are not counted).
/// - Whatever is done on the phone gives the conversation to the phone, save what the app writes by itself and the
///   keyword that gives it back.
/// - Nothing a customer does takes it away from people.
/// - What is said in another responder's thread says that the thread is another's, until a customer's message comes to
///   us again, or control does.
/// - Imported messages change nothing.
#[must_use]
pub fn fold(mut facts: Facts, event: &Event, seq: i64) -> Facts {
    if event.claims() {
        facts.echo_seq = facts.echo_seq.max(seq);
    }
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
            // Messages of a thread that is another's do not come this way (Meta, conversation routing).
            if facts.thread.is_some_and(|thread| thread.elsewhere && event.at > thread.since) {
                facts.thread = Some(Thread { elsewhere: false, since: event.at });
            }
        }
        (Body::Call(call), _) if call.by_customer == Some(true) => open_window(&mut facts, event.at),
        (Body::Echo(message), Origin::App) => match message.echo.as_deref() {
            Some(EchoMeaning::Automatic { kind, .. }) => wrote_by_itself(&mut facts, *kind, event.at),
            Some(EchoMeaning::Own) => {}
            Some(EchoMeaning::Release { .. }) => {
                facts.last_app_at = facts.last_app_at.max(Some(event.at));
                give_back(&mut facts, event.at, event.message_id.as_ref());
            }
            None => take_on_phone(&mut facts, event.at),
        },
        // Whoever deletes the keyword, so that the customer does not see it, takes nothing.
        (Body::Revoke { original }, Origin::App) if facts.released_by.as_ref() == Some(original) => {}
        (Body::Edit { .. } | Body::Revoke { .. }, Origin::App) => take_on_phone(&mut facts, event.at),
        // It counts from its own time, whoever let go before.
        (Body::HandOff { to, .. }, Origin::System) => give(&mut facts, *to, event.at),
        (Body::Control(control), _) => obey(&mut facts, control, event.at),
        (Body::Standby(_), _) => told_of_thread(&mut facts, true, event.at),
        // Where nothing tells whose the thread is now, it is taken for another's: the next message that comes to us says
        // otherwise.
        (Body::Handover(handover), _) => told_of_thread(&mut facts, handover.ours != Some(true), event.at),
        _ => {}
    }
    facts
}

/// What took the conversation when it was stored, at `seq`, turns out to be nobody's word: a message of Ponte's own that
/// came back.
#[must_use]
pub fn not_taken(mut facts: Facts, seq: i64) -> Facts {
    facts.echo_seq = facts.echo_seq.max(seq);
    facts
}

/// Somebody did something on the phone.
fn take_on_phone(facts: &mut Facts, at: Timestamp) {
    facts.last_app_at = facts.last_app_at.max(Some(at));
    // A person is here.
    facts.turns = Turns::default();
    if !facts.released_at.is_some_and(|released| surely_before(at, released)) {
        facts.ownership = facts.ownership.taken_by_phone(at);
    }
}

/// The app wrote by itself.
fn wrote_by_itself(facts: &mut Facts, kind: AutomaticKind, at: Timestamp) {
    facts.automatic_at = facts.automatic_at.max(Some(at));
    if kind.may_be_away() {
        facts.away_at = facts.away_at.max(Some(at));
    }
}

/// The conversation is given back with a word, unless somebody took it after that.
fn give_back(facts: &mut Facts, at: Timestamp, keyword: Option<&MessageId>) {
    if facts.ownership.since <= at {
        facts.ownership = Ownership::default();
        facts.released_by = keyword.cloned();
    }
    facts.released_at = facts.released_at.max(Some(at));
    // Whoever gives it back has seen the machine. (Keywords carry whole seconds.)
    if facts.turns.broken_at.is_none_or(|broken| !surely_before(at, broken)) {
        facts.turns = Turns::default();
    }
}

/// An operator gave an order. The thread too is theirs to give back: who releases it knows what they do.
fn obey(facts: &mut Facts, control: &Control, at: Timestamp) {
    match control.order {
        ControlOrder::Release => {
            give_back(facts, at, None);
            if facts.is_elsewhere() {
                facts.thread = Some(Thread { elsewhere: false, since: at });
            }
        }
        ControlOrder::Take(target) => {
            let since = if facts.ownership.owner.is_person() { facts.ownership.since.max(at) } else { at };
            facts.ownership = Ownership::of_people(owner(target), since);
            facts.turns = Turns::default();
        }
    }
}

/// People have the conversation from `at` on; those who hold it, longer.
fn give(facts: &mut Facts, to: HandOffTarget, at: Timestamp) {
    if facts.ownership.owner.is_person() {
        facts.ownership.since = facts.ownership.since.max(at);
    } else {
        facts.ownership = Ownership::of_people(owner(to), at);
    }
}

/// Something tells who has control of the thread. What comes late tells nothing.
fn told_of_thread(facts: &mut Facts, elsewhere: bool, at: Timestamp) {
    if facts.thread.is_none_or(|thread| at >= thread.since) {
        facts.thread = Some(Thread { elsewhere, since: at });
    }
}

fn owner(target: HandOffTarget) -> Owner {
    match target {
        HandOffTarget::App => Owner::App,
        HandOffTarget::Team => Owner::Team,
    }
}

/// A flow gave the conversation to people. Who holds it already keeps it.
#[must_use]
pub fn hand_off(facts: Facts, to: HandOffTarget, run: &RunId, now: Timestamp, release: &Release<'_>) -> Facts {
    give_to_people(facts, to, Some(run), now, release)
}

/// Automation and the other side seem to answer each other: people take over, and flows are silent until one speaks or
/// the other side pauses.
#[must_use]
pub fn break_loop(facts: Facts, to: HandOffTarget, now: Timestamp, release: &Release<'_>) -> Facts {
    let mut facts = give_to_people(facts, to, None, now, release);
    facts.turns.broken_at = Some(now);
    facts
}

/// The conversation goes to people. Who holds it already keeps it. What `by` has said before may still leave.
fn give_to_people(
    mut facts: Facts,
    to: HandOffTarget,
    by: Option<&RunId>,
    now: Timestamp,
    release: &Release<'_>,
) -> Facts {
    // People who have been silent for too long have let go: then this is a new hand-off.
    if !facts.ownership_at(Echo::default(), now, release).owner.is_person() {
        facts.ownership = Ownership { handed_by: by.cloned(), ..Ownership::of_people(owner(to), now) };
    }
    facts
}

/// A flow keeps the conversation until a moment, so that other flows are not asked. Nobody takes it from people, or from
/// another flow whose time is not up.
#[must_use]
pub fn hold(
    mut facts: Facts,
    holder: &InstallationId,
    until: Timestamp,
    now: Timestamp,
    release: &Release<'_>,
) -> Facts {
    let present = facts.ownership_at(Echo::default(), now, release);
    let free = match present.owner {
        Owner::Nobody => true,
        Owner::Flow => present.holder.as_ref() == Some(holder),
        Owner::App | Owner::Team => false,
    };
    if free {
        let before = &facts.ownership;
        let people = before.owner.is_person().then_some((before.owner, before.since)).or(before.people);
        let (holder, until) = (Some(holder.clone()), Some(until));
        let (owner, version) = (Owner::Flow, None);
        facts.ownership = Ownership { owner, since: now, handed_by: None, holder, until, version, people };
    }
    facts
}

/// A flow gave the conversation back. What a person took by writing, or another flow holds, is not a flow's to give.
#[must_use]
pub fn release(mut facts: Facts, holder: &InstallationId) -> Facts {
    if facts.ownership.owner == Owner::Flow && facts.ownership.holder.as_ref() == Some(holder) {
        facts.ownership = facts.ownership.without_holder();
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
