//! A customer with a phone.

use std::sync::Arc;

use ponte_model::{MessageId, NumberId, Phone, Timestamp, UserId};
use serde_json::{Value, json};

use super::{Received, Writer, rendered};
use crate::hub::Hub;
use crate::ids;
use crate::transcript::What;
use crate::webhooks::bodies::{self, Change};
use crate::world::{Fact, Link, Profile, World};

/// A customer, in the chat with one business number.
///
/// What they do is told to the business by webhook; each method ends when the business answered the first attempt
/// (or at once, where a fault plays with that webhook).
#[derive(Clone)]
pub struct Customer {
    hub: Arc<Hub>,
    phone: Phone,
    number: NumberId,
}

impl Customer {
    pub(crate) fn new(hub: Arc<Hub>, phone: Phone, number: NumberId) -> Self {
        hub.world().person(&phone).on_whatsapp = true;
        Self { hub, phone, number }
    }

    /// The same customer in the chat with another number of the business.
    #[must_use]
    pub fn on(&self, number: impl Into<NumberId>) -> Self {
        Self { number: number.into(), ..self.clone() }
    }

    /// Their phone number.
    pub fn phone(&self) -> &Phone {
        &self.phone
    }

    /// The id by which this business's portfolio knows them; `None` if the number does not exist.
    pub fn user_id(&self) -> Option<UserId> {
        let world = self.hub.world();
        world.numbers.get(&self.number).map(|number| ids::user_id(&number.portfolio, &self.phone))
    }

    /// Sets the profile name; at first it is "Cliente" and the last digits.
    pub fn is_called(&self, name: &str) {
        name.clone_into(&mut self.hub.world().person(&self.phone).name);
    }

    /// Adopts a username, and with it hides the phone: webhooks then carry the BSUID alone.
    pub fn goes_by_username(&self, username: &str) {
        self.hub.world().person(&self.phone).username = Some(username.to_owned());
    }

    /// Lets other digits lead to this phone too: in Brazil and Mexico numbers may gain or lose a digit.
    pub fn is_dialled_as(&self, digits: impl Into<Phone>) {
        self.hub.world().alias(digits.into(), self.phone.clone());
    }

    /// Writes a text.
    pub async fn writes(&self, text: &str) -> MessageId {
        self.sends(json!({"type": "text", "text": {"body": text}})).await
    }

    /// Answers a message, quoting it.
    pub async fn replies(&self, to: &MessageId, text: &str) -> MessageId {
        let context = self.context(Some(to.clone()));
        self.sends(json!({"type": "text", "text": {"body": text}, "context": context})).await
    }

    /// Taps a reply button. If the newest message is a template, this is its quick-reply button, and `id` the payload.
    pub async fn taps_button(&self, id: &str, title: &str) -> MessageId {
        let newest = self.newest(|_| true);
        if let Some(template) = newest.filter(|message| message.kind == "template") {
            let context = self.context(Some(template.id.clone()));
            let button = json!({"payload": id, "text": title});
            return self.sends(json!({"type": "button", "button": button, "context": context})).await;
        }
        self.answers(id, "button_reply", json!({"id": id, "title": title})).await
    }

    /// Chooses a row of a list.
    pub async fn chooses(&self, id: &str, title: &str) -> MessageId {
        self.answers(id, "list_reply", json!({"id": id, "title": title})).await
    }

    async fn answers(&self, id: &str, kind: &str, reply: Value) -> MessageId {
        let question = self.newest(|message| message.offers(id)).or_else(|| self.newest(|_| true));
        let context = self.context(question.map(|message| message.id.clone()));
        self.sends(json!({"type": "interactive", "interactive": {"type": kind, kind: reply}, "context": context})).await
    }

    /// Edits one of their messages. Only numbers in the app hear what it now says (Meta: Coexistence, September 2026).
    pub async fn edits(&self, original: &MessageId, text: &str) -> MessageId {
        if !self.in_app() {
            return self.sends(unsupported("edit")).await;
        }
        let message = json!({"type": "text", "text": {"body": text}});
        let edit = json!({"original_message_id": original.as_str(), "message": message});
        self.sends(json!({"type": "edit", "edit": edit})).await
    }

    /// Deletes one of their messages for everyone. Only numbers in the app are told.
    pub async fn revokes(&self, original: &MessageId) -> MessageId {
        self.hub.world().revoke(original);
        if !self.in_app() {
            return self.sends(unsupported("revoke")).await;
        }
        self.sends(json!({"type": "revoke", "revoke": {"original_message_id": original.as_str()}})).await
    }

    /// Reacts to a message; an empty emoji takes the reaction back.
    pub async fn reacts(&self, to: &MessageId, emoji: &str) -> MessageId {
        let mut reaction = json!({"message_id": to.as_str()});
        if !emoji.is_empty() {
            reaction["emoji"] = json!(emoji);
        }
        self.sends(json!({"type": "reaction", "reaction": reaction})).await
    }

    /// Sends anything: an element of `messages[]` in Meta's shape. `from`, `from_user_id`, `id` and `timestamp` are
    /// added where they are not given.
    pub async fn sends(&self, message: Value) -> MessageId {
        let now = self.hub.now();
        let told = tell_business(&self.hub, &mut self.hub.world(), &self.number, &self.phone, message, now);
        if let Some(change) = told.change {
            self.hub.post(change).await;
        }
        self.hub.auto_reply(&self.number, &self.phone).await;
        told.id
    }

    /// Reads everything that came over the API and was not read. Returns how many messages that were.
    pub async fn reads(&self) -> usize {
        let unread = {
            let mut world = self.hub.world();
            let number = world.numbers.get_mut(&self.number);
            number.map(|number| std::mem::take(&mut number.with(&self.phone).unread)).unwrap_or_default()
        };
        for outgoing in &unread {
            self.hub.tell(outgoing, "read", None, self.hub.now()).await;
        }
        unread.len()
    }

    /// The newest message from the API that was not read fails after all, with a code. Whether there was one.
    pub async fn never_gets(&self, code: i64) -> bool {
        let outgoing = {
            let mut world = self.hub.world();
            let number = world.numbers.get_mut(&self.number);
            number.and_then(|number| number.with(&self.phone).unread.pop())
        };
        let Some(outgoing) = outgoing else { return false };
        self.hub.tell(&outgoing, "failed", Some(code), self.hub.now()).await;
        true
    }

    /// Stops marketing messages of this number in WhatsApp's own settings: such templates then fail (131050).
    pub async fn stops_marketing(&self) {
        self.prefers("stop", "User requested to stop marketing messages").await;
    }

    /// Takes that back.
    pub async fn resumes_marketing(&self) {
        self.prefers("resume", "User requested to resume marketing messages").await;
    }

    async fn prefers(&self, value: &str, detail: &str) {
        let now = self.hub.now();
        let change = {
            let mut world = self.hub.world();
            let Some((number, profile)) = world.chat(&self.number, &self.phone) else { return };
            number.with(&self.phone).marketing_stopped = value == "stop";
            let mut preference = json!({"user_id": profile.user_id.as_str(), "detail": detail,
                "category": "marketing_messages", "value": value, "timestamp": now.as_secs()});
            if let Some(phone) = profile.visible_phone() {
                preference["wa_id"] = json!(phone.as_str());
            }
            let value = json!({"messaging_product": "whatsapp", "metadata": bodies::metadata(&number.setup),
                "contacts": [bodies::contact(&profile)], "user_preferences": [preference]});
            Change::about_messages(&number.waba, "user_preferences", value)
        };
        self.hub.post(change).await;
    }

    /// Every message on their phone, from any number, oldest first.
    pub fn inbox(&self) -> Vec<Arc<Received>> {
        self.hub.world().person(&self.phone).inbox.iter().cloned().collect()
    }

    /// The newest message on their phone, from any number.
    pub fn last(&self) -> Option<Arc<Received>> {
        self.hub.world().person(&self.phone).inbox.back().cloned()
    }

    fn newest(&self, wanted: impl Fn(&Received) -> bool) -> Option<Arc<Received>> {
        let mut world = self.hub.world();
        let inbox = &world.person(&self.phone).inbox;
        inbox.iter().rev().find(|message| message.number == self.number && wanted(message)).cloned()
    }

    /// The `context` of an answer to a message of either side.
    fn context(&self, id: Option<MessageId>) -> Value {
        let Some(id) = id else { return Value::Null };
        let world = self.hub.world();
        let by_customer = world.message(&id).is_some_and(|fact| fact.by_customer);
        let number = world.numbers.get(&self.number).map(|number| &number.setup.display_phone);
        let author = if by_customer { Some(&self.phone) } else { number };
        json!({"from": author.map(Phone::as_str), "id": id.as_str()})
    }

    fn in_app(&self) -> bool {
        self.hub.world().numbers.get(&self.number).is_some_and(crate::world::Number::in_app)
    }
}

/// What Meta sends in place of something that it does not pass on (131051).
fn unsupported(what: &str) -> Value {
    let error = bodies::error(131_051, "Message type is currently not supported.");
    json!({"type": "unsupported", "unsupported": {"type": what}, "errors": [error]})
}

struct Told {
    id: MessageId,
    change: Option<Change>,
}

/// Puts a customer's message into the world, and says what the business is to be told of it.
fn tell_business(
    hub: &Hub,
    world: &mut World,
    number_id: &NumberId,
    phone: &Phone,
    message: Value,
    now: Timestamp,
) -> Told {
    let id = message["id"].as_str().map(MessageId::from);
    let id = id.unwrap_or_else(|| world.new_message_id(phone));
    let kind = message["type"].as_str().unwrap_or_default().to_owned();
    let text = rendered(&kind, &message);
    let Some((number, profile)) = world.chat(number_id, phone) else {
        hub.transcript.write(now, Some(number_id), Some(phone), What::Missed { text });
        return Told { id, change: None };
    };
    if number.link != Link::Up {
        // "User messages of those minutes may never reach the API" (Meta: reconnecting offboarded clients).
        hub.transcript.write(now, Some(number_id), Some(phone), What::Missed { text });
        return Told { id, change: None };
    }
    number.throughput.count(now);
    number.with(phone).windows.customer_wrote(&message, now);
    let (metadata, waba) = (bodies::metadata(&number.setup), number.waba.clone());
    let fact = Fact {
        number: number_id.clone(),
        customer: phone.clone(),
        at: now,
        by_customer: true,
        reaction: kind == "reaction",
        revoked: false,
    };
    world.remember(id.clone(), fact);
    hub.transcript.write(now, Some(number_id), Some(phone), What::Inbound { id: id.clone(), kind, text });
    let message = completed(message, &id, &profile, now);
    let value = bodies::inbound(metadata, &profile, message);
    Told { id, change: Some(Change::about_messages(&waba, "messages", value)) }
}

/// Adds the keys that every message has.
fn completed(message: Value, id: &MessageId, profile: &Profile, now: Timestamp) -> Value {
    let mut whole = json!({});
    if let Some(phone) = profile.visible_phone() {
        whole["from"] = json!(phone.as_str());
    }
    whole["from_user_id"] = json!(profile.user_id.as_str());
    whole["id"] = json!(id.as_str());
    whole["timestamp"] = json!(now.as_secs().to_string());
    if let (Some(whole), Value::Object(message)) = (whole.as_object_mut(), message) {
        whole.extend(message.into_iter().filter(|(_, value)| !value.is_null()));
    }
    whole
}

impl Hub {
    /// Lets the app answer by itself, where its owner set that up.
    async fn auto_reply(self: &Arc<Self>, number_id: &NumberId, phone: &Phone) {
        let now = self.now();
        let text = {
            let mut world = self.world();
            let Some(number) = world.numbers.get_mut(number_id) else { return };
            let Some(reply) = number.auto_reply.clone() else { return };
            let last = &mut number.with(phone).auto_replied;
            if last.is_some_and(|last| now.since(last) < reply.pause) {
                return;
            }
            *last = Some(now);
            reply.text
        };
        let message = json!({"type": "text", "text": {"body": text}});
        self.app_writes(number_id, phone, message, Writer::AppItself).await;
    }
}
