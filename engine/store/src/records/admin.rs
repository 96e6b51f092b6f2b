use ponte_model::{
    ContactId, Currency, Digest256, FlowName, InstallationId, NumberId, Phone, TenantId, Timestamp, UserId, WabaId,
};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A business number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberRow {
    /// Meta's `phone_number_id`.
    pub id: NumberId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The account it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub waba_id: Option<WabaId>,
    /// Its digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub display_phone: Option<Phone>,
    /// What the operator set for it.
    pub config: NumberConfig,
}

/// What the operator set for a number.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct NumberConfig {
    /// `coexistence`, `api` or `app`.
    pub mode: NumberMode,
    /// Messages a second, inbound and outbound added.
    pub throughput: u32,
    /// Why nothing may be sent now, if so: offboarded, paused by the operator …
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub suspended: Option<String>,
    /// How the account is billed.
    #[serde(default, skip_serializing_if = "Billing::is_default")]
    pub billing: Billing,
}

/// How a number's account is billed.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Billing {
    /// The account's currency; that of the rate cards, if they have one alone, where it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<Currency>,
    /// The account's zone, by its IANA name: days and months turn at its midnight. UTC where it is not set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
}

impl Billing {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Where a number lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum NumberMode {
    /// On the WhatsApp Business app and on the Cloud API at once.
    Coexistence,
    /// On the Cloud API only.
    Api,
    /// On the phone only: events are recorded, nothing is automated.
    App,
}

impl NumberMode {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Coexistence => "coexistence",
            Self::Api => "api",
            Self::App => "app",
        }
    }
}

/// A flow at work in a tenant.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct InstallationRow {
    /// Its id.
    pub id: InstallationId,
    /// Whose it is.
    pub tenant: TenantId,
    /// The flow.
    pub flow: FlowName,
    /// Its version.
    pub version: String,
    /// Its plugin.
    pub digest: Digest256,
    /// Whether it runs.
    pub state: InstallationState,
    /// Lower is asked first.
    pub priority: i64,
    /// On which numbers; empty: on every number of the tenant.
    pub numbers: Vec<NumberId>,
    /// The package as it was installed.
    pub package: Value,
    /// The settings, checked against the package's schema.
    pub settings: Value,
    /// When it was installed.
    pub created_at: Timestamp,
}

/// Whether an installation runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum InstallationState {
    /// Runs.
    Active,
    /// Gets no events.
    Paused,
}

impl InstallationState {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
        }
    }
}

/// A person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContactRow {
    /// Ponte's id.
    pub id: ContactId,
    /// BSUID.
    pub user_id: Option<UserId>,
    /// Phone in digits.
    pub phone: Option<Phone>,
    /// What they call themselves.
    pub name: Option<String>,
    /// Their WhatsApp username.
    pub username: Option<String>,
    /// Their name in the phone's address book.
    pub app_name: Option<String>,
    /// Their tags.
    pub tags: Vec<String>,
}

/// A change of the address book on the phone, or of a person's ids.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ContactChange {
    /// The name in the address book; `None` when the entry was removed.
    AppName(Option<String>),
    /// From now on the person has this phone number.
    Phone(Phone),
    /// From now on the person has this BSUID.
    UserId(UserId),
}

/// How much waits where.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Backlog {
    /// Events not handled.
    pub inbox: i64,
    /// Messages not sent.
    pub queued: i64,
    /// Messages whose fate nobody knows.
    pub in_doubt: i64,
    /// Events that were given up.
    pub parked: i64,
}

/// How many rows a purge took away.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Purged {
    /// Events.
    pub inbox: u64,
    /// Messages.
    pub outbox: u64,
    /// Runs.
    pub runs: u64,
    /// Lines of the ledger.
    pub charges: u64,
    /// Keys past their time.
    pub state: u64,
}
