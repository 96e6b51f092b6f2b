use std::collections::BTreeMap;

use ponte_model::{
    ContactId, HttpRequest, InstallationId, NumberId, RequestId, RunId, StoreOrder, TenantId, Timestamp,
};
use serde::Serialize;

/// A request to a web service, to be made after the run that asked.
#[derive(Clone, Debug)]
pub struct NewRequest {
    /// Its id, and idempotency key.
    pub id: RequestId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The installation that asked.
    pub installation: InstallationId,
    /// The run that asked.
    pub run: RunId,
    /// Where the reply belongs to, if the event had a number and a contact.
    pub number: Option<NumberId>,
    /// Who the reply is about.
    pub contact: Option<ContactId>,
    /// The host: its line.
    pub host: String,
    /// What is asked, with stand-ins for secrets.
    pub request: HttpRequest,
    /// Given up then.
    pub expires_at: Timestamp,
    /// When it was asked for.
    pub at: Timestamp,
}

/// A request that is due.
#[derive(Clone, Debug, PartialEq)]
pub struct QueuedRequest {
    /// Its id, and idempotency key.
    pub id: RequestId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The installation that asked.
    pub installation: InstallationId,
    /// The run that asked.
    pub run: RunId,
    /// Where the reply belongs to.
    pub number: Option<NumberId>,
    /// Who the reply is about.
    pub contact: Option<ContactId>,
    /// The host: its line.
    pub host: String,
    /// What is asked.
    pub request: HttpRequest,
    /// How often it was tried.
    pub attempts: u32,
    /// Given up then.
    pub expires_at: Timestamp,
    /// What the last try came to, if there was one.
    pub reason: Option<String>,
}

/// What is on its way, and so is not due.
#[derive(Clone, Debug, Default)]
pub struct Busy {
    /// How many of each host.
    pub hosts: BTreeMap<String, usize>,
    /// Which.
    pub requests: Vec<RequestId>,
    /// So many of one host are enough.
    pub most: usize,
}

/// What became of a try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RequestFate {
    /// Another try, then.
    Again {
        /// When.
        not_before: Timestamp,
        /// The status of the answer, if there was one.
        status: Option<u16>,
        /// Why.
        reason: String,
    },
    /// The server answered, and the flow was told.
    Answered {
        /// The status.
        status: u16,
    },
    /// There will be no answer, and the flow was told.
    Failed {
        /// Why.
        reason: String,
    },
    /// Its time was up.
    Expired {
        /// What the last try came to.
        reason: String,
        /// Whether that was a try now; otherwise it was found overdue.
        tried: bool,
    },
}

/// A request, for people. Secrets are stand-ins in it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct RequestRow {
    /// Its id, and idempotency key.
    pub id: RequestId,
    /// The installation that asked.
    pub installation: InstallationId,
    /// The run that asked.
    pub run: RunId,
    /// What was asked.
    pub request: HttpRequest,
    /// `queued`, `answered`, `failed` or `expired`.
    pub state: String,
    /// How often it was tried.
    pub attempts: u32,
    /// When it is tried next, while it is queued.
    pub not_before: Timestamp,
    /// The status of the last answer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// Why it waits or failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// When it was asked for.
    pub queued_at: Timestamp,
}

/// A sealed secret.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecretRow {
    /// Whose it is.
    pub installation: InstallationId,
    /// Its name.
    pub name: String,
    /// What only the key of the data directory opens.
    pub sealed: Vec<u8>,
    /// When it was set.
    pub set_at: Timestamp,
}

/// How orders are looked up.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum OrdersBy {
    /// By who bought.
    Contact(ContactId),
    /// By the number that people call them, with or without `#`.
    Number(String),
}

/// What a store told of an order.
#[derive(Clone, Debug, PartialEq)]
pub struct ToldOrder {
    /// The order.
    pub order: StoreOrder,
    /// Who bought.
    pub contact: Option<ContactId>,
}

/// What an installation spent on models in a day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SpendRow {
    /// Which.
    pub installation: InstallationId,
    /// The day (UTC): `2026-11-23`.
    pub day: String,
    /// In micro-units of the configured currency.
    pub micros: i64,
    /// How many questions.
    pub calls: i64,
}
