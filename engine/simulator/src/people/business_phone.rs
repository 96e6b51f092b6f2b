//! The owner's phone, with the WhatsApp Business app.

use std::sync::Arc;
use std::time::Duration;

use ponte_model::{MessageId, NumberId, Phone};
use serde_json::{Value, json};

use super::{Received, Writer, rendered};
use crate::hub::Hub;
use crate::transcript::What;
use crate::webhooks::bodies::{self, Change};
use crate::world::{Fact, Link};

/// A greeting or away text that the app sends by itself. It knows nothing of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AutoReply {
    /// The text.
    pub text: String,
    /// How long a customer who got it does not get it again. (WhatsApp greets again after 14 days of silence.)
    pub pause: Duration,
}

/// The phone of a number that is in the WhatsApp Business app.
#[derive(Clone)]
pub struct BusinessPhone {
    hub: Arc<Hub>,
    number: NumberId,
}

impl BusinessPhone {
    pub(crate) fn new(hub: Arc<Hub>, number: NumberId) -> Self {
        Self { hub, number }
    }

    /// Writes to a customer: any time, no window. The business hears of it as an echo, which ends the call like
    /// [`Customer`](crate::Customer)'s methods; a late echo does not keep it waiting.
    pub async fn writes(&self, to: impl Into<Phone>, text: &str) -> MessageId {
        self.sends(to, json!({"type": "text", "text": {"body": text}})).await
    }

    /// Sends anything: an element of `message_echoes[]` in Meta's shape, without `from`, `to`, `id`, `timestamp`.
    pub async fn sends(&self, to: impl Into<Phone>, message: Value) -> MessageId {
        self.hub.app_writes(&self.number, &to.into(), message, Writer::App).await
    }

    /// Edits a message written in the app.
    pub async fn edits(&self, to: impl Into<Phone>, original: &MessageId, text: &str) -> MessageId {
        let message = json!({"type": "text", "text": {"body": text}});
        let edit = json!({"original_message_id": original.as_str(), "message": message});
        self.sends(to, json!({"type": "edit", "edit": edit})).await
    }

    /// Deletes a message written in the app for everyone.
    pub async fn revokes(&self, to: impl Into<Phone>, original: &MessageId) -> MessageId {
        self.hub.world().revoke(original);
        self.sends(to, json!({"type": "revoke", "revoke": {"original_message_id": original.as_str()}})).await
    }

    /// Sets or removes the greeting or away text.
    pub fn auto_reply(&self, reply: Option<AutoReply>) {
        if let Some(number) = self.hub.world().numbers.get_mut(&self.number) {
            number.auto_reply = reply;
        }
    }

    /// The owner changed or reinstalled the phone: the number is off the API until [`BusinessPhone::reconnect`]
    /// (Meta: `ACCOUNT_OFFBOARDED`, which does not say which number).
    pub async fn offboard(&self) {
        self.changes_link(Link::Offboarded, json!({"event": "ACCOUNT_OFFBOARDED"})).await;
    }

    /// The link came back by itself (Meta: `ACCOUNT_RECONNECTED`).
    pub async fn reconnect(&self) {
        self.changes_link(Link::Up, json!({"event": "ACCOUNT_RECONNECTED"})).await;
    }

    /// The link is ended (Meta: `PARTNER_REMOVED`). Reasons: `ACCOUNT_DISCONNECTED`, `BUSINESS_DOWNGRADE`,
    /// `CHANGE_NUMBER`, `COMPANION_INACTIVITY`, `PRIMARY_INACTIVITY`, `USER_RE_REGISTERED`. Inactivity is the
    /// system's doing, everything else the owner's.
    pub async fn disconnect(&self, reason: &str) {
        let value = {
            let world = self.hub.world();
            let Some(number) = world.numbers.get(&self.number) else { return };
            let by = if reason.ends_with("_INACTIVITY") { "SYSTEM" } else { "USER" };
            json!({"event": "PARTNER_REMOVED", "phone_number": number.setup.display_phone.as_str(),
                "waba_info": {"waba_id": number.waba.as_str(), "owner_business_id": &*number.portfolio},
                "disconnection_info": {"reason": reason, "initiated_by": by}})
        };
        self.changes_link(Link::Ended, value).await;
    }

    async fn changes_link(&self, link: Link, value: Value) {
        let now = self.hub.now();
        let waba = {
            let mut world = self.hub.world();
            let Some(number) = world.numbers.get_mut(&self.number) else { return };
            number.link = link;
            let event = value["event"].as_str().unwrap_or_default().to_owned();
            self.hub.transcript.write(now, Some(&self.number), None, What::Account { event });
            number.waba.clone()
        };
        self.hub.post(Change::about_account(&waba, "account_update", value, now)).await;
    }
}

impl Hub {
    /// A message leaves the app: the customer has it, the windows stay as they are, and the API hears an echo.
    pub(crate) async fn app_writes(
        self: &Arc<Self>,
        number_id: &NumberId,
        to: &Phone,
        message: Value,
        by: Writer,
    ) -> MessageId {
        let now = self.now();
        let kind = message["type"].as_str().unwrap_or_default().to_owned();
        let text = rendered(&kind, &message);
        let (id, change) = {
            let mut world = self.world();
            let id = world.new_message_id(to);
            let Some((number, profile)) = world.chat(number_id, to) else { return id };
            let mut echo = json!({"from": number.setup.display_phone.as_str()});
            if let Some(phone) = profile.visible_phone() {
                echo["to"] = json!(phone.as_str());
            }
            echo["to_user_id"] = json!(profile.user_id.as_str());
            echo["id"] = json!(id.as_str());
            echo["timestamp"] = json!(now.as_secs().to_string());
            if let (Some(echo), Value::Object(message)) = (echo.as_object_mut(), message) {
                echo.extend(message);
            }
            let raw = echo.to_string().into();
            let value = bodies::echo(bodies::metadata(&number.setup), &profile, echo);
            let change = Change::about_messages(&number.waba, "smb_message_echoes", value);
            let change = (number.link == Link::Up).then_some(change);
            let fact = Fact {
                number: number_id.clone(),
                customer: to.clone(),
                at: now,
                by_customer: false,
                reaction: kind == "reaction",
                revoked: false,
            };
            world.remember(id.clone(), fact);
            let received = Received {
                id: id.clone(),
                number: number_id.clone(),
                at: now,
                by,
                kind: kind.clone(),
                text: text.clone(),
                raw,
            };
            world.receive(to, received);
            let what = What::Echo { id: id.clone(), kind, text, automatic: by == Writer::AppItself };
            self.transcript.write(now, Some(number_id), Some(to), what);
            (id, change)
        };
        let Some(change) = change else { return id };
        let late = self.faults().plan.echo_delay;
        if late.is_zero() {
            self.post(change).await;
        } else {
            let (hub, waited, item) = (Arc::clone(self), self.clock.sleep(late), self.agenda.item(now.plus(late)));
            self.spawn(async move {
                waited.await;
                hub.post(change).await;
                drop(item);
            });
        }
        id
    }
}
