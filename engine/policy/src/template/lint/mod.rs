//! What is wrong with a template before it is submitted: a review takes up to a day, a name that was rejected stays
//! taken, and accounts with many rejections are watched. (Meta: template review; templates overview; template
//! components; error codes 2388040–2388299.)

mod buttons;
mod category;
mod parts;
mod text;

use ponte_model::template::{Component, Definition, Registered};
use serde::Serialize;

/// Something that is wrong with a template, or could be better.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The name of the rule.
    pub rule: &'static str,
    /// How bad it is.
    pub severity: Severity,
    /// Where: `components[1].text`.
    pub at: String,
    /// What is wrong and what to do.
    pub why: String,
}

/// How bad a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Severity {
    /// Meta rejects it.
    Error,
    /// It may be rejected, cost more or look bad.
    Advice,
}

/// What was found so far.
#[derive(Default)]
struct Notes(Vec<Finding>);

impl Notes {
    fn error(&mut self, rule: &'static str, at: impl Into<String>, why: impl Into<String>) {
        self.0.push(Finding { rule, severity: Severity::Error, at: at.into(), why: why.into() });
    }

    fn advice(&mut self, rule: &'static str, at: impl Into<String>, why: impl Into<String>) {
        self.0.push(Finding { rule, severity: Severity::Advice, at: at.into(), why: why.into() });
    }
}

/// Everything that is wrong with a template, in the order of its parts.
pub fn lint(definition: &Definition) -> Vec<Finding> {
    let mut notes = Notes::default();
    category::head(definition, &mut notes);
    parts::check(definition, &mut notes);
    category::parts(definition, &mut notes);
    notes.0
}

/// What is wrong beside the templates that the account has: a second one with the same name and language, or with the
/// same body and footer. (Meta: template review.)
pub fn duplicates<'a>(definition: &Definition, known: impl IntoIterator<Item = &'a Registered>) -> Vec<Finding> {
    let mut notes = Notes::default();
    for other in known {
        let theirs = &other.definition;
        if (&theirs.name, &theirs.language) == (&definition.name, &definition.language) {
            notes.error(
                "taken",
                "name",
                format!("{} exists in {} already: choose another name", theirs.name, theirs.language),
            );
        } else if definition.category != ponte_model::template::Category::Authentication
            && says(theirs).0.is_some()
            && says(theirs) == says(definition)
        {
            notes.error(
                "duplicate",
                "components",
                format!(
                    "body and footer are those of {} ({}): change the wording, or use that one",
                    theirs.name, theirs.language
                ),
            );
        }
    }
    notes.0
}

/// Body and footer.
fn says(definition: &Definition) -> (Option<&str>, Option<&str>) {
    let mut said = (None, None);
    for part in &definition.components {
        match part {
            Component::Body(text) => said.0 = text.text.as_deref(),
            Component::Footer { text, .. } => said.1 = text.as_deref(),
            _ => {}
        }
    }
    said
}
