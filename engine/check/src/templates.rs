//! What could be better in the message templates of a package. What Meta rejects, opening the package says.

use std::path::Path;

use ponte_flow::{Document, FlowPackage, Focus};
use ponte_policy::template::{Severity, lint};
use ponte_whatsapp::template::definition;

use crate::{Finding, document};

/// The folder, where the manifest names none.
const FOLDER: &str = "templates";

pub(crate) fn check(dir: &Path, package: &FlowPackage) -> Vec<Finding> {
    let folder = package.manifest().flow.templates.as_deref().unwrap_or(FOLDER);
    let mut findings = Vec::new();
    for template in &package.snapshot.templates {
        let name = format!("{folder}/{}.{}.json", template.name, template.language);
        let (Some(file), Ok(definition)) = (document(dir, &name), definition(&template.body)) else { continue };
        let advice = lint(&definition).into_iter().filter(|finding| finding.severity == Severity::Advice);
        findings.extend(
            advice.map(|finding| warning(&file, &finding.at, format!("{} {}", finding.at, finding.why), finding.rule)),
        );
    }
    findings
}

fn warning(file: &Document, at: &str, what: String, rule: &str) -> Finding {
    // `components[1].text` as a JSON Pointer.
    let pointer = format!("/{}", at.replace(']', "").replace(['[', '.'], "/"));
    Finding::warning(file.problem(&pointer, Focus::Value, what, format!("advice of the rule {rule}")))
}
