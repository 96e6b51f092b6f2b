//! Two conversations that turn out to be with one person.

use ponte_model::{Owner, Timestamp};

use crate::debounce::Burst;
use crate::{Echo, Facts, Ownership, Release, Thread};

/// What is known of a conversation that is the two taken together; to take the same one in again changes nothing. Who
/// holds one at `now` holds both, the phone before the team; the window is the later one, never shortened. (Meta: when a
/// user's number or BSUID changes, the chat goes on.)
#[must_use]
pub fn merge(ours: &Facts, theirs: &Facts, now: Timestamp, release: &Release<'_>) -> Facts {
    let mut customer_at =
        vec![ours.last_customer_at, theirs.last_customer_at, ours.previous_customer_at, theirs.previous_customer_at];
    customer_at.sort_unstable_by(|one, other| other.cmp(one));
    customer_at.dedup();
    Facts {
        ownership: stronger(holder(ours, now, release), holder(theirs, now, release)),
        window_until: ours.window_until.max(theirs.window_until),
        last_customer_at: customer_at.first().copied().flatten(),
        previous_customer_at: customer_at.get(1).copied().flatten(),
        last_app_at: ours.last_app_at.max(theirs.last_app_at),
        customer_messages: ours.customer_messages.max(theirs.customer_messages),
        echo_seq: ours.echo_seq.max(theirs.echo_seq),
        entry_at: ours.entry_at.max(theirs.entry_at),
        entry_free_until: ours.entry_free_until.max(theirs.entry_free_until),
        routed: ours.routed.or(theirs.routed),
        heard: ours.heard.iter().chain(&theirs.heard).max_by_key(|heard| heard.until).cloned(),
        burst: both(ours.burst.clone(), theirs.burst.clone()),
        handed: [&ours.handed, &theirs.handed].into_iter().flatten().max_by_key(|handed| handed.at).cloned(),
        released_at: ours.released_at.max(theirs.released_at),
        released_by: ours.released_by.clone().or_else(|| theirs.released_by.clone()),
        automatic_at: ours.automatic_at.max(theirs.automatic_at),
        away_at: ours.away_at.max(theirs.away_at),
        thread: later(ours.thread, theirs.thread),
        turns: if theirs.turns.broken_at > ours.turns.broken_at { &theirs.turns } else { &ours.turns }.clone(),
    }
}

/// Who holds a conversation, unless they let go.
fn holder(facts: &Facts, now: Timestamp, release: &Release<'_>) -> Ownership {
    // A thread that is another's is not somebody's who holds it: it is carried over as what it is.
    Facts { thread: None, ..facts.clone() }.ownership_at(Echo::default(), now, release)
}

/// What waits in either: their timers are this chat's now.
fn both(ours: Option<Box<Burst>>, theirs: Option<Box<Burst>>) -> Option<Box<Burst>> {
    let (mut one, other) = match (ours, theirs) {
        (Some(one), Some(other)) => (one, other),
        (ours, theirs) => return ours.or(theirs),
    };
    let new = other.lines.into_iter().filter(|line| !one.lines.iter().any(|known| known.seq == line.seq));
    let new: Vec<_> = new.collect();
    one.lines.extend(new);
    one.lines.sort_by_key(|line| line.seq);
    (one.began, one.due) = (one.began.min(other.began), one.due.min(other.due));
    Some(one)
}

/// What was told last of the thread.
fn later(ours: Option<Thread>, theirs: Option<Thread>) -> Option<Thread> {
    ours.into_iter().chain(theirs).max_by_key(|thread| (thread.since, thread.elsewhere))
}

fn stronger(ours: Ownership, theirs: Ownership) -> Ownership {
    let rank = |ownership: &Ownership| match ownership.owner {
        Owner::App => 3,
        Owner::Team => 2,
        Owner::Flow => 1,
        Owner::Nobody => 0,
    };
    if (rank(&theirs), theirs.since) > (rank(&ours), ours.since) { theirs } else { ours }
}
