//! Settings that the host understands in any flow: `timezone`, `hours`, `holidays`, `debounce`, `release_after`.

use std::time::Duration;

use ponte_policy::debounce::Patience;
use ponte_policy::hours::Hours;
use ponte_policy::parse_release_after;
use serde_json::Value;

/// Where a setting is (as a JSON pointer) and what is wrong with it.
pub type SettingProblem = (String, String);

/// What is wrong with the settings that the host understands. For the check of settings before they are stored.
pub fn check_settings(settings: &Value) -> Vec<SettingProblem> {
    let problems = [hours(settings).err(), debounce(None, settings).err(), release_after(settings).err()];
    problems.into_iter().flatten().collect()
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

/// How long a flow waits for more lines: as the shop set, else as the manifest declares.
pub(crate) fn debounce(declared: Option<&str>, settings: &Value) -> Result<Option<Patience>, SettingProblem> {
    let Some(text) = settings["debounce"].as_str().or(declared) else { return Ok(None) };
    Patience::parse(text).map_err(|right| ("/debounce".to_owned(), format!("`{text}` is no such time: {right}")))
}

/// How long the flow is silent after people wrote, if the settings say.
pub(crate) fn release_after(settings: &Value) -> Result<Option<Duration>, SettingProblem> {
    let text = settings["release_after"].as_str().map(str::trim).filter(|text| !text.is_empty());
    text.map(|text| parse_release_after(text).map_err(|why| ("/release_after".to_owned(), why))).transpose()
}

/// A string, or a list of strings.
pub(crate) fn strings(value: &Value) -> Vec<String> {
    match value {
        Value::String(one) => vec![one.clone()],
        Value::Array(many) => many.iter().filter_map(|one| one.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_shop_may_wait_longer_than_the_flow_or_not_at_all() {
        let quiet = |declared, settings| {
            debounce(declared, &settings).map(|patience| patience.map(|patience| patience.quiet.as_secs()))
        };
        assert_eq!(quiet(Some("8s"), json!({})), Ok(Some(8)));
        assert_eq!(quiet(Some("8s"), json!({ "debounce": "1m" })), Ok(Some(60)));
        assert_eq!(quiet(Some("8s"), json!({ "debounce": "off" })), Ok(None));
        assert_eq!(quiet(None, json!({ "debounce": "20s" })), Ok(Some(20)));
        assert_eq!(quiet(None, json!({})), Ok(None));
        let wrong = check_settings(&json!({ "debounce": "1h" }));
        let why = "`1h` is no such time: write 8s, 2m or off".to_owned();
        assert_eq!(wrong, [("/debounce".to_owned(), why)]);
    }
}
