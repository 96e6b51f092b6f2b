//! Where a machine seems to answer automation, automation stops and people take over.

use std::sync::Arc;

use ponte_model::Body;
use ponte_policy::{Facts, break_loop};
use ponte_store::{Pending, StoreError};

use super::Tried;
use crate::core::Core;
use crate::outbox::people_of;

/// Whether this event is the turn at which automation has to stop.
pub(super) fn found(core: &Core, pending: &Pending, facts: &Facts) -> bool {
    matches!(pending.event.body, Body::Message(_)) && facts.turns.break_now(&core.settings.loops)
}

/// Gives the conversation to people, says so, and acknowledges the event: no flow sees it.
pub(super) async fn stop(core: &Arc<Core>, pending: &Pending, facts: Facts) -> Result<Tried, StoreError> {
    let Some(conversation) = pending.conversation() else { return Ok(Tried::Done) };
    let registry = core.registry.now();
    let number = registry.number(&conversation.number);
    let to = people_of(number.map(|number| number.row.config.mode));
    let release = registry.release(&conversation.number, None);
    let turns = facts.turns.count;
    metrics::counter!("ponte_loops_broken_total", "number" => conversation.number.to_string()).increment(1);
    tracing::warn!(
        number = %conversation.number, contact = %conversation.contact, turns,
        "a machine seems to answer automation: it is silent there now, and people take over"
    );
    let why = format!("{turns} turns in a row that no person seems to have taken: automation stops, people take over");
    let facts = break_loop(facts, to, core.clock.now(), &release);
    super::acknowledge(core, pending.seq, ("loop".to_owned(), Some(why)), Some((conversation, facts))).await
}
