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
    /// The sector that answers on it: `support`, `billing` … For routing rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// The unit that it belongs to: a shop, a franchisee. For routing rules.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// Different people a day outside the window, for the whole portfolio: its tier. Unknown: the smallest.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub daily_reach: Option<u32>,
    /// Since when its throughput and reach stand so, where somebody said it: older news change nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limits_since: Option<Timestamp>,
    /// What its provider passes on, by the name of a profile.
    #[serde(default = "default_profile")]
    pub profile: String,
    /// Minutes for which flows leave a customer's message to the phone, where answers from there are not seen; the
    /// policy's default unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub echo_blind_minutes: Option<u32>,
    /// How the account is billed.
    #[serde(default, skip_serializing_if = "Billing::is_default")]
    pub billing: Billing,
    /// What the phone's part in its chats means.
    #[serde(default, skip_serializing_if = "PhoneConfig::is_default")]
    pub phone: PhoneConfig,
}

fn default_profile() -> String {
    "meta".to_owned()
}

impl NumberConfig {
    /// A number at Meta directly.
    pub fn new(mode: NumberMode, throughput: u32) -> Self {
        Self {
            mode,
            throughput,
            sector: None,
            unit: None,
            daily_reach: None,
            limits_since: None,
            profile: default_profile(),
            echo_blind_minutes: None,
            billing: Billing::default(),
            phone: PhoneConfig::default(),
        }
    }
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

/// What the phone's part in a number's chats means: when people there have let go, and which texts are no person's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct PhoneConfig {
    /// Minutes after the last human message or hand-off; the policy's default unless set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_after_minutes: Option<u32>,
    /// A time of day at which people let go, such as `19:00`, in the number's zone.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub release_daily: Option<String>,
    /// Whether they let go when the shop closes, by the hours of the flow asked or of the first that has any.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub release_at_closing: bool,
    /// Whole messages that give a chat back when they are written on the phone.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub release_keywords: Vec<String>,
    /// The greeting that the app sends by itself.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub greeting_texts: Vec<String>,
    /// The away text that it does.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub away_texts: Vec<String>,
    /// Whether such texts are learned where none are set.
    #[serde(skip_serializing_if = "Clone::clone")]
    pub learn_texts: bool,
}

impl Default for PhoneConfig {
    fn default() -> Self {
        Self {
            release_after_minutes: None,
            release_daily: None,
            release_at_closing: false,
            release_keywords: Vec::new(),
            greeting_texts: Vec::new(),
            away_texts: Vec::new(),
            learn_texts: true,
        }
    }
}

impl PhoneConfig {
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
    /// Never ran yet, and waits for its templates.
    Waiting,
    /// Gets no events.
    Paused,
}

impl InstallationState {
    /// The word for it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Waiting => "waiting",
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
