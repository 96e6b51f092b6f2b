//! A person goes on under other ids. The ids were applied when the event was stored; here two conversations that turn
//! out to be with one person become one: who holds it and how long its window is open is carried over.

use std::sync::Arc;
use std::time::Duration;

use ponte_model::{ContactId, ConversationId, Timestamp};
use ponte_policy::{Echo, Facts, Release, merge};
use ponte_store::{Pending, StoreError};

use super::{Tried, acknowledge};
use crate::core::Core;

/// Pause before looking again whether what came under the new ids before the change is handled.
const PAUSE: Duration = Duration::from_millis(20);

/// So often. What a flow has put off for longer is not waited for.
const LOOKS: usize = 250;

pub(super) async fn joined(core: &Arc<Core>, pending: &Pending) -> Result<Tried, StoreError> {
    let rule = ("identity".to_owned(), None);
    let Some(conversation) = pending.conversation() else {
        return acknowledge(core, pending.seq, rule, None).await;
    };
    let absorbed = core.store.absorbed(&conversation.contact).await?;
    for other in &absorbed {
        settled(core, other).await?;
    }
    for other in &absorbed {
        core.store.follow(other, &conversation.contact).await?;
    }
    if !absorbed.is_empty() {
        core.conversations.forget_all();
    }
    let known = core.conversations.get(&conversation).await?;
    let mut facts = known.facts.clone();
    for contact in &absorbed {
        let other = ConversationId { number: conversation.number.clone(), contact: contact.clone() };
        let theirs = core.conversations.get(&other).await?;
        let registry = core.registry.now();
        let (release, now) = (registry.release(&conversation.number, None), core.clock.now());
        let (ours, theirs) = (whole(facts, known.echo, now, &release), whole(theirs.facts, theirs.echo, now, &release));
        facts = merge(&ours, &theirs, now, &release);
    }
    let (contact, number) = (conversation.contact.clone(), conversation.number.clone());
    let changed = (facts != known.facts).then_some((conversation, facts));
    // The phone number and the name may be others now.
    pending.contact.iter().for_each(|id| {
        core.people.forget(id);
        core.addressees.forget(id);
    });
    let tried = acknowledge(core, pending.seq, rule, changed).await?;
    // Only now: what waits in memory is judged by what is known of both.
    let joined = !absorbed.is_empty();
    for other in absorbed {
        core.joins.note(other.clone(), contact.clone());
        let gone = ConversationId { number: number.clone(), contact: other };
        // It was taken in: a later change of ids must not take it in again.
        tidied("the facts of a chat that was joined stay", core.store.forget_facts(&gone).await);
    }
    if joined {
        core.conversations.forget_all();
        tidied("what waits for a window is not looked at again", wait_again(core, &contact).await);
    }
    Ok(tried)
}

/// What is done after the event is acknowledged must not bring it up again.
fn tidied(what: &str, done: Result<(), StoreError>) {
    if let Err(error) = done {
        tracing::error!(%error, "after a change of ids, {what}");
    }
}

/// Messages that wait for somebody's window wait by their new id.
async fn wait_again(core: &Arc<Core>, contact: &ContactId) -> Result<(), StoreError> {
    for waiting in core.store.waiting_for_window().await?.iter().filter(|waiting| waiting.contact == *contact) {
        core.outbox.wait_for_customer(core, waiting).await?;
    }
    Ok(())
}

/// Nothing new comes to a contact that turned out to be another; waits until what came before is in its facts.
async fn settled(core: &Core, contact: &ContactId) -> Result<(), StoreError> {
    for _ in 0..LOOKS {
        if !core.store.is_waiting(contact).await? {
            return Ok(());
        }
        ponte_clock::pause(PAUSE).await;
    }
    tracing::warn!(%contact, "what came before a change of ids is still waiting; two chats are joined without it");
    Ok(())
}

/// The facts with the last echo, folded in or not.
fn whole(facts: Facts, echo: Echo, now: Timestamp, release: &Release<'_>) -> Facts {
    // Whose the thread is stays apart from who holds the conversation.
    let thread = facts.thread;
    let mut facts = Facts { thread: None, ..facts };
    facts.ownership = facts.ownership_at(echo, now, release);
    Facts { thread, ..facts }
}
