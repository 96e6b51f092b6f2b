//! What a shop fills in.

mod declared;
mod defaults;

use serde::{Deserialize, Serialize};
use serde_json::Value;

pub(crate) use declared::check as check_schema;

use crate::document::{Document, Focus};
use crate::{Problem, SettingsError, explain, schema};

/// Settings that fit a flow's schema, with its defaults filled in. JSON, in the store too.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Settings(Value);

impl Settings {
    /// The setting at a path; dots go deeper: `sectors.0.name`.
    pub fn get(&self, path: &str) -> Option<&Value> {
        path.split('.').try_fold(&self.0, |value, step| match value {
            Value::Array(items) => items.get(step.parse::<usize>().ok()?),
            _ => value.get(step),
        })
    }

    /// The whole object.
    pub fn as_json(&self) -> &Value {
        &self.0
    }
}

/// Finds what a schema cannot say: given the settings with their defaults, of any shape, the JSON Pointer of each
/// setting that is wrong, and why.
pub type ExtraCheck<'a> = &'a dyn Fn(&Value) -> Vec<(String, String)>;

/// Reads settings against a schema that [`check_schema`] found right.
pub(crate) fn check(
    schema: &Value,
    source_name: &str,
    text: &str,
    extra: ExtraCheck<'_>,
) -> Result<Settings, SettingsError> {
    let failed = |problems: Vec<Problem>| SettingsError { source_name: source_name.to_owned(), problems };
    let document = Document::parse(source_name, text).map_err(failed)?;
    let validator = schema::validator(schema).map_err(|error| {
        let what = format!("the flow's settings schema cannot be used: {error}");
        failed(vec![Problem::with_file(source_name, what, "install the flow's package again")])
    })?;
    let mut value = document.value.clone();
    defaults::fill(schema, &mut value);
    let mut found = explain::check(&validator, schema, &value, &document);
    for (pointer, why) in extra(&value) {
        // What has the wrong shape was said already.
        let said = |(known, _): &explain::Found| contains(known, &pointer) || contains(&pointer, known);
        if !found.iter().any(said) {
            let problem = document.problem(&pointer, Focus::Value, why, None);
            found.push((pointer, problem));
        }
    }
    found.sort_by_key(|(_, problem)| (problem.line, problem.column));
    if !found.is_empty() {
        return Err(failed(found.into_iter().map(|(_, problem)| problem).collect()));
    }
    Ok(Settings(value))
}

/// Whether what a pointer points to is, or is within, what another points to.
fn contains(outer: &str, inner: &str) -> bool {
    inner.strip_prefix(outer).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}
