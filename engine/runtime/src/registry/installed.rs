//! An installation, ready to run: its package and settings understood, its plugin loaded.

use std::sync::Arc;
use std::time::Duration;

use ponte_connect::Grants;
use ponte_flow::{
    ClosedChoice, CronLine, Failure, PackageSnapshot, Sending, Settings, TemplateFile, TriggerEvent, TriggerHours,
};
use ponte_model::send::{Payload, Template};
use ponte_model::{Digest256, FlowName, InstallationId, NumberId, Phone, Refusal, TenantId, WhenClosed};
use ponte_policy::debounce::Patience;
use ponte_policy::hours::Hours;
use ponte_policy::pacing::Ceiling;
use ponte_policy::template::as_value;
use ponte_policy::{HoursCondition, People, Trigger, Version};
use ponte_sandbox::{PermissionSet, Plugin};
use ponte_store::InstallationRow;
use serde_json::Value;
use tokio::sync::{Mutex, Semaphore};

use crate::common::{debounce, strings};

pub(crate) use ponte_flow::FailureAction;

/// Runs at once of an installation that may wait for somebody outside.
const OUTSIDE_TURNS: usize = 16;

/// An installation, ready to run.
pub(crate) struct Installed {
    pub(crate) id: InstallationId,
    pub(crate) tenant: TenantId,
    pub(crate) flow: FlowName,
    pub(crate) version: String,
    pub(crate) digest: Digest256,
    /// Whether another version is in force, and this one only ends what it began.
    pub(crate) replaced: bool,
    /// Empty: every number of the tenant.
    pub(crate) numbers: Vec<NumberId>,
    pub(crate) trigger: Trigger,
    /// For so long after it wrote to somebody the flow is offered what they do.
    pub(crate) follow_up: Option<Duration>,
    pub(crate) permissions: PermissionSet,
    /// What it may reach.
    pub(crate) grants: Grants,
    pub(crate) failure: Failure,
    /// Whether consecutive texts of a run become one message.
    pub(crate) merge: bool,
    /// At most so many messages, by its own manifest.
    pub(crate) ceiling: Ceiling,
    sending: Sending,
    pub(crate) schedules: Vec<(String, CronLine)>,
    /// How long it waits for more lines of a customer's, if it does.
    pub(crate) debounce: Option<Patience>,
    /// The shop's hours, where its settings have them.
    pub(crate) hours: Option<Hours>,
    /// How long it is silent after people wrote, where its settings say.
    pub(crate) release_after: Option<Duration>,
    pub(crate) plugin: Plugin,
    /// Runs of this installation at once.
    pub(crate) turns: Semaphore,
    /// Of several runs that lost a race for a key, one at a time tries again.
    pub(crate) after_conflict: Arc<Mutex<()>>,
    package: PackageSnapshot,
    settings: Settings,
}

/// An installation whose stored form this version does not understand.
pub(super) fn unreadable(what: &str, error: &serde_json::Error) -> String {
    format!("its {what} cannot be read ({error}); install it again")
}

/// The word that the routing rules use.
fn kind(event: TriggerEvent) -> &'static str {
    match event {
        TriggerEvent::Message => "message",
        TriggerEvent::Edit => "edit",
        TriggerEvent::Revoke => "revoke",
        TriggerEvent::Receipt => "receipt",
        TriggerEvent::Order => "order",
    }
}

/// Whose messages a flow wants to be offered, by the shop's settings that its manifest names.
fn people(declared: &ponte_flow::Trigger, settings: &Value) -> Option<People> {
    let of = |setting: &Option<String>| setting.iter().flat_map(|name| strings(&settings[name.as_str()])).collect();
    let [listed, tags, except]: [Vec<String>; 3] = [of(&declared.contacts), of(&declared.tags), of(&declared.except)];
    let people = People {
        listed: People::listed(listed.iter().map(String::as_str)),
        tags: tags.into_iter().collect(),
        only: declared.contacts.is_some() || declared.tags.is_some(),
        except: People::listed(except.iter().map(String::as_str)),
    };
    (people.only || declared.except.is_some()).then_some(people)
}

/// What a flow wants to be offered, as the routing rules ask.
pub(crate) fn trigger(declared: &ponte_flow::Trigger, settings: &Value) -> Trigger {
    Trigger {
        people: people(declared, settings),
        events: declared.events.iter().map(|event| kind(*event).to_owned()).collect(),
        hours: match declared.hours {
            TriggerHours::Any => HoursCondition::Any,
            TriggerHours::Open => HoursCondition::Open,
            TriggerHours::Closed => HoursCondition::Closed,
        },
        follow_up: declared.follow_up_hours.is_some(),
    }
}

impl Installed {
    pub(super) fn of(
        row: InstallationRow,
        package: PackageSnapshot,
        plugin: Plugin,
        turns: usize,
    ) -> Result<Self, String> {
        let settings: Settings =
            serde_json::from_value(row.settings).map_err(|error| unreadable("settings", &error))?;
        let manifest = &package.manifest;
        let words = manifest.permissions().map(|permission| permission.as_str());
        let permissions = PermissionSet::from_words(words).map_err(|error| error.to_string())?;
        let grants = crate::outside::granted(&manifest.http)?;
        // Runs that wait for somebody outside have places of their own; one installation takes half of those.
        let turns = if permissions.reaches_outside() { OUTSIDE_TURNS } else { turns };
        let hours = crate::common::hours(settings.as_json()).map_err(|problem| problem.1)?;
        let release_after = crate::common::release_after(settings.as_json()).map_err(|problem| problem.1)?;
        Ok(Self {
            id: row.id,
            tenant: row.tenant,
            flow: row.flow,
            version: row.version,
            digest: row.digest,
            replaced: false,
            numbers: row.numbers,
            follow_up: manifest.trigger.follow_up_hours.map(|hours| Duration::from_secs(u64::from(hours) * 3600)),
            trigger: trigger(&manifest.trigger, settings.as_json()),
            debounce: debounce(manifest.trigger.debounce.as_deref(), settings.as_json())
                .map_err(|problem| problem.1)?,
            permissions,
            grants,
            failure: manifest.failure.clone(),
            merge: manifest.send.merge,
            ceiling: Ceiling { hour: manifest.send.ceiling.hour, day: manifest.send.ceiling.day },
            sending: manifest.send.clone(),
            schedules: manifest.schedules.iter().map(|one| (one.name.clone(), one.cron.clone())).collect(),
            hours,
            release_after,
            plugin,
            turns: Semaphore::new(turns),
            after_conflict: Arc::default(),
            package,
            settings,
        })
    }

    /// Whether it is this version.
    pub(crate) fn is(&self, version: &Version) -> bool {
        self.version == version.version && self.digest == version.digest
    }

    /// Which version it is.
    pub(crate) fn as_version(&self) -> Version {
        Version { version: self.version.clone(), digest: self.digest.clone() }
    }

    /// Whether it is asked about events of a tenant's number.
    pub(crate) fn serves(&self, tenant: &TenantId, number: Option<&NumberId>) -> bool {
        let here = number.is_some_and(|number| self.numbers.contains(number));
        self.tenant == *tenant && (self.numbers.is_empty() || here)
    }

    /// What becomes of a message that finds the window closed, where its run says nothing of its own.
    pub(crate) fn when_closed(&self, message: &Payload) -> WhenClosed {
        if !message.is_free_form() {
            return WhenClosed::Refuse;
        }
        match (self.sending.when_closed, &self.sending.closed_template) {
            (ClosedChoice::Hold, _) => WhenClosed::Hold,
            (ClosedChoice::HandOff, _) => WhenClosed::HandOff,
            (ClosedChoice::Drop, _) => WhenClosed::Drop,
            (ClosedChoice::Template, Some(template)) => {
                let words = message.words();
                let value = |param: &String| as_value(&param.replace("{text}", &words));
                let params = template.params.iter().map(value);
                let template = Template::positional(&template.name, &template.language, params);
                WhenClosed::Template { template: Box::new(template) }
            }
            (ClosedChoice::Refuse | ClosedChoice::Template, _) => WhenClosed::Refuse,
        }
    }

    /// The shop's hours, or why there are none.
    pub(crate) fn calendar(&self) -> Result<&Hours, Refusal> {
        self.hours.as_ref().ok_or_else(|| Refusal::Other { why: "this installation's settings have no `hours`".into() })
    }

    /// The zone of the shop's wall clock; UTC where none is set.
    pub(crate) fn timezone(&self) -> &str {
        self.settings.get("timezone").and_then(|zone| zone.as_str()).unwrap_or("UTC")
    }

    /// The language to speak where nothing tells what the customer speaks.
    pub(crate) fn language(&self) -> String {
        let set = self.settings.get("language").and_then(|language| language.as_str());
        set.filter(|language| *language != "auto").unwrap_or_default().to_owned()
    }

    /// Phone numbers that the shop wrote into a setting; none where it holds none.
    pub(crate) fn phones(&self, key: &str) -> Vec<Phone> {
        let Some(setting) = self.settings.get(key) else { return Vec::new() };
        strings(setting).iter().filter_map(|written| Phone::typed(written, None)).collect()
    }

    /// The key of the text that stands in for a model's answer, if its manifest declares one.
    pub(crate) fn ai_fallback(&self) -> Option<&str> {
        self.package.manifest.ai.fallback.as_deref()
    }

    /// The message templates that its package brings.
    pub(crate) fn templates(&self) -> &[TemplateFile] {
        &self.package.templates
    }

    /// A setting, as JSON.
    pub(crate) fn setting(&self, key: &str) -> Option<String> {
        self.settings.get(key).map(ToString::to_string)
    }

    /// A text of the package, in the language that fits best.
    pub(crate) fn text(&self, key: &str, language: &str) -> Option<String> {
        self.package.texts.get(key, language).map(str::to_owned)
    }
}
