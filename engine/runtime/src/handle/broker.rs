//! What a plugin may see and ask while it runs: a snapshot of the store, the policy's verdicts, the shop's settings.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use ponte_model::send::{Outbound, Payload, Recipient};
use ponte_model::{
    Contact, ContactId, Content, ConversationId, Event, HandOffTarget, MessageId, OutsideAnswer, OutsideCall, Refusal,
    RunId, SendId, StateScope, Timestamp, WhenClosed,
};
use ponte_policy::{No, Objection, Ownership, hand_on};
use ponte_sandbox::{
    AutomaticTexts, Broker, ContactRecord, ConversationFacts, LocalTime, PastMessage, Period, PhoneView,
};
use ponte_store::{OutboxItem, PastBody, Pending, SharedRead, StateKey, StoreError};

use super::Scene;
use super::burst::past;
use crate::conversations::Known;
use crate::core::Core;
use crate::outside::Asker;
use crate::registry::Installed;
use crate::verdict::{self, Asking};

/// So many people of a setting are looked up.
const MOST_NAMED: usize = 20;

/// Answers one run.
pub(super) struct RunBroker {
    core: Arc<Core>,
    installed: Arc<Installed>,
    run: RunId,
    seq: i64,
    at: Timestamp,
    conversation: Option<ConversationId>,
    /// The event's contact, whether there is a conversation or not.
    contact: Option<ContactId>,
    person: Option<Contact>,
    /// The conversation with the event folded in.
    known: Known,
    /// When the customer wrote before.
    previous_customer_at: Option<Timestamp>,
    /// What the run answers beside its event.
    earlier: Vec<PastMessage>,
    event: Arc<Event>,
    reads: Arc<Mutex<Vec<SharedRead>>>,
}

impl RunBroker {
    pub(super) fn new(
        core: &Arc<Core>,
        installed: &Arc<Installed>,
        pending: &Pending,
        scene: &Scene,
        run: RunId,
        reads: Arc<Mutex<Vec<SharedRead>>>,
    ) -> Self {
        Self {
            core: Arc::clone(core),
            installed: Arc::clone(installed),
            run,
            seq: scene.told.as_ref().map_or(pending.seq, |told| told.seq),
            at: pending.event.at,
            conversation: scene.conversation.clone(),
            contact: pending.contact.clone(),
            person: match pending.event.body {
                // A store's spelling of the phone number: what WhatsApp knows of the person is better.
                ponte_model::Body::Order(_) => None,
                _ => pending.event.contact.clone().filter(|person| !person.is_anonymous()),
            },
            earlier: scene.told.as_ref().map(|told| told.earlier.clone()).unwrap_or_default(),
            event: Arc::clone(&pending.event),
            previous_customer_at: match pending.event.body {
                ponte_model::Body::Message(_) if scene.told.is_some() => {
                    scene.told.as_ref().and_then(|told| told.before)
                }
                ponte_model::Body::Message(_) => scene.facts.previous_customer_at,
                _ => scene.facts.last_customer_at,
            },
            known: Known { facts: scene.facts.clone(), ..scene.known.clone() },
            reads,
        }
    }

    /// The conversation with a contact on this event's number.
    fn with(&self, contact: &ContactId) -> Result<ConversationId, Refusal> {
        let here = self.conversation.as_ref();
        let number = here.map(|here| &here.number).ok_or_else(|| Refusal::Other {
            why: "this event belongs to no number, so nothing can be sent from it".into(),
        })?;
        Ok(ConversationId { number: number.clone(), contact: contact.clone() })
    }

    /// Who speaks in the event's conversation, as this flow is concerned.
    fn ownership(&self) -> Ownership {
        let Some(conversation) = &self.conversation else { return Ownership::default() };
        let registry = self.core.registry.now();
        let release = registry.release(&conversation.number, Some(&self.installed));
        self.known.facts.ownership_at(self.known.echo, self.core.clock.now(), &release)
    }

    /// A person of whom nothing is known but what this event says.
    fn newcomer(&self) -> Option<ContactRecord> {
        let person = self.person.as_ref().filter(|_| self.known.fresh)?;
        Some(ContactRecord {
            id: self.conversation.as_ref()?.contact.clone(),
            name: person.name.display.clone(),
            username: person.name.username.clone(),
            phone: person.phone.clone(),
            tags: Vec::new(),
        })
    }

    async fn recipient(&self, contact: &ContactId) -> Result<Recipient, Refusal> {
        let here = self.conversation.as_ref().is_some_and(|here| here.contact == *contact);
        if here && let Some(recipient) = self.person.as_ref().and_then(Recipient::of) {
            return Ok(recipient);
        }
        let row = self.core.store.contact(contact).await.map_err(unavailable)?;
        let row = row.ok_or_else(|| Refusal::invalid("to", format!("there is no contact {contact}")))?;
        let person = Contact { user_id: row.user_id, phone: row.phone, ..Contact::default() };
        Recipient::of(&person).ok_or_else(|| Refusal::invalid("to", format!("no way to reach {contact} is known")))
    }
}

/// The store cannot answer: the run goes on without, and says so.
fn unavailable(error: StoreError) -> Refusal {
    Refusal::Other { why: error.to_string() }
}

#[async_trait]
impl Broker for RunBroker {
    async fn propose(
        &mut self,
        to: &ContactId,
        message: &Payload,
        quoted: Option<&MessageId>,
    ) -> Result<Recipient, Refusal> {
        let recipient = self.recipient(to).await?;
        let outbound = Outbound { to: recipient.clone(), reply_to: quoted.cloned(), payload: message.clone() };
        ponte_whatsapp::outbound::check(&outbound)?;
        let conversation = self.with(to)?;
        let known = if self.conversation.as_ref() == Some(&conversation) {
            self.known.clone()
        } else {
            self.core.conversations.get(&conversation).await.map_err(unavailable)?
        };
        let (id, item) = (SendId::from(self.run.as_str()), OutboxItem::Message { message: Box::new(outbound) });
        let asking = Asking {
            id: &id,
            conversation: &conversation,
            installation: Some(&self.installed.id),
            run: Some(&self.run),
            item: &item,
            leaving: false,
        };
        let (registry, now) = (self.core.registry.now(), self.core.clock.now());
        // Nothing is set aside yet: that is done when it leaves.
        let category = verdict::category_of(&self.core, &registry, &asking);
        let addressee = self.core.addressees.get(to, now).await.map_err(unavailable)?;
        let charge = self.core.purse.price(&registry, &asking, category, &known.facts, known.echo, now);
        let stop = charge.as_ref().and_then(|charge| self.core.purse.check(charge));
        if let (Some(charge), Some(stop)) = (&charge, &stop) {
            self.core.flows.reached(&registry, charge, stop, now);
        }
        let known = (&known.facts, known.echo);
        // What is only held waits in the outbox: the flow may ask for it.
        match verdict::judge(&self.core, &registry, &asking, known, &addressee, stop.as_ref(), now) {
            // Its manifest says what becomes of it; that is followed when it leaves.
            Err(Objection { no: No::Refused(Refusal::WindowClosed), .. })
                if self.installed.when_closed(message) != WhenClosed::Refuse => {}
            Err(Objection { no: No::Refused(refusal), .. }) => return Err(refusal),
            Err(Objection { no: No::Held { .. }, .. }) | Ok(()) => {}
        }
        Ok(recipient)
    }

    fn amended(&mut self, message: &Outbound) -> Result<(), Refusal> {
        ponte_whatsapp::outbound::check(message)
    }

    async fn state(&mut self, scope: StateScope, key: &str) -> Result<Option<Vec<u8>>, Refusal> {
        let key = StateKey::new(self.installed.id.clone(), scope, self.conversation.as_ref(), key)
            .ok_or_else(|| Refusal::invalid("scope", "this event belongs to no conversation"))?;
        if self.known.fresh && scope == StateScope::Conversation {
            return Ok(None);
        }
        let value = self.core.store.state(&key, self.at).await.map_err(unavailable)?;
        // A conversation has one writer, so only keys that others share need a version check.
        if scope != StateScope::Conversation {
            let version = value.as_ref().map(|value| value.version);
            self.reads.lock().unwrap_or_else(PoisonError::into_inner).push(SharedRead { key, version, at: self.at });
        }
        Ok(value.map(|value| value.value))
    }

    async fn contact(&mut self, id: &ContactId) -> Result<Option<ContactRecord>, Refusal> {
        if let Some(newcomer) = self.newcomer().filter(|newcomer| newcomer.id == *id) {
            return Ok(Some(newcomer));
        }
        let row = self.core.store.contact(id).await.map_err(unavailable)?;
        Ok(row.map(|row| ContactRecord {
            id: row.id,
            name: row.app_name.or(row.name),
            username: row.username,
            phone: row.phone,
            tags: row.tags,
        }))
    }

    fn conversation(&self) -> Option<ConversationFacts> {
        self.conversation.as_ref()?;
        let facts = &self.known.facts;
        let now = self.core.clock.now();
        Some(ConversationFacts {
            owner: self.ownership().owner,
            window_until: facts.window_until.filter(|_| facts.window_open(now)),
            last_customer_message: self.previous_customer_at,
            last_app_message: facts.last_app_at,
            customer_messages: facts.customer_messages,
        })
    }

    fn may_hold(&self) -> Result<(), Refusal> {
        let Ownership { owner, holder, .. } = self.ownership();
        match holder.filter(|holder| *holder != self.installed.id) {
            Some(holder) => Err(Refusal::Other { why: format!("flow {holder} holds the conversation") }),
            None if owner.is_person() => Err(Refusal::OwnedByPerson { owner }),
            None => Ok(()),
        }
    }

    fn automatic(&self) -> AutomaticTexts {
        let Some(conversation) = &self.conversation else { return AutomaticTexts::default() };
        let facts = &self.known.facts;
        AutomaticTexts {
            away_expected: self.core.echoes.expects_away(&self.core.registry.now(), &conversation.number),
            last: facts.automatic_at,
            last_away: facts.away_at,
        }
    }

    async fn recent(&mut self, most: u32) -> Result<Vec<PastMessage>, Refusal> {
        let Some(conversation) = &self.conversation else { return Ok(Vec::new()) };
        let lines = self.core.store.recent(conversation, self.seq, most).await.map_err(unavailable)?;
        let past = lines.into_iter().map(|line| PastMessage {
            id: line.id,
            at: line.at,
            origin: line.author,
            content: match line.body {
                PastBody::Message(message) => message.content,
                PastBody::Sent(sent) => said(*sent),
            },
        });
        Ok(past.collect())
    }

    fn burst(&self) -> Vec<PastMessage> {
        self.earlier.iter().cloned().chain(past(&self.event)).collect()
    }

    fn phone(&self) -> PhoneView {
        let registry = self.core.registry.now();
        let number = self.conversation.as_ref().and_then(|here| registry.number(&here.number));
        number.map_or(PhoneView::None, |number| number.phone_view())
    }

    fn handed_off(&mut self, to: HandOffTarget, note: &str) {
        let Some(conversation) = &self.conversation else { return };
        let registry = self.core.registry.now();
        let release = registry.release(&conversation.number, Some(&self.installed));
        let (by, now) = ((&self.installed.id, &self.run), self.core.clock.now());
        self.known.facts = hand_on(std::mem::take(&mut self.known.facts), to, note, by, now, &release);
    }

    async fn named(&mut self, setting: &str) -> Result<Vec<ContactRecord>, Refusal> {
        let phones = self.installed.phones(setting);
        if phones.is_empty() {
            let why = format!("the setting `{setting}` holds no phone number with country code");
            return Err(Refusal::invalid("setting", why));
        }
        let mut people = Vec::new();
        for phone in phones.iter().take(MOST_NAMED) {
            let store = &self.core.store;
            let known = store.contact_by_phone(&self.installed.tenant, phone).await.map_err(unavailable)?;
            let id = match known {
                Some(id) => id,
                None => store.meet(&self.installed.tenant, phone, self.core.clock.now()).await.map_err(unavailable)?,
            };
            people.extend(self.contact(&id).await?);
        }
        Ok(people)
    }

    async fn outside(&mut self, call: OutsideCall) -> Result<OutsideAnswer, Refusal> {
        let (core, installed) = (Arc::clone(&self.core), Arc::clone(&self.installed));
        let contact = self.conversation.as_ref().map(|here| here.contact.clone()).or_else(|| self.contact.clone());
        let person = self.event.contact.clone();
        let asker = Asker { core: &core, installed: &installed, contact: contact.as_ref(), person: person.as_ref() };
        asker.ask(call).await
    }

    fn period(&self, at: Timestamp) -> Result<Period, Refusal> {
        let period = self.installed.calendar()?.period_at(at);
        Ok(Period { open: period.open, since: period.since, until: period.until })
    }

    fn local_time(&self, at: Timestamp) -> Result<LocalTime, Refusal> {
        Ok(local_time(&self.installed.calendar()?.local(at)))
    }

    fn setting(&self, key: &str) -> Option<String> {
        self.installed.setting(key)
    }

    fn text(&self, key: &str, language: &str) -> Option<String> {
        self.installed.text(key, language)
    }
}

/// The policy's clock in the sandbox's words.
pub(crate) fn local_time(local: &ponte_policy::hours::LocalTime) -> LocalTime {
    LocalTime {
        year: local.year,
        month: local.month,
        day: local.day,
        weekday: local.weekday,
        hour: local.hour,
        minute: local.minute,
        day_number: local.day_number,
    }
}

/// What one of our own messages said.
fn said(sent: Outbound) -> Content {
    match sent.payload {
        Payload::Text { body, .. } => Content::Text { body },
        other => {
            let name = other.kind().to_owned();
            Content::Other { name, json: serde_json::to_value(&other).unwrap_or_default() }
        }
    }
}
