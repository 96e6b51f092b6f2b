//! A person goes on under other ids. The ids were applied when the event was stored; here two conversations that turn
//! out to be with one person become one: who holds it and how long its window is open is carried over.

use std::time::Duration;

use std::sync::Arc;

use ponte_model::{ContactId, ConversationId};
use ponte_policy::{Facts, merge};
use ponte_store::{Pending, StoreError};

use super::{Tried, acknowledge};
use crate::conversations::Known;
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
    let known = core.conversations.get(&conversation).await?;
    let mut facts = known.facts.clone();
    for contact in absorbed {
        let other = ConversationId { number: conversation.number.clone(), contact };
        let theirs = core.conversations.get(&other).await?;
        facts = merge(&whole(facts, &known, core), &whole(theirs.facts.clone(), &theirs, core), core.clock.now());
    }
    let changed = (facts != known.facts).then_some((conversation, facts));
    // The phone number and the name may be others now.
    pending.contact.iter().for_each(|id| {
        core.people.forget(id);
        core.addressees.forget(id);
    });
    acknowledge(core, pending.seq, rule, changed).await
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
fn whole(mut facts: Facts, known: &Known, core: &Core) -> Facts {
    facts.ownership = facts.ownership_at(known.echo, core.clock.now());
    facts
}
