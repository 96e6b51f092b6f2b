//! Whether scenarios can be read, as `ponte test` reads them, and play what the manifest declares: that is looked for
//! loosely.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;

use ponte_flow::{Document, Focus, Problem};
use ponte_scenario::{Scenario, ScenarioError};
use serde_json::Value;

use crate::Finding;

const FOLDER: &str = "scenarios";

/// For what `ponte test` does not understand.
const HELP: &str = "`ponte test --help` has an example";

/// A trigger of the manifest, and the step that plays it.
const EVENTS: [(&str, &str); 5] = [
    ("message", "- customer: \"oi\""),
    ("edit", "- customer: { edit: \"…\" }"),
    ("revoke", "- customer: { revoke: true }"),
    ("receipt", "- status: read"),
    ("order", "- order: { state: paid }"),
];

/// What a schedule needs to come due.
const TIME: &str = "time";

/// How many there are, and what is wrong with them.
pub(crate) fn check(dir: &Path, manifest: &Document) -> (usize, Vec<Finding>) {
    let (mut count, mut played, mut findings) = (0, BTreeSet::new(), Vec::new());
    let mut names: Vec<String> = dir
        .join(FOLDER)
        .read_dir()
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    names.sort();
    for name in names.iter().filter(|name| name.ends_with(".yaml") || name.ends_with(".yml")) {
        count += 1;
        let file = format!("{FOLDER}/{name}");
        match std::fs::read_to_string(dir.join(&file)) {
            Ok(text) => match steps(&file, &text) {
                Ok(steps) => {
                    steps.iter().for_each(|step| plays(step, &mut played));
                    findings.extend(unread(dir, &file, &text).map(Finding::error));
                }
                Err(problem) => findings.push(Finding::error(*problem)),
            },
            Err(error) => {
                let problem =
                    Problem::with_file(&file, format!("`{file}` cannot be read: {error}"), "write YAML in UTF-8");
                findings.push(Finding::error(problem));
            }
        }
    }
    // What a broken file plays is not known.
    if findings.is_empty() {
        findings.extend(not_played(manifest, count, &played));
    }
    (count, findings)
}

fn steps(file: &str, text: &str) -> Result<Vec<Value>, Box<Problem>> {
    let whole: Value = serde_yaml_ng::from_str(text).map_err(|error| {
        let at = error.location().map_or(0, |location| location.index().min(text.len()));
        let at = (0..=at).rev().find(|at| text.is_char_boundary(*at)).unwrap_or_default();
        let what = error.to_string();
        let what = what.split(" at line ").next().unwrap_or(&what).to_owned();
        let help = "write YAML: steps are a list of `- word: …`".to_owned();
        Box::new(Problem::within(file, &Arc::from(text), at..at, what, Some(help)))
    })?;
    match whole.get("steps").and_then(Value::as_array) {
        Some(steps) => Ok(steps.clone()),
        None => {
            let help = "begin it with `steps:` and a list, such as `  - customer: \"oi\"`";
            Err(Box::new(Problem::with_file(file, "a scenario has steps, and this one has none".to_owned(), help)))
        }
    }
}

/// What `ponte test` does not understand in a file.
fn unread(dir: &Path, file: &str, text: &str) -> Option<Problem> {
    let ScenarioError { line, what, .. } = Scenario::parse(dir.join(file), text, &[]).err()?;
    let Some(line) = line else { return Some(Problem::with_file(file, what, HELP)) };
    // The line without its indentation.
    let begin: usize = text.split_inclusive('\n').take(line.saturating_sub(1)).map(str::len).sum();
    let whole = text[begin..].lines().next().unwrap_or_default();
    let words = whole.trim();
    let begin = begin + whole.find(words).unwrap_or_default();
    Some(Problem::within(file, &Arc::from(text), begin..begin + words.len(), what, Some(HELP.to_owned())))
}

/// What a step lets happen.
fn plays(step: &Value, played: &mut BTreeSet<&'static str>) {
    for (word, value) in step.as_object().into_iter().flatten() {
        let has = |key: &str| value.get(key).is_some();
        played.extend(match word.as_str() {
            "customer" if has("edit") => Some("edit"),
            "customer" if has("revoke") => Some("revoke"),
            "customer" | "lines" | "tap" => Some("message"),
            "edit" => Some("edit"),
            "revoke" => Some("revoke"),
            "order" | "hook" => Some("order"),
            "advance" | "until" => Some(TIME),
            // What is sent is delivered, and the flow hears of it.
            "status" => Some("receipt"),
            "expect" if has("reply") || has("replies") => Some("receipt"),
            _ => None,
        });
    }
}

fn not_played(manifest: &Document, count: usize, played: &BTreeSet<&'static str>) -> Vec<Finding> {
    let list = |pointer: &str| manifest.value.pointer(pointer).and_then(Value::as_array).cloned().unwrap_or_default();
    if count == 0 {
        let help = format!("write a chat that it must pass, as {FOLDER}/first.yaml");
        let problem = Problem::with_file(FOLDER, "there is no scenario".to_owned(), help);
        return vec![Finding::warning(problem)];
    }
    let mut findings = Vec::new();
    let mut tell = |pointer: &str, what: String, help: String| {
        findings.push(Finding::warning(manifest.problem(pointer, Focus::Value, what, help)));
    };
    for (index, event) in list("/trigger/events").iter().enumerate() {
        let known = EVENTS.iter().find(|(word, _)| event == word);
        if let Some((word, step)) = known.filter(|(word, _)| !played.contains(word)) {
            let what = format!("the flow is offered `{word}`, and no scenario plays one");
            tell(&format!("/trigger/events/{index}"), what, format!("add a step such as `{step}`"));
        }
    }
    for (index, schedule) in list("/schedules").iter().enumerate().filter(|_| !played.contains(TIME)) {
        let name = schedule.get("name").and_then(Value::as_str).unwrap_or_default();
        let what = format!("the schedule `{name}` comes due in no scenario");
        tell(&format!("/schedules/{index}/name"), what, "let time pass: `- advance: 24h`".to_owned());
    }
    findings
}
