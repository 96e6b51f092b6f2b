//! Two conversations that turn out to be with one person.

use ponte_model::{Owner, Timestamp};

use crate::{Echo, Facts, Ownership};

/// What is known of a conversation that is the two taken together; to take the same one in again changes nothing. Who
/// holds one at `now` holds both, the phone before the team; the window is the later one, never shortened. (Meta: when a
/// user's number or BSUID changes, the chat goes on.)
#[must_use]
pub fn merge(ours: &Facts, theirs: &Facts, now: Timestamp) -> Facts {
    let mut customer_at =
        vec![ours.last_customer_at, theirs.last_customer_at, ours.previous_customer_at, theirs.previous_customer_at];
    customer_at.sort_unstable_by(|one, other| other.cmp(one));
    customer_at.dedup();
    Facts {
        ownership: stronger(holder(ours, now), holder(theirs, now)),
        window_until: ours.window_until.max(theirs.window_until),
        last_customer_at: customer_at.first().copied().flatten(),
        previous_customer_at: customer_at.get(1).copied().flatten(),
        last_app_at: ours.last_app_at.max(theirs.last_app_at),
        customer_messages: ours.customer_messages.max(theirs.customer_messages),
        echo_seq: ours.echo_seq.max(theirs.echo_seq),
        entry_at: ours.entry_at.max(theirs.entry_at),
        entry_free_until: ours.entry_free_until.max(theirs.entry_free_until),
        routed: ours.routed.or(theirs.routed),
        turns: if theirs.turns.broken_at > ours.turns.broken_at { &theirs.turns } else { &ours.turns }.clone(),
    }
}

/// Who holds a conversation, unless they let go.
fn holder(facts: &Facts, now: Timestamp) -> Ownership {
    facts.ownership_at(Echo::default(), now)
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
