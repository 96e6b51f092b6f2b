//! `flow.toml`.

mod check;
mod outside;

use std::collections::BTreeMap;

use ponte_model::FlowName;
use semver::Version;
use serde::{Deserialize, Serialize};

pub(crate) use check::{check, cross_check, languages};
pub use outside::{AiDeclared, HttpDeclared, HttpScheme};

use crate::{Contract, CronLine, Localized, Permission};

/// What a flow package says of itself. Written as JSON in the store, in the shape of `flow.toml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Manifest {
    /// What it is.
    pub flow: About,
    /// What it asks for, and the reason that the shop is shown.
    #[serde(default, rename = "permissions")]
    pub reasons: BTreeMap<Permission, Localized>,
    /// Which events it is offered.
    #[serde(default)]
    pub trigger: Trigger,
    /// When it runs by the clock.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub schedules: Vec<Schedule>,
    /// What a failed run leads to.
    pub failure: Failure,
    /// How its messages are sent.
    #[serde(default, skip_serializing_if = "Sending::is_default")]
    pub send: Sending,
    /// Web services that it may ask.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub http: Vec<HttpDeclared>,
    /// What it does without a model.
    #[serde(default, skip_serializing_if = "AiDeclared::is_default")]
    pub ai: AiDeclared,
    /// What a run may use up.
    #[serde(default)]
    pub limits: Limits,
    /// Templates that are needed only where a setting has a value: the template's name, and the setting. All others that
    /// the package brings are needed always.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub needed_with: BTreeMap<String, String>,
}

impl Manifest {
    /// What the flow asks for.
    pub fn permissions(&self) -> impl Iterator<Item = Permission> {
        self.reasons.keys().copied()
    }
}

/// What a flow is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// Its name, a-z, 0-9 and -.
    pub name: FlowName,
    /// Its version.
    pub version: Version,
    /// The contract that its plugin was built for.
    pub contract: Contract,
    /// The file of the component, relative to the package like the others.
    pub plugin: String,
    /// The file of the settings' JSON Schema.
    pub settings: String,
    /// The directory of the texts.
    pub texts: String,
    /// The directory of the message templates; `templates`, if there is one, unless set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub templates: Option<String>,
    /// The languages it has texts in; where none fits, the first is taken.
    pub languages: Vec<String>,
    /// What a shop calls it.
    pub title: Localized,
    /// What it does, in a sentence.
    pub summary: Localized,
}

/// Which events a flow is offered. Its timers and schedules always come.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trigger {
    /// Kinds of events.
    #[serde(default)]
    pub events: Vec<TriggerEvent>,
    /// At which hours.
    #[serde(default)]
    pub hours: TriggerHours,
    /// For so many hours after the flow wrote to somebody, it is offered what they do, before other flows; and nothing
    /// that others do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub follow_up_hours: Option<u32>,
    /// How long a customer must have been quiet before the flow is run with all that they wrote: `8s`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub debounce: Option<String>,
    /// The setting that lists the people whose messages it is offered, by phone number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contacts: Option<String>,
    /// The setting with the tags of people whose messages it is offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tags: Option<String>,
    /// The setting that lists people whose messages it is never offered.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub except: Option<String>,
}

/// A kind of event that a flow can be offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TriggerEvent {
    /// The customer wrote.
    Message,
    /// The customer changed a message.
    Edit,
    /// The customer deleted a message.
    Revoke,
    /// One of the flow's messages moved on.
    Receipt,
    /// A store told of an order.
    Order,
}

/// At which hours, by the `timezone`, `hours` and `holidays` of the installation's settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TriggerHours {
    /// At all hours.
    #[default]
    Any,
    /// While the shop is open.
    Open,
    /// While the shop is closed.
    Closed,
}

/// A run by the clock.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Schedule {
    /// What the flow is told.
    pub name: String,
    /// When, on the wall clock of the settings' `timezone`.
    pub cron: CronLine,
}

/// What a failed run leads to, after its tries.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// The plugin trapped.
    pub trap: FailureAction,
    /// The plugin took too long.
    pub timeout: FailureAction,
    /// The plugin rejected the event.
    pub reject: FailureAction,
    /// The key of the text that is the default reply.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
    /// How often a run is tried in all.
    #[serde(default = "default_tries")]
    pub tries: u32,
}

fn default_tries() -> u32 {
    3
}

/// What a failed run leads to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum FailureAction {
    /// Nothing.
    Skip,
    /// A text of the package is sent.
    DefaultReply,
    /// The conversation is given to a person.
    HandOff,
}

/// How a flow's messages are sent.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sending {
    /// Whether texts that a run sends to one person one after the other become one message: each message is charged.
    #[serde(default)]
    pub merge: bool,
    /// What becomes of a free-form message that finds the customer-service window closed.
    #[serde(default, skip_serializing_if = "ClosedChoice::is_default")]
    pub when_closed: ClosedChoice,
    /// What is sent in its place, with `when_closed = "template"`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closed_template: Option<ClosedTemplate>,
    /// At most so many messages of an installation; the operator may set less.
    #[serde(default, skip_serializing_if = "FlowCeiling::is_default")]
    pub ceiling: FlowCeiling,
}

/// What becomes of a free-form message that finds the customer-service window closed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum ClosedChoice {
    /// The flow is refused, and what waits already ends with the reason.
    #[default]
    Refuse,
    /// A template goes in its place.
    Template,
    /// It waits until the customer writes again.
    Hold,
    /// It is not sent, and the conversation is given to people.
    HandOff,
    /// It is not sent.
    Drop,
}

impl ClosedChoice {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// The template that goes in the place of a message that finds the window closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ClosedTemplate {
    /// Its name.
    pub name: String,
    /// Its language, with an underscore: `pt_BR`.
    pub language: String,
    /// What fills its body in, in order. `{text}` stands for the words of the message.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub params: Vec<String>,
}

/// At most so many messages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowCeiling {
    /// In any 60 minutes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hour: Option<u32>,
    /// In any 24 hours.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub day: Option<u32>,
}

impl FlowCeiling {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Sending {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// What a run may use up. A package can only ask for less than the host allows.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Memory, in MiB.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory_mib: Option<u32>,
    /// How long it waits for answers from outside in all, in seconds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait_seconds: Option<u32>,
}

impl Limits {
    /// The memory a run may use, in bytes, where the host allows `host` bytes.
    pub fn memory_bytes(&self, host: u64) -> u64 {
        self.memory_mib.map_or(host, |mib| host.min(u64::from(mib) << 20))
    }
}
