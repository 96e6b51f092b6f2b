//! The policy as it is written: data, in TOML for people and JSON in the store.

use std::collections::BTreeMap;

use ponte_model::{InstallationId, NumberId, Owner};
use serde::{Deserialize, Deserializer, Serialize};

use crate::Category;

/// Who handles what, for one tenant. Without any of it, installed flows are asked in their priority.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoutingPolicy {
    /// The zone of dates and calendars that name none of their own; UTC where it is missing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// What is switched to the phone alone.
    #[serde(skip_serializing_if = "AppOnly::is_off")]
    pub app_only: AppOnly,
    /// What automation may still send where a chat belongs to the phone.
    #[serde(skip_serializing_if = "OnPhone::is_default")]
    pub on_phone: OnPhone,
    /// Who handles what no rule speaks of.
    #[serde(skip_serializing_if = "Fallback::is_default")]
    pub default: Fallback,
    /// Lists of people, by name: Ponte's contact ids, phone numbers with country code, or BSUIDs.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub lists: BTreeMap<String, Vec<String>>,
    /// Opening hours, by name.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub calendars: BTreeMap<String, Calendar>,
    /// Words that tell a language, by the language's code.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub languages: BTreeMap<String, Vec<String>>,
    /// The staged transition: what is in no stage stays on the phone. Without stages everything is automated.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stages: Vec<Stage>,
    /// The rules, in the order in which they are asked.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleEntry>,
}

/// Who handles an event.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Target {
    /// This installation and no other.
    Flow(InstallationId),
    /// The installed flows, in their priority.
    #[default]
    Flows,
    /// The owner of the phone: nothing is automated.
    App,
    /// People on the API side: nothing is automated.
    Team,
    /// Nobody: flows are not asked, and whoever watches the chat may look.
    Observe,
    /// Nobody, and nobody needs to look.
    Ignore,
}

impl Target {
    /// The people that it names, if it does: then automation is silent.
    pub fn people(&self) -> Option<Owner> {
        match self {
            Self::App => Some(Owner::App),
            Self::Team => Some(Owner::Team),
            Self::Flow(_) | Self::Flows | Self::Observe | Self::Ignore => None,
        }
    }
}

impl std::fmt::Display for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Flow(installation) => write!(f, "flow {installation}"),
            Self::Flows => f.write_str("flows"),
            Self::App => f.write_str("app"),
            Self::Team => f.write_str("team"),
            Self::Observe => f.write_str("observe"),
            Self::Ignore => f.write_str("ignore"),
        }
    }
}

/// One rule.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RuleEntry {
    /// What it is called in decisions.
    pub name: String,
    /// Who handles the event then.
    pub to: Target,
    /// Why, in the shop's words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
    /// When it holds; always, if nothing is said.
    #[serde(default, skip_serializing_if = "When::is_always")]
    pub when: When,
}

/// The conditions of a rule. All that are given must hold; where several values are given, one of them is enough.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct When {
    /// The person is in one of these lists.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<String>,
    /// The person has one of these tags.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// The number's sector.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub sectors: Vec<String>,
    /// The number's unit.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub units: Vec<String>,
    /// The number itself.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub numbers: Vec<NumberId>,
    /// Whether it is open.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub hours: Option<OpenOrClosed>,
    /// By which calendar; that of the flow which the rule names, where none is given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub calendar: Option<String>,
    /// The kind of message: `text`, `image`, `media`, `button`, `edit` …
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub kinds: Vec<String>,
    /// Whole words of the text, without case and accents.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub keywords: Vec<String>,
    /// The language: the person's tag `language:CODE`, or a word that `languages` declares for it.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub languages: Vec<String>,
    /// Whether an ad or a post opened the chat with this message.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ad: Option<bool>,
    /// Meta's id of the ad or post that did.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub ad_sources: Vec<String>,
    /// Whether it answers one of our templates.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub campaign: Option<bool>,
    /// The name of the template that it answers.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub campaigns: Vec<String>,
    /// Whether the person is new.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<Acquaintance>,
    /// Who speaks in the conversation. Where people speak, flows are never asked, whatever a rule says.
    #[serde(deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub owners: Vec<Owner>,
    /// A share of all contacts, 0 to 100. Who is in it stays in it when it grows.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub percent: Option<u8>,
    /// What the share is counted by: rules with the same plan choose the same people. The rule's name, if not given.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<String>,
    /// From this moment on: `2026-10-01`, `2026-10-01 08:00`, or RFC 3339.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
    /// Before this moment.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub until: Option<String>,
}

impl When {
    fn is_always(&self) -> bool {
        *self == Self::default()
    }
}

/// Open or closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum OpenOrClosed {
    /// Open.
    Open,
    /// Closed.
    Closed,
}

/// Whether somebody is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Acquaintance {
    /// Their first message here, and nobody wrote to them from the phone. Imported history is not counted.
    New,
    /// Any other.
    Returning,
}

/// Opening hours, as flows' settings write them.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Calendar {
    /// The zone, where it is not the policy's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timezone: Option<String>,
    /// `mon-fri 09:00-18:00` …
    #[serde(deserialize_with = "one_or_many")]
    pub hours: Vec<String>,
    /// `12-25` …
    #[serde(default, deserialize_with = "one_or_many", skip_serializing_if = "Vec::is_empty")]
    pub holidays: Vec<String>,
}

/// A step of the transition from the phone to automation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Stage {
    /// What it is called. Also what its share is counted by, so it keeps its people as long as it keeps its name.
    pub name: String,
    /// The sector of the numbers that it is for; any, if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sector: Option<String>,
    /// Their unit; any, if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<String>,
    /// The share of their contacts that is automated, 0 to 100.
    pub percent: u8,
    /// From when on; always, if not given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<String>,
}

/// What is switched to the phone alone: events are recorded, nothing is automated.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct AppOnly {
    /// Everything.
    pub tenant: bool,
    /// The numbers of these units.
    #[serde(deserialize_with = "one_or_many")]
    pub units: Vec<String>,
    /// These numbers.
    #[serde(deserialize_with = "one_or_many")]
    pub numbers: Vec<NumberId>,
}

impl AppOnly {
    fn is_off(&self) -> bool {
        *self == Self::default()
    }
}

/// What automation may still send where a chat belongs to the phone.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OnPhone {
    /// The categories of templates.
    #[serde(deserialize_with = "one_or_many")]
    pub templates: Vec<Category>,
}

impl OnPhone {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

impl Default for OnPhone {
    fn default() -> Self {
        Self { templates: vec![Category::Utility, Category::Authentication] }
    }
}

/// Who handles what no rule speaks of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fallback {
    /// Who.
    pub to: Target,
    /// Why, in the shop's words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub why: Option<String>,
}

impl Fallback {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// A value, or a list of them.
fn one_or_many<'de, D: Deserializer<'de>, T: Deserialize<'de>>(deserializer: D) -> Result<Vec<T>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany<T> {
        One(T),
        Many(Vec<T>),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(one) => vec![one],
        OneOrMany::Many(many) => many,
    })
}
