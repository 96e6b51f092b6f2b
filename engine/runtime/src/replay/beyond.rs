//! What a plugin that is tried may ask and the recorded one did not: its package, and the shop's settings, tell.

use ponte_flow::{PackageSnapshot, Settings};
use ponte_model::send::Outbound;
use ponte_model::{Refusal, Timestamp};
use ponte_policy::hours::Hours;
use ponte_sandbox::journal::{Beyond, Nothing};
use ponte_sandbox::{LocalTime, Period};
use ponte_store::InstallationRow;
use serde_json::json;

use super::Candidate;
use crate::common::{check_settings, hours};

/// What is known beyond the recording.
pub(super) struct Known {
    /// Whose texts count before the recorded ones.
    own: Option<PackageSnapshot>,
    /// As it is installed now.
    installed: Option<PackageSnapshot>,
    settings: Option<Settings>,
    hours: Option<Hours>,
    /// Whether anything is known but the recording.
    tries: bool,
    remarks: Vec<String>,
}

impl Known {
    /// For the plugin that was recorded: the recording has it all.
    pub(super) fn nothing() -> Self {
        Self { own: None, installed: None, settings: None, hours: None, tries: false, remarks: Vec::new() }
    }

    pub(super) fn of(candidate: &Candidate, row: Option<&InstallationRow>) -> Self {
        let mut remarks = Vec::new();
        let installed: Option<PackageSnapshot> = row.and_then(|row| serde_json::from_value(row.package.clone()).ok());
        if row.is_none() {
            remarks.push("its installation is gone: settings that it did not ask for are unknown".to_owned());
        }
        let own = match candidate {
            Candidate::Component(_) => None,
            Candidate::Package { package, .. } => Some(package.snapshot.clone()),
        };
        let settings = match &own {
            None => row.and_then(|row| serde_json::from_value(row.settings.clone()).ok()),
            Some(own) => {
                let text = row.map_or_else(|| "{}".to_owned(), |row| row.settings.to_string());
                let check = |text: &str| own.check_settings_with("settings.json", text, &check_settings);
                check(&text)
                    .or_else(|error| {
                        let first = error.problems.first().map(|problem| problem.what.clone()).unwrap_or_default();
                        remarks.push(format!(
                        "the shop's settings do not fit the package ({first}): what was not recorded has its defaults"
                    ));
                        check("{}")
                    })
                    .ok()
            }
        };
        let hours = settings.as_ref().and_then(|settings| hours(settings.as_json()).ok().flatten());
        Self { own, installed, settings, hours, tries: true, remarks }
    }

    pub(super) fn remarks(&self) -> Vec<String> {
        self.remarks.clone()
    }

    pub(super) fn boxed(self) -> Box<dyn Beyond> {
        if self.tries { Box::new(self) } else { Box::new(Nothing) }
    }
}

impl Beyond for Known {
    fn own_text(&self, key: &str, language: &str) -> Option<Option<String>> {
        Some(self.own.as_ref()?.texts.get(key, language).map(str::to_owned))
    }

    fn setting(&self, key: &str) -> Option<Option<String>> {
        Some(self.settings.as_ref()?.get(key).map(|value| json!(value).to_string()))
    }

    fn text(&self, key: &str, language: &str) -> Option<Option<String>> {
        Some(self.installed.as_ref()?.texts.get(key, language).map(str::to_owned))
    }

    fn period(&self, at: Timestamp) -> Option<Result<Period, Refusal>> {
        let period = self.hours.as_ref()?.period_at(at);
        Some(Ok(Period { open: period.open, since: period.since, until: period.until }))
    }

    fn local_time(&self, at: Timestamp) -> Option<Result<LocalTime, Refusal>> {
        let local = self.hours.as_ref()?.local(at);
        Some(Ok(crate::handle::local_time(&local)))
    }

    fn fits(&self, message: &Outbound) -> Option<Result<(), Refusal>> {
        Some(ponte_whatsapp::outbound::check(message))
    }
}
