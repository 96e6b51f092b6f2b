//! Somebody wrote on the phone, and automation spoke before it was known.

use ponte_model::{ConversationId, Event, Origin};
use ponte_policy::{Collision, Decision, RuleName, collision};
use ponte_store::StoreError;

use crate::core::Core;

/// The collision that an echo tells of, if it does.
pub(super) async fn of(
    core: &Core,
    event: &Event,
    conversation: Option<&ConversationId>,
) -> Result<Option<Collision>, StoreError> {
    let Some(id) = conversation.filter(|_| event.origin == Origin::App && event.claims()) else { return Ok(None) };
    let left = core.store.spoke_since(id, event.at).await?;
    Ok(collision(event.at, core.clock.now(), &left))
}

/// The decision about the echo says so.
pub(super) fn record(decision: &mut Decision, collision: &Collision) {
    decision.rule = RuleName::Own("collision");
    decision.detail = Some(collision.words());
}
