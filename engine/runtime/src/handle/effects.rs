//! From what a run asked for to what is written.

use std::sync::Arc;
use std::time::Duration;

use ponte_model::{
    Body, Contact, ContactId, ConversationId, Effect, HttpRequest, InstallationId, Origin, RequestId, RunId, SendId,
    StateScope, Timestamp, WhenClosed,
};
use ponte_policy::money::merge_bubbles;
use ponte_policy::platform::HOLD_MOST;
use ponte_policy::{Facts, FollowUp, Release, answered, hand_on, hold, pin, release, unpin};
use ponte_store::{
    Finish, NewRequest, NewSend, NumberRow, OutboxItem, Pending, RunRecord, SharedRead, StateKey, StateWrite, TagWrite,
    TimerWrite,
};

use super::Scene;
use super::burst::timer;
use crate::core::Core;
use crate::registry::Installed;

/// Everything that handling an event changes, while it is gathered.
pub(super) struct Change<'a> {
    pub(super) run: RunId,
    pub(super) finish: Finish,
    facts: Facts,
    pending: &'a Pending,
    installation: InstallationId,
    scene: &'a Scene,
    now: Timestamp,
    /// When people have let go, as this flow is concerned.
    release: Release<'a>,
    /// Whether consecutive texts become one message.
    merge: bool,
    /// For so long the flow wants to hear what is said to its messages.
    follow_up: Option<Duration>,
    installed: &'a Installed,
}

/// Facts as the store keeps them.
pub(super) fn encode(facts: &Facts) -> serde_json::Value {
    serde_json::to_value(facts).expect("facts are plain data")
}

impl<'a> Change<'a> {
    pub(super) fn new(
        core: &Core,
        pending: &'a Pending,
        installed: &'a Installed,
        scene: &'a Scene,
        run: RunId,
    ) -> Self {
        let number = pending.event.number_id.as_ref();
        Self {
            run,
            finish: Finish {
                seq: pending.seq,
                decision: Some(scene.decision.rule.to_string()),
                why: scene.decision.detail.clone(),
                also: scene.told.iter().flat_map(|told| told.marks.clone()).collect(),
                timers: scene.conversation.iter().filter(|_| scene.told.is_some()).map(|id| timer(id, None)).collect(),
                ..Finish::default()
            },
            facts: unpin(scene.facts.clone(), &installed.id, &installed.as_version()),
            pending,
            installation: installed.id.clone(),
            scene,
            now: core.clock.now(),
            release: number.map_or_else(Release::default, |id| scene.registry.release(id, Some(installed))),
            merge: installed.merge,
            follow_up: installed.follow_up,
            installed,
        }
    }

    pub(super) fn contact(&self) -> Option<&ContactId> {
        self.pending.contact.as_ref()
    }

    pub(super) fn person(&self) -> Option<&Contact> {
        self.pending.event.contact.as_ref()
    }

    pub(super) fn number(&self) -> Option<&Arc<NumberRow>> {
        self.scene.registry.number(self.pending.event.number_id.as_ref()?).map(|number| &number.row)
    }

    /// Adds effects in their order; ids of messages follow from it.
    pub(super) fn apply(&mut self, effects: &[Effect]) {
        if self.merge {
            let fits = |body: &str| ponte_whatsapp::limits::TEXT_BODY.check_text(body).is_ok();
            return merge_bubbles(effects, &fits).iter().for_each(|effect| self.add(effect));
        }
        effects.iter().for_each(|effect| self.add(effect));
    }

    /// Whether the customer has just written: only then may an answer be expected.
    pub(super) fn customer_wrote(&self) -> bool {
        let event = &self.pending.event;
        event.origin == Origin::Customer && matches!(event.body, Body::Message(_) | Body::Edit { .. })
    }

    /// Whether people speak in the conversation.
    pub(super) fn is_with_people(&self) -> bool {
        self.facts.ownership_at(self.scene.known.echo, self.now, &self.release).owner.is_person()
    }

    fn add(&mut self, effect: &Effect) {
        match effect {
            Effect::Send { contact, message, expires_at, when_closed } => {
                let choice = when_closed.clone().unwrap_or_else(|| self.installed.when_closed(&message.payload));
                let expires_at = expires_at.or((choice == WhenClosed::Hold).then(|| self.now.plus(HOLD_MOST)));
                self.send(contact.clone(), OutboxItem::Message { message: message.clone() }, expires_at, choice);
            }
            Effect::MarkRead { message_id, typing } => {
                if let Some(contact) = self.pending.contact.clone() {
                    let item = OutboxItem::Seen { message_id: message_id.clone(), typing: *typing };
                    self.send(contact, item, Some(self.now.plus(SEEN_WORTH)), WhenClosed::Refuse);
                }
            }
            Effect::HandOff { to, note } => {
                tracing::info!(run = %self.run, to = ?to, note_chars = note.chars().count(), "handed off");
                let by = (&self.installation, &self.run);
                self.facts = hand_on(std::mem::take(&mut self.facts), *to, note, by, self.now, &self.release);
            }
            Effect::Release => self.facts = release(std::mem::take(&mut self.facts), &self.installation),
            Effect::Hold { until } => {
                let facts = std::mem::take(&mut self.facts);
                let facts = hold(facts, &self.installation, *until, self.now, &self.release);
                self.facts = pin(facts, &self.installation, self.installed.as_version());
            }
            Effect::PutState { scope, key, value, expires_at } => {
                if let Some(key) = self.state_key(*scope, key) {
                    let write = StateWrite { key, value: value.clone(), expires_at: *expires_at };
                    self.finish.state.push(write);
                }
            }
            Effect::SetTimer { name, due, payload } => self.timer(name, Some((*due, payload.clone()))),
            Effect::CancelTimer { name } => self.timer(name, None),
            Effect::HttpLater { request } => self.request(request),
            Effect::Tag { tag } => self.tag(tag, true),
            Effect::Untag { tag } => self.tag(tag, false),
        }
    }

    fn send(&mut self, contact: ContactId, item: OutboxItem, expires_at: Option<Timestamp>, when_closed: WhenClosed) {
        let Some(number) = self.pending.event.number_id.clone() else { return };
        if matches!(item, OutboxItem::Message { .. }) && self.pending.contact.as_ref() == Some(&contact) {
            self.facts = answered(std::mem::take(&mut self.facts), self.now);
            if let Some(span) = self.follow_up {
                self.facts.heard = Some(FollowUp { flow: self.installation.clone(), until: self.now.plus(span) });
            }
        }
        self.finish.sends.push(NewSend {
            id: SendId::of(&self.run, self.finish.sends.len()),
            conversation: ConversationId { number, contact },
            installation: Some(self.installation.clone()),
            run: Some(self.run.clone()),
            item,
            expires_at,
            // Known once all of the run is.
            lane: 0,
            when_closed,
            at: self.now,
            leave: None,
            charge: None,
        });
    }

    fn request(&mut self, request: &HttpRequest) {
        let checked = self.installed.grants.check(request.method, &request.url);
        let host = checked.ok().and_then(|(url, _)| url.host_str().map(str::to_owned));
        self.finish.requests.push(NewRequest {
            id: RequestId::of(&self.run, self.finish.requests.len()),
            tenant: self.pending.tenant.clone(),
            installation: self.installation.clone(),
            run: self.run.clone(),
            number: self.pending.event.number_id.clone(),
            contact: self.pending.contact.clone(),
            host: host.unwrap_or_default(),
            request: request.clone(),
            expires_at: self.now.plus(crate::outside::WORTH),
            at: self.now,
        });
    }

    fn state_key(&self, scope: StateScope, key: &str) -> Option<StateKey> {
        StateKey::new(self.installation.clone(), scope, self.scene.conversation.as_ref(), key)
    }

    fn timer(&mut self, name: &str, due: Option<(Timestamp, String)>) {
        let Some(conversation) = self.scene.conversation.clone() else { return };
        let installation = self.installation.clone();
        // The last word of a run about a timer is the one that counts.
        self.finish.timers.retain(|timer| timer.name != name);
        self.finish.timers.push(TimerWrite { installation, conversation, name: name.to_owned(), due });
    }

    fn tag(&mut self, tag: &str, present: bool) {
        let Some(contact) = self.pending.contact.clone() else { return };
        self.finish.tags.retain(|write| write.tag != tag);
        self.finish.tags.push(TagWrite { contact, tag: tag.to_owned(), present });
    }

    /// Everything together, and the facts as they will be.
    pub(super) fn into_finish(mut self, record: RunRecord, reads: Vec<SharedRead>) -> (Finish, Facts) {
        if let Some(id) = &self.scene.conversation
            && self.facts != self.scene.known.facts
        {
            self.finish.facts = Some((id.clone(), encode(&self.facts)));
        }
        self.finish.run = Some(record);
        self.finish.reads = reads;
        (self.finish, self.facts)
    }
}

/// A typing bubble says nothing after so long.
const SEEN_WORTH: std::time::Duration = std::time::Duration::from_secs(60);
