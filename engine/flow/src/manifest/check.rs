//! Everything that can be wrong with a manifest.

use std::collections::HashMap;
use std::sync::LazyLock;

use jsonschema::Validator;
use semver::Version;
use serde_json::Value;

use crate::document::{Document, Focus};
use crate::language::REQUIRED_LANGUAGES;
use crate::{Contract, CronLine, HOST_CONTRACT, Problem, explain, schema};

/// The shape of `flow.toml`, for editors too.
const SCHEMA: &str = include_str!("flow.schema.json");

static SHAPE: LazyLock<(Value, Validator)> = LazyLock::new(|| {
    let schema = serde_json::from_str(SCHEMA).expect("the manifest's schema is JSON, by its test");
    let validator = schema::validator(&schema).expect("the manifest's schema is one, by its test");
    (schema, validator)
});

/// What can be seen from the manifest alone.
pub(crate) fn check(manifest: &Document) -> Vec<Problem> {
    let (schema, validator) = &*SHAPE;
    let mut problems: Vec<Problem> =
        explain::check(validator, schema, &manifest.value, manifest).into_iter().map(|(_, problem)| problem).collect();
    let mut wrong = |pointer: &str, what: String, help: &str| {
        problems.push(manifest.problem(pointer, Focus::Value, what, (!help.is_empty()).then(|| help.to_owned())));
    };

    if let Some(version) = manifest.str("/flow/version")
        && let Err(error) = version.parse::<Version>()
    {
        wrong("/flow/version", format!("`{version}` is not a version: {error}"), "write three numbers: `0.1.0`");
    }
    if let Some(wanted) = manifest.str("/flow/contract") {
        let host: Contract = HOST_CONTRACT.parse().expect("the host's contract is one, by its test");
        match wanted.parse::<Contract>() {
            Err(why) => wrong("/flow/contract", why, &format!("write `{HOST_CONTRACT}`")),
            Ok(wanted) if !wanted.is_served_by(&host) => {
                let help = format!("this host serves `{HOST_CONTRACT}`: rebuild the plugin for it, or update the host");
                wrong("/flow/contract", format!("`{wanted}` is not served by this host"), &help);
            }
            Ok(_) => {}
        }
    }
    if manifest.value.pointer("/flow/languages").is_some_and(Value::is_array) {
        let missing =
            REQUIRED_LANGUAGES.iter().filter(|language| !languages(manifest).any(|(_, known)| known == **language));
        for language in missing {
            wrong(
                "/flow/languages",
                format!("the language `{language}` is missing"),
                "every package speaks pt-BR, es and en",
            );
        }
    }
    let mut names = HashMap::new();
    for index in 0..count(manifest, "/schedules") {
        let (name, cron) = (format!("/schedules/{index}/name"), format!("/schedules/{index}/cron"));
        if let Some(Err(error)) = manifest.str(&cron).map(CronLine::parse) {
            wrong(&cron, format!("`{}` {}", error.piece, error.why), &error.right);
        }
        if let Some(text) = manifest.str(&name)
            && let Some(first) = names.insert(text, index)
        {
            let what = format!("the schedule `{text}` was named before");
            wrong(&name, what, &format!("give schedules {first} and {index} names of their own, counted from 0"));
        }
    }
    if count(manifest, "/schedules") == 0 && count(manifest, "/trigger/events") == 0 {
        let help = "name events in `[trigger]`, such as `events = [\"message\"]`, or add a `[[schedules]]`";
        wrong("/trigger/events", "this flow would never run".to_owned(), help);
    }
    outside(manifest, &mut wrong);
    if manifest.str("/send/when_closed") == Some("template")
        && manifest.value.pointer("/send/closed_template").is_none()
    {
        let help = "add a table `[send.closed_template]` with name, language and, where its body has places, params";
        wrong("/send/when_closed", "nothing says which template goes in its place".to_owned(), help);
    }
    if let Some(pointer) = default_reply(manifest) {
        if manifest.value.pointer("/failure/text").is_none() {
            let help = "add `text = \"…\"` to `[failure]`: the key of a text";
            wrong(pointer, "a default reply needs a text".to_owned(), help);
        }
        if manifest.value.pointer("/permissions").is_none_or(|permissions| permissions.get("send").is_none()) {
            let help = "add `send` to `[permissions]`";
            wrong(pointer, "a default reply is a message, and the flow does not ask to send".to_owned(), help);
        }
    }
    problems
}

/// Whether what the flow reaches outside and what it asks leave for belong together.
fn outside(manifest: &Document, wrong: &mut impl FnMut(&str, String, &str)) {
    let asks = |permission: &str| manifest.value.pointer(&format!("/permissions/{permission}")).is_some();
    let services = count(manifest, "/http");
    if services > 0 && !asks("http") {
        wrong(
            "/http/0/host",
            "the flow does not ask for `http`".to_owned(),
            "add `http` to `[permissions]`, with its reason",
        );
    }
    if services == 0 && asks("http") {
        let help = "add a table `[[http]]` with host and, where it is more than reading, methods";
        wrong("/permissions/http", "nothing says which web services it asks".to_owned(), help);
    }
    let named = |index: &usize| count(manifest, &format!("/http/{index}/secrets")) > 0;
    let first = (0..services).find(named);
    match first {
        Some(index) if !asks("secrets") => {
            let help = "add `secrets` to `[permissions]`, with its reason";
            wrong(&format!("/http/{index}/secrets"), "the flow does not ask for `secrets`".to_owned(), help);
        }
        None if asks("secrets") => {
            let help = "name them where they go: `secrets = [\"…\"]` in `[[http]]`";
            wrong("/permissions/secrets", "nothing says which secrets it needs".to_owned(), help);
        }
        _ => {}
    }
}

/// What can be seen with the settings schema and the texts at hand.
pub(crate) fn cross_check(
    manifest: &Document,
    schema: Option<&Value>,
    has_text: Option<&dyn Fn(&str) -> bool>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    if let Some(schema) = schema {
        let gated = manifest.str("/trigger/hours").is_some_and(|hours| hours != "any");
        let needs: [(bool, &str, &[&str]); 2] = [
            (gated, "/trigger/hours", &["timezone", "hours"]),
            (count(manifest, "/schedules") > 0, "/schedules/0/cron", &["timezone"]),
        ];
        for key in ["contacts", "tags", "except"] {
            let pointer = format!("/trigger/{key}");
            if let Some(setting) = manifest.str(&pointer)
                && schema.pointer(&format!("/properties/{setting}")).is_none()
            {
                let what = format!("this names the setting `{setting}`, which the settings schema does not declare");
                let help = format!("declare `{setting}` in {}", manifest.str("/flow/settings").unwrap_or("the schema"));
                problems.push(manifest.problem(&pointer, Focus::Value, what, help));
            }
        }
        let needed = manifest.value.get("needed_with").and_then(Value::as_object);
        for (template, setting) in needed.into_iter().flatten() {
            let setting = setting.as_str().unwrap_or_default();
            if schema.pointer(&format!("/properties/{setting}")).is_none() {
                let what = format!("this names the setting `{setting}`, which the settings schema does not declare");
                let help = format!("declare `{setting}` in {}", manifest.str("/flow/settings").unwrap_or("the schema"));
                problems.push(manifest.problem(&format!("/needed_with/{template}"), Focus::Value, what, help));
            }
        }
        for (_, pointer, settings) in needs.into_iter().filter(|(needed, ..)| *needed) {
            for setting in settings.iter().filter(|setting| schema.pointer(&format!("/properties/{setting}")).is_none())
            {
                let what = format!("this needs the setting `{setting}`, which the settings schema does not declare");
                let help = format!("declare `{setting}` in {}", manifest.str("/flow/settings").unwrap_or("the schema"));
                problems.push(manifest.problem(pointer, Focus::Value, what, help));
            }
        }
    }
    for pointer in ["/failure/text", "/ai/fallback"] {
        if let (Some(has_text), Some(key)) = (has_text, manifest.str(pointer))
            && !has_text(key)
        {
            let what = format!("there is no text `{key}`");
            problems.push(manifest.problem(pointer, Focus::Value, what, "add it to the texts".to_owned()));
        }
    }
    problems
}

/// The languages that the manifest lists, with a pointer to each.
pub(crate) fn languages(manifest: &Document) -> impl Iterator<Item = (String, &str)> {
    manifest.strings("/flow/languages")
}

fn count(manifest: &Document, pointer: &str) -> usize {
    manifest.value.pointer(pointer).and_then(Value::as_array).map_or(0, Vec::len)
}

fn default_reply(manifest: &Document) -> Option<&'static str> {
    let pointers = ["/failure/trap", "/failure/timeout", "/failure/reject"];
    pointers.into_iter().find(|pointer| manifest.str(pointer) == Some("default-reply"))
}
