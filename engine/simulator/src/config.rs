//! How a simulator is set up.

use std::time::Duration;

use ponte_model::{NumberId, Phone, WabaId};

use crate::Template;

/// How a simulator is set up. Made with [`Config::new`]; every field may be changed afterwards.
#[derive(Clone, Debug)]
pub struct Config {
    /// Signs webhooks.
    pub app_secret: String,
    /// Shown to the webhook in the handshake.
    pub verify_token: String,
    /// Where webhooks go; may be set later.
    pub webhook_url: Option<String>,
    /// The accounts, with their numbers and templates.
    pub wabas: Vec<Waba>,
    /// Everything that is random follows from this.
    pub seed: u64,
    /// What becomes of accepted messages.
    pub statuses: StatusPlan,
    /// How a free-form message outside the window is refused.
    pub window_refusal: WindowRefusal,
    /// When a webhook that was not answered 200 is tried again.
    pub retry: RetryPlan,
    /// How long, in **real** time, a webhook may take before it counts as failed.
    pub webhook_timeout: Duration,
    /// How many webhooks may be on their way at the same time.
    pub webhook_connections: usize,
    /// Whether a WABA's webhooks go out only after `POST /{waba}/subscribed_apps`.
    pub require_subscription: bool,
    /// Whether phone numbers that no test has introduced are on WhatsApp. If not, messages to them fail (131026).
    pub strangers_on_whatsapp: bool,
    /// Whether a template that is submitted is approved at once. If not, it is under review until a test decides.
    pub approve_templates: bool,
    /// How many entries of the transcript, and messages of each inbox, are kept; older ones go first.
    pub keep: usize,
}

impl Config {
    /// A simulator without numbers, where everything sent is delivered at once and nobody reads by themselves.
    pub fn new(app_secret: impl Into<String>, verify_token: impl Into<String>) -> Self {
        Self {
            app_secret: app_secret.into(),
            verify_token: verify_token.into(),
            webhook_url: None,
            wabas: Vec::new(),
            seed: 1,
            statuses: StatusPlan::default(),
            window_refusal: WindowRefusal::Synchronous,
            retry: RetryPlan::default(),
            webhook_timeout: Duration::from_secs(10),
            webhook_connections: 256,
            require_subscription: false,
            strangers_on_whatsapp: true,
            approve_templates: false,
            keep: usize::MAX,
        }
    }

    /// Adds an account.
    #[must_use]
    pub fn waba(mut self, waba: Waba) -> Self {
        self.wabas.push(waba);
        self
    }
}

/// A WhatsApp Business account.
#[derive(Clone, Debug)]
pub struct Waba {
    /// Meta's id.
    pub id: WabaId,
    /// The portfolio that owns it; BSUIDs differ between portfolios. At first `portfolio-<waba id>`.
    pub portfolio: String,
    /// Its numbers.
    pub numbers: Vec<NumberSetup>,
    /// Its templates.
    pub templates: Vec<Template>,
}

impl Waba {
    /// An account without numbers and templates.
    pub fn new(id: impl Into<WabaId>) -> Self {
        let id = id.into();
        Self { portfolio: format!("portfolio-{id}"), id, numbers: Vec::new(), templates: Vec::new() }
    }

    /// Puts it into a portfolio.
    #[must_use]
    pub fn portfolio(mut self, portfolio: impl Into<String>) -> Self {
        self.portfolio = portfolio.into();
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn number(mut self, number: NumberSetup) -> Self {
        self.numbers.push(number);
        self
    }

    /// Adds a template.
    #[must_use]
    pub fn template(mut self, template: Template) -> Self {
        self.templates.push(template);
        self
    }
}

/// Where a number lives.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// In the WhatsApp Business app and on the API.
    Coexistence,
    /// On the API alone.
    ApiOnly,
}

/// A business phone number.
#[derive(Clone, Debug)]
pub struct NumberSetup {
    /// Meta's `phone_number_id`.
    pub id: NumberId,
    /// The phone number in digits.
    pub display_phone: Phone,
    /// The access token that may use it.
    pub token: String,
    /// Where it lives.
    pub mode: Mode,
    /// Messages a second, inbound and outbound together.
    pub messages_per_second: u32,
    /// The business's name.
    pub verified_name: String,
    /// `GREEN`, `YELLOW`, `RED` or `UNKNOWN`.
    pub quality_rating: String,
    /// `TIER_250` … `TIER_UNLIMITED`; shown, not enforced.
    pub messaging_limit: String,
}

impl NumberSetup {
    /// A number in the app and on the API: 20 messages a second (Meta: throughput, Coexistence).
    pub fn coexistence(id: impl Into<NumberId>, display_phone: impl Into<Phone>, token: impl Into<String>) -> Self {
        Self {
            id: id.into(),
            display_phone: display_phone.into(),
            token: token.into(),
            mode: Mode::Coexistence,
            messages_per_second: 20,
            verified_name: "Loja da Ponte".to_owned(),
            quality_rating: "GREEN".to_owned(),
            messaging_limit: "TIER_2K".to_owned(),
        }
    }

    /// A number on the API alone: 80 messages a second (Meta: throughput, default).
    pub fn api_only(id: impl Into<NumberId>, display_phone: impl Into<Phone>, token: impl Into<String>) -> Self {
        let base = Self::coexistence(id, display_phone, token);
        Self { mode: Mode::ApiOnly, messages_per_second: 80, ..base }
    }

    /// Sets the throughput.
    #[must_use]
    pub fn messages_per_second(mut self, limit: u32) -> Self {
        self.messages_per_second = limit;
        self
    }
}

/// What becomes of accepted messages. Each delay counts from the step before; a step of `None` never comes, nor do
/// those after it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StatusPlan {
    /// Left Meta's servers.
    pub sent: Option<Duration>,
    /// Reached the person's device.
    pub delivered: Option<Duration>,
    /// The person reads everything by themselves. Otherwise they do when [`Customer::reads`](crate::Customer::reads)
    /// says so.
    pub read: Option<Duration>,
}

impl Default for StatusPlan {
    fn default() -> Self {
        Self { sent: Some(Duration::ZERO), delivered: Some(Duration::ZERO), read: None }
    }
}

/// How a free-form message outside the customer-service window is refused (131047). Meta mostly accepts it and
/// reports a failed status later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WindowRefusal {
    /// In the response, so that the sender learns of it at once.
    Synchronous,
    /// Accepted, then a failed status.
    ByStatus,
}

/// When a webhook that was not answered 200 is tried again. Meta: up to 7 days, exponential back-off.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RetryPlan {
    /// The wait before the second attempt; it doubles with each attempt.
    pub first: Duration,
    /// No wait is longer.
    pub longest: Duration,
    /// When to give up, counted from the first attempt.
    pub give_up_after: Duration,
}

impl Default for RetryPlan {
    fn default() -> Self {
        Self {
            first: Duration::from_secs(1),
            longest: Duration::from_secs(3600),
            give_up_after: Duration::from_secs(7 * 24 * 3600),
        }
    }
}
