//! What the platform reports about accounts, numbers, templates, calls, people and imports.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::{DeliveryState, Message, Phone, Timestamp, UserId};

/// An error as the platform words it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlatformError {
    /// Meta's error code.
    pub code: i64,
    /// Its title.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Its message.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub message: Option<String>,
    /// What is wrong in this case.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub details: Option<String>,
}

/// An imported message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct HistoryItem {
    /// The message.
    pub message: Message,
    /// Whether the business wrote it.
    pub from_business: bool,
    /// How far it got (`READ`, `DELIVERED` …), where said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state: Option<DeliveryState>,
    /// Whether this brings the media for a place-holder sent before, with the same message id.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub media_follows_up: bool,
}

/// How far the history import got.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryProgress {
    /// 0: the last day, 1: days 1 to 90, 2: days 90 to 180.
    pub phase: i64,
    /// Orders chunks inside a phase; chunks may arrive out of order.
    pub chunk: i64,
    /// Percent; 100 means that all is done.
    pub percent: i64,
    /// How many messages this chunk brought.
    pub messages: u32,
}

/// A change in the phone's address book.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AppContact {
    /// `true`: added or edited; `false`: removed.
    pub present: bool,
    /// The full name in the address book; absent on removal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub full_name: Option<String>,
    /// The first name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_name: Option<String>,
}

/// A person's ids changed. The event's contact carries the old ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct IdentityChange {
    /// The platform's word for it: `user_changed_number`, `user_changed_user_id` …
    pub what: String,
    /// The phone number from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub phone: Option<Phone>,
    /// The BSUID from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_id: Option<UserId>,
    /// The BSUID until now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_user_id: Option<UserId>,
    /// The parent BSUID from now on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_user_id: Option<UserId>,
    /// The platform's sentence about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A call rang, ended, or changed state. Under Coexistence calls stay on the phone; they are only noted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Call {
    /// Meta's id, `wacid.…`.
    pub id: String,
    /// `connect`, `terminate`, or for state changes `ringing`, `accepted`, `rejected`; open, in lower case.
    pub event: String,
    /// Whether the customer called. A customer's call opens the customer-service window.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by_customer: Option<bool>,
    /// `COMPLETED`, `FAILED`; open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub outcome: Option<String>,
    /// How long it lasted, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration_secs: Option<i64>,
    /// Our own tag, where the call was ours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
}

/// The person's word about a category of messages, given in WhatsApp's own interface.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preference {
    /// `marketing_messages`; open.
    pub category: String,
    /// `stop`, `resume`, `signup`; open.
    pub value: String,
    /// The platform's sentence about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
}

/// The account changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountUpdate {
    /// The platform's word for it, such as `PARTNER_REMOVED`, `ACCOUNT_OFFBOARDED`; open. Alerts and reviews
    /// come as `ALERT` and `REVIEW`.
    pub event: String,
    /// The number, where the platform names it by its digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_phone: Option<Phone>,
    /// The platform's word for why: how the link ended (`PRIMARY_INACTIVITY`, `CHANGE_NUMBER` …), the violation, the
    /// state of a ban, the type of an alert, the decision of a review; open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Who ended it: `USER` or `SYSTEM`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub initiated_by: Option<String>,
    /// Restrictions now in force.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub restrictions: Vec<Restriction>,
    /// Everything the platform said about it.
    pub json: Value,
}

/// A restriction on an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Restriction {
    /// The platform's word for it, such as `RESTRICTED_BIZ_INITIATED_MESSAGING`.
    pub kind: String,
    /// When it ends.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// The number, its name, its quality or its limits changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberUpdate {
    /// What changed: `quality`, `capability`, `name`, `security`, `settings`, `username`.
    pub what: String,
    /// The number, where the platform names it by its digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_phone: Option<Phone>,
    /// The platform's event or decision, such as `THROUGHPUT_UPGRADE`, `APPROVED`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub event: Option<String>,
    /// Unique people a day outside the window; `None` also where unlimited, see `unlimited`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_limit: Option<u64>,
    /// Whether that limit is lifted.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unlimited: bool,
    /// Everything the platform said about it.
    pub json: Value,
}

/// A template changed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TemplateUpdate {
    /// What changed: `status`, `quality`, `category`, `components`.
    pub what: String,
    /// Meta's id, in digits: exceeds what a double can hold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub id: Option<String>,
    /// Its name.
    pub name: String,
    /// Its language with an underscore (`pt_BR`), however the webhook spelled it.
    pub language: String,
    /// The new status, quality or category.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<String>,
    /// The old one, where said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub before: Option<String>,
    /// The category it belongs to, or will belong to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// Everything the platform said about it.
    pub json: Value,
}

/// Control of a thread went from one responder to another.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Handover {
    /// `control_passed` or `control_taken`.
    pub what: String,
    /// The role that had control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_role: Option<String>,
    /// The role that has it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_role: Option<String>,
    /// The app that had control.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub previous_app_id: Option<String>,
    /// The app that has it now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub new_app_id: Option<String>,
    /// Whether control is with this app now; `None` where nothing tells. Said by Ponte as the event is stored: only it
    /// knows its own app.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ours: Option<bool>,
    /// What the passing side wants the other to know.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub metadata: Option<String>,
    /// Everything the platform said about it.
    pub json: Value,
}
