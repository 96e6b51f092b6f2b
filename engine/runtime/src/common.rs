//! Settings that the host understands in any flow: `timezone`, `hours`, `holidays`, `release_after`.

use std::time::Duration;

use ponte_policy::hours::Hours;
use ponte_policy::parse_release_after;
use serde_json::Value;

/// Where a setting is (as a JSON pointer) and what is wrong with it.
pub type SettingProblem = (String, String);

/// What is wrong with the settings that the host understands. For the check of settings before they are stored.
pub fn check_settings(settings: &Value) -> Vec<SettingProblem> {
    hours(settings).err().into_iter().chain(release_after(settings).err()).collect()
}

/// The shop's hours, if the settings have any.
pub(crate) fn hours(settings: &Value) -> Result<Option<Hours>, SettingProblem> {
    let spans = strings(&settings["hours"]);
    if spans.is_empty() {
        return Ok(None);
    }
    let zone = settings["timezone"].as_str().unwrap_or("UTC");
    let hours = Hours::parse(zone, &spans, &strings(&settings["holidays"]));
    hours.map(Some).map_err(|error| (error.field.pointer(), error.to_string()))
}

/// How long the flow is silent after people wrote, if the settings say.
pub(crate) fn release_after(settings: &Value) -> Result<Option<Duration>, SettingProblem> {
    let text = settings["release_after"].as_str().map(str::trim).filter(|text| !text.is_empty());
    text.map(|text| parse_release_after(text).map_err(|why| ("/release_after".to_owned(), why))).transpose()
}

/// A string, or a list of strings.
fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(many) => many.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}
