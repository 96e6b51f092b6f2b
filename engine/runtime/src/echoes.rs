//! What echoes mean, before they are stored: messages of our own that come back, the app's own greeting and away texts, and
//! keywords that give a chat back.
//!
//! An echo takes its conversation in the transaction that stores it, so what does not take it must be known by then. The
//! store is asked about the id of each echo, and about texts that are long enough to be the app's own.
//!
//! Meta does not echo what came over the API; providers in between may. An echo that overtakes the response to its own
//! request is not known yet: it takes the conversation, which is safe, and is known in its turn ([`is_own`]).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ponte_model::{Body, ContactId, Content, ConversationId, EchoMeaning, Event, NumberId, Origin, TenantId};
use ponte_policy::{Heard, Learned, Sighting};
use ponte_store::{PastBody, SendState, Store, StoreError};

use crate::core::Core;
use crate::registry::Snapshot;

/// What was learned of the texts that numbers' phones send by themselves. Over the store.
#[derive(Default)]
pub(crate) struct Echoes {
    learned: Mutex<HashMap<NumberId, Learned>>,
    /// One learns at a time, so that what is written last is what was learned last.
    turn: tokio::sync::Mutex<()>,
}

impl Echoes {
    pub(crate) async fn load(&self, store: &dyn Store) -> Result<(), StoreError> {
        for (number, learned) in store.learned_texts().await? {
            match serde_json::from_value(learned) {
                Ok(learned) => drop(self.learned().insert(number, learned)),
                Err(error) => tracing::error!(%number, %error, "what was learned of its texts cannot be read"),
            }
        }
        Ok(())
    }

    /// Whether the phone of a number is known to send an away text by itself.
    pub(crate) fn expects_away(&self, registry: &Snapshot, number: &NumberId) -> bool {
        let Some(set) = registry.number(number) else { return false };
        if set.words.has_away() {
            return true;
        }
        // One that was learned may be either, unless somebody has said since which it is.
        let open = |learned: &Learned| learned.automatic().any(|text| set.words.meaning(text).is_none());
        set.row.config.phone.learn_texts && self.learned().get(number).is_some_and(open)
    }

    fn learned(&self) -> MutexGuard<'_, HashMap<NumberId, Learned>> {
        self.learned.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Says of each event that is an echo what it means, and of a handover whether control is ours.
pub(crate) async fn understand(core: &Core, registry: &Snapshot, events: &mut [Event]) -> Result<(), StoreError> {
    for place in 0..events.len() {
        let (before, rest) = events.split_at_mut(place);
        let event = &mut rest[0];
        if let Body::Handover(handover) = &mut event.body {
            let own = core.settings.app_id.as_deref();
            handover.ours = own.and_then(|own| {
                let is_own = |app: &String| app == own;
                let lost = handover.previous_app_id.as_ref().filter(|app| is_own(app)).map(|_| false);
                handover.new_app_id.as_ref().map(is_own).or(lost)
            });
        }
        let meaning = meaning(core, registry, event, before).await?;
        if let Some(meaning) = meaning
            && let Body::Echo(message) = &mut event.body
        {
            metrics::counter!("ponte_echoes_understood_total", "as" => word(&meaning)).increment(1);
            message.echo = Some(Box::new(meaning));
        }
    }
    Ok(())
}

fn word(meaning: &EchoMeaning) -> &'static str {
    match meaning {
        EchoMeaning::Own => "own",
        EchoMeaning::Automatic { kind, .. } => kind.as_str(),
        EchoMeaning::Release { .. } => "release",
    }
}

/// `before`: events of the same webhook, which are not stored yet either.
async fn meaning(
    core: &Core,
    registry: &Snapshot,
    event: &Event,
    before: &[Event],
) -> Result<Option<EchoMeaning>, StoreError> {
    let (Body::Echo(message), Origin::App) = (&event.body, event.origin) else { return Ok(None) };
    if let Some(id) = &event.message_id
        && core.store.sent(id).await?.is_some()
    {
        return Ok(Some(EchoMeaning::Own));
    }
    let Content::Text { body } = &message.content else { return Ok(None) };
    let Some(number) = event.number_id.as_ref().and_then(|id| registry.number(id)) else { return Ok(None) };
    if let Some(meaning) = number.words.meaning(body) {
        return Ok(Some(meaning));
    }
    if !number.row.config.phone.learn_texts || !Learned::is_candidate(body) {
        return Ok(None);
    }
    let to = find(&*core.store, &number.tenant, event).await?;
    let mut lines = match &to {
        Some(contact) => {
            lines(core, &ConversationId { number: number.row.id.clone(), contact: contact.clone() }).await?
        }
        None => Vec::new(),
    };
    lines.extend(before.iter().filter(|other| is_of_the_same(other, event)).filter_map(line));
    let excess = lines.len().saturating_sub(Learned::LOOKED_AT);
    lines.drain(..excess);

    let _turn = core.echoes.turn.lock().await;
    let known = core.echoes.learned().get(&number.row.id).cloned().unwrap_or_default();
    let mut learned = known.clone();
    let meaning = learned.hear(&Sighting { text: body, at: event.at, to: to.as_ref(), before: &lines });
    if learned != known {
        let json = serde_json::to_value(&learned).expect("what was learned is plain data");
        core.store.put_learned_texts(&number.row.id, &json).await?;
        core.echoes.learned().insert(number.row.id.clone(), learned);
    }
    Ok(meaning)
}

/// Pause before looking again whether a request that is on its way was answered.
const PAUSE: Duration = Duration::from_millis(50);

/// So often: longer than most requests take. The conversation is silent meanwhile.
const LOOKS: usize = 100;

/// Whether what was stored as somebody's word is one of our own messages after all.
pub(crate) async fn is_own(core: &Core, event: &Event, id: &ConversationId) -> Result<bool, StoreError> {
    let (Body::Echo(message), Origin::App, Some(message_id)) = (&event.body, event.origin, &event.message_id) else {
        return Ok(false);
    };
    if message.echo.is_some() {
        return Ok(false);
    }
    for _ in 0..LOOKS {
        // Before the id, so that what is answered between the two is found.
        let sends = core.store.conversation_sends(id, UNDER_WAY).await?;
        if core.store.sent(message_id).await?.is_some() {
            return Ok(true);
        }
        if sends.iter().all(|send| send.state != SendState::Sending) {
            break;
        }
        ponte_clock::pause(PAUSE).await;
    }
    Ok(false)
}

/// So many of the last messages to a person are looked at: one is on its way at a time.
const UNDER_WAY: u32 = 20;

async fn find(store: &dyn Store, tenant: &TenantId, event: &Event) -> Result<Option<ContactId>, StoreError> {
    let Some(person) = &event.contact else { return Ok(None) };
    for alias in person.aliases() {
        if let Some(contact) = store.contact_by_alias(tenant, &alias).await? {
            return Ok(Some(contact));
        }
    }
    Ok(None)
}

/// What people wrote in a conversation lately.
async fn lines(core: &Core, id: &ConversationId) -> Result<Vec<Heard>, StoreError> {
    let past = core.store.recent(id, i64::MAX, Learned::LOOKED_AT as u32).await?;
    let by_people = past.iter().filter(|line| match (&line.body, line.author) {
        (PastBody::Message(_), Origin::Customer) => true,
        (PastBody::Message(message), Origin::App) => message.echo.is_none(),
        _ => false,
    });
    Ok(by_people.map(|line| Heard { at: line.at, by_customer: line.author == Origin::Customer }).collect())
}

fn line(event: &Event) -> Option<Heard> {
    match (&event.body, event.origin) {
        (Body::Message(_), Origin::Customer) => Some(Heard { at: event.at, by_customer: true }),
        (Body::Echo(message), Origin::App) if message.echo.is_none() => {
            Some(Heard { at: event.at, by_customer: false })
        }
        _ => None,
    }
}

/// Whether two events of a webhook are of one conversation, by any id.
fn is_of_the_same(one: &Event, other: &Event) -> bool {
    let (Some(a), Some(b)) = (&one.contact, &other.contact) else { return false };
    one.number_id == other.number_id && a.aliases().any(|alias| b.aliases().any(|known| known == alias))
}
