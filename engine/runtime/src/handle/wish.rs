//! A customer who asks to stop, or to begin again, is heard by the host and not by a flow.

use std::sync::Arc;

use ponte_model::consent::Entry;
use ponte_model::send::{Outbound, Payload, Recipient};
use ponte_model::{Body, ContactId, Message, Origin, RunId, SendId, WhenClosed};
use ponte_policy::Facts;
use ponte_policy::consent::{Addressee, Reading, Wish, confirmation, language, of_wish, wish_in};
use ponte_policy::pacing::Lane;
use ponte_store::{Finish, NewSend, OutboxItem, Pending, StoreError};

use super::effects::encode;
use crate::conversations::Known;
use crate::core::Core;

/// Whose messages of its own are: they come from no installation.
pub(super) const HOST: &str = "ponte";

/// A wish, and where the person stood before it.
pub(super) struct Heard<'a> {
    contact: &'a ContactId,
    message: &'a Message,
    reading: Reading,
    before: Arc<Addressee>,
}

/// The wish in an event, if it is one. Who has not stopped anything cannot begin again: then it is a message like any
/// other.
pub(super) async fn heard<'a>(core: &Core, pending: &'a Pending) -> Result<Option<Heard<'a>>, StoreError> {
    let event = &pending.event;
    let (Body::Message(message) | Body::Edit { message, .. }) = &event.body else { return Ok(None) };
    let Some(contact) = pending.contact.as_ref().filter(|_| event.origin == Origin::Customer) else { return Ok(None) };
    let Some(reading) = wish_in(message) else { return Ok(None) };
    let before = core.addressees.get(contact, core.clock.now()).await?;
    let about_nothing = reading.wish == Wish::Start && !before.consent.changes(reading.wish);
    Ok((!about_nothing).then_some(Heard { contact, message, reading, before }))
}

/// Writes the wish down and acknowledges the event in one transaction; the customer is told once, where nobody else
/// speaks.
pub(super) async fn obey(
    core: &Arc<Core>,
    pending: &Pending,
    known: &Known,
    facts: Facts,
    heard: Heard<'_>,
) -> Result<(), StoreError> {
    let event = &pending.event;
    let rule = if heard.reading.wish == Wish::Start { "opt-in" } else { "opt-out" };
    metrics::counter!("ponte_routed_total", "rule" => rule).increment(1);
    tracing::info!(event = %event.key, rule, "a customer's wish was heard");

    let text = heard.message.content.text().unwrap_or_default();
    let statement = of_wish(&heard.reading, &heard.before.consent, event.key.as_str(), text, event.at);
    let sends: Vec<_> = confirm(core, pending, known, &facts, &heard).into_iter().collect();
    let changed = pending.conversation().filter(|_| facts != known.facts);
    let finish = Finish {
        seq: pending.seq,
        decision: Some(rule.to_owned()),
        facts: changed.as_ref().map(|id| (id.clone(), encode(&facts))),
        consent: vec![Entry { contact: heard.contact.clone(), statement }],
        sends: sends.clone(),
        ..Finish::default()
    };
    core.store.finish(finish).await?;
    core.addressees.forget(heard.contact);
    if let Some(id) = &changed {
        core.conversations.committed(id, facts);
        core.outbox.reopened(core, id).await;
    }
    core.outbox.add(core, sends, None);
    Ok(())
}

fn confirm(core: &Core, pending: &Pending, known: &Known, facts: &Facts, heard: &Heard<'_>) -> Option<NewSend> {
    let (event, now, wish) = (&pending.event, core.clock.now(), heard.reading.wish);
    let consent = &heard.before.consent;
    // What they stopped in WhatsApp's own settings does not begin again by their saying so here.
    let in_vain = wish == Wish::Start && consent.stopped_at_platform().is_some();
    let news = core.addressees.rules.confirm && consent.changes(wish) && !consent.suppressed && !in_vain;
    let registry = core.registry.now();
    let conversation = pending.conversation()?;
    let release = registry.release(&conversation.number, None);
    let alone = !facts.ownership_at(known.echo, now, &release).owner.is_person();
    let conversation = Some(conversation).filter(|_| news && alone && facts.window_open(now))?;
    let automated = !registry.phone_terms(&conversation.number, None).app_only;
    let person = event.contact.as_ref().filter(|_| automated)?;

    let language = language(&heard.reading.languages, person.phone.as_ref(), person.user_id.as_ref());
    let payload = Payload::Text { body: confirmation(wish, language).to_owned(), preview_url: None };
    let message = Box::new(Outbound { to: Recipient::of(person)?, reply_to: None, payload });
    // The id follows from the event, so a repetition is the same message.
    let run = RunId::of(&event.key, pending.seq, &HOST.into());
    Some(NewSend {
        id: SendId::of(&run, 0),
        conversation,
        installation: None,
        run: Some(run),
        item: OutboxItem::Message { message },
        expires_at: facts.window_until,
        lane: Lane::Service.index() as i64,
        when_closed: WhenClosed::Refuse,
        at: now,
        leave: None,
        charge: None,
    })
}
